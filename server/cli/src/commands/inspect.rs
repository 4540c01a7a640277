//! `layerwise inspect`: what is in an image that the engine has, layer by layer, on the lines of the Dockerfile that made it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use builder::{Images, Surroundings};
use inner_loop::inspection::lines::{Fit, fit};
use inner_loop::inspection::{Inspection, Layer};
use rules::secret_name::is_secret;
use semantic::{Base, Facts, Model};
use syntax::Document;

use crate::arguments::{AnswerFormat, InspectArguments};
use crate::exit::Outcome;
use crate::input;
use crate::output::{inspect_json, inspect_text, print, tell};

/// An image, and the Dockerfile that made it where there is one.
pub(crate) struct Inspected {
    /// As the user names it.
    pub(crate) name: String,
    pub(crate) inspection: Inspection,
    pub(crate) made_by: Option<MadeBy>,
}

/// The Dockerfile of an image.
pub(crate) struct MadeBy {
    pub(crate) file: PathBuf,
    pub(crate) fit: Fit,
    /// The stage's name.
    pub(crate) stage: String,
    /// The base image, where it is one.
    pub(crate) base: Option<String>,
}

pub(crate) fn run(arguments: &InspectArguments) -> anyhow::Result<Outcome> {
    // What can be told without an engine is told before one is asked.
    let given = arguments.file.as_deref().map(input::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let inspection = runtime.block_on(async {
        let images = Images::connect(arguments.host.as_deref(), &Surroundings::of_process()).await?;
        images.inspection(&arguments.image).await
    });
    let inspection = inspection.map_err(anyhow::Error::msg)?;
    let made_by = match &given {
        Some(source) => made_by(&source.path, &source.text, &inspection),
        None => ["Dockerfile", "Containerfile"].iter().map(Path::new).find_map(|path| {
            let source = path.is_file().then(|| input::read(path).ok())??;
            made_by(path, &source.text, &inspection)
        }),
    };
    if let (Some(source), None) = (&given, &made_by) {
        let (name, file) = (ide::plain::plain(&arguments.image), source.path.display());
        tell(&format!("note: {name} was not made by {file} as it is now: its layers have no lines\n"))?;
    }
    let inspected = Inspected { name: ide::plain::plain(&arguments.image), inspection, made_by };
    let text = match arguments.format {
        AnswerFormat::Json => format!("{}\n", inspect_json::value(&inspected)),
        AnswerFormat::Text => inspect_text::text(&inspected),
    };
    print(&text).context("cannot write to stdout")?;
    Ok(Outcome::Fine)
}

fn made_by(file: &Path, text: &str, inspection: &Inspection) -> Option<MadeBy> {
    let model = Model::new(&Document::new(text), &Facts::default());
    let history: Vec<&str> = inspection.history.iter().map(|step| step.created_by.as_str()).collect();
    let fit = fit(&history, &model)?;
    let base = match model.root(fit.stage) {
        Base::Image(name) => Some(name.clone()),
        _ => None,
    };
    let stage = model.stages[fit.stage].display_name();
    Some(MadeBy { file: file.to_owned(), fit, stage, base })
}

impl Inspected {
    /// What made a layer, as an instruction.
    pub(crate) fn instruction(&self, layer: usize) -> String {
        let made = self.inspection.history.iter().find(|step| step.layer == Some(layer));
        let readable = made.map(|step| inner_loop::inspection::lines::readable(&step.created_by));
        ide::plain::harmless(&readable.unwrap_or_default())
    }

    /// The first and last line that made a layer.
    pub(crate) fn lines(&self, layer: usize) -> Option<(u32, u32)> {
        let fit = &self.made_by.as_ref()?.fit;
        let entry = self.inspection.history.iter().position(|step| step.layer == Some(layer))?;
        fit.lines.get(entry.checked_sub(fit.first)?).copied()
    }

    /// How many layers are the base image's; nothing where no Dockerfile tells.
    pub(crate) fn base_layers(&self) -> Option<usize> {
        let first = self.made_by.as_ref()?.fit.first;
        Some(self.inspection.history[..first].iter().filter(|step| step.layer.is_some()).count())
    }

    /// The topmost layer of the base.
    pub(crate) fn base(&self) -> Option<&Layer> {
        self.inspection.layers.get(self.base_layers()?.checked_sub(1)?)
    }

    /// The names of variables that hold what a secret's name says; values are not looked at again.
    pub(crate) fn secret_variables(&self) -> Vec<&str> {
        let variables = self.inspection.environment.iter().filter_map(|pair| pair.split_once('='));
        variables.filter(|(name, value)| is_secret(name) && !value.is_empty()).map(|(name, _)| name).collect()
    }
}
