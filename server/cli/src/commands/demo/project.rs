//! The example, written to a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

/// Looks like a registry's token, and opens nothing.
pub(super) const TOKEN: &str = "npm_Demo/7Qx+not-a-real-token-4f1c09";
/// The port that the example listens on.
pub(super) const PORT: u16 = 3000;
/// What is asked for.
pub(super) const PATH: &str = "/notes/welcome";

macro_rules! bundled {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../../examples/leaky-node/", $path)))),*]
    };
}

const FILES: &[(&str, &str)] = bundled![
    "Dockerfile",
    "package.json",
    "package-lock.json",
    "src/app.js",
    "src/notes.js",
    "src/server.js",
    "test/app.test.js",
];

/// The example's folder; it is gone with this value.
pub(super) struct Project {
    folder: PathBuf,
    root: tempfile::TempDir,
}

impl Project {
    pub(super) fn create() -> anyhow::Result<Self> {
        let root = tempfile::Builder::new()
            .prefix("layerwise-demo-")
            .tempdir()
            .context("cannot make a temporary folder")?;
        let folder = root.path().join("leaky-node");
        for (path, text) in FILES {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&folder))?;
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(Self { folder, root })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn dockerfile(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.path("Dockerfile"))?)
    }

    /// Files for the secrets that a Dockerfile mounts, outside the context: an `.npmrc` where it is mounted as one, else the token alone.
    pub(super) fn secrets(&self, dockerfile: &str) -> anyhow::Result<Vec<(String, PathBuf)>> {
        let model = semantic::Model::new(&syntax::Document::new(dockerfile), &semantic::Facts::default());
        let runs = model.stages.iter().flat_map(|stage| &stage.instructions).filter_map(|item| item.as_run());
        let mounts =
            runs.flat_map(|run| &run.mounts).filter(|mount| mount.kind == semantic::MountKind::Secret);
        let mut files = Vec::new();
        for mount in mounts {
            let Some(id) = &mount.id else { continue };
            let is_npmrc = mount.target.known().is_some_and(|path| path.ends_with(".npmrc"));
            let text =
                if is_npmrc { format!("//npm.example.com/:_authToken={TOKEN}\n") } else { TOKEN.to_owned() };
            let file = self.root.path().join(format!("secret-{}", files.len()));
            fs::write(&file, text)?;
            files.push((id.clone(), file));
        }
        Ok(files)
    }

    /// Changes a line of one source file into one that no build has seen.
    pub(super) fn edit(&self) -> anyhow::Result<()> {
        let file = self.path("src/notes.js");
        let text = fs::read_to_string(&file)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Ok(fs::write(&file, text.replacen("- bread", &format!("- bread {now}"), 1))?)
    }
}
