//! TLS before an engine's BuildKit, as a `buildkitd` that wants to know who asks: the certificates are those of the builder's own tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{TcpListener, UnixStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::relay::{Shown, dial};

/// An authority's certificate, and one of it for 127.0.0.1 with its key.
pub(super) fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/builder/src/tls/test").canonicalize().unwrap()
}

pub(super) struct Relay {
    pub(super) port: u16,
    _runtime: Runtime,
}

impl Relay {
    pub(super) fn before(engine: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config()));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let engine = engine.to_owned();
        runtime.spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (acceptor, engine) = (acceptor.clone(), engine.clone());
                tokio::spawn(async move {
                    // Who proves nothing is sent away.
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let stream =
                        tokio::task::spawn_blocking(move || dial(&engine, Shown::Buildkitd)).await.unwrap();
                    stream.set_nonblocking(true).unwrap();
                    let mut engine = UnixStream::from_std(stream).unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut engine).await;
                });
            }
        });
        Self { port, _runtime: runtime }
    }
}

fn config() -> ServerConfig {
    let file = |name: &str| certificates().join(name);
    let read =
        |name| CertificateDer::pem_file_iter(file(name)).unwrap().map(Result::unwrap).collect::<Vec<_>>();
    let mut roots = RootCertStore::empty();
    roots.add(read("ca.pem").remove(0)).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(read("cert.pem"), PrivateKeyDer::from_pem_file(file("key.pem")).unwrap())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}
