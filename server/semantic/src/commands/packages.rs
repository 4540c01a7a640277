//! Package managers, of systems and of languages.

use syntax::shell::ShellWord;

use super::grammars::{self, Grammar};
use super::literal;
use super::options::Options;
use super::tools::{self, ToolKind};

macro_rules! managers {
    ($($name:ident = $text:literal in $ecosystem:ident),* $(,)?) => {
        /// A package manager.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Manager {
            $(#[doc = concat!("`", $text, "`")] $name),*
        }

        impl Manager {
            /// Its usual name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text),*
                }
            }

            /// What it manages packages of.
            #[must_use]
            pub const fn ecosystem(self) -> Ecosystem {
                match self {
                    $(Self::$name => Ecosystem::$ecosystem),*
                }
            }
        }
    };
}

managers! {
    AptGet = "apt-get" in Debian, Apt = "apt" in Debian, Aptitude = "aptitude" in Debian, Dpkg = "dpkg" in Debian,
    Apk = "apk" in Alpine,
    Dnf = "dnf" in RedHat, Microdnf = "microdnf" in RedHat, Tdnf = "tdnf" in RedHat, Yum = "yum" in RedHat,
    Zypper = "zypper" in Suse, Pacman = "pacman" in Arch,
    Npm = "npm" in Node, Yarn = "yarn" in Node, Pnpm = "pnpm" in Node, Bun = "bun" in Node, Corepack = "corepack" in Node,
    Pip = "pip" in Python, Pipenv = "pipenv" in Python, Poetry = "poetry" in Python, Uv = "uv" in Python, Conda = "conda" in Python,
    Cargo = "cargo" in Rust, Rustup = "rustup" in Rust, Go = "go" in Go,
    Gem = "gem" in Ruby, Bundler = "bundle" in Ruby, Composer = "composer" in Php, PhpExtension = "docker-php-ext-install" in Php,
    Maven = "mvn" in Java, Gradle = "gradle" in Java, Dotnet = "dotnet" in Dotnet,
}

/// What packages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Ecosystem {
    Debian,
    Alpine,
    RedHat,
    Suse,
    Arch,
    Node,
    Python,
    Rust,
    Go,
    Ruby,
    Php,
    Java,
    Dotnet,
}

impl Ecosystem {
    /// Whether it is an operating system's, not a language's.
    #[must_use]
    pub const fn is_system(self) -> bool {
        matches!(self, Self::Debian | Self::Alpine | Self::RedHat | Self::Suse | Self::Arch)
    }
}

/// What a package manager is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Fetches the index of packages.
    Update,
    /// Brings what is installed up to date.
    Upgrade,
    /// Installs packages, or all that the project asks for.
    Install,
    /// Fetches what the project asks for without installing or building it: `cargo fetch`, `go mod download`.
    Fetch,
    /// Removes packages.
    Remove,
    /// Empties caches or build output.
    Clean,
    /// Compiles or bundles: `cargo build`, `go build`, `mvn package`, `npm run build`.
    Build,
    /// Runs a script or a program of the project.
    Run,
    /// Runs tests.
    Test,
    /// Uploads a package.
    Publish,
    /// Anything else.
    Other,
}

/// A package manager's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageCommand<'a> {
    /// The manager.
    pub manager: Manager,
    /// What it is told to do.
    pub verb: Verb,
    /// The subcommand as written, of one or two words: `install`, `mod download`; empty where there is none.
    pub subcommand: String,
    /// The script that is run, of `npm run build`, `yarn build`.
    pub script: Option<&'a str>,
    /// The operands: packages, files, goals; for a script its arguments.
    pub packages: Vec<&'a ShellWord>,
    /// The flags, wherever they stand, and all operands, the subcommand included.
    pub options: Options<'a>,
}

