//! What it takes to prove a rewrite: two builds that differ in their Dockerfiles and in how they get their secrets.
//!
//! A rewrite that mounts secrets changes what a build is given: what was a build argument is now a secret. Both get the same value: the one
//! that the user gives to either of them, else the one in the Dockerfile, else a made-up one that opens nothing, so that the images
//! can be searched for it.

use inner_loop::proof::{Proof, ProofRequest, Verdict, Withheld};
use inner_loop::{BuildRequest, SecretSource, SecretSpec, SecretValue};
use rewrites::Rewrite;
use rules::secret_name::{is_harmless_value, is_secret};
use semantic::{Kind, Model};
use syntax::TextRange;

use crate::host::{DocumentId, Snapshot};

/// A rewrite that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provable {
    /// Its id.
    pub rewrite: &'static str,
    /// The text after it.
    pub after: String,
    /// What it is built with from then on.
    pub needs: Option<String>,
}

impl Snapshot {
    /// The rewrite of a Dockerfile that is to be proved: of the kind that is named, else of any; there the first that covers the line, counted
    /// from 0 as BuildKit does, where one is given.
    ///
    /// # Errors
    /// One line that says why there is none.
    pub fn provable(
        &self,
        id: &DocumentId,
        rewrite: Option<&str>,
        line: Option<u32>,
    ) -> Result<Provable, String> {
        let state =
            self.dockerfile(id).ok_or_else(|| format!("no Dockerfile is open as {id}; open it first"))?;
        if let Some(name) = rewrite.filter(|name| rewrites::find(name).is_none()) {
            let known: Vec<_> = rewrites::REGISTRY.iter().map(|recipe| recipe.id).collect();
            return Err(format!("there is no rewrite `{name}`; there are {}", known.join(", ")));
        }
        let mut offers = state.rewrites(|_| true);
        offers.retain(|(recipe, _)| rewrite.is_none_or(|name| recipe.id == name));
        let document = &state.document;
        let covers = |place: TextRange| {
            let lines = document.buildkit_line(place.start)..=document.buildkit_line(place.end);
            line.is_none_or(|line| lines.contains(&line))
        };
        // What makes a file beside the Dockerfile has no other Dockerfile to build.
        let provable = |offer: &&Rewrite| offer.creates.is_none() && covers(offer.place);
        let found = offers.iter().flat_map(|(_, offers)| &offers.rewrites).find(provable);
        if let Some(Rewrite { id, fix, needs, .. }) = found {
            let after = rewrites::apply(&document.text(), &fix.edits);
            return Ok(Provable { rewrite: id, after, needs: needs.clone() });
        }
        let reason =
            offers.iter().flat_map(|(_, offers)| &offers.refusals).find(|refusal| covers(refusal.place));
        let what = rewrite.unwrap_or("any rewrite");
        Err(match reason.filter(|_| rewrite.is_some()) {
            Some(refusal) => format!("{what} does not apply: {}", refusal.reason),
            None => format!("{what} does not apply here"),
        })
    }
}

/// What came out of a proof, in one line.
#[must_use]
pub fn summary(rewrite: &str, proof: &Proof) -> String {
    let reasons = proof.reasons();
    if !reasons.is_empty() {
        return format!("{rewrite} is not proved: {}", reasons.join("; "));
    }
    let sizes = format!("image {} -> {}", crate::bytes(proof.size.before), crate::bytes(proof.size.after));
    if let Some(why) = proof.unproven() {
        return format!("{rewrite} is unproven, {sizes}: {why}");
    }
    let same = proof.checks.iter().filter(|check| check.verdict == Verdict::Same);
    let same: Vec<_> = same.map(|check| check.what.as_str()).collect();
    format!("{rewrite} is proved: {sizes}, {} the same", same.join(" and "))
}

