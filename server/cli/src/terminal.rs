//! The user's terminal, handed to a program in a container: each key goes there as it is pressed.

use std::io::{self, IsTerminal, Read};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::sync::mpsc;

/// How much is read at once, when somebody pastes.
const CHUNK: usize = 4096;

/// Whether there is one, to read from and to write to.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Its rows and columns.
pub(crate) fn size() -> (u16, u16) {
    tcgetwinsize(io::stdout()).map_or((24, 80), |size| (size.ws_row, size.ws_col))
}

/// The terminal in raw mode; what it was before comes back when this is dropped.
#[must_use]
pub(crate) struct Raw {
    before: Termios,
}

impl Raw {
    /// Hands over each key from now on, Ctrl-C too.
    pub(crate) fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// What the user types. The thread that reads it ends with the program: nothing can call back a read.
pub(crate) fn typed() -> mpsc::Receiver<Vec<u8>> {
    let (sender, typed) = mpsc::channel(64);
    std::thread::spawn(move || {
        let mut chunk = [0; CHUNK];
        while let Ok(length @ 1..) = io::stdin().lock().read(&mut chunk) {
            if sender.blocking_send(chunk[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    typed
}
