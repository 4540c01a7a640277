//! From the command line to a build request, as `docker buildx build` reads the same flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ide::callers::{CalledBuild, called_build, counting};
use inner_loop::{BuildRequest, CacheSpec, Export, SecretSource, SecretSpec, is_remote};
use semantic::{Facts, Model};
use syntax::Document;

use crate::arguments::RequestArguments;
use crate::{input, outside, settings};

/// The request, with the Dockerfile read. What no flag says is taken from `layerwise.toml`, then from the Dockerfile's callers: the Compose
/// and Bake files that build it. They do not count where a context is given, as docker's own build does not know them. What they differ in
/// comes as a notice.
pub(crate) fn from_arguments(arguments: RequestArguments) -> anyhow::Result<(BuildRequest, Option<String>)> {
    let given = arguments.context.as_deref();
    if arguments.file.is_none()
        && let Some(remote) = given.filter(|given| is_remote(given) && !Path::new(given).is_dir())
    {
        bail!("the Dockerfile is read here, also where the builder fetches {remote}: name it with --file");
    }
    let dockerfile = arguments.file.unwrap_or_else(|| default_dockerfile(Path::new(given.unwrap_or("."))));
    let given_context = given.map(context).transpose()?;
    let source = input::read(&dockerfile)?;
    let defaults = settings::of(Some(&dockerfile))?.build;
    let target = arguments.target.or(defaults.target);
    let called = match given {
        Some(_) => CalledBuild::default(),
        None => called(&dockerfile, &source.text, target.as_deref()),
    };
    let context = match given_context {
        Some(context) => context,
        None => context(called.context.as_deref().unwrap_or("."))?,
    };
    let pairs = |list: &[String], flag| {
        list.iter().map(|pair| named(pair, flag)).collect::<anyhow::Result<BTreeMap<_, _>>>()
    };
    let flags = arguments.build_arg.iter().filter_map(|argument| build_argument(argument));
    let mut secrets =
        arguments.secret.iter().map(|spec| secret(spec)).collect::<anyhow::Result<Vec<SecretSpec>>>()?;
    for spec in defaults.secrets.iter().filter(|spec| !names_one_of(spec, &secrets)).collect::<Vec<_>>() {
        secrets.push(secret(spec).with_context(|| "build.secrets of layerwise.toml".to_owned())?);
    }
    for spec in called.secrets.iter().filter(|spec| !names_one_of(spec, &secrets)).collect::<Vec<_>>() {
        // One that is not there is missed by the RUN that mounts it, if any does.
        secrets.extend(SecretSpec::parse(spec, |name| std::env::var_os(name).is_some()));
    }
    let request = BuildRequest {
        context,
        dockerfile,
        dockerfile_text: source.text,
        target: target.or(called.target),
        build_args: called.args.into_iter().chain(defaults.args).chain(flags).collect(),
        secrets,
        ssh: if arguments.ssh.is_empty() { called.ssh } else { arguments.ssh },
        named_contexts: called
            .contexts
            .into_iter()
            .chain(pairs(&arguments.build_context, "--build-context")?)
            .collect(),
        platforms: platforms(arguments.platform, called.platforms),
        network: arguments.network,
        no_cache: arguments.no_cache,
        cache_from: caches(&arguments.cache_from, "--cache-from")?,
        cache_to: caches(&arguments.cache_to, "--cache-to")?,
        allow: arguments.allow,
        tags: arguments.tag,
        export: arguments.output.as_deref().map_or(Ok(Export::Image), export)?,
        reports: Vec::new(),
    };
    Ok((request, called.notice))
}

/// What the callers of a Dockerfile give for a build of a stage, or of whichever they say.
fn called(dockerfile: &Path, text: &str, target: Option<&str>) -> CalledBuild {
    let callers = outside::callers(dockerfile);
    if callers.is_empty() {
        return CalledBuild::default();
    }
    let model = Model::new(&Document::new(text), &Facts::default());
    called_build(&counting(&callers, &model, target))
}

/// The first that names any: the flag, the callers, `DOCKER_DEFAULT_PLATFORM`.
fn platforms(given: Vec<String>, called: Vec<String>) -> Vec<String> {
    let default = || workspace::surroundings::default_platform().into_iter().collect();
    [given, called].into_iter().find(|platforms| !platforms.is_empty()).unwrap_or_else(default)
}

fn caches(specs: &[String], flag: &str) -> anyhow::Result<Vec<CacheSpec>> {
    let parse =
        |spec: &String| CacheSpec::parse(spec).map_err(|message| anyhow::anyhow!("{flag}: {message}"));
    specs.iter().map(parse).collect()
}

