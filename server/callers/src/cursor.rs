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
