//! Where a command puts what it is given: a redirection, or a file of the command's own.

use syntax::shell::{Command, ShellWord};

use crate::analysis::call::{Call, is};

/// Where a secret ends up.
pub(super) struct Sink<'a> {
    /// The command that writes.
    pub(super) command: &'a Command,
    /// The file as messages name it.
    pub(super) file: String,
    /// The file, where a word of the command names it.
    pub(super) path: Option<&'a ShellWord>,
    /// How the names of such files end, where the command knows the file.
    endings: &'static [&'static str],
    /// Whether Trivy's `DS-0031` reports the command.
    pub(super) is_reported_by_trivy: bool,
}

impl<'a> Sink<'a> {
    /// A file that a word names.
    pub(super) fn file(command: &'a Command, target: &'a ShellWord) -> Self {
        let file = format!("`{}`", target.value.as_deref().unwrap_or(&target.text).trim_matches(['"', '\'']));
        Self { command, file, path: Some(target), endings: &[], is_reported_by_trivy: false }
    }

    /// The file that a command keeps its settings and logins in.
    pub(super) fn of(call: Call<'a>) -> Option<Self> {
        let subcommand = call.subcommand_text();
        let second = call.operands().nth(1).and_then(|word| word.value.as_deref()).unwrap_or_default();
        let is_set = |second: &str| matches!(second, "set" | "--set");
        let (file, endings): (&str, &'static [&'static str]) = match (call.program, subcommand) {
            ("npm" | "pnpm", "config" | "c") if is_set(second) => ("the user's `.npmrc`", &[".npmrc"]),
            ("npm" | "pnpm", "set") => ("the user's `.npmrc`", &[".npmrc"]),
            ("yarn", "config") if is_set(second) => {
                ("Yarn's settings", &[".yarnrc", ".yarnrc.yml", ".npmrc"])
            }
            ("pip" | "pip3", "config") if is_set(second) => ("pip's settings", &["pip.conf", ".config"]),
            ("git", "config") => ("git's settings", &[".gitconfig", ".git"]),
            ("git", "clone") => ("the clone's `.git/config`", &[".git"]),
            ("git", "remote") if matches!(second, "add" | "set-url") => ("`.git/config`", &[".git"]),
            ("composer", "config") => ("composer's `auth.json`", &["auth.json", ".composer"]),
            ("poetry", "config") => ("poetry's settings", &["auth.toml", "pypoetry"]),
            ("bundle" | "bundler", "config") => ("bundler's settings", &[".bundle", ".bundle/config"]),
            ("conda" | "mamba", "config") => ("the user's `.condarc`", &[".condarc"]),
            ("cargo", "login") => ("cargo's `credentials.toml`", &["credentials.toml", "credentials"]),
            ("aws", "configure") => ("`~/.aws/credentials`", &[".aws", "credentials"]),
            ("gcloud", "auth") => ("gcloud's settings", &["gcloud"]),
            ("az", "login") => ("`~/.azure`", &[".azure"]),
            ("docker" | "podman" | "buildah" | "skopeo" | "crane" | "oras" | "nerdctl", "login") => {
                ("the registry login of the user", &["config.json", ".docker", "auth.json"])
            }
            ("helm", "registry" | "repo") => ("helm's settings", &["helm"]),
            ("gh", "auth") => ("gh's `hosts.yml`", &["gh", "hosts.yml"]),
            ("huggingface-cli" | "hf", "login" | "auth") => {
                ("Hugging Face's token file", &["huggingface", "token"])
            }
            ("dotnet", "nuget") | ("nuget", "sources") => {
                ("`NuGet.Config`", &["NuGet.Config", "nuget.config"])
            }
            ("sed", _)
                if call
                    .values()
                    .any(|value| value == "-i" || value.starts_with("-i.") || value == "--in-place") =>
            {
                let target = call.arguments.last()?;
                return Some(Self::file(call.command, target));
            }
            _ => return None,
        };
        let is_reported_by_trivy =
            matches!((call.program, subcommand), ("aws", "configure") | ("gcloud", "auth") | ("az", "login"));
        Some(Self { command: call.command, file: file.to_owned(), path: None, endings, is_reported_by_trivy })
    }

    /// Whether a word of an `rm` names the file that the command keeps.
    pub(super) fn is_removed_by(&self, word: &str) -> bool {
        let path = word.trim_matches(['"', '\'']).trim_end_matches('/');
        let is_clone = self.endings == [".git"] && self.path.is_none();
        self.endings.iter().any(|ending| path.ends_with(ending)) || is_clone && self.clones_into(path)
    }

    /// Whether `git clone` clones into this directory.
    fn clones_into(&self, path: &str) -> bool {
        let words = self.command.words.iter().map(|word| word.value.as_deref().unwrap_or(&word.text));
        words.into_iter().next_back().is_some_and(|last| last.trim_end_matches('/') == path)
    }

    /// Whether a later command takes the secret out again.
    pub(super) fn is_undone_by(&self, call: &Call<'_>) -> bool {
        let Some(own) = Call::of(self.command) else { return false };
        let undoes = |word: &ShellWord| {
            ["delete", "unset", "--unset", "--unset-all", "--remove-section", "logout", "remove", "rm"]
                .iter()
                .any(|undo| is(word, undo))
        };
        let resets = call.program == "git" && call.subcommand_text() == "remote" && self.endings == [".git"];
        self.path.is_none() && call.program == own.program && (call.arguments.iter().any(undoes) || resets)
    }
}

/// The file that a command's output goes to.
pub(super) fn file_target(command: &Command) -> Option<&ShellWord> {
    let redirected = command.redirections.iter().find(|redirection| {
        matches!(redirection.operator.as_str(), ">" | ">>" | ">|" | "&>" | "&>>")
            && redirection.file_descriptor != Some(2)
    });
    let target = match redirected {
        Some(redirection) => Some(&redirection.target),
        None => {
            let call = Call::of(command).filter(|call| call.program == "tee")?;
            call.operands().next()
        }
    };
    target.filter(|word| {
        !word.text.trim_matches(['"', '\'']).starts_with("/dev/") && !word.text.starts_with('&')
    })
}

/// Whether a program's output holds what it is given.
pub(super) fn is_printer(program: &str) -> bool {
    matches!(
        program,
        "echo"
            | "printf"
            | "cat"
            | "tee"
            | "base64"
            | "envsubst"
            | "tr"
            | "sed"
            | "awk"
            | "jq"
            | "printenv"
            | "tac"
            | "head"
            | "cut"
    )
}

/// Whether a text has the key of a credential in it, so that what follows is one.
pub(super) fn holds_credential_key(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        ":_auth",
        "_authtoken",
        "_password",
        "npmauthtoken",
        "password=",
        "password ",
        "x-access-token:",
        "oauth2:",
        "x-oauth-basic",
        "aws_secret_access_key",
    ]
    .iter()
    .any(|key| lower.contains(key))
}
