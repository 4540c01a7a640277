//! Directives, and comments that ignore findings.

use expect_test::expect;

use super::fixture::{Around, check, check_nothing, labels};

fn found(text: &str) -> String {
    labels(text, &Around::default())
}

#[test]
fn directives_stand_at_the_top() {
    check(
        "# $0\nFROM a\n",
        &expect![[r#"
        [|]
        syntax -> syntax=${1:docker/dockerfile:1}  (Which image reads this Dockerfile)
        check -> check=${1:error=true}  (Which of BuildKit's checks are skipped, and whether the others fail the build)
        escape -> escape=${1:`}  (The character that escapes, and that continues a line)
    "#]],
    );
    check(
        "#s$0yntax=x\nFROM a\n",
        &expect![[r#"
        [s|yntax]
        syntax  (Which image reads this Dockerfile)
        check  (Which of BuildKit's checks are skipped, and whether the others fail the build)
        escape  (The character that escapes, and that continues a line)
    "#]],
    );
    assert_eq!(found("# escape=`\r\n# $0\r\nFROM a"), "syntax check");
    assert_eq!(found("\u{feff}# s$0\nFROM a"), "syntax check escape");
    check_nothing("# a comment\n# $0\nFROM a");
    check_nothing("\n# $0\nFROM a");
    check_nothing("FROM a\n# $0\n");
}

#[test]
fn directives_have_values() {
    check(
        "# syntax=docker/$0dockerfile:1.4\nFROM a\n",
        &expect![[r#"
        [docker/|dockerfile:1.4]
        docker/dockerfile:1  (The newest stable frontend)
        docker/dockerfile:1-labs  (The newest frontend, with what is not stable yet)
        docker/dockerfile:1.20  (Frontend 1.20, and its fixes)
    "#]],
    );
    assert_eq!(found("# escape = $0"), "` \\");
    assert_eq!(found("# check=$0"), "skip= error=true");
    assert_eq!(found("# check=skip=all;$0"), "error=true");
    assert_eq!(found("# check=error=$0"), "true false");
    check(
        "# check=skip=StageNameCasing,Undef$0\nFROM a\n",
        &expect![[r#"
        [Undef|]
        ConsistentInstructionCasing  (Instructions are in one case throughout)
        CopyIgnoredFile  (Nothing is copied that .dockerignore leaves out)
        DuplicateStageName  (Each stage has a name of its own)
        ExposeInvalidFormat  (EXPOSE names no address and maps no port)
        ExposeProtoCasing  (The protocol in EXPOSE is in lower case)
        FromAsCasing  (FROM and its AS are in the same case)
        FromPlatformFlagConstDisallowed  (FROM --platform is not tied to one platform)
        InvalidBaseImagePlatform  (The base image is of the platform that is built for)
        InvalidDefaultArgInFrom  (The default of an ARG that FROM uses makes a valid image name)
        InvalidDefinitionDescription  (A comment right above a stage or an ARG begins with its name)
        JSONArgsRecommended  (CMD and ENTRYPOINT are JSON lists, so that signals arrive)
        LegacyKeyValueFormat  (ENV and LABEL are written with =)
        MaintainerDeprecated  (MAINTAINER is a label instead)
        MultipleInstructionsDisallowed  (A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK)
        NoEmptyContinuation  (No line that goes on is empty)
        RedundantTargetPlatform  (FROM --platform does not repeat the platform that is built for anyway)
        ReservedStageName  (No stage is called scratch or context)
        SecretsUsedInArgOrEnv  (No ARG and no ENV holds a secret)
        UndefinedArgInFrom  (FROM uses only arguments that are defined above it)
        UndefinedVar  (Variables are defined before they are used)
        WorkdirRelativePath  (The first WORKDIR of a stage is absolute)
    "#]],
    );
}

#[test]
fn codes_are_offered_where_findings_are_ignored_and_nowhere_else_in_comments() {
    let all = found("FROM a\n# layerwise ignore=$0\nRUN x");
    assert_eq!(all.split(' ').count(), rules::REGISTRY.len());
    assert_eq!(found("FROM a\n# layerwise global ignore=$0").len(), all.len());
    assert!(!found("FROM a\n# layerwise ignore=undefined-variable, $0").contains("undefined-variable"));
    let peer = found("FROM a\n# hadolint ignore=DL3$0\nRUN x");
    assert!(peer.split(' ').all(|code| code.starts_with("DL") || code.starts_with("SC")), "{peer}");
    assert!(peer.contains("DL3020"), "{peer}");
    for text in [
        "# layerwise $0",
        "# ignore=$0",
        "# layerwise ignore=a reason: $0",
        "# layerwise ignore=a $0",
        "# hadolint shell=$0",
    ] {
        check_nothing(&format!("FROM a\n{text}\nRUN x"));
    }
    check_nothing("FROM a\nRUN x \\\n  # layerwise ignore=$0\n  y");
}
