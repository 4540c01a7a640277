//! The search for the token in what the builds left behind.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, ensure};
use builder::Images;
use builder::scan::{Form, Hit, Needles, scan_image};
use tokio::runtime::Runtime;

use super::project::Project;

/// Looks for one token.
pub(super) struct Scanner {
    token: &'static str,
    needles: Needles,
}

impl Scanner {
    pub(super) fn new(token: &'static str) -> anyhow::Result<Self> {
        Ok(Self { token, needles: Needles::new([token])? })
    }

    /// Finds planted tokens in every form, so that finding none means something.
    pub(super) fn prove(&self, project: &Project) -> anyhow::Result<()> {
        let path = project.path("../planted.tar");
        let planted = builder::scan::planted(self.token)?;
        fs::write(&path, planted)?;
        let hits = scan_image(&path, &self.needles)?;
        for (place, form) in [
            ("layer 1: npmrc", Form::Plain),
            ("layer 1: base64", Form::Base64),
            ("layer 1: url", Form::UrlEncoded),
            ("history.json", Form::Plain),
        ] {
            ensure!(
                hits.contains(&Hit { place: place.to_owned(), form }),
                "the scanner misses a planted token in {place}"
            );
        }
        Ok(())
    }

    /// The places in an image, its configuration and its history that hold the token.
    pub(super) fn scan(
        &self,
        runtime: &Runtime,
        images: &Images,
        image: &str,
        archive: &Path,
    ) -> anyhow::Result<Vec<String>> {
        runtime
            .block_on(images.save(image, File::create(archive)?))
            .map_err(|reason| anyhow::anyhow!(reason))?;
        let hits = scan_image(archive, &self.needles).context("cannot read the image's archive")?;
        let history = runtime.block_on(images.history(image)).map_err(|reason| anyhow::anyhow!(reason))?;
        let mut places: Vec<_> =
            hits.iter().map(|hit| format!("{} ({})", hit.place, hit.form.as_str())).collect();
        places.extend(self.text("history and configuration", &history)?);
        fs::remove_file(archive)?;
        Ok(places)
    }

    /// The forms in which a text holds the token.
    pub(super) fn text(&self, place: &str, text: &str) -> anyhow::Result<Vec<String>> {
        let hits = self.needles.hits(place, text.as_bytes())?;
        Ok(hits.iter().map(|hit| format!("{} ({})", hit.place, hit.form.as_str())).collect())
    }
}
