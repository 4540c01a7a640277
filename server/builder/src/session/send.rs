//! One file sync: tells the builder what there is, and sends what it asks for.
//!
//! The protocol is `tonistiigi/fsutil`'s: STAT packets in order and an empty one; per request the content in DATA
//! packets and an empty one; FIN answered by FIN. Ids are positions among all STAT packets.

use std::collections::{HashMap, hash_map};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bollard_buildkit_proto::fsutil::types::packet::PacketType;
use bollard_buildkit_proto::fsutil::types::{Packet, Stat};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};
use workspace::context::{self, Entry, Kind, Selection};

use super::files::Wanted;
use super::{MemoryFile, Problems, Source, Totals};
use crate::report::Reporter;

/// The largest content of one packet.
const CHUNK: usize = 32 << 10;
/// Packets that may wait for the network.
const QUEUE: usize = 64;

/// One sync.
pub(super) struct Job {
    pub(super) source: Source,
    pub(super) wanted: Wanted,
    pub(super) totals: Arc<Totals>,
    pub(super) problems: Problems,
    pub(super) reporter: Arc<Reporter>,
}

/// What can be asked for, by id.
#[derive(Default)]
struct Offered(Mutex<Vec<Option<Content>>>);

#[derive(Clone)]
enum Content {
    Disk(Entry),
    Memory(Vec<u8>),
}

type Outgoing = mpsc::Sender<Result<Packet, Status>>;

/// Starts the sync; what it sends comes out of the stream.
pub(super) fn start(job: Job, mut incoming: Streaming<Packet>) -> BoxStream<'static, Result<Packet, Status>> {
    let (outgoing, packets) = mpsc::channel(QUEUE);
    let job = Arc::new(job);
    let offered = Arc::new(Offered::default());
    // Unbounded, for what nobody reads waits in the connection, which gives up on a builder with too many small messages there. A
    // builder asks for a file once, so these are as many numbers as there are files at most.
    let (requests, mut requested) = mpsc::unbounded_channel::<u32>();

    let lister = (Arc::clone(&job), Arc::clone(&offered), outgoing.clone());
    tokio::task::spawn_blocking(move || {
        let (job, offered, outgoing) = lister;
        if let Err(message) = list(&job, &offered, &outgoing) {
            give_up(&job, &outgoing, message);
        }
    });
    let sender = (Arc::clone(&job), offered, outgoing.clone());
    tokio::task::spawn_blocking(move || {
        let (job, offered, outgoing) = sender;
        while let Some(id) = requested.blocking_recv() {
            if let Err(message) = send(&job, &offered, id, &outgoing) {
                give_up(&job, &outgoing, message);
                break;
            }
        }
    });
    tokio::spawn(async move {
        while let Ok(Some(packet)) = incoming.message().await {
            let goes_on = match PacketType::try_from(packet.r#type) {
                Ok(PacketType::PacketReq) => requests.send(packet.id).is_ok(),
                Ok(PacketType::PacketFin) => {
                    let _ = outgoing.send(Ok(packet_of(PacketType::PacketFin))).await;
                    false
                }
                Ok(PacketType::PacketErr) => {
                    tracing::debug!(error = %String::from_utf8_lossy(&packet.data), "the builder ended a file sync");
                    false
                }
                _ => true,
            };
            if !goes_on {
                break;
            }
        }
    });
    ReceiverStream::new(packets).boxed()
}

