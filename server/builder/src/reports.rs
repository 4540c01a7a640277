//! Reports of tests, read out of an image that a build made: from a container of it that is never started.

use std::io::Read;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, DownloadFromContainerOptionsBuilder, RemoveContainerOptions,
};
use futures::StreamExt;
use inner_loop::test_results::{ReportFile, ReportPath};
use inner_loop::{BuildEvent, BuildRequest};

use crate::engine::Engine;
use crate::report::Reporter;
use crate::session::{self, secret_values};

/// No report that people would read is longer.
pub(crate) const MOST_BYTES: usize = 32 << 20;
/// All reports of a build together.
pub(crate) const MOST_IN_ALL: usize = 128 << 20;
/// Files of one folder.
const MOST_FILES: usize = 2000;

/// Reads the reports that a request asks for out of its image, and passes them on.
pub(crate) async fn read_from_image(
    engine: &Engine,
    image: &str,
    request: &BuildRequest,
    reporter: &Reporter,
) {
    if request.reports.is_empty() {
        return;
    }
    // A step that was cached was not given its secrets now, and its report may show them all the same.
    for value in secret_values(&request.secrets) {
        reporter.hide(&value);
    }
    let name = format!("layerwise-reports-{}", session::new_id());
    let container = Container { engine, name: &name };
    if let Err(reason) = container.create(image).await {
        reporter.notice(format!("the reports of the tests cannot be read: {reason}"));
        return;
    }
    let mut left = MOST_IN_ALL;
    for path in &request.reports {
        for report in container.read(path, left).await {
            left = left.saturating_sub(report.content.as_ref().map_or(0, Vec::len));
            reporter.send(BuildEvent::Report(report));
        }
    }
    container.remove().await;
}

/// A container that is there to be read.
struct Container<'a> {
    engine: &'a Engine,
    name: &'a str,
}

impl Container<'_> {
    async fn create(&self, image: &str) -> Result<(), String> {
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            // An image without a command of its own needs one, though nothing is run.
            entrypoint: Some(vec!["-".to_owned()]),
            cmd: Some(Vec::new()),
            labels: Some([("dev.layerwise.trial".to_owned(), String::new())].into()),
            ..Default::default()
        };
        let options = CreateContainerOptionsBuilder::default().name(self.name).build();
        let created = self.engine.docker.create_container(Some(options), body).await;
        created.map(drop).map_err(|error| error.to_string())
    }

    async fn remove(&self) {
        let options = RemoveContainerOptions { force: true, v: true, ..Default::default() };
        if let Err(error) = self.engine.docker.remove_container(self.name, Some(options)).await {
            tracing::debug!(%error, "the container that reports were read from could not be removed");
        }
    }

    /// The files that a path means.
    async fn read(&self, wanted: &ReportPath, limit: usize) -> Vec<ReportFile> {
        let (folder, name) = wanted.split();
        let has_star = name.contains('*');
        let path = if has_star { folder } else { &wanted.path };
        let failed = |reason: &str| {
            let report = ReportFile { path: wanted.path.clone(), content: Err(reason.to_owned()) };
            // What is only guessed is not missed.
            if wanted.is_named { vec![report] } else { Vec::new() }
        };
        let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
        let mut archive = Vec::new();
        let mut stream = std::pin::pin!(self.engine.docker.download_from_container(self.name, Some(options)));
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(chunk) => archive.extend_from_slice(&chunk),
                Err(error) => {
                    tracing::debug!(%error, path, "a report is not there");
                    return failed("there is no such file in the image");
                }
            }
            if archive.len() > limit.min(MOST_IN_ALL) {
                return vec![ReportFile { path: wanted.path.clone(), content: Err(too_long(limit)) }];
            }
        }
        let mut files = in_archive(&archive, folder, |name| wanted.takes(name));
        if files.is_empty() {
            return failed("there is no such file in the image");
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}

fn too_long(limit: usize) -> String {
    format!("it is longer than the {} MB that are read", limit >> 20)
}

