//! `add-to-copy`: an ADD that neither unpacks nor fetches is a COPY.

use semantic::facts::FileKind;
use semantic::{Copy, CopySource, Kind, SourceKind, StageInstruction};
use syntax::TextEdit;

use crate::ground;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Copies local files with COPY where ADD neither unpacks nor fetches anything.",
    kind: "refactor.rewrite.add-to-copy",
    page: PAGE,
    search,
};

const ID: &str = "add-to-copy";

const PAGE: &str = r#"ADD also fetches addresses and unpacks archives. Where it does neither, COPY does the same, and says that it does no more:

```dockerfile
FROM debian:12-slim
COPY app.conf /etc/app.conf
ADD rootfs.tar.xz /
```

Only the keyword changes. It is not offered for addresses, repositories, archives by their name, and the flags that only ADD knows.

It is *unsafe* for a file whose ending does not say that it is text: ADD tells archives by their contents.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let places: Vec<Place> = items.filter_map(|item| place(input, item)).collect();
    if places.is_empty() {
        let reason = "no ADD copies local files as they are".to_owned();
        let place = ground::place(input.model);
        return Offers { rewrites: Vec::new(), refusals: vec![Refusal { place, reason }] };
    }
    places::offers(ID, places, Vec::new(), |count| format!("Use COPY in place of {count} ADDs"))
}

/// An ADD that COPY can take the place of: its keyword.
#[must_use]
pub fn place(input: &Input<'_>, item: &StageInstruction) -> Option<Place> {
    let Kind::Add(copy) = &item.kind else { return None };
    let instruction = &item.instruction;
    let is_add_only = |name: &str| matches!(name, "keep-git-dir" | "checksum" | "unpack");
    if instruction.flags.iter().any(|flag| is_add_only(&flag.name))
        || !copy.sources.iter().all(is_plain)
        || copy.sources.is_empty()
    {
        return None;
    }
    let range = instruction.keyword_range();
    let keyword = instruction.node.keyword_range.of(&instruction.source);
    let new_text = if keyword == keyword.to_ascii_lowercase() { "copy" } else { "COPY" };
    let check = (!is_certain(input, copy)).then(|| "that no source is an archive".to_owned());
    let edits = vec![TextEdit { range, new_text: new_text.to_owned() }];
    Some(Place { range, edits, title: "Use COPY".to_owned(), check })
}

/// Whether a source is a path of the context, and no archive by its name.
fn is_plain(source: &CopySource) -> bool {
    let Some(value) = source.text.value.as_deref() else { return false };
    let lower = value.to_ascii_lowercase();
    let archives = [".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".gz", ".bz2", ".xz", ".zst", ".lzma"];
    match source.kind {
        SourceKind::Path => !archives.iter().any(|end| lower.ends_with(end)) && !lower.contains(".tar"),
        SourceKind::Heredoc => true,
        SourceKind::Url | SourceKind::Git => false,
    }
}

/// Whether no source can be an archive: folders, and files of the endings that text has.
fn is_certain(input: &Input<'_>, copy: &Copy) -> bool {
    copy.context_paths().all(|path| {
        let files = input.facts.context.as_ref().map(|context| &context.files);
        let is_folder =
            files.is_some_and(|files| files.get(&path).is_some_and(|file| file.kind == FileKind::Directory));
        let ending = path.rsplit('.').next().unwrap_or_default();
        let is_text = matches!(
            ending,
            "conf"
                | "css"
                | "html"
                | "ini"
                | "js"
                | "json"
                | "lock"
                | "md"
                | "py"
                | "rb"
                | "rs"
                | "sh"
                | "sql"
                | "toml"
                | "ts"
                | "txt"
                | "xml"
                | "yaml"
                | "yml"
                | "go"
        );
        path == "." || is_folder || is_text && !path.contains('*')
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::RECIPE;
    use crate::fixture::{facts, render};

    #[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
    fn check(dockerfile: &str, expected: Expect) {
        let facts = facts(&[("src/a.js", ""), ("tool", "")]);
        expected.assert_eq(&render(&RECIPE, dockerfile, &facts));
    }

    #[test]
    fn the_keyword_alone_changes() {
        check(
            "# escape=`\r\nfrom debian:bookworm\r\n# größer 🐳\r\nadd --chown=1:1 `\r\n  . /größe/\r\nADD src /src\r\nADD <<E /x\r\ny\r\nE\r\n",
            expect![[r#"
                safe: Use COPY in place of 3 ADDs
                ---
                # escape=`␍
                from debian:bookworm␍
                # größer 🐳␍
                copy --chown=1:1 `␍
                  . /größe/␍
                COPY src /src␍
                COPY <<E /x␍
                y␍
                E␍
            "#]],
        );
    }

    #[test]
    fn what_may_be_an_archive_is_to_be_checked() {
        check(
            "FROM debian:bookworm\nADD tool /tool\n",
            expect![[r#"
            unsafe: Use COPY
            check that no source is an archive
            ---
            FROM debian:bookworm
            COPY tool /tool
        "#]],
        );
    }

    #[test]
    fn archives_and_addresses_stay() {
        check(
            "FROM debian:bookworm\nADD a.tar.gz /\nADD https://x/y /y\nADD --unpack=true a /b\nCOPY a /b\n",
            expect![[r#"
                refused: no ADD copies local files as they are
            "#]],
        );
        check(
            "FROM debian:bookworm\nADD a\n",
            expect![[r#"
            refused: line 2 does not build, put that right first: ADD requires at least two arguments, and there is only one: add the destination
        "#]],
        );
    }
}
