//! Words that many Dockerfiles use and that BuildKit does not prescribe, but for the signals: platforms, shells, ports and the
//! names of heredocs.

use super::Choice;

/// Names of heredocs, the most used first.
pub const HEREDOC_NAMES: &[Choice] = &[
    choice("EOF", "The usual name; variables are expanded"),
    choice("'EOF'", "In quotes: nothing in the body is expanded"),
    choice("-EOF", "Leading tabs are cut off each line"),
    choice("SCRIPT", "For a script"),
    choice("CONF", "For a settings file"),
];

/// Platforms, the most used first.
pub const PLATFORMS: &[Choice] = &[
    choice("linux/amd64", "64-bit Intel and AMD"),
    choice("linux/arm64", "64-bit ARM: Apple silicon, Graviton, Raspberry Pi 4 and 5"),
    choice("linux/arm/v7", "32-bit ARM with hardware floating point"),
    choice("linux/arm/v6", "32-bit ARM of the first Raspberry Pi"),
    choice("linux/386", "32-bit Intel and AMD"),
    choice("linux/ppc64le", "IBM POWER"),
    choice("linux/s390x", "IBM Z"),
    choice("linux/riscv64", "64-bit RISC-V"),
    choice("linux/loong64", "64-bit LoongArch"),
    choice("windows/amd64", "Windows on 64-bit Intel and AMD"),
];

