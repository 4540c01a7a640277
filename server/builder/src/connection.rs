//! A connection to one builder: the gRPC channel that is kept open, and what the builder is.

use std::time::Duration;

use bollard_buildkit_proto::moby::buildkit::v1::InfoRequest;
use bollard_buildkit_proto::moby::buildkit::v1::control_client::ControlClient;
use http::Uri;
use hyper_util::rt::TokioIo;
use semantic::FrontendFacts;
use tonic::transport::{Channel, Endpoint};

use crate::address::Address;
use crate::classic;
use crate::dial::{self, BoxStream};
use crate::engine::Engine;
use crate::find::Found;
use crate::upgrade;

/// A `buildkitd` that answers at all says within this what it is.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// A builder that answered. Cheap to clone: clones share the channel.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) found: Found,
    /// Absent where the engine builds without BuildKit: see `classic`.
    pub(crate) control: Option<ControlClient<Channel>>,
    /// What `control` goes over.
    pub(crate) channel: Option<Channel>,
    /// Absent for `buildkitd`.
    pub(crate) engine: Option<Engine>,
    /// `docker`, `buildkitd` or `podman`.
    pub(crate) kind: String,
    /// Such as `28.5.2`.
    pub(crate) version: String,
    pub(crate) frontend: FrontendFacts,
}

impl Connection {
    /// Connects and asks the builder what it is.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub(crate) async fn open(found: Found) -> Result<Self, String> {
        let address = found.address.clone();
        let failed =
            |error: &dyn std::fmt::Display| format!("{} ({}): {error}", found.address, found.found_by);
        if address.is_buildkitd() {
            return Self::open_buildkitd(found.clone()).await.map_err(|error| failed(&error));
        }
        // An engine on this machine most likely has BuildKit: its channel is opened while it says what it is.
        let ahead = match &address {
            Address::Unix(_) => Some(AbortOnDrop(tokio::spawn(channel(address.clone())))),
            _ => None,
        };
        let engine = match Engine::connect(&address).await {
            Ok(engine) => engine,
            Err(error) => {
                // An address over TCP does not say which of the two listens there.
                let as_buildkitd = Found { address: address.clone().of_buildkitd(), ..found.clone() };
                if matches!(address, Address::Tcp { .. })
                    && let Ok(connection) = Self::open_buildkitd(as_buildkitd).await
                {
                    return Ok(connection);
                }
                return Err(failed(&not_an_engine(&address, &error)));
            }
        };
        let (channel, frontend) = if classic::is_classic(&engine) {
            (None, abilities_of_podman(&engine.version))
        } else {
            let channel = match ahead {
                Some(mut ahead) => (&mut ahead.0).await.map_err(|error| failed(&error))?,
                None => channel(address).await,
            };
            (Some(channel.map_err(|error| failed(&error))?), abilities_of_docker(&engine.version))
        };
        Ok(Self {
            found,
            control: channel.clone().map(control_client),
            channel,
            kind: engine.kind.clone(),
            version: engine.version.clone(),
            engine: Some(engine),
            frontend,
        })
    }

    async fn open_buildkitd(found: Found) -> Result<Self, String> {
        let channel = channel(found.address.clone()).await?;
        let mut control = control_client(channel.clone());
        let info = tokio::time::timeout(ANSWER_DEADLINE, control.info(InfoRequest {})).await;
        let version = match info.map_err(|_| "no answer in time; see whether it hangs")? {
            Ok(info) => info.into_inner().buildkit_version.map(|version| version.version).unwrap_or_default(),
            // Old versions do not know the question; they are builders all the same.
            Err(status) if status.code() == tonic::Code::Unimplemented => String::new(),
            Err(status) => {
                return Err(format!("it does not answer as a buildkitd does: {}", status.message()));
            }
        };
        let version = version.trim_start_matches('v').to_owned();
        let frontend = abilities_of_buildkit(&version);
        Ok(Self {
            found,
            control: Some(control),
            channel: Some(channel),
            engine: None,
            kind: "buildkitd".to_owned(),
            version,
            frontend,
        })
    }

    /// Name and version, as people know the builder.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.kind, self.version).trim_end().to_owned()
    }
}

