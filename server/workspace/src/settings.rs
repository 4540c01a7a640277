//! `layerwise.toml` and `.hadolint.yaml`: which files speak for a Dockerfile, and their values with the places where these stand.
//!
//! What the keys mean is not known here: whoever reads brings the schema. A file that cannot be read or parsed is a problem with
//! its path, and never an error: the rest still counts.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of settings files.
pub const FILE_NAME: &str = "layerwise.toml";

/// The names of hadolint's settings files, the one that wins first.
const HADOLINT_NAMES: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

/// A file of settings is not longer than this, in bytes.
const LONGEST: u64 = 1 << 20;

/// A settings file, read by a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile<L> {
    /// Where it is: below the boundary, as seen from it.
    pub path: PathBuf,
    /// What the schema made of it.
    pub layer: L,
    /// What is wrong, each as `path:line: message`.
    pub problems: Vec<String>,
}

/// A text in TOML as values, as far as it can be understood.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The values; dates are texts.
    pub values: Value,
    /// What TOML does not allow, with its place in bytes.
    pub problems: Vec<(Range<usize>, String)>,
    /// Where each key and each item of a list stands, in bytes.
    places: BTreeMap<Vec<String>, Range<usize>>,
}

/// What a schema says of values: what they set, and what is wrong at which key.
pub type Verdict<L> = (L, Vec<(Vec<String>, String)>);

/// Reads the settings files that speak for a Dockerfile in a folder, the nearest first: from that folder up to `boundary` or,
/// where it does not lie below that, in that folder alone. The schema is given each file's values and its folder.
pub fn read_all<L: Default>(
    folder: &Path,
    boundary: &Path,
    schema: impl Fn(&Value, &Path) -> Verdict<L>,
) -> Vec<SettingsFile<L>> {
    let (folder, boundary) = (resolved(folder), resolved(boundary));
    let last = if folder.starts_with(&boundary) { &boundary } else { &folder };
    let folders = folder.ancestors().take_while(|above| above.starts_with(last));
    let there = folders.filter(|folder| folder.join(FILE_NAME).symlink_metadata().is_ok());
    there.map(|folder| read(folder, &folder.join(FILE_NAME), &boundary, parse, &schema)).collect()
}

/// Reads the settings of hadolint that speak for a Dockerfile in a folder: the nearest file alone, as far up as [`read_all`] looks.
pub fn read_hadolint<L: Default>(
    folder: &Path,
    boundary: &Path,
    schema: impl Fn(&Value, &Path) -> Verdict<L>,
) -> Option<SettingsFile<L>> {
    let (folder, boundary) = (resolved(folder), resolved(boundary));
    let last = if folder.starts_with(&boundary) { &boundary } else { &folder };
    let folders = folder.ancestors().take_while(|above| above.starts_with(last));
    let mut there = folders.flat_map(|folder| HADOLINT_NAMES.map(|name| (folder, folder.join(name))));
    let (folder, file) = there.find(|(_, file)| file.symlink_metadata().is_ok())?;
    Some(read(folder, &file, &boundary, parse_yaml, &schema))
}

fn read<L: Default>(
    folder: &Path,
    absolute: &Path,
    boundary: &Path,
    parse: impl Fn(&str) -> Parsed,
    schema: impl Fn(&Value, &Path) -> Verdict<L>,
) -> SettingsFile<L> {
    let path = absolute.strip_prefix(boundary).unwrap_or(absolute).to_owned();
    let shown = path.display();
    let text = match text(absolute) {
        Ok(text) => text,
        Err(reason) => {
            let problems = vec![format!("{shown}: cannot read these settings: {reason}")];
            return SettingsFile { path, layer: L::default(), problems };
        }
    };
    let parsed = parse(&text);
    let (layer, wrong) = schema(&parsed.values, folder);
    let wrong = wrong.into_iter().map(|(at, message)| (parsed.place(&at), message));
    let mut found: Vec<(Range<usize>, String)> = parsed.problems.iter().cloned().chain(wrong).collect();
    found.sort_by_key(|(place, _)| place.start);
    let problems = found
        .into_iter()
        .map(|(place, message)| format!("{shown}:{}: {message}", line(&text, place.start)))
        .collect();
    SettingsFile { path, layer, problems }
}

