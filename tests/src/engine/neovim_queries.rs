//! The tree-sitter queries in a real Neovim, set up word for word as `server/docs/queries.md` says; the grammar comes from cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::MetadataCommand;
use expect_test::expect;

use super::harness::variable;
use crate::program::{self, Folder};

const DOCKERFILE: &str = "FROM node:22 AS build
RUN --mount=type=cache,target=/x npm ci && \\
    npm test
COPY <<EOF /etc/größe.yaml
port: 80
EOF
";

/// The block of a language on the page.
fn block(page: &str, language: &str) -> String {
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("the page has such a block");
    rest.split("```").next().unwrap_or_default().to_owned()
}

fn grammar() -> PathBuf {
    let metadata = MetadataCommand::new().exec().expect("cargo knows the grammar");
    let grammar = metadata.packages.iter().find(|one| one.name.as_str() == "tree-sitter-containerfile");
    grammar.expect("the server is built with it").manifest_path.parent().expect("a folder").into()
}

#[test]
fn neovim_colours_and_folds_as_the_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("server/docs/queries.md")).unwrap();
    let folder = Folder::new(&[("Dockerfile", DOCKERFILE)]);
    let configuration = folder.home().join(".config/nvim");
    let (parsers, queries) = (configuration.join("parser"), configuration.join("queries/dockerfile"));
    fs::create_dir_all(&parsers).unwrap();
    fs::create_dir_all(&queries).unwrap();
    let build = "cc -O2 -shared -fPIC -Isrc src/*.c -o";
    assert!(page.contains(build), "the page builds the grammar in another way");
    let built = Command::new("sh")
        .args(["-c", &format!("{build} '{}'", parsers.join("dockerfile.so").display())])
        .current_dir(grammar())
        .status();
    assert!(built.unwrap().success());
    for file in fs::read_dir(root.join("queries/dockerfile")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), queries.join(file.file_name())).unwrap();
    }
    fs::write(configuration.join("init.lua"), block(&page, "lua")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/queries.lua");
    let neovim = Command::new(variable("LAYERWISE_TEST_NVIM"))
        .args(["--headless", "-n", "-i", "NONE", "-c"])
        .arg(format!("luafile {}", script.display()))
        .args(["-c", "qa!"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder.home())
        .env("LAYERWISE_DOCKERFILE", folder.path("Dockerfile"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = program::finish(neovim).exits(0);
    assert_eq!(output.stderr, "");
    expect![[r#"
        coloured true
        1 FROM keyword.import
        1 node:22 module
        1 AS keyword.import
        1 build label
        2 RUN keyword
        2 --mount=type=cache,target=/x attribute
        2 npm none
        2 ci none
        2 && none
        2 \ punctuation.special
        3 npm none
        3 test none
        4 COPY keyword
        4 <<EOF label
        4 /etc/größe.yaml string.special.path
        5 port: string
        5 80 string
        6 EOF label
        folds loads
        injections loads
        locals loads
        textobjects loads
        levels 0 >1 1 >1 1 1
    "#]]
    .assert_eq(&output.stdout);
}
