//! Archives as both image stores write them, made here.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use inner_loop::inspection::{Compressed, PackageManager};
use serde_json::json;

use super::*;

/// A file of a layer: `path/` is a folder, and what begins with `->` is a link to the rest.
fn layer(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        if let Some(target) = content.strip_prefix("->") {
            header.set_entry_type(tar::EntryType::Link);
            header.set_size(0);
            builder.append_link(&mut header, path, target).unwrap();
            continue;
        }
        let kind = if path.ends_with('/') { tar::EntryType::Directory } else { tar::EntryType::Regular };
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What is in an archive with these layers; the history has an entry for each, and one without files before the last.
fn inspected(layers: &[Vec<u8>]) -> Inspection {
    let mut builder = tar::Builder::new(tempfile::NamedTempFile::new().unwrap());
    let mut add = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content).unwrap();
    };
    let names: Vec<String> = (0..layers.len()).map(|number| format!("blobs/sha256/{number}")).collect();
    // The topmost layer comes first: the order in the archive says nothing.
    for (name, content) in names.iter().zip(layers).rev() {
        add(name, content);
    }
    let mut history: Vec<_> =
        (0..layers.len()).map(|number| json!({"created_by": format!("RUN {number} # buildkit")})).collect();
    history.insert(layers.len() - 1, json!({"created_by": "ENV A=b", "empty_layer": true}));
    let configuration = json!({
        "os": "linux", "architecture": "arm64", "variant": "v8",
        "config": {"User": "app", "Env": ["PATH=/bin", "API_TOKEN=x"]}, "history": history,
    });
    add("config.json", configuration.to_string().as_bytes());
    add("manifest.json", json!([{"Config": "config.json", "Layers": names}]).to_string().as_bytes());
    inspect(builder.into_inner().unwrap().into_file()).unwrap()
}

#[test]
fn layers_are_counted_from_the_lowest_one_up() {
    let inspection = inspected(&[
        layer(&[("a/", ""), ("a/old", "12345"), ("b", "123")]),
        gzip(&layer(&[("a/.wh.old", ""), ("b", "1")])),
        layer(&[("größe", "1234567"), ("link", "->größe")]),
    ]);
    let sums: Vec<_> =
        inspection.layers.iter().map(|layer| (layer.files, layer.bytes, layer.wasted)).collect();
    assert_eq!(sums, [(2, 8, 8), (1, 1, 0), (2, 7, 0)]);
    assert_eq!((inspection.bytes(), inspection.wasted_bytes()), (16, 8));
    assert!((inspection.efficiency() - 0.5).abs() < 1e-9);
    assert_eq!((inspection.files, inspection.visible_bytes), (3, 8));
    let history: Vec<_> = inspection.history.iter().map(|step| (&*step.created_by, step.layer)).collect();
    assert_eq!(
        history,
        [
            ("RUN 0 # buildkit", Some(0)),
            ("RUN 1 # buildkit", Some(1)),
            ("ENV A=b", None),
            ("RUN 2 # buildkit", Some(2))
        ]
    );
    assert_eq!((&*inspection.platform, &*inspection.user), ("linux/arm64/v8", "app"));
    assert_eq!(inspection.biggest[0].0.path, "/größe");
}

#[test]
fn compressed_bytes_are_exact_where_they_lie_so_and_measured_where_not() {
    let plain = layer(&[("zeros", &"0".repeat(200_000))]);
    let packed = gzip(&plain);
    let inspection = inspected(&[plain, packed.clone(), [&[0x28, 0xb5, 0x2f, 0xfd], &[0; 96][..]].concat()]);
    let Compressed::About(measured) = inspection.layers[0].compressed else { panic!("not measured") };
    assert!(measured.abs_diff(packed.len() as u64) < 200, "{measured}");
    assert_eq!(inspection.layers[1].compressed, Compressed::Exact(packed.len() as u64));
    assert_eq!(inspection.layers[2].compressed, Compressed::Exact(100));
    assert!(inspection.layers[2].unread.as_ref().unwrap().contains("Zstandard"));
    assert_eq!(inspection.compressed_bytes(), Some((measured + packed.len() as u64 + 100, false)));
}

