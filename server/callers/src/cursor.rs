//! What stands under a cursor in a Compose or Bake file: a stage, a build argument, a Dockerfile, as a service or target names it.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};

use crate::bake::{Attribute, Block, Definitions, Source};
use crate::yaml::{self, Node};
use crate::{Place, line_of};

/// What a service or target names, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The line of the service's or target's name, from 0: that of its callers.
    pub line: u32,
    /// What is named.
    pub names: Names,
    /// Where it is named, in bytes.
    pub place: Place,
}

/// What is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// The stage.
    Stage,
    /// The build argument of this name.
    Argument(String),
    /// The Dockerfile.
    Dockerfile,
}

/// What stands at an offset of a Compose file; nothing where the file is broken.
#[must_use]
pub fn in_compose(text: &str, offset: usize) -> Option<Spot> {
    let documents = yaml::read(text).ok()?;
    let services = documents.iter().filter_map(|document| document.get("services")).flat_map(Node::entries);
    services.into_iter().find_map(|(name, service)| {
        let build = service.get("build")?;
        let (names, place) = in_fields(build, offset, ["target", "args", "dockerfile"])?;
        Some(Spot { line: line_of(text, name.place.start), names, place })
    })
}

/// What stands at an offset of a Bake file, in HCL or, by its `path`, in JSON.
#[must_use]
pub fn in_bake(path: &str, text: &str, offset: usize) -> Option<Spot> {
    let mut definitions = Definitions::default();
    let read =
        if path.ends_with(".json") { definitions.add_json(text, 0) } else { definitions.add_hcl(text, 0) };
    read.ok()?;
    definitions.targets.iter().find_map(|block| {
        let (names, place) = in_block(block, offset)?;
        Some(Spot { line: line_of(text, block.place.start), names, place })
    })
}

/// What is being typed at an offset of a Compose file.
#[must_use]
pub fn typed_in_compose(text: &str, offset: usize) -> Option<Typed> {
    let word = word_at(text, offset);
    // A value or an item of a list; the key of a mapping that has no value yet.
    let ways = [("", ""), ("", ": 0")];
    typed(text, &word, &ways, in_compose)
}

/// What is being typed at an offset of a Bake file, in HCL or, by its `path`, in JSON.
#[must_use]
pub fn typed_in_bake(path: &str, text: &str, offset: usize) -> Option<Typed> {
    let word = word_at(text, offset);
    let ways: &[_] = if path.ends_with(".json") {
        &[("", "")]
    } else if text[..word.start].trim_end().ends_with('=') {
        // A value; without quotes it would be a variable.
        &[("\"", "\"")]
    } else {
        &[("", ""), ("", " = 0")]
    };
    typed(text, &word, ways, |text, offset| in_bake(path, text, offset))
}

/// A word that is being typed where a stage or a build argument is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// What the word will name; see [`MARK`].
    pub spot: Spot,
    /// The word, in bytes; empty where nothing is typed yet.
    pub word: Place,
    /// What must stand around the word so that the file can be read: quotes around a value, `: 0` behind a key.
    pub around: (&'static str, &'static str),
    /// The text with [`MARK`] in the word's place, which can be read.
    pub text: String,
}

/// Stands for the word that is being typed.
pub const MARK: &str = "LAYERWISE_CURSOR";

/// Reads the text with a mark in the place of the word, in the first of several ways in which it means something.
fn typed(
    text: &str,
    word: &Place,
    ways: &[(&'static str, &'static str)],
    spot: impl Fn(&str, usize) -> Option<Spot>,
) -> Option<Typed> {
    ways.iter().find_map(|&(before, behind)| {
        let marked = format!("{}{before}{MARK}{behind}{}", &text[..word.start], &text[word.end..]);
        let spot = spot(&marked, word.start + before.len())?;
        let is_there = marked[spot.place.clone()].contains(MARK);
        is_there.then(|| Typed { spot, word: word.clone(), around: (before, behind), text: marked })
    })
}

