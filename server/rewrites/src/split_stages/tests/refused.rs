//! Node projects that are not split, and why.

use expect_test::{Expect, expect};

use crate::cases::case;
use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

/// What becomes of the project of this name.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(name: &str, expected: Expect) {
    let case = case(name);
    expected.assert_eq(&render(&RECIPE, case.dockerfile, &facts(case.files)));
}

#[test]
fn workspaces_compiled() {
    check(
        "workspaces, compiled",
        expect![[r#"
        refused: what is built needs node_modules, and workspaces link packages of the sources into it: which of them the program needs is not known
    "#]],
    );
}

#[test]
fn a_bundled_page_a_server_of_sources() {
    check(
        "a bundled page, a server of sources",
        expect![[r#"
        refused: what the build writes is not what runs: the container runs src/main.js, which is a source file
    "#]],
    );
}

#[test]
fn development_server() {
    check(
        "development server",
        expect![[r#"
        refused: the container runs nodemon, which works on the sources and needs the development dependencies
    "#]],
    );
}

#[test]
fn nothing_built() {
    check(
        "nothing built",
        expect![[r#"
        refused: nothing is compiled or bundled: the container runs src/main.js, which is a source file
    "#]],
    );
}

#[test]
fn onbuild() {
    check(
        "onbuild",
        expect![[r#"
        refused: ONBUILD makes this an image to build on, not one to run
    "#]],
    );
}

#[test]
fn unknown_script() {
    check(
        "unknown script",
        expect![[r#"
        refused: package.json has no script `compile`
    "#]],
    );
}

#[test]
fn entry_point_script() {
    check(
        "entry point script",
        expect![[r#"
        refused: the container runs docker-entrypoint.sh, and what that needs is not known: run a built file with node
    "#]],
    );
}

#[test]
fn no_package_json() {
    check(
        "no package.json",
        expect![[r#"
        refused: package.json is not in the build context
    "#]],
    );
}

#[test]
fn a_broken_file() {
    check(
        "a broken file",
        expect![[r#"
        refused: line 3 does not build, put that right first: COPY requires at least two arguments: add what to copy, and where to
    "#]],
    );
}

#[test]
fn windows() {
    check(
        "windows",
        expect![[r#"
        refused: it is for Windows containers, which are not looked into
    "#]],
    );
}

#[test]
fn node_put_into_another_image() {
    check(
        "node put into another image",
        expect![[r#"
        refused: the base is no image of Node, and what RUN on line 2 installs is not followed: build on node itself
    "#]],
    );
}

#[test]
fn dotnet() {
    check(
        "dotnet",
        expect![[r#"
        refused: `dotnet publish` is not followed: publish in a stage on the SDK, and copy the folder to dotnet/aspnet or dotnet/runtime of the same version
    "#]],
    );
}

#[test]
fn composer() {
    check(
        "composer",
        expect![[r#"
        refused: Composer compiles nothing: what PHP runs are the sources and vendor, and its extensions are part of the image
    "#]],
    );
}

#[test]
fn bundler() {
    check(
        "bundler",
        expect![[r#"
        refused: which of Ruby's gems link libraries of the image is not followed: install them in a stage of its own, and copy /usr/local/bundle to the slim image with those libraries
    "#]],
    );
}
