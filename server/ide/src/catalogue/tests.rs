//! What the catalogue says is what the reader of Dockerfiles takes: no more, no less, and every entry has its texts.

use std::collections::BTreeSet;

use syntax::accepted::{self, FlagKind};
use syntax::{Document, Keyword};

use super::*;

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

fn problems(text: &str) -> Vec<String> {
    Document::new(text).problems().into_iter().map(|problem| problem.message).collect()
}

#[test]
fn every_instruction_is_described_once() {
    let described: Vec<_> = INSTRUCTIONS.iter().map(|instruction| instruction.keyword.as_str()).collect();
    assert_eq!(set(described.iter().copied()), set(Keyword::ALL.iter().map(|keyword| keyword.as_str())));
    assert_eq!(described.len(), Keyword::ALL.len());
}

#[test]
fn the_flags_are_those_that_are_accepted() {
    for keyword in Keyword::ALL {
        let described = instruction(*keyword).unwrap().flags;
        let kinds: BTreeSet<_> = described
            .iter()
            .map(|flag| match (flag.value, flag.repeats) {
                (ValueKind::Switch, false) => (flag.name, FlagKind::Switch as u8),
                (_, false) => (flag.name, FlagKind::Value as u8),
                (_, true) => (flag.name, FlagKind::Values as u8),
            })
            .collect();
        let accepted = accepted::flags(*keyword).iter().map(|(name, kind)| (*name, *kind as u8));
        assert_eq!(kinds, accepted.collect(), "{keyword}");
        assert_eq!(kinds.len(), described.len(), "{keyword}");
    }
}

#[test]
fn the_values_of_flags_are_those_that_are_accepted() {
    let values = |keyword, name| match flag(keyword, name).unwrap().value {
        ValueKind::OneOf(choices) => set(choices.iter().map(|choice| choice.value)),
        other => panic!("{other:?}"),
    };
    assert_eq!(values(Keyword::Run, "network"), set(accepted::NETWORKS.iter().copied()));
    assert_eq!(values(Keyword::Run, "security"), set(accepted::SECURITY_MODES.iter().copied()));
}

#[test]
fn mounts_have_the_types_and_keys_that_are_accepted() {
    assert_eq!(set(MOUNT_TYPES.iter().map(|kind| kind.name)), set(accepted::MOUNT_TYPES.iter().copied()));
    let mut keys = set(["type"]);
    for kind in MOUNT_TYPES {
        for key in kind.keys {
            keys.extend(key.spellings());
            if let ValueKind::OneOf(choices) = key.value {
                assert_eq!(key.name, "sharing");
                assert_eq!(
                    set(choices.iter().map(|choice| choice.value)),
                    set(accepted::MOUNT_SHARING.iter().copied())
                );
            }
        }
    }
    assert_eq!(keys, set(accepted::MOUNT_KEYS.iter().copied()));
}

/// Keys that BuildKit lets pass on a type where they do nothing.
const WITHOUT_EFFECT: &[(&str, &[&str])] = &[
    ("bind", &["id", "env"]),
    ("cache", &["env", "rw", "readwrite"]),
    ("tmpfs", &["from", "source", "src", "id", "env", "readonly", "ro", "rw", "readwrite"]),
    ("secret", &["readonly", "ro", "rw", "readwrite"]),
    ("ssh", &["from", "source", "src", "env", "readonly", "ro", "rw", "readwrite"]),
];

#[test]
fn each_type_of_mount_has_the_keys_that_the_reader_takes_there() {
    for kind in MOUNT_TYPES {
        let described = set(kind.keys.iter().flat_map(MountKey::spellings));
        let without_effect = WITHOUT_EFFECT.iter().find(|(name, _)| *name == kind.name).unwrap().1;
        for key in accepted::MOUNT_KEYS.iter().filter(|key| **key != "type") {
            let value = match *key {
                "sharing" => "locked",
                "size" => "64m",
                "mode" => "0755",
                "uid" | "gid" => "1000",
                "readonly" | "ro" | "rw" | "readwrite" | "required" => "true",
                _ => "/x",
            };
            let name = kind.name;
            let id = if name == "secret" && !matches!(*key, "id" | "source" | "src") { ",id=i" } else { "" };
            let text = format!("FROM scratch\nRUN --mount=type={name}{id},{key}={value} true\n");
            let taken = problems(&text).is_empty();
            let known = described.contains(key) || without_effect.contains(key);
            assert_eq!(taken, known, "{text}{:?}", problems(&text));
            assert!(!(described.contains(key) && without_effect.contains(key)), "{name} {key}");
        }
    }
}

