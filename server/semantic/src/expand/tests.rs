//! Words in, values out.

use proptest::prelude::*;

use super::*;

const ENVIRONMENT: [(&str, &str); 9] = [
    ("foo", "/bar"),
    ("HOME", "/root"),
    ("EMPTY", ""),
    ("BAR", "a b"),
    ("str", "foobarbaz"),
    ("path", "/a/b/c.tar.gz"),
    ("stars", "x**y"),
    ("ÜMLAUT", "größe"),
    ("NEEDLE", "/?/"),
];

fn look_up(name: &str) -> Lookup<'static> {
    match ENVIRONMENT.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Lookup::Value(value),
        None if name.starts_with("unknown") => Lookup::Unknown,
        None => Lookup::Unset,
    }
}

fn expand(word: &str) -> Expansion {
    expand_word(word, '\\', look_up)
}

#[track_caller]
fn check(word: &str, expected: &str) {
    let expansion = expand(word);
    assert_eq!(expansion.value.as_deref(), Some(expected), "{word}: {:?}", expansion.error);
}

#[track_caller]
fn refused(word: &str, message: &str) {
    let expansion = expand(word);
    assert_eq!(expansion.error.as_deref(), Some(message), "{word}: {:?}", expansion.value);
    assert_eq!(expansion.value, None);
}

#[test]
fn the_examples_of_the_reference() {
    check("${foo}", "/bar");
    check("$foo", "/bar");
    check("\\$foo", "$foo");
    check("\\${foo}", "${foo}");
    check("${foo}_bar", "/bar_bar");
    check("${variable:-word}", "word");
    check("${HOME:-word}", "/root");
    check("${variable:+word}", "");
    check("${HOME:+word}", "word");
    check("${str#f*b}", "arbaz");
    check("${str##f*b}", "az");
    check("${str%b*}", "foobar");
    check("${str%%b*}", "foo");
    check("${str/ba/fo}", "fooforbaz");
    check("${str//ba/fo}", "fooforfoz");
}

