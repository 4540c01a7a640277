//! The runtime settings that a Dockerfile writes for a stage: what a container of it is started with.
//!
//! Rewrites must leave them as they are. What the base image sets by itself is not here.

use std::collections::BTreeMap;

use syntax::Keyword;

use crate::model::Model;
use crate::path::Place;
use crate::stage::Kind;

/// The runtime settings of a stage, as its Dockerfile writes them, the stages that it builds on included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuntimeSettings {
    /// ENV, with variables expanded where known, else as written.
    pub environment: BTreeMap<String, String>,
    /// WORKDIR.
    pub workdir: Option<Place>,
    /// USER.
    pub user: Option<String>,
    /// EXPOSE, sorted.
    pub ports: Vec<String>,
    /// VOLUME, sorted.
    pub volumes: Vec<String>,
    /// LABEL.
    pub labels: BTreeMap<String, String>,
    /// CMD as written, without the keyword.
    pub command: Option<String>,
    /// ENTRYPOINT as written, without the keyword.
    pub entrypoint: Option<String>,
    /// HEALTHCHECK as written, without the keyword, flags included.
    pub healthcheck: Option<String>,
    /// STOPSIGNAL.
    pub stop_signal: Option<String>,
    /// MAINTAINER.
    pub maintainer: Option<String>,
    /// SHELL.
    pub shell: Option<Vec<String>>,
}

impl RuntimeSettings {
    /// The settings of a stage.
    #[must_use]
    pub fn of(model: &Model, stage: usize) -> Self {
        let mut settings = Self::default();
        for item in model.lineage(stage).into_iter().flat_map(|stage| &stage.instructions) {
            settings.take(
                &item.kind,
                item.instruction.keyword,
                || item.instruction.arguments.text.clone(),
                || {
                    item.instruction
                        .flags
                        .iter()
                        .map(|flag| flag.range.of(&item.instruction.source))
                        .collect::<Vec<_>>()
                        .join(" ")
                },
            );
        }
        settings.ports.sort();
        settings.ports.dedup();
        settings.volumes.sort();
        settings.volumes.dedup();
        settings
    }

    fn take(&mut self, kind: &Kind, keyword: Keyword, text: impl Fn() -> String, flags: impl Fn() -> String) {
        let written = |text: &crate::stage::Text| text.value.clone().unwrap_or_else(|| text.raw.clone());
        match kind {
            Kind::Env(pairs) => {
                self.environment.extend(pairs.iter().map(|(name, value)| (written(name), written(value))));
            }
            Kind::Label(pairs) => {
                self.labels.extend(pairs.iter().map(|(name, value)| (written(name), written(value))));
            }
            Kind::Workdir(_, place) => self.workdir = Some(place.clone()),
            Kind::User(user) => self.user = Some(written(user)),
            Kind::Expose(ports) => self.ports.extend(ports.iter().map(written)),
            Kind::Volume(paths) => self.volumes.extend(paths.iter().map(written)),
            Kind::Cmd => self.command = Some(text()),
            Kind::Entrypoint => {
                // An ENTRYPOINT resets a CMD that a base set, not one that is set here; BuildKit keeps the file's own.
                self.entrypoint = Some(text());
            }
            Kind::Healthcheck => self.healthcheck = Some(format!("{} {}", flags(), text()).trim().to_owned()),
            Kind::Stopsignal(signal) => self.stop_signal = Some(written(signal)),
            Kind::Maintainer => self.maintainer = Some(text()),
            Kind::Shell(words) => self.shell = Some(words.clone()),
            Kind::Onbuild if keyword == Keyword::Onbuild => {}
            _ => {}
        }
    }
}
