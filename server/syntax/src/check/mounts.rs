//! What BuildKit refuses in a `RUN --mount=…`.
//!
//! A value with a variable is not judged: what it will be is not known here. Nor is the place of a relative target, or the
//! stage that `from` names.

use crate::accepted::{MOUNT_KEYS, MOUNT_SHARING, MOUNT_TYPES};
use crate::arguments::Word;
use crate::check::{nearest, shown};
use crate::mount::{MountField, split};
use crate::problem::LocalProblem;
use crate::range::LocalRange;

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
    source: Given,
    target: Given,
    /// Whether the target is `/`.
    root: bool,
    id: Given,
    sharing: bool,
}

/// Whether a key has a value that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Given {
    #[default]
    No,
    Yes,
    /// A variable decides it.
    Perhaps,
}

impl Given {
    const fn new(value: &str, known: bool) -> Self {
        match (known, value.is_empty()) {
            (false, _) => Self::Perhaps,
            (true, true) => Self::No,
            (true, false) => Self::Yes,
        }
    }
}

impl Mount {
    fn field(&mut self, field: &MountField, whole: LocalRange, problems: &mut Vec<LocalProblem>) {
        let key = field.key.to_lowercase();
        let mut refuse = |range: LocalRange, message: String| problems.push(LocalProblem { range, message });
        let written = shown(&field.key);
        if !field.has_value {
            match key.as_str() {
                "readonly" | "ro" | "readwrite" | "rw" => {}
                "required" => self.only_for(&key, &["secret", "ssh"], field.range, problems),
                "" => refuse(whole, "a mount has an empty field: remove the comma, and the white space behind it where a line goes on".to_owned()),
                _ => refuse(field.range, format!("{written} needs a value: write {written}=…")),
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
        let cut = shown(value);
        // Quotes and escapes are taken away when variables are put in, later than this.
        let known = !value.contains(['$', '"', '\'', '\\', '`']);
        match key.as_str() {
            "type" => {
                let kind = value.to_lowercase();
                if !known {
                    self.kind = None;
                } else if MOUNT_TYPES.contains(&kind.as_str()) {
                    self.kind = Some(kind);
                } else {
                    self.kind = None;
                    let hint = hint(value, MOUNT_TYPES);
                    refuse(place, format!("there is no mount type {cut}: {hint}"));
                }
            }
            "from" => self.from = !value.is_empty(),
            "source" | "src" => self.source = Given::new(value, known),
            "target" | "dst" | "destination" => {
                self.target = Given::new(value, known);
                self.root = known && value.starts_with('/') && value.trim_matches('/').is_empty();
            }
            "id" => self.id = Given::new(value, known),
            "env" => {}
            "readonly" | "ro" | "readwrite" | "rw" => {
                if known && boolean(value).is_none() {
                    refuse(place, format!("{key} is either true or false, not {cut}"));
                }
            }
            "required" => {
                if known && boolean(value).is_none() {
                    refuse(place, format!("required is either true or false, not {cut}"));
                }
                self.only_for(&key, &["secret", "ssh"], field.range, problems);
            }
            "size" => {
                if known && !is_size(value) {
                    refuse(place, format!("size needs a number of bytes such as 64m or 1g, not {cut}"));
                }
                self.only_for(&key, &["tmpfs"], field.range, problems);
            }
            "sharing" => {
                self.sharing = true;
                if known && !MOUNT_SHARING.contains(&value.to_lowercase().as_str()) {
                    let hint = hint(value, MOUNT_SHARING);
                    refuse(place, format!("a cache cannot be shared as {cut}: {hint}"));
                }
            }
            "mode" => {
                if known && !is_number(value, 8) {
                    refuse(place, format!("mode needs an octal number such as 0755, not {cut}"));
                }
            }
            "uid" | "gid" => {
                if known && !is_number(value, 10) {
                    refuse(
                        place,
                        format!("{key} needs a number, not {cut}: names are not known to the builder"),
                    );
                }
            }
            _ => {
                let hint = hint(&key, MOUNT_KEYS);
                refuse(field.key_range, format!("a mount has no {written}: {hint}"));
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
            if [self.source, self.target, self.id] == [Given::No; 3] {
                refuse(range, "a secret mount needs an id: write id=… as given to --secret".to_owned());
            }
            if [self.source, self.id] == [Given::Yes; 2] {
                let message = "source and id both name the secret: keep id alone";
                refuse(place(&["source", "src"]), message.to_owned());
            }
        }
        if self.root && !matches!(kind, "secret" | "ssh") {
            let message = "nothing can be mounted on /: name a directory below it";
            refuse(place(&["target", "dst", "destination"]), message.to_owned());
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

/// A boolean as Go reads it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
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
