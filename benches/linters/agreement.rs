//! Who reports what where, as a table of the peers' rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::Options;
use crate::peers::{self, Linter};

/// Runs all that are there, and compares.
pub(crate) fn compare(options: &Options) -> Result<String, String> {
    let files = options.files()?;
    let folder = options.folder.as_path();
    let ours = peers::layerwise(&options.layerwise, folder)?;
    let mut others = Vec::new();
    if let Some(program) = &options.hadolint {
        others.push(peers::hadolint(program, folder, &files)?);
    }
    if let Some(program) = &options.tally {
        others.push(peers::tally(program, folder, &files)?);
    }
    if let Some(command) = &options.checkov {
        others.push(peers::checkov(command, folder)?);
    }
    if let (Some(docker), Some(image)) = (&options.docker, &options.image) {
        others.push(peers::buildkit(docker, image, folder, &files)?);
    }
    let rules = rules(&options.layerwise)?;
    let mut text = format!("{} files\n", files.len());
    for other in &others {
        let _ = write!(text, "\n{}", table(&ours, other, &rules, options.examples));
    }
    Ok(text)
}

/// Our rule of each of the peers' codes.
fn rules(program: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let output = Command::new(program)
        .args(["rules", "--format", "json"])
        .output()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    let catalogue: Value =
        serde_json::from_slice(&output.stdout).map_err(|_| format!("{program} printed no catalogue"))?;
    let mut rules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in catalogue["rules"].as_array().or_else(|| catalogue.as_array()).into_iter().flatten() {
        let code = rule["code"].as_str().unwrap_or_default();
        for alias in rule["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            rules.entry(alias.to_owned()).or_default().push(code.to_owned());
        }
    }
    Ok(rules)
}

/// A rule of a peer under the name that we know it by: tally writes `hadolint/DL3008` and `buildkit/StageNameCasing`.
fn bare(code: &str) -> &str {
    code.strip_prefix("hadolint/").or_else(|| code.strip_prefix("buildkit/")).unwrap_or(code)
}

/// A line a rule: how often both report, one of the two, and where.
fn table(ours: &Linter, other: &Linter, rules: &BTreeMap<String, Vec<String>>, examples: usize) -> String {
    let mut codes: BTreeSet<&str> = other.reports.iter().map(|(code, ..)| bare(code)).collect();
    let is_theirs = |code: &str| match other.name {
        "hadolint" => code.starts_with("DL"),
        "checkov" => code.starts_with("CKV"),
        "buildkit" => !code.bytes().any(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let known = ours.reports.iter().map(|(code, ..)| code.as_str());
    codes.extend(known.filter(|code| is_theirs(code) && rules.contains_key(*code)));
    let refused: BTreeSet<&String> = ours.refused.union(&other.refused).collect();
    let mut text = format!(
        "## {}\n\n{} files that one of the two does not parse are left out.\n\n\
         | rule | ours | both | {} alone | ours alone |\n| --- | --- | --- | --- | --- |\n",
        other.name,
        refused.len(),
        other.name
    );
    let mut differences = String::new();
    for code in codes {
        let of = |linter: &Linter, code: &str| -> BTreeSet<(String, u64)> {
            let found = linter
                .reports
                .iter()
                .filter(|(found, name, _)| bare(found) == code && !refused.contains(name));
            found.map(|(_, name, line)| (name.clone(), *line)).collect()
        };
        let (theirs, mine, within) = (of(other, code), of(ours, code), of(ours, &format!("{code}+")));
        // A peer may blame the instruction where we blame the line of the word in it, and the other way round.
        let near = |place: &(String, u64), all: &BTreeSet<(String, u64)>| {
            all.range((place.0.clone(), place.1.saturating_sub(40))..=(place.0.clone(), place.1 + 40))
                .next()
                .is_some()
        };
        let alone: Vec<_> =
            theirs.iter().filter(|place| !near(place, &mine) && !within.contains(place)).collect();
        let extra: Vec<_> = mine.iter().filter(|place| !near(place, &theirs)).collect();
        let rule = rules.get(code).map_or_else(|| "–".to_owned(), |rules| rules.join(", "));
        let both = theirs.len() - alone.len();
        let _ = writeln!(text, "| {code} | {rule} | {both} | {} | {} |", alone.len(), extra.len());
        for (who, places) in [(other.name, &alone), ("ours", &extra)] {
            for (name, line) in places.iter().take(examples) {
                let _ = writeln!(differences, "{code} {who} alone: {name}:{line}");
            }
        }
    }
    if !differences.is_empty() {
        let _ = write!(text, "\n```text\n{differences}```\n");
    }
    text
}