#[test]
fn distributions_and_packages_are_told_layer_by_layer() {
    let status = |names: &[&str]| -> String {
        names.iter().map(|name| format!("Package: {name}\nStatus: install ok installed\n\n")).collect()
    };
    let inspection = inspected(&[
        layer(&[
            ("usr/lib/os-release", "NAME=x\nPRETTY_NAME=\"Größe Linux 12\"\n"),
            ("var/lib/dpkg/status", &status(&["a"])),
        ]),
        layer(&[
            ("var/lib/dpkg/status", &status(&["a", "b", "c"])),
            ("./lib/apk/db/installed", "P:musl\n\n"),
        ]),
        layer(&[("lib/apk/db/.wh.installed", ""), ("var/lib/rpm/rpmdb.sqlite", "x")]),
    ]);
    let inside: Vec<_> = inspection.layers.iter().map(|layer| layer.inside.clone()).collect();
    assert_eq!(inside[0].os.as_deref(), Some("Größe Linux 12"));
    assert_eq!(inside[0].packages, [(PackageManager::Dpkg, 1)]);
    assert_eq!(inside[1].packages, [(PackageManager::Dpkg, 3), (PackageManager::Apk, 1)]);
    assert_eq!((&inside[2].packages, inside[2].has_rpm), (&vec![(PackageManager::Dpkg, 3)], true));
}

#[test]
fn what_looks_like_a_secret_is_told_by_place_and_kind_alone() {
    let token = format!("ghp_{}", "aB3".repeat(12));
    let inspection = inspected(&[
        layer(&[("root/.netrc", &token), ("kept", &token)]),
        layer(&[("root/.wh..netrc", ""), ("kept", "harmless")]),
        layer(&[("app/größe.env", &format!("GH={token}\n"))]),
    ]);
    let leaks: Vec<_> =
        inspection.leaks.iter().map(|leak| (leak.layer, &*leak.path, leak.kind, leak.is_hidden)).collect();
    assert_eq!(
        leaks,
        [
            (0, "/root/.netrc", "GitHub token", true),
            (0, "/kept", "GitHub token", true),
            (2, "/app/größe.env", "GitHub token", false)
        ]
    );
    assert!(!format!("{inspection:?}").contains("aB3aB3"));
}

#[test]
fn keys_that_libraries_test_themselves_with_are_none() {
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "aB3".repeat(30));
    let inspection = inspected(&[layer(&[
        ("usr/lib/libgnutls.so.30.34.3", &key),
        ("usr/lib/libx.so", &key),
        ("etc/ssl/größe.sock", &key),
        ("app/key.pem", &key),
    ])]);
    let leaks: Vec<_> = inspection.leaks.iter().map(|leak| &*leak.path).collect();
    assert_eq!(leaks, ["/etc/ssl/größe.sock", "/app/key.pem"]);
}

#[test]
fn a_layer_that_stands_twice_in_an_old_archive_is_a_link() {
    let mut builder = tar::Builder::new(tempfile::NamedTempFile::new().unwrap());
    let content = layer(&[("a", "123")]);
    let manifest = json!([{"Config": "c.json", "Layers": ["one/layer.tar", "two/layer.tar"]}]).to_string();
    for (name, content) in
        [("one/layer.tar", &content[..]), ("c.json", b"{}"), ("manifest.json", manifest.as_bytes())]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content).unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "two/layer.tar", "../one/layer.tar").unwrap();
    let inspection = inspect(builder.into_inner().unwrap().into_file()).unwrap();
    assert_eq!((inspection.bytes(), inspection.wasted_bytes()), (6, 3));
}

#[test]
fn what_is_no_image_s_archive_is_an_error() {
    for content in [&b"junk"[..], &layer(&[("a", "b")]), &layer(&[("manifest.json", "[]")]), &[7; 2000]] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        assert!(inspect(file.into_file()).is_err());
    }
}
