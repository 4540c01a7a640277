//! The receiving side of `fsutil`'s protocol: a folder's files as the builder sends them.
//!
//! What comes out is what `docker buildx build --output` makes of the same result (`DiskWriter` of tonistiigi/fsutil): modes with their
//! special bits, times, symbolic and hard links. Everything belongs to whoever builds; devices, pipes and sockets are left out.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, FileTimes, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use bollard_buildkit_proto::fsutil::types::packet::PacketType;
use bollard_buildkit_proto::fsutil::types::{Packet, Stat};

const FOLDER: u32 = 1 << 31;
const LINK: u32 = 1 << 27;
/// Links, devices, pipes, sockets and folders, in Go's mode bits.
const SPECIAL: u32 = 1 << 31 | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;

/// Takes packets and writes what they say. Links are made last, and those that lie in the folder from before give way, so that nothing
/// is written through one. Folders get their modes and times at the very end: one may forbid to be written into.
#[derive(Default)]
pub(super) struct Receiver {
    root: PathBuf,
    n_stats: u32,
    awaited: HashMap<u32, Awaited>,
    folders: Vec<(PathBuf, Attributes)>,
    /// Files that have arrived or will, below the root: what a hard link may be a name of.
    files: HashSet<PathBuf>,
    hard_links: Vec<(PathBuf, PathBuf)>,
    links: Vec<(PathBuf, String)>,
    listed: bool,
    done: bool,
}

/// What is set once the content is there.
#[derive(Clone, Copy)]
struct Attributes {
    mode: u32,
    modified: SystemTime,
}

impl Attributes {
    /// Modes are Go's `os.FileMode`, times nanoseconds since 1970.
    fn of(stat: &Stat) -> Self {
        const SPECIAL_BITS: [(u32, u32); 3] = [(1 << 23, 0o4000), (1 << 22, 0o2000), (1 << 20, 0o1000)];
        let special = SPECIAL_BITS.iter().filter(|(go, _)| stat.mode & go != 0).map(|(_, unix)| unix);
        let since_1970 = Duration::from_nanos(u64::try_from(stat.mod_time).unwrap_or(0));
        Self { mode: stat.mode & 0o777 | special.sum::<u32>(), modified: SystemTime::UNIX_EPOCH + since_1970 }
    }

    fn set(self, file: &File) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(self.mode))?;
        file.set_times(FileTimes::new().set_modified(self.modified))
    }
}

/// A file whose content has not come to its end. It is opened when its content begins: the builder sends the content of a few
/// files at once, but may have told of more than a process may have open.
struct Awaited {
    path: PathBuf,
    attributes: Attributes,
    file: Option<File>,
}

