//! Logins for registries, for the builder that pulls.

use std::path::PathBuf;

use bollard_buildkit_proto::moby::filesync::v1::{
    CredentialsRequest, CredentialsResponse, FetchTokenRequest, FetchTokenResponse, GetTokenAuthorityRequest,
    GetTokenAuthorityResponse, VerifyTokenAuthorityRequest, VerifyTokenAuthorityResponse, auth_server,
};
use tonic::{Request, Response, Status};

use super::Problems;
use crate::credentials;

/// Answers from docker's configuration, read anew each time: a login during a build counts.
pub(super) struct Auth {
    docker_config: Option<PathBuf>,
    problems: Problems,
}

impl Auth {
    pub(super) fn new(docker_config: Option<PathBuf>, problems: Problems) -> Self {
        Self { docker_config, problems }
    }
}

#[async_trait::async_trait]
impl auth_server::Auth for Auth {
    async fn credentials(
        &self,
        request: Request<CredentialsRequest>,
    ) -> Result<Response<CredentialsResponse>, Status> {
        let host = request.into_inner().host;
        match credentials::lookup(self.docker_config.clone(), &host).await {
            Ok(found) => {
                Ok(Response::new(CredentialsResponse { username: found.username, secret: found.secret }))
            }
            Err(message) => {
                if let Ok(mut problems) = self.problems.lock() {
                    problems.push(message.clone());
                }
                Err(Status::failed_precondition(message))
            }
        }
    }

    // Without these the builder fetches tokens itself, with the credentials.
    async fn fetch_token(
        &self,
        _: Request<FetchTokenRequest>,
    ) -> Result<Response<FetchTokenResponse>, Status> {
        Err(Status::unimplemented("fetch token"))
    }

    async fn get_token_authority(
        &self,
        _: Request<GetTokenAuthorityRequest>,
    ) -> Result<Response<GetTokenAuthorityResponse>, Status> {
        Err(Status::unavailable("get token authority"))
    }

    async fn verify_token_authority(
        &self,
        _: Request<VerifyTokenAuthorityRequest>,
    ) -> Result<Response<VerifyTokenAuthorityResponse>, Status> {
        Err(Status::unavailable("verify token authority"))
    }
}
