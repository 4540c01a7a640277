//! From a command's arguments to what is asked of the builder: the document as it is now, its settings, and its callers.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ide::{CalledBuild, Document, DocumentId, Facts, Snapshot};
use inner_loop::test_results::{TestLog, report_paths, test_stage};
use inner_loop::{BuildRequest, NetworkNeeds, Progress as Reducer, SecretSource, SecretSpec, Staleness};
use tower_lsp::jsonrpc::{Error, Result};
use workspace::surroundings::{context_root, copied_paths, default_platform};

use crate::commands::Arguments;
use crate::from_proto;
use crate::main_loop::MainLoop;
use crate::surroundings::{boundary, file_path};

/// A build that was asked for.
pub(crate) struct Planned {
    pub(crate) document_id: DocumentId,
    pub(crate) document: Document,
    pub(crate) request: BuildRequest,
    pub(crate) reducer: Reducer,
    pub(crate) staleness: Staleness,
    /// What its callers differ in.
    pub(crate) notice: Option<String>,
    /// What it will ask the network for.
    pub(crate) network: NetworkNeeds,
    /// Reads what its steps say of tests, where that is what it is for.
    pub(crate) tests: Option<TestLog>,
}

impl Planned {
    pub(crate) fn title(&self) -> String {
        let name = self.request.dockerfile.file_name().unwrap_or_default().to_string_lossy();
        match &self.request.target {
            Some(target) if self.tests.is_some() => format!("Testing {target} of {name}"),
            Some(target) => format!("Building {target} of {name}"),
            None => format!("Building {name}"),
        }
    }
}

/// All that plans are made from, as it was at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Planner {
    pub(crate) snapshot: Snapshot,
    folders: Arc<[PathBuf]>,
    pub(crate) untrusted: bool,
}

impl MainLoop {
    /// What plans are made from now.
    pub(crate) fn planner(&self) -> Planner {
        Planner {
            snapshot: self.host.snapshot(),
            folders: Arc::clone(&self.folders),
            untrusted: self.untrusted,
        }
    }
}

impl Planner {
    /// Plans a build. Looks at the disk, to find the build context.
    ///
    /// # Errors
    /// The document is not open, is no file, has no stage, or has none of this name.
    pub(crate) fn plan(&self, arguments: &Arguments) -> Result<Planned> {
        let snapshot = &self.snapshot;
        let document_id = from_proto::document_id(&arguments.uri);
        let (Some(document), Some(model)) = (snapshot.document(&document_id), snapshot.model(&document_id))
        else {
            return Err(Error::invalid_params(format!(
                "no Dockerfile is open as {document_id}; open it first"
            )));
        };
        let path = file_path(&arguments.uri).ok_or_else(|| {
            Error::invalid_params(format!(
                "{document_id} is no file on disk, so it has no build context; save it first"
            ))
        })?;
        let build = &snapshot.settings(&document_id).build;
        let named =
            arguments.target.as_deref().or(build.target.as_deref().filter(|_| arguments.line.is_none()));
        let line = arguments.line.map(|line| from_proto::buildkit_line(document, line));
        let target = snapshot.build_target(&document_id, named, line).map_err(Error::invalid_params)?;
        if model.stages.is_empty() {
            return Err(Error::invalid_params(
                "the Dockerfile has no FROM yet, so there is nothing to build",
            ));
        }
        let called = snapshot
            .called_build(&document_id, arguments.caller.as_deref(), target.as_deref())
            .map_err(Error::invalid_params)?;
        // What callers name outside of the Dockerfile is for those alone who trust the folder.
        let called = if self.untrusted {
            CalledBuild { context: called.context, target: called.target, ..CalledBuild::default() }
        } else {
            called
        };
        // A stage of the Dockerfile as it is now: the caller may name one that is gone.
        let called_target = called.target.filter(|target| model.target(target).is_some());
        let target = target.or(called_target);
        let copied = copied_paths(model);
        let context = called.context.map(PathBuf::from);
        let context = context.unwrap_or_else(|| context_root(&copied, &path, boundary(&self.folders, &path)));
        let specs: Vec<String> = build.secrets.iter().chain(&called.secrets).cloned().collect();
        let mut secrets = secrets(&specs, &context).map_err(Error::invalid_params)?;
        let mut seen = HashSet::new();
        secrets.retain(|secret| seen.insert(secret.id.clone()));
        let mut platforms = called.platforms;
        if platforms.is_empty() {
            platforms.extend(default_platform());
        }
        let request = BuildRequest {
            context: context.to_string_lossy().into_owned(),
            dockerfile: path,
            dockerfile_text: document.text(),
            target: target.clone(),
            build_args: called.args.into_iter().chain(build.args.clone()).collect(),
            secrets,
            ssh: called.ssh,
            named_contexts: called.contexts,
            platforms,
            ..BuildRequest::default()
        };
        let stage = target.as_deref().map_or_else(|| model.final_stage(), |target| model.target(target));
        let nothing = Facts::default();
        let facts = snapshot.facts(&document_id).unwrap_or(&nothing);
        let network = stage.map(|stage| NetworkNeeds::of(model, stage.index, facts)).unwrap_or_default();
        let reducer = Reducer::of(model, target);
        let staleness = Staleness::of(request.reads(model));
        let notice = called.notice;
        let document = document.clone();
        let tests = None;
        Ok(Planned { document_id, document, request, reducer, staleness, notice, network, tests })
    }

    /// Plans a build of the test stage.
    ///
    /// # Errors
    /// As for a build; or no stage is one of tests.
    pub(crate) fn plan_tests(&self, arguments: &Arguments) -> Result<Planned> {
        let document_id = from_proto::document_id(&arguments.uri);
        let Some(model) = self.snapshot.model(&document_id) else { return self.plan(arguments) };
        let set = &self.snapshot.settings(&document_id).test;
        let target = match (&arguments.target, arguments.line) {
            (None, Some(_)) => None,
            (named, _) => {
                let named = named.as_deref().or(set.target.as_deref());
                Some(test_stage(model, named).map_err(Error::invalid_params)?)
            }
        };
        let Arguments { uri, line, caller, .. } = arguments;
        let (uri, line, caller) = (uri.clone(), *line, caller.clone());
        let mut planned = self.plan(&Arguments { target, line, caller, ..Arguments::of(uri) })?;
        let stage = planned.request.target.as_deref().and_then(|target| model.target(target));
        planned.request.reports =
            stage.map(|stage| report_paths(model, stage.index, &set.reports)).unwrap_or_default();
        planned.tests = Some(TestLog::of(&planned.request));
        Ok(planned)
    }
}

/// The secrets of the settings; files are named from the build context.
fn secrets(specs: &[String], context: &Path) -> std::result::Result<Vec<SecretSpec>, String> {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let secrets = specs.iter().map(|spec| SecretSpec::parse(spec, is_set));
    let placed = secrets.map(|secret| {
        let SecretSpec { id, source } = secret?;
        let source = match source {
            SecretSource::File(path) => SecretSource::File(context.join(path)),
            other => other,
        };
        Ok(SecretSpec { id, source })
    });
    placed.collect()
}