impl PackageCommand<'_> {
    /// Whether it installs all that the project asks for, not packages named here.
    #[must_use]
    pub fn installs_project(&self) -> bool {
        let is_pip = self.manager == Manager::Pip;
        let names_project = (is_pip && self.options.has(&["-r", "--requirement", "-e", "--editable"]))
            || self.packages.iter().all(|package| literal(package).starts_with('.'));
        let is_about_projects = !self.manager.ecosystem().is_system()
            && !matches!(
                self.manager,
                Manager::Corepack | Manager::Rustup | Manager::Gem | Manager::PhpExtension
            );
        matches!(self.verb, Verb::Install | Verb::Fetch)
            && is_about_projects
            && !self.is_global()
            && names_project
    }

    /// Whether it installs for the whole system, not for the project: `npm install -g`, `cargo install`.
    #[must_use]
    pub fn is_global(&self) -> bool {
        match self.manager.ecosystem() {
            Ecosystem::Node => {
                self.options.has(&["-g", "--global"]) || self.subcommand.starts_with("global ")
            }
            Ecosystem::Rust => self.subcommand == "install",
            Ecosystem::Dotnet => self.options.has(&["-g", "--global"]),
            _ => false,
        }
    }

    /// Whether it installs exactly what a lock file says, or fails.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let flags = [
            "--frozen-lockfile",
            "--immutable",
            "--locked",
            "--frozen",
            "--require-hashes",
            "--deploy",
            "--deployment",
        ];
        matches!(self.subcommand.as_str(), "ci" | "clean-install" | "install-clean")
            || self.options.has(&flags)
    }

    /// Whether packages for development are left out.
    #[must_use]
    pub fn is_production(&self) -> bool {
        let options = &self.options;
        let omitted = options.values(&["--omit", "--only", "--without"]).any(|value| {
            value
                .split([',', ':', ' '])
                .any(|group| matches!(group, "dev" | "development" | "prod" | "production" | "main"))
        });
        omitted
            || options.has(&["--production", "--prod", "--no-dev"])
            || (self.manager == Manager::Pnpm && options.has(&["-P"]))
    }
}

/// Reads a package manager's words.
pub(super) fn read<'a>(program: &'a str, arguments: &'a [ShellWord]) -> Option<PackageCommand<'a>> {
    if is_python(program) {
        let [option, module, rest @ ..] = arguments else { return None };
        return if literal(option) == "-m" { read(literal(module), rest) } else { None };
    }
    let grammar = grammars::of_program(program)?;
    let options = Options::read(arguments, grammar.with_value);
    if let Some(verb) = verb_without_subcommand(grammar.manager, &options) {
        let packages = options.operands.clone();
        return Some(PackageCommand {
            manager: grammar.manager,
            verb,
            subcommand: String::new(),
            script: None,
            packages,
            options,
        });
    }
    // `cargo +nightly build` names a toolchain first.
    let is_toolchain = options.operands.first().is_some_and(|first| first.text.starts_with('+'));
    let operands = options.operands.get(usize::from(is_toolchain)..).unwrap_or_default();
    let (n_words, subcommand, verb) = grammar.subcommand(operands);
    let mut packages = operands.get(n_words..).unwrap_or_default().to_vec();
    let (verb, script) = match verb {
        Some(Verb::Run) if grammar.scripts => match subcommand.as_str() {
            "run" | "run-script" | "rum" | "workspace" => {
                let is_workspace = subcommand == "workspace";
                let skip = usize::from(is_workspace)
                    + usize::from(packages.get(1).is_some_and(|word| is_workspace && literal(word) == "run"));
                let script = packages.get(skip).copied().map(literal);
                packages.drain(..packages.len().min(skip + 1));
                (script_verb(script, &packages), script)
            }
            "exec" | "dlx" | "x" => (Verb::Run, None),
            _ => (Verb::Run, operands.first().copied().map(literal)),
        },
        Some(verb) => (verb, None),
        None if grammar.unknown_is_script => {
            let script = operands.first().copied().map(literal);
            (script_verb(script, &packages), script)
        }
        None => (Verb::Other, None),
    };
    Some(PackageCommand { manager: grammar.manager, verb, subcommand, script, packages, options })
}

