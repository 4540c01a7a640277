//! Commands that install or build: what they install, from which manifests, and what they leave.

use syntax::shell::ShellWord;

use super::call::Call;

/// A command that installs what the project's manifests list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectInstall {
    /// The package manager.
    pub manager: &'static str,
    /// What to copy before it, for messages.
    pub manifests: &'static str,
    /// Whether it compiles the project too, and so needs its sources.
    pub builds: bool,
}

/// What of a project's dependencies a command installs, if it does so.
pub fn project_install(call: &Call<'_>) -> Option<ProjectInstall> {
    let install = |manager, manifests| Some(ProjectInstall { manager, manifests, builds: false });
    let build = |manager, manifests| Some(ProjectInstall { manager, manifests, builds: true });
    let subcommand = call.subcommand_text();
    let named = || call.operands().nth(1).is_some();
    match call.program {
        "npm" => match subcommand {
            "ci" | "clean-install" => install("npm", "`package.json` and `package-lock.json`"),
            "install" | "i" if !named() && !call.has(&["-g", "--global"]) => {
                install("npm", "`package.json` and `package-lock.json`")
            }
            _ => None,
        },
        "yarn" if matches!(subcommand, "" | "install") && !call.has(&["-v", "--version", "-h", "--help"]) => {
            install("yarn", "`package.json` and `yarn.lock`")
        }
        "pnpm" if matches!(subcommand, "install" | "i" | "fetch") && !named() => {
            install("pnpm", "`package.json` and `pnpm-lock.yaml`")
        }
        "bun" if matches!(subcommand, "install" | "i") && !named() => {
            install("bun", "`package.json` and `bun.lock`")
        }
        "pip" | "pip3" if subcommand == "install" && installs_requirements(call) => {
            install("pip", "`requirements.txt`")
        }
        "uv" => match subcommand {
            "sync" => install("uv", "`pyproject.toml` and `uv.lock`"),
            "pip" if installs_requirements(call) => install("uv", "`requirements.txt`"),
            _ => None,
        },
        "poetry" if subcommand == "install" => install("poetry", "`pyproject.toml` and `poetry.lock`"),
        "pipenv" if matches!(subcommand, "install" | "sync") && !named() => {
            install("pipenv", "`Pipfile` and `Pipfile.lock`")
        }
        "bundle" | "bundler" if matches!(subcommand, "" | "install") => {
            install("bundler", "`Gemfile` and `Gemfile.lock`")
        }
        "composer" if matches!(subcommand, "install" | "i") => {
            install("composer", "`composer.json` and `composer.lock`")
        }
        "go" => match subcommand {
            "mod" if call.operands().nth(1).is_some_and(|word| super::call::is(word, "download")) => {
                install("go", "`go.mod` and `go.sum`")
            }
            "build" | "install" if !call.values().any(|value| value.contains('@')) => {
                build("go", "`go.mod` and `go.sum`")
            }
            _ => None,
        },
        "cargo" => match subcommand {
            "fetch" => install("cargo", "`Cargo.toml` and `Cargo.lock`"),
            "chef" if call.values().any(|value| value == "cook") => {
                install("cargo", "the recipe of cargo-chef")
            }
            "build" | "b" => build("cargo", "`Cargo.toml` and `Cargo.lock`"),
            "install" if call.has(&["--path"]) => build("cargo", "`Cargo.toml` and `Cargo.lock`"),
            _ => None,
        },
        "mvn" | "mvnw" | "./mvnw" => {
            let has = |goal: &str| call.values().any(|value| value == goal || value.ends_with(goal));
            if has("dependency:go-offline") || has("dependency:resolve") {
                install("maven", "`pom.xml`")
            } else if ["package", "install", "verify", "compile"].into_iter().any(has) {
                build("maven", "`pom.xml`")
            } else {
                None
            }
        }
        "gradle" | "gradlew" => {
            let is_build = |value: &str| {
                let task = value.rsplit(':').next().unwrap_or(value);
                matches!(task, "build" | "assemble" | "jar" | "bootJar" | "shadowJar" | "installDist")
            };
            if call.values().any(is_build) { build("gradle", "the Gradle build files") } else { None }
        }
        "dotnet" => match subcommand {
            "restore" => install("dotnet", "the project files"),
            "build" | "publish" if !call.has(&["--no-restore", "--no-build"]) => {
                build("dotnet", "the project files")
            }
            _ => None,
        },
        "mix" if subcommand == "deps.get" => install("mix", "`mix.exs` and `mix.lock`"),
        "dart" | "flutter" if subcommand == "pub" => install("pub", "`pubspec.yaml` and `pubspec.lock`"),
        _ => None,
    }
}