impl Awaited {
    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.open()?.write_all(data)
    }

    fn finish(mut self) -> io::Result<()> {
        let attributes = self.attributes;
        attributes.set(self.open()?)
    }

    fn open(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => File::options().write(true).create_new(true).mode(0o600).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

impl Receiver {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, ..Self::default() }
    }

    /// Whether the builder has said that it is over.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Takes a packet and says what to answer.
    pub(super) fn take(&mut self, packet: Packet) -> Result<Vec<Packet>, String> {
        match PacketType::try_from(packet.r#type) {
            Ok(PacketType::PacketStat) => match packet.stat {
                Some(stat) => self.take_stat(&stat),
                None => {
                    self.listed = true;
                    self.finish_if_complete()
                }
            },
            Ok(PacketType::PacketData) if packet.data.is_empty() => {
                let Some(awaited) = self.awaited.remove(&packet.id) else { return Ok(Vec::new()) };
                let path = awaited.path.clone();
                awaited.finish().map_err(|error| cannot_write(&path, &error))?;
                self.finish_if_complete()
            }
            Ok(PacketType::PacketData) => {
                if let Some(awaited) = self.awaited.get_mut(&packet.id) {
                    let written = awaited.write(&packet.data);
                    written.map_err(|error| cannot_write(&awaited.path, &error))?;
                }
                Ok(Vec::new())
            }
            Ok(PacketType::PacketErr) => Err(String::from_utf8_lossy(&packet.data).into_owned()),
            Ok(PacketType::PacketFin) => {
                self.done = true;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    fn take_stat(&mut self, stat: &Stat) -> Result<Vec<Packet>, String> {
        let id = self.n_stats;
        self.n_stats += 1;
        let relative = Path::new(&stat.path);
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(format!(
                "the builder sent a path that leads out of the output folder: {}",
                stat.path
            ));
        }
        let path = self.root.join(relative);
        if stat.mode & FOLDER != 0 {
            self.make_folders(relative)?;
            self.folders.push((path, Attributes::of(stat)));
            return Ok(Vec::new());
        }
        if let Some(parent) = relative.parent() {
            self.make_folders(parent)?;
        }
        if stat.mode & LINK != 0 {
            self.links.push((path, stat.linkname.clone()));
            return Ok(Vec::new());
        }
        if stat.mode & SPECIAL != 0 {
            return Ok(Vec::new());
        }
        make_room(&path)?;
        let first_name = self.root.join(stat.linkname.trim_start_matches('/'));
        if !stat.linkname.is_empty() && self.files.contains(&first_name) {
            self.hard_links.push((path, first_name));
            return Ok(Vec::new());
        }
        self.files.insert(path.clone());
        self.awaited.insert(id, Awaited { path, attributes: Attributes::of(stat), file: None });
        Ok(vec![Packet { r#type: PacketType::PacketReq as i32, id, ..Default::default() }])
    }

    /// Makes the folder and those above it. What else lies there gives way, links to folders too.
    fn make_folders(&self, relative: &Path) -> Result<(), String> {
        fs::create_dir_all(&self.root).map_err(|error| cannot_write(&self.root, &error))?;
        let mut path = self.root.clone();
        for part in relative.components().filter(|part| matches!(part, Component::Normal(_))) {
            path.push(part);
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                continue;
            }
            make_room(&path)?;
            fs::create_dir(&path).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(())
    }

    fn finish_if_complete(&mut self) -> Result<Vec<Packet>, String> {
        if !self.listed || !self.awaited.is_empty() {
            return Ok(Vec::new());
        }
        for (path, first_name) in self.hard_links.drain(..) {
            fs::hard_link(first_name, &path).map_err(|error| cannot_write(&path, &error))?;
        }
        for (path, target) in self.links.drain(..) {
            make_room(&path)?;
            std::os::unix::fs::symlink(target, &path).map_err(|error| cannot_write(&path, &error))?;
        }
        // The deepest come last in the list, and what is above them may close the way to them.
        for (path, attributes) in self.folders.drain(..).rev() {
            let set = File::open(&path).and_then(|folder| attributes.set(&folder));
            set.map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(vec![Packet { r#type: PacketType::PacketFin as i32, ..Default::default() }])
    }
}

/// Removes what lies at the path, unless it is a folder.
fn make_room(path: &Path) -> Result<(), String> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
        fs::remove_file(path).map_err(|error| cannot_write(path, &error))?;
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn stat(path: &str, mode: u32, linkname: &str) -> Packet {
        let stat = Stat { path: path.to_owned(), mode, linkname: linkname.to_owned(), ..Default::default() };
        Packet { stat: Some(stat), ..Default::default() }
    }

    #[test]
    fn files_folders_and_links_arrive_and_fin_comes_last() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver::new(folder.path().to_owned());
        assert_eq!(receiver.take(stat("d", FOLDER | 0o755, "")).unwrap(), []);
        let answers = receiver.take(stat("d/f", 0o755, "")).unwrap();
        assert_eq!(answers[0].id, 1);
        assert_eq!(receiver.take(stat("l", LINK | 0o777, "d/f")).unwrap(), []);
        assert_eq!(receiver.take(Packet::default()).unwrap(), []);
        let data = |data: &[u8]| Packet {
            r#type: PacketType::PacketData as i32,
            id: 1,
            data: data.to_vec(),
            stat: None,
        };
        assert_eq!(receiver.take(data(b"hi")).unwrap(), []);
        assert_eq!(receiver.take(data(b"")).unwrap()[0].r#type, PacketType::PacketFin as i32);
        assert_eq!(fs::read(folder.path().join("l")).unwrap(), b"hi");
    }

    fn end_of(id: u32) -> Packet {
        Packet { r#type: PacketType::PacketData as i32, id, ..Default::default() }
    }

    #[test]
    fn modes_times_and_hard_links_are_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver::new(folder.path().to_owned());
        let mut closed = stat("closed", FOLDER | 0o555, "");
        closed.stat.as_mut().unwrap().mod_time = 1_500_000_000;
        for packet in [closed, stat("closed/f", 1 << 23 | 1 << 22 | 0o755, ""), stat("g", 0o644, "closed/f")]
        {
            receiver.take(packet).unwrap();
        }
        receiver.take(stat("t", FOLDER | 1 << 20 | 0o777, "")).unwrap();
        receiver.take(end_of(1)).unwrap();
        assert_eq!(receiver.take(Packet::default()).unwrap()[0].r#type, PacketType::PacketFin as i32);
        let metadata = |name: &str| fs::metadata(folder.path().join(name)).unwrap();
        let modes = ["closed", "closed/f", "g", "t"].map(|name| metadata(name).mode() & 0o7777);
        assert_eq!(modes, [0o555, 0o6755, 0o6755, 0o1777]);
        assert_eq!(metadata("g").ino(), metadata("closed/f").ino());
        assert_eq!((metadata("closed").mtime(), metadata("closed").mtime_nsec()), (1, 500_000_000));
    }

    #[test]
    fn a_hard_link_to_what_was_not_sent_is_a_file_of_its_own() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let theirs = outside.path().join("theirs");
        fs::write(&theirs, "theirs").unwrap();
        for target in ["../theirs", "nowhere", theirs.to_str().unwrap()] {
            let mut receiver = Receiver::new(folder.path().to_owned());
            assert_eq!(receiver.take(stat("f", 0o644, target)).unwrap().len(), 1, "{target}");
        }
    }

    #[test]
    fn nothing_is_written_outside_of_the_folder() {
        for path in ["../x", "/etc/x", "a/../../x"] {
            let error = Receiver::default().take(stat(path, 0o644, "")).unwrap_err();
            assert!(error.contains("leads out"), "{error}");
        }
    }

    #[test]
    fn nothing_is_written_through_links_that_lie_there_already() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("f"), "theirs").unwrap();
        for name in ["d", "e"] {
            std::os::unix::fs::symlink(outside.path(), folder.path().join(name)).unwrap();
        }
        let mut receiver = Receiver::new(folder.path().to_owned());
        for packet in [stat("d", FOLDER | 0o755, ""), stat("d/f", 0o644, ""), stat("e/f", 0o644, "")] {
            receiver.take(packet).unwrap();
        }
        for id in [1, 2] {
            let end = Packet { r#type: PacketType::PacketData as i32, id, ..Default::default() };
            receiver.take(Packet { data: b"ours".to_vec(), ..end.clone() }).unwrap();
            receiver.take(end).unwrap();
        }
        assert_eq!(fs::read(outside.path().join("f")).unwrap(), b"theirs");
        for path in ["d/f", "e/f"] {
            assert_eq!(fs::read(folder.path().join(path)).unwrap(), b"ours");
        }
    }

    #[test]
    fn more_files_than_a_process_may_have_open_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver::new(folder.path().to_owned());
        let n_open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = n_open();
        for number in 0..500 {
            receiver.take(stat(&format!("f{number}"), 0o444, "")).unwrap();
        }
        assert!(n_open() < before + 250, "{} files are open", n_open());
        receiver.take(Packet::default()).unwrap();
        let end = |id| Packet { r#type: PacketType::PacketData as i32, id, ..Default::default() };
        for id in 0..500 {
            receiver.take(end(id)).unwrap();
        }
        let metadata = fs::metadata(folder.path().join("f499")).unwrap();
        assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (0, 0o444));
    }
}
