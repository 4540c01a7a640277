//! The fields of `RUN --mount=type=…,key=value`, and what BuildKit refuses in them.
//!
//! A value with a variable is not judged: what it will be is not known here.

use crate::arguments::Word;
use crate::check::nearest;
use crate::problem::LocalProblem;
use crate::range::LocalRange;

/// One field of a mount or a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountField {
    /// The part before `=`, or the whole field where there is none; as written.
    pub key: String,
    /// The part after `=`; empty where there is none.
    pub value: String,
    /// Whether there is an `=`.
    pub has_value: bool,
    /// The whole field, CSV quotes included.
    pub range: LocalRange,
    /// The key's place.
    pub key_range: LocalRange,
    /// The value's place; the field's end where there is none.
    pub value_range: LocalRange,
}

/// The fields of a flag's value, split as CSV: where a quote is out of place, those before it.
#[must_use]
pub fn fields(value: &Word) -> Vec<MountField> {
    read(value).0
}

/// The fields of a flag's value; what is wrong with its quotes, or that it is empty.
pub(crate) fn split(value: &Word) -> Result<Vec<MountField>, String> {
    match read(value) {
        (fields, None) => Ok(fields),
        (_, Some(message)) => Err(message.to_owned()),
    }
}

const BARE_QUOTE: &str =
    "there is a quote inside a field: put the whole field in quotes, and double the quotes inside";
const OPEN_QUOTE: &str = "a quoted field must end with a quote before the next comma";
const EMPTY: &str = "the value is empty: write it as key=value, separated by commas";

fn read(value: &Word) -> (Vec<MountField>, Option<&'static str>) {
    let text = value
        .text
        .strip_suffix('\n')
        .map_or(value.text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    let mut fields = Vec::new();
    if text.is_empty() {
        return (fields, Some(EMPTY));
    }
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let quoted = rest.starts_with('"');
        let (content, len) = if quoted {
            let Some(found) = quoted_field(rest) else { return (fields, Some(OPEN_QUOTE)) };
            found
        } else {
            let field = rest.split(',').next().unwrap_or_default();
            if field.contains('"') {
                return (fields, Some(BARE_QUOTE));
            }
            (field.to_owned(), field.len())
        };
        fields.push(field(value, &content, at, len, quoted));
        at += len;
        if !text.get(at..).unwrap_or_default().starts_with(',') {
            return (fields, None);
        }
        at += 1;
    }
}

/// The content and length of a quoted field; nothing where its quotes are out of place.
fn quoted_field(text: &str) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut at = 1;
    loop {
        let rest = text.get(at..)?;
        let quote = rest.find('"')?;
        content.push_str(rest.get(..quote)?);
        at += quote + 1;
        match text.as_bytes().get(at) {
            Some(b'"') => {
                content.push('"');
                at += 1;
            }
            Some(b',') | None => return Some((content, at)),
            Some(_) => return None,
        }
    }
}

fn field(word: &Word, content: &str, start: usize, len: usize, quoted: bool) -> MountField {
    let (key, value) = content.split_once('=').map_or((content, None), |(key, value)| (key, Some(value)));
    let range = word.place(start, start + len);
    let inner = start + usize::from(quoted);
    // Doubled quotes make the content shorter than its place; the value then reaches to the field's end.
    let end = start + len - usize::from(quoted);
    MountField {
        key: key.to_owned(),
        range,
        key_range: word.place(inner, (inner + key.len()).min(end)),
        value_range: word.place((inner + key.len() + usize::from(value.is_some())).min(end), end),
        value: value.unwrap_or_default().to_owned(),
        has_value: value.is_some(),
    }
}

/// A boolean as Go reads it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

const KEYS: &[&str] = &[
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];
const TYPES: &[&str] = &["bind", "cache", "tmpfs", "secret", "ssh"];
const SHARING: &[&str] = &["shared", "private", "locked"];

/// What BuildKit refuses in a mount.
pub(crate) fn check(value: &Word) -> Vec<LocalProblem> {
    let mut problems = Vec::new();
    match split(value) {
        Ok(fields) => {
            let mut mount = Mount { kind: Some("bind".to_owned()), ..Mount::default() };
            for field in &fields {
                mount.field(field, value.range, &mut problems);
            }
            if problems.is_empty() {
                mount.whole(value.range, &fields, &mut problems);
            }
        }
        Err(message) => problems.push(LocalProblem { range: value.range, message }),
    }
    problems
}

/// What was said so far; a value with a variable counts as unknown.
#[derive(Default)]
struct Mount {
    /// Absent where a variable decides it.
    kind: Option<String>,
    from: bool,
    source: bool,
    target: bool,
    id: bool,
    sharing: bool,
}