/// The letters around an offset that a stage or an argument may have in its name.
fn word_at(text: &str, offset: usize) -> Place {
    let is_part = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let (before, behind) = text.split_at_checked(offset).unwrap_or((text, ""));
    let length =
        |letters: &mut dyn Iterator<Item = char>| letters.take_while(is_part).map(char::len_utf8).sum();
    let start: usize = length(&mut before.chars().rev());
    let end: usize = length(&mut behind.chars());
    before.len() - start..before.len() + end
}

fn touches(place: &Place, offset: usize) -> bool {
    place.start <= offset && offset <= place.end
}

/// Among the fields of a mapping: the stage, the arguments, the Dockerfile.
fn in_fields(fields: &Node, offset: usize, [target, args, dockerfile]: [&str; 3]) -> Option<(Names, Place)> {
    let single = |name: &str, names: Names| {
        let value = fields.get(name)?;
        touches(&value.place, offset).then(|| (names, value.place.clone()))
    };
    single(target, Names::Stage)
        .or_else(|| single(dockerfile, Names::Dockerfile))
        .or_else(|| argument(fields.get(args)?, offset))
}

/// A key of a mapping, or the first part of `KEY=VALUE`.
fn argument(args: &Node, offset: usize) -> Option<(Names, Place)> {
    let keys = args.entries().map(|(key, _)| key).chain(args.items());
    keys.into_iter().find(|key| touches(&key.place, offset)).and_then(|key| {
        let name = key.raw()?.split('=').next()?.to_owned();
        Some((Names::Argument(name), key.place.clone()))
    })
}

fn in_block(block: &Block, offset: usize) -> Option<(Names, Place)> {
    block.attributes.iter().find_map(|Attribute { name, source }| {
        let names = match name.as_str() {
            "target" => Names::Stage,
            "dockerfile" => Names::Dockerfile,
            "args" => return in_arguments(source, offset),
            _ => return None,
        };
        let place = match source {
            Source::Hcl(expression) => expression.span()?,
            Source::Json(node) => node.place.clone(),
        };
        touches(&place, offset).then_some((names, place))
    })
}

