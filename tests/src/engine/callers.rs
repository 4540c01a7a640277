//! What Compose and Bake files say, beside what `docker compose config` and `docker buildx bake --print` say of the same folders.
//!
//! Neither command needs an engine. A folder of `tests/fixtures/callers` is one case; its file `variables` is the environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use callers::{Caller, Outside, Setting, bake, compose};
use serde_json::Value;

/// What one service or target comes to: values by name.
type Build = BTreeMap<String, String>;

struct Fixture {
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

impl Outside for Fixture {
    fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

impl Fixture {
    fn new(folder: PathBuf) -> Self {
        let variables = fs::read_to_string(folder.join("variables")).unwrap_or_default();
        let pairs = variables.lines().filter_map(|line| line.split_once('='));
        let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            variables: variables.chain([("HOME".to_owned(), "/home/somebody".to_owned())]).collect(),
            folder,
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn there(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.path(name)).filter(|path| Path::new(path).is_file()).collect()
    }

    /// Runs a plugin of docker as a program of its own; what it prints.
    fn run(&self, variable: &str, arguments: &[&str]) -> Value {
        let program =
            std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is set by `make test`"));
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("DOCKER_HOST", "unix:///nowhere.sock");
        command.env("DOCKER_CONFIG", home.path()).envs(&self.variables);
        let output = command.output().unwrap();
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {stderr}", self.folder.display());
        serde_json::from_str(&stdout).unwrap()
    }

