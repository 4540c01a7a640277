//! What a build is given beside the Dockerfile, and what is known of the builder: values that decide keys.

use std::collections::BTreeMap;

use semantic::{Caller, CallerBuild, CallerKind, Facts, FrontendFacts, ImageFacts, Setting};

use crate::request::BuildRequest;

/// What the plan of a build depends on outside of the Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outside {
    /// The build arguments, those that the builder adds itself included.
    pub build_args: BTreeMap<String, String>,
    /// Named contexts.
    pub named_contexts: BTreeMap<String, String>,
    /// The platform that is built for; the builder's own where absent.
    pub platform: Option<String>,
    /// The builder's own platform, such as `linux/amd64`; absent where it was not asked.
    pub builder_platform: Option<String>,
    /// Network mode of RUN.
    pub network: Option<String>,
    /// Run every step anew.
    pub no_cache: bool,
    /// Images that the builder has, by name.
    pub images: BTreeMap<String, ImageFacts>,
    /// What the builder's own frontend can do; absent where it was not asked.
    pub frontend: Option<FrontendFacts>,
    /// The stage that is asked for by name.
    pub target: Option<String>,
}

impl Outside {
    /// What a request says. What the builder says is added by its owner.
    #[must_use]
    pub fn of(request: &BuildRequest) -> Self {
        Self {
            build_args: request.build_args.clone(),
            named_contexts: request.named_contexts.clone(),
            platform: request.platforms.first().cloned(),
            network: request.network.clone().filter(|network| network != "default"),
            no_cache: request.no_cache,
            target: request.target.clone(),
            ..Self::default()
        }
    }

    /// The facts with which the Dockerfile's words have the values that they have in this build.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let contexts = self.named_contexts.iter();
        let contexts = contexts.map(|(name, place)| (name.clone(), Setting::Known(place.clone())));
        let args = self.build_args.iter().map(|(name, value)| (name.clone(), Setting::Known(value.clone())));
        // A build is a caller like any other: what it gives overrides the defaults of ARGs, and stages and images.
        let caller = Caller {
            kind: CallerKind::Bake,
            file: String::new(),
            shown_file: String::new(),
            line: 0,
            name: String::new(),
            build: CallerBuild {
                args: args.collect(),
                contexts: contexts.collect(),
                ..CallerBuild::default()
            },
        };
        Facts {
            base_images: self.images.clone(),
            frontend: self.frontend,
            callers: vec![caller],
            platform_arguments: self.platform_arguments(),
            ..Facts::default()
        }
    }

    /// What the build is for, such as `linux/arm64`.
    #[must_use]
    pub fn target_platform(&self) -> Option<&str> {
        self.platform.as_deref().or(self.builder_platform.as_deref())
    }

    /// `TARGETARCH` and its like, as BuildKit gives them (`dockerfile2llb/platform.go`); build arguments override them.
    fn platform_arguments(&self) -> BTreeMap<String, String> {
        let mut arguments = BTreeMap::new();
        for (prefix, platform) in
            [("BUILD", self.builder_platform.as_deref()), ("TARGET", self.target_platform())]
        {
            let Some(platform) = platform else { continue };
            let mut parts = platform.splitn(3, '/');
            let (os, architecture) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let variant = parts.next().unwrap_or_default();
            for (name, value) in [
                ("PLATFORM", platform),
                ("OS", os),
                ("OSVERSION", ""),
                ("ARCH", architecture),
                ("VARIANT", variant),
            ] {
                arguments.insert(format!("{prefix}{name}"), value.to_owned());
            }
        }
        // The name as it is asked for; without one BuildKit says the last stage's name, or this word.
        arguments
            .insert("TARGETSTAGE".to_owned(), self.target.clone().unwrap_or_else(|| "default".to_owned()));
        for (name, value) in &self.build_args {
            if let Some(argument) = arguments.get_mut(name) {
                argument.clone_from(value);
            }
        }
        arguments
    }
}