/// A task that nobody waits for any more is over.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn not_an_engine(address: &Address, error: &bollard::errors::Error) -> String {
    match address {
        Address::Ssh { destination, .. } => {
            format!(
                "no engine answers through ssh ({error}); see what `ssh {destination} docker version` says"
            )
        }
        _ => format!(
            "the engine's API does not answer as expected ({error}); see whether the engine is healthy, or name another \
             with --host"
        ),
    }
}

fn control_client(channel: Channel) -> ControlClient<Channel> {
    ControlClient::new(channel).max_decoding_message_size(64 << 20)
}

/// The channel dials again by itself when the engine was restarted.
async fn channel(address: Address) -> Result<Channel, String> {
    let endpoint = Endpoint::from_static("http://docker")
        .initial_connection_window_size(4 << 20)
        .initial_stream_window_size(1 << 20)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(15));
    let connector = tower::service_fn(move |_: Uri| {
        let address = address.clone();
        async move {
            let stream = dial::dial(&address).await.map_err(std::io::Error::other)?;
            let stream: BoxStream = if address.is_buildkitd() {
                stream
            } else {
                Box::new(upgrade::upgrade(stream, "/grpc", &[]).await.map_err(std::io::Error::other)?)
            };
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    endpoint.connect_with_connector(connector).await.map_err(|error| root_cause(&error))
}

/// The innermost error: what gRPC wraps around it says nothing to people.
pub(crate) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What the Dockerfile frontend inside the engine can do, by the engine's version: it is compiled in.
fn abilities_of_docker(version: &str) -> FrontendFacts {
    let major = number_before_dot(version);
    FrontendFacts {
        heredocs: major >= 23,
        copy_link: major >= 23,
        run_network: major >= 23,
        named_contexts: major >= 23,
        lint: major >= 27,
        secret_env: major >= 28,
        copy_parents: major >= 29,
    }
}

/// Those of buildah, which Podman builds with: heredocs came with its 1.33, in Podman 4.9.
fn abilities_of_podman(version: &str) -> FrontendFacts {
    let (major, rest) = version.split_once('.').unwrap_or((version, ""));
    let version = (major.parse().unwrap_or(0), number_before_dot(rest));
    FrontendFacts { heredocs: version >= (4, 9), ..FrontendFacts::default() }
}

/// The first version that tells its version. Distributions' builds may call themselves `0.0.0+unknown`.
const FIRST_THAT_TELLS: u32 = 11;

/// The same by BuildKit's own version, all of which are `0.x` so far. Those that tell none are older than all that do.
fn abilities_of_buildkit(version: &str) -> FrontendFacts {
    let minor = match version.strip_prefix("0.") {
        Some(rest) if rest.starts_with("0.") => FIRST_THAT_TELLS,
        Some(rest) => number_before_dot(rest),
        None if number_before_dot(version) > 0 => u32::MAX,
        None => 0,
    };
    FrontendFacts {
        heredocs: minor >= 10,
        copy_link: minor >= 10,
        run_network: minor >= 10,
        named_contexts: minor >= 10,
        lint: minor >= 14,
        secret_env: minor >= 16,
        copy_parents: minor >= 26,
    }
}

fn number_before_dot(version: &str) -> u32 {
    version.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_grow_with_the_version() {
        assert_eq!(abilities_of_docker("20.10.24+dfsg1"), FrontendFacts::default());
        let today = abilities_of_docker("28.5.2");
        assert!(today.heredocs && today.copy_link && today.secret_env && today.lint && !today.copy_parents);
        assert!(abilities_of_docker("29.0.0").copy_parents);
        assert_eq!(abilities_of_docker("nonsense"), FrontendFacts::default());
        assert!(!abilities_of_podman("4.3.1").heredocs && abilities_of_podman("5.0.0-dev").heredocs);
        assert!(abilities_of_buildkit("0.25.1").secret_env && abilities_of_buildkit("1.0.0").copy_parents);
        let unknown = abilities_of_buildkit("0.0.0+unknown");
        assert!(unknown.heredocs && !unknown.secret_env);
        assert_eq!(abilities_of_buildkit("0.8.0"), FrontendFacts::default());
    }
}
