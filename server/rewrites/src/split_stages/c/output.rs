//! Which files the steps of a C or C++ stage write.

use semantic::{Stage, path};

use crate::context::{Context, Landing, absolute};
use crate::split_stages::effect::{self, Effect};
use crate::split_stages::program;
use crate::split_stages::walk::{self, Step};

/// What is known around the build.
pub(super) struct Surroundings<'a> {
    pub(super) stage: &'a Stage,
    pub(super) context: Option<&'a Context<'a>>,
    pub(super) landing: &'a Landing,
    /// The working directory of the base image.
    pub(super) root: Option<&'a str>,
}

/// How the program comes to be where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// A compiler or build tool writes it there, or a step copies it there.
    File {
        path: String,
        /// Whether a command or a manifest names it.
        is_certain: bool,
    },
    /// It was installed with all that belongs to it below a folder that is empty in the base.
    Installed { folder: String },
}

/// Texts that name the programs of a build.
const MANIFESTS: [&str; 7] =
    ["Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "Makefile.am", "meson.build", "configure.ac"];

/// Who writes the program at a path of the image.
pub(super) fn of(around: &Surroundings<'_>, path: &str) -> Option<Written> {
    let source = program::origin(around.stage, path, around.root).unwrap_or_else(|| path.to_owned());
    let file = |is_certain| Some(Written::File { path: path.to_owned(), is_certain });
    let name = path.rsplit('/').next()?;
    let steps = walk::steps(around.stage);
    let of_c = || steps.iter().filter(|step| effect::of(step.command) == Effect::C);
    if of_c().any(|step| compiled(around, step).as_deref() == Some(source.as_str())) {
        return file(true);
    }
    let installed = of_c().filter(|step| installs(step)).find_map(|step| prefix(around, step));
    if let Some(folder) = installed.filter(|folder| path::is_within(path, folder)) {
        return Some(Written::Installed { folder });
    }
    // A build tool writes below the folder that it works in; what the context brings itself is not built.
    let is_source = || {
        let context = around.context?;
        around.landing.context_path(&source).filter(|source| context.has_file(source))
    };
    let drives = of_c().any(|step| {
        let directory = absolute(&step.directory, around.root);
        is_driver(step)
            && directory.is_some_and(|directory| directory != "/" && path::is_within(&source, &directory))
    });
    if !drives || is_source().is_some() {
        return None;
    }
    file(around.context.is_some_and(|context| manifests(context).any(|text| has_word(text, name))))
}

/// The texts that say how the build links.
pub(super) fn manifests<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> {
    let files = context.below(".").filter(|file| MANIFESTS.contains(&path::file_name(file)));
    files.filter_map(|file| context.manifest(file))
}

/// Shared libraries that the build itself makes or installs, and that a program may need which is copied alone.
pub(super) fn own_libraries(around: &Surroundings<'_>, name: &str) -> Option<String> {
    let steps = walk::steps(around.stage);
    let of_c = || steps.iter().filter(|step| effect::of(step.command) == Effect::C);
    if let Some(step) = of_c().find(|step| installs(step)) {
        let folder = prefix(around, step).unwrap_or_else(|| "the system's folders".to_owned());
        return Some(format!("that {name} needs nothing of what a step installs in {folder}"));
    }
    let shares = |step: &&Step<'_>| {
        let words = step.words();
        words.iter().any(|word| word == "-shared" || word.starts_with("-L") || word.ends_with(".so"))
    };
    let by_manifest =
        |text: &str| text.contains("-shared") || text.contains("shared_library(") || text.contains(" SHARED");
    let is_shared = of_c().any(|step| shares(&step))
        || around.context.is_some_and(|context| manifests(context).any(by_manifest));
    is_shared.then(|| format!("that {name} needs no shared library that the build makes"))
}

/// Where a compiler that is called by itself writes its program.
fn compiled(around: &Surroundings<'_>, step: &Step<'_>) -> Option<String> {
    let words = step.words();
    let compiler = words.first()?.rsplit('/').next()?;
    if !matches!(compiler, "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "musl-gcc" | "tcc")
        || words.iter().any(|word| matches!(word.as_str(), "-c" | "-E" | "-S" | "-shared"))
    {
        return None;
    }
    let output = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("-o") {
        Some("") => words.get(at + 1).cloned(),
        Some(joined) => Some(joined.to_owned()),
        None => None,
    });
    absolute(&step.directory.join(output.as_deref().unwrap_or("a.out")), around.root)
}

fn program_of(step: &Step<'_>) -> String {
    let words = step.words();
    words.first().map(|word| path::file_name(word).to_owned()).unwrap_or_default()
}

/// Whether a command drives a whole build.
fn is_driver(step: &Step<'_>) -> bool {
    matches!(program_of(step).as_str(), "make" | "gmake" | "cmake" | "ninja" | "meson")
}

/// Whether a command installs what was built.
fn installs(step: &Step<'_>) -> bool {
    let words = step.words();
    let asks = |word: &str| words.iter().any(|found| found == word);
    is_driver(step)
        && (asks("install") || asks("--install") || asks("install-strip") || asks("install/strip"))
}

/// The folder that a build is installed below: what a step says, else `/usr/local`.
fn prefix(around: &Surroundings<'_>, step: &Step<'_>) -> Option<String> {
    let named = |step: &Step<'_>| {
        step.words().iter().find_map(|word| {
            ["--prefix=", "-DCMAKE_INSTALL_PREFIX=", "-DCMAKE_INSTALL_PREFIX:PATH=", "PREFIX=", "prefix="]
                .iter()
                .find_map(|option| word.strip_prefix(option).map(str::to_owned))
        })
    };
    if step.words().iter().any(|word| word.starts_with("DESTDIR=")) {
        return None;
    }
    let by_step = named(step).or_else(|| {
        walk::steps(around.stage).iter().filter(|step| effect::of(step.command) == Effect::C).find_map(named)
    });
    let folder = path::clean(by_step.as_deref().unwrap_or("/usr/local"));
    (folder.starts_with("/usr/local") || folder.starts_with("/opt/")).then_some(folder)
}

/// Whether a text has a name as a word of its own.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
