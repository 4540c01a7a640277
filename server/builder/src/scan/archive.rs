//! Scanning an image's archive, as `docker save` and the engine's `/images/{name}/get` give it, of either image store.
//!
//! Every blob is read twice: as it lies there, compressed or not, and unpacked down to the files of its layers.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use base64::Engine;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use tar::Archive;

use crate::scan::needles::{Hit, Needles};

/// Scans an image's archive. Hits come in the archive's order, each place and form once.
///
/// # Errors
/// The archive cannot be read, or is none.
pub fn scan_image(archive: &Path, needles: &Needles) -> io::Result<Vec<Hit>> {
    let mut hits = Vec::new();
    let mut layers = 0;
    let mut reader = Archive::new(BufReader::new(File::open(archive)?));
    for entry in reader.entries_with_seek()? {
        let mut entry = entry?;
        let name = entry.path()?.display().to_string();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let (start, size) = (entry.raw_file_position(), entry.size());
        hits.extend(needles.hits(&name, &mut entry)?);
        let blob = || -> io::Result<_> {
            let mut again = File::open(archive)?;
            again.seek(SeekFrom::Start(start))?;
            Ok(BufReader::new(again.take(size)))
        };
        let mut head = [0; 512];
        let length = read_up_to(&mut blob()?, &mut head)?;
        if is_tar(&head[..length]) {
            layers += 1;
            hits.extend(scan_layer(layers, blob()?, needles)?);
        } else if head.starts_with(&[0x1f, 0x8b]) {
            layers += 1;
            hits.extend(scan_layer(layers, MultiGzDecoder::new(blob()?), needles)?);
        }
    }
    hits.dedup();
    Ok(hits)
}

fn scan_layer(number: usize, layer: impl Read, needles: &Needles) -> io::Result<Vec<Hit>> {
    let mut hits = Vec::new();
    for entry in Archive::new(layer).entries()? {
        let mut entry = entry?;
        let path = entry.path_bytes().into_owned();
        let name = String::from_utf8_lossy(&path).into_owned();
        let link = entry.link_name_bytes().map(|link| link.into_owned()).unwrap_or_default();
        let place = format!("layer {number}: {name}");
        hits.extend(needles.hits(&format!("layer {number}: a file's name"), path.as_slice())?);
        hits.extend(needles.hits(&format!("{place} (link)"), link.as_slice())?);
        hits.extend(needles.hits(&place, &mut entry)?);
    }
    Ok(hits)
}

/// An archive with a secret planted as it is, in base64 and URL-encoded in a compressed layer, and in a history: what a scanner has to
/// find before its silence means anything.
///
/// # Errors
/// None that can be expected: it is written to memory.
pub fn planted(secret: &str) -> io::Result<Vec<u8>> {
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("user:{secret}"));
    let url = format!(
        "https://{}@example.com",
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
    );
    let layer =
        tar_of(&[("npmrc", secret.as_bytes()), ("base64", base64.as_bytes()), ("url", url.as_bytes())])?;
    tar_of(&[("blobs/layer", &gzip(&layer)?), ("history.json", secret.as_bytes())])
}

fn tar_of(files: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content)?;
    }
    builder.into_inner()
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::needles::Form;

    const SECRET: &str = "npm_S3cr3t/+value=";

    fn check(files: &[(&str, &[u8])], expected: &[(&str, Form)]) {
        let mut archive = tempfile::NamedTempFile::new().unwrap();
        archive.write_all(&tar_of(files).unwrap()).unwrap();
        let hits = scan_image(archive.path(), &Needles::new([SECRET]).unwrap()).unwrap();
        let expected: Vec<_> =
            expected.iter().map(|(place, form)| Hit { place: (*place).to_owned(), form: *form }).collect();
        assert_eq!(hits, expected);
    }

    #[test]
    fn a_planted_secret_is_found_wherever_it_lies() {
        let npmrc = format!("//registry/:_authToken={SECRET}\n");
        let layer = tar_of(&[("root/.npmrc", npmrc.as_bytes()), ("etc/passwd", b"root:x:0:0\n")]).unwrap();
        check(&[("blobs/a", &gzip(&layer).unwrap())], &[("layer 1: root/.npmrc", Form::Plain)]);
        check(&[("blobs/a", &layer)], &[("blobs/a", Form::Plain), ("layer 1: root/.npmrc", Form::Plain)]);
        let history = format!(r#"{{"history": [{{"created_by": "|1 NPM_TOKEN={SECRET} /bin/sh"}}]}}"#);
        check(&[("config.json", history.as_bytes())], &[("config.json", Form::Plain)]);
    }

    #[test]
    fn what_is_planted_is_found_in_all_its_forms() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), planted(SECRET).unwrap()).unwrap();
        let hits = scan_image(file.path(), &Needles::new([SECRET]).unwrap()).unwrap();
        let forms: Vec<_> = hits.iter().map(|hit| (hit.place.as_str(), hit.form)).collect();
        let expected = [
            ("layer 1: npmrc", Form::Plain),
            ("layer 1: base64", Form::Base64),
            ("layer 1: url", Form::UrlEncoded),
            ("history.json", Form::Plain),
        ];
        assert_eq!(forms, expected);
    }

    #[test]
    fn a_clean_image_has_no_hit() {
        let layer = gzip(&tar_of(&[("app/index.js", b"console.log(1)")]).unwrap()).unwrap();
        check(&[("blobs/a", &layer), ("manifest.json", b"[]")], &[]);
    }

    #[test]
    fn what_is_no_archive_is_an_error() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[7; 2000]).unwrap();
        assert!(scan_image(file.path(), &Needles::new([SECRET]).unwrap()).is_err());
    }
}
