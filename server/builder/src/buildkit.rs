//! The builder that the rest of the house sees: BuildKit, in a Docker engine or by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use inner_loop::proof::{ProofEvent, ProofRequest, ProofSink};
use inner_loop::{
    BuildHandle, BuildOutcome, BuildRequest, Builder, BuilderDescription, BuilderState, CacheResult,
    EventSink, Pruned, ResultName,
};
use semantic::{Facts, FrontendFacts};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::address::Address;
use crate::build;
use crate::connection::Connection;
use crate::find;
use crate::images::{Images, KnownImages};
use crate::proof;
use crate::prune;
use crate::report::Reporter;
use crate::surroundings::Surroundings;

/// Longer than any single step of finding and asking an engine that answers at all.
const DESCRIBE_DEADLINE: Duration = Duration::from_secs(10);

/// BuildKit. The connection is kept from one build to the next, and made anew when it breaks.
pub struct BuildKit {
    shared: Arc<Shared>,
    runtime: Handle,
    patience: Duration,
}

/// What all builds of a process share.
pub(crate) struct Shared {
    host: Option<String>,
    pub(crate) surroundings: Surroundings,
    connection: Mutex<Option<Connection>>,
    /// Why it could not be made ahead of its need: whoever needs it hears that, and does not wait for the same once more.
    failed_ahead: std::sync::Mutex<Option<String>>,
    said_that_it_is_old: AtomicBool,
}

impl BuildKit {
    /// A builder that is looked for when it is first needed: at `host` where that is given, else where docker's client
    /// would look, else at the usual sockets. All its work happens on `runtime`. What is only good to know is waited for no longer
    /// than `patience`.
    pub fn new(
        runtime: Handle,
        host: Option<String>,
        surroundings: Surroundings,
        patience: Duration,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                host,
                surroundings,
                connection: Mutex::new(None),
                failed_ahead: std::sync::Mutex::new(None),
                said_that_it_is_old: AtomicBool::new(false),
            }),
            runtime,
            patience,
        }
    }

    /// What work on the runtime comes to, where it comes within the limit.
    fn wait_for<T, F>(&self, limit: Duration, work: impl FnOnce(Arc<Shared>) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel();
        let work = work(Arc::clone(&self.shared));
        let task = self.runtime.spawn(async move {
            let _ = sender.send(work.await);
        });
        let answer = receiver.recv_timeout(limit).ok();
        // What nobody waits for any more must not go on holding the connection.
        task.abort();
        answer
    }
}

impl Shared {
    /// The connection of the last build, or a new one.
    pub(crate) async fn connection(&self) -> Result<Connection, String> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &*kept {
            return Ok(connection.clone());
        }
        let failed = self.failed_ahead.lock().ok().and_then(|mut failed| failed.take());
        if let Some(message) = failed {
            return Err(message);
        }
        let connection = self.connect().await?;
        *kept = Some(connection.clone());
        Ok(connection)
    }

    /// Makes the connection before anybody needs it.
    async fn connect_ahead(&self) {
        let mut kept = self.connection.lock().await;
        if kept.is_some() {
            return;
        }
        match self.connect().await {
            Ok(connection) => *kept = Some(connection),
            Err(message) => {
                if let Ok(mut failed) = self.failed_ahead.lock() {
                    *failed = Some(message);
                }
            }
        }
    }

    async fn connect(&self) -> Result<Connection, String> {
        let find = || find::find(self.host.as_deref(), &self.surroundings);
        let found = find().await?;
        let is_near = matches!(found.address, Address::Unix(_));
        let opened = Connection::open(found).await;
        if opened.is_err() && is_near {
            // One that went away meanwhile answers oddly at first; what is to be said is that it is gone.
            find().await?;
        }
        opened
    }

    /// Drops the kept connection. Whether there was one.
    pub(crate) async fn forget_connection(&self) -> bool {
        self.connection.lock().await.take().is_some()
    }

    /// What an old builder cannot do, said once.
    pub(crate) fn notice_of_old_builder(&self, connection: &Connection) -> Option<String> {
        if connection.frontend.heredocs || self.said_that_it_is_old.swap(true, Ordering::Relaxed) {
            return None;
        }
        Some(format!(
            "{} is old: its errors name few lines, and its own frontend knows no heredocs, COPY --link, RUN --network or \
             named contexts; Docker 23 or later does",
            connection.name()
        ))
    }

    async fn prune(&self) -> Result<Pruned, String> {
        let folder = self.surroundings.cache_folder.as_ref();
        let folder = folder.ok_or("there is no home folder, so nothing was kept that could be removed")?;
        let connection = self.connection().await?;
        Ok(prune::prune(&connection, folder).await)
    }

    async fn describe(&self) -> Result<BuilderDescription, String> {
        // Asked anew each time: what was true at the last build may not be.
        self.forget_connection().await;
        let connection = self.connection().await?;
        let store = match &connection.engine {
            Some(engine) => engine.store().await.unwrap_or_default(),
            None => String::new(),
        };
        Ok(BuilderDescription {
            kind: connection.kind,
            version: connection.version,
            address: connection.found.address.to_string(),
            found_by: connection.found.found_by,
            store,
            frontend: connection.frontend,
        })
    }
}

