//! A package of which any version may be installed.

use semantic::commands::{Manager, PackageCommand, Verb, meaning};
use syntax::shell::ShellWord;

use crate::analysis::run_calls::run_calls;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "package-version-not-pinned",
    aliases: &["DL3008", "DL3013", "DL3016", "DL3018", "DL3028", "DL3033", "DL3037", "DL3041", "DL3062"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A package is installed in whatever version there is",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN installs a package by its name alone, with apt, apk, dnf, yum, zypper, pip, npm, gem or `go install`. Files, addresses, packages whose
name comes from a variable, requirement and constraint files, and what a lock file holds are left alone.

## Why

The next build may get another version and behave differently, though nothing in the repository has changed.

## Bad

```dockerfile
FROM python:3.13-slim
RUN pip install --no-cache-dir flask
```

## Good

```dockerfile
FROM python:3.13-slim
RUN pip install --no-cache-dir flask==3.1.0
```

## When to ignore

For packages of a distribution: most keep one version at a time, so a pin breaks the build as soon as there is a fix. A base image that is
pinned by its digest, or a snapshot of the package archive, holds more. The rule is off by default for this reason.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage) {
        if !is_installer(call.call.program) {
            continue;
        }
        let meaning = meaning(call.call.command);
        let Some(package) = meaning.package().filter(|package| package.verb == Verb::Install) else {
            continue;
        };
        let Some(alias) = alias(package) else { continue };
        if is_held_otherwise(package) {
            continue;
        }
        let open: Vec<_> = package.packages.iter().filter(|word| is_open(package, word)).collect();
        let Some(first) = open.first() else { continue };
        let more = match open.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let message = format!(
            "`{}`{more} may be of any version, and of another one in the next build. Write `{}`.",
            first.text,
            example(package.manager, &first.text)
        );
        findings.add(call.place(first.range), message).aliases = alias.into_iter().collect();
    }
}

fn is_installer(program: &str) -> bool {
    matches!(
        program,
        "apt-get"
            | "apt"
            | "apk"
            | "dnf"
            | "dnf5"
            | "microdnf"
            | "tdnf"
            | "yum"
            | "zypper"
            | "npm"
            | "gem"
            | "go"
    ) || program.starts_with("pip")
}