/// Whether the id of a secret's specification is that of one that is there.
fn names_one_of(spec: &str, secrets: &[SecretSpec]) -> bool {
    let id = spec.split(',').find_map(|field| field.strip_prefix("id="));
    id.is_some_and(|id| secrets.iter().any(|secret| secret.id == id))
}

/// `Dockerfile` in the context, else `Containerfile` where only that exists.
fn default_dockerfile(context: &Path) -> PathBuf {
    let folder = context.strip_prefix(".").unwrap_or(context);
    let dockerfile = folder.join("Dockerfile");
    let containerfile = folder.join("Containerfile");
    if !dockerfile.exists() && containerfile.exists() { containerfile } else { dockerfile }
}

fn context(context: &str) -> anyhow::Result<String> {
    // A folder comes first, whatever it is called.
    if is_remote(context) && !Path::new(context).is_dir() {
        return Ok(context.to_owned());
    }
    let path = std::path::absolute(context).with_context(|| format!("cannot find the context {context}"))?;
    if !path.is_dir() {
        bail!(
            "the context {context} is no directory: name the folder whose files the Dockerfile copies, and the Dockerfile with --file"
        );
    }
    path.into_os_string()
        .into_string()
        .map_err(|_| anyhow::anyhow!("the context's path is not UTF-8: move it to another folder"))
}

/// `K=V`, or `K` with the value of the environment; without any the flag has no effect, as with docker.
fn build_argument(argument: &str) -> Option<(String, String)> {
    match argument.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((argument.to_owned(), std::env::var(argument).ok()?)),
    }
}

fn named(pair: &str, flag: &str) -> anyhow::Result<(String, String)> {
    let (name, value) =
        pair.split_once('=').with_context(|| format!("{flag} takes NAME=VALUE, not {pair}"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A secret whose value is there.
fn secret(spec: &str) -> anyhow::Result<SecretSpec> {
    let secret =
        SecretSpec::parse(spec, |name| std::env::var_os(name).is_some()).map_err(anyhow::Error::msg)?;
    let SecretSpec { id, source } = &secret;
    match source {
        SecretSource::File(path) if !path.is_file() => {
            bail!("secret {id}: there is no file {}; give src=FILE or env=VAR", path.display())
        }
        SecretSource::Environment(name) if std::env::var_os(name).is_none() => {
            bail!("secret {id}: the environment variable {name} is not set")
        }
        _ => Ok(secret),
    }
}

/// A directory, or `type=local|tar|image|cacheonly,dest=PATH`.
fn export(output: &str) -> anyhow::Result<Export> {
    if !output.contains('=') {
        return Ok(Export::Directory(output.into()));
    }
    let (mut kind, mut destination) = (None, None);
    for field in output.split(',') {
        match field.split_once('=') {
            Some(("type", value)) => kind = Some(value),
            Some(("dest", value)) => destination = Some(PathBuf::from(value)),
            _ => bail!("--output takes a directory or type=local|tar,dest=PATH, and {field} is none of them"),
        }
    }
    match (kind, destination) {
        (Some("local"), Some(path)) => Ok(Export::Directory(path)),
        (Some("tar"), Some(path)) => Ok(Export::Tar(path)),
        (Some("image" | "docker"), None) => Ok(Export::Image),
        (Some("cacheonly"), None) => Ok(Export::Nothing),
        _ => bail!("--output takes a directory or type=local|tar,dest=PATH, not {output}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_as_docker_reads_them() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().display().to_string();
        let spec = secret(&format!("id=npm,src={path}")).unwrap();
        assert_eq!(spec, SecretSpec { id: "npm".to_owned(), source: SecretSource::File(path.into()) });
        assert_eq!(secret("id=x,env=PATH").unwrap().source, SecretSource::Environment("PATH".to_owned()));
        assert_eq!(secret("id=PATH").unwrap().source, SecretSource::Environment("PATH".to_owned()));
        for wrong in ["npm", "src=x", "id=x,src=/nowhere/at/all", "id=x,env=SURELY_NOT_SET_HERE"] {
            assert!(secret(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_context_that_the_builder_fetches_may_lack_its_scheme() {
        for remote in
            ["https://example.org/a.git#main", "git@example.org:a/b", "github.com/owner/name#v1:sub"]
        {
            assert_eq!(context(remote).unwrap(), remote);
        }
        assert!(context("src").unwrap().ends_with("/src"));
        assert!(context("github.org/owner/name").is_err());
    }

    #[test]
    fn outputs_are_a_directory_or_a_kind() {
        assert_eq!(export("out").unwrap(), Export::Directory("out".into()));
        assert_eq!(export("type=tar,dest=x.tar").unwrap(), Export::Tar("x.tar".into()));
        assert_eq!(export("type=cacheonly").unwrap(), Export::Nothing);
        assert!(export("type=local").is_err());
    }
}