/// What a proof knows beside the build.
pub struct Given<'a> {
    /// What the rewritten Dockerfile is built with from then on, as its rewrite says it: `--secret id=…`.
    pub needs: Option<&'a str>,
    /// A command that both images run, as words.
    pub run: Option<Vec<String>>,
    /// What is in the value that stands in for a secret which nobody gives: a number that no other proof has.
    pub number: u128,
    /// Reads an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// The request of a proof: `before` is the build of the Dockerfile as it is, `after` the rewritten text.
#[must_use]
pub fn proof_request(mut before: BuildRequest, after: String, given: Given<'_>) -> ProofRequest {
    let model = before.model();
    let mut rewritten = BuildRequest { dockerfile_text: after, ..before.clone() };
    let mut in_the_open = Withheld::default();
    for spec in secrets_of(given.needs.unwrap_or_default()) {
        let SecretSource::Environment(name) = &spec.source else { continue };
        let is_given = before.secrets.iter().find(|secret| secret.id == spec.id);
        let from_secret = is_given.and_then(|secret| match &secret.source {
            SecretSource::Environment(name) => (given.variable)(name),
            SecretSource::Value(value) => Some(value.get().to_owned()),
            SecretSource::File(_) => None,
        });
        let value = from_secret
            .or_else(|| before.build_args.get(name).cloned())
            .or_else(|| (given.variable)(name))
            .or_else(|| written_value(&model, name))
            .unwrap_or_else(|| format!("layerwise-made-up-{:x}", given.number));
        in_the_open.add(value.clone());
        if is_given.is_none() {
            let source = SecretSource::Value(SecretValue::new(value.clone()));
            rewritten.secrets.push(SecretSpec { id: spec.id, source });
        }
        // What the Dockerfile does not declare is no argument of it, and an ENV has its value there.
        if is_argument(&model, name) {
            before.build_args.entry(name.clone()).or_insert(value);
        }
        rewritten.build_args.remove(name);
    }
    for (name, value) in secret_values(&model) {
        if let Some(value) = before.build_args.get(&name).cloned().or(value)
            && !is_harmless_value(&value)
        {
            in_the_open.add(value);
        }
    }
    ProofRequest {
        takes_secrets_out: given.needs.is_some(),
        before,
        after: rewritten,
        run: given.run,
        in_the_open,
    }
}

/// The secrets among flags of a build.
fn secrets_of(flags: &str) -> Vec<SecretSpec> {
    let words: Vec<&str> = flags.split_whitespace().collect();
    let specs = words.windows(2).filter(|pair| pair[0] == "--secret").map(|pair| pair[1]);
    specs.filter_map(|spec| SecretSpec::parse(spec, |_| false).ok()).collect()
}

/// The variables of a file that are named like secrets, each with its value as far as the file says it.
fn secret_values(model: &Model) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    let mut take = |name: &str, value: Option<&str>| {
        if is_secret(name) {
            found.push((name.to_owned(), value.map(str::to_owned)));
        }
    };
    for item in model.stages.iter().flat_map(|stage| &stage.instructions) {
        match &item.kind {
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    take(&name.raw, value.value.as_deref());
                }
            }
            Kind::Arg(pairs) => {
                for (name, value) in pairs {
                    take(&name.raw, value.as_ref().and_then(|value| value.value.as_deref()));
                }
            }
            _ => {}
        }
    }
    for pair in model.preamble.iter().flat_map(|instruction| &instruction.arguments.pairs) {
        take(&pair.key.text, None);
    }
    found
}