/// hadolint's code, where it has one; nothing where the manager is not looked at.
fn alias(package: &PackageCommand<'_>) -> Option<Option<&'static str>> {
    Some(match package.manager {
        Manager::AptGet if package.subcommand == "install" => Some("DL3008"),
        Manager::Apt if package.subcommand == "install" => Some("DL3008"),
        Manager::Apk => Some("DL3018"),
        Manager::Dnf | Manager::Microdnf => Some("DL3041"),
        Manager::Tdnf => None,
        Manager::Yum => Some("DL3033"),
        Manager::Zypper => Some("DL3037"),
        Manager::Pip => Some("DL3013"),
        Manager::Npm => Some("DL3016"),
        Manager::Gem => Some("DL3028"),
        Manager::Go if package.subcommand == "install" => Some("DL3062"),
        _ => return None,
    })
}

/// Whether a flag of the command says which versions there are.
fn is_held_otherwise(package: &PackageCommand<'_>) -> bool {
    let options = &package.options;
    match package.manager {
        Manager::Pip => options.has(&["-c", "--constraint", "--no-index", "--require-hashes"]),
        Manager::Gem => options.has(&["-v", "--version"]),
        _ => false,
    }
}

/// Whether a package's name is known, and no version with it.
fn is_open(package: &PackageCommand<'_>, word: &ShellWord) -> bool {
    let Some(name) = word.value.as_deref() else { return false };
    let is_scoped = package.manager == Manager::Npm && name.starts_with('@');
    if name.is_empty() || name.starts_with(['.', '-', '/', '~']) || name.contains("://") {
        return false;
    }
    match package.manager {
        Manager::AptGet | Manager::Apt => {
            !name.contains(['=', '/', '*']) && !name.ends_with(['-', '+', '^']) && !name.ends_with(".deb")
        }
        Manager::Apk => {
            !name.contains(['=', '~', '<', '>', '/']) && !name.starts_with('!') && !name.ends_with(".apk")
        }
        Manager::Dnf | Manager::Microdnf | Manager::Tdnf | Manager::Yum | Manager::Zypper => {
            let has_version =
                name.split('-').skip(1).any(|part| part.starts_with(|first: char| first.is_ascii_digit()));
            !has_version
                && !name.contains(['=', '<', '>', '/', '*', ':'])
                && !name.starts_with('@')
                && !name.ends_with(".rpm")
        }
        Manager::Pip => {
            !name.contains(['=', '<', '>', '~', '@', '/', '!'])
                && !name.ends_with(".whl")
                && !name.ends_with(".gz")
        }
        Manager::Npm => {
            let bare = name.strip_prefix('@').unwrap_or(name);
            let is_path = !is_scoped && bare.contains('/') || name.ends_with(".tgz") || name.contains(':');
            !is_path
                && bare.split_once('@').is_none_or(|(_, version)| matches!(version, "" | "latest" | "next"))
        }
        Manager::Gem => !name.contains(':') && !name.ends_with(".gem"),
        Manager::Go => {
            let is_module = name.split('/').next().is_some_and(|host| host.contains('.'));
            is_module
                && name
                    .split_once('@')
                    .is_none_or(|(_, version)| matches!(version, "latest" | "master" | "main"))
        }
        _ => false,
    }
}

fn example(manager: Manager, name: &str) -> String {
    let (name, joint) = match manager {
        Manager::Pip => (name, "=="),
        Manager::Npm => (name.trim_end_matches("@latest").trim_end_matches("@next"), "@"),
        Manager::Go => (name.split('@').next().unwrap_or(name), "@v"),
        Manager::Gem => (name, ":"),
        Manager::Dnf | Manager::Microdnf | Manager::Tdnf | Manager::Yum => (name, "-"),
        _ => (name, "="),
    };
    format!("{name}{joint}…")
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "package-version-not-pinned";

    #[test]
    fn each_manager_has_its_own_alias() {
        for (command, place, alias) in [
            ("apt-get install -y curl git=1:2", "curl", "DL3008"),
            ("apt-get install -y -t backports curl", "curl", "DL3008"),
            ("apk add --no-cache -t .deps curl", "curl", "DL3018"),
            ("dnf install -y curl", "curl", "DL3041"),
            ("microdnf install curl", "curl", "DL3041"),
            ("yum install -y gcc-c++", "gcc-c++", "DL3033"),
            ("zypper install -y curl", "curl", "DL3037"),
            ("pip install flask", "flask", "DL3013"),
            ("python3 -m pip install 'flask[async]'", "'flask[async]'", "DL3013"),
            ("npm install -g @angular/cli", "@angular/cli", "DL3016"),
            ("npm install -g yarn@latest", "yarn@latest", "DL3016"),
            ("gem install bundler", "bundler", "DL3028"),
            (
                "go install golang.org/x/tools/cmd/goimports@latest",
                "golang.org/x/tools/cmd/goimports@latest",
                "DL3062",
            ),
        ] {
            let text = format!("FROM a:1\nRUN {command}\n");
            assert_eq!(pointed_at(CODE, &text), [place], "{command}");
            assert_eq!(check_only(CODE, &text)[0].aliases.join(" "), alias, "{command}");
        }
        let message = &check_only(CODE, "FROM a:1\nRUN pip install a b c==1\n")[0].message;
        expect_test::expect![
            "`a` and 1 more may be of any version, and of another one in the next build. Write `a==…`."
        ]
        .assert_eq(message);
    }

    #[test]
    fn versions_files_and_variables_are_fine() {
        for command in [
            "apt-get install -y curl=7.* ./x.deb git/bookworm",
            "apt-get install -y $PACKAGES",
            "apt-get update",
            "apk add curl~8 'git>2' ./x.apk",
            "yum install -y curl-7.1 https://e.com/x.rpm @group",
            "pip install flask==3 'x>=1' . -r requirements.txt git+https://e.com/x ./x.whl",
            "pip install -c constraints.txt flask",
            "pip install -e .",
            "npm install",
            "npm ci",
            "npm install -g yarn@1 @a/b@2 ./x.tgz",
            "gem install bundler:2.5",
            "gem install bundler -v 2.5",
            "go install ./cmd/x",
            "go install e.com/x@v1.2.3",
            "echo pip install flask",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {command}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN pip install \\\r\n  größe\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN pip install `\n  größe\n",
            "FROM a:1\nRUN <<EOF\npip install größe\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["größe"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN pip install '\nRUN npm\n");
    }
}
