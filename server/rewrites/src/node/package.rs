//! `package.json`, as far as builds need it.

use serde_json::{Map, Value};
use syntax::Document;
use syntax::shell::Script;

use crate::context::{Context, is_match};

/// A `package.json`.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    value: Map<String, Value>,
    /// Its directory in the context; `.` for the root.
    pub(crate) directory: String,
}

impl Package {
    /// Reads the manifest of a directory of the context.
    ///
    /// # Errors
    /// Says what is missing or wrong, as a sentence.
    pub(crate) fn read(context: &Context<'_>, directory: &str) -> Result<Self, String> {
        let path = in_directory(directory, "package.json");
        if !context.has_file(&path) {
            return Err(format!("{path} is not in the build context"));
        }
        let text = context.manifest(&path).ok_or_else(|| format!("{path} could not be read"))?;
        match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(value)) => Ok(Self { value, directory: directory.to_owned() }),
            _ => Err(format!("{path} is no valid JSON object")),
        }
    }

    /// The text of a script.
    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        self.value.get("scripts")?.get(name)?.as_str()
    }

    /// The names of its scripts, as written.
    pub(crate) fn script_names(&self) -> impl Iterator<Item = &str> {
        let scripts = self.value.get("scripts").and_then(Value::as_object);
        scripts.into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The names of dependencies of one kind, such as `devDependencies`, with their versions.
    pub(crate) fn dependencies(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let found = self.value.get(kind).and_then(Value::as_object).into_iter().flatten();
        found.filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
    }

    /// Whether anything must be installed for production.
    pub(crate) fn has_production_dependencies(&self) -> bool {
        ["dependencies", "optionalDependencies", "peerDependencies"]
            .iter()
            .any(|kind| self.dependencies(kind).next().is_some())
    }

    /// Whether `.js` files are ES modules.
    pub(crate) fn is_module(&self) -> bool {
        self.text("type") == Some("module")
    }

    /// A field that holds a string.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.value.get(field)?.as_str()
    }

    /// The patterns of its workspaces; those of `pnpm-workspace.yaml` are not here.
    pub(crate) fn workspaces(&self) -> Vec<&str> {
        let field = self.value.get("workspaces");
        let list = field.and_then(|field| field.as_array().or_else(|| field.get("packages")?.as_array()));
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The directories of its workspaces in the context, in order of path.
    pub(crate) fn workspace_directories(&self, context: &Context<'_>, more: &[String]) -> Vec<String> {
        let patterns: Vec<String> =
            self.workspaces().into_iter().map(str::to_owned).chain(more.iter().cloned()).collect();
        let manifests = context.below(&self.directory).filter_map(|path| path.strip_suffix("/package.json"));
        let is_wanted = |directory: &str| {
            let matches = |pattern: &str| {
                let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
                let full = in_directory(&self.directory, pattern);
                match full.strip_suffix("/**") {
                    Some(prefix) => directory.starts_with(&format!("{prefix}/")),
                    None => is_match(&full, directory),
                }
            };
            let excluded = patterns.iter().filter_map(|pattern| pattern.strip_prefix('!')).any(matches);
            !excluded && patterns.iter().any(|pattern| matches(pattern))
        };
        let found = manifests.filter(|directory| !directory.contains("node_modules") && is_wanted(directory));
        found.map(str::to_owned).collect()
    }
}

/// A path below a directory of the context.
pub(crate) fn in_directory(directory: &str, name: &str) -> String {
    semantic::path::clean(&format!("{directory}/{name}"))
}

/// The commands of a script of a manifest, which `sh -c` runs; absent where they are not fully understood.
pub(crate) fn parse_script(text: &str) -> Option<Script> {
    if text.contains(['\n', '\r']) || text.trim().is_empty() {
        return None;
    }
    // A shell form takes the text as it is, but for an escape at its end and for what looks like a heredoc or a flag.
    let document = Document::new(&format!("FROM scratch\nRUN : && {text}\n"));
    let mut script = document.instructions().last()?.shell()?.as_ref().clone();
    if !script.clean || script.statements.len() < 2 {
        return None;
    }
    script.statements.remove(0);
    Some(script)
}
