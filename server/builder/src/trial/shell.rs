//! A shell in an image, on the user's own terminal; its container is gone afterwards.

use bollard::container::LogOutput;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, ResizeContainerTTYOptionsBuilder,
};
use futures::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, watch};

use super::new_name;
use crate::images::Images;

/// A shell that is to be opened.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The image.
    pub image: String,
    /// The program, with its arguments.
    pub words: Vec<String>,
    /// `NAME=VALUE`, besides what the image sets.
    pub environment: Vec<String>,
    /// `SOURCE:TARGET:ro`.
    pub binds: Vec<String>,
    /// Folders in memory.
    pub tmpfs: Vec<String>,
    /// `none`, `host`; the engine's default where absent.
    pub network: Option<String>,
}

/// Shows bytes on a terminal.
type Show = Box<dyn FnMut(&[u8]) -> std::io::Result<()> + Send>;

/// The terminal that it is opened on.
pub struct Terminal {
    /// What the user types.
    pub typed: mpsc::Receiver<Vec<u8>>,
    /// Its rows and columns.
    pub size: watch::Receiver<(u16, u16)>,
    /// Shows what the shell writes.
    pub show: Show,
    /// More than zero once somebody wants the shell to end.
    pub stops: watch::Receiver<u32>,
}

impl Images {
    /// Opens the shell and waits until it ends or is stopped. Its exit status; none where it was stopped.
    ///
    /// # Errors
    /// One line: it cannot be opened.
    pub async fn shell(&self, shell: &Shell, terminal: Terminal) -> Result<Option<i64>, String> {
        let name = new_name();
        let opened = match self.create_shell(&name, shell).await {
            Ok(()) => self.attach(&name, terminal).await,
            Err(reason) => Err(reason),
        };
        self.remove_trial(&name).await;
        opened
    }

    async fn create_shell(&self, name: &str, shell: &Shell) -> Result<(), String> {
        let tmpfs = shell.tmpfs.iter().map(|target| (target.clone(), String::new()));
        let body = ContainerCreateBody {
            image: Some(shell.image.clone()),
            entrypoint: Some(shell.words.clone()),
            // Without words of its own a container that is given an entry point takes the image's CMD.
            cmd: Some(Vec::new()),
            env: Some(shell.environment.clone()),
            tty: Some(true),
            open_stdin: Some(true),
            stdin_once: Some(true),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            labels: Some([("dev.layerwise.trial".to_owned(), String::new())].into()),
            host_config: Some(HostConfig {
                binds: Some(shell.binds.clone()),
                tmpfs: Some(tmpfs.collect()),
                network_mode: shell.network.clone(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        let created = self.engine.docker.create_container(Some(options), body).await;
        created.map(drop).map_err(|error| format!("the shell cannot be opened: {error}"))
    }

    async fn attach(&self, name: &str, mut terminal: Terminal) -> Result<Option<i64>, String> {
        let docker = &self.engine.docker;
        let options = AttachContainerOptionsBuilder::default()
            .stream(true)
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .build();
        // Before it starts, so that nothing of what it writes is lost.
        let attached = docker.attach_container(name, Some(options)).await;
        let mut attached = attached.map_err(|error| format!("the shell cannot be reached: {error}"))?;
        self.start_trial(name).await?;
        self.resize(name, *terminal.size.borrow_and_update()).await;
        let (mut is_typing, mut is_sized) = (true, true);
        loop {
            tokio::select! {
                written = attached.output.next() => match written {
                    Some(Ok(LogOutput::StdOut { message } | LogOutput::StdErr { message } | LogOutput::Console { message })) => {
                        if (terminal.show)(&message).is_err() {
                            return Ok(None);
                        }
                    }
                    Some(Ok(LogOutput::StdIn { .. })) => {}
                    Some(Err(_)) | None => break,
                },
                typed = terminal.typed.recv(), if is_typing => match typed {
                    Some(bytes) => {
                        is_typing = attached.input.write_all(&bytes).await.is_ok()
                            && attached.input.flush().await.is_ok();
                    }
                    None => {
                        is_typing = false;
                        let _ = attached.input.shutdown().await;
                    }
                },
                changed = terminal.size.changed(), if is_sized => {
                    is_sized = changed.is_ok();
                    let size = *terminal.size.borrow_and_update();
                    self.resize(name, size).await;
                }
                _ = terminal.stops.wait_for(|stops| *stops > 0) => return Ok(None),
            }
        }
        Ok(Some(self.exit_status(name).await.unwrap_or(0)))
    }

    async fn resize(&self, name: &str, (rows, columns): (u16, u16)) {
        let options = ResizeContainerTTYOptionsBuilder::default().h(rows.into()).w(columns.into()).build();
        if let Err(error) = self.engine.docker.resize_container_tty(name, options).await {
            tracing::debug!(%error, "the shell does not know the size of the terminal");
        }
    }
}
