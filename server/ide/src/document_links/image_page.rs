//! Where people read about an image: the page of its repository, for registries that have such pages.
//!
//! Registries that are not known here get no link: their addresses answer to programs, not to people.

use semantic::image_reference::{DOCKER_HUB, ImageReference};

/// A page on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Who keeps it.
    pub(crate) host: &'static str,
    /// Its address.
    pub(crate) url: String,
}

/// The page of an image.
pub(crate) fn of(image: &ImageReference) -> Option<Page> {
    let path = image.repository.as_str();
    let page = |host, url| Some(Page { host, url });
    let parts: Vec<&str> = path.split('/').collect();
    match (image.registry.as_str(), parts.as_slice()) {
        (DOCKER_HUB, ["library", name]) => page("Docker Hub", format!("https://hub.docker.com/_/{name}")),
        (DOCKER_HUB, [_, _]) => page("Docker Hub", format!("https://hub.docker.com/r/{path}")),
        // The registry itself sends a browser to the package's page.
        ("ghcr.io", [_, _, ..]) => page("GitHub", format!("https://ghcr.io/{path}")),
        ("quay.io", [_, _]) => page("Quay", format!("https://quay.io/repository/{path}")),
        ("mcr.microsoft.com", _) => {
            page("Microsoft Artifact Registry", format!("https://mcr.microsoft.com/artifact/mar/{path}"))
        }
        ("public.ecr.aws", [_, _, ..]) => {
            page("Amazon ECR Public Gallery", format!("https://gallery.ecr.aws/{path}"))
        }
        ("registry.k8s.io", _) => {
            page("Registry Explorer", format!("https://explore.ggcr.dev/?repo=registry.k8s.io/{path}"))
        }
        ("registry.gitlab.com", [_, _]) => {
            page("GitLab", format!("https://gitlab.com/{path}/container_registry"))
        }
        ("registry.access.redhat.com" | "registry.redhat.io", _) => {
            page("Red Hat Catalog", format!("https://catalog.redhat.com/software/containers/search?q={path}"))
        }
        ("cgr.dev", ["chainguard", name]) => {
            page("Chainguard", format!("https://images.chainguard.dev/directory/image/{name}/overview"))
        }
        ("nvcr.io", ["nvidia", name]) => {
            page("NVIDIA NGC", format!("https://catalog.ngc.nvidia.com/orgs/nvidia/containers/{name}"))
        }
        // Google's registries send a browser to their console.
        (registry, [_, _, ..])
            if registry == "gcr.io"
                || registry.ends_with(".gcr.io")
                || registry.ends_with("-docker.pkg.dev") =>
        {
            page("Google Cloud", format!("https://{registry}/{path}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_registry_has_its_pages() {
        for (name, url) in [
            ("node", "https://hub.docker.com/_/node"),
            ("docker.io/library/node:22", "https://hub.docker.com/_/node"),
            ("bitnami/redis:7", "https://hub.docker.com/r/bitnami/redis"),
            ("ghcr.io/astral-sh/uv:0.5", "https://ghcr.io/astral-sh/uv"),
            ("quay.io/keycloak/keycloak", "https://quay.io/repository/keycloak/keycloak"),
            ("mcr.microsoft.com/dotnet/sdk:9.0", "https://mcr.microsoft.com/artifact/mar/dotnet/sdk"),
            ("gcr.io/distroless/static", "https://gcr.io/distroless/static"),
            ("europe-docker.pkg.dev/a/b/c", "https://europe-docker.pkg.dev/a/b/c"),
            ("public.ecr.aws/docker/library/node", "https://gallery.ecr.aws/docker/library/node"),
            ("registry.k8s.io/pause:3.10", "https://explore.ggcr.dev/?repo=registry.k8s.io/pause"),
            ("registry.gitlab.com/acme/app", "https://gitlab.com/acme/app/container_registry"),
            (
                "registry.access.redhat.com/ubi9/ubi",
                "https://catalog.redhat.com/software/containers/search?q=ubi9/ubi",
            ),
            ("cgr.dev/chainguard/node", "https://images.chainguard.dev/directory/image/node/overview"),
            (
                "nvcr.io/nvidia/pytorch:25.01-py3",
                "https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch",
            ),
        ] {
            let page = of(&ImageReference::parse(name).unwrap());
            assert_eq!(page.map(|page| page.url).as_deref(), Some(url), "{name}");
        }
        for name in ["localhost:5000/app", "registry.example.com/a/b", "a/b/c", "registry.gitlab.com/a/b/c"] {
            assert_eq!(of(&ImageReference::parse(name).unwrap()), None, "{name}");
        }
    }
}
