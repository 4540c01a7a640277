//! The checks that BuildKit runs by itself, for `# check=skip=…`.

use super::Check;

/// The checks, by name.
pub const CHECKS: &[Check] = &[
    check(
        "ConsistentInstructionCasing",
        "Instructions are in one case throughout",
        "consistent-instruction-casing/",
    ),
    check("CopyIgnoredFile", "Nothing is copied that .dockerignore leaves out", "copy-ignored-file/"),
    check("DuplicateStageName", "Each stage has a name of its own", "duplicate-stage-name/"),
    check("ExposeInvalidFormat", "EXPOSE names no address and maps no port", "expose-invalid-format/"),
    check("ExposeProtoCasing", "The protocol in EXPOSE is in lower case", "expose-proto-casing/"),
    check("FromAsCasing", "FROM and its AS are in the same case", "from-as-casing/"),
    check(
        "FromPlatformFlagConstDisallowed",
        "FROM --platform is not tied to one platform",
        "from-platform-flag-const-disallowed/",
    ),
    check("InvalidBaseImagePlatform", "The base image is of the platform that is built for", ""),
    check(
        "InvalidDefaultArgInFrom",
        "The default of an ARG that FROM uses makes a valid image name",
        "invalid-default-arg-in-from/",
    ),
    Check {
        name: "InvalidDefinitionDescription",
        summary: "A comment right above a stage or an ARG begins with its name",
        experimental: true,
        page: "invalid-definition-description/",
    },
    check(
        "JSONArgsRecommended",
        "CMD and ENTRYPOINT are JSON lists, so that signals arrive",
        "json-args-recommended/",
    ),
    check("LegacyKeyValueFormat", "ENV and LABEL are written with =", "legacy-key-value-format/"),
    check("MaintainerDeprecated", "MAINTAINER is a label instead", "maintainer-deprecated/"),
    check(
        "MultipleInstructionsDisallowed",
        "A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK",
        "multiple-instructions-disallowed/",
    ),
    check("NoEmptyContinuation", "No line that goes on is empty", "no-empty-continuation/"),
    check(
        "RedundantTargetPlatform",
        "FROM --platform does not repeat the platform that is built for anyway",
        "redundant-target-platform/",
    ),
    check("ReservedStageName", "No stage is called scratch or context", "reserved-stage-name/"),
    check("SecretsUsedInArgOrEnv", "No ARG and no ENV holds a secret", "secrets-used-in-arg-or-env/"),
    check("StageNameCasing", "Names of stages are in lower case", "stage-name-casing/"),
    check(
        "UndefinedArgInFrom",
        "FROM uses only arguments that are defined above it",
        "undefined-arg-in-from/",
    ),
    check("UndefinedVar", "Variables are defined before they are used", "undefined-var/"),
    check("WorkdirRelativePath", "The first WORKDIR of a stage is absolute", "workdir-relative-path/"),
];

const fn check(name: &'static str, summary: &'static str, page: &'static str) -> Check {
    Check { name, summary, experimental: false, page }
}
