//! Whatever is accepted, wherever: the file stays one that can be read.

use std::collections::BTreeSet;

use proptest::prelude::*;
use syntax::Document;

use super::fixture::{Around, complete};
use crate::completion::{CompletionItem, CompletionKind, Topic};

/// Files with something of everything.
const FILES: [&str; 4] = [
    "# syntax=docker/dockerfile:1\n# check=skip=all\nARG NODE=22\nFROM --platform=$BUILDPLATFORM node:$NODE AS deps\nWORKDIR /app\nCOPY --link package.json ./\nRUN --mount=type=cache,target=/root/.npm \\\n    # why\n    npm ci\n\nFROM deps AS build\nARG TARGETARCH\nENV MODE=production PORT=3000\nCOPY [\"src\", \"./\"]\nRUN <<EOF\nset -e\necho \"$MODE\" ${TARGETARCH}\nEOF\n\nFROM scratch\nCOPY --from=build --chown=1000:1000 /app/dist /app\nUSER 1000:1000\nEXPOSE 3000/tcp\nHEALTHCHECK --interval=30s --timeout=3s CMD wget -q http://localhost:$PORT\nSTOPSIGNAL SIGTERM\nLABEL a=\"b c\" d=e\nCMD [\"node\", \"/app/main.js\"]\n",
    "from alpine\r\nrun apk add curl \\\r\n && echo 😀 $PATH\r\nonbuild copy . /app\r\ncopy <<-X <<Y /täg/\r\n\tone\r\nX\r\ntwo\r\nY\r\n",
    "# escape=`\nFROM windows AS w\nSHELL [\"powershell\", \"-Command\"]\nRUN dir C:\\ `\n  ; echo $env:A\nVOLUME C:\\data\n",
    "FROM\nCOPY --fro\nCOPY --from= a\nRUN --mount=type=,tar\nFOO bar\nENV A\nRUN <<EOF\nopen",
];

fn accept(text: &str, item: &CompletionItem) -> String {
    let written = item.snippet.as_deref().map_or_else(|| item.text.clone(), filled_in);
    let mut document = Document::new(text);
    document.edit(item.replaced, &written);
    document.text()
}

/// A snippet with its own suggestions left as they are.
fn filled_in(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet;
    while let Some(at) = rest.find(['\\', '$', '}']) {
        out += &rest[..at];
        let behind = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'\\' => {
                out.extend(behind.chars().next());
                &behind[behind.chars().next().map_or(0, char::len_utf8)..]
            }
            b'}' => behind,
            _ if behind.starts_with("0") => &behind[1..],
            _ => {
                let inner = behind.strip_prefix('{').expect("a place to fill in");
                let inner = inner.trim_start_matches(|char: char| char.is_ascii_digit());
                match inner.strip_prefix('|') {
                    Some(choices) => {
                        out += choices.split([',', '|']).next().unwrap();
                        choices.split_once("|}").expect("choices end").1
                    }
                    None => inner.strip_prefix(':').expect("a suggestion"),
                }
            }
        };
    }
    out + rest
}

fn problems(text: &str) -> Vec<String> {
    Document::new(text).problems().into_iter().map(|problem| problem.message).collect()
}

fn around() -> Around {
    Around::context(&["package.json", "src/main.js", "täg/x"], "")
}

/// Whether an item is one of those that leave the file as right as it was.
fn is_strict(item: &CompletionItem) -> bool {
    let is_flag = matches!(item.topic, Some(Topic::Flag(..) | Topic::MountType(..)));
    matches!(item.kind, CompletionKind::Keyword | CompletionKind::Variable | CompletionKind::Stage) || is_flag
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_item_at_any_offset(file in 0..FILES.len(), place in any::<prop::sample::Index>(), pick in any::<prop::sample::Index>()) {
        let text = FILES[file];
        let offset = place.index(text.len() + 1);
        let Some(found) = complete(text, u32::try_from(offset).unwrap(), &around()) else { return Ok(()) };
        let item = pick.get(&found.items);
        let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        prop_assert!(item.typed.start as usize >= line, "{:?} begins on another line", item);
        let after = accept(text, item);
        // What is there can be completed again, at its end and at the cursor.
        let _ = complete(&after, item.typed.start, &around());
    }
}

#[test]
fn every_item_at_every_offset_of_a_file_without_problems_leaves_it_so() {
    for text in &FILES[..3] {
        assert_eq!(problems(text), [""; 0]);
        let mut seen = BTreeSet::new();
        for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
            let Some(found) = complete(text, u32::try_from(offset).unwrap(), &around()) else { continue };
            for item in found.items.iter().filter(|item| is_strict(item)) {
                // Another keyword in front of these arguments is the user's own doing; so is another kind of value.
                let before = &text[item.typed.start as usize..item.replaced.end as usize];
                if item.kind == CompletionKind::Keyword && !before.trim().is_empty() {
                    continue;
                }
                let after = accept(text, item);
                if !seen.insert((item.typed.start, item.label.clone())) {
                    continue;
                }
                assert_eq!(
                    problems(&after),
                    [""; 0],
                    "{:?} at {offset} of\n{text}\ngives\n{after}",
                    item.label
                );
            }
        }
    }
}
