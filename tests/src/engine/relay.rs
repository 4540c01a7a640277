//! A door before an engine's socket, through which its bytes pass: from a port or another socket, as an engine or as the `buildkitd` inside
//! of it, and in the ways in which networks go wrong.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use test_support::Gate;

/// What is found behind the door.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Engine,
    /// gRPC at once, as after an engine's upgrade to HTTP/2.
    Buildkitd,
}

/// How bytes pass.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Flow {
    Open,
    /// A few bytes at once, each after a pause.
    Slow,
    /// As through a network that is gone: connections stay, and nothing ever comes.
    Stalled,
}

/// Ends a connection.
type Close = Box<dyn Fn() + Send>;

/// A door that can be closed.
#[derive(Clone, Default)]
pub(super) struct Door {
    flow: Arc<AtomicU8>,
    open: Arc<Mutex<Vec<Close>>>,
}

/// A stream with two ends that can be used at once.
pub(super) trait Duplex: Read + Write + Send + Sized + 'static {
    fn twin(&self) -> Self;
    fn close(&self);
}

impl Duplex for TcpStream {
    fn twin(&self) -> Self {
        self.try_clone().unwrap()
    }

    fn close(&self) {
        let _ = self.shutdown(std::net::Shutdown::Both);
    }
}

impl Duplex for UnixStream {
    fn twin(&self) -> Self {
        self.try_clone().unwrap()
    }

    fn close(&self) {
        let _ = self.shutdown(std::net::Shutdown::Both);
    }
}

impl Door {
    pub(super) fn set(&self, flow: Flow) {
        self.flow.store(flow as u8, Ordering::SeqCst);
    }

    /// Ends all connections that are open.
    pub(super) fn cut(&self) {
        for close in self.open.lock().unwrap().drain(..) {
            close();
        }
    }

    /// Opens it on a port of the loopback address.
    pub(super) fn on_port(&self, engine: &str, shown: Shown) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (door, engine) = (self.clone(), engine.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                door.join(client.unwrap(), dial(&engine, shown));
            }
        });
        port
    }

    /// Opens it on a socket.
    pub(super) fn on_socket(&self, socket: &Path, engine: &str, shown: Shown) {
        let listener = UnixListener::bind(socket).unwrap();
        let (door, engine) = (self.clone(), engine.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                door.join(client.unwrap(), dial(&engine, shown));
            }
        });
    }

    fn join(&self, client: impl Duplex, engine: impl Duplex) {
        let (client_twin, engine_twin) = (client.twin(), engine.twin());
        self.open.lock().unwrap().push(Box::new(move || {
            client_twin.close();
            engine_twin.close();
        }));
        self.pump(client.twin(), engine.twin());
        self.pump(engine, client);
    }

    fn pump(&self, mut from: impl Duplex, mut to: impl Duplex) {
        let flow = Arc::clone(&self.flow);
        thread::spawn(move || {
            let mut chunk = vec![0; 1 << 16];
            loop {
                let is_slow = flow.load(Ordering::SeqCst) == Flow::Slow as u8;
                let room = if is_slow { 1 << 10 } else { chunk.len() };
                let Ok(n_bytes @ 1..) = from.read(&mut chunk[..room]) else { break };
                if is_slow {
                    thread::sleep(Duration::from_millis(2));
                }
                if flow.load(Ordering::SeqCst) == Flow::Stalled as u8 {
                    Gate::new().wait();
                }
                if to.write_all(&chunk[..n_bytes]).is_err() {
                    break;
                }
            }
            from.close();
            to.close();
        });
    }
}

/// A connection to an engine at `unix://…`.
pub(super) fn dial(engine: &str, shown: Shown) -> UnixStream {
    let mut stream = UnixStream::connect(engine.trim_start_matches("unix://")).unwrap();
    if shown == Shown::Buildkitd {
        stream
            .write_all(b"POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
    }
    stream
}
