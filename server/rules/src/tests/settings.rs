//! Selection by code, alias and category; severities; and every form of suppression comment.

use std::collections::BTreeMap;

use expect_test::expect;
use rewrites::Input;
use semantic::{Facts, Model};
use syntax::Document;

use super::fixture::findings_of;
use crate::{Level, Report, Settings, Severity, find};

const TEXT: &str = "FROM alpine:3.22\nARG NPM_TOKEN\nRUN apk add curl\nRUN npm ci\n";

fn codes(text: &str, settings: &Settings) -> Vec<&'static str> {
    findings_of(text, &Facts::default(), settings).iter().map(|finding| finding.code).collect()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn report(text: &str) -> Report {
    let document = Document::new(text);
    let facts = Facts::default();
    let model = Model::new(&document, &facts);
    crate::report(&Input { model: &model, facts: &facts }, &Settings::default())
}

#[test]
fn rules_are_selected_by_code_alias_and_category() {
    let select = |list: &[&str]| codes(TEXT, &Settings { select: names(list), ..Settings::default() });
    let (secret, index) = ("secret-in-arg-or-env", "package-index-left-in-image");
    assert_eq!(select(&[secret]), [secret]);
    assert_eq!(select(&["SecretsUsedInArgOrEnv"]), [secret]);
    assert_eq!(select(&["secrets"]), [secret]);
    assert_eq!(select(&["dl3019"]), [index]);
    assert_eq!(select(&["AVD-DS-0025"]), [index]);
    assert_eq!(select(&["DL3009"]), Vec::<&str>::new());
    assert_eq!(select(&["size"]), [index, index]);
    // Those that are off by default too.
    let (all, default) = (select(&["all"]), codes(TEXT, &Settings::default()));
    assert!(default.iter().all(|code| all.contains(code)));
    assert!(all.contains(&"runs-as-root") && !default.contains(&"runs-as-root"));
}

#[test]
fn rules_and_peers_codes_are_ignored() {
    let ignore = |list: &[&str]| codes(TEXT, &Settings { ignore: names(list), ..Settings::default() });
    let all = ignore(&[]);
    assert_eq!(ignore(&["secrets", "cache", "size"]), Vec::<&str>::new());
    assert_eq!(ignore(&["DL3019"]).len(), all.len() - 1);
    assert_eq!(ignore(&["package-index-left-in-image"]).len(), all.len() - 2);
}

#[test]
fn severities_are_set_by_name_and_switched_off() {
    let severity =
        BTreeMap::from([("DL3064".to_owned(), Level::At(Severity::Error)), ("size".to_owned(), Level::Off)]);
    let found = findings_of(TEXT, &Facts::default(), &Settings { severity, ..Settings::default() });
    assert!(found.iter().all(|finding| finding.category.as_str() != "size"));
    let secret =
        found.iter().find(|finding| finding.code == "secret-in-arg-or-env").map(|finding| finding.severity);
    assert_eq!(secret, Some(Severity::Error));
    assert_eq!(Level::from_name("off"), Some(Level::Off));
    assert_eq!(Level::from_name("loud"), None);
}

#[test]
fn names_that_mean_nothing_are_told_with_the_nearest() {
    let settings = Settings {
        select: names(&["secrets-in-arg-or-env", "DL3019", "cache", "all", "DL9999"]),
        ..Settings::default()
    };
    let unknown = settings.unknown_names();
    assert_eq!(unknown[0], ("secrets-in-arg-or-env", Some("secret-in-arg-or-env")));
    assert_eq!(unknown[1].0, "DL9999");
    assert_eq!(unknown.len(), 2);
}

#[test]
fn a_rule_is_found_by_any_of_its_names() {
    for name in ["unknown-stage", "DL3022", "dl3022", "Unknown-Stage"] {
        assert_eq!(find(name).map(|rule| rule.code), Some("unknown-stage"), "{name}");
    }
    assert!(find("DL0000").is_none());
}