/// Parses a text; what is wrong in it leaves the rest.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut parsed = Parsed::default();
    parsed.problems.extend(errors.into_iter().map(|error| {
        let message = format!("this is no TOML: {}", error.message().trim());
        (error.span().unwrap_or_default(), message)
    }));
    parsed.values = values_of_table(table.get_ref(), &mut Vec::new(), &mut parsed.places);
    parsed
}

/// Parses a text in YAML: all of it or nothing.
fn parse_yaml(text: &str) -> Parsed {
    match callers::plain::values(text) {
        Ok(plain) => Parsed { values: plain.values, problems: Vec::new(), places: plain.places },
        Err(reason) => {
            Parsed { problems: vec![(0..0, format!("this is no YAML: {reason}"))], ..Parsed::default() }
        }
    }
}

impl Parsed {
    /// Where a key or an item stands, or what is nearest above it that stands somewhere, in bytes.
    #[must_use]
    pub fn place(&self, at: &[String]) -> Range<usize> {
        let ways = (0..=at.len()).rev().map(|length| &at[..length]);
        ways.into_iter().find_map(|way| self.places.get(way)).cloned().unwrap_or_default()
    }
}

fn values_of_table(
    table: &DeTable<'_>,
    at: &mut Vec<String>,
    places: &mut BTreeMap<Vec<String>, Range<usize>>,
) -> Value {
    let mut values = Map::new();
    for (key, value) in table {
        at.push(key.get_ref().to_string());
        places.insert(at.clone(), key.span());
        values.insert(key.get_ref().to_string(), value_of(value, at, places));
        at.pop();
    }
    Value::Object(values)
}

fn value_of(
    value: &Spanned<DeValue<'_>>,
    at: &mut Vec<String>,
    places: &mut BTreeMap<Vec<String>, Range<usize>>,
) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::from),
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::from),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Table(table) => values_of_table(table, at, places),
        DeValue::Array(array) => {
            let mut values = Vec::new();
            for (index, item) in array.iter().enumerate() {
                at.push(index.to_string());
                places.insert(at.clone(), item.span());
                values.push(value_of(item, at, places));
                at.pop();
            }
            Value::Array(values)
        }
    }
}

