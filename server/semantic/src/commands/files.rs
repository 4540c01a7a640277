//! Commands that change files.

use syntax::shell::ShellWord;

use super::options::Options;

/// A change of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCommand<'a> {
    /// What is done.
    pub operation: FileOperation,
    /// Whether it goes down into folders.
    pub recursive: bool,
    /// The paths, in order; for [`FileOperation::Copy`], [`FileOperation::Move`] and [`FileOperation::Link`] the destination is the last,
    /// unless `-t` names it.
    pub paths: Vec<&'a ShellWord>,
    /// The owner of `chown`, the mode of `chmod`.
    pub setting: Option<&'a ShellWord>,
    /// All flags and operands.
    pub options: Options<'a>,
}

/// What is done to files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileOperation {
    /// `rm`, `rmdir`, `unlink`, `shred -u`
    Remove,
    /// `cp`, `install`, `rsync` between folders
    Copy,
    /// `mv`
    Move,
    /// `ln`
    Link,
    /// `mkdir`, `install -d`
    MakeDirectory,
    /// `touch`
    Touch,
    /// `chown`, `chgrp`
    ChangeOwner,
    /// `chmod`
    ChangeMode,
    /// `tar x`, `unzip`, `gunzip` …: the archive is the first path, where it is named
    Extract,
    /// `tar c`, `zip`, `gzip` …
    Archive,
    /// `sed -i`
    Edit,
    /// `strip`, `upx`
    Shrink,
}

pub(super) fn read<'a>(program: &str, arguments: &'a [ShellWord]) -> Option<FileCommand<'a>> {
    use FileOperation::{
        Archive, ChangeMode, ChangeOwner, Copy, Edit, Extract, Link, MakeDirectory, Move, Remove, Shrink,
        Touch,
    };
    let (operation, with_value): (_, &[&'static str]) = match program {
        "rm" | "rmdir" | "unlink" | "shred" => (Remove, &["-n"]),
        "cp" => (Copy, &["-t", "--target-directory", "-S"]),
        "install" => (Copy, &["-m", "--mode", "-o", "--owner", "-g", "--group", "-t", "--target-directory"]),
        "mv" => (Move, &["-t", "--target-directory", "-S"]),
        "ln" => (Link, &["-t", "--target-directory", "-S"]),
        "mkdir" => (MakeDirectory, &["-m", "--mode"]),
        "touch" => (Touch, &["-d", "-t", "-r", "--date", "--reference"]),
        "chown" | "chgrp" => (ChangeOwner, &[]),
        "chmod" => (ChangeMode, &[]),
        "tar" | "bsdtar" => return tar(arguments),
        "unzip" => (Extract, &["-d", "-x", "-P"]),
        "gunzip" | "bunzip2" | "unxz" | "uncompress" | "unzstd" | "7z" => (Extract, &[]),
        "zip" | "gzip" | "bzip2" | "xz" | "zstd" => (Archive, &[]),
        "sed" => (Edit, &["-e", "--expression", "-f", "--file"]),
        "strip" | "upx" => (Shrink, &["-o"]),
        _ => return None,
    };
    let options = Options::read_clustered(arguments, with_value);
    let mut paths = options.operands.clone();
    let mut operation = operation;
    let mut setting = None;
    match operation {
        ChangeOwner | ChangeMode if !options.has(&["--reference"]) && !paths.is_empty() => {
            setting = Some(paths.remove(0));
        }
        Edit => {
            let in_place =
                |name: &str| name == "--in-place" || (name.starts_with("-i") && !name.starts_with("--"));
            if !options.flags.iter().any(|flag| in_place(flag.name) || flag.is("-i")) {
                return None;
            }
            if !options.has(&["-e", "--expression", "-f", "--file"]) && !paths.is_empty() {
                paths.remove(0);
            }
        }
        Copy if program == "install" && options.has(&["-d", "--directory"]) => operation = MakeDirectory,
        _ => {}
    }
    let recursive = match operation {
        MakeDirectory => options.has(&["-p", "--parents"]),
        Copy => options.has(&["-r", "-R", "-a", "--recursive", "--archive"]),
        _ => options.has(&["-r", "-R", "--recursive"]),
    };
    Some(FileCommand { operation, recursive, paths, setting, options })
}

/// `tar xzf a.tgz`, `tar -C / -xzf a.tgz`, `tar --extract --file=a.tgz`; the old form has no dash.
fn tar<'a>(arguments: &'a [ShellWord]) -> Option<FileCommand<'a>> {
    let first = arguments.first().map(|word| word.text.as_str())?;
    let is_bundle = !first.starts_with('-') && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let options = Options::read_clustered(
        arguments,
        &["-C", "--directory", "--strip-components", "--exclude", "-f", "--file", "-T", "-X", "--transform"],
    );
    let bundles: Vec<&str> = options
        .flags
        .iter()
        .map(|flag| flag.name)
        .filter(|name| !name.starts_with("--"))
        .chain(is_bundle.then_some(first))
        .collect();
    let has = |letter: char, long: &[&str]| {
        bundles.iter().any(|bundle| bundle.contains(letter)) || options.has(long)
    };
    let operation = if has('x', &["--extract", "--get"]) {
        FileOperation::Extract
    } else if has('c', &["--create"]) {
        FileOperation::Archive
    } else {
        return None;
    };
    let archive = options.flags.iter().filter(|flag| flag.name == "-f").find_map(|flag| flag.value_word);
    let rest = options.operands.get(usize::from(is_bundle)..).unwrap_or_default();
    let paths = archive.into_iter().chain(rest.iter().copied()).collect();
    Some(FileCommand { operation, recursive: true, paths, setting: None, options })
}
