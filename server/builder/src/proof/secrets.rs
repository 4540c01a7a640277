//! The search for secrets in what a proof built: layers, history, configuration and the output of the steps.

use std::fs::File;
use std::io::Read;

use inner_loop::SecretSource;
use inner_loop::proof::{ProofRequest, Withheld};

use super::built::Built;
use crate::images::Images;
use crate::scan::{Needles, scan_image};

/// A longer file is no secret that could be looked for.
const MAX_SECRET: u64 = 64 << 10;

/// All values that must not be in an image: those that the Dockerfile holds in the open, and those of the secrets that are given.
pub(super) fn withheld(request: &ProofRequest) -> Withheld {
    let mut withheld = request.in_the_open.clone();
    for secret in request.before.secrets.iter().chain(&request.after.secrets) {
        match &secret.source {
            SecretSource::Environment(name) => {
                if let Ok(value) = std::env::var(name) {
                    withheld.add_text(&value);
                }
            }
            SecretSource::Value(value) => withheld.add_text(value.get()),
            SecretSource::File(path) => {
                let mut text = String::new();
                let read = File::open(path).and_then(|file| file.take(MAX_SECRET).read_to_string(&mut text));
                if read.is_ok() {
                    withheld.add_text(&text);
                }
            }
        }
    }
    withheld
}

/// The places in an image, its history and its build's output that hold a secret, each with the form it has there.
pub(super) async fn search(
    images: &Images,
    withheld: &Withheld,
    built: &Built,
) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(failed)?;
    let archive = folder.path().join("image.tar");
    images.save(&built.image.id, File::create(&archive).map_err(failed)?).await?;
    let history = images.history(&built.image.id).await?;
    let (withheld, log) = (withheld.clone(), built.log.clone());
    let work = move || {
        let needles = Needles::new(withheld.values())?;
        let mut hits = scan_image(&archive, &needles)?;
        // A layer that is not compressed has each of its hits twice: as it lies there, and in a file of its own.
        if hits.iter().any(|hit| hit.place.starts_with("layer ")) {
            hits.retain(|hit| hit.place.starts_with("layer "));
        }
        hits.extend(needles.hits("history and configuration", history.as_bytes())?);
        hits.extend(needles.hits("the build's output", log.as_bytes())?);
        drop(folder);
        Ok(hits.iter().map(|hit| format!("{} ({})", hit.place, hit.form.as_str())).collect())
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?.map_err(failed)
}