/// Whether pip installs from requirement files and not the project itself, which needs its sources.
fn installs_requirements(call: &Call<'_>) -> bool {
    let takes_project =
        |value: &str| value == "." || value.starts_with("./") || value.starts_with(".[") || value == "-e";
    call.has(&["-r", "--requirement"]) && !call.values().any(takes_project)
        || call.values().any(|value| value.starts_with("-r") && value.len() > 2 && !value.starts_with("--"))
}

/// A package manager of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum System {
    Apt,
    Apk,
    Dnf,
    Microdnf,
    Yum,
    Zypper,
}

/// A command of such a package manager.
#[derive(Debug, Clone, Copy)]
pub struct SystemCommand<'a> {
    /// The package manager.
    pub system: System,
    /// What it is told to do; empty where there is no such word.
    pub subcommand: &'a str,
    /// The command.
    pub call: Call<'a>,
}

impl<'a> SystemCommand<'a> {
    /// The command, if it is one of these package managers'.
    pub fn of(call: Call<'a>) -> Option<Self> {
        let system = match call.program {
            "apt-get" | "apt" | "aptitude" => System::Apt,
            "apk" => System::Apk,
            "dnf" | "dnf5" => System::Dnf,
            "microdnf" => System::Microdnf,
            "yum" => System::Yum,
            "zypper" => System::Zypper,
            _ => return None,
        };
        Some(Self { system, subcommand: call.subcommand_text(), call })
    }

    /// Whether it installs packages.
    pub fn installs(&self) -> bool {
        match self.system {
            System::Apk => self.subcommand == "add",
            System::Zypper => matches!(self.subcommand, "install" | "in"),
            System::Dnf | System::Microdnf | System::Yum => {
                matches!(self.subcommand, "install" | "groupinstall" | "localinstall" | "reinstall")
            }
            System::Apt => matches!(self.subcommand, "install" | "build-dep"),
        }
    }

    /// Whether it removes packages.
    pub fn removes(&self) -> bool {
        matches!(self.subcommand, "remove" | "purge" | "del" | "erase" | "rm" | "autoremove" | "autopurge")
    }

    /// The packages that it names.
    pub fn packages(&self) -> impl Iterator<Item = &'a ShellWord> + use<'a> {
        let is_apk = self.system == System::Apk;
        let mut is_value = false;
        self.call.operands().skip(1).filter(move |word| {
            let text = word.value.as_deref().unwrap_or(&word.text);
            let was_value = std::mem::replace(&mut is_value, is_apk && text == "-t");
            !was_value && !text.starts_with('-')
        })
    }

    /// The name of a virtual package that `apk add` makes, such as `.build-deps`.
    pub fn virtual_package(&self) -> Option<&'a str> {
        let mut values = self.call.values();
        values
            .find_map(|value| match value {
                "-t" | "--virtual" => Some(None),
                _ => value.strip_prefix("--virtual=").map(Some),
            })?
            .or_else(|| {
                let mut values = self.call.values().skip_while(|value| !matches!(*value, "-t" | "--virtual"));
                values.nth(1)
            })
    }
}

/// Whether a command downloads or installs for a long time and takes nothing from variables of the file's own: package managers and
/// dependency installers.
pub fn is_expensive(call: Call<'_>) -> bool {
    if let Some(system) = SystemCommand::of(call) {
        return system.installs() || matches!(system.subcommand, "upgrade" | "dist-upgrade" | "update");
    }
    match call.program {
        "pip" | "pip3" => matches!(call.subcommand_text(), "install" | "download" | "wheel"),
        "npm" | "pnpm" | "yarn" | "bun" => {
            matches!(call.subcommand_text(), "add" | "install" | "i" | "ci" | "")
        }
        "gem" => call.subcommand_text() == "install",
        "conda" | "mamba" | "micromamba" => matches!(call.subcommand_text(), "install" | "env" | "create"),
        "cargo" => matches!(call.subcommand_text(), "fetch"),
        _ => project_install(&call).is_some_and(|install| !install.builds),
    }
}

