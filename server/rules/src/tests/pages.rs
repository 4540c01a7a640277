//! Every rule has its page, and the page's examples are true; the pages under `server/docs` are made from them.

use std::path::PathBuf;
use std::sync::Arc;

use semantic::Model;
use semantic::facts::shell_checks::{ShellChecks, ShellComment, ShellLevel};
use semantic::facts::{ContextFacts, Facts, FileFacts, FileKind, IgnoreFile, ImageFacts};

use syntax::Document;

use super::fixture::findings_of;
use crate::called::CALLER_REGISTRY;
use crate::catalogue::{REGISTRY, find};
use crate::ignore::IGNORE_REGISTRY;
use crate::names::normalized;
use crate::{CopiedPath, IgnoreInput, LabelKind, LabelSchema, Rule, Settings, check_ignore_file, docs};

const SECTIONS: [&str; 5] = ["What", "Why", "Bad", "Good", "When to ignore"];

/// The text under a heading.
fn section<'a>(rule: &Rule, title: &str) -> &'a str {
    let start = rule
        .page
        .find(&format!("## {title}\n"))
        .unwrap_or_else(|| panic!("{}: no section {title}", rule.code));
    let rest = &rule.page[start + title.len() + 4..];
    rest.split("\n## ").next().unwrap_or_default()
}

/// The Dockerfiles in a section; of a rule for ignore files, the ignore files; of a rule for callers, the Compose files.
pub(super) fn examples(rule: &Rule, title: &str) -> Vec<&'static str> {
    let language = match rule {
        rule if is_for_ignore_files(rule) => "```dockerignore\n",
        rule if is_for_callers(rule) => "```yaml\n",
        _ => "```dockerfile\n",
    };
    let blocks = section(rule, title).split(language).skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

fn is_for_ignore_files(rule: &Rule) -> bool {
    IGNORE_REGISTRY.iter().any(|one| one.rule.code == rule.code)
}

fn is_for_callers(rule: &Rule) -> bool {
    CALLER_REGISTRY.iter().any(|one| one.rule.code == rule.code)
}

/// Whether a rule finds something in an ignore file; comments `# file: PATH` and `# copied: PATH` say what is around it.
fn finds_in_ignore_file(rule: &Rule, text: &str) -> bool {
    let named = |mark: &str| text.lines().filter_map(|line| line.strip_prefix(mark)).collect::<Vec<_>>();
    let context = crate::ignore::tests::context(&named("# file: "));
    let copied = |path: &&str| {
        let (dockerfile, path) = ("Dockerfile".to_owned(), (*path).to_owned());
        CopiedPath { dockerfile, line: 1, path }
    };
    let copies: Vec<_> = named("# copied: ").iter().map(copied).collect();
    let input = IgnoreInput { text, context: Some(&context), copies: &copies };
    check_ignore_file(input, &Settings::default()).iter().any(|finding| finding.code == rule.code)
}

/// Whether the rule finds something in an example; comments `# .dockerignore: PATTERN` stand for that file,
/// `# file: PATH BYTES` for a file of the build context, `# base image NAME is PLATFORM` for an image on the builder; `# trusted registry: NAME`,
/// `# label: NAME KIND` and `# labels are strict` for settings.
fn finds(rule: &Rule, text: &str) -> bool {
    if is_for_ignore_files(rule) {
        return finds_in_ignore_file(rule, text);
    }
    if is_for_callers(rule) {
        return !crate::called::tests::found(rule.code, text).is_empty();
    }
    let marked = |mark: &'static str| text.lines().filter_map(move |line| line.strip_prefix(mark));
    let label = |label: &str| {
        let (name, kind) = label.split_once(' ').expect("a label and its kind");
        (name.to_owned(), LabelKind::from_name(kind).expect("a kind of labels"))
    };
    let settings = Settings {
        select: vec!["all".to_owned()],
        trusted_registries: marked("# trusted registry: ").map(str::to_owned).collect(),
        labels: LabelSchema {
            required: marked("# label: ").map(label).collect(),
            is_strict: text.contains("# labels are strict"),
        },
        ..Settings::default()
    };
    let (patterns, files): (Vec<&str>, Vec<&str>) =
        (marked("# .dockerignore: ").collect(), marked("# file: ").collect());
    let is_known = !patterns.is_empty() || !files.is_empty();
    let names: Vec<&str> = files.iter().filter_map(|file| file.split(' ').next()).collect();
    let mut context = crate::ignore::tests::context(&names);
    context.complete = !files.is_empty();
    for (path, size) in files.iter().filter_map(|file| file.split_once(' ')) {
        let size = size.parse().expect("a size in bytes");
        context.files.insert(path.to_owned(), FileFacts { size, kind: FileKind::File });
    }
    let ignore_file = IgnoreFile { path: ".dockerignore".to_owned(), text: patterns.join("\n") };
    let context = ContextFacts { ignore_file: (!patterns.is_empty()).then_some(ignore_file), ..context };
    let images = text.lines().filter_map(|line| line.strip_prefix("# base image ")?.split_once(" is "));
    let image = |platform: &str| ImageFacts { platform: platform.to_owned(), ..ImageFacts::default() };
    let base_images = images.map(|(name, platform)| (name.to_owned(), image(platform))).collect();
    let mut facts = Facts { context: is_known.then_some(context), base_images, ..Facts::default() };
    facts.shell_checks = Some(said_by_shellcheck(text));
    findings_of(text, &facts, &settings).iter().any(|finding| finding.code == rule.code)
}

