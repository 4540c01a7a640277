//! What the sources of a Go module say about the program: what it imports, and what of the system it asks for at run time.
//!
//! Only the module's own sources are read, never those of its dependencies: of them, `go.mod` gives the names.

use std::collections::BTreeSet;

use semantic::path;

use crate::context::Context;

/// Modules that call C, and link a library of the system or the C library alone.
const CALL_C: [&str; 22] = [
    "github.com/mattn/go-sqlite3",
    "github.com/confluentinc/confluent-kafka-go",
    "github.com/h2non/bimg",
    "github.com/davidbyttow/govips",
    "github.com/libgit2/git2go",
    "github.com/tecbot/gorocksdb",
    "github.com/linxgnu/grocksdb",
    "github.com/DataDog/zstd",
    "github.com/valyala/gozstd",
    "github.com/google/gopacket",
    "github.com/gopacket/gopacket",
    "gopkg.in/gographics/imagick",
    "github.com/otiai10/gosseract",
    "github.com/hajimehoshi/ebiten",
    "github.com/go-gl/",
    "gocv.io/x/gocv",
    "github.com/ibmdb/go_ibm_db",
    "github.com/godror/godror",
    "github.com/yalue/onnxruntime_go",
    "github.com/marcboeker/go-duckdb",
    "github.com/duckdb/duckdb-go",
    "github.com/pebbe/zmq4",
];

/// Modules that look time zones up by name.
const TIME_ZONES: [&str; 6] = [
    "github.com/robfig/cron",
    "github.com/go-co-op/gocron",
    "github.com/go-sql-driver/mysql",
    "github.com/lib/pq",
    "github.com/jackc/pgx",
    "github.com/ClickHouse/clickhouse-go",
];

/// What is known of a module.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    /// The modules that it requires, by path.
    pub(super) requires: Vec<String>,
    /// What its own sources import; absent where a source could not be read.
    pub(super) imports: Option<BTreeSet<String>>,
    /// Their texts.
    texts: Vec<&'a str>,
    /// Folders and files that the program holds in itself, from the context's root: `//go:embed`.
    pub(super) embedded: Vec<String>,
}

/// The name of the program of a module's root: the last part of its path. Absent inside where `go.mod` does not say it.
pub(super) fn name(context: &Context<'_>, directory: &str) -> Option<Option<String>> {
    let path = field(manifest(context, directory)?, "module");
    Some(path.map(|path| super::command::last_part(path).to_owned()))
}

fn manifest<'a>(context: &Context<'a>, directory: &str) -> Option<&'a str> {
    context.manifest(&path::clean(&format!("{directory}/go.mod")))
}

/// Reads a module whose `go.mod` lies in a directory of the context.
pub(super) fn read<'a>(context: &Context<'a>, directory: &str) -> Option<Module<'a>> {
    let manifest = manifest(context, directory)?;
    let mut module = Module { requires: requires(manifest), ..Module::default() };
    let mut imports = context.complete.then(BTreeSet::new);
    for file in context.below(directory).filter(|file| is_own_source(file)) {
        let Some(text) = context.manifest(file) else {
            imports = None;
            continue;
        };
        if let Some(imports) = &mut imports {
            imports.extend(imports_of(text));
        }
        let folder = file.rsplit_once('/').map_or(".", |(folder, _)| folder);
        module.embedded.extend(embedded(text).map(|pattern| path::clean(&format!("{folder}/{pattern}"))));
        module.texts.push(text);
    }
    module.imports = imports.filter(|imports| !imports.is_empty());
    Some(module)
}

impl Module<'_> {
    /// Whether its own sources import a package that this holds for.
    pub(super) fn imports(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.imports.iter().flatten().any(|import| wanted(import))
    }

    /// Whether its own sources have one of these words.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        self.texts.iter().any(|text| words.iter().any(|word| text.contains(word)))
    }

    /// A required module that calls C.
    pub(super) fn calls_c(&self) -> Option<&str> {
        self.requires
            .iter()
            .map(String::as_str)
            .find(|name| CALL_C.iter().any(|known| is_module(name, known)))
    }

    /// Whether nothing but Go's own packages and the module's sources is in the program, and all of them were read.
    pub(super) fn is_all_known(&self) -> bool {
        self.requires.is_empty() && self.imports.is_some()
    }

    /// Whether the program may look time zones up by name, and does not hold them in itself.
    pub(super) fn needs_time_zones(&self) -> bool {
        let by_module =
            || self.requires.iter().any(|name| TIME_ZONES.iter().any(|known| is_module(name, known)));
        !self.imports(|import| import == "time/tzdata") && (self.says(&["LoadLocation("]) || by_module())
    }

    /// Whether the program may open connections whose certificates it checks.
    pub(super) fn needs_certificates(&self) -> bool {
        let is_tls = |import: &str| matches!(import, "net/http" | "crypto/tls" | "crypto/x509" | "net/smtp");
        !self.is_all_known() || self.imports(is_tls)
    }

    /// Whether Go's own packages among the imports are linked to the C library where cgo is on: `net` and `os/user`, and what imports them.
    pub(super) fn links_c_library(&self) -> bool {
        self.imports(|import| {
            matches!(
                import,
                "C" | "archive/tar"
                    | "crypto/tls"
                    | "crypto/x509"
                    | "expvar"
                    | "log/syslog"
                    | "mime/multipart"
                    | "net"
                    | "os/user"
                    | "plugin"
            ) || import.starts_with("net/") && !matches!(import, "net/url" | "net/netip")
        })
    }
}

