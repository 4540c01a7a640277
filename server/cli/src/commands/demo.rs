//! `layerwise demo`: the whole loop on a bundled example, told as it happens, with real builds where a builder answers.

mod measure;
mod project;
mod secrets;

use std::time::Duration;

use builder::{Answer, Images, Surroundings};
use inner_loop::{BuildRequest, Builder, BuiltImage, ContextTransfer, SecretSource, SecretSpec};
use rewrites::Input;
use rules::Settings;
use semantic::{Facts, Model};
use syntax::Document;
use tokio::runtime::Runtime;

use crate::arguments::DemoArguments;
use crate::exit::Outcome;
use crate::interrupts::Interrupts;
use crate::output::{check_text, diff, print, units};
use crate::outside;

use measure::Measured;
use project::Project;
use secrets::Scanner;

/// The rewrites, in the order in which the demo applies them.
const REWRITES: [&str; 3] = ["split-stages", "mount-secrets", "copy-manifests-first"];
/// How long a program may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn run(arguments: &DemoArguments) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let surroundings = Surroundings::of_process();
    let images = runtime.block_on(Images::connect(arguments.host.as_deref(), &surroundings));
    let project = Project::create()?;
    let facts = facts(&project, &runtime, images.as_ref().ok())?;

    let before = project.dockerfile()?;
    explain(&before, &facts)?;
    let after = rewrite(&before, &facts)?;
    let images = match images {
        Ok(images) => images,
        Err(reason) => {
            print(&format!("\nNo builder answers, so nothing is built: {reason}\n"))?;
            return Ok(Outcome::Fine);
        }
    };
    let builder = outside::builder(&runtime, arguments.host.as_deref());
    let interrupts = Interrupts::of(&runtime);
    Demo { runtime: &runtime, interrupts, builder: builder.as_ref(), images, project }
        .build_both(&before, &after)
}

/// What is known outside of the Dockerfile: the project's files, and the images that the builder has.
fn facts(project: &Project, runtime: &Runtime, images: Option<&Images>) -> anyhow::Result<Facts> {
    let document = Document::new(&project.dockerfile()?);
    let mut facts = outside::facts(&document, Some(&project.path("Dockerfile")), Some(project.folder()))?;
    if let Some(images) = images {
        for name in ["node:22", "node:22-slim"] {
            if let Some(image) = runtime.block_on(images.facts(name)) {
                facts.base_images.insert(name.to_owned(), image);
            }
        }
    }
    Ok(facts)
}

fn heading(text: &str) -> anyhow::Result<()> {
    print(&format!("\n\u{1b}[1m{text}\u{1b}[0m\n\n"))
}

fn explain(text: &str, facts: &Facts) -> anyhow::Result<()> {
    heading("1. What is wrong with this Dockerfile")?;
    print(&format!("{}\n", numbered(text)))?;
    let document = Document::new(text);
    let model = Model::new(&document, facts);
    for finding in rules::check(&Input { model: &model, facts }, &Settings::default()) {
        print(&check_text::describe("Dockerfile", text, &finding))?;
    }
    Ok(())
}

fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(index, line)| format!("{:>4} │ {line}\n", index + 1)).collect()
}

/// The Dockerfile after all rewrites, each told with its title.
fn rewrite(before: &str, facts: &Facts) -> anyhow::Result<String> {
    heading("2. Rewritten")?;
    let mut text = before.to_owned();
    for id in REWRITES {
        let document = Document::new(&text);
        let model = Model::new(&document, facts);
        let offers = rewrites::offers(&Input { model: &model, facts });
        let Some(rewrite) = offers
            .iter()
            .filter(|(recipe, _)| recipe.id == id)
            .find_map(|(_, offers)| offers.rewrites.first())
        else {
            continue;
        };
        print(&format!("  {id}: {}\n", rewrite.fix.title))?;
        text = rewrites::apply(&text, &rewrite.fix.edits);
    }
    print(&format!("\n{}", diff::unified("Dockerfile", before, &text)))?;
    Ok(text)
}

struct Demo<'a> {
    runtime: &'a Runtime,
    interrupts: Interrupts,
    builder: &'a dyn Builder,
    images: Images,
    project: Project,
}