/// What SHELL is set to, as JSON lists, the most used first.
pub const SHELLS: &[Choice] = &[
    choice(r#"["/bin/bash", "-o", "pipefail", "-c"]"#, "Bash; a pipe fails when any of its commands does"),
    choice(r#"["/bin/bash", "-euo", "pipefail", "-c"]"#, "Bash; fails on errors and unset variables too"),
    choice(r#"["/bin/sh", "-c"]"#, "As it is without SHELL, on Linux"),
    choice(r#"["/bin/sh", "-eu", "-c"]"#, "sh; fails on errors and unset variables"),
    choice(
        r#"["/bin/ash", "-eo", "pipefail", "-c"]"#,
        "Alpine's shell; a pipe fails when any of its commands does",
    ),
    choice(
        r#"["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]"#,
        "Windows PowerShell; stops at errors",
    ),
    choice(r#"["cmd", "/S", "/C"]"#, "As it is without SHELL, on Windows"),
];

/// Ports that services listen on.
pub const PORTS: &[Choice] = &[
    choice("80", "HTTP"),
    choice("443", "HTTPS"),
    choice("3000", "Node.js and Rails in development"),
    choice("3306", "MySQL and MariaDB"),
    choice("5000", "Flask"),
    choice("5432", "PostgreSQL"),
    choice("6379", "Redis"),
    choice("8000", "Django, and Python's http.server"),
    choice("8080", "HTTP without privileges"),
    choice("8443", "HTTPS without privileges"),
    choice("9090", "Prometheus"),
    choice("27017", "MongoDB"),
    choice("53/udp", "DNS"),
];

/// Folders that package managers and compilers keep their caches in, for cache mounts.
pub const CACHE_FOLDERS: &[Choice] = &[
    choice("/root/.npm", "npm"),
    choice("/root/.cache/pip", "pip"),
    choice("/root/.cache/uv", "uv"),
    choice("/root/.cache/pypoetry", "Poetry"),
    choice("/var/cache/apt", "apt; needs sharing=locked, and /var/lib/apt too"),
    choice("/var/lib/apt", "apt's index of packages; needs sharing=locked"),
    choice("/var/cache/apk", "apk"),
    choice("/var/cache/dnf", "dnf"),
    choice("/go/pkg/mod", "Go modules"),
    choice("/root/.cache/go-build", "Go's compiler"),
    choice("/usr/local/cargo/registry", "Cargo's downloads, in the rust image"),
    choice("/usr/local/cargo/git", "Cargo's git sources, in the rust image"),
    choice("/usr/local/share/.cache/yarn", "Yarn, as root"),
    choice("/root/.local/share/pnpm/store", "pnpm, as root"),
    choice("/root/.m2", "Maven"),
    choice("/root/.gradle", "Gradle"),
    choice("/root/.nuget/packages", "NuGet"),
    choice("/root/.composer/cache", "Composer"),
    choice("/root/.cache", "All that keeps to XDG"),
];

/// Labels with an agreed meaning, from the OCI image specification.
pub const LABELS: &[Choice] = &[
    choice("org.opencontainers.image.title", "The image's name for people"),
    choice("org.opencontainers.image.description", "What the image is for"),
    choice("org.opencontainers.image.source", "Where the source code is"),
    choice("org.opencontainers.image.url", "Where to read more"),
    choice("org.opencontainers.image.documentation", "Where the documentation is"),
    choice("org.opencontainers.image.version", "The version of what is in the image"),
    choice("org.opencontainers.image.revision", "The commit that it was built from"),
    choice("org.opencontainers.image.created", "When it was built, as RFC 3339"),
    choice("org.opencontainers.image.licenses", "The licences, as SPDX writes them"),
    choice("org.opencontainers.image.authors", "Who to ask"),
    choice("org.opencontainers.image.vendor", "Who distributes it"),
    choice("org.opencontainers.image.base.name", "The base image's name"),
    choice("org.opencontainers.image.base.digest", "The base image's digest"),
];

/// The signals, those that stop a program first.
pub const SIGNALS: &[Choice] = &[
    choice("SIGTERM", "Asks a program to end; what a container gets where nothing else is said"),
    choice("SIGINT", "What Ctrl+C sends"),
    choice("SIGQUIT", "Ends a program in good order: nginx and PHP-FPM finish their requests first"),
    choice("SIGKILL", "Ends a program at once; it cannot tidy up"),
    choice("SIGHUP", "The terminal is gone; many services read their settings anew"),
    choice("SIGUSR1", "For the program's own use; Apache restarts gracefully"),
    choice("SIGUSR2", "For the program's own use"),
    choice("SIGWINCH", "The window has another size; Apache stops gracefully"),
    choice("SIGRTMIN", "The first real-time signal; systemd halts on SIGRTMIN+3"),
    choice("SIGRTMAX", "The last real-time signal"),
    choice("SIGABRT", "The program gave up by itself"),
    choice("SIGALRM", "A timer has run out"),
    choice("SIGBUS", "Memory was read that is not there"),
    choice("SIGCHLD", "A child process has ended or stopped"),
    choice("SIGCLD", "Another name of SIGCHLD"),
    choice("SIGCONT", "Goes on after a stop"),
    choice("SIGFPE", "A calculation that cannot be made"),
    choice("SIGILL", "An instruction that the processor does not know"),
    choice("SIGIO", "Input or output is possible"),
    choice("SIGIOT", "Another name of SIGABRT"),
    choice("SIGPIPE", "Nobody reads what is written"),
    choice("SIGPOLL", "Another name of SIGIO"),
    choice("SIGPROF", "A profiling timer has run out"),
    choice("SIGPWR", "The power fails"),
    choice("SIGSEGV", "Memory was used that is not the program's"),
    choice("SIGSTKFLT", "A fault of the coprocessor's stack; unused"),
    choice("SIGSTOP", "Stops a program; it cannot refuse"),
    choice("SIGSYS", "A system call that is not allowed"),
    choice("SIGTRAP", "A breakpoint was hit"),
    choice("SIGTSTP", "What Ctrl+Z sends"),
    choice("SIGTTIN", "A program in the background reads from the terminal"),
    choice("SIGTTOU", "A program in the background writes to the terminal"),
    choice("SIGURG", "Urgent data has come over a socket"),
    choice("SIGVTALRM", "A timer of the program's own time has run out"),
    choice("SIGXCPU", "The limit of processor time is reached"),
    choice("SIGXFSZ", "The limit of a file's size is reached"),
];

const fn choice(value: &'static str, summary: &'static str) -> Choice {
    Choice { value, summary }
}
