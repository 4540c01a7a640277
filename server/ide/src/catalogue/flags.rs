//! The flags of instructions, in the order in which people want them.

use super::ValueKind::{
    Checksum, Device, Duration, Mount, Number, OneOf, Owner, Pattern, Permissions, Platform, Source, Switch,
};
use super::{Choice, Flag, Since, ValueKind};

pub(super) const FROM: &[Flag] = &[Flag {
    details: "Variables may stand in it: `FROM --platform=$BUILDPLATFORM` makes a stage run on the builder's own platform while \
the image is for another one, which saves emulation.",
    default: "the platform that is built for",
    ..flag("platform", Platform, "os/arch[/variant]", "The platform of the base image", "from")
}];

pub(super) const RUN: &[Flag] = &[
    Flag {
        details: "`type` says what is mounted: `bind` (the default), `cache`, `secret`, `ssh` or `tmpfs`. The mount is there while \
the command runs, and no part of the image.",
        repeats: true,
        since: stable("1.2"),
        ..flag(
            "mount",
            Mount,
            "type=…,key=value",
            "Gives the command files, a cache or a secret without adding them to the image",
            "run---mount",
        )
    },
    Flag {
        details: "`none` proves that a step needs nothing from outside. `host` must be allowed by the builder and by the caller \
(`--allow network.host`).",
        default: "default",
        since: stable("1.3"),
        ..flag(
            "network",
            OneOf(&[
                Choice { value: "default", summary: "The build's own network" },
                Choice { value: "none", summary: "No network but the command's own loopback" },
                Choice { value: "host", summary: "The builder's network; must be allowed" },
            ]),
            "default|none|host",
            "Which network the command sees",
            "run---network",
        )
    },
    Flag {
        details: "`insecure` is what `docker run --privileged` is. It must be allowed by the builder and by the caller \
(`--allow security.insecure`).",
        default: "sandbox",
        since: stable("1.20"),
        ..flag(
            "security",
            OneOf(&[
                Choice { value: "sandbox", summary: "As any command runs" },
                Choice { value: "insecure", summary: "With all privileges; must be allowed" },
            ]),
            "sandbox|insecure",
            "Whether the command runs with all privileges",
            "run---security",
        )
    },
    Flag {
        details: "The builder must know the device by CDI, and the caller must allow it (`--allow device`). \
`vendor.com/device=name` asks for one, `vendor.com/device=*` for all of them; `,required` fails the step where there is none.",
        repeats: true,
        since: Some(Since { version: "1.14", labs: true }),
        ..flag(
            "device",
            Device,
            "name[,required]",
            "Gives the command a device such as a GPU",
            "run---device",
        )
    },
];

pub(super) const COPY: &[Flag] = &[
    Flag {
        details: "A stage by its name or number, an image, or a context that the caller names with `--build-context`. Variables \
cannot stand in it.",
        default: "the build context",
        ..flag("from", Source, "stage|image|context", "Where the files come from", "copy---from")
    },
    chown("copy---chown"),
    chmod("copy---chmod"),
    link("copy---link"),
    Flag {
        details: "`COPY --parents src/a/b.txt /out/` makes `/out/src/a/b.txt`. A `/./` in a source says where the kept part \
begins.",
        default: "false",
        since: stable("1.20"),
        ..flag("parents", Switch, "", "Keeps the folders that lead to each source", "copy---parents")
    },
    exclude("copy---exclude"),
];

pub(super) const ADD: &[Flag] = &[
    Flag {
        details: "For a URL `sha256:` and the digest of its content; for a git repository the commit, or its beginning. The build \
fails where they differ.",
        since: stable("1.6"),
        ..flag("checksum", Checksum, "sha256:…|commit", "What the download must be", "add---checksum")
    },
    chown("add---chown"),
    chmod("add---chmod"),
    link("add---link"),
    Flag {
        details: "Local archives are unpacked and downloaded ones are not; `--unpack=true` unpacks a download, `--unpack=false` \
keeps a local archive as it is.",
        since: stable("1.17"),
        ..flag("unpack", Switch, "", "Whether tar archives are unpacked", "add---unpack")
    },
    Flag {
        details: "Without it the files of the commit are all that is added.",
        default: "false",
        since: stable("1.1"),
        ..flag(
            "keep-git-dir",
            Switch,
            "",
            "Adds .git too, where the source is a git repository",
            "add---keep-git-dir",
        )
    },
    exclude("add---exclude"),
];

pub(super) const HEALTHCHECK: &[Flag] = &[
    Flag {
        details: "The first check comes one interval after the start, and each next one an interval after the last has ended.",
        default: "30s",
        ..duration("interval", "The time between two checks")
    },
    Flag {
        details: "A check that takes longer is killed and counts as failed.",
        default: "30s",
        ..duration("timeout", "How long one check may take")
    },
    Flag {
        details: "Failures in this time do not count, but the first success ends it.",
        default: "0s",
        ..duration("start-period", "How long the container may take to start")
    },
    Flag {
        details: "Needs Docker Engine 25.0 where the container runs.",
        default: "5s",
        since: stable("1.6"),
        ..duration("start-interval", "The time between two checks during the start period")
    },
    Flag {
        default: "3",
        ..flag(
            "retries",
            Number,
            "number",
            "How many failures in a row make the container unhealthy",
            "healthcheck",
        )
    },
];

const fn flag(
    name: &'static str,
    value: ValueKind,
    placeholder: &'static str,
    summary: &'static str,
    anchor: &'static str,
) -> Flag {
    Flag { name, value, placeholder, repeats: false, summary, details: "", default: "", since: None, anchor }
}

const fn stable(version: &'static str) -> Option<Since> {
    Some(Since { version, labs: false })
}

const fn duration(name: &'static str, summary: &'static str) -> Flag {
    flag(name, Duration, "duration", summary, "healthcheck")
}

const fn chown(anchor: &'static str) -> Flag {
    Flag {
        details: "By name or number. Names are looked up in the image's own `/etc/passwd` and `/etc/group`; a user without a \
group means the group of the same number. Not for Windows containers.",
        default: "0:0",
        ..flag("chown", Owner, "user[:group]", "Who owns the files", anchor)
    }
}

const fn chmod(anchor: &'static str) -> Flag {
    Flag {
        details: "Octal (`755`), or symbolic (`u=rwX,go=rX`) since Dockerfile 1.14. In the same layer, unlike a `RUN chmod`, which \
stores the files a second time.",
        default: "as they are in the source",
        since: stable("1.2"),
        ..flag("chmod", Permissions, "755", "The files' permission bits", anchor)
    }
}

const fn link(anchor: &'static str) -> Flag {
    Flag {
        details: "The layer depends on nothing below it: it stays cached when the base image changes, and a rebase moves no data. \
Symbolic links in the destination's path are not followed.",
        default: "false",
        since: stable("1.4"),
        ..flag("link", Switch, "", "Makes the files a layer of their own", anchor)
    }
}

const fn exclude(anchor: &'static str) -> Flag {
    Flag {
        details: "A pattern as in .dockerignore. What it matches does not count for the cache either.",
        repeats: true,
        since: stable("1.19"),
        ..flag("exclude", Pattern, "pattern", "Leaves out files of the sources", anchor)
    }
}
