//! What BuildKit takes by name: flags, mount types and keys, modes, signals. Dockerfile frontend 1.20, labs included.
//!
//! This is the one list. `check` judges by it, and `ide` describes every entry of it to the user. Which values are well
//! formed, and which keys go with which type of mount, is judged in `check`.

use crate::keyword::Keyword;

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlagKind {
    /// `--name`, `--name=true` or `--name=false`.
    Switch,
    /// `--name=value`, once.
    Value,
    /// `--name=value`, as often as wanted.
    Values,
}

use FlagKind::{Switch, Value, Values};

/// The flags that a keyword takes.
#[must_use]
pub const fn flags(keyword: Keyword) -> &'static [(&'static str, FlagKind)] {
    match keyword {
        Keyword::Add => &[
            ("chown", Value),
            ("chmod", Value),
            ("link", Switch),
            ("keep-git-dir", Switch),
            ("checksum", Value),
            ("unpack", Switch),
            ("exclude", Values),
        ],
        Keyword::Copy => &[
            ("chown", Value),
            ("from", Value),
            ("chmod", Value),
            ("link", Switch),
            ("exclude", Values),
            ("parents", Switch),
        ],
        Keyword::From => &[("platform", Value)],
        Keyword::Healthcheck => &[
            ("interval", Value),
            ("timeout", Value),
            ("start-period", Value),
            ("start-interval", Value),
            ("retries", Value),
        ],
        Keyword::Run => &[("mount", Values), ("network", Value), ("security", Value), ("device", Values)],
        _ => &[],
    }
}

/// The keys of a mount, of whatever type.
pub const MOUNT_KEYS: &[&str] = &[
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

/// The types of mounts; `bind` is the default.
pub const MOUNT_TYPES: &[&str] = &["bind", "cache", "tmpfs", "secret", "ssh"];

/// How builds may share a cache mount.
pub const MOUNT_SHARING: &[&str] = &["shared", "private", "locked"];

/// What `RUN --network` takes.
pub const NETWORKS: &[&str] = &["default", "none", "host"];

/// What `RUN --security` takes.
pub const SECURITY_MODES: &[&str] = &["sandbox", "insecure"];

/// The parser directives.
pub const DIRECTIVES: &[&str] = &["syntax", "escape", "check"];

/// The signals that Docker knows on Linux, without their `SIG` and less the real-time ones.
pub const SIGNALS: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];
