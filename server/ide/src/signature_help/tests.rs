//! The signature at `$0`, the active part in «guillemets».

use expect_test::{Expect, expect};

use super::*;
use crate::catalogue::INSTRUCTIONS;
use crate::host::Host;
use crate::kind::DocumentKind;

fn help(text: &str, reason: Reason) -> Option<SignatureHelp> {
    let offset = u32::try_from(text.find("$0").expect("a cursor")).unwrap();
    let mut host = Host::new();
    let id = DocumentId::new("file:///Dockerfile");
    host.open(id.clone(), DocumentKind::Dockerfile, &text.replacen("$0", "", 1));
    host.snapshot().signature_help(&id, offset, reason)
}

fn shown(text: &str) -> String {
    let Some(help) = help(text, Reason::Invoked) else { return "nothing".to_owned() };
    let signature = &help.signatures[help.active];
    let active = &signature.parameters[signature.active_parameter];
    let mut label = signature.label.clone();
    label.insert(active.label.end, '»');
    label.insert(active.label.start, '«');
    format!("{label}  ({})", active.documentation)
}

fn check(texts: &[&str], expected: &Expect) {
    let lines: Vec<_> =
        texts.iter().map(|text| format!("{}\n    {}", text.escape_debug(), shown(text))).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn every_instruction_has_one_for_each_form() {
    for instruction in INSTRUCTIONS {
        let found = help(&format!("{} $0", instruction.keyword), Reason::Invoked).unwrap();
        assert_eq!(found.signatures.len(), instruction.forms.len());
        for (signature, form) in found.signatures.iter().zip(instruction.forms) {
            let parts = signature.parameters.iter().map(|part| &signature.label[part.label.clone()]);
            let flags = instruction.flags.iter().map(Flag::usage);
            let expected: Vec<_> =
                flags.chain(form.parameters.iter().map(|part| part.label.to_owned())).collect();
            assert_eq!(parts.collect::<Vec<_>>(), expected);
            assert!(
                signature.label.starts_with(instruction.keyword.as_str())
                    && signature.label.ends_with(form.text)
            );
        }
    }
}

#[test]
fn the_part_at_the_cursor_is_active() {
    check(
        &[
            "FROM $0",
            "FROM a $0",
            "FROM a AS b$0",
            "FROM --platform=$0 a",
            "COPY a$0",
            "COPY a $0",
            "COPY a$0 b",
            "COPY a b$0 c",
            "COPY a b c$0",
            "COPY --ch$0own=x a b",
            "COPY --$0 a b",
            "RUN $0",
            "RUN a b$0",
            "ENV A=1 B$0",
            "HEALTHCHECK $0",
            "HEALTHCHECK CMD $0",
            "HEALTHCHECK NONE$0",
            "EXPOSE 80 $0",
            "LABEL a=b $0",
            "ARG $0",
            "USER a$0",
            "ONBUILD $0",
            "ONBUILD COPY a $0",
            "STOPSIGNAL $0",
            "MAINTAINER a b$0",
        ],
        &expect![[r#"
            FROM $0
                FROM [--platform=os/arch[/variant]] «image»  (An image with its tag or digest, a stage above, or scratch.)
            FROM a $0
                FROM [--platform=os/arch[/variant]] image «AS» name  (Gives the stage a name.)
            FROM a AS b$0
                FROM [--platform=os/arch[/variant]] image AS «name»  (The stage's name, in lower case.)
            FROM --platform=$0 a
                FROM [«--platform=os/arch[/variant]»] image  (The platform of the base image. Default: the platform that is built for.)
            COPY a$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… «source…» destination  (A path or pattern, from the root of the build context or of what --from names.)
            COPY a $0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            COPY a$0 b
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… «source…» destination  (A path or pattern, from the root of the build context or of what --from names.)
            COPY a b$0 c
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… «source…» destination  (A path or pattern, from the root of the build context or of what --from names.)
            COPY a b c$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            COPY --ch$0own=x a b
                COPY [--from=stage|image|context] [«--chown=user[:group]»] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… destination  (Who owns the files. Default: 0:0.)
            COPY --$0 a b
                COPY [«--from=stage|image|context»] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… destination  (Where the files come from. Default: the build context.)
            RUN $0
                RUN [--mount=type=…,key=value]… [--network=default|none|host] [--security=sandbox|insecure] [--device=name[,required]]… «command»  (A command for the shell: `/bin/sh -c`, or what SHELL says.)
            RUN a b$0
                RUN [--mount=type=…,key=value]… [--network=default|none|host] [--security=sandbox|insecure] [--device=name[,required]]… «command»  (A command for the shell: `/bin/sh -c`, or what SHELL says.)
            ENV A=1 B$0
                ENV «name=value…»  (A name and its value; one with spaces goes in double quotes.)
            HEALTHCHECK $0
                HEALTHCHECK [--interval=duration] [--timeout=duration] [--start-period=duration] [--start-interval=duration] [--retries=number] «CMD» command  (A command follows.)
            HEALTHCHECK CMD $0
                HEALTHCHECK [--interval=duration] [--timeout=duration] [--start-period=duration] [--start-interval=duration] [--retries=number] CMD «command»  (A command for the shell: 0 is healthy, 1 is not.)
            HEALTHCHECK NONE$0
                HEALTHCHECK [--interval=duration] [--timeout=duration] [--start-period=duration] [--start-interval=duration] [--retries=number] «NONE»  (No check, even where the base image has one.)
            EXPOSE 80 $0
                EXPOSE «port[/protocol]…»  (A port or a range such as 8000-8010, with /tcp (the default), /udp or /sctp.)
            LABEL a=b $0
                LABEL «name=value…»  (A name and its value; one with spaces goes in double quotes.)
            ARG $0
                ARG «name[=default]…»  (A name, and the value that it has unless the caller sets it.)
            USER a$0
                USER «user[:group]»  (A name or a number; with a group, no other groups of the user count.)
            ONBUILD $0
                ONBUILD «instruction»  (The instruction that is run later.)
            ONBUILD COPY a $0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            STOPSIGNAL $0
                STOPSIGNAL «signal»  (A name such as SIGTERM, or a number.)
            MAINTAINER a b$0
                MAINTAINER «name»  (The author.)
        "#]],
    );
}

#[test]
fn lists_heredocs_and_other_lines() {
    check(
        &[
            "COPY [$0",
            "COPY [\"a\", $0",
            "COPY [\"a\", \"b\", $0\"c\"]",
            "CMD [\"a$0\"]",
            "CMD [\"a\", \"b\", \"c$0\"]",
            "CMD a$0",
            "HEALTHCHECK CMD [\"a\",$0",
            "SHELL [\"a\", $0",
            "COPY <<EOF $0\nx\nEOF",
            "RUN <<EOF$0\nx\nEOF",
            "COPY a \\\n  # why\n  b$0",
            "COPY \\\r\n  😀$0 \\\r\n  b\r\n",
            "COPY a \\\n$0",
            "# escape=`\nCOPY a `\n  b$0",
        ],
        &expect![[r#"
            COPY [$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… [«"source", …», "destination"]  (A path or pattern; spaces are allowed.)
            COPY [\"a\", $0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… ["source", …, «"destination"»]  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            COPY [\"a\", \"b\", $0\"c\"]
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… ["source", …, «"destination"»]  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            CMD [\"a$0\"]
                CMD [«"program"», "argument", …]  (The program, or the entry point's first argument.)
            CMD [\"a\", \"b\", \"c$0\"]
                CMD ["program", «"argument", …»]  (Its arguments.)
            CMD a$0
                CMD «command»  (A command for the shell, which then is the container's first process.)
            HEALTHCHECK CMD [\"a\",$0
                HEALTHCHECK [--interval=duration] [--timeout=duration] [--start-period=duration] [--start-interval=duration] [--retries=number] CMD ["program", «"argument", …»]  (Its arguments.)
            SHELL [\"a\", $0
                SHELL ["program", «"argument", …»]  (Its arguments; the command is added as the last one, so end with `-c`.)
            COPY <<EOF $0\nx\nEOF
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… <<EOF «destination»  (The file's path in the image, or a folder that ends with `/`.)
            RUN <<EOF$0\nx\nEOF
                RUN [--mount=type=…,key=value]… [--network=default|none|host] [--security=sandbox|insecure] [--device=name[,required]]… «<<EOF»  (The lines below, up to EOF, are a script for the shell.)
            COPY a \\\n  # why\n  b$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            COPY \\\r\n  😀$0 \\\r\n  b\r\n
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… «source…» destination  (A path or pattern, from the root of the build context or of what --from names.)
            COPY a \\\n$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
            # escape=`\nCOPY a `\n  b$0
                COPY [--from=stage|image|context] [--chown=user[:group]] [--chmod=755] [--link] [--parents] [--exclude=pattern]… source… «destination»  (A path in the image, against WORKDIR; with a `/` at its end a folder.)
        "#]],
    );
}

#[test]
fn mounts() {
    check(
        &[
            "RUN --mount=$0",
            "RUN --mount=type=$0",
            "RUN --mount=type=cache,$0",
            "RUN --mount=type=cache,target=/x,$0 y",
            "RUN --mount=type=cache,sha$0ring=x,target=/y z",
            "RUN --mount=dst=/x$0,type=secret y",
            "RUN --mount=type=secret,id=a,env=$0",
            "RUN --mount=from=$0",
            "RUN --mount=type=ssh,\\\nid=$0 x",
        ],
        &expect![[r#"
            RUN --mount=$0
                --mount=«type=cache|bind|secret|ssh|tmpfs»[,target=path][,source=path][,from=stage|image|context][,rw][,readonly]  (What is mounted; without it, files of the build context or of a stage.)
            RUN --mount=type=$0
                --mount=«type=cache|bind|secret|ssh|tmpfs»[,target=path][,source=path][,from=stage|image|context][,rw][,readonly]  (What is mounted; without it, files of the build context or of a stage.)
            RUN --mount=type=cache,$0
                --mount=type=cache[,«target=path»][,id=id][,sharing=shared|locked|private][,from=stage|image|context][,source=path][,mode=0755][,uid=number][,gid=number][,readonly]  (Where the folder is seen.)
            RUN --mount=type=cache,target=/x,$0 y
                --mount=type=cache[,target=path][,«id=id»][,sharing=shared|locked|private][,from=stage|image|context][,source=path][,mode=0755][,uid=number][,gid=number][,readonly]  (Names the cache: mounts with the same id share it. Default: the target.)
            RUN --mount=type=cache,sha$0ring=x,target=/y z
                --mount=type=cache[,target=path][,id=id][,«sharing=shared|locked|private»][,from=stage|image|context][,source=path][,mode=0755][,uid=number][,gid=number][,readonly]  (What happens when several builds use it at the same time. Default: shared.)
            RUN --mount=dst=/x$0,type=secret y
                --mount=type=secret[,id=id][,«target=path»][,env=NAME][,required][,mode=0755][,uid=number][,gid=number]  (The file that holds it. Default: /run/secrets/ and the id.)
            RUN --mount=type=secret,id=a,env=$0
                --mount=type=secret[,id=id][,target=path][,«env=NAME»][,required][,mode=0755][,uid=number][,gid=number]  (The environment variable that holds it, instead of a file.)
            RUN --mount=from=$0
                --mount=type=cache|bind|secret|ssh|tmpfs[,target=path][,source=path][,«from=stage|image|context»][,rw][,readonly]  (The stage, image or named context that the files come from. Default: the build context.)
            RUN --mount=type=ssh,\\\nid=$0 x
                --mount=type=ssh[,«id=id»][,target=path][,required][,mode=0755][,uid=number][,gid=number]  (Names the agent as --ssh does. Default: default.)
        "#]],
    );
}

#[test]
fn where_there_is_none() {
    for text in [
        "$0",
        "RU$0N a",
        "RUN$0",
        "# a $0",
        "RUN a \\\n # $0\n b",
        "RUN <<EOF\na $0\nEOF",
        "FOO $0",
        "CMD [\"a\"] $0",
        "RUN a \\$0\n b",
        "COPY --nothing=$0 a",
        "# syntax=example.com/other:1\nFROM $0",
    ] {
        assert_eq!(shown(text), "nothing", "{text}");
    }
}

#[test]
fn typing_a_command_shows_nothing_behind_its_first_word() {
    let typed = |text| help(text, Reason::Typed).is_some();
    assert!(
        typed("RUN $0") && typed("RUN --mount=$0") && typed("CMD [\"a\", $0") && typed("HEALTHCHECK CMD $0")
    );
    assert!(!typed("RUN apt-get $0") && !typed("CMD a $0") && !typed("HEALTHCHECK CMD a $0"));
    assert!(typed("COPY a $0"));
}
