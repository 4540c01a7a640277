//! Whom an instruction runs as, as far as that is known.

use rewrites::Input;
use semantic::image_reference::ImageReference;
use semantic::{Base, Stage, Text};

/// Whom an instruction runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// root.
    Root,
    /// Somebody else.
    Other,
    /// Only the base image knows, or a variable.
    Unknown,
}

/// Docker's official images that leave the user at root, by their names.
const ROOT: [&str; 44] = [
    "almalinux",
    "alpine",
    "amazonlinux",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "caddy",
    "centos",
    "clojure",
    "debian",
    "docker",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "gradle",
    "haskell",
    "httpd",
    "julia",
    "mariadb",
    "maven",
    "mysql",
    "nginx",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "photon",
    "php",
    "postgres",
    "pypy",
    "python",
    "redis",
    "rockylinux",
    "ruby",
    "rust",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

/// Whom a stage runs as where USER says this, or nothing.
pub(crate) fn user(input: &Input<'_>, stage: &Stage, user: Option<&Text>) -> User {
    match user {
        Some(user) => match user.value.as_deref() {
            Some(name) => named(name),
            None => User::Unknown,
        },
        None => match input.model.root(stage.index) {
            Base::Scratch => User::Root,
            Base::Image(name) if input.facts.base_image(name).is_some() || is_root_image(name) => User::Root,
            _ => User::Unknown,
        },
    }
}

fn named(name: &str) -> User {
    match name.split(':').next().unwrap_or_default() {
        "root" | "0" => User::Root,
        _ => User::Other,
    }
}

fn is_root_image(name: &str) -> bool {
    ImageReference::parse(name).is_ok_and(|image| image.is_official() && ROOT.contains(&image.short_name()))
}
