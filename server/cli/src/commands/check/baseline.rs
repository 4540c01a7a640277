//! `check --baseline`: findings that were there before are known, and only new ones are told and fail.
//!
//! A finding is known by its file, its code and the line that it starts in, wherever that line has moved to. Of the line a digest is kept,
//! not the text.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use inner_loop::digest::Seal;
use rules::Finding;
use serde::{Deserialize, Serialize};
use syntax::Document;

use crate::input;
use crate::output::checked::Checked;

const VERSION: u32 = 1;
/// Digests of lines are no secrets: all machines must make the same of them.
const SEAL: [u8; 32] = [0; 32];

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    version: u32,
    findings: Vec<KeptFinding>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptFinding {
    #[serde(flatten)]
    known: Known,
    count: usize,
}

/// What a finding is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    /// From the baseline's own folder, so that it does not matter where the command runs.
    path: String,
    code: String,
    line: String,
}

/// The findings that are known, and how often each.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    known: BTreeMap<Known, usize>,
    folder: PathBuf,
}

impl Baseline {
    /// Reads a baseline.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                bail!("cannot read {shown}: {}; --write-baseline makes it", input::plain(&error))
            }
        };
        let kept: Kept = serde_json::from_str(&text)
            .with_context(|| format!("{shown} is no baseline; --write-baseline makes one"))?;
        if kept.version != VERSION {
            bail!(
                "{shown} is a baseline of version {}, not {VERSION}; --write-baseline makes a new one",
                kept.version
            );
        }
        let known = kept.findings.into_iter().map(|one| (one.known, one.count)).collect();
        Ok(Self { known, folder: folder_of(path) })
    }

    /// All that was found, as the baseline at a path.
    pub(super) fn of(files: &[Checked], path: &Path) -> Self {
        let mut baseline = Self { known: BTreeMap::new(), folder: folder_of(path) };
        for file in files {
            let Checked::Findings { path, document, findings, .. } = file else { continue };
            let path = baseline.path_of(path);
            for finding in findings {
                *baseline.known.entry(known(&path, document, finding)).or_default() += 1;
            }
        }
        baseline
    }

    /// Writes the baseline; how many findings are in it.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<usize> {
        let findings =
            self.known.iter().map(|(known, count)| KeptFinding { known: known.clone(), count: *count });
        let kept = Kept { version: VERSION, findings: findings.collect() };
        let written = tempfile::NamedTempFile::new_in(&self.folder).and_then(|mut file| {
            writeln!(file, "{}", serde_json::to_string_pretty(&kept)?)?;
            fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
            file.persist(path).map_err(|error| error.error)
        });
        written
            .map_err(|error| anyhow::anyhow!("cannot write {}: {}", path.display(), input::plain(&error)))?;
        Ok(self.known.values().sum())
    }

    /// Takes away what is known, as often as it is.
    pub(super) fn take_from(mut self, files: &mut [Checked]) {
        for file in files {
            let Checked::Findings { path, document, findings, .. } = file else { continue };
            let path = self.path_of(path);
            findings.retain(|finding| match self.known.get_mut(&known(&path, document, finding)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            });
        }
    }

    fn path_of(&self, path: &str) -> String {
        let whole = Path::new(path).canonicalize();
        let inside = whole.ok().and_then(|whole| Some(whole.strip_prefix(&self.folder).ok()?.to_owned()));
        inside.map_or_else(|| path.to_owned(), |path| path.display().to_string())
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

fn known(path: &str, document: &Document, finding: &Finding) -> Known {
    let line = document.buildkit_line_range(document.buildkit_line(finding.range.start));
    let line = Seal::new(SEAL).digest([document.slice(line).trim()]).to_string();
    Known { path: path.to_owned(), code: finding.code.to_owned(), line }
}
