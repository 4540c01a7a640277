//! Ctrl-C: told to whoever runs a build, and else the end of the program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit;

type Listener = Box<dyn Fn() + Send>;

/// Interrupts from now on: once a program has asked for them, none ends it by itself any more.
#[derive(Clone, Default)]
pub(crate) struct Interrupts {
    listener: Arc<Mutex<Option<Listener>>>,
}

/// While this is there, interrupts are told.
#[must_use]
pub(crate) struct Listening(Interrupts);

impl Interrupts {
    /// Asks for them.
    pub(crate) fn of(runtime: &Runtime) -> Self {
        let interrupts = Self::default();
        let told = interrupts.clone();
        let _inside = runtime.enter();
        // Where they cannot be had, each ends the program as it would without us.
        if let Ok(mut signals) = signal(SignalKind::interrupt()) {
            runtime.spawn(async move {
                while signals.recv().await.is_some() {
                    match &*told.locked() {
                        Some(listener) => listener(),
                        None => std::process::exit(exit::INTERRUPTED.into()),
                    }
                }
            });
        }
        interrupts
    }

    /// Tells of each from now on.
    pub(crate) fn tell(&self, listener: impl Fn() + Send + 'static) -> Listening {
        *self.locked() = Some(Box::new(listener));
        Listening(self.clone())
    }

    fn locked(&self) -> MutexGuard<'_, Option<Listener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        *self.0.locked() = None;
    }
}