/// Whether a command is quick and takes nothing from variables that it does not name.
pub fn is_harmless(program: &str) -> bool {
    matches!(
        program,
        "rm" | "mkdir"
            | "echo"
            | "cd"
            | "set"
            | "true"
            | "ln"
            | "chmod"
            | "chown"
            | "touch"
            | "cp"
            | "mv"
            | "useradd"
            | "adduser"
            | "groupadd"
            | "addgroup"
            | "sed"
            | "test"
            | "["
            | "find"
            | "cat"
            | "printf"
            | "tar"
            | "unzip"
            | "curl"
            | "wget"
            | "gpg"
            | "install"
            | "apt-get"
            | "apt"
            | "apk"
            | "dnf"
            | "yum"
            | "microdnf"
            | "zypper"
            | "ldconfig"
            | "update-ca-certificates"
    )
}

/// Whether a command compiles or bundles an application, and so needs tools that only a build needs.
pub fn is_build(call: &Call<'_>) -> bool {
    let subcommand = call.subcommand_text();
    match call.program {
        "npm" | "pnpm" | "yarn" | "bun" => {
            let script = match subcommand {
                "run" | "run-script" => {
                    call.operands().nth(1).and_then(|word| word.value.as_deref()).unwrap_or_default()
                }
                "build" if call.program != "npm" => "build",
                _ => "",
            };
            script == "build"
                || script.starts_with("build:")
                || matches!(script, "compile" | "bundle" | "dist")
        }
        "npx" | "pnpx" | "bunx" => is_bundler(subcommand),
        "cargo" | "go" | "dotnet" | "mvn" | "mvnw" | "gradle" | "gradlew" => {
            project_install(call).is_some_and(|install| install.builds)
                || call.program == "dotnet" && matches!(subcommand, "build" | "publish")
        }
        "make" | "cmake" | "ninja" | "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "javac"
        | "rustc" | "stack" | "cabal" | "swift" | "meson" | "bazel" | "zig" | "sbt" => {
            !matches!(subcommand, "update" | "init" | "setup" | "--version")
        }
        program => is_bundler(program),
    }
}

fn is_bundler(program: &str) -> bool {
    matches!(
        program,
        "webpack"
            | "tsc"
            | "vite"
            | "rollup"
            | "esbuild"
            | "parcel"
            | "tsup"
            | "swc"
            | "ng"
            | "next"
            | "nuxt"
            | "astro"
    )
}

/// Whether a distribution's package is for building alone: compilers, headers, build systems.
pub fn is_build_package(package: &str) -> bool {
    let name = package.split(['=', ':', '~', '<', '>', '@']).next().unwrap_or(package);
    let is_versioned = |prefix: &str| {
        name.strip_prefix(prefix).is_some_and(|rest| {
            rest.is_empty() || rest.trim_start_matches('-').starts_with(|digit: char| digit.is_ascii_digit())
        })
    };
    name.ends_with("-dev")
        || name.ends_with("-devel")
        || name.ends_with("-static")
        || matches!(
            name,
            "build-essential"
                | "build-base"
                | "alpine-sdk"
                | "make"
                | "cmake"
                | "ninja-build"
                | "meson"
                | "autoconf"
                | "automake"
                | "libtool"
                | "pkg-config"
                | "pkgconf"
                | "bison"
                | "flex"
                | "gcc-c++"
                | "golang"
                | "golang-go"
                | "go"
                | "cargo"
                | "rust"
                | "rustc"
                | "maven"
                | "gradle"
                | "linux-headers"
                | "musl-tools"
                | "dpkg-dev"
                | "base-devel"
                | "nasm"
                | "yasm"
                | "swig"
                | "default-jdk"
                | "default-jdk-headless"
        )
        || ["gcc", "g++", "clang", "llvm"].into_iter().any(is_versioned)
        || name.starts_with("openjdk-") && name.contains("-jdk")
}