/// What is done, for managers that are told so by a flag or by their name.
fn verb_without_subcommand(manager: Manager, options: &Options<'_>) -> Option<Verb> {
    let has_letter =
        |letter: char| options.flags.iter().any(|flag| flag.name.starts_with(&format!("-{letter}")));
    match manager {
        Manager::PhpExtension => Some(Verb::Install),
        Manager::Dpkg if options.has(&["-i", "--install", "--unpack"]) => Some(Verb::Install),
        Manager::Dpkg if options.has(&["-r", "-P", "--remove", "--purge"]) => Some(Verb::Remove),
        Manager::Dpkg => Some(Verb::Other),
        Manager::Pacman if has_letter('S') && options.has(&["-c", "--clean"]) => Some(Verb::Clean),
        Manager::Pacman if (has_letter('S') || has_letter('U')) && !options.operands.is_empty() => {
            Some(Verb::Install)
        }
        Manager::Pacman if has_letter('S') && options.has(&["-u"]) => Some(Verb::Upgrade),
        Manager::Pacman if has_letter('S') => Some(Verb::Update),
        Manager::Pacman if has_letter('R') => Some(Verb::Remove),
        Manager::Pacman => Some(Verb::Other),
        _ => None,
    }
}

/// What a script of this name does, by custom, or by the tool of that name.
fn script_verb(script: Option<&str>, arguments: &[&ShellWord]) -> Verb {
    let Some(script) = script else { return Verb::Run };
    match script.split([':', '-', '.']).next().unwrap_or(script) {
        "build" | "bundle" | "compile" | "dist" | "webpack" | "tsc" | "prod" => Verb::Build,
        "test" | "tests" => Verb::Test,
        "clean" => Verb::Clean,
        _ => match tools::kind(script, arguments.iter().map(|word| word.text.as_str())) {
            Some(ToolKind::Test) => Verb::Test,
            Some(_) => Verb::Build,
            None => Verb::Run,
        },
    }
}

fn is_python(program: &str) -> bool {
    program
        .strip_prefix("python")
        .is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

impl Grammar {
    /// How many operands the subcommand takes up, its text, and what it means.
    fn subcommand(&self, operands: &[&ShellWord]) -> (usize, String, Option<Verb>) {
        let Some(first) = operands.first() else { return (0, String::new(), self.verb_of("")) };
        if self.goals {
            // Maven and Gradle take any number of goals; the furthest one says what is done.
            let verbs = operands.iter().filter_map(|goal| self.verb_of_goal(literal(goal)));
            return (0, literal(first).to_owned(), verbs.max_by_key(|verb| goal_rank(*verb)));
        }
        if let Some(second) = operands.get(1) {
            let both = format!("{} {}", literal(first), literal(second));
            if let Some(verb) = self.verb_of(&both) {
                return (2, both, Some(verb));
            }
        }
        let first = literal(first);
        (1, first.to_owned(), self.verb_of(first))
    }

    fn verb_of(&self, subcommand: &str) -> Option<Verb> {
        self.subcommands.iter().find(|(name, _)| *name == subcommand).map(|(_, verb)| *verb)
    }

    /// `:app:bootJar` and `dependency:go-offline` are known by a part.
    fn verb_of_goal(&self, goal: &str) -> Option<Verb> {
        let last = goal.rsplit(':').next().unwrap_or(goal);
        let first = goal.split(':').next().unwrap_or(goal);
        self.verb_of(goal).or_else(|| self.verb_of(last)).or_else(|| self.verb_of(first))
    }
}

const fn goal_rank(verb: Verb) -> u8 {
    match verb {
        Verb::Publish => 5,
        Verb::Build => 4,
        Verb::Test => 3,
        Verb::Run => 2,
        Verb::Fetch => 1,
        _ => 0,
    }
}
