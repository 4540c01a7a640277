//! What happens to a folder between two builds.

use std::fs::{self, File, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::engine::harness::Engine;
use crate::engine::random::Random;

const NAMES: [&str; 12] =
    ["a", "b", "c", "a.b", "a-b", "A", ".hidden", "x y", "größe", "日本", "new\nline", "per%cent+"];
const MODES: [u32; 9] = [0o644, 0o755, 0o600, 0o400, 0o666, 0o777, 0o4755, 0o2750, 0o1777];
const FOLDER_MODES: [u32; 5] = [0o755, 0o700, 0o1777, 0o2775, 0o555];
/// As long as a name may be.
const LONGEST_NAME: usize = 255;

/// Does something to the folder, and says what. None where it cannot be done there.
pub(super) fn edit(root: &Path, engine: &Engine, random: &mut Random) -> Option<String> {
    let (files, folders) = things(root);
    let folder = random.choose(&folders)?;
    let file = random.choose(&files);
    let fresh = folder.join(name(random));
    match random.below(16) {
        // 20.10 copies no pipes.
        0 if !engine.is_old() && random.one_in(10) => make_pipe(&fresh),
        0..=3 => write_new(&fresh, random),
        4 => rewrite(&file?, random),
        5 => rewrite_keeping_size_and_time(&file?),
        6 => append(&file?),
        7 => chmod(&file?, MODES[random.below(MODES.len())]),
        8 if folder != root => chmod(&folder, FOLDER_MODES[random.below(FOLDER_MODES.len())]),
        9 => fs::create_dir(&fresh).ok().map(|()| format!("mkdir {}", fresh.display())),
        10 => make_link(&fresh, random),
        11 => hard_link(&file?, &fresh),
        12 => rename(&file?, &fresh),
        13 => remove(&file?),
        14 if folder != root && random.one_in(3) => {
            fs::remove_dir_all(&folder).unwrap();
            // What was a folder may become a file at once.
            if random.one_in(2) {
                write_new(&folder, random)
            } else {
                Some(format!("rm -r {}", folder.display()))
            }
        }
        15 => replace_atomically(&file?),
        _ => None,
    }
}

/// Regular files, and folders with the root.
fn things(root: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut folders, mut next) = (Vec::new(), Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = next.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                next.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
        folders.push(folder);
    }
    files.sort();
    folders.sort();
    (files, folders)
}

fn name(random: &mut Random) -> String {
    match random.below(20) {
        0 => "n".repeat(LONGEST_NAME),
        1 => "ü".repeat(LONGEST_NAME / 2),
        _ => (*random.pick(&NAMES)).to_owned(),
    }
}

fn write_new(path: &Path, random: &mut Random) -> Option<String> {
    if path.symlink_metadata().is_ok() {
        return None;
    }
    if random.one_in(12) {
        // A hole with a byte behind it.
        let mut file = File::create(path).unwrap();
        let length = 1 << (10 + random.below(14));
        file.seek(SeekFrom::Start(length)).unwrap();
        file.write_all(b"x").unwrap();
        return Some(format!("sparse {} of {length}", path.display()));
    }
    let length = [0, 1, 4, 4, 4, 1000, 32 << 10, (32 << 10) + 1, 200_000][random.below(9)];
    fs::write(path, text(length, random)).unwrap();
    Some(format!("write {} of {length}", path.display()))
}

fn make_pipe(path: &Path) -> Option<String> {
    let made = Command::new("mkfifo").arg(path).stderr(Stdio::null()).status().unwrap();
    made.success().then(|| format!("pipe {}", path.display()))
}

fn text(length: usize, random: &mut Random) -> Vec<u8> {
    (0..length).map(|_| b'a' + u8::try_from(random.below(26)).unwrap_or_default()).collect()
}

fn rewrite(path: &Path, random: &mut Random) -> Option<String> {
    let length = usize::try_from(path.metadata().unwrap().len()).unwrap().min(300_000);
    fs::write(path, text(length, random)).unwrap();
    Some(format!("rewrite {} in its size", path.display()))
}

fn rewrite_keeping_size_and_time(path: &Path) -> Option<String> {
    let metadata = path.metadata().unwrap();
    let mut content = fs::read(path).unwrap();
    *content.first_mut()? ^= 1;
    fs::write(path, content).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(metadata.modified().unwrap()).unwrap();
    Some(format!("rewrite {} in its size and time", path.display()))
}

fn append(path: &Path) -> Option<String> {
    File::options().append(true).open(path).unwrap().write_all(b"more").unwrap();
    Some(format!("append to {}", path.display()))
}

fn chmod(path: &Path, mode: u32) -> Option<String> {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    Some(format!("chmod {mode:o} {}", path.display()))
}

fn make_link(path: &Path, random: &mut Random) -> Option<String> {
    let target = random.pick(&["a", "../b", "/etc", "nowhere", "größe", "."]);
    if random.one_in(2) {
        let _ = fs::remove_file(path);
    }
    symlink(target, path).ok().map(|()| format!("link {} to {target}", path.display()))
}

fn hard_link(file: &Path, path: &Path) -> Option<String> {
    fs::hard_link(file, path).ok().map(|()| format!("hard link {} to {}", path.display(), file.display()))
}

fn rename(file: &Path, path: &Path) -> Option<String> {
    let is_free = !path.is_dir() || path.is_symlink();
    (is_free && fs::rename(file, path).is_ok())
        .then(|| format!("rename {} to {}", file.display(), path.display()))
}

fn remove(file: &Path) -> Option<String> {
    fs::remove_file(file).unwrap();
    Some(format!("rm {}", file.display()))
}

/// As editors save: a new file takes the old one's place. It has the old one's size, and a time that may be any.
fn replace_atomically(file: &Path) -> Option<String> {
    let mut content = fs::read(file).unwrap();
    *content.last_mut()? ^= 1;
    let fresh = file.with_file_name(".save");
    fs::write(&fresh, content).unwrap();
    let time = SystemTime::now() - Duration::from_secs(1000);
    File::options().write(true).open(&fresh).unwrap().set_modified(time).unwrap();
    fs::rename(&fresh, file).unwrap();
    Some(format!("save {}", file.display()))
}
