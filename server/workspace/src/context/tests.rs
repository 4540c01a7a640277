//! Contexts on disk, walked: the order, the filters, and what real folders have in them.

use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::*;

fn context(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    root
}

fn paths(root: &Path, selection: &Selection) -> Vec<String> {
    try_paths(root, selection).unwrap()
}

fn try_paths(root: &Path, selection: &Selection) -> Result<Vec<String>, ContextError> {
    let mut entries = Vec::new();
    let walked = walk(root, selection, &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    match (&walked, list(root, selection)) {
        (Ok(()), Ok(listed)) => assert_eq!(listed, entries),
        (Err(walked), Err(listed)) => assert_eq!(listed.to_string(), walked.to_string()),
        (walked, listed) => panic!("walked: {walked:?}; listed: {listed:?}"),
    }
    walked.map(|()| entries.into_iter().map(|entry| entry.path).collect())
}

fn ignoring(text: &str) -> Selection {
    Selection::without(Dockerignore::parse(text).0)
}

fn following(root: &Path, follow_paths: &[&str]) -> Selection {
    let follow_paths: Vec<String> = follow_paths.iter().map(ToString::to_string).collect();
    Selection::from_patterns(root, &[], &[], &follow_paths).unwrap()
}

#[test]
fn a_folder_comes_right_before_what_is_in_it() {
    let root = context(&["a/x", "a.b", "a-b", "B/y", "a/.z"]);
    assert_eq!(paths(root.path(), &Selection::default()), ["B", "B/y", "a", "a/.z", "a/x", "a-b", "a.b"]);
}

#[test]
fn many_folders_that_are_read_at_once_come_in_order() {
    let names: Vec<String> =
        (0..400).map(|number| format!("d{}/e{}/f{number}.txt", number % 23, number % 5)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let root = context(&names);
    assert_eq!(paths(root.path(), &Selection::default()).len(), 400 + 23 + 115);
    assert_eq!(paths(root.path(), &ignoring("d1*\n!d1/e2\n**/e3\n")).len(), 235);
    assert_eq!(paths(root.path(), &following(root.path(), &["d7/e2", "d8/e1"])).len(), 12);
}

#[test]
fn ignored_folders_are_left_out_unless_something_in_them_comes_back() {
    let root =
        context(&["node_modules/p/index.js", "src/main.js", "src/keep/me", "src/keep/not", "Dockerfile"]);
    assert_eq!(paths(root.path(), &ignoring("node_modules\nDockerfile\nsrc/keep")), ["src", "src/main.js"]);
    assert_eq!(paths(root.path(), &ignoring("*\n!src/keep/me")), ["src", "src/keep", "src/keep/me"]);
}

#[test]
fn only_what_is_followed_is_taken_and_links_are_resolved() {
    let root = context(&["real/dir/file", "real/other", "app/main", "unused/file"]);
    symlink("../real/dir", root.path().join("app/link")).unwrap();
    symlink("/real", root.path().join("top")).unwrap();
    let taken = |follow: &[&str]| paths(root.path(), &following(root.path(), follow));
    assert_eq!(taken(&["app/main"]), ["app", "app/main"]);
    assert_eq!(taken(&["/app/link/file"]), ["app", "app/link", "real", "real/dir", "real/dir/file"]);
    assert_eq!(taken(&["top/other"]), ["real", "real/other", "top"]);
    assert_eq!(taken(&["app/l*"]), ["app", "app/link", "real", "real/dir", "real/dir/file"]);
    assert_eq!(taken(&["missing"]), Vec::<String>::new());
    assert_eq!(taken(&["app", "."]).len(), paths(root.path(), &Selection::default()).len());
}

#[test]
fn links_in_a_loop_end() {
    let root = context(&["a/file"]);
    symlink("b", root.path().join("c")).unwrap();
    symlink("c", root.path().join("b")).unwrap();
    symlink("..", root.path().join("a/up")).unwrap();
    symlink("self/x", root.path().join("self")).unwrap();
    assert_eq!(paths(root.path(), &Selection::default()), ["a", "a/file", "a/up", "b", "c", "self"]);
    assert_eq!(paths(root.path(), &following(root.path(), &["b/x", "self"])), ["b", "c", "self"]);
}

#[test]
fn sockets_are_passed_by() {
    let root = context(&["file"]);
    let _listener = UnixListener::bind(root.path().join("agent.sock")).unwrap();
    assert_eq!(paths(root.path(), &Selection::default()), ["file"]);
}

#[test]
fn a_name_that_is_not_utf8_is_an_error_that_names_it() {
    use std::os::unix::ffi::OsStrExt;
    let root = context(&["file"]);
    fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "").unwrap();
    let error = try_paths(root.path(), &Selection::default()).unwrap_err().to_string();
    assert!(error.contains("caf\u{fffd}") && error.contains(".dockerignore"), "{error}");
    assert_eq!(paths(root.path(), &ignoring("caf*")), ["file"]);
}

#[test]
fn a_missing_context_is_an_error_that_names_it() {
    let error = try_paths(Path::new("/does/not/exist"), &Selection::default()).unwrap_err().to_string();
    assert!(error.starts_with("the build context /does/not/exist cannot be read"), "{error}");
}

#[test]
fn an_edit_whose_time_was_set_back_has_another_stamp() {
    let root = context(&["file"]);
    let path = root.path().join("file");
    let stamp = || {
        let mut stamp = 0;
        walk(root.path(), &Selection::default(), &mut |entry| {
            stamp = entry.stamp;
            ControlFlow::Continue(())
        })
        .unwrap();
        stamp
    };
    let before = stamp();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(
        before,
        i64::try_from(written.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()).unwrap()
    );
    assert_eq!(stamp(), before);
    fs::write(&path, "elif").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
    assert_ne!(stamp(), before);
    assert_eq!(stamp() / 1_000_000, before / 1_000_000);
    assert_eq!(stamp(), stamp());
}

#[test]
fn the_dockerfiles_own_ignore_file_comes_first() {
    let root = context(&["app.Dockerfile", ".dockerignore"]);
    let dockerfile = root.path().join("app.Dockerfile");
    let found = |root: &Path| ignore_file(root, &dockerfile).unwrap().map(|file| file.path);
    assert_eq!(found(root.path()), Some(root.path().join(".dockerignore")));
    fs::write(root.path().join("app.Dockerfile.dockerignore"), "").unwrap();
    assert_eq!(found(root.path()), Some(root.path().join("app.Dockerfile.dockerignore")));
    assert_eq!(ignore_file(&root.path().join("none"), Path::new("/none/Dockerfile")).unwrap(), None);
}

#[test]
fn an_ignore_file_that_has_no_end_is_an_error() {
    let root = context(&["Dockerfile"]);
    symlink("/dev/zero", root.path().join(".dockerignore")).unwrap();
    let error = ignore_file(root.path(), &root.path().join("Dockerfile")).unwrap_err().to_string();
    assert!(error.contains(".dockerignore") && error.contains("no regular file"), "{error}");
    let long = vec![b'x'; 2 << 20];
    fs::write(root.path().join("Dockerfile.dockerignore"), long).unwrap();
    let error = ignore_file(root.path(), &root.path().join("Dockerfile")).unwrap_err().to_string();
    assert!(error.contains("longer than a megabyte"), "{error}");
}

#[test]
fn names_of_one_file_are_known_as_such() {
    let root = context(&["a", "b", "single"]);
    fs::hard_link(root.path().join("a"), root.path().join("c")).unwrap();
    let mut entries = Vec::new();
    walk(root.path(), &Selection::default(), &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(entries[0].file_id, entries[2].file_id);
    let have_others: Vec<bool> = entries.iter().map(|entry| entry.has_other_names).collect();
    assert_eq!(have_others, [true, false, true, false]);
}

#[test]
fn a_link_to_a_name_that_is_not_utf8_is_told_unless_it_is_left_out() {
    use std::os::unix::ffi::OsStrExt;
    let root = context(&["a"]);
    symlink(std::ffi::OsStr::from_bytes(b"\xff"), root.path().join("link")).unwrap();
    let error = try_paths(root.path(), &Selection::default()).unwrap_err();
    assert!(error.to_string().starts_with("link links to a name that is not UTF-8"), "{error}");
    assert_eq!(paths(root.path(), &ignoring("link")), ["a"]);
}
