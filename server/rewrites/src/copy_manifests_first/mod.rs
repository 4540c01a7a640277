//! `copy-manifests-first`: the install of dependencies comes before the sources are copied, so that an edit of a source runs it no more.

mod manifests;
mod order;
#[cfg(test)]
mod tests;

use semantic::Stage;
use syntax::TextRange;

use crate::context::Context;
use crate::ground;
use crate::node::{Package, package};
use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Refusal, Rewrite};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Copies the manifests and installs before the rest is copied, so that an edit of a source does not install again.",
    kind: "refactor.rewrite.cache-order",
    page: PAGE,
    search,
};

const ID: &str = "copy-manifests-first";

const PAGE: &str = r#"`COPY . .` changes with every edit, and each step after it runs again. An install reads no more than the manifests: when these are
copied alone, and the sources after it, the install comes from the cache until a dependency changes:

```dockerfile
FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
```

It copies what npm, yarn or pnpm read: `package.json`, the lock file that is there, settings such as `.npmrc` and `.yarnrc.yml`,
`patches`, and the manifests of all workspaces. A RUN that does more than install is cut at an `&&`; the emptying of a cache stays with the install.

It is not offered where the install needs the sources: a `postinstall` or `prepare` script that does more than is known to be harmless,
a dependency on a folder, a native module of the project itself; nor where a step between would find other files, where the script is
not fully understood, or where cutting a RUN would leave in a layer what it deletes at its end. Cargo compiles dependencies and sources
in one step, so Rust is not reordered.

It is *unsafe* where the context has a `node_modules` that `.dockerignore` does not leave out: it would be copied over the installed one.
"#;

/// Why a stage is not reordered: where, and one sentence.
#[derive(Debug)]
struct Reason {
    place: TextRange,
    text: String,
}

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let mut offers = Offers::default();
    let mut edits = Vec::new();
    let mut place = None;
    for stage in &input.model.stages {
        match reorder(input, stage) {
            Ok(None) => {}
            Ok(Some((at, more))) => {
                place = place.or(Some(at));
                edits.extend(more);
            }
            Err(reason) => offers.refusals.push(Refusal { place: reason.place, reason: reason.text }),
        }
    }
    if let Some(place) = place {
        edits.sort_by_key(|edit: &syntax::TextEdit| edit.range);
        let title = "Copy the manifests and install before the rest is copied".to_owned();
        // After the install, node_modules of the machine would come over those of the image.
        let has_own = Context::of(input.facts).is_some_and(|context| context.has_directory("node_modules"));
        let applicability = match has_own {
            true => Applicability::Unsafe {
                check: "that .dockerignore has node_modules, which would be copied over what was installed"
                    .to_owned(),
            },
            false => Applicability::Safe,
        };
        let fix = Fix { title, applicability, edits };
        offers.rewrites.push(Rewrite { id: ID, place, fix, needs: None, creates: None });
    } else if offers.refusals.is_empty() {
        let reason = "no step installs the dependencies of a Node project after the whole context was copied"
            .to_owned();
        offers.refusals.push(Refusal { place: ground::place(input.model), reason });
    }
    offers
}

type Found = (TextRange, Vec<syntax::TextEdit>);

fn reorder(input: &Input<'_>, stage: &Stage) -> Result<Option<Found>, Reason> {
    let Some(order) = order::find(stage)? else { return Ok(None) };
    let place = order.copy.instruction.range();
    let refuse = |text: String| Reason { place, text };
    let context = Context::of(input.facts)
        .ok_or_else(|| refuse("the build context is not known, and with it package.json".to_owned()))?;
    let package = Package::read(&context, ".").map_err(refuse)?;
    let more = manifests::pnpm_workspaces(&context);
    let workspaces = package.workspace_directories(&context, &more);
    let members: Result<Vec<Package>, String> =
        workspaces.iter().map(|directory| Package::read(&context, directory)).collect();
    let members = members.map_err(refuse)?;
    if !order.ignores_scripts {
        if context.has_file("binding.gyp") {
            return Err(refuse(
                "the install also compiles the project's own native module (binding.gyp)".to_owned(),
            ));
        }
        for package in std::iter::once(&package).chain(&members) {
            manifests::scripts_need_no_sources(package).map_err(refuse)?;
        }
    }
    for package in std::iter::once(&package).chain(&members) {
        manifests::no_local_dependencies(package).map_err(refuse)?;
    }
    let files = manifests::files(&context, &package, order.manager);
    let mut copies = vec![files];
    for directory in &workspaces {
        copies.push((vec![package::in_directory(directory, "package.json")], directory.clone()));
    }
    copies.extend(
        manifests::folders(&context, &package, order.manager).map(|folder| (vec![folder.clone()], folder)),
    );
    Ok(Some((place, order::edits(input, &order, &copies))))
}
