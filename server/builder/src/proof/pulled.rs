//! What a machine that holds one image must pull to hold another: the layers that it lacks, compressed as a registry keeps them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::image_archive::{ImageArchive, Packing};
use crate::images::Images;

/// Layers that are not compressed and longer than this in all are left uncounted: compressing takes longer than the answer is worth.
const MAX_COMPRESSED_HERE: u64 = 2 << 30;

impl Images {
    /// The compressed bytes of the layers of `image` that `held` has not. None where they cannot be told.
    pub(super) async fn pulled(&self, held: &str, image: &str) -> Option<u64> {
        let held: HashSet<String> = self.layers(held).await?.into_iter().collect();
        let layers = self.layers(image).await?;
        let is_new: Vec<bool> = layers.iter().map(|layer| !held.contains(layer)).collect();
        if !is_new.contains(&true) {
            return Some(0);
        }
        let archive = self.archive(image).await.ok()?;
        let measured = tokio::task::spawn_blocking(move || measure(archive, &is_new));
        measured.await.ok()?.ok()?
    }

    /// The digests of an image's layers as they are unpacked, from the lowest one up.
    async fn layers(&self, image: &str) -> Option<Vec<String>> {
        self.engine.docker.inspect_image(image).await.ok()?.root_fs?.layers
    }
}

/// The compressed bytes of those layers of an archive that are marked. None where it has another number of layers.
fn measure(archive: File, is_new: &[bool]) -> io::Result<Option<u64>> {
    let Some(archive) = ImageArchive::open(archive)?.filter(|archive| archive.layers().len() == is_new.len())
    else {
        return Ok(None);
    };
    let mut total = 0;
    let mut seen = HashSet::new();
    let mut left = MAX_COMPRESSED_HERE;
    for (layer, _) in archive.layers().iter().zip(is_new).filter(|(_, is_new)| **is_new) {
        // Two equal layers are pulled once.
        if !seen.insert(layer) {
            continue;
        }
        let Ok((mut blob, packing, size)) = archive.layer(layer) else { return Ok(None) };
        if packing != Packing::Plain {
            total += size;
            continue;
        }
        let Some(rest) = left.checked_sub(size) else { return Ok(None) };
        left = rest;
        let mut encoder = GzEncoder::new(Counted(0), Compression::default());
        io::copy(&mut blob, &mut encoder)?;
        total += encoder.finish()?.0;
    }
    Ok(Some(total))
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
        measure(file.into_file(), is_new).unwrap()
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