impl Demo<'_> {
    fn build_both(&self, before: &str, after: &str) -> anyhow::Result<Outcome> {
        heading("3. Built both ways")?;
        let scanner = Scanner::new(project::TOKEN)?;
        let old = self.build("old", before)?;
        let new = self.build("new", after)?;
        let result = self.compare(&scanner, before, after, &old, &new);
        for name in ["old", "new"] {
            self.runtime.block_on(self.images.remove(&tag(name)));
        }
        result
    }

    fn compare(
        &self,
        scanner: &Scanner,
        before: &str,
        after: &str,
        old: &Measured,
        new: &Measured,
    ) -> anyhow::Result<Outcome> {
        let (old_image, new_image) = (old.image()?, new.image()?);
        print(&sizes(old_image, new_image))?;
        self.ask_both(old_image, new_image)?;
        let is_clean = self.scan_both(scanner, old_image, new_image, new)?;
        self.edit_and_rebuild(before, after)?;
        Ok(if is_clean { Outcome::Fine } else { Outcome::Findings })
    }

    fn build(&self, name: &str, dockerfile: &str) -> anyhow::Result<Measured> {
        let request = BuildRequest {
            context: self.project.folder().display().to_string(),
            dockerfile: self.project.path("Dockerfile"),
            dockerfile_text: dockerfile.to_owned(),
            build_args: [("NPM_TOKEN".to_owned(), project::TOKEN.to_owned())].into(),
            secrets: self
                .project
                .secrets(dockerfile)?
                .into_iter()
                .map(|(id, file)| SecretSpec { id, source: SecretSource::File(file) })
                .collect(),
            tags: vec![tag(name)],
            ..BuildRequest::default()
        };
        measure::build(&self.interrupts, self.builder, request, name)
    }

    fn ask_both(&self, old: &BuiltImage, new: &BuiltImage) -> anyhow::Result<()> {
        heading("4. Both answer")?;
        let ask = |image: &BuiltImage| {
            let asked = self.images.ask(&image.id, project::PORT, project::PATH, ANSWER_LIMIT);
            self.runtime.block_on(asked).map_err(|reason| anyhow::anyhow!(reason))
        };
        let (old, new) = (ask(old)?, ask(new)?);
        let row = |name: &str, answer: &Answer| {
            format!("  {name}: GET {} -> {}, {} bytes\n", project::PATH, answer.status, answer.body.len())
        };
        let same = if old.body == new.body { "the same" } else { "NOT the same" };
        print(&format!("{}{}  the two answers are {same}\n", row("old", &old), row("new", &new)))
    }

    /// Whether the new image is free of the secret.
    fn scan_both(
        &self,
        scanner: &Scanner,
        old: &BuiltImage,
        new: &BuiltImage,
        measured: &Measured,
    ) -> anyhow::Result<bool> {
        heading("5. Where the token is left")?;
        scanner.prove(&self.project)?;
        print(
            "  the scanner finds a planted token in a layer, a compressed blob, base64 and URL-encoded text\n",
        )?;
        let scan = |image: &BuiltImage, name: &str| {
            scanner.scan(self.runtime, &self.images, &image.id, &self.project.path(name))
        };
        let old_hits = scan(old, "../old.tar")?;
        for hit in &old_hits {
            print(&format!("  old image: {hit}\n"))?;
        }
        let mut new_hits = scan(new, "../new.tar")?;
        new_hits.extend(scanner.text("the build's record", &measured.record)?);
        new_hits.extend(scanner.text("the build's log", &measured.log)?);
        for hit in &new_hits {
            print(&format!("  new image: {hit}\n"))?;
        }
        let count = if new_hits.is_empty() { "none".to_owned() } else { new_hits.len().to_string() };
        print(&format!(
            "secrets left in the old image: {}\nsecrets left in the new image: {count}\n",
            old_hits.len()
        ))?;
        Ok(new_hits.is_empty())
    }

    fn edit_and_rebuild(&self, before: &str, after: &str) -> anyhow::Result<()> {
        heading("6. One source file edited")?;
        self.project.edit()?;
        let old = self.build("old", before)?;
        self.project.edit()?;
        let new = self.build("new", after)?;
        let faster = old.seconds / new.seconds.max(0.001);
        print(&format!("{}{}  {faster:.1} times faster\n", old.rebuild_row("old"), new.rebuild_row("new")))
    }
}

fn tag(name: &str) -> String {
    format!("layerwise-demo:{name}")
}

fn sizes(old: &BuiltImage, new: &BuiltImage) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let factor = old.size as f64 / new.size.max(1) as f64;
    format!(
        "\nimage size: {} -> {}\n{factor:.1} times smaller\n",
        units::megabytes(old.size),
        units::megabytes(new.size)
    )
}

/// What a build sent, in words.
fn sent(context: ContextTransfer) -> String {
    format!(
        "{} of {} files sent ({})",
        context.files_sent,
        context.files_total,
        ide::bytes(context.bytes_sent)
    )
}