impl Shared {
    /// Whether it is on this machine.
    async fn is_near(&self) -> bool {
        // One that is named is not dialled for that: through ssh it would be a login.
        match find::named(self.host.as_deref(), &self.surroundings) {
            Ok(Some(found)) => matches!(found.address, Address::Unix(_)),
            Ok(None) => find::find(self.host.as_deref(), &self.surroundings).await.is_ok(),
            Err(_) => false,
        }
    }

    /// The names of all images, what is known of those of the same repositories, and the frontend's abilities. None for a builder on
    /// another machine.
    async fn facts(&self, images: &[String]) -> Option<(KnownImages, FrontendFacts)> {
        // Asking a machine far away is for builds, which the user asked for.
        if !self.is_near().await {
            return None;
        }
        let connection = self.connection().await.ok()?;
        let known = match &connection.engine {
            Some(engine) => Images { engine: engine.clone() }.known(images).await,
            None => KnownImages::default(),
        };
        Some((known, connection.frontend))
    }
}

impl Builder for BuildKit {
    fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle> {
        let cancel = CancellationToken::new();
        let handle = Running { cancel: cancel.clone() };
        let reporter = Arc::new(Reporter::new(sink));
        let shared = Arc::clone(&self.shared);
        let finisher = Finisher { reporter: Arc::clone(&reporter) };
        self.runtime.spawn(async move {
            let outcome = build::run(&shared, &request, &reporter, &cancel).await;
            finisher.reporter.finish(outcome);
        });
        Box::new(handle)
    }

    fn prove(&self, request: ProofRequest, sink: ProofSink) -> Box<dyn BuildHandle> {
        let cancel = CancellationToken::new();
        let handle = Running { cancel: cancel.clone() };
        let shared = Arc::clone(&self.shared);
        let work = async move {
            let outcome = proof::run(&shared, &request, &sink, &cancel).await;
            sink(ProofEvent::Finished(outcome));
        };
        self.runtime.spawn(work);
        Box::new(handle)
    }

    fn describe(&self) -> Result<BuilderDescription, String> {
        let described = self.wait_for(DESCRIBE_DEADLINE, |shared| async move { shared.describe().await });
        described.unwrap_or_else(|| {
            Err("the builder gives no answer; see whether it hangs, or name another with --host".to_owned())
        })
    }

    fn prepare(&self) {
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move { shared.connect_ahead().await });
    }

    fn is_near(&self) -> bool {
        self.wait_for(self.patience, |shared| async move { shared.is_near().await }).unwrap_or(false)
    }

    fn state(&self, images: &[String]) -> Result<BuilderState, String> {
        let images = images.to_vec();
        let state = self.wait_for(self.patience, |shared| async move { shared.state(&images).await });
        state.unwrap_or_else(|| Err("it gives no answer in time".to_owned()))
    }

    fn prune(&self) -> Result<Pruned, String> {
        let pruned = self.wait_for(Duration::MAX, |shared| async move { shared.prune().await });
        pruned.unwrap_or_else(|| Err("pruning was given up inside Layerwise".to_owned()))
    }

    fn results(&self, names: &[ResultName]) -> Option<Vec<CacheResult>> {
        let names = names.to_vec();
        self.wait_for(self.patience, |shared| async move { shared.results(&names).await }).flatten()
    }

    fn add_facts(&self, images: &[String], facts: &mut Facts) {
        let images = images.to_vec();
        let found = self.wait_for(self.patience, |shared| async move { shared.facts(&images).await });
        if let Some((found, frontend)) = found.flatten() {
            facts.base_images.extend(found.configurations);
            facts.local_images.extend(found.names);
            facts.frontend = Some(frontend);
        }
    }
}

struct Running {
    cancel: CancellationToken,
}

impl BuildHandle for Running {
    fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// Ends the build even where its task panics or the runtime goes away.
struct Finisher {
    reporter: Arc<Reporter>,
}

impl Drop for Finisher {
    fn drop(&mut self) {
        self.reporter.finish(BuildOutcome::Failed(inner_loop::BuildFailure {
            message: "the build was given up inside Layerwise; please report what was built".to_owned(),
            ..Default::default()
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpListener;

    use tokio::net::UnixListener;

    use super::*;

    /// Whether a builder at an address is taken to be on this machine.
    async fn is_near(host: String) -> bool {
        let runtime = Handle::current();
        let near = move || {
            let surroundings = Surroundings::default();
            BuildKit::new(runtime, Some(host), surroundings, Duration::from_secs(10)).is_near()
        };
        tokio::task::spawn_blocking(near).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whether_a_builder_is_near_is_known_without_dialling_far_away() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        assert!(!is_near(format!("tcp://{}", listener.local_addr().unwrap())).await);
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let _listener = UnixListener::bind(&path).unwrap();
        assert!(is_near(format!("unix://{}", path.display())).await);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_went_wrong_ahead_is_told_once_and_then_tried_anew() {
        let folder = tempfile::tempdir().unwrap();
        let shared = Shared {
            host: Some(format!("unix://{}/gone.sock", folder.path().display())),
            surroundings: Surroundings::default(),
            connection: Mutex::new(None),
            failed_ahead: std::sync::Mutex::new(None),
            said_that_it_is_old: AtomicBool::new(false),
        };
        shared.connect_ahead().await;
        assert!(shared.failed_ahead.lock().unwrap().is_some());
        assert!(shared.connection().await.err().unwrap().contains("there is no such socket"));
        assert!(shared.failed_ahead.lock().unwrap().is_none());
    }
}
