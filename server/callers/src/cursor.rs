//! What Compose files, Bake files and devcontainers name of a Dockerfile, and where: all of it, what stands under a cursor, and what is being typed.

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
    /// The build context, in which the Dockerfile lies because nothing else names it.
    Folder,
}

/// All that the services of a Compose file name, in order; nothing where the file is broken.
#[must_use]
pub fn all_in_compose(text: &str) -> Vec<Spot> {
    let Ok(documents) = yaml::read(text) else { return Vec::new() };
    let services = documents.iter().filter_map(|document| document.get("services")).flat_map(Node::entries);
    let spots = services.filter_map(|(name, service)| {
        let build = service.get("build")?;
        let named = if build.is_mapping() {
            in_fields(build, &OF_COMPOSE)
        } else {
            vec![(Names::Folder, build.place.clone())]
        };
        Some(spots(line_of(text, name.place.start), named))
    });
    spots.flatten().collect()
}

/// All that the targets of a Bake file name, in HCL or, by its `path`, in JSON.
#[must_use]
pub fn all_in_bake(path: &str, text: &str) -> Vec<Spot> {
    let mut definitions = Definitions::default();
    let read =
        if path.ends_with(".json") { definitions.add_json(text, 0) } else { definitions.add_hcl(text, 0) };
    if read.is_err() {
        return Vec::new();
    }
    let blocks = definitions.targets.iter();
    blocks.flat_map(|block| spots(line_of(text, block.place.start), in_block(block))).collect()
}

/// All that a `devcontainer.json` names. Its only caller stands in the line of the Dockerfile.
#[must_use]
pub fn all_in_devcontainer(text: &str) -> Vec<Spot> {
    let Ok(root) = yaml::read_json(text) else { return Vec::new() };
    let mut named = root.get("build").map(|build| in_fields(build, &OF_DEVCONTAINER)).unwrap_or_default();
    if let Some(dockerfile) = root.get("dockerFile") {
        named.push((Names::Dockerfile, dockerfile.place.clone()));
    }
    let dockerfile = named.iter().find(|(names, _)| *names == Names::Dockerfile);
    let Some(line) = dockerfile.map(|(_, place)| line_of(text, place.start)) else { return Vec::new() };
    spots(line, named)
}

fn spots(line: u32, named: Vec<(Names, Place)>) -> Vec<Spot> {
    named.into_iter().map(|(names, place)| Spot { line, names, place }).collect()
}

/// What stands at an offset of a Compose file; nothing where the file is broken.
#[must_use]
pub fn in_compose(text: &str, offset: usize) -> Option<Spot> {
    at(all_in_compose(text), offset)
}

/// What stands at an offset of a Bake file, in HCL or, by its `path`, in JSON.
#[must_use]
pub fn in_bake(path: &str, text: &str, offset: usize) -> Option<Spot> {
    at(all_in_bake(path, text), offset)
}

/// What stands at an offset of a `devcontainer.json`.
#[must_use]
pub fn in_devcontainer(text: &str, offset: usize) -> Option<Spot> {
    at(all_in_devcontainer(text), offset)
}

fn at(spots: Vec<Spot>, offset: usize) -> Option<Spot> {
    spots.into_iter().find(|spot| touches(&spot.place, offset))
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
        let is_there = marked[spot.place.clone()].contains(MARK) && spot.names != Names::Folder;
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

/// The names of fields: of the stage, the arguments, the Dockerfile, and what says that there is none to look for.
struct Fields {
    dockerfile: &'static [&'static str],
    inline: &'static str,
    /// Without a name of its own the Dockerfile lies in the context.
    in_context: bool,
}

const OF_COMPOSE: Fields =
    Fields { dockerfile: &["dockerfile"], inline: "dockerfile_inline", in_context: true };

const OF_BAKE: Fields = Fields { dockerfile: &["dockerfile"], inline: "dockerfile-inline", in_context: true };

const OF_DEVCONTAINER: Fields =
    Fields { dockerfile: &["dockerfile", "dockerFile"], inline: "", in_context: false };

