//! Instructions about files and folders: COPY, ADD, WORKDIR, VOLUME.

use syntax::Keyword;

use super::super::{Instruction, flags};
use super::{form, heredoc, list, many, one};

pub(super) const COPY: Instruction = Instruction {
    keyword: Keyword::Copy,
    summary: "Copies files of the build context, a stage or an image",
    details: "Of a folder its contents are copied, not the folder itself. With several sources, or a pattern, the destination must \
end with `/`.",
    forms: &[
        form(
            "source… destination",
            &[
                many(
                    "source…",
                    "A path or pattern, from the root of the build context or of what --from names",
                ),
                one("destination", "A path in the image, against WORKDIR; with a `/` at its end a folder"),
            ],
        ),
        list(
            r#"["source", …, "destination"]"#,
            &[
                many("\"source\", …", "A path or pattern; spaces are allowed"),
                one(
                    "\"destination\"",
                    "A path in the image, against WORKDIR; with a `/` at its end a folder",
                ),
            ],
        ),
        heredoc(
            "<<EOF destination",
            &[
                many("<<EOF", "The lines below, up to EOF, are the file"),
                one("destination", "The file's path in the image, or a folder that ends with `/`"),
            ],
        ),
    ],
    flags: flags::COPY,
    anchor: "copy",
};

pub(super) const ADD: Instruction = Instruction {
    keyword: Keyword::Add,
    summary: "Adds files that come from elsewhere: a URL, a git repository, an archive",
    details: "A local tar archive is unpacked, a URL is downloaded, a git repository is checked out. For plain files of the build \
context `COPY` says the same without these surprises.",
    forms: &[
        form(
            "source… destination",
            &[
                many("source…", "A URL, a git repository, or a path or pattern in the build context"),
                one("destination", "A path in the image, against WORKDIR; with a `/` at its end a folder"),
            ],
        ),
        list(
            r#"["source", …, "destination"]"#,
            &[
                many("\"source\", …", "A URL, a git repository, or a path or pattern; spaces are allowed"),
                one(
                    "\"destination\"",
                    "A path in the image, against WORKDIR; with a `/` at its end a folder",
                ),
            ],
        ),
        heredoc(
            "<<EOF destination",
            &[
                many("<<EOF", "The lines below, up to EOF, are the file"),
                one("destination", "The file's path in the image, or a folder that ends with `/`"),
            ],
        ),
    ],
    flags: flags::ADD,
    anchor: "add",
};

pub(super) const WORKDIR: Instruction = Instruction {
    keyword: Keyword::Workdir,
    summary: "Sets the folder that the instructions below, and containers, work in",
    details: "It is made where it does not exist. A relative path is taken against the `WORKDIR` above it, the first one against \
the base image's.",
    forms: &[form("path", &[one("path", "A folder in the image, best an absolute one")])],
    flags: &[],
    anchor: "workdir",
};

pub(super) const VOLUME: Instruction = Instruction {
    keyword: Keyword::Volume,
    summary: "Says which folders keep their data outside of the container",
    details: "A container that names no volume for the path gets a new one of its own. What instructions below write there may be \
lost.",
    forms: &[
        form("path…", &[many("path…", "A folder in the image")]),
        list(r#"["path", …]"#, &[many("\"path\", …", "A folder in the image; spaces are allowed")]),
    ],
    flags: &[],
    anchor: "volume",
};
