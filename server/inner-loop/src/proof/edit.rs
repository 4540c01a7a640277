//! The edit after which both Dockerfiles are built again: a line at the end of one source file, of a kind that reaches what is compiled
//! or bundled from it and that no build should mind. It is made in a copy of the context, and what is built of it never runs.

use semantic::reads::Change;

use crate::request::BuildRequest;

/// A longer file is no source that somebody edits.
const MAX_BYTES: u64 = 1 << 20;

/// Folders whose files others wrote, or a tool.
const NOT_OURS: [&str; 12] = [
    "node_modules",
    "vendor",
    "target",
    "dist",
    "build",
    "out",
    ".git",
    "third_party",
    "venv",
    ".venv",
    "migrations",
    "docs",
];

/// One edit of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file, from the context's root.
    pub path: String,
    /// What is added at its end, with `NONCE` for a word that no build has seen.
    line: &'static str,
}

impl Edit {
    /// What is added at the file's end. Each build of a measurement has a word of its own: else the second would find in the cache what the
    /// first has just made.
    #[must_use]
    pub fn addition(&self, nonce: &str) -> String {
        format!("\n{}\n", self.line.replace("NONCE", nonce))
    }
}

/// The edit that somebody would make first: of a source of the language that has the most, near the root, that both builds read. `files`
/// are those of the context after its ignore file, with their bytes.
#[must_use]
pub fn choose_edit(
    files: impl IntoIterator<Item = (String, u64)>,
    before: &BuildRequest,
    after: &BuildRequest,
) -> Option<Edit> {
    let reads = [before, after].map(|request| request.reads(&request.model()));
    let is_read = |path: &str| {
        let change = [Change::File(None, path.to_owned())];
        reads.iter().all(|reads| reads.affected(&change).contains(&true))
    };
    let sources: Vec<(String, &'static str)> = files
        .into_iter()
        .filter(|(path, bytes)| (1..=MAX_BYTES).contains(bytes) && is_ours(path))
        .filter_map(|(path, _)| line_of(&path).map(|line| (path, line)))
        .filter(|(path, _)| is_read(path))
        .collect();
    let count = |line: &str| sources.iter().filter(|(_, other)| *other == line).count();
    let (path, line) = sources.iter().min_by_key(|(path, line)| {
        (is_beside(path), std::cmp::Reverse(count(line)), path.matches('/').count(), path.clone())
    })?;
    Some(Edit { path: path.clone(), line })
}

/// The line that is added to a source of a language.
fn line_of(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    Some(match extension {
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "tsx" => ";console.error(\"NONCE\");",
        "py" => "LAYERWISE_EDIT = \"NONCE\"",
        "rs" => "#[used]\nstatic LAYERWISE_EDIT: &str = \"NONCE\";",
        "go" => "func init() { println(\"NONCE\") }",
        "c" | "cc" | "cpp" | "cxx" => "static const char layerwise_edit[] __attribute__((used)) = \"NONCE\";",
        "java" | "kt" | "cs" | "swift" | "php" | "scala" => "// NONCE",
        "rb" | "sh" | "pl" | "ex" => "# NONCE",
        "html" | "vue" | "svelte" => "<!-- NONCE -->",
        _ => return None,
    })
}

fn is_ours(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_of_a_tool = name.contains(".config.")
        || name.contains(".d.ts")
        || name.contains(".min.")
        || name.starts_with('.');
    !is_of_a_tool && !path.split('/').any(|folder| NOT_OURS.contains(&folder))
}

/// Whether it stands beside the program: tests, scripts, examples.
fn is_beside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = ["test", "tests", "__tests__", "spec", "scripts", "examples", "benches", "bench"];
    path.split('/').any(|folder| folders.contains(&folder))
        || [".test.", ".spec.", "_test."].iter().any(|part| name.contains(part))
        || matches!(
            name,
            "build.rs"
                | "setup.py"
                | "conftest.py"
                | "gulpfile.js"
                | "build.js"
                | "build.mjs"
                | "esbuild.mjs"
        )
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(dockerfile: &str, files: &[&str], expected: &Expect) {
        let request = BuildRequest { dockerfile_text: dockerfile.to_owned(), ..BuildRequest::default() };
        let files = files.iter().map(|path| ((*path).to_owned(), 10));
        let edit = choose_edit(files, &request, &request);
        let shown = edit.map(|edit| format!("{}: {}\n", edit.path, edit.addition("n0nce").trim()));
        expected.assert_eq(&shown.unwrap_or_else(|| "none\n".to_owned()));
    }

    #[test]
    fn a_source_near_the_root_is_edited() {
        let files = [
            "package.json",
            "Dockerfile",
            "scripts/x.js",
            "src/ü/deep.js",
            "src/app.js",
            "src/app.test.js",
            "run.sh",
        ];
        check(
            "FROM a\nCOPY . .\n",
            &files,
            &expect![[r#"
            src/app.js: ;console.error("n0nce");
        "#]],
        );
    }

    #[test]
    fn only_what_the_build_reads_is_worth_an_edit() {
        let files = ["a.go", "cmd/main.go", "tools/tool.go"];
        check(
            "FROM a\r\nCOPY cmd \\\r\n  ./cmd\r\n",
            &files,
            &expect![[r#"
            cmd/main.go: func init() { println("n0nce") }
        "#]],
        );
        check("FROM a\nRUN true\n", &files, &expect![["none\n"]]);
    }

    #[test]
    fn what_others_wrote_is_left_alone() {
        let files = [
            "node_modules/a/index.js",
            "dist/b.js",
            "vite.config.js",
            "types.d.ts",
            ".eslintrc.js",
            "README.md",
        ];
        check("FROM a\nCOPY . .\n", &files, &expect![["none\n"]]);
        check("FROM", &files, &expect![["none\n"]]);
    }
}