fn packet_of(kind: PacketType) -> Packet {
    Packet { r#type: kind as i32, ..Default::default() }
}

/// Tells the builder, which fails the build with our words in its own, and keeps ours.
fn give_up(job: &Job, outgoing: &Outgoing, message: String) {
    let packet = Packet { data: message.clone().into_bytes(), ..packet_of(PacketType::PacketErr) };
    if let Ok(mut problems) = job.problems.lock() {
        problems.push(message);
    }
    let _ = outgoing.blocking_send(Ok(packet));
}

fn list(job: &Job, offered: &Offered, outgoing: &Outgoing) -> Result<(), String> {
    match &job.source {
        Source::Folder { root, is_main } => list_folder(job, root, *is_main, offered, outgoing)?,
        Source::Memory(files) => list_memory(files, offered, outgoing),
    }
    let _ = outgoing.blocking_send(Ok(packet_of(PacketType::PacketStat)));
    Ok(())
}

fn list_folder(
    job: &Job,
    root: &Path,
    is_main: bool,
    offered: &Offered,
    outgoing: &Outgoing,
) -> Result<(), String> {
    let Wanted { include, exclude, follow_paths } = &job.wanted;
    let selection =
        Selection::from_patterns(root, include, exclude, follow_paths).map_err(|error| error.to_string())?;
    if is_main && !selection.takes_all() && !job.wanted.is_ignore_file_alone() {
        let all = Selection::from_patterns(root, &[], exclude, &[]).map_err(|error| error.to_string())?;
        job.totals.start_counting(root, all);
    }
    let (mut files, mut bytes) = (0, 0);
    let mut first_names = FirstNames::default();
    context::walk(root, &selection, &mut |entry| {
        let is_file = entry.kind == Kind::File;
        if is_file {
            files += 1;
            bytes += entry.size;
        }
        let mut stat = stat_of(&entry);
        if is_file && !is_main {
            stat.mod_time = entry.stamp_below(root);
        }
        if let Some(first) = first_names.of(&entry) {
            stat.linkname = first;
        }
        let is_content = is_file && stat.linkname.is_empty();
        offer(stat, is_content.then_some(Content::Disk(entry)), offered, outgoing)
    })
    .map_err(|error| error.to_string())?;
    if is_main && selection.takes_all() {
        job.totals.listed_all(files, bytes);
    }
    Ok(())
}

/// Hard links: the first name of a file is sent with its content, and all others as links to it (`setUnixOpt` and `WithHardlinkReset` of
/// fsutil). So they are links of each other in the image too, and cost their bytes once.
#[derive(Default)]
struct FirstNames(HashMap<(u64, u64), String>);

impl FirstNames {
    /// The name under which the file was listed before; none where this is its first.
    fn of(&mut self, entry: &Entry) -> Option<String> {
        if !entry.has_other_names {
            return None;
        }
        match self.0.entry(entry.file_id) {
            hash_map::Entry::Occupied(first) => Some(first.get().clone()),
            hash_map::Entry::Vacant(place) => {
                place.insert(entry.path.clone());
                None
            }
        }
    }
}

fn list_memory(files: &[MemoryFile], offered: &Offered, outgoing: &Outgoing) {
    let mut files: Vec<&MemoryFile> = files.iter().collect();
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    for file in files {
        let stat = Stat {
            path: file.name.clone(),
            mode: 0o644,
            size: i64::try_from(file.data.len()).unwrap_or(i64::MAX),
            mod_time: file.stamp(),
            ..Default::default()
        };
        if offer(stat, Some(Content::Memory(file.data.clone())), offered, outgoing).is_break() {
            return;
        }
    }
}

fn offer(stat: Stat, content: Option<Content>, offered: &Offered, outgoing: &Outgoing) -> ControlFlow<()> {
    // The content is known before the packet is out, so no request comes too early.
    if let Ok(mut offered) = offered.0.lock() {
        offered.push(content);
    }
    let packet = Packet { stat: Some(stat), ..packet_of(PacketType::PacketStat) };
    match outgoing.blocking_send(Ok(packet)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// Modes are Go's `os.FileMode`, and owners are root: the builder's caches must not depend on who builds.
fn stat_of(entry: &Entry) -> Stat {
    const SPECIAL: [(u32, u32); 3] = [(0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20)];
    let mut mode = entry.permissions & 0o777;
    for (unix, go) in SPECIAL {
        if entry.permissions & unix != 0 {
            mode |= go;
        }
    }
    let (mut linkname, mut device) = (String::new(), (0, 0));
    match &entry.kind {
        Kind::File => {}
        Kind::Folder => mode |= 1 << 31,
        Kind::Link(target) => {
            mode |= 1 << 27;
            linkname.clone_from(target);
        }
        Kind::Pipe => mode |= 1 << 25,
        Kind::BlockDevice(major, minor) => {
            mode |= 1 << 26;
            device = (i64::from(*major), i64::from(*minor));
        }
        Kind::CharacterDevice(major, minor) => {
            mode |= 1 << 26 | 1 << 21;
            device = (i64::from(*major), i64::from(*minor));
        }
    }
    let size = match &entry.kind {
        Kind::Link(target) => target.len() as u64,
        _ => entry.size,
    };
    Stat {
        path: entry.path.clone(),
        mode,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        mod_time: entry.stamp,
        linkname,
        devmajor: device.0,
        devminor: device.1,
        ..Default::default()
    }
}

fn send(job: &Job, offered: &Offered, id: u32, outgoing: &Outgoing) -> Result<(), String> {
    let content = match offered.0.lock() {
        Ok(mut offered) => offered.get_mut(id as usize).and_then(Option::take),
        Err(_) => None,
    };
    let is_counted =
        matches!(job.source, Source::Folder { is_main: true, .. }) && !job.wanted.is_ignore_file_alone();
    match content {
        Some(Content::Memory(data)) => {
            send_all(&mut data.as_slice(), id, outgoing).map_err(|error| error.to_string())?;
        }
        Some(Content::Disk(entry)) => {
            let n_bytes = send_file(job, &entry, id, outgoing)?;
            if is_counted {
                job.totals.sent_file(&entry.path, n_bytes);
            }
        }
        None => return Err(format!("the builder asked for a file that it was not told of ({id})")),
    }
    let _ = outgoing.blocking_send(Ok(Packet { id, ..packet_of(PacketType::PacketData) }));
    Ok(())
}

/// A file that vanished is an error, not an empty file; one that changed meanwhile is worth a word.
fn send_file(job: &Job, entry: &Entry, id: u32, outgoing: &Outgoing) -> Result<u64, String> {
    let path = &entry.path;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{path} vanished while it was being sent; build again"),
        _ if error.raw_os_error() == Some(libc::ELOOP) => format!("{path} is no longer a file; build again"),
        _ => format!("{path} cannot be read: {error}; make it readable, or leave it out with .dockerignore"),
    };
    let mut file = open_listed(&entry.absolute).map_err(failed)?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Err(format!("{path} is no longer a file; build again"));
    }
    let n_bytes = send_all(&mut file, id, outgoing).map_err(failed)?;
    let is_unchanged = file.metadata().is_ok_and(|metadata| entry.is_unchanged(&metadata));
    if !is_unchanged {
        job.reporter.notice(format!("{path} changed while it was being sent; the next build sends it again"));
    }
    Ok(n_bytes)
}

/// Opens what was listed as a file. What was put in its place since is neither followed, as it may lead out of the context, nor
/// waited for.
pub(crate) fn open_listed(path: &Path) -> std::io::Result<File> {
    File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

fn send_all(content: &mut dyn Read, id: u32, outgoing: &Outgoing) -> std::io::Result<u64> {
    let mut n_bytes = 0;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match content.read(&mut chunk) {
            Ok(0) => return Ok(n_bytes),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        n_bytes += read as u64;
        let packet = Packet { id, data: chunk[..read].to_vec(), ..packet_of(PacketType::PacketData) };
        if outgoing.blocking_send(Ok(packet)).is_err() {
            // Nobody listens any more: the build was stopped.
            return Ok(n_bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn job() -> (Job, Arc<Mutex<Vec<String>>>) {
        let notices = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&notices);
        let reporter = Reporter::new(Box::new(move |event| heard.lock().unwrap().push(format!("{event:?}"))));
        let job = Job {
            source: Source::Folder { root: "/".into(), is_main: true },
            wanted: Wanted::default(),
            totals: Arc::default(),
            problems: Problems::default(),
            reporter: Arc::new(reporter),
        };
        (job, notices)
    }

    fn entries(root: &Path) -> Vec<Entry> {
        let mut entries = Vec::new();
        context::walk(root, &Selection::default(), &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })
        .unwrap();
        entries
    }

    #[test]
    fn modes_are_those_of_go() {
        let root = tempfile::tempdir().unwrap();
        let set = |name: &str, mode| {
            std::fs::set_permissions(root.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        std::fs::create_dir(root.path().join("d")).unwrap();
        std::fs::write(root.path().join("f"), "four").unwrap();
        symlink("f", root.path().join("l")).unwrap();
        set("d", 0o1777);
        set("f", 0o6755);
        let stats: Vec<Stat> = entries(root.path()).iter().map(stat_of).collect();
        let modes: Vec<(&str, u32, i64)> =
            stats.iter().map(|stat| (stat.path.as_str(), stat.mode, stat.size)).collect();
        assert_eq!(
            modes,
            [
                ("d", 1 << 31 | 1 << 20 | 0o777, 0),
                ("f", 1 << 23 | 1 << 22 | 0o755, 4),
                ("l", 1 << 27 | 0o777, 1)
            ]
        );
        assert_eq!(stats[2].linkname, "f");
    }

    #[test]
    fn a_file_that_vanished_is_an_error_and_one_that_changed_a_notice() {
        let root = tempfile::tempdir().unwrap();
        let (vanishing, changing) = (root.path().join("a"), root.path().join("b"));
        std::fs::write(&vanishing, "a").unwrap();
        std::fs::write(&changing, "b").unwrap();
        let entries = entries(root.path());
        std::fs::remove_file(&vanishing).unwrap();
        std::fs::write(&changing, "longer").unwrap();
        let (job, notices) = job();
        let (outgoing, mut sent) = mpsc::channel(16);
        let error = send_file(&job, &entries[0], 0, &outgoing).unwrap_err();
        assert_eq!(error, "a vanished while it was being sent; build again");
        assert_eq!(send_file(&job, &entries[1], 1, &outgoing), Ok(6));
        assert_eq!(sent.try_recv().unwrap().unwrap().data, b"longer");
        let notices = notices.lock().unwrap();
        assert!(
            notices.len() == 1 && notices[0].contains("b changed while it was being sent"),
            "{notices:?}"
        );
    }

    #[test]
    fn what_took_the_place_of_a_file_is_neither_followed_nor_waited_for() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "canary").unwrap();
        for name in ["folder", "link", "pipe"] {
            std::fs::write(root.path().join(name), "x").unwrap();
        }
        let entries = entries(root.path());
        for name in ["folder", "link", "pipe"] {
            std::fs::remove_file(root.path().join(name)).unwrap();
        }
        std::fs::create_dir(root.path().join("folder")).unwrap();
        symlink(&secret, root.path().join("link")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.path().join("pipe")).status().unwrap();
        assert!(made.success());
        let (job, _) = job();
        let (outgoing, mut sent) = mpsc::channel(16);
        let errors: Vec<String> =
            entries.iter().map(|entry| send_file(&job, entry, 0, &outgoing).unwrap_err()).collect();
        assert_eq!(
            errors,
            [
                "folder is no longer a file; build again",
                "link is no longer a file; build again",
                "pipe is no longer a file; build again",
            ]
        );
        assert!(sent.try_recv().is_err(), "nothing of them is sent");
    }

    #[test]
    fn another_text_has_another_stamp() {
        let stamp = |text: &str| MemoryFile { name: "Dockerfile".to_owned(), data: text.into() }.stamp();
        assert_eq!(stamp("FROM a"), stamp("FROM a"));
        assert_ne!(stamp("FROM a"), stamp("FROM b"));
    }
}
