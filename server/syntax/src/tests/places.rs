//! Ranges lie inside the text on character boundaries, instructions and the lines between them tile it, and positions go
//! there and back.

use proptest::prelude::*;

use crate::{Document, Encoding, InstructionNode, LocalRange, Position};

fn text() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "a",
        "é",
        "日",
        "🦀",
        "\n",
        "\r\n",
        "\r",
        "\\\n",
        "\u{2028}",
        "\u{85}",
        "RUN ",
        "FROM x\n",
        "ENV a=",
        "\"",
        "<<E",
        "\nE\n",
        "[\"",
        "\\u00e9",
        "\"]",
        "CMD [\"\\n\",\"\\ud83e\\udd80\"]\n",
        "# c",
        " ",
        "--x=\"é\\\n\" ",
        "COPY ",
        "ONBUILD ",
        "\u{feff}",
    ]);
    prop::collection::vec(fragment, 0..30).prop_map(|fragments| fragments.concat())
}

fn check_node(node: &InstructionNode) {
    let check = |range: LocalRange| {
        assert!(
            node.source.get(range.start as usize..range.end as usize).is_some(),
            "{range:?} in {:?}",
            node.source
        );
    };
    check(node.keyword_range);
    check(node.arguments.range);
    for flag in &node.flags {
        check(flag.range);
        check(flag.name_range);
    }
    let pairs = node.arguments.pairs.iter().flat_map(|pair| std::iter::once(&pair.key).chain(&pair.value));
    let values = node.flags.iter().filter_map(|flag| flag.value.as_ref());
    for word in node.arguments.words.iter().chain(pairs).chain(values) {
        check(word.range);
        for (at, char) in word.text.char_indices() {
            check(word.place(at, at + char.len_utf8()));
            check(word.place(at, at));
            check(word.place(0, at));
        }
    }
    for heredoc in &node.heredocs {
        check(heredoc.marker);
        check(heredoc.body);
        check(heredoc.terminator);
    }
    for problem in &node.problems {
        check(problem.range);
    }
    node.trigger.iter().for_each(|trigger| check_node(trigger));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_in_the_text(text in text()) {
        let document = Document::new(&text);
        let mut end = 0;
        for instruction in document.instructions() {
            check_node(&instruction);
            let range = instruction.range();
            prop_assert_eq!(&text[range.start as usize..range.end as usize], &*instruction.source);
            for line in text[end..range.start as usize].trim_start_matches('\u{feff}').split('\n') {
                prop_assert!(line.trim().is_empty() || line.trim().starts_with('#'), "{:?} is in no instruction", line);
            }
            prop_assert_eq!(document.buildkit_line(range.start), instruction.line);
            prop_assert_eq!(document.buildkit_line(range.end), instruction.end_line());
            end = range.end as usize;
        }
        for problem in document.problems() {
            prop_assert!(text.get(problem.range.start as usize..problem.range.end as usize).is_some());
        }
        for comment in document.comments() {
            prop_assert!(text[comment.range.start as usize..comment.range.end as usize].starts_with('#'));
            prop_assert_eq!(document.buildkit_line(comment.range.start), comment.line);
        }
    }

    #[test]
    fn buildkit_lines_end_at_line_feeds(text in text()) {
        let document = Document::new(&text);
        let mut start = 0;
        for (number, line) in text.split('\n').enumerate() {
            let number = u32::try_from(number).unwrap();
            let end = start + line.trim_end_matches('\r').len();
            let range = document.buildkit_line_range(number);
            prop_assert_eq!((range.start as usize, range.end as usize), (start, end), "line {}", number);
            prop_assert_eq!(document.buildkit_line(u32::try_from(start).unwrap()), number);
            start += line.len() + 1;
        }
    }

}

proptest! {
    // Every place three times over in an unoptimised rope: fewer texts.
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn positions_go_there_and_back(text in text()) {
        let document = Document::new(&text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (at, _) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
                let in_line_end = at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n');
                let expected = if in_line_end { at - 1 } else { at };
                let position = document.position(u32::try_from(at).unwrap(), encoding);
                prop_assert_eq!(position, by_counting(&text[..expected], encoding));
                prop_assert_eq!(document.offset(position, encoding) as usize, expected);
            }
        }
    }

    #[test]
    fn any_position_is_somewhere(text in text(), line in 0..40_u32, character in 0..40_u32) {
        let document = Document::new(&text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let offset = document.offset(Position { line, character }, encoding);
            prop_assert!(text.is_char_boundary(offset as usize));
            let back = document.position(offset, encoding);
            let asked = Position { line, character };
            prop_assert!(back <= asked);
        }
    }
}

/// The position at the end of a text, counted the slow way.
fn by_counting(text: &str, encoding: Encoding) -> Position {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let line = u32::try_from(unified.matches('\n').count()).unwrap();
    let last = unified.rsplit('\n').next().unwrap();
    let character = match encoding {
        Encoding::Utf8 => last.len(),
        Encoding::Utf16 => last.encode_utf16().count(),
        Encoding::Utf32 => last.chars().count(),
    };
    Position { line, character: u32::try_from(character).unwrap() }
}

#[test]
fn a_position_inside_a_character_is_its_start() {
    let document = Document::new("a🦀b");
    assert_eq!(document.offset(Position { line: 0, character: 2 }, Encoding::Utf16), 1);
    assert_eq!(document.offset(Position { line: 0, character: 3 }, Encoding::Utf8), 1);
    assert_eq!(document.position(3, Encoding::Utf16), Position { line: 0, character: 1 });
}
