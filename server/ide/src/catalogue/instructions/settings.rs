//! Instructions that name, set and describe: FROM, ARG, ENV, LABEL, EXPOSE, USER, STOPSIGNAL, ONBUILD, MAINTAINER.

use syntax::Keyword;

use super::super::{Instruction, flags};
use super::{form, many, one};

pub(super) const FROM: Instruction = Instruction {
    keyword: Keyword::From,
    summary: "Begins a stage, on a base image or on another stage",
    details: "The last stage is the image that is built when no target is named. `AS` names a stage, so that others can copy from it \
or build on it. `scratch` is the empty image. Only an `ARG` may stand above the first one.",
    forms: &[
        form("image", &[one("image", "An image with its tag or digest, a stage above, or scratch")]),
        form(
            "image AS name",
            &[
                one("image", "An image with its tag or digest, a stage above, or scratch"),
                one("AS", "Gives the stage a name"),
                one("name", "The stage's name, in lower case"),
            ],
        ),
    ],
    flags: flags::FROM,
    anchor: "from",
};

pub(super) const ARG: Instruction = Instruction {
    keyword: Keyword::Arg,
    summary: "Defines a variable that the caller of a build may set",
    details: "The caller sets it with `--build-arg`. It holds from its line to the end of the stage, and in stages built on that one; \
above the first `FROM` it holds for `FROM` lines. It is in the image's history: no place for secrets.",
    forms: &[form(
        "name[=default]…",
        &[many("name[=default]…", "A name, and the value that it has unless the caller sets it")],
    )],
    flags: &[],
    anchor: "arg",
};

pub(super) const ENV: Instruction = Instruction {
    keyword: Keyword::Env,
    summary: "Sets environment variables, for the instructions below and for containers",
    details: "They stay in the image, and in stages built on this one. A value that only the build needs is better an `ARG`, or part \
of one `RUN`.",
    forms: &[form(
        "name=value…",
        &[many("name=value…", "A name and its value; one with spaces goes in double quotes")],
    )],
    flags: &[],
    anchor: "env",
};

pub(super) const LABEL: Instruction = Instruction {
    keyword: Keyword::Label,
    summary: "Adds facts about the image: who made it, of what, under which licence",
    details: "Names begin with a domain of yours; `org.opencontainers.image.*` has agreed meanings. `docker inspect` shows them.",
    forms: &[form(
        "name=value…",
        &[many("name=value…", "A name and its value; one with spaces goes in double quotes")],
    )],
    flags: &[],
    anchor: "label",
};

pub(super) const EXPOSE: Instruction = Instruction {
    keyword: Keyword::Expose,
    summary: "Says which ports a container listens on",
    details: "It publishes nothing: `docker run -p` does, and `-P` publishes all that are named here.",
    forms: &[form(
        "port[/protocol]…",
        &[many(
            "port[/protocol]…",
            "A port or a range such as 8000-8010, with /tcp (the default), /udp or /sctp",
        )],
    )],
    flags: &[],
    anchor: "expose",
};

pub(super) const USER: Instruction = Instruction {
    keyword: Keyword::User,
    summary: "Sets the user that the instructions below, and containers, run as",
    details: "It holds for `RUN`, `CMD` and `ENTRYPOINT`; `COPY` and `ADD` still make root's files unless `--chown` says otherwise. The \
user must exist in the image, unless it is a number.",
    forms: &[form(
        "user[:group]",
        &[one("user[:group]", "A name or a number; with a group, no other groups of the user count")],
    )],
    flags: &[],
    anchor: "user",
};

pub(super) const STOPSIGNAL: Instruction = Instruction {
    keyword: Keyword::Stopsignal,
    summary: "Says which signal asks a container to stop",
    details: "Without it, it is SIGTERM. After ten seconds, unless `docker stop` is told otherwise, SIGKILL follows.",
    forms: &[form("signal", &[one("signal", "A name such as SIGTERM, or a number")])],
    flags: &[],
    anchor: "stopsignal",
};

pub(super) const ONBUILD: Instruction = Instruction {
    keyword: Keyword::Onbuild,
    summary: "Keeps an instruction for images that are built on this one",
    details: "It runs right behind their `FROM`, and not for images built on those. It cannot hold `FROM`, `MAINTAINER` or another \
`ONBUILD`.",
    forms: &[form("instruction", &[one("instruction", "The instruction that is run later")])],
    flags: &[],
    anchor: "onbuild",
};

pub(super) const MAINTAINER: Instruction = Instruction {
    keyword: Keyword::Maintainer,
    summary: "Names the author; outdated, LABEL does it now",
    details: "Write `LABEL org.opencontainers.image.authors=\"…\"` instead.",
    forms: &[form("name", &[one("name", "The author")])],
    flags: &[],
    anchor: "maintainer-deprecated",
};
