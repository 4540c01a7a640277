//! What a command of the `go` tool asks for, and where it writes.

use semantic::path;

/// What a command asks of `go`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GoCommand {
    /// Compiles packages, and writes a program.
    Build(Build),
    /// Compiles packages, and writes programs where Go keeps them.
    Install(Build),
    /// Fetches, tests, generates, formats: nothing that a program is started from.
    Other,
}

/// The words of `go build` and `go install`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Build {
    /// `-o`.
    pub(super) output: Option<String>,
    /// `-C`.
    pub(super) directory: Option<String>,
    /// `-tags`, told apart.
    pub(super) tags: Vec<String>,
    /// `-ldflags`.
    pub(super) linker: String,
    /// Whether the result needs a dynamic loader whatever it links: `-race`, `-buildmode=pie`, `-linkshared`.
    pub(super) is_dynamic: bool,
    /// `-trimpath`: the program does not know where Go's own files are.
    pub(super) is_trimmed: bool,
    /// Packages or files, as written.
    pub(super) packages: Vec<String>,
}

/// Flags whose value is the next word.
const WITH_VALUE: [&str; 20] = [
    "o",
    "C",
    "p",
    "tags",
    "ldflags",
    "gcflags",
    "asmflags",
    "mod",
    "modfile",
    "buildmode",
    "compiler",
    "gccgoflags",
    "installsuffix",
    "overlay",
    "pgo",
    "pkgdir",
    "toolexec",
    "covermode",
    "coverpkg",
    "exec",
];

/// Takes the words of a command apart, `go` first; absent where they are none of Go's. `more` are those of GOFLAGS.
pub(super) fn of_words(words: &[String], more: &str) -> Option<GoCommand> {
    let (program, arguments) = words.split_first()?;
    if program.rsplit('/').next() != Some("go") {
        return None;
    }
    let directory = arguments.first().filter(|word| *word == "-C").and(arguments.get(1)).cloned();
    let arguments = if directory.is_some() { &arguments[2..] } else { arguments };
    let (verb, rest) = arguments.split_first()?;
    let mut build = Build { directory, ..Build::default() };
    let defaults: Vec<String> = more.split_whitespace().map(str::to_owned).collect();
    build.take(&defaults);
    build.take(rest);
    Some(match verb.as_str() {
        "build" => GoCommand::Build(build),
        "install" => GoCommand::Install(build),
        _ => GoCommand::Other,
    })
}

impl Build {
    fn take(&mut self, words: &[String]) {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix('-').filter(|_| self.packages.is_empty()) else {
                self.packages.push(word.clone());
                continue;
            };
            let flag = flag.trim_start_matches('-');
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if WITH_VALUE.contains(&flag) => (flag, words.next().cloned()),
                None => (flag, None),
            };
            self.flag(name, value);
        }
    }

    fn flag(&mut self, name: &str, value: Option<String>) {
        let is_on = value.as_deref() != Some("false");
        match name {
            "o" => self.output = value,
            "C" => self.directory = value,
            "tags" => {
                let tags = value.unwrap_or_default();
                self.tags = tags.split([',', ' ']).map(str::to_owned).collect();
            }
            "ldflags" => self.linker = value.unwrap_or_default(),
            "buildmode" => {
                let mode = value.unwrap_or_default();
                self.is_dynamic |= !matches!(mode.as_str(), "default" | "exe");
            }
            "race" | "msan" | "asan" | "linkshared" => self.is_dynamic |= is_on,
            "trimpath" => self.is_trimmed = is_on,
            _ => {}
        }
    }

    /// The names of the programs: of each package its last part, of files the first one's.
    pub(super) fn names(&self, here: Option<&str>) -> Vec<Option<String>> {
        let name = |package: &str| match package.strip_suffix(".go") {
            Some(file) => file.rsplit('/').next().map(str::to_owned),
            None => package_name(package, here),
        };
        match self.packages.as_slice() {
            [] => vec![here.map(str::to_owned)],
            [first, ..] if first.ends_with(".go") || first.ends_with("*.go") => vec![name(first)],
            packages => packages.iter().map(|package| name(package)).collect(),
        }
    }
}

/// The name of the program of a package; absent for a pattern of many. `here` is that of the working directory.
fn package_name(package: &str, here: Option<&str>) -> Option<String> {
    let plain = package.split('@').next().unwrap_or(package);
    match path::clean(plain).as_str() {
        "." => here.map(str::to_owned),
        cleaned if cleaned.contains("...") || cleaned.contains('$') || cleaned.contains('*') => None,
        cleaned => Some(last_part(cleaned).to_owned()),
    }
}

/// The last part of an import path, a major version such as `v2` left out: `go help install`.
pub(super) fn last_part(import_path: &str) -> &str {
    let mut parts = import_path.trim_end_matches('/').rsplit('/');
    let last = parts.next().unwrap_or(import_path);
    let is_version = last.strip_prefix('v').is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) && !matches!(rest, "0" | "1")
    });
    if is_version { parts.next().unwrap_or(last) } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Build {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        match of_words(&words, "").unwrap() {
            GoCommand::Build(build) | GoCommand::Install(build) => build,
            GoCommand::Other => panic!("{text}"),
        }
    }

    #[test]
    fn outputs_and_names() {
        let names = |text: &str| check(text).names(Some("app"));
        let some = |name: &str| vec![Some(name.to_owned())];
        assert_eq!(check("go build -o /bin/x ./cmd/x").output.as_deref(), Some("/bin/x"));
        assert_eq!(check("go build -v -o=x").output.as_deref(), Some("x"));
        assert_eq!(names("go build"), some("app"));
        assert_eq!(names("go build -ldflags -s ."), some("app"));
        assert_eq!(names("go build ./cmd/server"), some("server"));
        assert_eq!(names("go build main.go util.go"), some("main"));
        assert_eq!(names("go install example.com/a/tool/v2@latest"), some("tool"));
        assert_eq!(names("go build ./..."), vec![None]);
    }

    #[test]
    fn what_decides_about_linking() {
        assert!(check("go build -race").is_dynamic && check("go build -buildmode=pie").is_dynamic);
        assert!(!check("go build -buildmode exe").is_dynamic && check("go build -trimpath").is_trimmed);
        assert_eq!(check("go build -tags netgo,osusergo x").tags, ["netgo", "osusergo"]);
        let static_flags = of_words(&["go".to_owned(), "build".to_owned()], "-ldflags=-s -trimpath");
        assert!(
            matches!(static_flags, Some(GoCommand::Build(build)) if build.is_trimmed && build.linker == "-s")
        );
        assert_eq!(of_words(&["go".to_owned(), "mod".to_owned()], ""), Some(GoCommand::Other));
        assert_eq!(of_words(&["gofmt".to_owned()], ""), None);
    }
}
