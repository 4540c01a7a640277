//! What is in an image: its configuration, its files, the packages of its distribution.

use std::io::{self, Read};

use bollard::models::{HealthConfig, ImageConfig};
use bytes::{Buf, Bytes};
use futures::StreamExt;
use inner_loop::proof::{FileList, ImageConfiguration, PackageList};
use tokio::sync::mpsc;

use super::left_over::LeftOver;
use crate::images::Images;
use crate::trial::Trial;

/// A longer list of packages is none.
const MAX_LIST: u64 = 32 << 20;

/// What is in an image.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) configuration: ImageConfiguration,
    /// Absent where the engine does not give them.
    pub(super) files: Option<FileList>,
    pub(super) packages: PackageList,
}

impl Images {
    /// Looks into an image, through a container that is never started.
    pub(super) async fn contents(&self, image: &str, left_over: &LeftOver) -> Result<Contents, String> {
        let inspected = self.engine.docker.inspect_image(image).await.map_err(|error| error.to_string())?;
        let configuration = configuration(inspected.config.unwrap_or_default());
        let name = left_over.new_container();
        // An image without a command of its own makes no container; files are listed with any.
        let command = ["/".to_owned()];
        self.create_trial(&Trial { name: &name, image, ports: &[], command: Some(&command) }).await?;
        let listed = self.list(&name).await;
        self.remove_trial(&name).await;
        let (files, packages) = match listed {
            Ok((files, packages)) => (Some(files), packages),
            Err(error) => {
                tracing::debug!(%error, image, "the files of the image cannot be listed");
                (None, PackageList::default())
            }
        };
        Ok(Contents { configuration, files, packages })
    }

    async fn list(&self, container: &str) -> Result<(FileList, PackageList), String> {
        let (sender, receiver) = mpsc::channel(16);
        let reader = tokio::task::spawn_blocking(move || read(Chunks { receiver, rest: Bytes::new() }));
        let mut stream = std::pin::pin!(self.engine.docker.export_container(container));
        while let Some(chunk) = stream.next().await {
            // Once the reader has seen the archive's end, what follows is padding.
            if sender.send(chunk.map_err(|error| error.to_string())?).await.is_err() {
                break;
            }
        }
        drop(sender);
        let lists = reader.await.map_err(|error| error.to_string())?;
        lists.map_err(|error| error.to_string())
    }
}

/// How an image says it is run.
pub(crate) fn configuration(config: ImageConfig) -> ImageConfiguration {
    let sorted = |list: Option<Vec<String>>| {
        let mut list = list.unwrap_or_default();
        list.sort();
        list
    };
    let variables = config.env.unwrap_or_default();
    let variables = variables.iter().filter_map(|pair| pair.split_once('='));
    let health = config.healthcheck.unwrap_or_default();
    ImageConfiguration {
        entrypoint: config.entrypoint.unwrap_or_default(),
        command: config.cmd.unwrap_or_default(),
        environment: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        workdir: config.working_dir.unwrap_or_default(),
        user: config.user.unwrap_or_default(),
        ports: sorted(config.exposed_ports),
        volumes: sorted(config.volumes),
        labels: config.labels.unwrap_or_default().into_iter().collect(),
        stop_signal: config.stop_signal.unwrap_or_default(),
        healthcheck_timing: timing(&health),
        healthcheck: health.test.unwrap_or_default(),
    }
}

fn timing(health: &HealthConfig) -> [i64; 5] {
    [health.interval, health.timeout, health.start_period, health.start_interval, health.retries]
        .map(Option::unwrap_or_default)
}

/// Reads the archive of a container's files.
fn read(archive: impl Read) -> io::Result<(FileList, PackageList)> {
    let (mut files, mut packages) = (FileList::default(), PackageList::default());
    for entry in tar::Archive::new(archive).entries()? {
        let entry = entry?;
        if entry.header().entry_type().is_dir() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let bytes = entry.size();
        files.add(&path, bytes);
        if PackageList::is_list(&path) {
            let mut text = Vec::new();
            entry.take(MAX_LIST).read_to_end(&mut text)?;
            packages.read(&String::from_utf8_lossy(&text));
        }
    }
    Ok((files, packages))
}

/// Reads what comes in pieces.
struct Chunks {
    receiver: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.rest = chunk,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.rest.len());
        self.rest.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_read_in_whatever_pieces_it_comes() {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, text) in [("app/main", "12345"), ("var/lib/dpkg/status", "Package: libc6\n\n")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let bytes = Bytes::from(builder.into_inner().unwrap());
        for size in [1, 7, 512, 100_000] {
            let (sender, receiver) = mpsc::channel(10_000);
            for chunk in bytes.chunks(size) {
                sender.try_send(Bytes::copy_from_slice(chunk)).unwrap();
            }
            drop(sender);
            let (files, packages) = read(Chunks { receiver, rest: Bytes::new() }).unwrap();
            let changes = files.changes(&FileList::default());
            assert_eq!((changes.lost.files.len(), changes.lost.bytes), (2, 21), "{size}");
            assert_eq!(packages.changes(&PackageList::default()).unwrap().lost, ["libc6"]);
        }
    }
}
