//! `mount-secrets`: a secret in ARG or ENV, which stays in the history or in a layer, is mounted for the steps that need it instead.

mod definitions;
mod npmrc;
mod plan;
#[cfg(test)]
mod tests;
mod text;

use semantic::Frontend;

use crate::ground;
use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Refusal, Rewrite};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Mounts a secret for the steps that need it, in place of an ARG or ENV that leaves it in the image.",
    kind: "refactor.rewrite.secrets",
    page: PAGE,
    search,
};

const ID: &str = "mount-secrets";

const PAGE: &str = r#"The value of an ARG is in the image's history, that of an ENV in its settings, and a file that a step writes stays in that step's
layer when a later step deletes it. A secret mount is there while one step runs, and nowhere after it:

```dockerfile
FROM node:22
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN env "npm_config_//npm.example.com/:_authToken=$NPM_TOKEN" npm ci
```

The ARG goes, or the ENV with its value, and so do the line that writes `~/.npmrc` and the later delete: npm takes the same setting from
its environment. Yarn, pnpm and npm 6 do not; for them the whole `.npmrc` is mounted. The action's title says what to build with,
such as `--secret id=npm_token,env=NPM_TOKEN`.

The form fits who reads the file: with `env=` where the builder or the frontend of `# syntax=` knows that, else as a file under
`/run/secrets`, which every BuildKit understands.

It is *unsafe*, with what to check in its title, where an ENV goes that the running program might read, and where you must supply a whole
`.npmrc`. It is not offered where the secret is used by something other than RUN, or is written into another file.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let found = definitions::find(input.model);
    let Some(place) = found.first().map(|secret| secret.place) else {
        return Offers::refused(ground::place(input.model), "no ARG and no ENV is named like a secret");
    };
    let form = if takes_environment(input) { Form::Environment } else { Form::File };
    let mut refusals = Vec::new();
    let mut plans = Vec::new();
    for secret in &found {
        match plan::of(input, secret, form) {
            Ok(plan) => plans.push(plan),
            Err(reason) => {
                let reason = format!("{}: {reason}", secret.name);
                refusals.push(Refusal { place: secret.place, reason });
            }
        }
    }
    let mut rewrites = Vec::new();
    if let Some(first) = plans.first() {
        let checks: Vec<String> = plans.iter().flat_map(|plan| plan.checks.clone()).collect();
        let applicability = match checks.as_slice() {
            [] => Applicability::Safe,
            checks => Applicability::Unsafe { check: checks.join("; ") },
        };
        let place = if plans.len() == found.len() { place } else { first.place };
        match text::edits(input, &plans) {
            Some(edits) => {
                let needs = needs(&plans);
                let fix = Fix { title: title(&plans, &needs), applicability, edits };
                rewrites.push(Rewrite { id: ID, place, fix, needs: Some(needs), creates: None });
            }
            None => refusals.push(Refusal {
                place,
                reason: "the lines to take out share comments or operators with others: put them on lines of their own".to_owned(),
            }),
        }
    }
    Offers { rewrites, refusals }
}

/// The flags by which the build gets the secrets.
fn needs(plans: &[plan::Plan]) -> String {
    let mut flags: Vec<&str> = plans.iter().flat_map(|plan| &plan.flags).map(String::as_str).collect();
    flags.dedup();
    flags.join(" ")
}

fn title(plans: &[plan::Plan], needs: &str) -> String {
    let names: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let what = match names.as_slice() {
        [one] => format!("{one} as a secret"),
        [first @ .., last] => format!("{} and {last} as secrets", first.join(", ")),
        [] => String::new(),
    };
    format!("Mount {what} (build with {needs})")
}

/// How a step gets a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As an environment variable, by `env=`.
    Environment,
    /// As a file under `/run/secrets`.
    File,
}

/// Whether who reads the file understands `env=` of a secret mount: Dockerfile 1.10 and later.
fn takes_environment(input: &Input<'_>) -> bool {
    let Frontend::Docker(reference) = &input.model.frontend else {
        return input.facts.frontend.is_some_and(|frontend| frontend.secret_env);
    };
    let tag =
        reference.split('@').next().and_then(|name| name.rsplit_once(':')).map_or("latest", |(_, tag)| tag);
    let mut numbers = tag.split(['-', '.']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(1)), Some(Ok(minor))) => minor >= 10,
        (Some(Ok(major)), _) => major >= 1,
        _ => matches!(tag, "latest" | "labs" | "master"),
    }
}