/// The text of a settings file, or why there is none, with what to do.
fn text(path: &Path) -> Result<String, String> {
    let plain = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "it is a link to a file that is not there; remove it".to_owned(),
        // `ErrorKind::FilesystemLoop` is not stable.
        _ if error.raw_os_error() == Some(libc::ELOOP) => "it is a link in a circle; remove it".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied; may this user read it?".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    };
    // A pipe would be waited for.
    if !fs::metadata(path).map_err(plain)?.is_file() {
        return Err("it is no file; give it another name".to_owned());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(plain)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(plain)?;
    if bytes.len() as u64 > LONGEST {
        return Err("it is longer than 1 MiB, which no settings are".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8; save it so".to_owned())
}

/// The line of an offset, from 1.
fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The path with links resolved; as it is where it does not exist.
fn resolved(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &[u8])]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    /// A schema that takes everything but the key `wrong`.
    fn schema(values: &Value, _: &Path) -> Verdict<Value> {
        let wrong = values.get("wrong").map(|_| (vec!["wrong".to_owned(), "0".to_owned()], "no".to_owned()));
        (values.clone(), wrong.into_iter().collect())
    }

    fn problems(files: &[(&str, &[u8])]) -> Vec<String> {
        let folder = tree(files);
        let found = read_all(folder.path(), folder.path(), schema);
        found.into_iter().flat_map(|file| file.problems).collect()
    }

    #[test]
    fn the_nearest_comes_first_up_to_the_boundary() {
        let folder = tree(&[
            ("layerwise.toml", b"n = 0"),
            ("a/layerwise.toml", b"n = 1"),
            ("a/b/c/layerwise.toml", b"n = 2"),
        ]);
        let root = folder.path();
        let check = |start: &str, boundary: &str, expected: &[(&str, i64)]| {
            let found = read_all(&root.join(start), &root.join(boundary), schema);
            let found: Vec<_> = found
                .iter()
                .map(|file| (file.path.to_str().unwrap(), file.layer["n"].as_i64().unwrap()))
                .collect();
            assert_eq!(found, expected, "{start} up to {boundary}");
        };
        check("a/b/c", "a", &[("b/c/layerwise.toml", 2), ("layerwise.toml", 1)]);
        check("a/b", "", &[("a/layerwise.toml", 1), ("layerwise.toml", 0)]);
        check("a/b/gone", "a/b", &[]);
        // Elsewhere the folder itself counts alone.
        let found = read_all(root, &root.join("a"), schema);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, root.canonicalize().unwrap().join("layerwise.toml"));
    }

    #[test]
    fn problems_have_a_path_and_a_line() {
        assert_eq!(
            problems(&[("layerwise.toml", b"a = 1\n\nwrong = [\n  1,\n]\n")]),
            ["layerwise.toml:4: no"]
        );
        let broken = problems(&[("layerwise.toml", b"wrong = [1]\r\na = \r\n")]);
        assert_eq!(broken.len(), 2, "{broken:?}");
        assert_eq!(broken[0], "layerwise.toml:1: no");
        assert!(broken[1].starts_with("layerwise.toml:2: this is no TOML: "), "{broken:?}");
        let said = problems(&[("layerwise.toml", b"\xff\xfe")]);
        assert_eq!(said, ["layerwise.toml: cannot read these settings: it is not UTF-8; save it so"]);
        let said = problems(&[("layerwise.toml/x", b"")]);
        assert_eq!(said, ["layerwise.toml: cannot read these settings: it is no file; give it another name"]);
    }

    #[test]
    fn the_nearest_file_of_hadolint_counts_alone() {
        let folder = tree(&[
            (".hadolint.yaml", b"n: top\n"),
            ("a/.hadolint.yml", b"n: yml\nwrong:\n  - 1\n"),
            ("a/b/.hadolint.yaml", b"n: yaml\n"),
            ("a/b/.hadolint.yml", b"n: other\n"),
            ("broken/.hadolint.yaml", b"ignored: [\n"),
        ]);
        let read = |start: &str| read_hadolint(&folder.path().join(start), folder.path(), schema).unwrap();
        assert_eq!((read("a/b").layer, read("").layer), (json!({"n": "yaml"}), json!({"n": "top"})));
        assert_eq!(read("a").problems, ["a/.hadolint.yml:3: no"]);
        assert!(read("broken").problems[0].starts_with("broken/.hadolint.yaml:1: this is no YAML: "));
        assert!(read_hadolint(TempDir::new().unwrap().path(), folder.path(), schema).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_are_said() {
        let folder = TempDir::new().unwrap();
        for (from, to) in [(".hadolint.yaml", "b"), ("b", ".hadolint.yaml"), (FILE_NAME, FILE_NAME)] {
            std::os::unix::fs::symlink(to, folder.path().join(from)).unwrap();
        }
        let found = read_hadolint(folder.path(), folder.path(), schema).unwrap();
        assert_eq!(
            found.problems,
            [".hadolint.yaml: cannot read these settings: it is a link in a circle; remove it"]
        );
        let found = read_all(folder.path(), folder.path(), schema);
        assert_eq!(
            found[0].problems,
            ["layerwise.toml: cannot read these settings: it is a link in a circle; remove it"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_said() {
        let folder = TempDir::new().unwrap();
        std::os::unix::fs::symlink("gone", folder.path().join(FILE_NAME)).unwrap();
        let found = read_all(folder.path(), folder.path(), schema);
        assert!(found[0].problems[0].contains("not there"), "{found:?}");
    }

    #[test]
    fn values_of_every_type_and_the_rest_of_a_broken_file() {
        let parsed = parse("a = 'é'\nb = [0x10, 1.5, true]\nc.d = 1979-05-27\n[e]\nf = 2\n");
        let values = json!({"a": "é", "b": [16, 1.5, true], "c": {"d": "1979-05-27"}, "e": {"f": 2}});
        assert_eq!((parsed.values, parsed.problems), (values, Vec::new()));
        let parsed = parse("a = 1\nb = [\nc = 2\n");
        assert_eq!(parsed.values["a"], 1);
        assert!(!parsed.problems.is_empty());
        assert_eq!(parsed.place(&["a".to_owned(), "x".to_owned()]), 0..1);
        assert_eq!(parse("").values, json!({}));
    }
}
