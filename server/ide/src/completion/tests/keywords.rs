//! Instructions.

use expect_test::expect;

use super::fixture::{Around, check, check_nothing, labels};

#[test]
fn an_empty_file_begins_with_a_directive_an_arg_or_a_from() {
    check(
        "$0",
        &expect![[r#"
        [|]
        FROM -> FROM ${1:image}  (Begins a stage, on a base image or on another stage)
        ARG -> ARG ${1:NAME}  (Defines a variable that the caller of a build may set)
        # syntax=docker/dockerfile:1  (Which image reads this Dockerfile)
        # check=error=true  (Which of BuildKit's checks are skipped, and whether the others fail the build)
        # escape=`  (The character that escapes, and that continues a line)
    "#]],
    );
    assert_eq!(
        labels("# syntax=docker/dockerfile:1\n$0", &Around::default()),
        "FROM ARG # check=error=true # escape=`"
    );
    assert_eq!(labels("# A comment ends the directives.\n$0", &Around::default()), "FROM ARG");
    assert_eq!(labels("ARG A=1\n$0\n", &Around::default()), "FROM ARG");
}

#[test]
fn a_stage_holds_every_instruction() {
    check(
        "FROM scratch\n$0\n",
        &expect![[r#"
        [|]
        FROM -> FROM ${1:image}  (Begins a stage, on a base image or on another stage)
        RUN -> RUN ${1:command}  (Runs a command and keeps the files that it changes as a layer)
        COPY -> COPY ${1:source} ${2:destination}  (Copies files of the build context, a stage or an image)
        WORKDIR -> WORKDIR ${1:/app}  (Sets the folder that the instructions below, and containers, work in)
        ENV -> ENV ${1:NAME}=${2:value}  (Sets environment variables, for the instructions below and for containers)
        ARG -> ARG ${1:NAME}  (Defines a variable that the caller of a build may set)
        CMD -> CMD ["${1:program}"]  (Says what a container runs when nothing else is asked for)
        ENTRYPOINT -> ENTRYPOINT ["${1:program}"]  (Says which program a container is)
        EXPOSE -> EXPOSE ${1:8080}  (Says which ports a container listens on)
        USER -> USER ${1:user}  (Sets the user that the instructions below, and containers, run as)
        ADD -> ADD ${1:source} ${2:destination}  (Adds files that come from elsewhere: a URL, a git repository, an archive)
        LABEL -> LABEL ${1:name}="${2:value}"  (Adds facts about the image: who made it, of what, under which licence)
        HEALTHCHECK -> HEALTHCHECK CMD ${1:command}  (Says how to find out whether a container works)
        VOLUME -> VOLUME ["${1:/data}"]  (Says which folders keep their data outside of the container)
        SHELL -> SHELL ["${1:/bin/bash}", "${2:-c}"]  (Says which shell runs the commands that are no lists)
        STOPSIGNAL -> STOPSIGNAL ${1:SIGTERM}  (Says which signal asks a container to stop)
        ONBUILD -> ONBUILD RUN ${1:command}  (Keeps an instruction for images that are built on this one)
        MAINTAINER -> MAINTAINER ${1:name}  (Names the author; outdated, LABEL does it now)
    "#]],
    );
}

#[test]
fn a_trigger_is_any_instruction_but_three() {
    let found = labels("FROM scratch\nONBUILD $0", &Around::default());
    assert_eq!(
        found,
        "RUN COPY WORKDIR ENV ARG CMD ENTRYPOINT EXPOSE USER ADD LABEL HEALTHCHECK VOLUME SHELL STOPSIGNAL"
    );
    assert_eq!(labels("FROM scratch\nONBUILD CO$0PY a b", &Around::default()), found);
}

#[test]
fn the_case_is_the_files() {
    let first = |text| labels(text, &Around::default()).split(' ').next().unwrap().to_owned();
    assert_eq!(first("from scratch\nr$0"), "from");
    assert_eq!(first("FROM scratch\nr$0"), "FROM");
    assert_eq!(first("f$0"), "FROM");
    assert_eq!(first("FROM scratch\nrun true\nr$0"), "from");
    assert_eq!(first("FROM scratch\nrun true\nR$0"), "FROM");
}

#[test]
fn with_arguments_behind_it_the_keyword_alone_is_written() {
    check(
        "FROM scratch\nCO$0 a b\n",
        &expect![[r#"
        [CO|]
        FROM  (Begins a stage, on a base image or on another stage)
        RUN  (Runs a command and keeps the files that it changes as a layer)
        COPY  (Copies files of the build context, a stage or an image)
        WORKDIR  (Sets the folder that the instructions below, and containers, work in)
        ENV  (Sets environment variables, for the instructions below and for containers)
        ARG  (Defines a variable that the caller of a build may set)
        CMD  (Says what a container runs when nothing else is asked for)
        ENTRYPOINT  (Says which program a container is)
        EXPOSE  (Says which ports a container listens on)
        USER  (Sets the user that the instructions below, and containers, run as)
        ADD  (Adds files that come from elsewhere: a URL, a git repository, an archive)
        LABEL  (Adds facts about the image: who made it, of what, under which licence)
        HEALTHCHECK  (Says how to find out whether a container works)
        VOLUME  (Says which folders keep their data outside of the container)
        SHELL  (Says which shell runs the commands that are no lists)
        STOPSIGNAL  (Says which signal asks a container to stop)
        ONBUILD  (Keeps an instruction for images that are built on this one)
        MAINTAINER  (Names the author; outdated, LABEL does it now)
    "#]],
    );
    check(
        "FROM scratch\nCO$0PY \\\n  a b\n",
        &expect![[r#"
        [CO|PY]
        FROM  (Begins a stage, on a base image or on another stage)
        RUN  (Runs a command and keeps the files that it changes as a layer)
        COPY  (Copies files of the build context, a stage or an image)
        WORKDIR  (Sets the folder that the instructions below, and containers, work in)
        ENV  (Sets environment variables, for the instructions below and for containers)
        ARG  (Defines a variable that the caller of a build may set)
        CMD  (Says what a container runs when nothing else is asked for)
        ENTRYPOINT  (Says which program a container is)
        EXPOSE  (Says which ports a container listens on)
        USER  (Sets the user that the instructions below, and containers, run as)
        ADD  (Adds files that come from elsewhere: a URL, a git repository, an archive)
        LABEL  (Adds facts about the image: who made it, of what, under which licence)
        HEALTHCHECK  (Says how to find out whether a container works)
        VOLUME  (Says which folders keep their data outside of the container)
        SHELL  (Says which shell runs the commands that are no lists)
        STOPSIGNAL  (Says which signal asks a container to stop)
        ONBUILD  (Keeps an instruction for images that are built on this one)
        MAINTAINER  (Names the author; outdated, LABEL does it now)
    "#]],
    );
}

#[test]
fn of_another_language_nothing_is_known() {
    check_nothing("# syntax=example.com/other:1\nFROM scratch\n$0");
    check_nothing("# syntax=example.com/other:1\nFROM scratch\nCOPY --$0");
    assert_ne!(labels("# syntax=exam$0ple.com/other:1\nFROM scratch\n", &Around::default()), "");
}

#[test]
fn no_instruction_begins_inside_another_thing() {
    for text in [
        "FROM scratch\nRUN a \\\n$0\n",
        "FROM scratch\nRUN a \\\n$0",
        "FROM scratch\nRUN <<EOF\n$0\nEOF\n",
        "FROM scratch\nRUN <<EOF\nR$0\nEOF\n",
        "FROM scratch\nRUN <<EOF\n$0",
        "FROM scratch\nRUN <<EOF\nE$0OF\n",
        "FROM scratch\nRUN a \\$0\nb",
        "FROM scratch\n# $0\n",
        "FROM scratch\nRUN a \\\n  # R$0\n  b",
        "FROM scratch\n $0 RUN a",
        "FROM scratch\nRUN ru$0",
        "FROM scratch\nCMD [\"$0\"]",
    ] {
        check_nothing(text);
    }
}
