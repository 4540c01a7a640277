//! The parser directives, and the values that people give them.

use super::{Choice, Directive, Since};

/// The directives, the most used first.
pub const DIRECTIVES: &[Directive] = &[
    Directive {
        name: "syntax",
        summary: "Which image reads this Dockerfile",
        details: "The builder fetches the named frontend and lets it read the file, so that new syntax works on an older \
builder. Without it the builder's own frontend reads the file.",
        values: &[
            Choice { value: "docker/dockerfile:1", summary: "The newest stable frontend" },
            Choice {
                value: "docker/dockerfile:1-labs",
                summary: "The newest frontend, with what is not stable yet",
            },
            Choice { value: "docker/dockerfile:1.20", summary: "Frontend 1.20, and its fixes" },
        ],
        since: None,
        anchor: "syntax",
    },
    Directive {
        name: "check",
        summary: "Which of BuildKit's checks are skipped, and whether the others fail the build",
        details: "`skip` takes names of checks with commas between them, or `all`; `error=true` makes each warning fail the \
build. The two are joined with a semicolon: `# check=skip=StageNameCasing;error=true`.",
        values: &[
            Choice { value: "error=true", summary: "A warning fails the build" },
            Choice { value: "skip=", summary: "Leaves out the checks that are named" },
            Choice { value: "skip=all", summary: "Leaves out all checks" },
        ],
        since: Some(Since { version: "1.8", labs: false }),
        anchor: "check",
    },
    Directive {
        name: "escape",
        summary: "The character that escapes, and that continues a line",
        details: "A backtick frees the backslash for Windows paths. It holds for the whole file and must stand at its top.",
        values: &[
            Choice { value: "`", summary: "For Windows paths" },
            Choice { value: "\\", summary: "As it is without the directive" },
        ],
        since: None,
        anchor: "escape",
    },
];