fn in_arguments(source: &Source, offset: usize) -> Option<(Names, Place)> {
    let object = match source {
        Source::Json(node) => return argument(node, offset),
        Source::Hcl(Expression::Object(object)) => object,
        Source::Hcl(_) => return None,
    };
    object.iter().find_map(|(key, _)| {
        let (name, place) = match key {
            ObjectKey::Ident(name) => (name.as_str(), name.span()?),
            ObjectKey::Expression(Expression::Variable(name)) => (name.as_str(), name.span()?),
            ObjectKey::Expression(Expression::String(name)) => (name.value().as_str(), name.span()?),
            ObjectKey::Expression(_) => return None,
        };
        touches(&place, offset).then(|| (Names::Argument(name.to_owned()), place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `$0` is the cursor.
    fn check(path: &str, marked: &str, expected: &str) {
        let offset = marked.find("$0").unwrap();
        let text = marked.replacen("$0", "", 1);
        let spot = if path.starts_with("compose") {
            in_compose(&text, offset)
        } else {
            in_bake(path, &text, offset)
        };
        let shown = spot.map(|spot| format!("{} {:?} {:?}", spot.line, spot.names, &text[spot.place]));
        assert_eq!(shown.unwrap_or_default(), expected, "{marked}");
    }

    #[test]
    fn stages_and_arguments_of_compose_files() {
        let file = |target: &str, args: &str| {
            format!(
                "# é 🐳\r\nservices:\r\n  db: {{image: x}}\r\n  web:\r\n    build:\r\n      target: {target}\r\n      args:\r\n        {args}\r\n"
            )
        };
        check("compose.yaml", &file("de$0v", "A: 1"), r#"3 Stage "dev""#);
        check("compose.yaml", &file("dev", "A$0: 1"), r#"3 Argument("A") "A""#);
        check("compose.yaml", &file("dev", "- NA$0ME=1"), r#"3 Argument("NAME") "NAME=1""#);
        check("compose.yaml", &file("dev", "A: 1$0"), "");
        check("compose.yaml", &file("dev", "A: [$0"), "");
    }

    /// What is typed at `$0`, and how the file is read.
    fn check_typed(path: &str, marked: &str, expected: &str) {
        let offset = marked.find("$0").unwrap();
        let text = marked.replacen("$0", "", 1);
        let typed = if path.starts_with("compose") {
            typed_in_compose(&text, offset)
        } else {
            typed_in_bake(path, &text, offset)
        };
        let shown = typed.map(|typed| {
            let Typed { spot, word, around, .. } = typed;
            format!("{} {:?} {:?} {around:?}", spot.line, spot.names, &text[word])
        });
        assert_eq!(shown.unwrap_or_default(), expected, "{marked}");
    }

    #[test]
    fn what_is_being_typed_is_read_though_the_file_is_not_whole() {
        let compose =
            |lines: &str| format!("services:\r\n  é:\r\n    build:\r\n      context: .\r\n{lines}\r\n");
        let argument = r#"Argument("LAYERWISE_CURSOR")"#;
        check_typed("compose.yaml", &compose("      target: $0"), r#"1 Stage "" ("", "")"#);
        check_typed("compose.yaml", &compose("      target: de$0v-2"), r#"1 Stage "dev-2" ("", "")"#);
        check_typed(
            "compose.yaml",
            &compose("      args:\r\n        A: 1\r\n        N$0"),
            &format!("1 {argument} \"N\" (\"\", \": 0\")"),
        );
        check_typed(
            "compose.yaml",
            &compose("      args:\r\n        - N$0"),
            &format!("1 {argument} \"N\" (\"\", \"\")"),
        );
        check_typed(
            "compose.yaml",
            &compose("      args:\r\n        N$0AME: 1"),
            &format!("1 {argument} \"NAME\" (\"\", \"\")"),
        );
        check_typed("compose.yaml", &compose("      context: $0"), "");
        check_typed("compose.yaml", &compose("      args: {A: $0"), "");
        check_typed("docker-bake.hcl", "target \"x\" {\n  target = $0\n}\n", r#"0 Stage "" ("\"", "\"")"#);
        check_typed("docker-bake.hcl", "target \"x\" {\n  target = \"d$0\"\n}\n", r#"0 Stage "d" ("", "")"#);
        check_typed(
            "docker-bake.hcl",
            "target \"x\" {\n  args = {\n    A = 1\n    N$0\n  }\n}\n",
            &format!("0 {argument} \"N\" (\"\", \" = 0\")"),
        );
        check_typed("docker-bake.hcl", "target \"x\" {\n  tags = [$0]\n}\n", "");
        check_typed(
            "docker-bake.json",
            "{\"target\": {\"w\": {\"target\": \"$0\"}}}",
            r#"0 Stage "" ("", "")"#,
        );
    }

    #[test]
    fn stages_and_arguments_of_bake_files() {
        let file =
            "variable \"x\" {}\ntarget \"é\" {\n  target = \"de$0v\"\n  args = { A = \"1\", \"B\" = x }\n}\n";
        let at = |needle: &str| file.replace("$0", "").replacen(needle, &format!("{needle}$0"), 1);
        check("docker-bake.hcl", file, r#"1 Stage "\"dev\"""#);
        check("docker-bake.hcl", &at("{ A"), r#"1 Argument("A") "A""#);
        check("docker-bake.hcl", &at("\"B"), r#"1 Argument("B") "\"B\"""#);
        check("docker-bake.hcl", &at("variable"), "");
        check("docker-bake.hcl", "target \"x\" {\n  target = $0\n", "");
        let json = "{\"target\": {\n\"web\": {\"target\": \"d$0ev\", \"args\": {\"A\": \"1\"}}}}";
        check("docker-bake.json", json, r#"1 Stage "\"dev\"""#);
        check(
            "docker-bake.json",
            &json.replace("$0", "").replace("\"A", "\"A$0"),
            r#"1 Argument("A") "\"A\"""#,
        );
    }
}