/// One comment on the first byte of each script, where a comment `# shellcheck: CODE` asks for it.
fn said_by_shellcheck(text: &str) -> ShellChecks {
    let code = text.lines().find_map(|line| line.strip_prefix("# shellcheck: SC")?.parse().ok());
    let Some(code) = code else { return ShellChecks::new() };
    let model = Model::new(&Document::new(text), &Facts::default());
    let answer = |script: String| {
        let (start, level) = (script.len() - 2, ShellLevel::Info);
        let comment = ShellComment {
            code,
            level,
            message: String::new(),
            start,
            end: start + 1,
            replacements: Vec::new(),
        };
        (script, Arc::new(vec![comment]))
    };
    crate::shell_scripts(&model).into_iter().map(answer).collect()
}

#[test]
fn every_page_has_its_sections() {
    for rule in REGISTRY {
        let mut last = 0;
        for title in SECTIONS {
            let at =
                rule.page.find(&format!("## {title}\n")).unwrap_or_else(|| panic!("{}: {title}", rule.code));
            assert!(at >= last, "{}: {title} out of order", rule.code);
            assert!(!section(rule, title).trim().is_empty(), "{}: {title} is empty", rule.code);
            last = at;
        }
        assert!(!rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{}", rule.code);
    }
}

#[test]
fn bad_examples_fire_and_good_ones_do_not() {
    for rule in REGISTRY {
        let (bad, good) = (examples(rule, "Bad"), examples(rule, "Good"));
        assert!(!bad.is_empty() && !good.is_empty(), "{}", rule.code);
        for text in bad {
            assert!(finds(rule, text), "{} misses its bad example:\n{text}", rule.code);
        }
        for text in good {
            assert!(!finds(rule, text), "{} finds its good example:\n{text}", rule.code);
        }
    }
}

#[test]
fn codes_are_kebab_case_unique_and_in_order() {
    let codes: Vec<&str> = REGISTRY.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|left, right| left < right), "{codes:?}");
    for code in codes {
        assert!(
            code.split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())),
            "{code}"
        );
    }
}

#[test]
fn aliases_are_spelt_as_peers_spell_them_and_lead_to_their_rule() {
    for rule in REGISTRY {
        for alias in rule.aliases {
            let is_build_check =
                alias.bytes().all(|byte| byte.is_ascii_alphabetic()) && alias.starts_with(char::is_uppercase);
            let has_number = |prefix: &str| {
                alias
                    .strip_prefix(prefix)
                    .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
            };
            let is_peer = ["DL", "SC", "DS-", "CKV_DOCKER_", "CKV2_DOCKER_"].into_iter().any(has_number);
            assert!(is_build_check || is_peer, "{}: {alias}", rule.code);
            assert!(!REGISTRY.iter().any(|other| other.code == *alias), "{alias} is a code too");
            let found = find(&alias.to_lowercase()).unwrap_or_else(|| panic!("{alias}"));
            assert!(found.aliases.iter().any(|other| normalized(other) == normalized(alias)));
        }
        assert_eq!(find(rule.code).map(|found| found.code), Some(rule.code));
    }
}

#[test]
fn the_pages_on_disk_are_fresh() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let pages = REGISTRY.iter().map(|rule| (root.join(format!("rules/{}.md", rule.code)), docs::page(rule)));
    for (path, text) in pages.chain([(root.join("rules.md"), docs::index())]) {
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(root.join("rules")).expect("a directory for the pages");
            std::fs::write(&path, &text).expect("a page that can be written");
        }
        let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            on_disk == text,
            "{} is stale: run UPDATE_DOCS=1 cargo test -p layerwise-rules",
            path.display()
        );
    }
}
