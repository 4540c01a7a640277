//! What a command of a RUN does to the image, as far as splitting a stage must know.

use syntax::shell::{Command, ShellWord};

use super::Ecosystem;
use super::python::command::PythonCommand;
use crate::node::{NodeCommand, command};

/// What a command does to the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Something of npm, yarn or pnpm.
    Node(NodeCommand),
    /// Runs a program on Node: a build script, perhaps.
    NodeProgram(Vec<String>),
    /// Something of cargo or rustup.
    Cargo,
    /// Something of the `go` tool.
    Go,
    /// A compiler of C or C++, or what drives one.
    C,
    /// Maven, Gradle, or Java's own compiler.
    Java,
    /// Something of Python's tools.
    Python(PythonCommand),
    /// Generates, checks or shrinks what is built, and leaves nothing else.
    BuildTool,
    /// Makes users or groups.
    Users,
    /// Makes directories, by path as written.
    Directories(Vec<String>),
    /// Changes owners.
    Ownership,
    /// Changes permissions, of paths as written.
    Permissions(Vec<String>),
    /// Installs packages of the distribution, by name.
    Packages(Vec<String>),
    /// Deletes files, or empties caches.
    Removal,
    /// Writes a file, by path as written.
    Write(String),
    /// Copies or moves files: sources and destination, as written.
    Copy(Vec<String>),
    /// Writes credentials for the build, such as `~/.npmrc`.
    Credentials,
    /// Leaves nothing behind.
    Nothing,
    /// Another directory for what follows.
    ChangeDirectory,
    /// Something else.
    Other,
}

impl Effect {
    /// Whose tool it is, of those that install and build.
    pub(super) const fn ecosystem(&self) -> Option<Ecosystem> {
        match self {
            Self::Node(NodeCommand::Harmless) | Self::Python(PythonCommand::Nothing) => None,
            Self::Node(_) | Self::NodeProgram(_) => Some(Ecosystem::Node),
            Self::Cargo => Some(Ecosystem::Rust),
            Self::Go => Some(Ecosystem::Go),
            Self::C => Some(Ecosystem::C),
            Self::Java => Some(Ecosystem::Java),
            Self::Python(_) => Some(Ecosystem::Python),
            _ => None,
        }
    }
}

/// Build tools of Node that are also called by themselves, from a global install or a longer PATH.
const TOOLS: [&str; 14] = [
    "tsc",
    "esbuild",
    "webpack",
    "webpack-cli",
    "rollup",
    "ncc",
    "vite",
    "tsup",
    "babel",
    "swc",
    "parcel",
    "nest",
    "ng",
    "nuxt",
];

/// Compilers of C and C++, and what drives them.
const C_TOOLS: [&str; 25] = [
    "gcc",
    "g++",
    "cc",
    "c++",
    "clang",
    "clang++",
    "musl-gcc",
    "tcc",
    "ar",
    "ranlib",
    "make",
    "gmake",
    "cmake",
    "ninja",
    "meson",
    "configure",
    "autogen.sh",
    "bootstrap.sh",
    "autoreconf",
    "autoconf",
    "automake",
    "libtoolize",
    "aclocal",
    "bootstrap",
    "buildconf",
];

/// Tools that generate sources, check them, or shrink programs.
const BUILD_TOOLS: [&str; 14] = [
    "protoc",
    "buf",
    "swag",
    "templ",
    "sqlc",
    "wire",
    "mockgen",
    "gofmt",
    "golangci-lint",
    "staticcheck",
    "govulncheck",
    "upx",
    "strip",
    "file",
];

/// Files that hold credentials or settings for the build's own tools.
const CREDENTIALS: [&str; 9] = [
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".netrc",
    ".gitconfig",
    ".git-credentials",
    "known_hosts",
    "id_rsa",
    "id_ed25519",
];

/// Whether a path is one of credentials for the build.
pub(crate) fn is_credentials(path: &str) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    CREDENTIALS.contains(&name) || name == ".ssh" || path.contains("/.ssh/")
}