#[test]
fn every_form_of_suppression_is_understood() {
    for comment in [
        "# layerwise ignore=secret-in-arg-or-env",
        "# layerwise ignore=DL3064 reason: a test",
        "#layerwise ignore = unknown-stage, SecretsUsedInArgOrEnv reason: x",
        "# layerwise global ignore=secrets",
        "# hadolint ignore=DL3008,DL3064",
        "# hadolint global ignore=DL3064",
        "# hadolint ignore=DL3064 because",
        "# tally ignore=buildkit/SecretsUsedInArgOrEnv;reason=x",
        "# tally global ignore=hadolint/DL3064",
        "# LAYERWISE ignore=all",
    ] {
        let text = format!("FROM a:1\n{comment}\n# another comment\n\nARG API_KEY\n");
        assert!(!codes(&text, &Settings::default()).contains(&"secret-in-arg-or-env"), "{comment}");
    }
    let text = "FROM a:1\n# a comment\n#trivy:ignore:AVD-DS-0031\nENV GITHUB_TOKEN=x\n# checkov:skip=DS-0031:because\n";
    assert_eq!(codes(text, &Settings::default()), Vec::<&str>::new());
}

#[test]
fn a_comment_speaks_for_the_next_instruction_alone() {
    let text = "FROM a:1\n# layerwise ignore=secrets\nARG API_KEY\nARG NPM_TOKEN\n";
    assert_eq!(codes(text, &Settings::default()), ["secret-in-arg-or-env"]);
    let text = "FROM a:1\n# hadolint ignore=DL3009\nRUN apk add x\n";
    assert_eq!(codes(text, &Settings::default()), ["package-index-left-in-image"]);
    let text = "FROM a:1\nARG API_KEY\n# layerwise global ignore=secrets\n";
    assert_eq!(codes(text, &Settings::default()), Vec::<&str>::new());
}

#[test]
fn the_check_directive_knows_buildkits_checks_alone() {
    let with = |directive: &str| {
        codes(&format!("# check={directive}\nFROM a:1\nENV API_KEY=x\nRUN apk add x\n"), &Settings::default())
    };
    assert_eq!(with("skip=SecretsUsedInArgOrEnv"), ["package-index-left-in-image"]);
    assert_eq!(with("skip=all"), ["package-index-left-in-image"]);
    assert_eq!(with("skip=DL3019").len(), 2);
    let found = findings_of(
        "# check=error=true\nFROM a:1\nENV API_KEY=x\nRUN apk add x\n",
        &Facts::default(),
        &Settings::default(),
    );
    let severities: Vec<_> = found.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning]);
}

#[test]
fn the_check_directive_asks_for_experimental_checks() {
    let with = |directive: &str, settings: &Settings| {
        let text = format!("# check={directive}\n# no description\nARG A=1\nFROM a:$A\n");
        codes(&text, settings).contains(&"description-without-name")
    };
    let plain = Settings::default();
    assert!(with("experimental=InvalidDefinitionDescription", &plain));
    assert!(with("skip=StageNameCasing;experimental=all", &plain));
    assert!(!with("experimental=StageNameCasing", &plain));
    assert!(!with("experimental=all;skip=InvalidDefinitionDescription", &plain));
    assert!(!with("error=true", &plain));
    let ignore = names(&["description-without-name"]);
    assert!(!with("experimental=all", &Settings { ignore, ..Settings::default() }));
    assert!(!with("experimental=all", &Settings { select: names(&["size"]), ..Settings::default() }));
}

#[test]
fn what_is_suppressed_is_kept_with_its_reason() {
    let report =
        report("FROM a:1\n# layerwise ignore=secrets reason: a stand-in, opens nothing\nARG API_KEY\n");
    assert!(report.findings.is_empty());
    expect!["a stand-in, opens nothing"].assert_eq(&report.suppressed[0].reason);
}

#[test]
fn findings_come_by_place_and_then_by_code() {
    let found = findings_of(TEXT, &Facts::default(), &Settings::default());
    assert!(found.is_sorted_by_key(|finding| (finding.range.start, finding.range.end, finding.code)));
}
