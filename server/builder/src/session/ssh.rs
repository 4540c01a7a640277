//! SSH agents: the builder's `RUN --mount=type=ssh` talks to an agent's socket here.

use std::collections::HashMap;
use std::path::PathBuf;

use bollard_buildkit_proto::moby::sshforward::v1::{
    BytesMessage, CheckAgentRequest, CheckAgentResponse, ssh_server,
};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

const KEY_OF_ID: &str = "buildkit.ssh.id";

/// Agents by their ids.
pub(super) struct Agents(HashMap<String, PathBuf>);

impl Agents {
    /// Reads `default` and `id=/path/of/agent.sock`.
    pub(super) fn new(specs: &[String]) -> Result<Self, String> {
        let mut agents = HashMap::new();
        for spec in specs {
            let (id, socket) = match spec.split_once('=') {
                Some((id, socket)) => (id, PathBuf::from(socket)),
                None => match std::env::var_os("SSH_AUTH_SOCK") {
                    Some(socket) => (spec.as_str(), PathBuf::from(socket)),
                    None => {
                        return Err(format!(
                            "--ssh {spec} needs an agent, and SSH_AUTH_SOCK is not set; start ssh-agent, or write --ssh {spec}=SOCKET"
                        ));
                    }
                },
            };
            agents.insert(id.to_owned(), socket);
        }
        Ok(Self(agents))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn socket(&self, id: &str) -> Result<&PathBuf, Status> {
        let id = if id.is_empty() { "default" } else { id };
        self.0.get(id).ok_or_else(|| Status::not_found(format!("no agent `{id}` was given; pass --ssh {id}")))
    }
}

#[async_trait::async_trait]
impl ssh_server::Ssh for Agents {
    type ForwardAgentStream = BoxStream<'static, Result<BytesMessage, Status>>;

    async fn check_agent(
        &self,
        request: Request<CheckAgentRequest>,
    ) -> Result<Response<CheckAgentResponse>, Status> {
        self.socket(&request.get_ref().id)?;
        Ok(Response::new(CheckAgentResponse {}))
    }

    async fn forward_agent(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::ForwardAgentStream>, Status> {
        let id = request.metadata().get(KEY_OF_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        let socket = self.socket(id)?;
        let agent = UnixStream::connect(socket).await.map_err(|error| {
            Status::failed_precondition(format!("the agent at {} does not answer: {error}", socket.display()))
        })?;
        let (mut from_agent, mut to_agent) = agent.into_split();
        let (outgoing, messages) = mpsc::channel(16);
        tokio::spawn(async move {
            let mut chunk = vec![0; 16 << 10];
            while let Ok(n_bytes @ 1..) = from_agent.read(&mut chunk).await {
                if outgoing.send(Ok(BytesMessage { data: chunk[..n_bytes].to_vec() })).await.is_err() {
                    break;
                }
            }
        });
        let mut incoming = request.into_inner();
        tokio::spawn(async move {
            while let Ok(Some(message)) = incoming.message().await {
                if to_agent.write_all(&message.data).await.is_err() {
                    break;
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(messages).boxed()))
    }
}