/// What a command does.
pub(crate) fn of(command: &Command) -> Effect {
    if let Some(node) = command::of_command(command) {
        return match node {
            NodeCommand::Config => Effect::Credentials,
            NodeCommand::CleanCache => Effect::Removal,
            node => Effect::Node(node),
        };
    }
    let words: Vec<String> = command.words.iter().map(text).collect();
    let words = command::strip_environment(&words);
    if let Some(python) = super::python::command::of_words(words) {
        return Effect::Python(python);
    }
    let written = command
        .redirections
        .iter()
        .find(|redirection| redirection.operator.contains('>') && !redirection.operator.contains('&'))
        .map(|redirection| text(&redirection.target));
    let Some((program, arguments)) = words.split_first() else { return Effect::Nothing };
    let program = semantic::path::file_name(program);
    let operands = || arguments.iter().filter(|word| !word.starts_with('-')).cloned().collect::<Vec<_>>();
    match program {
        "node" | "nodejs" if arguments.iter().all(|word| matches!(word.as_str(), "-v" | "--version")) => {
            Effect::Nothing
        }
        "node" | "nodejs" => Effect::NodeProgram(words.to_vec()),
        _ if TOOLS.contains(&program) => Effect::Node(NodeCommand::Tool(words.to_vec())),
        "cargo" | "rustup" | "rustc" | "cross" => Effect::Cargo,
        "go" => Effect::Go,
        "mvn" | "mvnw" | "gradle" | "gradlew" | "javac" | "kotlinc" | "jar" => Effect::Java,
        _ if C_TOOLS.contains(&program) => Effect::C,
        _ if BUILD_TOOLS.contains(&program) => Effect::BuildTool,
        "useradd" | "groupadd" | "adduser" | "addgroup" | "usermod" | "groupmod" | "deluser" | "userdel" => {
            Effect::Users
        }
        "mkdir" | "install" if program == "mkdir" || arguments.iter().any(|word| word == "-d") => {
            Effect::Directories(operands())
        }
        "chown" | "chgrp" | "setcap" => Effect::Ownership,
        "chmod" => Effect::Permissions(operands().split_off(1.min(operands().len()))),
        "apt-get" | "apt" | "aptitude" | "apk" | "yum" | "dnf" | "microdnf" => packages(arguments),
        "rm" | "rmdir" | "unlink" => Effect::Removal,
        "find" if arguments.iter().any(|word| word == "-delete") => Effect::Removal,
        "cp" | "mv" | "ln" | "install" => Effect::Copy(operands()),
        "cd" => Effect::ChangeDirectory,
        "git" if arguments.first().is_some_and(|word| word == "config") => Effect::Credentials,
        "ssh-keyscan" => Effect::Credentials,
        "echo" | "printf" | "cat" | "tee" | "touch" => {
            let file = written.or_else(|| {
                let takes_file = matches!(program, "tee" | "touch");
                operands().into_iter().next().filter(|_| takes_file)
            });
            match file {
                Some(path) if is_credentials(&path) => Effect::Credentials,
                Some(path) if path.starts_with("/dev/") => Effect::Nothing,
                Some(path) => Effect::Write(path),
                None => Effect::Nothing,
            }
        }
        "set" | "true" | ":" | "ls" | "pwd" | "date" | "sleep" | "test" | "[" | "[[" | "export" | "env"
        | "uname" | "which" | "command" | "umask" | "exit" | "false" | "type" | "ldconfig" | "sync" => {
            Effect::Nothing
        }
        _ => Effect::Other,
    }
}

fn packages(arguments: &[String]) -> Effect {
    let with_value = ["-t", "--virtual", "-X", "--repository", "--target-release", "-o", "--option", "-c"];
    let mut operands = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if with_value.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            operands.push(word.clone());
        }
    }
    match operands.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("install" | "add", names)) => Effect::Packages(names.to_vec()),
        Some((
            "update" | "upgrade" | "dist-upgrade" | "clean" | "autoclean" | "autoremove" | "makecache"
            | "remove" | "purge" | "del",
            _,
        )) => Effect::Removal,
        _ => Effect::Other,
    }
}

/// A word's value, or as written where the shell makes something else of it.
pub(crate) fn text(word: &ShellWord) -> String {
    word.value.clone().unwrap_or_else(|| word.text.trim_matches('"').to_owned())
}

/// A package's name without a version, an architecture or a repository.
pub(crate) fn bare(package: &str) -> &str {
    package.split(['=', ':', '~', '<', '>', '@', '/']).next().unwrap_or(package)
}

/// Packages that bring compilers, or make them run.
pub(crate) fn is_compiler(name: &str) -> bool {
    const NAMES: [&str; 11] = [
        "build-essential",
        "build-base",
        "gcc",
        "g++",
        "clang",
        "make",
        "cmake",
        "alpine-sdk",
        "gfortran",
        "rustc",
        "cargo",
    ];
    NAMES.contains(&bare(name))
}

/// Packages that only builds use: compilers and their companions, interpreters of build tools, version control.
pub(crate) fn is_build_package(name: &str) -> bool {
    const COMPANIONS: [&str; 27] = [
        "ninja-build",
        "autoconf",
        "automake",
        "libtool",
        "pkg-config",
        "pkgconf",
        "patch",
        "nasm",
        "yasm",
        "python",
        "python2",
        "python3",
        "python-is-python3",
        "py3-pip",
        "python3-pip",
        "python3-setuptools",
        "git",
        "openssh-client",
        "musl-dev",
        "musl-tools",
        "linux-headers",
        "libc6-compat",
        "binutils",
        "file",
        "gnupg",
        "xz-utils",
        "sudo",
    ];
    is_compiler(name) || COMPANIONS.contains(&bare(name))
}
