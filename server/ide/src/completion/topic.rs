//! What an item's documentation is about, as a name that goes to the editor and comes back when the user wants to read it.

use syntax::Keyword;

use crate::catalogue;

/// Something that has documentation of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// An instruction.
    Instruction(Keyword),
    /// A flag of an instruction.
    Flag(Keyword, &'static str),
    /// A type of mount.
    MountType(&'static str),
    /// A key of a type of mount.
    MountKey(&'static str, &'static str),
    /// A parser directive.
    Directive(&'static str),
    /// A predefined variable.
    Variable(&'static str),
    /// A check of BuildKit's.
    Check(&'static str),
    /// A rule of ours.
    Rule(&'static str),
}

impl Topic {
    /// Its name: `flag RUN mount`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Instruction(keyword) => format!("instruction {keyword}"),
            Self::Flag(keyword, name) => format!("flag {keyword} {name}"),
            Self::MountType(name) => format!("mount {name}"),
            Self::MountKey(kind, name) => format!("key {kind} {name}"),
            Self::Directive(name) => format!("directive {name}"),
            Self::Variable(name) => format!("variable {name}"),
            Self::Check(name) => format!("check {name}"),
            Self::Rule(code) => format!("rule {code}"),
        }
    }

    /// The topic of a name; nothing for a name that is none of ours.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut words = name.split(' ');
        let (kind, first, second) = (words.next()?, words.next()?, words.next());
        Some(match kind {
            "instruction" => Self::Instruction(catalogue::instruction(Keyword::from_word(first))?.keyword),
            "flag" => {
                let keyword = Keyword::from_word(first);
                Self::Flag(keyword, catalogue::flag(keyword, second?)?.name)
            }
            "mount" => Self::MountType(catalogue::mount_type(first)?.name),
            "key" => {
                let kind = catalogue::mount_type(first)?;
                Self::MountKey(kind.name, kind.key(second?)?.name)
            }
            "directive" => Self::Directive(catalogue::directive(first)?.name),
            "variable" => Self::Variable(catalogue::variable(first)?.name),
            "check" => Self::Check(catalogue::check(first)?.name),
            "rule" => Self::Rule(rules::find(first)?.code),
            _ => return None,
        })
    }

    /// What there is to read about it, as Markdown.
    #[must_use]
    pub fn documentation(self) -> Option<String> {
        Some(match self {
            Self::Instruction(keyword) => {
                let found = catalogue::instruction(keyword)?;
                let form = found
                    .forms
                    .first()
                    .map(|form| format!("```dockerfile\n{keyword} {}\n```\n\n", form.text));
                let form = form.unwrap_or_default();
                format!("{form}{}.\n\n{}\n\n[Reference]({})", found.summary, found.details, found.link())
            }
            Self::Flag(keyword, name) => {
                let found = catalogue::flag(keyword, name)?;
                let mut text =
                    format!("```dockerfile\n{keyword} {}\n```\n\n{}.", found.usage(), found.summary);
                if !found.details.is_empty() {
                    text += &format!(" {}", found.details);
                }
                text += &default(found.default);
                text += &since(found.since);
                format!("{text}\n\n[Reference]({})", found.link())
            }
            Self::MountType(name) => {
                let found = catalogue::mount_type(name)?;
                format!("{}.\n\n{}\n\n[Reference]({})", found.summary, found.details, found.link())
            }
            Self::MountKey(kind, name) => {
                let kind = catalogue::mount_type(kind)?;
                let found = kind.key(name)?;
                let mut text = format!("{}.", found.summary);
                if !found.aliases.is_empty() {
                    text += &format!("\n\nAlso written {}.", joined(found.aliases));
                }
                text += &default(found.default);
                text += &since(found.since);
                format!("{text}\n\n[Reference]({})", kind.link())
            }
            Self::Directive(name) => {
                let found = catalogue::directive(name)?;
                let since = since(found.since);
                format!("{}.\n\n{}{since}\n\n[Reference]({})", found.summary, found.details, found.link())
            }
            Self::Variable(name) => {
                let found = catalogue::variable(name)?;
                let example = match found.example {
                    "" => String::new(),
                    example => format!("\n\nSuch as `{example}`."),
                };
                format!("{}.{example}\n\n[Reference]({})", found.summary, found.link())
            }
            Self::Check(name) => {
                let found = catalogue::check(name)?;
                let own = rules::find(name)
                    .map(|rule| format!("\n\nHere it is `{}`.", rule.code))
                    .unwrap_or_default();
                let asked = if found.experimental { "\n\nIt only runs when it is asked for." } else { "" };
                format!("{}.{own}{asked}\n\n[Reference]({})", found.summary, found.link())
            }
            Self::Rule(code) => rules::docs::text(rules::find(code)?),
        })
    }
}

fn default(default: &str) -> String {
    if default.is_empty() { String::new() } else { format!("\n\nDefault: {default}.") }
}

fn since(since: Option<catalogue::Since>) -> String {
    since.map(|since| format!("\n\nSince {since}.")).unwrap_or_default()
}

fn joined(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}
