//! A build through BuildKit's gateway (`frontend/gateway` of moby/buildkit), which keeps the files of a step that failed until we let go of them: the
//! reports of its tests are read out of them.
//!
//! The outer call waits for a result, which the inner one makes with the Dockerfile frontend and hands back; so the result is exported as ever.

use std::collections::HashMap;
use std::time::Duration;

use bollard_buildkit_proto::google::rpc;
use bollard_buildkit_proto::moby::buildkit::v1::control_client::ControlClient;
use bollard_buildkit_proto::moby::buildkit::v1::frontend::exec_message::Input;
use bollard_buildkit_proto::moby::buildkit::v1::frontend::llb_bridge_client::LlbBridgeClient;
use bollard_buildkit_proto::moby::buildkit::v1::frontend::{
    self as gateway, ExecMessage, InitMessage, NewContainerRequest, ReleaseContainerRequest, ReturnRequest,
};
use bollard_buildkit_proto::moby::buildkit::v1::{SolveRequest, SolveResponse};
use bollard_buildkit_proto::pb;
use inner_loop::test_results::ReportPath;
use inner_loop::{BuildEvent, SecretSpec};
use prost::Message;
use serde::Deserialize;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::report::Reporter;
use crate::reports;
use crate::session::secret_values;

/// How the calls of the gateway say to which build they belong (`frontend/gateway/grpcclient`).
const BUILD_ID: &str = "buildkit-controlapi-buildid";

/// How long it may take to read the reports.
const READ_LIMIT: Duration = Duration::from_secs(30);

/// Looks for reports in what is left of a failed step.
pub(crate) struct Look<'a> {
    pub(crate) channel: Channel,
    pub(crate) reports: &'a [ReportPath],
    pub(crate) secrets: &'a [SecretSpec],
    pub(crate) reporter: &'a Reporter,
}

/// The results of a failed exec, as `errdefs.Solve` has them.
#[derive(Deserialize)]
struct Failed {
    #[serde(rename = "mountIDs", default)]
    mounts: Vec<String>,
}

/// Solves as `control` alone would, and reads reports where a step fails.
pub(crate) async fn solve(
    control: &mut ControlClient<Channel>,
    request: SolveRequest,
    look: &Look<'_>,
) -> Result<Response<SolveResponse>, Status> {
    let id: MetadataValue<Ascii> =
        request.r#ref.parse().map_err(|_| Status::internal("the build's id is no header"))?;
    let inner = gateway::SolveRequest {
        frontend: request.frontend.clone(),
        frontend_opt: request.frontend_attrs.clone(),
        allow_result_return: true,
        allow_result_array_ref: true,
        evaluate: true,
        ..Default::default()
    };
    let outer = SolveRequest { frontend: String::new(), frontend_attrs: HashMap::new(), ..request };
    let mut bridge = LlbBridgeClient::new(look.channel.clone()).max_decoding_message_size(64 << 20);
    let building = async {
        let with_id = |message| of_build(message, &id);
        let solved = bridge.solve(with_id(inner)).await;
        let answer = match &solved {
            Ok(solved) => ReturnRequest { result: solved.get_ref().result.clone(), error: None },
            Err(status) => {
                let read = tokio::time::timeout(READ_LIMIT, look.read(&mut bridge, status, &id)).await;
                if let Some(reason) = read.unwrap_or_else(|_| Some("the builder takes too long".to_owned())) {
                    look.reporter.notice(format!("reports of the step that failed cannot be read: {reason}"));
                }
                let known = rpc::Status::decode(status.details()).unwrap_or_default();
                let error =
                    rpc::Status { code: status.code() as i32, message: status.message().to_owned(), ..known };
                ReturnRequest { result: None, error: Some(error) }
            }
        };
        let returned = bridge.r#return(of_build(answer, &id)).await;
        match (solved, returned) {
            (Err(status), _) | (Ok(_), Err(status)) => Err(status),
            _ => Ok(()),
        }
    };
    let (outer, inner) = tokio::join!(control.solve(outer), building);
    // What the inner call says is in the words of a build; where it fails the outer one only repeats them.
    inner.and(outer)
}

