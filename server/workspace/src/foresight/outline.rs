//! What a build is made of before any file is read.

use inner_loop::BuildRequest;
use inner_loop::memory::KnownBuilder;
use inner_loop::plan::{Outside, Plan, plan};
use semantic::{Frontend, Model, Stage, Step};
use syntax::Document;

/// The steps of a build.
pub(super) struct Outline {
    pub(super) steps: Vec<Step>,
    /// What each is made of; or why nothing can be said, in one sentence.
    pub(super) plan: Result<Plan, String>,
    pub(super) is_old_builder: bool,
}

impl Outline {
    /// By what is known of the builder.
    ///
    /// # Errors
    /// One line: there is no such target.
    pub(super) fn of(request: &BuildRequest, builder: KnownBuilder) -> Result<Self, String> {
        let mut outside = Outside::of(request);
        outside.build_args = builder.proxies.into_iter().chain(outside.build_args).collect();
        outside.builder_platform = Some(builder.platform).filter(|platform| !platform.is_empty());
        outside.frontend = builder.frontend;
        outside.images = builder.images;
        let model = Model::new(&Document::new(&request.dockerfile_text), &outside.facts());
        let target = target(&model, request)?;
        let plan = match beyond(request, &model) {
            Some(reason) => Err(reason),
            None => Ok(plan(&model, target.index, &outside)),
        };
        let is_old_builder = outside.frontend.is_some_and(|frontend| !frontend.heredocs);
        Ok(Self { steps: model.steps(target.index), plan, is_old_builder })
    }
}

/// The stage that a request builds.
///
/// # Errors
/// One line: there is no such target.
pub(super) fn target<'a>(model: &'a Model, request: &BuildRequest) -> Result<&'a Stage, String> {
    match &request.target {
        Some(target) => model
            .target(target)
            .ok_or_else(|| format!("there is no stage {target} in {}", request.dockerfile.display())),
        None => model
            .final_stage()
            .ok_or_else(|| format!("{} has no stage: it needs a FROM", request.dockerfile.display())),
    }
}

/// Why nothing can be said about a build, in one sentence.
fn beyond(request: &BuildRequest, model: &Model) -> Option<String> {
    if let Frontend::Foreign(name) = &model.frontend {
        return Some(format!("{name} reads this file in its own way, so nothing can be told"));
    }
    if request.platforms.len() > 1 {
        return Some("a build for several platforms cannot be told yet: ask for one of them".to_owned());
    }
    if !request.cache_from.is_empty() {
        return Some("what the builder would find in other caches (--cache-from) cannot be told".to_owned());
    }
    None
}