#[test]
fn quotes_and_escapes() {
    check("'$foo'\"$foo\"", "$foo/bar");
    check(r#""a\tb\"c\\d\$e""#, r#"a\tb"c\d$e"#);
    check(r"a\tb\\c\ d", r"atb\c d");
    check("'a\\'", "a\\");
    check("a\\", "a");
    check("\"it's\"", "it's");
    check("", "");
    refused("'a", "the closing `'` is missing");
    refused("\"a\\\"", "the closing `\"` is missing");
}

#[test]
fn a_backtick_as_escape_leaves_backslashes_alone() {
    let value = |word| expand_word(word, '`', look_up).value;
    assert_eq!(value(r"C:\dir\`$foo").as_deref(), Some(r"C:\dir\$foo"));
    assert_eq!(value("\"a`\"b``c\\d\"").as_deref(), Some("a\"b`c\\d"));
}

#[test]
fn dollars_that_name_nothing() {
    check("$", "$");
    check("a$.b", "a$.b");
    check("$1x", "x");
    check("$@x $$ $? $0", "x   ");
    refused("${", "`}` is missing");
    refused("${}", "`${` is not followed by a name");
    refused("${:-a}", "`${` is not followed by a name");
    refused("${foo", "`}` is missing");
    refused("${foo:-a", "`}` is missing");
    refused("${foo=x}", "`=` in `${foo=…}` is no modifier that Dockerfiles have");
    refused("${foo:=x}", "`:=` in `${foo:=…}` is no modifier that Dockerfiles have");
    refused("${foo:#x}", "`:#` in `${foo:#…}` is no modifier that Dockerfiles have");
}

#[test]
fn defaults_and_alternatives_tell_empty_from_unset() {
    check("${EMPTY-a}${EMPTY:-b}${no-c}${no:-d}", "bcd");
    check("${EMPTY+a}${EMPTY:+b}${no+c}${no:+d}${foo+e}", "ae");
    check("${EMPTY?a}", "");
    check("${no:-${no2:-$foo}}", "/bar");
    check("${no:-\\$foo}", "$foo");
    check("${no:-a}}", "a}");
    refused("${EMPTY:?}", "EMPTY must not be empty");
    refused("${no?}", "no must have a value");
    refused("${no:?give $foo}", "no: give /bar");
}

#[test]
fn patterns() {
    check("${path##*/}", "c.tar.gz");
    check("${path%.*}", "/a/b/c.tar");
    check("${path%%.*}", "/a/b/c");
    check("${path#$NEEDLE}", "b/c.tar.gz");
    check("${path/$NEEDLE/-}", "-b/c.tar.gz");
    check("${path//\\//\\/}", "\\/a\\/b\\/c.tar.gz");
    check("${stars%%\\**}", "x");
    check("${stars#}", "x**y");
    check("${str/no/x}", "foobarbaz");
    check("${str/$EMPTY/x}", "xfoobarbaz");
    check("${ÜMLAUT%?e}", "grö");
    check("${no#x}", "");
    refused("${str#\\x}", "`\\x` is no escape in a pattern; `\\*`, `\\?` and `\\\\` are");
}

#[test]
fn words_are_split_after_expansion_where_not_quoted() {
    let words = |word| expand(word).words.unwrap();
    assert_eq!(words("80 443  $BAR"), ["80", "443", "a", "b"]);
    assert_eq!(words("\"$BAR\" 'c d' e\\ f"), ["a b", "c d", "e f"]);
    assert_eq!(words(" $EMPTY \"\" "), [""; 0]);
    assert_eq!(words("cat << EOF"), ["cat", "<< EOF"]);
}

#[test]
fn an_unknown_value_makes_the_whole_unknown_but_not_an_error() {
    for word in [
        "a$unknown",
        "\"${unknown}\"",
        "${unknown:-x}",
        "${unknown:?x}",
        "${no:-$unknown}",
        "${str#$unknown}",
        "${unknown/a/b}",
    ] {
        let expansion = expand(word);
        assert_eq!((expansion.value, expansion.words, expansion.error), (None, None, None), "{word}");
    }
    check("${foo:-$unknown}", "/bar");
    check("${no:+$unknown}", "");
    check("${unknown:+}", "");
}

#[test]
fn uses_have_their_places_and_undefined_names_come_once() {
    let expansion = expand("é$foo ${no:-${no2}} \"${str##*/}\" $no '$x' \\$y");
    let uses: Vec<_> =
        expansion.uses.iter().map(|used| (used.name.as_str(), used.range.clone(), used.modifier)).collect();
    let expected = [
        ("foo", 2..6, None),
        ("no", 7..20, Some(Modifier::Default)),
        ("no2", 13..19, None),
        ("str", 22..32, Some(Modifier::RemovePrefix)),
        ("no", 34..37, None),
    ];
    assert_eq!(uses, expected);
    assert_eq!(expansion.undefined, ["no2", "no"]);
}

#[test]
fn deep_nesting_is_refused() {
    let word = format!("{}x{}", "${no:-".repeat(50_000), "}".repeat(50_000));
    refused(&word, "`${` is nested too deeply");
}

#[test]
fn long_values_end_in_time() {
    let long = "ab".repeat(40_000);
    let value = |word, length| expand_word(word, '\\', |_| Lookup::Value(&long[..length])).value;
    assert_eq!(value("${X//a*c/d}", long.len()), None);
    assert_eq!(value("${X#a?}", 16_000).map(|value| value.len()), Some(15_998));
    assert_eq!(value("${X#a?}", long.len()), None);
}

#[test]
fn quotes_in_a_body_stand_for_themselves() {
    let expansion = expand_body("'$foo' \"$HOME\" \\$foo it's", look_up);
    assert_eq!(expansion.value.as_deref(), Some("'/bar' \"/root\" $foo it's"));
    assert_eq!(expansion.uses.len(), 2);
}

proptest! {
    #[test]
    fn single_quotes_keep_everything(text in "[^']{0,40}") {
        prop_assert_eq!(expand(&format!("'{text}'")).value, Some(text));
    }

    #[test]
    fn words_without_special_characters_stay(text in "[^'\"$<\\\\]{0,40}") {
        prop_assert_eq!(expand(&text).value, Some(text));
    }

    #[test]
    fn nothing_panics_and_ranges_lie_in_the_word(word in "([${}:/#%?+*'\"\\\\a-c <-]|foo|ü){0,40}") {
        for used in expand(&word).uses {
            prop_assert!(word.get(used.range).is_some_and(|text| text.starts_with('$')));
        }
    }

    #[test]
    fn removing_a_literal_prefix_is_what_strip_prefix_does(prefix in "[a-c/.]{0,3}", value in "[a-c/.]{0,8}") {
        let word = format!("${{X#{prefix}}}");
        let expected = value.strip_prefix(&prefix).unwrap_or(&value);
        let expansion = expand_word(&word, '\\', |_| Lookup::Value(&value));
        prop_assert_eq!(expansion.value.as_deref(), Some(expected));
    }

    #[test]
    fn replacing_everywhere_is_what_replace_does(needle in "[a-c]{1,2}", value in "[a-c]{0,10}") {
        let word = format!("${{X//{needle}/-}}");
        let expansion = expand_word(&word, '\\', |_| Lookup::Value(&value));
        prop_assert_eq!(expansion.value, Some(value.replace(&needle, "-")));
    }
}

#[test]
fn values_that_grow_beyond_all_use_are_unknown() {
    let long = "x".repeat(200);
    let many = "y".repeat(200);
    let expanded = |word: &str| expand_word(word, '\\', |_| Lookup::Value(&long)).value;
    assert_eq!(expanded(&"$A".repeat(10)).map(|value| value.len()), Some(2000));
    assert_eq!(expanded(&"$A".repeat(1000)), None);
    assert_eq!(expanded(&format!("\"{}\"", "${A}".repeat(1000))), None);
    assert_eq!(expanded(&format!("${{A/x/{many}}}")).map(|value| value.len()), Some(399));
    assert_eq!(expanded(&format!("${{A//x/{many}}}")), None);
}