impl Mount {
    fn field(&mut self, field: &MountField, whole: LocalRange, problems: &mut Vec<LocalProblem>) {
        let key = field.key.to_lowercase();
        let mut refuse = |range: LocalRange, message: String| problems.push(LocalProblem { range, message });
        if !field.has_value {
            match key.as_str() {
                "readonly" | "ro" | "readwrite" | "rw" => {}
                "required" => self.only_for(&key, &["secret", "ssh"], field.range, problems),
                "" => refuse(whole, "a mount has an empty field: remove the comma, and the white space behind it where a line goes on".to_owned()),
                _ => refuse(field.range, format!("{} needs a value: write {}=…", field.key, field.key)),
            }
            return;
        }
        let (value, place) = (field.value.as_str(), field.value_range);
        if key == "from" && value.find('$').is_some_and(|at| at + 1 != value.len()) {
            let message =
                "a mount's from cannot hold a variable: name a stage FROM it, and use that stage's name";
            refuse(place, message.to_owned());
            return;
        }
        // Quotes and escapes are taken away when variables are put in, later than this.
        let known = !value.contains(['$', '"', '\'', '\\', '`']);
        match key.as_str() {
            "type" => {
                let kind = value.to_lowercase();
                if !known {
                    self.kind = None;
                } else if TYPES.contains(&kind.as_str()) {
                    self.kind = Some(kind);
                } else {
                    self.kind = None;
                    let hint = hint(value, TYPES);
                    refuse(place, format!("there is no mount type {value}: {hint}"));
                }
            }
            "from" => self.from = !value.is_empty(),
            "source" | "src" => self.source = !value.is_empty(),
            "target" | "dst" | "destination" => self.target = !value.is_empty(),
            "id" => self.id = !value.is_empty(),
            "env" => {}
            "readonly" | "ro" | "readwrite" | "rw" => {
                if known && boolean(value).is_none() {
                    refuse(place, format!("{key} is either true or false, not {value}"));
                }
            }
            "required" => {
                if known && boolean(value).is_none() {
                    refuse(place, format!("required is either true or false, not {value}"));
                }
                self.only_for(&key, &["secret", "ssh"], field.range, problems);
            }
            "size" => {
                if known && !is_size(value) {
                    refuse(place, format!("size needs a number of bytes such as 64m or 1g, not {value}"));
                }
                self.only_for(&key, &["tmpfs"], field.range, problems);
            }
            "sharing" => {
                self.sharing = true;
                if known && !SHARING.contains(&value.to_lowercase().as_str()) {
                    let hint = hint(value, SHARING);
                    refuse(place, format!("a cache cannot be shared as {value}: {hint}"));
                }
            }
            "mode" => {
                if known && !is_number(value, 8) {
                    refuse(place, format!("mode needs an octal number such as 0755, not {value}"));
                }
            }
            "uid" | "gid" => {
                if known && !is_number(value, 10) {
                    refuse(
                        place,
                        format!("{key} needs a number, not {value}: names are not known to the builder"),
                    );
                }
            }
            _ => {
                let hint = hint(&key, KEYS);
                refuse(field.key_range, format!("a mount has no {}: {hint}", field.key));
            }
        }
    }

    fn only_for(&self, key: &str, kinds: &[&str], range: LocalRange, problems: &mut Vec<LocalProblem>) {
        if let Some(kind) = self.kind.as_deref().filter(|kind| !kinds.contains(kind)) {
            let kinds = kinds.join(" or ");
            let message =
                format!("{key} is for {kinds} mounts, not for {kind}: put the type before it, or remove it");
            problems.push(LocalProblem { range, message });
        }
    }

    /// What can be judged only with all fields known.
    fn whole(&self, range: LocalRange, fields: &[MountField], problems: &mut Vec<LocalProblem>) {
        let Some(kind) = self.kind.as_deref() else { return };
        let place = |keys: &[&str]| {
            let field = fields.iter().find(|field| keys.contains(&field.key.to_lowercase().as_str()));
            field.map_or(range, |field| field.range)
        };
        let mut refuse = |range: LocalRange, message: String| problems.push(LocalProblem { range, message });
        if !matches!(kind, "secret" | "ssh" | "cache") {
            for key in ["mode", "uid", "gid"] {
                if let Some(field) = fields.iter().find(|field| field.key.eq_ignore_ascii_case(key)) {
                    refuse(
                        field.range,
                        format!("{key} is for cache, secret and ssh mounts, not for {kind}: remove it"),
                    );
                }
            }
        }
        if kind == "secret" {
            if self.from {
                refuse(
                    place(&["from"]),
                    "a secret comes from the builder, not from a stage: remove from".to_owned(),
                );
            }
            if !self.source && !self.target && !self.id {
                refuse(range, "a secret mount needs an id: write id=… as given to --secret".to_owned());
            }
            if self.source && self.id {
                let message = "source and id both name the secret: keep id alone";
                refuse(place(&["source", "src"]), message.to_owned());
            }
        }
        if self.sharing && kind != "cache" {
            refuse(place(&["sharing"]), format!("sharing is for cache mounts, not for {kind}: remove it"));
        }
    }
}

fn hint(word: &str, candidates: &[&str]) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("use one of {}", candidates.join(", ")),
    }
}

fn is_number(text: &str, radix: u32) -> bool {
    !text.starts_with('+') && u32::from_str_radix(text, radix).is_ok()
}

/// A size as Docker's units are read: a number, and perhaps a unit of 1024s.
fn is_size(text: &str) -> bool {
    let end = text.rfind(|char: char| char.is_ascii_digit() || char == '.').map_or(0, |at| at + 1);
    let (number, unit) = text.split_at(end);
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let unit_known = matches!(unit.as_str(), "" | "b")
        || unit.strip_prefix(['k', 'm', 'g', 't', 'p']).is_some_and(|rest| matches!(rest, "" | "b" | "ib"));
    unit_known && number.parse::<f64>().is_ok_and(|number| number >= 0.0)
}
