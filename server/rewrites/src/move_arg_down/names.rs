//! What the name of an ARG tells of it.

/// Whether a name says that its value changes from build to build.
#[must_use]
pub fn is_volatile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |word: &str| lower.split('_').any(|part| part == word);
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    if any(&["sha", "commit", "revision", "vcs", "githash", "gitsha", "timestamp", "nightly"]) {
        return true;
    }
    if has("build")
        && any(&[
            "id", "number", "num", "no", "date", "time", "ref", "tag", "version", "rev", "hash", "at", "url",
        ])
    {
        return true;
    }
    if has("git") && any(&["hash", "ref", "rev", "branch", "tag", "describe", "version"]) {
        return true;
    }
    matches!(
        lower.as_str(),
        "app_version"
            | "version"
            | "image_version"
            | "release_version"
            | "package_version"
            | "build"
            | "date"
            | "created"
            | "image_tag"
            | "run_id"
            | "github_run_id"
            | "github_sha"
            | "ci_commit_sha"
            | "ci_pipeline_id"
            | "branch"
            | "ref"
    )
}

/// Whether a name says that it is there to make steps run again.
#[must_use]
pub fn is_cache_buster(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("bust")
        || lower.contains("cache")
        || lower.contains("invalidate")
        || lower.contains("rebuild")
}

/// Whether tools read a variable of this name from their environment.
#[must_use]
pub fn is_implicit(name: &str) -> bool {
    const PREFIXES: [&str; 59] = [
        "ACCEPT_",
        "APT_",
        "AWS_",
        "BUILDKIT_",
        "BUNDLE_",
        "CARGO_",
        "CGO_",
        "CMAKE_",
        "COMPOSER_",
        "CONDA_",
        "CURL_",
        "CYPRESS_",
        "DEBCONF_",
        "DEBIAN_",
        "DOCKER_",
        "DOTNET_",
        "ELECTRON_",
        "EXPO_",
        "GATSBY_",
        "GEM_",
        "GIT_CONFIG",
        "GIT_SSL",
        "GIT_TERMINAL",
        "GNUPG",
        "GOOGLE_",
        "GRADLE_",
        "HUSKY",
        "JAVA_",
        "LC_",
        "LD_",
        "MAVEN_",
        "MIX_",
        "NEXT_",
        "NODE_",
        "NPM_CONFIG",
        "NUGET_",
        "NUXT_",
        "NVIDIA_",
        "OPENSSL_",
        "PIP_",
        "PKG_CONFIG",
        "PLAYWRIGHT_",
        "PNPM_",
        "POETRY_",
        "PUBLIC_",
        "PUPPETEER_",
        "PYTHON",
        "RAILS_",
        "REACT_APP_",
        "RUSTUP_",
        "REQUESTS_",
        "SENTRY_",
        "SSL_",
        "TZ",
        "UV_",
        "VITE_",
        "VUE_APP_",
        "YARN_",
        "npm_config_",
    ];
    let is_known = matches!(
        name,
        "CC" | "CXX"
            | "CI"
            | "GOARCH"
            | "GOOS"
            | "GOFLAGS"
            | "GOPRIVATE"
            | "GOPROXY"
            | "GOSUMDB"
            | "HOME"
            | "LANG"
            | "LANGUAGE"
            | "MAKEFLAGS"
            | "PATH"
            | "RACK_ENV"
            | "RUSTFLAGS"
            | "SHELL"
            | "SOURCE_DATE_EPOCH"
            | "SOURCE_COMMIT"
            | "SECRET_KEY_BASE"
            | "TERM"
            | "TMPDIR"
            | "USER"
            | "NONINTERACTIVE"
            | "ENV"
            | "APP_ENV"
            | "ENVIRONMENT"
    );
    is_known || name.ends_with("FLAGS") || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_changes() {
        for name in [
            "GIT_SHA",
            "COMMIT",
            "VCS_REF",
            "BUILD_DATE",
            "BUILD_NUMBER",
            "APP_VERSION",
            "GITHUB_SHA",
            "git_commit",
        ] {
            assert!(is_volatile(name), "{name}");
        }
        for name in ["NODE_VERSION", "APP_HOME", "UID", "BUILD_TYPE", "BUILDER", "PORT"] {
            assert!(!is_volatile(name), "{name}");
        }
    }
}
