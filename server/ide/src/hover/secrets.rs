//! Which values of a Dockerfile are never shown: those of variables whose names speak of a secret, those that look like one, and
//! whatever is made from either.
//!
//! Names are judged as the rules judge them, and more strictly: a value that is hidden for nothing costs a glance into the file, one
//! that is shown for nothing may be on a screen that others see.

use std::collections::{HashMap, HashSet};

use semantic::expand::expand_word;
use semantic::{Facts, Kind, Lookup, Model, Value};
use syntax::Pair;

pub(crate) use super::redaction::MASK;
use super::redaction::{self, is_switch, looks_secret, speaks_of_secret};

/// The secrets of a Dockerfile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    names: HashSet<String>,
    /// Longest first, so that no part of one is left when another one is taken out.
    values: Vec<String>,
}

/// A definition in the file.
struct Defined {
    name: String,
    /// As written.
    raw: String,
    /// With variables expanded, where it is known.
    known: Option<String>,
    /// The names of the variables in it.
    uses: Vec<String>,
}

impl Secrets {
    /// Those of a file and of the images that it builds on.
    pub(crate) fn of(model: &Model, facts: &Facts) -> Self {
        let definitions = definitions(model);
        let mut secrets = Self::default();
        secrets.names_of(&definitions);
        for Defined { name, raw, known, .. } in &definitions {
            if secrets.is_hidden(name, known.as_deref().unwrap_or(raw)) {
                secrets.keep(known.as_deref().unwrap_or_default());
                secrets.keep(raw.trim_matches(['"', '\'']));
            }
        }
        for (name, value) in facts.base_images.values().flat_map(|image| &image.environment) {
            if secrets.is_hidden(name, value) {
                secrets.keep(value);
            }
        }
        secrets.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        secrets.values.dedup();
        secrets
    }

    /// The same with the values that a build gives: those of variables that hold a secret are hidden too.
    pub(crate) fn with_given<'a>(mut self, given: impl Iterator<Item = (&'a String, &'a String)>) -> Self {
        for (name, value) in given {
            if self.is_hidden(name, value) {
                self.keep(value);
            }
        }
        self.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        self
    }

    /// The names that hold a secret though they do not say so: what is made from one, and what one is made from.
    fn names_of(&mut self, definitions: &[Defined]) {
        let mut made_from: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut used_by: HashMap<&str, Vec<&str>> = HashMap::new();
        for Defined { name, uses, .. } in definitions {
            for used in uses {
                made_from.entry(name).or_default().push(used);
                used_by.entry(used).or_default().push(name);
            }
        }
        let names: HashSet<&str> = made_from.keys().chain(used_by.keys()).copied().collect();
        let mut holding: Vec<&str> = names.into_iter().filter(|name| speaks_of_secret(name)).collect();
        holding.extend(closure(&holding, &made_from));
        let derived = closure(&holding, &used_by);
        self.names.extend(holding.into_iter().chain(derived).map(str::to_owned));
    }

    fn is_named(&self, name: &str) -> bool {
        speaks_of_secret(name) || self.names.contains(name)
    }

    /// Whether the value of a variable of this name must not be shown.
    pub(crate) fn is_hidden(&self, name: &str, value: &str) -> bool {
        (self.is_named(name) && !is_switch(value)) || looks_secret(value)
    }

    /// Whether nothing that a variable of this name is made of may be shown.
    pub(crate) fn hides(&self, name: &str) -> bool {
        self.is_named(name)
    }

    fn keep(&mut self, value: &str) {
        let password = value.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let password = password.and_then(|(login, _)| login.split_once(':')).map(|(_, password)| password);
        let kept = [Some(value), password].into_iter().flatten().filter(|value| is_telling(value));
        self.values.extend(kept.map(str::to_owned));
    }

    /// The text with every secret in it hidden.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut shown = redaction::text(text, |name| self.names.contains(name));
        for value in self.values.iter().filter(|value| text.contains(value.as_str())) {
            shown = shown.replace(value.as_str(), MASK).into();
        }
        shown.into_owned()
    }

    /// The words of a command with every secret in them hidden, those too that an option hands over.
    pub(crate) fn redact_words<'a>(&self, words: impl Iterator<Item = &'a str>) -> Vec<String> {
        redaction::words(words, |word| self.redact(word))
    }
}