fn of_build<T>(message: T, id: &MetadataValue<Ascii>) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(BUILD_ID, id.clone());
    request
}

impl Look<'_> {
    /// Reads the reports that a failed step left, and passes them on. Why they cannot be read, where there is something to be read.
    async fn read(
        &self,
        bridge: &mut LlbBridgeClient<Channel>,
        status: &Status,
        id: &MetadataValue<Ascii>,
    ) -> Option<String> {
        // Not every failure is a step's.
        let root = root_of(status)?;
        for value in secret_values(self.secrets) {
            self.reporter.hide(&value);
        }
        match self.listing(bridge, root, id).await {
            Ok(listing) => {
                for report in reports::in_listing(&listing) {
                    self.reporter.send(BuildEvent::Report(report));
                }
                None
            }
            Err(error) => Some(error.message().to_owned()),
        }
    }

    /// What the step's own shell says of the files.
    async fn listing(
        &self,
        bridge: &mut LlbBridgeClient<Channel>,
        root: String,
        id: &MetadataValue<Ascii>,
    ) -> Result<Vec<u8>, Status> {
        let container = crate::session::new_id().replace(|letter: char| !letter.is_ascii_alphanumeric(), "");
        let mount =
            pb::Mount { dest: "/".to_owned(), result_id: root, input: -1, output: -1, ..Default::default() };
        let made = NewContainerRequest {
            container_id: container.clone(),
            mounts: vec![mount],
            ..Default::default()
        };
        bridge.new_container(of_build(made, id)).await?;
        let listing = self.run(bridge, &container, id).await;
        let release = ReleaseContainerRequest { container_id: container };
        let _ = bridge.release_container(of_build(release, id)).await;
        listing
    }

    async fn run(
        &self,
        bridge: &mut LlbBridgeClient<Channel>,
        container: &str,
        id: &MetadataValue<Ascii>,
    ) -> Result<Vec<u8>, Status> {
        let words = ["/bin/sh", "-c", reports::LISTS, "sh"].map(str::to_owned).into_iter();
        let meta = pb::Meta {
            args: words.chain(self.reports.iter().map(|report| report.path.clone())).collect(),
            env: vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()],
            cwd: "/".to_owned(),
            user: "0".to_owned(),
            ..Default::default()
        };
        let init = InitMessage {
            container_id: container.to_owned(),
            meta: Some(meta),
            fds: vec![1, 2],
            ..Default::default()
        };
        let first = ExecMessage { process_id: "1".to_owned(), input: Some(Input::Init(init)) };
        // The process ends where nobody speaks to it any more, so our side stays open until it is over.
        let (speaking, spoken) = tokio::sync::mpsc::channel(1);
        let _ = speaking.send(first).await;
        let messages = tokio_stream::wrappers::ReceiverStream::new(spoken);
        let mut answers = bridge.exec_process(of_build(messages, id)).await?.into_inner();
        let mut listing = Vec::new();
        while let Some(message) = answers.message().await? {
            match message.input {
                Some(Input::File(file)) if file.fd == 1 => {
                    listing.extend_from_slice(&file.data);
                    if listing.len() > reports::MOST_IN_ALL {
                        return Err(Status::resource_exhausted(
                            "they are longer than the 128 MB that are read",
                        ));
                    }
                }
                Some(Input::Exit(exit)) if exit.code != 0 => {
                    return Err(Status::unknown("it has no shell that could list them"));
                }
                Some(Input::Done(_)) => break,
                _ => {}
            }
        }
        Ok(listing)
    }
}

/// The root of the files of the step that failed, as it left them.
fn root_of(status: &Status) -> Option<String> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let solve = details.iter().find(|detail| detail.type_url.ends_with("errdefs.Solve+json"))?;
    let failed: Failed = serde_json::from_slice(&solve.value).ok()?;
    // The root is the first mount of an exec (`dockerfile2llb`); what is mounted beside it comes after.
    failed.mounts.into_iter().next().filter(|root| !root.is_empty())
}