    fn ours(&self) -> Vec<Caller> {
        let shown = |path: &str| path.to_owned();
        let bake_files = self.there(&bake::FILES);
        let read = if bake_files.is_empty() {
            let folder = self.folder.to_str().unwrap();
            let files = compose::files_in(folder, self, &|path| Path::new(path).is_file());
            compose::read(&files, self, &shown)
        } else {
            let services = compose::read(&self.there(&compose::FILES), self, &shown).callers;
            bake::read(&bake_files, &services, self, &shown)
        };
        assert_eq!(read.problems, [""; 0], "{}", self.folder.display());
        read.callers
    }
}

/// A value as printed: what would be a variable in a file is written with two dollars, so that it can be read again.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.replace("$$", "$"))
}

/// A path as the tools mean it: from a folder, unless the builder fetches it.
fn absolute(folder: &str, path: &str) -> String {
    if path.contains("://") || path.starts_with("target:") || path.starts_with("service:") {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn of_caller(caller: &Caller) -> Build {
    let mut build = Build::new();
    let known = |setting: &Setting| match setting {
        Setting::Known(value) => value.clone(),
        Setting::Unknown(reason) => format!("unknown: {reason}"),
    };
    let said = &caller.build;
    let is_remote = said.context.as_ref().is_some_and(|context| known(context).contains("://"));
    let fields = [
        ("context", &said.context),
        ("dockerfile", &said.dockerfile),
        ("inline", &said.inline),
        ("target", &said.target),
    ];
    for (name, setting) in fields {
        // A Dockerfile of a context that is fetched has no path here.
        if let Some(setting) = setting.as_ref().filter(|_| name != "dockerfile" || !is_remote) {
            build.insert(name.to_owned(), known(setting));
        }
    }
    for (kind, pairs) in [("arg", &said.args), ("context", &said.contexts)] {
        build.extend(pairs.iter().map(|(name, value)| (format!("{kind} {name}"), known(value))));
    }
    build.extend(said.secrets.iter().map(|(id, value)| (format!("secret {id}"), known(value))));
    build.extend(said.ssh.iter().map(|key| (format!("ssh {}", known(key)), String::new())));
    if !said.platforms.is_empty() {
        let platforms: Vec<_> = said.platforms.iter().map(known).collect();
        build.insert("platforms".to_owned(), platforms.join(" "));
    }
    build
}

/// What both tools print alike.
fn of_fields(fields: &Value, folder: &str, names: [&str; 3]) -> Build {
    let [inline, contexts, secrets] = names;
    let mut build = Build::new();
    let context = absolute(folder, fields["context"].as_str().unwrap_or("."));
    if !fields[inline].is_null() {
        build.insert("inline".to_owned(), text(&fields[inline]));
    } else if !context.contains("://") {
        let dockerfile = fields["dockerfile"].as_str().unwrap_or("Dockerfile");
        build.insert("dockerfile".to_owned(), absolute(&context, dockerfile));
    }
    build.insert("context".to_owned(), context);
    if let Some(target) = fields["target"].as_str().filter(|target| !target.is_empty()) {
        build.insert("target".to_owned(), target.to_owned());
    }
    let pairs =
        |name: &str| fields[name].as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    build.extend(pairs("args").map(|(name, value)| (format!("arg {name}"), text(value))));
    build.extend(
        pairs(contexts).map(|(name, value)| (format!("context {name}"), absolute(folder, &text(value)))),
    );
    let items = |name: &str| fields[name].as_array().into_iter().flatten();
    for secret in items(secrets) {
        let id = secret["target"].as_str().filter(|id| !id.is_empty()).or(secret["source"].as_str());
        let id = id.or(secret["id"].as_str()).map_or_else(|| text(secret), str::to_owned);
        let source = match (secret["src"].as_str(), secret["env"].as_str()) {
            (Some(path), _) => format!(",src={}", absolute(folder, path)),
            (None, Some(name)) => format!(",env={name}"),
            (None, None) => String::new(),
        };
        build.insert(format!("secret {id}"), format!("id={id}{source}"));
    }
    for key in items("ssh") {
        let id = key["id"].as_str().map_or_else(|| text(key), str::to_owned);
        let paths = key["paths"]
            .as_array()
            .map(|paths| format!("={}", paths.iter().map(text).collect::<Vec<_>>().join(",")));
        build.insert(format!("ssh {id}{}", paths.unwrap_or_default()), String::new());
    }
    let platforms: Vec<_> = items("platforms").map(text).collect();
    if !platforms.is_empty() {
        build.insert("platforms".to_owned(), platforms.join(" "));
    }
    build
}

/// As `docker compose config` says; where the values of its secrets are, it says apart.
fn of_compose(fixture: &Fixture) -> BTreeMap<String, Build> {
    let config = fixture.run("LAYERWISE_TEST_COMPOSE", &["--profile", "*", "config", "--format", "json"]);
    let folder = fixture.folder.to_str().unwrap();
    let services = config["services"].as_object().into_iter().flatten();
    let with_build = services.filter(|(_, service)| !service["build"].is_null());
    let build = |(name, service): (&String, &Value)| {
        let mut build =
            of_fields(&service["build"], folder, ["dockerfile_inline", "additional_contexts", "secrets"]);
        for secret in service["build"]["secrets"].as_array().into_iter().flatten() {
            let definition = &config["secrets"][text(&secret["source"])];
            let source = match (definition["file"].as_str(), definition["environment"].as_str()) {
                (Some(path), _) => format!("src={path}"),
                (None, name) => format!("env={}", name.unwrap_or_default()),
            };
            let id = secret["target"]
                .as_str()
                .filter(|id| !id.is_empty())
                .unwrap_or(secret["source"].as_str().unwrap());
            build.insert(format!("secret {id}"), format!("id={id},{source}"));
        }
        (name.clone(), build)
    };
    with_build.map(build).collect()
}

fn of_bake(fixture: &Fixture, names: &[&str]) -> BTreeMap<String, Build> {
    let arguments: Vec<&str> = ["buildx", "bake", "--print"].iter().chain(names).copied().collect();
    let printed = fixture.run("LAYERWISE_TEST_DOCKER", &arguments);
    let folder = fixture.folder.to_str().unwrap();
    let targets = printed["target"].as_object().into_iter().flatten();
    // A target that is only another one's context is printed too.
    let asked = targets.filter(|(name, _)| names.contains(&name.as_str()));
    asked
        .map(|(name, target)| {
            (name.clone(), of_fields(target, folder, ["dockerfile-inline", "contexts", "secret"]))
        })
        .collect()
}

#[test]
fn values_are_those_that_docker_resolves() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/callers").canonicalize().unwrap();
    let mut folders: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 40, "{} fixtures", folders.len());
    let mut differences = Vec::new();
    for folder in folders {
        let fixture = Fixture::new(folder);
        let ours: BTreeMap<String, Build> =
            fixture.ours().iter().map(|caller| (caller.name.clone(), of_caller(caller))).collect();
        let names: Vec<&str> = ours.keys().map(String::as_str).collect();
        let name = fixture.folder.file_name().unwrap().to_string_lossy().into_owned();
        let theirs = if name.starts_with("bake-") { of_bake(&fixture, &names) } else { of_compose(&fixture) };
        assert!(!theirs.is_empty(), "{name} has no caller");
        if ours != theirs {
            differences.push(format!("{name}\n  ours   {ours:?}\n  docker {theirs:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