/// The files of a tar archive of a folder or of one file that are wanted by their names, not those of folders below.
fn in_archive(archive: &[u8], folder: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<ReportFile> {
    let mut files = Vec::new();
    let mut archive = tar::Archive::new(archive);
    let Ok(entries) = archive.entries() else { return files };
    for mut entry in entries.flatten().take(MOST_FILES) {
        let Ok(path) = entry.path().map(|path| path.to_path_buf()) else { continue };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !entry.header().entry_type().is_file() || path.components().count() > 2 || !is_wanted(&name) {
            continue;
        }
        let path = format!("{}/{name}", folder.trim_end_matches('/'));
        let content = if entry.size() > MOST_BYTES as u64 {
            Err(too_long(MOST_BYTES))
        } else {
            let mut bytes = Vec::new();
            match entry.by_ref().take(MOST_BYTES as u64).read_to_end(&mut bytes) {
                Ok(_) => Ok(bytes),
                Err(error) => Err(error.to_string()),
            }
        };
        files.push(ReportFile { path, content });
    }
    files
}

/// Lists the files that its arguments mean, which are patterns: size and path on a line, then the content and a line end. Those that are too
/// long have a `-` before their size, and no content.
pub(crate) const LISTS: &str = "IFS=; for p; do for f in $p; do if [ -f \"$f\" ]; then \
    n=$(($(wc -c <\"$f\"))); if [ $n -gt 33554432 ]; then printf -- '-%s %s\\n' $n \"$f\"; \
    else printf '%s %s\\n' $n \"$f\"; cat \"$f\"; echo; fi; fi; done; done";

/// The files of such a list.
pub(crate) fn in_listing(mut listing: &[u8]) -> Vec<ReportFile> {
    let mut files = Vec::new();
    while let Some(end) = listing.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&listing[..end]).into_owned();
        listing = &listing[end + 1..];
        let Some((size, path)) = line.split_once(' ') else { break };
        let path = path.to_owned();
        if size.starts_with('-') {
            files.push(ReportFile { path, content: Err(too_long(MOST_BYTES)) });
            continue;
        }
        let Some(bytes) = size.parse().ok().and_then(|size: usize| listing.get(..size)) else { break };
        files.push(ReportFile { path, content: Ok(bytes.to_vec()) });
        listing = listing.get(bytes.len() + 1..).unwrap_or_default();
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_files_is_taken_apart() {
        let listing = "4 /r/a b.xml\n<a/>\n-99 /r/long.xml\n7 /r/größe.xml\ngröße\n0 /r/none\n\n9 /r/cut\n<x"
            .as_bytes();
        let files = in_listing(listing);
        let shown =
            |file: &ReportFile| (file.path.clone(), file.content.clone().map(|bytes| bytes.len()).ok());
        let expected =
            [("/r/a b.xml", Some(4)), ("/r/long.xml", None), ("/r/größe.xml", Some(7)), ("/r/none", Some(0))];
        let expected = expected.map(|(path, length)| (path.to_owned(), length));
        assert_eq!(files.iter().map(shown).collect::<Vec<_>>(), expected);
        assert!(in_listing(b"sh: not found\n").is_empty() && in_listing(b"").is_empty());
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn the_files_of_the_folder_are_read_and_no_others() {
        let long = vec![b' '; MOST_BYTES + 1];
        let archive = archive(&[
            ("reports/TEST-größe.xml", b"<testsuite/>"),
            ("reports/TEST-long.xml", &long),
            ("reports/other.txt", b"x"),
            ("reports/deep/TEST-a.xml", b"x"),
        ]);
        let files = in_archive(&archive, "/srv/reports", |name| name.starts_with("TEST-"));
        assert_eq!(files[0].path, "/srv/reports/TEST-größe.xml");
        assert_eq!(files[0].content.as_deref(), Ok(&b"<testsuite/>"[..]));
        assert!(files[1].content.as_ref().unwrap_err().contains("longer than the 32 MB"));
        assert_eq!(files.len(), 2);
        assert!(in_archive(b"no tar at all", "/", |_| true).is_empty());
    }
}
