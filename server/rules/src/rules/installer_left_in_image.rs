//! An installer for Windows that stays in the layer beside what it installed.

use syntax::LocalRange;

use crate::analysis::windows::is_windows;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "installer-left-in-image",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "An installer for Windows stays in the image beside what it installed",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN of a Windows image downloads an `.exe`, `.msi` or `.zip` to a file (`-OutFile`, `curl -o`, `DownloadFile`), and does not remove that file.

## Why

The installer stays in the layer, often with hundreds of megabytes, for as long as the image is stored and pulled; Windows Installer keeps a copy of an `.msi` besides, in
`C:\Windows\Installer`.

## Bad

```dockerfile
# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Invoke-WebRequest https://example.com/tool.msi -OutFile tool.msi; `
    Start-Process msiexec -ArgumentList '/i','tool.msi','/qn' -Wait
```

## Good

```dockerfile
# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Invoke-WebRequest https://example.com/tool.msi -OutFile tool.msi; `
    Start-Process msiexec -ArgumentList '/i','tool.msi','/qn' -Wait; `
    Remove-Item tool.msi
```

## When to ignore

When the program is what was downloaded, and not an installer; or in a stage of which only files are taken.
"#;

/// What removes a file.
const REMOVALS: [&str; 7] = ["remove-item", "del ", "rm ", "erase ", "ri ", "rmdir", "deletefile"];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped || !is_windows(input.file.model, input.stage) {
        return;
    }
    for item in &input.stage.instructions {
        let source = &item.instruction.source;
        if item.as_run().is_none() {
            continue;
        }
        let lower = source.to_ascii_lowercase();
        for (start, end) in downloads(&lower) {
            let name = file_name(&lower[start..end]);
            if !installs(&lower, end, name) || is_removed(&lower, name) {
                continue;
            }
            let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(end)) else { continue };
            let range = LocalRange::new(from, to);
            let shown = range.of(source);
            let message = format!(
                "`{shown}` stays in this layer beside what it installs. Remove it in the same RUN: `Remove-Item {shown}`."
            );
            findings.add(item.instruction.place(range), message);
        }
    }
}

/// The files that a text in lower case downloads to, by their places.
fn downloads(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for flag in ["-outfile", "-o", "-out", "--output", "downloadfile("] {
        for (at, _) in text.match_indices(flag) {
            let before = text[..at].chars().next_back();
            let after = &text[at + flag.len()..];
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '-')
                && !flag.starts_with("down")
            {
                continue;
            }
            let rest = if flag.starts_with("down") {
                // The second argument.
                let Some(comma) = after.find(',').filter(|comma| !after[..*comma].contains([')', ';', '\n']))
                else {
                    continue;
                };
                &after[comma + 1..]
            } else {
                after
            };
            let skipped = rest.trim_start_matches([' ', '\t', '=', ':', '\'', '"']);
            if skipped.len() == rest.len() {
                continue;
            }
            let start = text.len() - skipped.len();
            let length =
                skipped.find([' ', '\t', '\n', '\r', ';', '\'', '"', ')', '&', '`']).unwrap_or(skipped.len());
            let is_installer = [".exe", ".msi", ".zip"].iter().any(|end| skipped[..length].ends_with(end));
            if is_installer && !found.contains(&(start, start + length)) {
                found.push((start, start + length));
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether the file is run, installed or unpacked behind its download.
fn installs(text: &str, end: usize, name: &str) -> bool {
    let behind = &text[end..];
    behind.contains(name)
        && [
            "start-process",
            "msiexec",
            "/quiet",
            "/s",
            "/qn",
            "/install",
            "expand-archive",
            "tar ",
            "7z",
            "extracttodirectory",
        ]
        .iter()
        .any(|word| behind.contains(word))
}

/// Whether something removes it, or all of its folder.
fn is_removed(text: &str, name: &str) -> bool {
    REMOVALS.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let rest = &text[at..];
            let command = rest.split([';', '\n', '&']).next().unwrap_or_default();
            command.contains(name)
                || command.contains('*')
                || command.contains("temp")
                || command.contains("-recurse")
        })
    })
}

/// The last part of a path of either system.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "installer-left-in-image";
    const IMAGE: &str = "mcr.microsoft.com/windows/servercore:ltsc2022";

    #[test]
    fn an_installer_that_stays_is_pointed_at() {
        for (run, place) in [
            (
                "Invoke-WebRequest https://e.com/größe.msi -OutFile C:\\x\\größe.msi; Start-Process msiexec -ArgumentList /i, größe.msi",
                "C:\\x\\größe.msi",
            ),
            ("curl -fSLo vs.exe https://e.com/vs.exe && start /w vs.exe --quiet & del other.exe", ""),
            ("curl -o vs.exe https://e.com/vs.exe && vs.exe /quiet", "vs.exe"),
            (
                "(New-Object Net.WebClient).DownloadFile('https://e.com/a.zip', 'a.zip'); Expand-Archive a.zip",
                "a.zip",
            ),
        ] {
            let text = format!("# escape=`\r\nFROM {IMAGE}\r\nRUN {run}\r\n");
            let expected: &[&str] = if place.is_empty() { &[] } else { &[place] };
            assert_eq!(pointed_at(CODE, &text), expected, "{text}");
        }
        let text = format!(
            "FROM {IMAGE}\nRUN powershell iwr https://e.com/a.msi -OutFile a.msi; \\\n  msiexec /i a.msi /qn\n"
        );
        assert_eq!(pointed_at(CODE, &text), ["a.msi"]);
    }

    #[test]
    fn removed_ones_other_stages_and_linux_are_fine() {
        let install = "curl -o a.msi https://e.com/a.msi && msiexec /i a.msi";
        for text in [
            format!("FROM {IMAGE}\nRUN {install} && del a.msi\n"),
            format!("FROM {IMAGE}\nRUN {install}; Remove-Item -Recurse C:/x\n"),
            format!("FROM {IMAGE} AS x\nRUN {install}\nFROM {IMAGE}\nCOPY --from=x a b\n"),
            format!("FROM debian:12\nRUN {install}\n"),
            format!("FROM {IMAGE}\nRUN curl -o app.exe https://e.com/app.exe\nRUN <<E\n'\nE\nRUN -o\n"),
        ] {
            no_findings(CODE, &text);
        }
    }
}
