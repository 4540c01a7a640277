//! Secrets: read when the builder asks for one, handed over, and remembered as long as the build goes on, to keep them out of its output.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bollard_buildkit_proto::moby::buildkit::secrets::v1::{
    GetSecretRequest, GetSecretResponse, secrets_server,
};
use inner_loop::{SecretSource, SecretSpec};
use tonic::{Request, Response, Status};

use super::Problems;
use crate::report::Reporter;

/// BuildKit takes no larger ones.
const MAX_BYTES: u64 = 500 * 1024;

/// The secrets of one build. Has no `Debug`.
pub(super) struct Secrets {
    sources: HashMap<String, SecretSource>,
    problems: Problems,
    /// A mount need not be required, so a secret that is absent is a problem only where the builder says so.
    absences: Problems,
    reporter: Arc<Reporter>,
}

impl Secrets {
    pub(super) fn new(
        secrets: Vec<SecretSpec>,
        problems: Problems,
        absences: Problems,
        reporter: Arc<Reporter>,
    ) -> Self {
        let sources = secrets.into_iter().map(|secret| (secret.id, secret.source)).collect();
        Self { sources, problems, absences, reporter }
    }

    fn absent(&self, message: String) -> Status {
        if let Ok(mut absences) = self.absences.lock() {
            absences.push(message.clone());
        }
        Status::not_found(message)
    }
}

#[async_trait::async_trait]
impl secrets_server::Secrets for Secrets {
    async fn get_secret(
        &self,
        request: Request<GetSecretRequest>,
    ) -> Result<Response<GetSecretResponse>, Status> {
        let id = request.into_inner().id;
        let data = match self.sources.get(&id) {
            None => {
                let message = format!(
                    "secret {id}: not found; pass --secret id={id},src=FILE or --secret id={id},env=VARIABLE"
                );
                return Err(self.absent(message));
            }
            Some(SecretSource::Environment(name)) => match std::env::var_os(name) {
                Some(value) => value.into_encoded_bytes(),
                None => {
                    return Err(self
                        .absent(format!("secret {id}: the environment variable {name} is not set; set it")));
                }
            },
            Some(SecretSource::Value(value)) => value.get().as_bytes().to_vec(),
            Some(SecretSource::File(path)) => read(path).map_err(|error| {
                let message = format!("secret `{id}` cannot be read from {}: {error}", path.display());
                if let Ok(mut problems) = self.problems.lock() {
                    problems.push(message.clone());
                }
                Status::failed_precondition(message)
            })?,
        };
        if data.len() as u64 > MAX_BYTES {
            return Err(Status::failed_precondition(format!(
                "secret `{id}` is larger than the 500 KB that a builder takes"
            )));
        }
        self.reporter.hide(&data);
        Ok(Response::new(GetSecretResponse { data }))
    }
}

/// The values of secrets as far as they can be read, for those who have to hide them though no builder has asked for them.
pub(crate) fn values(secrets: &[SecretSpec]) -> Vec<Vec<u8>> {
    let value = |secret: &SecretSpec| match &secret.source {
        SecretSource::Environment(name) => std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes),
        SecretSource::Value(value) => Some(value.get().as_bytes().to_vec()),
        SecretSource::File(path) => read(path).ok(),
    };
    secrets.iter().filter_map(value).collect()
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut data)?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use secrets_server::Secrets as _;

    use super::*;

    async fn get(source: Option<SecretSource>) -> Result<Vec<u8>, String> {
        let secrets =
            source.map(|source| SecretSpec { id: "token".to_owned(), source }).into_iter().collect();
        let request = GetSecretRequest { id: "token".to_owned(), ..Default::default() };
        let reporter = Arc::new(Reporter::new(Box::new(|_| ())));
        let answer = Secrets::new(secrets, Problems::default(), Problems::default(), reporter)
            .get_secret(Request::new(request))
            .await;
        answer.map(|answer| answer.into_inner().data).map_err(|status| status.message().to_owned())
    }

    #[tokio::test]
    async fn a_file_is_read_when_asked_for_and_only_then() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let source = Some(SecretSource::File(file.clone()));
        assert!(get(source.clone()).await.unwrap_err().contains("token"));
        std::fs::write(&file, "value\n").unwrap();
        assert_eq!(get(source.clone()).await.unwrap(), b"value\n");
        std::fs::write(&file, vec![0; 600 * 1024]).unwrap();
        assert!(get(source).await.unwrap_err().contains("500 KB"));
    }

    #[tokio::test]
    async fn what_was_not_given_says_how_to_give_it() {
        assert!(get(None).await.unwrap_err().contains("--secret id=token"));
        let unset = SecretSource::Environment("LAYERWISE_TEST_UNSET_VARIABLE".to_owned());
        assert!(get(Some(unset)).await.unwrap_err().contains("is not set"));
        let set = SecretSource::Environment("CARGO_PKG_NAME".to_owned());
        assert_eq!(get(Some(set)).await.unwrap(), b"layerwise-builder");
    }
}
