//! The subcommands of each package manager, as tables.

use super::packages::{Manager, Verb};
use Verb::{Build, Clean, Fetch, Install, Other, Publish, Remove, Run, Test, Update, Upgrade};

/// How a package manager's words are read.
pub(super) struct Grammar {
    programs: &'static [&'static str],
    pub(super) manager: Manager,
    /// Flags that take the next word.
    pub(super) with_value: &'static [&'static str],
    /// Subcommands of one or two words; the empty one is for none at all.
    pub(super) subcommands: &'static [(&'static str, Verb)],
    /// Whether [`Run`] runs a script of the project.
    pub(super) scripts: bool,
    /// Whether an unknown subcommand is a script of the project.
    pub(super) unknown_is_script: bool,
    /// Whether its operands are goals, any number of them.
    pub(super) goals: bool,
}

/// The grammar of a program.
pub(super) fn of_program(program: &str) -> Option<&'static Grammar> {
    let is_versioned_pip = program
        .strip_prefix("pip")
        .is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()));
    let program = if is_versioned_pip { "pip" } else { program };
    GRAMMARS.iter().find(|grammar| grammar.programs.contains(&program))
}

const fn grammar(
    programs: &'static [&'static str],
    manager: Manager,
    with_value: &'static [&'static str],
    subcommands: &'static [(&'static str, Verb)],
) -> Grammar {
    Grammar {
        programs,
        manager,
        with_value,
        subcommands,
        scripts: false,
        unknown_is_script: false,
        goals: false,
    }
}

const APT: &[(&str, Verb)] = &[
    ("update", Update),
    ("upgrade", Upgrade),
    ("dist-upgrade", Upgrade),
    ("full-upgrade", Upgrade),
    ("install", Install),
    ("reinstall", Install),
    ("build-dep", Install),
    ("remove", Remove),
    ("purge", Remove),
    ("autoremove", Remove),
    ("autopurge", Remove),
    ("clean", Clean),
    ("autoclean", Clean),
    ("distclean", Clean),
    ("download", Fetch),
    ("source", Fetch),
];
const APT_VALUES: &[&str] = &["-o", "-t", "-c", "--option", "--target-release", "--config-file", "-a"];
const RPM: &[(&str, Verb)] = &[
    ("install", Install),
    ("in", Install),
    ("localinstall", Install),
    ("groupinstall", Install),
    ("group install", Install),
    ("reinstall", Install),
    ("module install", Install),
    ("builddep", Install),
    ("update", Upgrade),
    ("upgrade", Upgrade),
    ("distro-sync", Upgrade),
    ("remove", Remove),
    ("erase", Remove),
    ("autoremove", Remove),
    ("clean", Clean),
    ("makecache", Update),
    ("check-update", Update),
];
const RPM_VALUES: &[&str] = &[
    "-c",
    "-x",
    "--installroot",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--releasever",
    "--setopt",
    "--exclude",
];

