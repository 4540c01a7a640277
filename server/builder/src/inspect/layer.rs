//! One layer, read once from its first byte to its last: its entries, what its files tell of the distribution, the shapes of secrets in them,
//! and how long it is when it is compressed.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read as _, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use inner_loop::inspection::{Compressed, Entry, Inside, PackageManager};
use inner_loop::proof::PackageList;

use crate::image_archive::{ImageArchive, Packing};
use crate::scan::shapes::{self, Shapes};

/// A longer list of packages is none.
const MOST_LIST: u64 = 32 << 20;

/// Of a layer that is not compressed this much is compressed to see how long it gets, then one block of so many.
const WHOLE: u64 = 32 << 20;
const BLOCK: u64 = 1 << 20;
const ONE_OF: u64 = 8;

/// Where a distribution says what it is; the second one counts where the first is a link to it.
const OS_RELEASE: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// What a layer gave besides its entries.
pub(super) struct Read {
    pub(super) compressed: Compressed,
    pub(super) unread: Option<String>,
}

/// What the files of the layers so far tell, by path: a later one takes the place of an earlier one.
#[derive(Debug, Default)]
pub(super) struct Told {
    os: BTreeMap<String, String>,
    packages: BTreeMap<String, usize>,
    has_rpm: bool,
}

/// Reads a layer.
pub(super) fn read(
    archive: &ImageArchive,
    name: &str,
    told: &mut Told,
    looker: &mut Shapes,
    add: impl FnMut(&[u8], Entry<'_>) -> io::Result<()>,
    leak: impl FnMut(&[u8], &'static str),
) -> io::Result<Read> {
    let (blob, packing, size) = archive.layer(name)?;
    match packing {
        Packing::Plain => {
            let mut measured = Measured { inner: blob, sample: Sample::default() };
            entries(&mut measured, told, looker, add, leak)?;
            // What stands behind the last entry is part of the layer too.
            io::copy(&mut measured, &mut io::sink())?;
            Ok(Read { compressed: Compressed::About(measured.sample.finish()?), unread: None })
        }
        Packing::Gzip => {
            entries(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(blob)), told, looker, add, leak)?;
            Ok(Read { compressed: Compressed::Exact(size), unread: None })
        }
        Packing::Zstandard => {
            let unread = Some("it is compressed with Zstandard, which is not read".to_owned());
            Ok(Read { compressed: Compressed::Exact(size), unread })
        }
    }
}

fn entries(
    layer: impl io::Read,
    told: &mut Told,
    looker: &mut Shapes,
    mut add: impl FnMut(&[u8], Entry<'_>) -> io::Result<()>,
    mut leak: impl FnMut(&[u8], &'static str),
) -> io::Result<()> {
    for entry in tar::Archive::new(layer).entries()? {
        let entry = entry?;
        let path = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        let link = entry.link_name_bytes().map(|link| link.into_owned()).unwrap_or_default();
        add(
            &path,
            if kind.is_dir() {
                Entry::Folder
            } else if kind.is_hard_link() {
                Entry::Link(&link)
            } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                Entry::File(entry.size())
            } else {
                Entry::Other
            },
        )?;
        let name = String::from_utf8_lossy(&path).trim_start_matches("./").trim_start_matches('/').to_owned();
        if kind.is_dir() || kind.is_hard_link() {
            continue;
        }
        let found = if told.wants(&name) {
            let mut text = Vec::new();
            entry.take(MOST_LIST).read_to_end(&mut text)?;
            told.read(&name, &String::from_utf8_lossy(&text));
            looker.kinds(text.as_slice())?
        } else {
            looker.kinds(entry)?
        };
        let found = found.into_iter().filter(|kind| *kind != shapes::PRIVATE_KEY || !is_library(&name));
        found.for_each(|kind| leak(&path, kind));
    }
    Ok(())
}

/// Whether a file is a shared library: those for cryptography hold keys that they test themselves with.
fn is_library(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".so") || name.contains(".so.")
}

impl Told {
    /// Whether the text of a file tells something.
    fn wants(&mut self, path: &str) -> bool {
        if path.starts_with("var/lib/rpm/") || path.starts_with("usr/lib/sysimage/rpm/") {
            self.has_rpm = true;
        }
        if let Some((folder, name)) = path.rsplit_once('/')
            && let Some(name) = name.strip_prefix(".wh.")
        {
            let hidden = format!("{folder}/{name}");
            self.packages.retain(|path, _| *path != hidden && !path.starts_with(&format!("{hidden}/")));
            self.os.remove(&hidden);
        }
        OS_RELEASE.contains(&path) || PackageList::is_list(path)
    }

    fn read(&mut self, path: &str, text: &str) {
        if PackageList::is_list(path) {
            let mut list = PackageList::default();
            list.read(text);
            self.packages.insert(path.to_owned(), list.len());
        } else if let Some(name) = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")) {
            self.os.insert(path.to_owned(), name.trim().trim_matches(['"', '\'']).to_owned());
        }
    }

    /// What is told so far.
    pub(super) fn inside(&self) -> Inside {
        let mut packages: BTreeMap<PackageManager, usize> = BTreeMap::new();
        for (path, count) in &self.packages {
            let manager = if path.contains("apk") { PackageManager::Apk } else { PackageManager::Dpkg };
            *packages.entry(manager).or_default() += count;
        }
        Inside {
            os: OS_RELEASE.iter().find_map(|path| self.os.get(*path)).cloned(),
            packages: packages.into_iter().filter(|(_, count)| *count > 0).collect(),
            has_rpm: self.has_rpm,
        }
    }
}

/// Passes on what is read, and compresses samples of it.
struct Measured<R> {
    inner: R,
    sample: Sample,
}

impl<R: io::Read> io::Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sample.add(&buffer[..count])?;
        Ok(count)
    }
}

/// Samples of a stream, compressed as registries' clients do.
struct Sample {
    encoder: GzEncoder<Counted>,
    seen: u64,
    taken: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { encoder: GzEncoder::new(Counted(0), Compression::default()), seen: 0, taken: 0 }
    }
}

impl Sample {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.seen < WHOLE || (self.seen / BLOCK).is_multiple_of(ONE_OF) {
            self.encoder.write_all(bytes)?;
            self.taken += bytes.len() as u64;
        }
        self.seen += bytes.len() as u64;
        Ok(())
    }

    /// The bytes of all of it, as the samples tell.
    fn finish(self) -> io::Result<u64> {
        let compressed = u128::from(self.encoder.finish()?.0);
        let whole = compressed * u128::from(self.seen) / u128::from(self.taken.max(1));
        Ok(u64::try_from(whole).unwrap_or(u64::MAX))
    }
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
