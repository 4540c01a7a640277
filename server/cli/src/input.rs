//! Reading Dockerfiles, and what is known outside of them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// No Dockerfile is larger.
const MAX_BYTES: u64 = 64 << 20;

/// A Dockerfile's text and the path that it goes by.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// As the user named it.
    pub(crate) path: PathBuf,
    /// Its text; bytes that are not UTF-8 are replaced, as nothing else can be said about them.
    pub(crate) text: String,
    /// Whether no byte was replaced.
    pub(crate) is_utf8: bool,
}

/// A file, or what cannot be read and why.
pub(crate) type Readable = Result<PathBuf, (PathBuf, String)>;

/// The Dockerfiles that a path stands for: itself or, for a directory, all below it. What cannot be read comes with the reason; a
/// directory without any is a mistake worth telling.
pub(crate) fn dockerfiles(path: &Path) -> Vec<Readable> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let found = workspace::dockerfiles::find(path);
    if found.files.is_empty() && found.unreadable.is_empty() {
        return vec![none_below(path)];
    }
    or_unreadable(found.files, found.unreadable)
}

/// The same with the ignore files behind the Dockerfiles; a directory with ignore files alone is fine, too.
pub(crate) fn dockerfiles_and_ignore_files(path: &Path) -> Vec<Readable> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let mut found = workspace::dockerfiles::find(path);
    found.files.append(&mut found.ignore_files);
    if found.files.is_empty() && found.unreadable.is_empty() {
        return vec![none_below(path)];
    }
    or_unreadable(found.files, found.unreadable)
}

/// Whether a path is one of an ignore file, by its name.
pub(crate) fn is_ignore_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(workspace::dockerfiles::is_ignore_file_name)
}

fn none_below(path: &Path) -> Readable {
    let shown = path.display();
    let error = format!("there is no Dockerfile below {shown}: name the file if it goes by another name");
    Err((path.to_owned(), error))
}

fn or_unreadable(files: Vec<PathBuf>, unreadable: Vec<(PathBuf, std::io::Error)>) -> Vec<Readable> {
    let unreadable = unreadable.into_iter().map(|(path, error)| {
        let error = format!("cannot read {}: {}", path.display(), plain(&error));
        Err((path, error))
    });
    files.into_iter().map(Ok).chain(unreadable).collect()
}

/// Reads a file, or stdin for `-`.
pub(crate) fn read(path: &Path) -> anyhow::Result<Source> {
    if path == Path::new("-") {
        let bytes = read_all(std::io::stdin().lock()).context("cannot read stdin")?;
        return Ok(decode(path, bytes));
    }
    let shown = path.display();
    if path.is_dir() {
        bail!("{shown} is a directory: name the Dockerfile in it");
    }
    let bytes = File::open(path)
        .and_then(read_all)
        .map_err(|error| anyhow::anyhow!("cannot read {shown}: {}", plain(&error)))?;
    Ok(decode(path, bytes))
}

/// Reads to the end, which a device or a pipe may not have.
fn read_all(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other("it is larger than 64 MiB; is it a Dockerfile?"));
    }
    Ok(bytes)
}

fn decode(path: &Path, bytes: Vec<u8>) -> Source {
    let path = path.to_owned();
    match String::from_utf8(bytes) {
        Ok(text) => Source { path, text, is_utf8: true },
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Source { path, text, is_utf8: false }
        }
    }
}

/// The system's reason without its number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied; may this user read it?".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}
