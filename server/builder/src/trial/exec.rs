//! A command run in a container that runs already.

use bollard::container::LogOutput;
use bollard::exec::StartExecResults;
use bollard::models::ExecConfig;
use futures::StreamExt;
use inner_loop::proof::Ran;

use super::KEPT_BYTES;
use crate::images::Images;

/// How the engine begins to say, in the place of the command's own output, that the command could not be run.
const NOT_RUN_WORDS: &[u8] = b"OCI runtime exec failed";

impl Images {
    /// Runs words in a container, without a shell. None where they cannot be run at all.
    pub(super) async fn run_in(&self, container: &str, words: &[String]) -> Option<Ran> {
        let docker = &self.engine.docker;
        let configuration = ExecConfig {
            cmd: Some(words.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let created = docker.create_exec(container, configuration).await.ok()?;
        let StartExecResults::Attached { mut output, .. } =
            docker.start_exec(&created.id, None).await.ok()?
        else {
            return None;
        };
        let mut stdout = Vec::new();
        while let Some(Ok(part)) = output.next().await {
            if let LogOutput::StdOut { message } = part {
                stdout.extend_from_slice(&message);
                stdout.truncate(KEPT_BYTES as usize);
            }
        }
        let status = docker.inspect_exec(&created.id).await.ok()?.exit_code?;
        if stdout.starts_with(NOT_RUN_WORDS) {
            stdout.clear();
        }
        Some(Ran { status, stdout })
    }
}
