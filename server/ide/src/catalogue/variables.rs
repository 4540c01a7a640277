//! Variables that BuildKit sets, or heeds when the caller of a build gives them.

use super::{Variable, VariableFamily};
use VariableFamily::{Build, BuildKit, Proxy, Target};

/// The variables, by family, the most used first.
pub const VARIABLES: &[Variable] = &[
    new("TARGETPLATFORM", Target, "The platform that the image is for", "linux/amd64"),
    new("TARGETOS", Target, "The operating system that the image is for", "linux"),
    new("TARGETARCH", Target, "The processor architecture that the image is for", "amd64"),
    new("TARGETVARIANT", Target, "The variant of the architecture that the image is for", "v7"),
    new(
        "TARGETOSVERSION",
        Target,
        "The version of the operating system that the image is for",
        "10.0.20348.2113",
    ),
    new("TARGETSTAGE", Target, "The stage that is built, as --target names it", "default"),
    new("BUILDPLATFORM", Build, "The platform that the build runs on", "linux/amd64"),
    new("BUILDOS", Build, "The operating system that the build runs on", "linux"),
    new("BUILDARCH", Build, "The processor architecture that the build runs on", "amd64"),
    new("BUILDVARIANT", Build, "The variant of the architecture that the build runs on", "v8"),
    new(
        "BUILDOSVERSION",
        Build,
        "The version of the operating system that the build runs on",
        "10.0.20348.2113",
    ),
    new(
        "HTTP_PROXY",
        Proxy,
        "The proxy for http, in every RUN and in no cache key",
        "http://proxy.example.com:3128",
    ),
    new(
        "HTTPS_PROXY",
        Proxy,
        "The proxy for https, in every RUN and in no cache key",
        "http://proxy.example.com:3128",
    ),
    new(
        "FTP_PROXY",
        Proxy,
        "The proxy for ftp, in every RUN and in no cache key",
        "http://proxy.example.com:3128",
    ),
    new(
        "NO_PROXY",
        Proxy,
        "Hosts that are reached without a proxy, with commas between them",
        "localhost,.example.com",
    ),
    new(
        "ALL_PROXY",
        Proxy,
        "The proxy for all else, in every RUN and in no cache key",
        "socks5://proxy.example.com:1080",
    ),
    new(
        "SOURCE_DATE_EPOCH",
        BuildKit,
        "The time that the image and its layers say they were made at, in seconds since 1970",
        "1700000000",
    ),
    new(
        "BUILDKIT_SYNTAX",
        BuildKit,
        "The frontend that reads the file, instead of what # syntax= says",
        "docker/dockerfile:1",
    ),
    new(
        "BUILDKIT_INLINE_CACHE",
        BuildKit,
        "Whether the image carries the data for others to take their cache from it",
        "1",
    ),
    new(
        "BUILDKIT_DOCKERFILE_CHECK",
        BuildKit,
        "How the builder's checks are run, instead of what # check= says",
        "skip=all",
    ),
    new(
        "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
        BuildKit,
        "Whether .git is kept where the build context is a git repository",
        "1",
    ),
    new("BUILDKIT_CACHE_MOUNT_NS", BuildKit, "A namespace for the ids of cache mounts", "main"),
    new(
        "BUILDKIT_MULTI_PLATFORM",
        BuildKit,
        "Whether the result is laid out for several platforms, even where it has one",
        "1",
    ),
    new("BUILDKIT_SANDBOX_HOSTNAME", BuildKit, "The host name that RUN sees", "buildkitsandbox"),
    new("BUILDKIT_BUILD_NAME", BuildKit, "The build's name in buildx history", ""),
    new(
        "BUILDKIT_SBOM_SCAN_CONTEXT",
        BuildKit,
        "Whether the build context is scanned for the bill of materials",
        "true",
    ),
    new("BUILDKIT_SBOM_SCAN_STAGE", BuildKit, "Whether a stage is scanned for the bill of materials", "true"),
];

const fn new(
    name: &'static str,
    family: VariableFamily,
    summary: &'static str,
    example: &'static str,
) -> Variable {
    Variable { name, family, summary, example }
}
