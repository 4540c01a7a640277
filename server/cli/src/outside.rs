//! What lies outside the Dockerfile: the builder.

use builder::Surroundings;
use inner_loop::Builder;

/// The builder at `host`, else the one that docker's own settings and the usual sockets tell.
pub(crate) fn builder(runtime: &tokio::runtime::Runtime, host: Option<&str>) -> Box<dyn Builder> {
    Box::new(builder::BuildKit::new(
        runtime.handle().clone(),
        host.map(str::to_owned),
        Surroundings::of_process(),
    ))
}
