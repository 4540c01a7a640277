//! Reading Dockerfiles, and what is known outside of them.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A Dockerfile's text and the path that it goes by.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// As the user named it.
    pub(crate) path: PathBuf,
    /// Its text; bytes that are not UTF-8 are replaced, as nothing else can be said about them.
    pub(crate) text: String,
}

/// Reads a file, or stdin for `-`.
pub(crate) fn read(path: &Path) -> anyhow::Result<Source> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read stdin")?;
        return Ok(Source { path: path.to_owned(), text: decode(bytes) });
    }
    let shown = path.display();
    if path.is_dir() {
        bail!("{shown} is a directory: name the Dockerfile in it");
    }
    let bytes =
        std::fs::read(path).map_err(|error| anyhow::anyhow!("cannot read {shown}: {}", plain(&error)))?;
    Ok(Source { path: path.to_owned(), text: decode(bytes) })
}

fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The system's reason without its number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied; may this user read it?".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}
