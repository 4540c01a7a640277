//! `improve`: every rewrite that is safe, one after the other, as one change.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use syntax::{Document, TextEdit, TextRange};

use semantic::Model;

use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Rewrite, apply};
use crate::{
    add_to_copy, cache_mounts, clean_package_index, copy_chown, copy_manifests_first, exec_form, ground,
    merge_runs, mount_secrets, move_arg_down, promise, split_stages,
};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Applies all rewrites that are safe, in the order in which they help each other.",
    kind: "refactor.rewrite.improve",
    page: PAGE,
    search,
};

const ID: &str = "improve";

/// In this order: a secret that is mounted lets an install be moved; an install of its own lets a stage be split at it; what is split is
/// no longer shipped, so that it need not be cleaned and its caches may be mounted. Those between do not get into each other's way.
pub(crate) const STEPS: &[&Recipe] = &[
    &mount_secrets::RECIPE,
    &copy_manifests_first::RECIPE,
    &split_stages::RECIPE,
    &merge_runs::RECIPE,
    &clean_package_index::RECIPE,
    &copy_chown::RECIPE,
    &move_arg_down::RECIPE,
    &add_to_copy::RECIPE,
    &exec_form::RECIPE,
    &cache_mounts::RECIPE,
];

/// Rewrites make room for each other; what has not come to rest after so many rounds of all of them is left there.
const MOST_ROUNDS: usize = 8;

const PAGE: &str = r#"One action in place of several: every rewrite of this page as far as it is safe, until none of them has anything left to do. The title says
which they are and what the build then needs; `--diff` shows what becomes of the file. A single stage with `COPY . .` and
`RUN npm ci && npm run build` comes out as:

```dockerfile
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build

FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist ./dist
CMD ["node", "dist/main.cjs"]
```

What is *unsafe*, because it must be looked at, is left out, and so is this one where fewer than two apply.
"#;

fn search(input: &Input<'_>) -> Offers {
    let before = input.model.document.text();
    let mut after = before.clone();
    let mut done: Vec<&Recipe> = Vec::new();
    let mut needs: Vec<String> = Vec::new();
    let mut model = input.model.clone();
    // The recipes in turn; done when none of them has found anything since the last change.
    let mut idle = 0;
    for recipe in STEPS.iter().cycle().take(MOST_ROUNDS * STEPS.len()) {
        let Some(change) = first_safe(recipe, &Input { model: &model, facts: input.facts }, &after) else {
            idle += 1;
            if idle == STEPS.len() {
                break;
            }
            continue;
        };
        idle = 0;
        after = apply(&after, &change.fix.edits);
        if !done.iter().any(|known| known.id == recipe.id) {
            done.push(recipe);
            needs.extend(change.needs);
        }
        model = Model::new(&Document::new(&after), input.facts);
    }
    if done.len() < 2 {
        return Offers::refused(
            ground::place(input.model),
            "fewer than two safe rewrites apply to this file",
        );
    }
    let ids: Vec<&str> = done.iter().map(|recipe| recipe.id).collect();
    let needs = if needs.is_empty() { None } else { Some(needs.join(" ")) };
    let build = needs.as_ref().map(|needs| format!(" (build with {needs})")).unwrap_or_default();
    let title = format!("Do all that is safe: {}{build}", ids.join(", "));
    let fix = Fix { title, applicability: Applicability::Safe, edits: difference(&before, &after) };
    let end = u32::try_from(before.len()).unwrap_or(u32::MAX);
    let rewrite = Rewrite { id: ID, place: TextRange::new(0, end), fix, needs, creates: None };
    Offers { rewrites: vec![rewrite], refusals: Vec::new() }
}

/// The first safe change that a recipe has for a file. What is not safe is not offered, and need not keep a promise.
fn first_safe(recipe: &Recipe, input: &Input<'_>, text: &str) -> Option<Rewrite> {
    let mut offers = (recipe.search)(input);
    offers.rewrites.retain(|rewrite| rewrite.fix.applicability == Applicability::Safe);
    let kept = promise::keep(input, offers).rewrites;
    kept.into_iter().find(|change| apply(text, &change.fix.edits) != text)
}

/// What makes one text of another, by whole lines: those that are the same are not touched.
fn difference(before: &str, after: &str) -> Vec<TextEdit> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let starts = |lines: &[&str]| {
        let mut end = 0;
        let ends = lines.iter().map(|line| {
            end += line.len();
            end
        });
        std::iter::once(0).chain(ends.collect::<Vec<_>>()).collect::<Vec<usize>>()
    };
    let (old_starts, new_starts) = (starts(&old), starts(&new));
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let operations = capture_diff_slices(Algorithm::Patience, &old, &new);
    let changed = operations.iter().filter(|operation| !matches!(operation, DiffOp::Equal { .. }));
    changed
        .map(|operation| {
            let (gone, come) = (operation.old_range(), operation.new_range());
            TextEdit {
                range: TextRange::new(at(old_starts[gone.start]), at(old_starts[gone.end])),
                new_text: after[new_starts[come.start]..new_starts[come.end]].to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{RECIPE, difference};
    use crate::fixture::{facts, render};
    use crate::offer::apply;

    const FILES: &[(&str, &str)] = &[
        (
            "package.json",
            r#"{"scripts": {"build": "esbuild src/main.js --bundle --platform=node --outfile=dist/main.cjs"}, "devDependencies": {"esbuild": "1"}}"#,
        ),
        ("package-lock.json", "{}"),
        ("src/main.js", ""),
    ];

    #[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
    fn check(dockerfile: &str, expected: Expect) {
        expected.assert_eq(&render(&RECIPE, dockerfile, &facts(FILES)));
    }

    #[test]
    fn all_that_is_safe() {
        check(
            "FROM node:22\nARG NPM_TOKEN\nRUN echo \"//r.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && rm -f ~/.npmrc\nCMD [\"node\", \"dist/main.cjs\"]\n",
            expect![[r#"
                safe: Do all that is safe: mount-secrets, copy-manifests-first, split-stages, cache-mounts (build with --secret id=npm_token,env=NPM_TOKEN)
                ---
                FROM node:22 AS build
                WORKDIR /app
                COPY package.json package-lock.json ./
                RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npm_token,env=NPM_TOKEN env "npm_config_//r.example.com/:_authToken=${NPM_TOKEN}" npm ci
                COPY . .
                RUN npm run build

                FROM node:22-slim
                WORKDIR /app
                COPY --from=build /app/dist ./dist
                CMD ["node", "dist/main.cjs"]
            "#]],
        );
    }

    #[test]
    fn one_alone_has_its_own_action() {
        check(
            "FROM node:22\nRUN npm ci\n",
            expect![[r#"
            refused: fewer than two safe rewrites apply to this file
        "#]],
        );
        check(
            "FROM scratch\n",
            expect![[r#"
            refused: fewer than two safe rewrites apply to this file
        "#]],
        );
    }

    #[test]
    fn lines_that_are_the_same_are_not_touched() {
        for (before, after) in [
            ("a\nb\nc\n", "a\nx\ny\nc\n"),
            ("a\r\nb\r\n", "b\r\n"),
            ("", "a"),
            ("a\nb", "a\nb\nc"),
            ("ä\n", ""),
        ] {
            assert_eq!(apply(before, &difference(before, after)), after);
        }
        let edits = difference("a\nb\nc\n", "a\nx\nc\n");
        assert_eq!((edits.len(), edits[0].range.start, edits[0].range.end), (1, 2, 4));
    }
}