#[test]
fn defaults_and_choices_are_taken_by_the_reader() {
    for kind in MOUNT_TYPES {
        for key in kind.keys {
            let id = if kind.name == "secret" && key.value != ValueKind::Id { ",id=i" } else { "" };
            let values: Vec<_> = match key.value {
                ValueKind::OneOf(choices) => {
                    choices.iter().map(|choice| format!("={}", choice.value)).collect()
                }
                ValueKind::Switch if matches!(key.name, "required" | "rw" | "readonly") => {
                    vec![String::new(), "=true".to_owned()]
                }
                ValueKind::Size | ValueKind::Permissions => vec![format!("={}", key.placeholder)],
                _ => continue,
            };
            for value in values {
                let text =
                    format!("FROM scratch\nRUN --mount=type={}{id},{}{value} true\n", kind.name, key.name);
                assert_eq!(problems(&text), [""; 0], "{text}");
            }
        }
    }
    for flag in instruction(Keyword::Healthcheck).unwrap().flags {
        let text = format!("FROM scratch\nHEALTHCHECK --{}={} CMD true\n", flag.name, flag.default);
        assert_eq!(problems(&text), [""; 0], "{text}");
    }
}

#[test]
fn signals_and_directives_are_those_that_are_accepted() {
    let names = SIGNALS.iter().map(|signal| signal.value.strip_prefix("SIG").expect("a SIG"));
    assert_eq!(set(names), set(accepted::SIGNALS.iter().copied()));
    assert_eq!(SIGNALS.len(), accepted::SIGNALS.len());
    let names = DIRECTIVES.iter().map(|directive| directive.name);
    assert_eq!(set(names), set(accepted::DIRECTIVES.iter().copied()));
}

#[test]
fn the_platform_arguments_are_those_of_the_model() {
    let of_family = |wanted: &[VariableFamily]| {
        set(VARIABLES
            .iter()
            .filter(|variable| wanted.contains(&variable.family))
            .map(|variable| variable.name))
    };
    let platform = of_family(&[VariableFamily::Target, VariableFamily::Build]);
    assert!(platform.iter().all(|name| semantic::scope::is_platform_argument(name)));
    assert!(semantic::scope::PLATFORM_ARGUMENTS.iter().all(|name| platform.contains(name)));
    let proxies = of_family(&[VariableFamily::Proxy]);
    assert!(proxies.iter().all(|name| semantic::scope::is_proxy_argument(name)));
    assert_eq!(proxies.len(), 5);
    assert_eq!(variable("http_proxy").map(|variable| variable.name), Some("HTTP_PROXY"));
    assert_eq!(variable("targetarch"), None);
}

#[test]
fn every_check_of_buildkit_that_a_rule_stands_for_is_known() {
    let aliases = rules::REGISTRY.iter().flat_map(|rule| rule.aliases);
    let of_buildkit = aliases.filter(|alias| {
        alias.chars().all(|letter| letter.is_ascii_alphabetic()) && alias.starts_with(char::is_uppercase)
    });
    let unknown: Vec<_> = of_buildkit.filter(|alias| check(alias).is_none()).collect();
    assert_eq!(unknown, [&""; 0]);
}

#[test]
fn a_form_shows_its_parameters_in_order() {
    for instruction in INSTRUCTIONS {
        for form in instruction.forms {
            let mut rest = form.text;
            for parameter in form.parameters {
                let (_, behind) = rest.split_once(parameter.label).unwrap_or_else(|| {
                    panic!("{} is not in {} of {}", parameter.label, form.text, instruction.keyword)
                });
                rest = behind;
            }
        }
    }
}

#[test]
fn every_entry_has_its_texts() {
    let mut texts = Vec::new();
    for instruction in INSTRUCTIONS {
        texts.push((instruction.keyword.to_string(), instruction.summary));
        assert!(instruction.details.ends_with('.'), "{}", instruction.keyword);
        for flag in instruction.flags {
            texts.push((format!("{} --{}", instruction.keyword, flag.name), flag.summary));
            assert_eq!(flag.placeholder.is_empty(), flag.value == ValueKind::Switch, "{}", flag.name);
        }
        for parameter in instruction.forms.iter().flat_map(|form| form.parameters) {
            texts.push((format!("{} {}", instruction.keyword, parameter.label), parameter.summary));
        }
    }
    for kind in MOUNT_TYPES {
        texts.push((kind.name.to_owned(), kind.summary));
        assert!(kind.details.ends_with('.'), "{}", kind.name);
        texts.extend(kind.keys.iter().map(|key| (format!("{} {}", kind.name, key.name), key.summary)));
    }
    texts.extend(DIRECTIVES.iter().map(|directive| (directive.name.to_owned(), directive.summary)));
    texts.extend(VARIABLES.iter().map(|variable| (variable.name.to_owned(), variable.summary)));
    texts.extend(CHECKS.iter().map(|check| (check.name.to_owned(), check.summary)));
    let words = [HEREDOC_NAMES, PLATFORMS, SHELLS, PORTS, SIGNALS];
    texts.extend(words.into_iter().flatten().map(|choice| (choice.value.to_owned(), choice.summary)));
    for (name, text) in texts {
        assert!(text.len() > 2 && !text.ends_with('.'), "{name}: {text:?}");
        assert!(
            text.starts_with(|letter: char| letter.is_uppercase()
                || letter.is_ascii_digit()
                || letter == '.')
                || text.starts_with("sh;"),
            "{name}: {text:?}"
        );
    }
}