#[rustfmt::skip]
const GRAMMARS: &[Grammar] = &[
    grammar(&["apt-get"], Manager::AptGet, APT_VALUES, APT),
    grammar(&["apt"], Manager::Apt, APT_VALUES, APT),
    grammar(&["aptitude"], Manager::Aptitude, APT_VALUES, APT),
    grammar(&["dpkg"], Manager::Dpkg, &[], &[]),
    grammar(&["apk"], Manager::Apk, &["-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file", "--cache-dir", "--arch"], &[
        ("update", Update), ("upgrade", Upgrade), ("add", Install), ("del", Remove), ("fetch", Fetch), ("cache clean", Clean), ("cache purge", Clean),
    ]),
    grammar(&["dnf", "dnf5"], Manager::Dnf, RPM_VALUES, RPM),
    grammar(&["microdnf"], Manager::Microdnf, RPM_VALUES, RPM),
    grammar(&["tdnf"], Manager::Tdnf, RPM_VALUES, RPM),
    grammar(&["yum"], Manager::Yum, RPM_VALUES, RPM),
    grammar(&["zypper"], Manager::Zypper, &["-R", "--root", "-D", "-r", "--repo", "-t", "--type"], &[
        ("refresh", Update), ("ref", Update), ("update", Upgrade), ("up", Upgrade), ("patch", Upgrade), ("dist-upgrade", Upgrade), ("dup", Upgrade),
        ("install", Install), ("in", Install), ("remove", Remove), ("rm", Remove), ("clean", Clean), ("cc", Clean),
    ]),
    grammar(&["pacman"], Manager::Pacman, &["-r", "-b", "--root"], &[]),

    Grammar { scripts: true, ..grammar(&["npm"], Manager::Npm, &["--prefix", "-C", "-w", "--workspace", "--registry", "--omit", "--only", "--include", "--cache", "--userconfig", "--loglevel", "--fetch-timeout", "--network-timeout"], &[
        ("ci", Install), ("clean-install", Install), ("install-clean", Install), ("install", Install), ("i", Install), ("in", Install), ("add", Install),
        ("isntall", Install), ("install-test", Install), ("it", Install), ("link", Install), ("rebuild", Build), ("uninstall", Remove), ("remove", Remove), ("rm", Remove), ("un", Remove), ("prune", Remove),
        ("cache clean", Clean), ("cache clear", Clean), ("update", Upgrade), ("up", Upgrade), ("upgrade", Upgrade), ("run", Run), ("run-script", Run), ("rum", Run),
        ("test", Test), ("t", Test), ("tst", Test), ("start", Run), ("stop", Run), ("restart", Run), ("exec", Run), ("x", Run), ("publish", Publish), ("pack", Other),
    ]) },
    Grammar { scripts: true, unknown_is_script: true, ..grammar(&["yarn", "yarnpkg"], Manager::Yarn, &["--cwd", "--cache-folder", "--network-timeout", "--registry", "--modules-folder", "--network-concurrency", "--mutex"], &[
        ("", Install), ("install", Install), ("add", Install), ("global add", Install), ("remove", Remove), ("global remove", Remove), ("cache clean", Clean), ("autoclean", Clean),
        ("up", Upgrade), ("upgrade", Upgrade), ("set version", Other), ("config set", Other), ("plugin import", Install), ("workspaces focus", Install), ("rebuild", Build),
        ("run", Run), ("workspace", Run), ("workspaces foreach", Run), ("workspaces run", Run), ("exec", Run), ("dlx", Run), ("test", Test), ("start", Run), ("publish", Publish), ("npm publish", Publish), ("pack", Other), ("config", Other), ("why", Other), ("info", Other),
    ]) },
    Grammar { scripts: true, unknown_is_script: true, ..grammar(&["pnpm"], Manager::Pnpm, &["-C", "--dir", "--filter", "-F", "--store-dir", "--registry", "--reporter", "--loglevel"], &[
        ("install", Install), ("i", Install), ("ci", Install), ("add", Install), ("fetch", Fetch), ("import", Other), ("rebuild", Build), ("remove", Remove), ("rm", Remove), ("uninstall", Remove), ("prune", Remove),
        ("store prune", Clean), ("cache delete", Clean), ("update", Upgrade), ("up", Upgrade), ("run", Run), ("run-script", Run), ("exec", Run), ("dlx", Run), ("test", Test), ("t", Test), ("start", Run),
        ("deploy", Install), ("publish", Publish), ("pack", Other), ("config set", Other), ("config", Other), ("setup", Other), ("env use", Install), ("", Other),
    ]) },
    Grammar { scripts: true, unknown_is_script: true, ..grammar(&["bun"], Manager::Bun, &["--cwd", "-c", "--config", "--target", "--outdir", "--outfile", "--filter", "--registry"], &[
        ("install", Install), ("i", Install), ("add", Install), ("a", Install), ("remove", Remove), ("rm", Remove), ("update", Upgrade), ("pm cache", Clean), ("run", Run), ("x", Run), ("exec", Run),
        ("test", Test), ("build", Build), ("publish", Publish), ("upgrade", Upgrade), ("", Other),
    ]) },
    grammar(&["corepack"], Manager::Corepack, &["--install-directory"], &[("enable", Install), ("prepare", Install), ("install", Install), ("use", Install)]),

    grammar(&["pip", "pip3"], Manager::Pip, &["-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-e", "--editable", "-t", "--target", "--prefix", "--root", "-f", "--find-links", "--trusted-host", "--cache-dir", "--platform", "--python-version", "--timeout", "--retries", "-w", "--wheel-dir", "-d", "--dest"], &[
        ("install", Install), ("download", Fetch), ("wheel", Build), ("uninstall", Remove), ("cache purge", Clean), ("cache remove", Clean),
    ]),
    grammar(&["pipenv"], Manager::Pipenv, &["--python"], &[("install", Install), ("sync", Install), ("uninstall", Remove), ("run", Run), ("lock", Other), ("requirements", Other)]),
    grammar(&["poetry"], Manager::Poetry, &["--only", "--without", "--with", "-E", "--extras", "-C", "--directory"], &[
        ("install", Install), ("sync", Install), ("add", Install), ("remove", Remove), ("build", Build), ("run", Run), ("publish", Publish), ("cache clear", Clean), ("update", Upgrade),
    ]),
    grammar(&["uv"], Manager::Uv, &["-r", "--requirement", "--requirements", "-c", "--python", "-p", "--index-url", "--extra-index-url", "--cache-dir", "--directory", "--project", "--package", "--extra", "--group", "--no-group"], &[
        ("sync", Install), ("add", Install), ("pip install", Install), ("pip sync", Install), ("tool install", Install), ("python install", Install), ("remove", Remove), ("pip uninstall", Remove),
        ("cache clean", Clean), ("cache prune", Clean), ("build", Build), ("run", Run), ("publish", Publish),
    ]),
    grammar(&["conda", "mamba", "micromamba"], Manager::Conda, &["-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file"], &[
        ("install", Install), ("create", Install), ("env create", Install), ("env update", Install), ("update", Upgrade), ("remove", Remove), ("clean", Clean), ("run", Run),
    ]),

    grammar(&["cargo"], Manager::Cargo, &["-p", "--package", "--bin", "--example", "--features", "-F", "--target", "--target-dir", "--manifest-path", "--profile", "-j", "--jobs", "--root", "--path", "--git", "--branch", "--tag", "--rev", "--version", "--recipe-path", "--config", "--color", "-Z", "--exclude"], &[
        ("build", Build), ("b", Build), ("rustc", Build), ("zigbuild", Build), ("auditable", Build), ("chef cook", Build), ("chef prepare", Other), ("check", Build), ("c", Build), ("clippy", Build), ("install", Install), ("binstall", Install), ("add", Other),
        ("fetch", Fetch), ("vendor", Fetch), ("test", Test), ("t", Test), ("nextest run", Test), ("bench", Test), ("run", Run), ("r", Run), ("clean", Clean), ("update", Update), ("publish", Publish), ("uninstall", Remove),
    ]),
    grammar(&["rustup", "rustup-init"], Manager::Rustup, &["--toolchain", "--profile", "--default-toolchain", "--target", "-t", "-c", "--component"], &[
        ("target add", Install), ("component add", Install), ("toolchain install", Install), ("toolchain add", Install), ("install", Install), ("default", Install), ("update", Upgrade), ("show", Other), ("", Install),
    ]),
    grammar(&["go"], Manager::Go, &["-o", "-ldflags", "-gcflags", "-asmflags", "-tags", "-mod", "-C", "-p", "-buildmode", "-run", "-timeout", "-count", "-modfile", "-covermode", "-coverprofile"], &[
        ("build", Build), ("generate", Build), ("install", Install), ("get", Install), ("mod download", Fetch), ("mod vendor", Fetch), ("mod tidy", Fetch), ("mod verify", Other), ("mod init", Other), ("work sync", Fetch),
        ("test", Test), ("vet", Test), ("run", Run), ("clean", Clean), ("env", Other), ("tool", Run),
    ]),
    grammar(&["gem"], Manager::Gem, &["-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source"], &[
        ("install", Install), ("i", Install), ("update", Upgrade), ("uninstall", Remove), ("cleanup", Clean), ("build", Build), ("push", Publish),
    ]),
    grammar(&["bundle", "bundler"], Manager::Bundler, &["-j", "--jobs", "--path", "--without", "--with", "--retry", "--gemfile"], &[
        ("", Install), ("install", Install), ("add", Install), ("package", Fetch), ("cache", Fetch), ("update", Upgrade), ("clean", Clean), ("exec", Run), ("config", Other), ("config set", Other),
    ]),
    grammar(&["composer", "composer.phar"], Manager::Composer, &["-d", "--working-dir", "--stability", "--repository"], &[
        ("install", Install), ("i", Install), ("require", Install), ("create-project", Install), ("global require", Install), ("update", Upgrade), ("remove", Remove), ("dump-autoload", Build), ("dumpautoload", Build),
        ("clear-cache", Clean), ("clearcache", Clean), ("run", Run), ("run-script", Run), ("exec", Run),
    ]),
    grammar(&["docker-php-ext-install", "install-php-extensions"], Manager::PhpExtension, &["-j"], &[]),
    Grammar { goals: true, ..grammar(&["mvn", "mvnw", "mvnd"], Manager::Maven, &["-f", "--file", "-pl", "--projects", "-P", "-s", "--settings", "-T", "-rf", "-gs", "-l"], &[
        ("compile", Build), ("package", Build), ("verify", Build), ("install", Build), ("process-resources", Build), ("native", Build), ("repackage", Build), ("test", Test), ("integration-test", Test), ("deploy", Publish), ("clean", Clean),
        ("dependency", Fetch), ("go-offline", Fetch), ("resolve", Fetch), ("run", Run), ("validate", Other),
    ]) },
    Grammar { goals: true, ..grammar(&["gradle", "gradlew"], Manager::Gradle, &["-b", "--build-file", "-p", "--project-dir", "-c", "--settings-file", "-g", "--gradle-user-home", "-x", "--exclude-task", "-I", "--init-script", "--max-workers"], &[
        ("build", Build), ("assemble", Build), ("bootJar", Build), ("bootWar", Build), ("jar", Build), ("war", Build), ("shadowJar", Build), ("fatJar", Build), ("installDist", Build), ("distTar", Build), ("classes", Build), ("nativeCompile", Build), ("buildFatJar", Build),
        ("test", Test), ("check", Test), ("publish", Publish), ("clean", Clean), ("dependencies", Fetch), ("downloadDependencies", Fetch), ("resolveDependencies", Fetch), ("run", Run), ("bootRun", Run),
    ]) },
    grammar(&["dotnet"], Manager::Dotnet, &["-c", "--configuration", "-o", "--output", "-r", "--runtime", "-f", "--framework", "-v", "--verbosity", "-s", "--source", "--version", "--tool-path", "--configfile"], &[
        ("restore", Fetch), ("build", Build), ("publish", Build), ("pack", Build), ("test", Test), ("run", Run), ("clean", Clean), ("tool install", Install), ("tool restore", Install), ("workload install", Install), ("add package", Install), ("nuget push", Publish),
    ]),
];
