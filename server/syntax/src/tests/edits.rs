//! After any edits a document equals a fresh parse of its text, and shares what was not touched.

use proptest::prelude::*;
use std::sync::Arc;

use super::render;
use crate::{Document, TextRange};

/// Everything that can change where instructions begin and end, and some that only looks so.
const FRAGMENTS: &[&str] = &[
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\\",
    "\\\n",
    "\\ \n",
    "`\n",
    "`",
    "#",
    "# c\n",
    "\n# c\n",
    "<<EOF",
    "<<-E",
    "<<",
    "EOF",
    "\nEOF\n",
    "\n\tE\n",
    "E\n",
    "'",
    "\"",
    "RUN ",
    "RUN <<EOF\n",
    "COPY <<EOF <<-'E' /x\n",
    "FROM a\n",
    "FROM a AS b\n",
    "ENV a=b\n",
    "ENV a b",
    "ARG x=1",
    "ONBUILD ",
    "CMD [\"a\", \"b\"]\n",
    "CMD [",
    "]",
    "HEALTHCHECK ",
    "COPY --from=b a b\n",
    "RUN --mount=type=cache,target=/x y\n",
    "--flag",
    "=",
    "$",
    "${x:-",
    "}",
    "\u{feff}",
    "é",
    "日本",
    "🦀",
    "\u{a0}",
    "\0",
    "# escape=`\n",
    "#escape=\\\n",
    "# syntax=x\n",
    "// syntax=x\n",
    "#!/x\n",
    "{\"syntax\": \"x\"}",
    "RUN a && \\\n  b\n",
    "run",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..24).prop_map(|fragments| fragments.concat())
}

/// A place and a length, as parts of the text's length, and what is put there.
fn edit() -> impl Strategy<Value = (f64, u32, String)> {
    let new_text =
        prop::collection::vec(prop::sample::select(FRAGMENTS), 0..3).prop_map(|fragments| fragments.concat());
    (0.0..=1.0, prop_oneof![4 => Just(0_u32), 3 => 1..4_u32, 1 => 0..40_u32], new_text)
}

fn apply(document: &mut Document, (place, len, new_text): &(f64, u32, String)) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let start = (f64::from(document.len()) * place) as u32;
    let mut expected = document.text();
    let floor = |mut offset: usize| {
        offset = offset.min(expected.len());
        while !expected.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let (from, to) = (floor(start as usize), floor((start + len) as usize));
    expected.replace_range(from..to, new_text);
    document.edit(TextRange::new(start, start + len), new_text);
    assert_eq!(document.text(), expected);
}

fn check_equals_fresh(document: &Document) {
    let text = document.text();
    let fresh = Document::new(&text);
    assert_eq!(render(document), render(&fresh), "{text:?}");
    assert_eq!(document.escape(), fresh.escape());
    let starts =
        |document: &Document| document.instructions().map(|one| (one.start, one.line)).collect::<Vec<_>>();
    assert_eq!(starts(document), starts(&fresh), "{text:?}");
}

#[test]
fn what_is_typed_at_the_end_belongs_to_what_is_still_open() {
    for open in
        ["RUN <<EOF\n", "RUN <<EOF\nx\n\n", "RUN a && \\\n", "RUN a \\\n# c\n\n", "COPY <<-A <<B /x\r\nA\r\n"]
    {
        let mut document = Document::new(&format!("FROM größe\n{open}"));
        for typed in ["R", "UN b\n", "\tEOF\n", "EOF\n", "B\n", "CMD x\n", "# c\n"] {
            document.edit(TextRange::empty(document.len()), typed);
            check_equals_fresh(&document);
        }
    }
}

#[test]
fn an_edit_that_panics_half_way_leaves_what_was_there() {
    let mut document = Document::new("FROM größe\nRUN <<EOF\nmake\nEOF\n");
    let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        document.edit_whole(|document| {
            document.edit(TextRange::new(0, 5), "# escape=`\nCOPY ");
            panic!("half-way");
        });
    }));
    assert!(panics.is_err());
    assert_eq!(document.text(), "FROM größe\nRUN <<EOF\nmake\nEOF\n");
    check_equals_fresh(&document);
    document.edit_whole(|document| document.edit(TextRange::new(0, 4), "COPY"));
    assert!(document.text().starts_with("COPY größe"));
    check_equals_fresh(&document);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn edits_equal_a_fresh_parse(text in text(), edits in prop::collection::vec(edit(), 1..8)) {
        let mut document = Document::new(&text);
        for edit in &edits {
            apply(&mut document, edit);
            check_equals_fresh(&document);
        }
    }
}

/// Replaces the first occurrence of a text, and says which instructions kept their parsed value.
fn kept(text: &str, replaced: &str, new_text: &str) -> Vec<bool> {
    let before = Document::new(text);
    let mut document = before.clone();
    let start = u32::try_from(text.find(replaced).unwrap()).unwrap();
    document.edit(TextRange::new(start, start + u32::try_from(replaced.len()).unwrap()), new_text);
    check_equals_fresh(&document);
    assert_eq!(before.text(), text, "the clone is not touched");
    let old: Vec<_> = before.instructions().map(|one| one.node).collect();
    document.instructions().map(|one| old.iter().any(|node| Arc::ptr_eq(node, &one.node))).collect()
}

#[test]
fn untouched_instructions_keep_their_values() {
    let text = "FROM a\n\nRUN b\nRUN c \\\n d\n# note\nRUN e\n";
    assert_eq!(kept(text, "b", "bb"), [true, false, true, true]);
    assert_eq!(kept(text, " d", "d"), [true, true, false, true]);
    assert_eq!(kept(text, "note", "a note\n"), [true, true, true, true]);
    assert_eq!(kept(text, "RUN c", "RUN x\nRUN c"), [true, true, false, false, true]);
    assert_eq!(kept(text, "", "# top\n"), [true, true, true, true]);
    assert_eq!(kept(text, "RUN e\n", "RUN e\nRUN f\n"), [true, true, true, false, false]);
    assert_eq!(kept(text, "\n\n", "\nRUN x\n"), [false, false, true, true, true]);
    assert_eq!(kept(text, "", "# escape=`\n"), [false, false, false, false, false]);
}

#[test]
fn a_heredoc_swallows_and_gives_back() {
    let text = "FROM a\nRUN <<E\nRUN b\nE\nRUN c\n";
    assert_eq!(kept(text, "<<E", "<E"), [true, false, false, false, true]);
    assert_eq!(kept("FROM a\nRUN <E\nRUN b\nE\nRUN c\n", "<E", "<<E"), [true, false, true]);
    assert_eq!(kept(text, "\nE\n", "\n"), [true, false]);
}

#[test]
fn a_byte_order_mark_counts_at_the_start_alone() {
    for (text, range, new_text) in [
        ("\u{feff}FROM a\nRUN b\n", TextRange::new(0, 0), "\n"),
        ("\u{feff}FROM a\nRUN b\n", TextRange::new(0, 3), ""),
        ("FROM a\nRUN b\n", TextRange::new(0, 0), "\u{feff}"),
        ("x\u{feff}FROM a\nRUN b\n", TextRange::new(0, 1), ""),
        ("x\n\u{feff}FROM a\nRUN b\n", TextRange::new(0, 2), ""),
    ] {
        let mut document = Document::new(text);
        document.edit(range, new_text);
        check_equals_fresh(&document);
    }
}
