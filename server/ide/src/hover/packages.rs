//! What a package manager is told to do, with the packages that it installs.

use semantic::commands::{Manager, PackageCommand, Verb};
use syntax::shell::ShellWord;

use super::card::{Card, Line, count, say, title};
use super::secrets::{MASK, Secrets};

/// How many packages are named.
const PACKAGES: usize = 16;

/// What it does; nothing where that is not known.
pub(super) fn card(package: &PackageCommand<'_>, arguments: &[ShellWord], secrets: &Secrets) -> Option<Card> {
    let manager = package.manager.as_str();
    let shown = secrets.redact_words(arguments.iter().map(literal));
    // An operand that is hidden is the value of an option that hands a secret over, and no package.
    let operands = package.packages.iter().filter_map(|word| {
        let index = arguments.iter().position(|argument| argument.range == word.range)?;
        shown.get(index).filter(|shown| *shown != MASK)
    });
    let names = || operands.clone().map(String::as_str);
    let total = operands.clone().count();
    let by = || say(" with ").code(manager);
    let mut card = match package.verb {
        Verb::Install | Verb::Fetch if package.installs_project() => {
            let verb = if package.verb == Verb::Fetch { "Fetches" } else { "Installs" };
            let mut card = Card::new(say(verb).text(" what the project lists").then(by()));
            if package.is_locked() {
                card.line(say("Exactly as its lock file says, or it fails."));
            }
            if package.is_production() {
                card.line(say("Less what only development needs."));
            }
            card
        }
        Verb::Install if total == 0 => return None,
        Verb::Install => {
            let first = say("Installs ").text(count(total, "package")).then(by()).text(": ").list(
                names(),
                total,
                PACKAGES,
            );
            let mut card = Card::new(first);
            if let Some(line) = recommended(package) {
                card.line(line);
            }
            card
        }
        Verb::Update => Card::new(say("Fetches the index of packages").then(by())),
        Verb::Upgrade => Card::new(say("Brings what is installed up to date").then(by())),
        Verb::Remove if total > 0 => {
            Card::new(say("Removes ").text(count(total, "package")).then(by()).text(": ").list(
                names(),
                total,
                PACKAGES,
            ))
        }
        Verb::Clean => Card::new(say("Empties the caches of ").code(manager)),
        Verb::Build => Card::new(say("Builds the project").then(by())),
        Verb::Test => Card::new(say("Runs the project's tests").then(by())),
        Verb::Run => match package.script {
            Some(script) => {
                Card::new(say("Runs the script ").then(title(script)).text(" of the project").then(by()))
            }
            None => return None,
        },
        _ => return None,
    };
    if let Some(script) = package.script.filter(|_| matches!(package.verb, Verb::Build | Verb::Test)) {
        card.line(say("By its script ").code(script).text("."));
    }
    Some(card)
}

/// What comes along unasked.
fn recommended(package: &PackageCommand<'_>) -> Option<Line> {
    let options = &package.options;
    match package.manager {
        Manager::AptGet | Manager::Apt if !options.has(&["--no-install-recommends"]) => Some(
            say("Recommended packages come along; ")
                .code("--no-install-recommends")
                .text(" leaves them out."),
        ),
        Manager::Apk if options.has(&["--virtual", "-t"]) => {
            let name = options.value(&["--virtual", "-t"])?;
            Some(
                say("As the group ")
                    .code(name)
                    .text(": ")
                    .code(format!("apk del {name}"))
                    .text(" removes them together."),
            )
        }
        _ => None,
    }
}

/// A word as the shell passes it where that is known, else as written.
fn literal(word: &ShellWord) -> &str {
    word.value.as_deref().unwrap_or(&word.text)
}