pub(super) fn is_module(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('/') || rest.starts_with('.') || known.ends_with('/')
    })
}

fn is_own_source(path: &str) -> bool {
    let in_folder = |name: &str| path.split('/').any(|part| part == name);
    path.ends_with(".go") && !path.ends_with("_test.go") && !in_folder("vendor") && !in_folder("testdata")
}

/// The value of a line such as `module example.com/app`.
fn field<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    let value =
        manifest.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix([' ', '\t']))?;
    Some(value.split("//").next().unwrap_or(value).trim().trim_matches('"'))
}

/// The paths of the modules of `require`, single lines and blocks.
fn requires(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines().map(str::trim) {
        let entry = match line.strip_prefix("require") {
            Some(rest) if rest.trim_start().starts_with('(') => {
                is_inside = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t']) => Some(rest.trim()),
            _ if line.starts_with(')') => {
                is_inside = false;
                None
            }
            _ => is_inside.then_some(line),
        };
        let path = entry.and_then(|entry| entry.split_whitespace().next());
        found.extend(path.filter(|path| !path.starts_with("//")).map(str::to_owned));
    }
    found
}

/// The packages that a source imports. Imports stand before all other declarations.
fn imports_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for line in text.lines().map(str::trim) {
        let entry = match line.strip_prefix("import") {
            Some(rest) if rest.trim_start().starts_with('(') => {
                is_inside = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t', '"', '`']) => Some(rest),
            _ if line.starts_with(')') => {
                is_inside = false;
                None
            }
            _ if ["func ", "type ", "const ", "var "].iter().any(|word| line.starts_with(word)) => break,
            _ => is_inside.then_some(line),
        };
        let Some(entry) = entry.filter(|entry| !entry.starts_with("//")) else { continue };
        found.extend(entry.split(['"', '`']).nth(1).map(str::to_owned));
    }
    found
}

/// What `//go:embed` lines name, a pattern as the folder above it.
fn embedded(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("//go:embed "));
    lines.flat_map(str::split_whitespace).map(|word| {
        let word = word.trim_matches(['"', '`']);
        let word = word.strip_prefix("all:").unwrap_or(word);
        match word.find(['*', '?', '[']) {
            Some(at) => word[..at].rsplit_once('/').map_or(word, |(folder, _)| folder).to_owned(),
            None => word.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::facts;

    #[test]
    fn a_module_is_read() {
        let facts = facts(&[
            (
                "go.mod",
                "module example.com/team/app/v2 // x\n\nrequire github.com/lib/pq v1.0.0\nrequire (\n\ta.b/c v1 // indirect\n\t// d\n)\n",
            ),
            (
                "main.go",
                "package main\n\nimport (\n\t\"fmt\"\n\tx \"net/http\"\n\t// \"C\"\n)\nimport _ \"embed\"\n\n//go:embed web/*.html a.txt\nvar s = \"import (\\\"os/exec\\\"\"\n",
            ),
            ("a_test.go", "import \"os/exec\"\n"),
        ]);
        let module = read(&Context::of(&facts).unwrap(), ".").unwrap();
        assert_eq!(name(&Context::of(&facts).unwrap(), "."), Some(Some("app".to_owned())));
        assert_eq!(module.requires, ["github.com/lib/pq", "a.b/c"]);
        let imports: Vec<_> = module.imports.iter().flatten().map(String::as_str).collect();
        assert_eq!(imports, ["embed", "fmt", "net/http"]);
        assert_eq!(module.embedded, ["web", "a.txt"]);
        assert!(module.needs_time_zones() && module.needs_certificates() && module.links_c_library());
        assert!(!module.is_all_known() && module.calls_c().is_none());
    }

    #[test]
    fn a_small_module_is_known_wholly() {
        let facts = facts(&[
            ("go.mod", "module \"app\"\n"),
            ("main.go", "package main\n\nimport \"net/url\"\n\nfunc main() {}\n"),
        ]);
        let module = read(&Context::of(&facts).unwrap(), ".").unwrap();
        assert!(module.is_all_known() && !module.links_c_library() && !module.needs_certificates());
        assert!(
            is_module("github.com/mattn/go-sqlite3", CALL_C[0])
                && !is_module("github.com/lib/pqx", TIME_ZONES[3])
        );
    }
}
