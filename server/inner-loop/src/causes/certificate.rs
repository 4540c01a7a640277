//! A certificate that is not trusted: mostly the one of a company's proxy, which machines know and containers do not.

use super::{Cause, Evidence};

const SIGNS: &[&str] = &[
    // Go: the engine, and programs written in it.
    "x509: certificate signed by unknown authority",
    "x509: certificate is not trusted",
    "failed to verify certificate: x509",
    // OpenSSL, curl, git.
    "SSL certificate problem",
    "server certificate verification failed",
    "unable to get local issuer certificate",
    "certificate verify failed",
    "self signed certificate in certificate chain",
    "self-signed certificate",
    // Python, Node, Java, apt.
    "CERTIFICATE_VERIFY_FAILED",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "PKIX path building failed",
    "Certificate verification failed: The certificate is NOT trusted",
];

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    let line = evidence.line_with(SIGNS)?;
    if line.contains("certificate has expired") || line.contains("not yet valid") {
        return Cause::new(
            "the server's certificate does not hold at this date",
            "see whether this machine's clock is right; else its owner has to renew it",
        );
    }
    if evidence.is_run() {
        return Cause::new(
            "the step does not trust the server's certificate: its image lacks the authority that signed it, maybe your company's",
            "install `ca-certificates` in the image, and for a company's authority COPY its certificate to \
             /usr/local/share/ca-certificates and RUN update-ca-certificates before the download",
        );
    }
    if evidence.instruction.starts_with("ADD") {
        return Cause::new(
            "the builder does not trust the server's certificate",
            "add the authority's certificate to those of the engine's machine and restart it, or fetch the file in a RUN that trusts it",
        );
    }
    Cause::new(
        "the engine does not trust the registry's certificate",
        "put the authority's certificate at /etc/docker/certs.d/REGISTRY/ca.crt on the engine's machine",
    )
}