/// What the fields of a mapping name.
fn in_fields(fields: &Node, of: &Fields) -> Vec<(Names, Place)> {
    let field = |name: &str, names: Names| Some((names, fields.get(name)?.place.clone()));
    let mut named: Vec<_> = field("target", Names::Stage).into_iter().collect();
    let dockerfile = of.dockerfile.iter().find_map(|name| field(name, Names::Dockerfile));
    let is_elsewhere = dockerfile.is_some() || fields.get(of.inline).is_some();
    named.extend(dockerfile);
    if of.in_context && !is_elsewhere {
        named.extend(field("context", Names::Folder));
    }
    named.extend(fields.get("args").map(arguments).unwrap_or_default());
    named
}

/// The keys of a mapping, or the items `KEY=VALUE` of a list.
fn arguments(args: &Node) -> Vec<(Names, Place)> {
    let keys = args.entries().map(|(key, _)| key).chain(args.items());
    let argument = |key: &Node| {
        let name = key.raw()?.split('=').next()?.to_owned();
        Some((Names::Argument(name), key.place.clone()))
    };
    keys.filter_map(argument).collect()
}

fn in_block(block: &Block) -> Vec<(Names, Place)> {
    let is_elsewhere = OF_BAKE.dockerfile.iter().any(|name| block.attribute(name).is_some())
        || block.attribute(OF_BAKE.inline).is_some();
    let mut named = Vec::new();
    for Attribute { name, source } in &block.attributes {
        let names = match name.as_str() {
            "target" => Names::Stage,
            "dockerfile" => Names::Dockerfile,
            "context" if !is_elsewhere => Names::Folder,
            "args" => {
                named.extend(in_arguments(source));
                continue;
            }
            _ => continue,
        };
        let place = match source {
            Source::Hcl(expression) => expression.span(),
            Source::Json(node) => Some(node.place.clone()),
        };
        named.extend(place.map(|place| (names, place)));
    }
    named
}

fn in_arguments(source: &Source) -> Vec<(Names, Place)> {
    let object = match source {
        Source::Json(node) => return arguments(node),
        Source::Hcl(Expression::Object(object)) => object,
        Source::Hcl(_) => return Vec::new(),
    };
    let argument = |key: &ObjectKey| {
        let (name, place) = match key {
            ObjectKey::Ident(name) => (name.as_str(), name.span()?),
            ObjectKey::Expression(Expression::Variable(name)) => (name.as_str(), name.span()?),
            ObjectKey::Expression(Expression::String(name)) => (name.value().as_str(), name.span()?),
            ObjectKey::Expression(_) => return None,
        };
        Some((Names::Argument(name.to_owned()), place))
    };
    object.iter().filter_map(|(key, _)| argument(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `$0` is the cursor.
    fn check(path: &str, marked: &str, expected: &str) {
        let offset = marked.find("$0").unwrap();
        let text = marked.replacen("$0", "", 1);
        let spot = match path {
            "compose.yaml" => in_compose(&text, offset),
            "devcontainer.json" => in_devcontainer(&text, offset),
            path => in_bake(path, &text, offset),
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

    #[test]
    fn devcontainers_and_the_folders_of_dockerfiles() {
        let file = "// é\r\n{\"build\": {\r\n\"dockerfile\": \"De$0v\", \"target\": \"t\", \"args\": {\"A\": \"1\"}}}";
        let at = |needle: &str| file.replace("$0", "").replacen(needle, &format!("{needle}$0"), 1);
        check("devcontainer.json", file, r#"2 Dockerfile "\"Dev\"""#);
        check("devcontainer.json", &at(": \"t"), r#"2 Stage "\"t\"""#);
        check("devcontainer.json", &at("{\"A"), r#"2 Argument("A") "\"A\"""#);
        check("devcontainer.json", "{\"dockerFile\": \"$0x\"}", r#"0 Dockerfile "\"x\"""#);
        check("devcontainer.json", "{\"image\": \"$0x\"}", "");
        check("compose.yaml", "services: {a: {build: a$0pi}}", r#"0 Folder "api""#);
        check("compose.yaml", "services: {a: {build: {context: a$0pi}}}", r#"0 Folder "api""#);
        check("compose.yaml", "services: {a: {build: {context: a$0pi, dockerfile: x}}}", "");
        check("compose.yaml", "services: {a: {build: {context: a$0pi, dockerfile_inline: FROM x}}}", "");
        check("docker-bake.hcl", "target \"x\" {\n  context = \"a$0\"\n}\n", r#"0 Folder "\"a\"""#);
    }
}
