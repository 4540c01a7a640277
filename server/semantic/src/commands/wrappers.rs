//! Programs that run another one: what is inside is what counts.

use syntax::shell::ShellWord;

use super::{literal, program_name};

struct Wrapper {
    names: &'static [&'static str],
    /// Flags that take the next word.
    with_value: &'static [&'static str],
    /// How many words stand before the program, flags and assignments aside.
    operands: usize,
}

const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        names: &["sudo", "doas"],
        with_value: &["-u", "-g", "-h", "-p", "-C", "-D", "--user", "--group"],
        operands: 0,
    },
    Wrapper { names: &["env"], with_value: &["-u", "--unset", "-C", "--chdir"], operands: 0 },
    Wrapper { names: &["exec"], with_value: &["-a"], operands: 0 },
    Wrapper { names: &["nice"], with_value: &["-n", "--adjustment"], operands: 0 },
    Wrapper { names: &["ionice"], with_value: &["-c", "-n", "--class", "--classdata"], operands: 0 },
    Wrapper { names: &["stdbuf"], with_value: &["-i", "-o", "-e"], operands: 0 },
    Wrapper { names: &["time"], with_value: &["-f", "-o"], operands: 0 },
    Wrapper { names: &["timeout"], with_value: &["-k", "-s", "--kill-after", "--signal"], operands: 1 },
    Wrapper { names: &["gosu", "su-exec"], with_value: &[], operands: 1 },
    Wrapper { names: &["npx", "bunx"], with_value: &["-p", "--package", "-w", "--workspace"], operands: 0 },
    Wrapper {
        names: &[
            "command",
            "builtin",
            "nohup",
            "setsid",
            "eatmydata",
            "unbuffer",
            "tini",
            "dumb-init",
            "busybox",
            "corepack",
            "xvfb-run",
        ],
        with_value: &[],
        operands: 0,
    },
];

/// Package managers that run a program of the project.
const RUNNERS: &[(&str, &str)] = &[
    ("npm", "exec"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("yarn", "exec"),
    ("yarn", "dlx"),
    ("bun", "x"),
    ("bundle", "exec"),
    ("poetry", "run"),
    ("pipenv", "run"),
    ("uv", "run"),
];

/// The names of the programs around the one that does the work, and the words from that one on.
pub(super) fn peel(words: &[ShellWord]) -> (Vec<&str>, &[ShellWord]) {
    let mut wrappers = Vec::new();
    let mut rest = words;
    while let Some((name, inner)) = unwrapped(rest) {
        wrappers.push(name);
        rest = inner;
    }
    (wrappers, rest)
}

fn unwrapped(words: &[ShellWord]) -> Option<(&str, &[ShellWord])> {
    let (first, mut rest) = words.split_first()?;
    let name = program_name(first);
    let runs = RUNNERS.iter().any(|(program, subcommand)| {
        *program == name && rest.first().is_some_and(|word| literal(word) == *subcommand)
    });
    if runs {
        let program = rest.iter().skip(1).position(|word| !literal(word).starts_with('-'))?;
        return Some((name, &rest[program + 1..]));
    }
    let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.names.contains(&name))?;
    // `command -v x` asks, and runs nothing; `corepack enable` is about itself.
    let next = rest.first().map(literal);
    if name == "command" && matches!(next, Some("-v" | "-V")) {
        return None;
    }
    if name == "corepack" && !matches!(next, Some("yarn" | "pnpm" | "npm")) {
        return None;
    }
    let mut operands = wrapper.operands;
    while let Some((word, after)) = rest.split_first() {
        let text = literal(word);
        if text == "--" {
            rest = after;
            break;
        }
        if wrapper.with_value.contains(&text) {
            rest = after.get(1..).unwrap_or_default();
        } else if text.starts_with('-')
            // env takes any name: npm's settings have slashes and colons in theirs.
            || (name == "env" && word.text.contains('='))
            || (matches!(name, "sudo" | "doas") && is_assignment(&word.text))
        {
            rest = after;
        } else if operands > 0 {
            operands -= 1;
            rest = after;
        } else {
            break;
        }
    }
    (!rest.is_empty()).then_some((name, rest))
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
