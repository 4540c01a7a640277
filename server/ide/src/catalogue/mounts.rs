//! The types of `RUN --mount`, and the keys of each with what they mean there.
//!
//! A key that BuildKit lets pass on a type where it does nothing is left out: `source` on a tmpfs, for one.

use super::ValueKind::{
    Id, ImagePath, Number, OneOf, Permissions, Size, Source, SourcePath, Switch, VariableName,
};
use super::{Choice, MountKey, MountType, Since};

/// The types, the most used first; `bind` is the default.
pub const MOUNT_TYPES: &[MountType] = &[
    MountType {
        name: "cache",
        summary: "A folder that later builds find as this one leaves it",
        details: "For the caches of package managers and compilers. It is no part of the image and of no cache key, and it may \
be empty at any time: a command must succeed without what it holds.",
        keys: &[
            target("Where the folder is seen"),
            id("Names the cache: mounts with the same id share it", "the target"),
            MountKey {
                name: "sharing",
                aliases: &[],
                value: OneOf(&[
                    Choice { value: "shared", summary: "Builds may write to it at the same time" },
                    Choice {
                        value: "locked",
                        summary: "A second build waits until the first has ended: for apt",
                    },
                    Choice {
                        value: "private",
                        summary: "A second build at the same time gets a folder of its own",
                    },
                ]),
                placeholder: "shared|locked|private",
                summary: "What happens when several builds use it at the same time",
                default: "shared",
                since: None,
            },
            from("The stage, image or named context that a new cache starts with", "an empty folder"),
            SOURCE,
            mode("Permission bits of a new cache folder", "0755"),
            owner("uid", "User id of a new cache folder"),
            owner("gid", "Group id of a new cache folder"),
            readonly("false"),
        ],
        anchor: "run---mounttypecache",
    },
    MountType {
        name: "bind",
        summary: "Files of the build context, of a stage or of an image, while the command runs",
        details: "Nothing is copied into the image, so there is no layer for it. It is read-only unless `rw` is given; what is \
written then is thrown away when the command ends.",
        keys: &[
            target("Where the files are seen"),
            SOURCE,
            from("The stage, image or named context that the files come from", "the build context"),
            MountKey {
                name: "rw",
                aliases: &["readwrite"],
                value: Switch,
                placeholder: "",
                summary: "Lets the command write; what it writes is thrown away",
                default: "false",
                since: None,
            },
            readonly("true"),
        ],
        anchor: "run---mounttypebind",
    },
    MountType {
        name: "secret",
        summary: "A secret of the caller's, while the command runs",
        details: "The caller gives it with `--secret id=…`. It is neither in the image nor in the cache, and a change of its value \
does not run the command again.",
        keys: &[
            id("Names the secret as --secret does", "the last part of the target"),
            target_with_default("The file that holds it", "/run/secrets/ and the id"),
            MountKey {
                name: "env",
                aliases: &[],
                value: VariableName,
                placeholder: "NAME",
                summary: "The environment variable that holds it, instead of a file",
                default: "",
                since: Some(Since { version: "1.10", labs: false }),
            },
            required("Fails the command where the caller does not give the secret"),
            mode("Permission bits of the file", "0400"),
            owner("uid", "User id of the file"),
            owner("gid", "Group id of the file"),
            MountKey {
                name: "source",
                aliases: &["src"],
                value: Id,
                placeholder: "id",
                summary: "An older spelling of id",
                default: "",
                since: None,
            },
        ],
        anchor: "run---mounttypesecret",
    },
    MountType {
        name: "ssh",
        summary: "The caller's SSH agent, while the command runs",
        details: "The caller gives it with `--ssh default`. Keys never enter the builder: only the agent's socket does, and \
`SSH_AUTH_SOCK` names it.",
        keys: &[
            id("Names the agent as --ssh does", "default"),
            target_with_default("The socket's path", "/run/buildkit/ssh_agent.0 and so on"),
            required("Fails the command where the caller does not give the agent"),
            mode("Permission bits of the socket", "0600"),
            owner("uid", "User id of the socket"),
            owner("gid", "Group id of the socket"),
        ],
        anchor: "run---mounttypessh",
    },
    MountType {
        name: "tmpfs",
        summary: "An empty folder in memory, while the command runs",
        details: "What is written there is in no layer and is gone when the command ends.",
        keys: &[
            target("Where the folder is seen"),
            MountKey {
                name: "size",
                aliases: &[],
                value: Size,
                placeholder: "64m",
                summary: "The most that it may hold",
                default: "no limit of its own",
                since: None,
            },
        ],
        anchor: "run---mounttypetmpfs",
    },
];

const SOURCE: MountKey = MountKey {
    name: "source",
    aliases: &["src"],
    value: SourcePath,
    placeholder: "path",
    summary: "The path in what it comes from",
    default: "its root",
    since: None,
};

const fn target(summary: &'static str) -> MountKey {
    target_with_default(summary, "")
}

const fn target_with_default(summary: &'static str, default: &'static str) -> MountKey {
    MountKey {
        name: "target",
        aliases: &["dst", "destination"],
        value: ImagePath,
        placeholder: "path",
        summary,
        default,
        since: None,
    }
}

const fn from(summary: &'static str, default: &'static str) -> MountKey {
    MountKey {
        name: "from",
        aliases: &[],
        value: Source,
        placeholder: "stage|image|context",
        summary,
        default,
        since: None,
    }
}

const fn id(summary: &'static str, default: &'static str) -> MountKey {
    MountKey { name: "id", aliases: &[], value: Id, placeholder: "id", summary, default, since: None }
}

const fn mode(summary: &'static str, default: &'static str) -> MountKey {
    MountKey {
        name: "mode",
        aliases: &[],
        value: Permissions,
        placeholder: "0755",
        summary,
        default,
        since: None,
    }
}

const fn owner(name: &'static str, summary: &'static str) -> MountKey {
    MountKey { name, aliases: &[], value: Number, placeholder: "number", summary, default: "0", since: None }
}

const fn readonly(default: &'static str) -> MountKey {
    MountKey {
        name: "readonly",
        aliases: &["ro"],
        value: Switch,
        placeholder: "",
        summary: "Keeps the command from writing to it",
        default,
        since: None,
    }
}

const fn required(summary: &'static str) -> MountKey {
    MountKey {
        name: "required",
        aliases: &[],
        value: Switch,
        placeholder: "",
        summary,
        default: "false",
        since: None,
    }
}
