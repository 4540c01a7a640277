//! What the user has set, the same keys in the editor and in `layerwise.toml`.

use std::collections::BTreeMap;

/// Settings of a workspace. The default is what holds without any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which rules run and how severe they are.
    pub rules: rules::Settings,
    /// How to build.
    pub build: BuildSettings,
}

/// Settings of builds that the editor starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildSettings {
    /// The stage to build where the command names none.
    pub target: Option<String>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
    /// Secrets as `docker buildx build --secret` takes them: `id=npm,src=/path`, `id=npm,env=NAME`.
    pub secrets: Vec<String>,
    /// Whether saving a Dockerfile builds it.
    pub on_save: bool,
}
