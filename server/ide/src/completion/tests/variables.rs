//! Variables behind `$`.

use expect_test::expect;
use semantic::facts::ImageFacts;

use super::fixture::{Around, check, check_nothing, check_with, labels};

fn found(text: &str) -> String {
    labels(text, &Around::default())
}

#[test]
fn what_is_in_scope_comes_with_its_value() {
    check(
        "ARG NODE=22\nFROM node:$NODE AS a\nARG TARGETARCH\nARG NODE\nARG GIVEN\nENV DIR=/app NAME=\"nöde 😀\"\nWORKDIR $$0\nENV LATER=1\n",
        &expect![[r#"
            [|]
            NAME  (ENV = nöde 😀)
            DIR  (ENV = /app)
            GIVEN  (ARG, set by the caller)
            NODE  (ARG = 22)
            TARGETARCH  (ARG, such as amd64)
        "#]],
    );
    check(
        "FROM a\nENV DIR=/app\nWORKDIR /x/${D$0IR}/b\n",
        &expect![[r#"
        [D|IR]
        DIR  (ENV = /app)
    "#]],
    );
    check(
        "FROM a\nENV DIR=/app\nWORKDIR /x/${D$0\n",
        &expect![[r#"
        [D|]
        DIR -> DIR}  (ENV = /app)
    "#]],
    );
}

#[test]
fn a_secret_s_value_is_never_shown() {
    check(
        "FROM a\nARG NPM_TOKEN=npm_abcdef0123456789\nENV URL=https://me:hunter2@example.com/\nENV SAFE=1\nWORKDIR $$0\n",
        &expect![[r#"
            [|]
            SAFE  (ENV = 1)
            URL  (ENV, value not shown)
            NPM_TOKEN  (ARG, value not shown)
        "#]],
    );
}

#[test]
fn from_sees_global_arguments_and_the_platforms() {
    check(
        "ARG TAG=1\nFROM --platform=$B$0 a\n",
        &expect![[r#"
        [B|]
        TAG  (ARG = 1)
        TARGETPLATFORM  (The platform that the image is for, such as linux/amd64)
        TARGETOS  (The operating system that the image is for, such as linux)
        TARGETARCH  (The processor architecture that the image is for, such as amd64)
        TARGETVARIANT  (The variant of the architecture that the image is for, such as v7)
        TARGETOSVERSION  (The version of the operating system that the image is for, such as 10.0.20348.2113)
        TARGETSTAGE  (The stage that is built, as --target names it, such as default)
        BUILDPLATFORM  (The platform that the build runs on, such as linux/amd64)
        BUILDOS  (The operating system that the build runs on, such as linux)
        BUILDARCH  (The processor architecture that the build runs on, such as amd64)
        BUILDVARIANT  (The variant of the architecture that the build runs on, such as v8)
        BUILDOSVERSION  (The version of the operating system that the build runs on, such as 10.0.20348.2113)
    "#]],
    );
    assert!(found("ARG TAG=1\nFROM a:$$0\nARG INNER=2\n").starts_with("TAG TARGETPLATFORM "));
    assert!(found("ARG A=1\nARG B=${$0}\nARG C=2\nFROM x").starts_with("A TARGETPLATFORM "));
}

#[test]
fn a_stage_sees_what_it_builds_on_and_its_image() {
    let image =
        ImageFacts { environment: [("PATH".to_owned(), "/bin".to_owned())].into(), ..ImageFacts::default() };
    let around = Around::default().image("node:22", image);
    check_with(
        &around,
        "FROM node:22 AS a\nENV A=1\nFROM a\nENV B=2\nFROM a AS c\nRUN echo $$0\n",
        &expect![[r#"
            [|]
            A  (ENV = 1)
            PATH  (ENV of node:22 = /bin)
        "#]],
    );
}

#[test]
fn a_container_has_no_arguments_any_more() {
    for text in ["CMD echo $$0", "ENTRYPOINT exec $$0", "HEALTHCHECK CMD curl $$0"] {
        assert_eq!(found(&format!("FROM a\nARG A=1\nENV B=2\n{text}\n")), "B", "{text}");
    }
}

#[test]
fn commands_and_heredocs_have_variables() {
    assert_eq!(found("FROM a\nARG A=1\nRUN echo \"$$0\" && x"), "A");
    assert_eq!(found("FROM a\nARG A=1\nRUN a && \\\n  # it's\n  echo $$0"), "A");
    assert_eq!(found("FROM a\nARG A=1\nRUN <<EOF\necho it's ${$0\nEOF\n"), "A");
    assert_eq!(found("FROM a\nARG A=1\nCOPY <<-EOF /x\n\t$$0\nEOF\n"), "A");
    assert_eq!(found("FROM a\nARG A=1\nRUN [ -z $$0 ]"), "A");
    assert_eq!(found("FROM a\r\nARG A=1\r\nRUN x \\\r\n  😀 $$0\r\n"), "A");
    assert_eq!(found("# escape=`\nFROM a\nARG A=1\nRUN x `\n  \\$$0"), "A");
    assert_eq!(found("FROM a\nRUN --mount=type=secret,id=x,env=TOKEN echo $$0"), "TOKEN");
    assert_eq!(found("FROM a\nARG A=1\nONBUILD RUN echo $$0"), "A");
    assert_eq!(found("FROM a\nARG A=1\nCOPY [\"x\", \"$$0\"]"), "A");
}

#[test]
fn where_nothing_is_expanded_nothing_is_offered() {
    for text in [
        "RUN <<'EOF'\n$$0\nEOF\n",
        "RUN awk '{print $$0}'",
        "RUN [\"echo\", \"$$0\"]",
        "CMD [\"$$0\"]",
        "WORKDIR '$$0'",
        "WORKDIR \\$$0",
        "RUN a # b\\\\\\$$0",
        "COPY --from=$$0 a b",
        "HEALTHCHECK --interval=$$0 CMD a",
        "MAINTAINER $$0",
        "SHELL [\"$$0\"]",
        "# $$0\nRUN a",
        "RUN a \\\n # $$0\n b",
        "FOO $$0",
    ] {
        check_nothing(&format!("FROM a\nARG A=1\nENV B=2\n{text}"));
    }
}

#[test]
fn an_arg_declares_what_comes_from_outside() {
    check(
        "ARG VERSION=1\nARG DONE=2\nFROM a\nARG DONE\nARG TARGETARCH\nARG V$0\n",
        &expect![[r#"
            [V|]
            VERSION  (ARG = 1)
            TARGETPLATFORM  (The platform that the image is for)
            TARGETOS  (The operating system that the image is for)
            TARGETVARIANT  (The variant of the architecture that the image is for)
            TARGETOSVERSION  (The version of the operating system that the image is for)
            TARGETSTAGE  (The stage that is built, as --target names it)
            BUILDPLATFORM  (The platform that the build runs on)
            BUILDOS  (The operating system that the build runs on)
            BUILDARCH  (The processor architecture that the build runs on)
            BUILDVARIANT  (The variant of the architecture that the build runs on)
            BUILDOSVERSION  (The version of the operating system that the build runs on)
            HTTP_PROXY  (The proxy for http, in every RUN and in no cache key)
            HTTPS_PROXY  (The proxy for https, in every RUN and in no cache key)
            FTP_PROXY  (The proxy for ftp, in every RUN and in no cache key)
            NO_PROXY  (Hosts that are reached without a proxy, with commas between them)
            ALL_PROXY  (The proxy for all else, in every RUN and in no cache key)
            SOURCE_DATE_EPOCH  (The time that the image and its layers say they were made at, in seconds since 1970)
            BUILDKIT_SYNTAX  (The frontend that reads the file, instead of what # syntax= says)
            BUILDKIT_INLINE_CACHE  (Whether the image carries the data for others to take their cache from it)
            BUILDKIT_DOCKERFILE_CHECK  (How the builder's checks are run, instead of what # check= says)
            BUILDKIT_CONTEXT_KEEP_GIT_DIR  (Whether .git is kept where the build context is a git repository)
            BUILDKIT_CACHE_MOUNT_NS  (A namespace for the ids of cache mounts)
            BUILDKIT_MULTI_PLATFORM  (Whether the result is laid out for several platforms, even where it has one)
            BUILDKIT_SANDBOX_HOSTNAME  (The host name that RUN sees)
            BUILDKIT_BUILD_NAME  (The build's name in buildx history)
            BUILDKIT_SBOM_SCAN_CONTEXT  (Whether the build context is scanned for the bill of materials)
            BUILDKIT_SBOM_SCAN_STAGE  (Whether a stage is scanned for the bill of materials)
        "#]],
    );
    assert_eq!(found("ARG $0\nFROM a").split(' ').next(), Some("SOURCE_DATE_EPOCH"));
    check_nothing("FROM a\nARG A=$0");
}

#[test]
fn an_env_sets_what_is_there_anew() {
    check(
        "ARG V=1\nFROM a\nARG V\nENV DIR=/app\nENV X=1 $0\n",
        &expect![[r#"
        [|]
        DIR -> DIR=  (ENV = /app)
        V -> V=  (ARG = 1)
    "#]],
    );
    assert_eq!(found("FROM a\nARG V=1\nENV A=\"x $0\""), "");
    assert_eq!(found("FROM a\nARG V=1\nENV A $0"), "");
    assert_eq!(found("FROM a\nARG V=1\nENV V$0=2"), "V");
}
