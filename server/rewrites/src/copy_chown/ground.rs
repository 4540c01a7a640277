//! What lies in a folder before files are copied there, as far as the file and the custom of images tell.

use semantic::image_reference::ImageReference;
use semantic::path::{Place, is_within};
use semantic::{Base, Kind, StageInstruction};

/// Official images of distributions and languages that have nothing but folders of the system.
const PLAIN_IMAGES: [&str; 26] = [
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "buildpack-deps",
    "busybox",
    "debian",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "julia",
    "maven",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

/// The folders at the root of every distribution, and those of languages.
const SYSTEM: [&str; 21] = [
    "bin", "boot", "cargo", "dev", "etc", "go", "home", "lib", "lib64", "media", "mnt", "opt", "proc",
    "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
];

/// Folders that every distribution has.
const FOLDERS: [&str; 17] = [
    "/",
    "/bin",
    "/etc",
    "/home",
    "/opt",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/share",
    "/usr/src",
    "/var",
    "/var/lib",
];

/// Whether a base image certainly has no files of its own below a path.
pub(super) fn is_empty_in(base: &Base, path: &str) -> bool {
    let name = match base {
        Base::Scratch => return true,
        Base::Image(name) => name,
        _ => return false,
    };
    let Ok(image) = ImageReference::parse(name) else { return false };
    let is_plain = image.repository.strip_prefix("library/").is_some_and(|name| PLAIN_IMAGES.contains(&name));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_own = match parts.as_slice() {
        [] => false,
        [first, ..] if !SYSTEM.contains(first) => true,
        ["srv", _, ..] | ["usr", "src", _, ..] | ["home", _, _, ..] | ["var", "www", ..] => true,
        ["opt", name, ..] => {
            !["java", "gradle", "yarn", "openjdk", "maven"].iter().any(|own| name.starts_with(own))
        }
        _ => false,
    };
    is_plain && is_own
}

/// Whether a folder is there for certain before an instruction, as custom and the instructions before it tell.
pub(super) fn is_there(path: &str, before: &[&StageInstruction]) -> bool {
    FOLDERS.contains(&path) || before.iter().any(|item| makes(item, path))
}

/// Whether an instruction makes a folder: WORKDIR does, with all above it.
pub(super) fn makes(item: &StageInstruction, path: &str) -> bool {
    match &item.kind {
        Kind::Workdir(_, Place::Known(place)) => is_within(place, path),
        Kind::Run(_) => mentions(item, path),
        _ => false,
    }
}

/// Whether a script names a path, or something below it.
pub(super) fn mentions(item: &StageInstruction, path: &str) -> bool {
    let ends = |rest: &str| {
        !rest.starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
    };
    item.instruction
        .source
        .match_indices(path)
        .any(|(at, _)| ends(&item.instruction.source[at + path.len()..]))
}
