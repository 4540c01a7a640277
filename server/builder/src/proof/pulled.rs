//! What a machine that holds one image must pull to hold another: the layers that it lacks, compressed as a registry keeps them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

use crate::images::Images;

/// Layers that are not compressed and longer than this in all are left uncounted: compressing takes longer than the answer is worth.
const MAX_COMPRESSED_HERE: u64 = 2 << 30;

/// The part of an archive's `manifest.json` that names its layers, from the lowest one up.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Layers")]
    layers: Vec<String>,
}

impl Images {
    /// The compressed bytes of the layers of `image` that `held` has not. None where they cannot be told.
    pub(super) async fn pulled(&self, held: &str, image: &str) -> Option<u64> {
        let held: HashSet<String> = self.layers(held).await?.into_iter().collect();
        let layers = self.layers(image).await?;
        let is_new: Vec<bool> = layers.iter().map(|layer| !held.contains(layer)).collect();
        if !is_new.contains(&true) {
            return Some(0);
        }
        let folder = tempfile::tempdir().ok()?;
        let archive = folder.path().join("image.tar");
        self.save(image, &archive).await.ok()?;
        let measured = tokio::task::spawn_blocking(move || {
            let measured = measure(&archive, &is_new);
            drop(folder);
            measured
        });
        measured.await.ok()?.ok()?
    }

    /// The digests of an image's layers as they are unpacked, from the lowest one up.
    async fn layers(&self, image: &str) -> Option<Vec<String>> {
        self.engine.docker.inspect_image(image).await.ok()?.root_fs?.layers
    }
}

/// The compressed bytes of those layers of an archive that are marked. None where it has another number of layers.
fn measure(archive: &Path, is_new: &[bool]) -> io::Result<Option<u64>> {
    let mut blobs = Vec::new();
    let mut manifest = None;
    for entry in tar::Archive::new(BufReader::new(File::open(archive)?)).entries_with_seek()? {
        let mut entry = entry?;
        let path = entry.path()?.display().to_string();
        if path == "manifest.json" {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            manifest = serde_json::from_str::<Vec<Manifest>>(&text)?.into_iter().next();
        }
        blobs.push((path, entry.raw_file_position(), entry.size()));
    }
    let Some(manifest) = manifest.filter(|manifest| manifest.layers.len() == is_new.len()) else {
        return Ok(None);
    };
    let mut total = 0;
    let mut seen = HashSet::new();
    let mut left = MAX_COMPRESSED_HERE;
    for (layer, _) in manifest.layers.iter().zip(is_new).filter(|(_, is_new)| **is_new) {
        // Two equal layers are pulled once.
        if !seen.insert(layer) {
            continue;
        }
        let Some((_, start, size)) = blobs.iter().find(|(path, ..)| path == layer) else { return Ok(None) };
        let mut file = File::open(archive)?;
        file.seek(SeekFrom::Start(*start))?;
        let mut blob = BufReader::new(file.take(*size));
        if is_compressed(&mut blob)? {
            total += size;
            continue;
        }
        let Some(rest) = left.checked_sub(*size) else { return Ok(None) };
        left = rest;
        let mut encoder = GzEncoder::new(Counted(0), Compression::default());
        io::copy(&mut blob, &mut encoder)?;
        total += encoder.finish()?.0;
    }
    Ok(Some(total))
}

/// Whether a blob begins as gzip or Zstandard do.
fn is_compressed(blob: &mut BufReader<impl Read>) -> io::Result<bool> {
    let head = io::BufRead::fill_buf(blob)?;
    Ok(head.starts_with(&[0x1f, 0x8b]) || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
}

/// Counts what is written to it.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0 += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is counted of an archive with these blobs, of which the manifest names the first ones as layers.
    fn check(blobs: &[&[u8]], layers: &[&str], is_new: &[bool]) -> Option<u64> {
        let mut builder = tar::Builder::new(tempfile::NamedTempFile::new().unwrap());
        let manifest = serde_json::json!([{"Config": "config", "Layers": layers}]).to_string();
        let names: Vec<String> = (0..blobs.len()).map(|index| format!("blobs/{index}")).collect();
        let entries = names.iter().map(String::as_str).zip(blobs.iter().copied());
        for (name, content) in entries.chain([("manifest.json", manifest.as_bytes())]) {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, content).unwrap();
        }
        let file = builder.into_inner().unwrap();
        measure(file.path(), is_new).unwrap()
    }

    #[test]
    fn layers_that_are_new_count_with_their_compressed_bytes() {
        let (zeros, packed) = (vec![0; 100_000], [&[0x1f, 0x8b], &[7; 98][..]].concat());
        let blobs: [&[u8]; 3] = [&[1; 5000], &zeros, &packed];
        let layers = ["blobs/0", "blobs/1", "blobs/2"];
        assert_eq!(check(&blobs, &layers, &[false, false, true]), Some(100));
        let zeros = check(&blobs, &layers, &[false, true, false]).unwrap();
        assert!(zeros < 1000, "{zeros}");
        assert_eq!(check(&blobs, &layers, &[false, false, false]), Some(0));
        assert_eq!(check(&blobs, &["blobs/2", "blobs/2"], &[true, true]), Some(100));
        assert_eq!(check(&blobs, &layers, &[true]), None);
        assert_eq!(check(&blobs, &["blobs/9"], &[true]), None);
    }
}
