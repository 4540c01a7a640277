//! Commands that write a setting or a credential to the place where a program keeps them.

use syntax::shell::ShellWord;

use super::literal;
use super::options::Options;

/// A setting or a credential written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configure<'a> {
    /// The file that it ends up in, below the home folder where it starts with `~`.
    pub file: &'static str,
    /// The setting's key, where there is one; it may hold the value too (`key=value`).
    pub key: Option<&'a ShellWord>,
    /// The words of the value.
    pub values: Vec<&'a ShellWord>,
    /// Whether it is a login: what is written is a credential.
    pub login: bool,
}

impl Configure<'_> {
    /// The names of the variables that are written down.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let words = self.key.into_iter().chain(self.values.iter().copied());
        words.flat_map(|word| &word.variables).map(|used| used.name.as_str())
    }
}

/// A program's subcommand that writes, and where.
struct Writer {
    programs: &'static [&'static str],
    subcommand: &'static [&'static str],
    file: &'static str,
    login: bool,
}

const fn writer(
    programs: &'static [&'static str],
    subcommand: &'static [&'static str],
    file: &'static str,
    login: bool,
) -> Writer {
    Writer { programs, subcommand, file, login }
}

const WRITERS: &[Writer] = &[
    writer(&["npm"], &["config", "set"], "~/.npmrc", false),
    writer(&["npm"], &["c", "set"], "~/.npmrc", false),
    writer(&["npm"], &["set"], "~/.npmrc", false),
    writer(&["npm"], &["login"], "~/.npmrc", true),
    writer(&["npm"], &["adduser"], "~/.npmrc", true),
    writer(&["npm-cli-login"], &[], "~/.npmrc", true),
    writer(&["pnpm"], &["config", "set"], "~/.npmrc", false),
    writer(&["pnpm"], &["set"], "~/.npmrc", false),
    writer(&["yarn"], &["config", "set"], "~/.yarnrc", false),
    writer(&["pip", "pip3"], &["config", "set"], "~/.config/pip/pip.conf", false),
    writer(&["poetry"], &["config"], "~/.config/pypoetry/auth.toml", false),
    writer(&["git"], &["config"], "~/.gitconfig", false),
    writer(&["git"], &["credential", "approve"], "~/.git-credentials", true),
    writer(&["composer"], &["config"], "~/.composer/auth.json", false),
    writer(&["bundle", "bundler"], &["config", "set"], "~/.bundle/config", false),
    writer(&["bundle", "bundler"], &["config"], "~/.bundle/config", false),
    writer(&["go"], &["env"], "~/.config/go/env", false),
    writer(
        &["docker", "podman", "buildah", "skopeo", "crane", "oras"],
        &["login"],
        "~/.docker/config.json",
        true,
    ),
    writer(&["docker", "crane"], &["auth", "login"], "~/.docker/config.json", true),
    writer(&["helm"], &["registry", "login"], "~/.config/helm/registry/config.json", true),
    writer(&["helm"], &["repo", "add"], "~/.config/helm/repositories.yaml", false),
    writer(&["aws"], &["configure", "set"], "~/.aws/credentials", false),
    writer(&["gcloud"], &["auth", "activate-service-account"], "~/.config/gcloud", true),
    writer(&["gcloud"], &["config", "set"], "~/.config/gcloud", false),
    writer(&["gh"], &["auth", "login"], "~/.config/gh/hosts.yml", true),
    writer(&["cargo"], &["login"], "~/.cargo/credentials.toml", true),
    writer(&["dotnet"], &["nuget", "add", "source"], "~/.nuget/NuGet/NuGet.Config", false),
    writer(&["huggingface-cli", "hf"], &["login"], "~/.cache/huggingface/token", true),
    writer(&["huggingface-cli", "hf"], &["auth", "login"], "~/.cache/huggingface/token", true),
];

pub(super) fn read<'a>(program: &str, arguments: &'a [ShellWord]) -> Option<Configure<'a>> {
    let with_value = [
        "-C",
        "-c",
        "--location",
        "-L",
        "-u",
        "--username",
        "-p",
        "--password",
        "-n",
        "--name",
        "--file",
        "-f",
        "--token",
    ];
    let options = Options::read(arguments, &with_value);
    let writer = WRITERS.iter().filter(|writer| writer.programs.contains(&program)).find(|writer| {
        let words = options.operands.iter().map(|word| literal(word));
        words.take(writer.subcommand.len()).eq(writer.subcommand.iter().copied())
    })?;
    let asks = ["--get", "--list", "-l", "--unset", "--get-all", "-json", "--remove-section"];
    let rest = options.operands.get(writer.subcommand.len()..).unwrap_or_default();
    let writes = match program {
        "go" => options.has(&["-w"]),
        // One operand alone asks for a value.
        "git" | "poetry" | "composer" | "bundle" | "bundler" => !options.has(&asks) && rest.len() >= 2,
        _ => true,
    };
    if !writes {
        return None;
    }
    let flag_values =
        options.flags.iter().filter_map(|flag| flag.value_word.or_else(|| flag.value.map(|_| flag.word)));
    let (key, values) = match rest.split_first() {
        Some((key, values)) if !writer.login => {
            (Some(*key), values.iter().copied().chain(flag_values).collect())
        }
        _ => (None, rest.iter().copied().chain(flag_values).collect()),
    };
    let system = options.has(&["--system"]) && program == "git";
    Some(Configure {
        file: if system { "/etc/gitconfig" } else { writer.file },
        key,
        values,
        login: writer.login,
    })
}
