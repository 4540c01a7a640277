//! What a folder holds is what lands in the image, build after build: on generated folders, after seeded edits of every kind.
//!
//! `LAYERWISE_TEST_SEED` sets the seed, which is printed, and `LAYERWISE_TEST_EDITS` how many times as long the walk is.

mod edits;
mod listing;

use std::fs;
use std::process::Command;

use inner_loop::{BuildRequest, Export};

use super::harness::{ALL, Context, Engine, on_each, whole_number};
use super::program_build::nonce;
use super::random::Random;
use listing::listing;

const COPY_ALL: &str = "FROM scratch\nCOPY . /\n";
const FOLDERS: u64 = 4;
const BUILDS_OF_A_FOLDER: u64 = 5;

#[test]
fn what_a_folder_holds_lands_in_the_image() {
    let seed = whole_number("LAYERWISE_TEST_SEED", 1);
    let folders = FOLDERS * whole_number("LAYERWISE_TEST_EDITS", 1);
    println!("LAYERWISE_TEST_SEED={seed}, {folders} folders");
    on_each(&ALL, |engine| {
        for number in 0..folders {
            walk(engine, seed * 1000 + number);
        }
    });
}

/// Edits a folder and builds it, time after time.
fn walk(engine: &Engine, seed: u64) {
    let mut random = Random::new(seed);
    let context = Context::new(&[]);
    let builder = engine.builder();
    let mut said = Vec::new();
    for number in 0..BUILDS_OF_A_FOLDER {
        let n_edits = if number == 0 { 25 } else { 1 + random.below(6) };
        for _ in 0..n_edits {
            said.extend(edits::edit(context.path(), engine, &mut random));
        }
        said.push(format!("build {number}"));
        // The builder's cache knows no hard links: without this it may take what it once made of the same contents in single files.
        context.write("build", &format!("{} {number}", nonce()));
        let output = tempfile::tempdir().unwrap();
        let tar = output.path().join("image.tar");
        let request = BuildRequest { export: Export::Tar(tar.clone()), ..context.request(COPY_ALL) };
        super::harness::Running::start(&builder, request).finish().succeeded();
        let unpacked = output.path().join("image");
        fs::create_dir(&unpacked).unwrap();
        let mut unpack = Command::new("tar");
        unpack
            .args(["--extract", "--preserve-permissions", "--warning=no-timestamp", "--file"])
            .arg(&tar)
            .arg("--directory")
            .arg(&unpacked);
        assert!(unpack.status().unwrap().success());
        let (here, there) = (listing(context.path()), listing(&unpacked));
        assert!(
            here == there,
            "on {} with seed {seed}, after\n  {}\nthe folder and the image differ:\n{}",
            engine.name,
            said.join("\n  "),
            listing::difference(&here, &there)
        );
    }
}