/// All that can be reached from some names.
fn closure<'a>(from: &[&'a str], next: &HashMap<&'a str, Vec<&'a str>>) -> HashSet<&'a str> {
    let mut reached = HashSet::new();
    let mut open = from.to_vec();
    while let Some(name) = open.pop() {
        for other in next.get(name).into_iter().flatten() {
            if reached.insert(*other) {
                open.push(other);
            }
        }
    }
    reached
}

/// What ENV, ARG and LABEL define, the triggers of ONBUILD included.
fn definitions(model: &Model) -> Vec<Defined> {
    let escape = model.document.escape();
    let defined = |name: &str, raw: &str, known: Option<&str>| {
        let used = raw.contains('$').then(|| expand_word(raw, escape, |_| Lookup::Unknown).uses);
        let uses = used.into_iter().flatten().map(|used| used.name).collect();
        Defined { name: name.to_owned(), raw: raw.to_owned(), known: known.map(str::to_owned), uses }
    };
    let of_pair = |pair: &Pair| {
        let known = match model.scopes.global(&pair.key.text).map(|global| &global.value) {
            Some(Value::Known(value)) => Some(value.as_str()),
            _ => None,
        };
        defined(&pair.key.text, pair.value.as_ref().map_or("", |value| &value.text), known)
    };
    let mut found: Vec<Defined> =
        model.preamble.iter().flat_map(|instruction| &instruction.arguments.pairs).map(of_pair).collect();
    for item in model.stages.iter().flat_map(|stage| &stage.instructions) {
        match &item.kind {
            Kind::Env(pairs) | Kind::Label(pairs) => found.extend(pairs.iter().map(|(name, value)| {
                let name = name.value.as_deref().unwrap_or(&name.raw);
                defined(name, &value.raw, value.value.as_deref())
            })),
            Kind::Arg(arguments) => found.extend(arguments.iter().map(|(name, default)| {
                let default = default.as_ref();
                let known = default.and_then(|text| text.value.as_deref());
                defined(&name.raw, default.map_or("", |text| &text.raw), known)
            })),
            Kind::Onbuild => {
                let pairs = item.instruction.trigger.iter().flat_map(|trigger| &trigger.arguments.pairs);
                found.extend(pairs.map(of_pair));
            }
            _ => {}
        }
    }
    found
}

/// Whether a value is found in a text without hiding ordinary words: a password may be `postgres`, and so may an image's name.
fn is_telling(value: &str) -> bool {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_lowercase());
    value.len() >= if is_plain { 12 } else { 6 }
}

#[cfg(test)]
mod tests {
    use syntax::Document;

    use super::*;

    fn secrets(text: &str) -> Secrets {
        Secrets::of(&Model::new(&Document::new(text), &Facts::default()), &Facts::default())
    }

    #[test]
    fn what_a_secret_is_made_of_and_what_is_made_of_it_is_hidden() {
        let secrets = secrets(
            "FROM a\nARG SEED=hunter2\nENV API_TOKEN=${SEED}x\nENV COPYCAT=$API_TOKEN\nENV OTHER=$COPYCAT/y\nENV TWIN=$SEED\nENV HOST=db\n",
        );
        for name in ["SEED", "API_TOKEN", "COPYCAT", "OTHER", "TWIN"] {
            assert!(secrets.is_hidden(name, "x"), "{name}");
        }
        assert!(!secrets.is_hidden("HOST", "db"));
        assert!(!secrets.is_hidden("API_TOKEN", "false"));
        assert_eq!(secrets.redact("run hunter2x now"), format!("run {MASK} now"));
    }

    #[test]
    fn values_that_look_like_secrets_are_hidden_under_any_name() {
        let secrets = secrets("FROM a\nENV DSN=postgres://app:hunter2!@db/app\n");
        assert_eq!(secrets.redact("postgres://app:hunter2!@db/app"), format!("postgres://{MASK}@db/app"));
        assert_eq!(secrets.redact("psql -W hunter2! -h db"), format!("psql -W {MASK} -h db"));
        assert!(secrets.is_hidden("X", "ghp_0123456789abcdefABCDEF"));
        assert!(!secrets.is_hidden("X", "sk-learn-compatible-name"));
    }

    #[test]
    fn ordinary_words_stay() {
        let secrets = secrets("FROM postgres:16\nENV POSTGRES_PASSWORD=postgres\n");
        assert_eq!(secrets.redact("postgres:16"), "postgres:16");
    }
}
