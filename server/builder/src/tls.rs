//! TLS to a builder, as docker does it: the builder proves itself by an authority's certificate (`ca.pem`), we by our own (`cert.pem`
//! and `key.pem`).

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::address::Certificates;
use crate::dial::BoxStream;

/// What is spoken inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// An engine's API, from which it goes on to HTTP/2 by itself.
    Http1,
    /// gRPC at once, which its server wants to have agreed on.
    Http2,
}

/// Encrypts the stream.
///
/// # Errors
/// One line that names the file, or says that the builder is not the one that the certificates are for.
pub(crate) async fn wrap(
    stream: TcpStream,
    host: &str,
    certificates: &Certificates,
    protocol: Protocol,
) -> Result<BoxStream, String> {
    let mut config = config(certificates)?;
    if protocol == Protocol::Http2 {
        config.alpn_protocols = vec![b"h2".to_vec()];
    }
    let host = certificates.server_name.as_deref().unwrap_or(host);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| format!("`{host}` is no name that a certificate can have"))?;
    match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(format!(
            "no TLS with {host}: {error}; see whether {} is for this builder",
            certificates.ca.display()
        )),
    }
}

fn config(files: &Certificates) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&files.ca)? {
        roots.add(certificate).map_err(|error| format!("{}: {error}", files.ca.display()))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    let Some((own, key)) = &files.own else { return Ok(config.with_no_client_auth()) };
    // The error of a reader of keys says what kind of thing was wrong, never what the file holds.
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("{} cannot be read: {error}", key.display()))?;
    config
        .with_client_auth_cert(certificates(own)?, key)
        .map_err(|error| format!("{}: {error}", own.display()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
    let found = CertificateDer::pem_file_iter(path).map_err(|error| failed(&error))?;
    found.collect::<Result<_, _>>().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::server::WebPkiClientVerifier;

    use super::*;

    /// An authority, and one certificate of it for 127.0.0.1 that serves both sides; valid for a hundred years.
    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tls/test")
    }

    /// An engine that wants to know who asks, and then says `hello`.
    async fn engine() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut roots = RootCertStore::empty();
        roots.add(certificates(&folder().join("ca.pem")).unwrap().remove(0)).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
        let key = PrivateKeyDer::from_pem_file(folder().join("key.pem")).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates(&folder().join("cert.pem")).unwrap(), key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                stream.write_all(b"hello").await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        port
    }

    async fn hello(host: &str, certificates: &Path) -> Result<String, String> {
        let stream = TcpStream::connect(("127.0.0.1", engine().await)).await.unwrap();
        let mut stream = wrap(stream, host, &Certificates::in_folder(certificates), Protocol::Http1).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[tokio::test]
    async fn both_sides_prove_who_they_are() {
        assert_eq!(hello("127.0.0.1", &folder()).await, Ok("hello".to_owned()));
    }

    #[tokio::test]
    async fn another_engine_than_the_certificates_is_refused() {
        let error = hello("127.0.0.2", &folder()).await.unwrap_err();
        assert!(error.contains("no TLS with 127.0.0.2"), "{error}");
    }

    #[tokio::test]
    async fn a_client_that_proves_nothing_is_refused() {
        let only_ca = tempfile::tempdir().unwrap();
        std::fs::copy(folder().join("ca.pem"), only_ca.path().join("ca.pem")).unwrap();
        assert!(hello("127.0.0.1", only_ca.path()).await.is_err());
    }

    #[tokio::test]
    async fn certificates_that_are_not_there_are_named() {
        let empty = tempfile::tempdir().unwrap();
        assert!(hello("127.0.0.1", empty.path()).await.unwrap_err().contains("ca.pem"));
    }
}