fn written_value(model: &Model, name: &str) -> Option<String> {
    let mut values = secret_values(model).into_iter().filter(|(known, _)| known == name);
    values.find_map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn is_argument(model: &Model, name: &str) -> bool {
    let items = model.stages.iter().flat_map(|stage| &stage.instructions);
    let of_stages = items.filter_map(|item| match &item.kind {
        Kind::Arg(pairs) => Some(pairs),
        _ => None,
    });
    of_stages.flatten().any(|(known, _)| known.raw == name)
        || model.preamble.iter().flat_map(|item| &item.arguments.pairs).any(|pair| pair.key.text == name)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const NEEDS: &str = "--secret id=npm_token,env=NPM_TOKEN";

    /// The arguments and secrets of both builds, with the values that are looked for.
    fn check(
        text: &str,
        arguments: &[(&str, &str)],
        variables: &[(&str, &str)],
        needs: Option<&str>,
        expected: &Expect,
    ) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let before = BuildRequest {
            dockerfile_text: text.to_owned(),
            build_args: arguments.iter().map(owned).collect(),
            ..BuildRequest::default()
        };
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let given = Given { needs, run: None, number: 0x1f, variable: &variable };
        let request = proof_request(before, "FROM a\n".to_owned(), given);
        let mut shown = String::new();
        for (side, build) in [("before", &request.before), ("after", &request.after)] {
            let secrets: Vec<_> = build
                .secrets
                .iter()
                .map(|secret| match &secret.source {
                    SecretSource::Value(value) => format!("{}={}", secret.id, value.get()),
                    source => format!("{}: {source:?}", secret.id),
                })
                .collect();
            shown += &format!("{side}: {:?} {secrets:?}\n", build.build_args);
        }
        shown += &format!("withheld: {}\n", request.in_the_open.values().collect::<Vec<_>>().join(" "));
        expected.assert_eq(&shown);
    }

    #[test]
    fn what_was_an_argument_is_given_as_a_secret() {
        check(
            "FROM a\nARG NPM_TOKEN\n",
            &[("NPM_TOKEN", "from-flag"), ("A", "b")],
            &[],
            Some(NEEDS),
            &expect![[r#"
                before: {"A": "b", "NPM_TOKEN": "from-flag"} []
                after: {"A": "b"} ["npm_token=from-flag"]
                withheld: from-flag
            "#]],
        );
    }

    #[test]
    fn the_value_is_the_environments_else_the_files_else_made_up() {
        let of_environment = [("NPM_TOKEN", "from-environment")];
        check(
            "FROM a\nARG NPM_TOKEN\n",
            &[],
            &of_environment,
            Some(NEEDS),
            &expect![[r#"
                before: {"NPM_TOKEN": "from-environment"} []
                after: {} ["npm_token=from-environment"]
                withheld: from-environment
            "#]],
        );
        check(
            "FROM a\r\nENV NPM_TOKEN=wrïtten\r\n",
            &[],
            &[],
            Some(NEEDS),
            &expect![[r#"
                before: {} []
                after: {} ["npm_token=wrïtten"]
                withheld: wrïtten
            "#]],
        );
        check(
            "FROM a\nARG NPM_TOKEN\n",
            &[],
            &[],
            Some(NEEDS),
            &expect![[r#"
                before: {"NPM_TOKEN": "layerwise-made-up-1f"} []
                after: {} ["npm_token=layerwise-made-up-1f"]
                withheld: layerwise-made-up-1f
            "#]],
        );
    }

    #[test]
    fn a_rewrite_about_other_things_changes_nothing_and_secrets_are_looked_for_all_the_same() {
        check(
            "ARG GLOBAL_TOKEN\nFROM a\nARG NPM_TOKEN\nENV DB_PASSWORD=hunter22 PATH=/x TOKEN_TTL=86400000\n",
            &[("NPM_TOKEN", "from-flag")],
            &[],
            None,
            &expect![[r#"
                before: {"NPM_TOKEN": "from-flag"} []
                after: {"NPM_TOKEN": "from-flag"} []
                withheld: from-flag hunter22
            "#]],
        );
    }

    #[test]
    fn half_a_file_is_no_problem() {
        check(
            "ARG\nFROM\nENV NPM_TOKEN\nARG =\n",
            &[],
            &[],
            Some("--secret"),
            &expect![[r#"
            before: {} []
            after: {} []
            withheld: 
        "#]],
        );
    }
}
