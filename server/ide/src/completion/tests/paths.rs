//! Paths in the build context and in stages.

use expect_test::expect;

use super::fixture::{Around, check_with, labels};

fn around() -> Around {
    Around::context(
        &[
            "Cargo.toml",
            "src/main.rs",
            "src/lib/a.rs",
            "src-gen/x",
            "src.txt",
            "node_modules/a/b.js",
            ".env",
            "a b.txt",
            "täg/é.md",
            "secret/keep.txt",
            "secret/drop.txt",
            "empty/",
        ],
        "node_modules\n.env\nsecret/*\n!secret/keep.txt\n",
    )
}

#[test]
fn sources_are_what_the_context_holds_less_what_is_ignored() {
    check_with(
        &around(),
        "FROM a\nCOPY $0\n",
        &expect![[r#"
            [|]
            .  (The whole build context)
            Cargo.toml
            empty/
            secret/
            src/
            src-gen/
            src.txt
            täg/
            --from= -> --from=${1:stage}  (Where the files come from)
            --chown= -> --chown=${1:user}  (Who owns the files)
            --chmod= -> --chmod=${1:755}  (The files' permission bits)
            --link  (Makes the files a layer of their own)
            --parents  (Keeps the folders that lead to each source)
            --exclude= -> --exclude=${1:pattern}  (Leaves out files of the sources)
        "#]],
    );
    check_with(
        &around(),
        "FROM a\nCOPY src/$0 ./\n",
        &expect![[r#"
        [|]
        lib/
        main.rs
    "#]],
    );
    check_with(
        &around(),
        "FROM a\nADD --link ./secret/k$0eep.txt /x\n",
        &expect![[r#"
        [k|eep.txt]
        keep.txt
    "#]],
    );
}

#[test]
fn a_path_goes_on_on_another_line_in_quotes_and_in_a_list() {
    let found = |text| labels(text, &around());
    assert_eq!(found("FROM a\nCOPY x \\\n  # which\n  src/m$0 /x"), "lib/ main.rs");
    assert_eq!(found("FROM a\nCOPY \"src/$0\" /x"), "lib/ main.rs");
    assert_eq!(found("FROM a\nCOPY [\"src/$0\", \"/x\"]"), "lib/ main.rs");
    assert_eq!(found("FROM a\nCOPY [\"a$0"), "Cargo.toml a b.txt empty/ secret/ src/ src-gen/ src.txt täg/");
    assert_eq!(found("FROM a\nCOPY täg/$0 /x"), "é.md");
    assert_eq!(found("FROM a\r\nCOPY täg/é$0.md /x\r\n"), "é.md");
    assert_eq!(found("FROM a\nONBUILD COPY src/$0 /x"), "lib/ main.rs");
    assert_eq!(found("FROM a\nCOPY --exclude=src/$0 . /x"), "lib/ main.rs");
    assert_eq!(found("# escape=`\nFROM a\nCOPY `\n  src/$0 x"), "lib/ main.rs");
    assert_eq!(
        found("FROM a\nCOPY sr$0c/main.rs /x"),
        ". Cargo.toml empty secret src src-gen src.txt täg".trim_start_matches(". ")
    );
}

#[test]
fn no_path_is_offered_that_cannot_be_known() {
    for text in [
        "COPY ../$0",
        "COPY $X/$0",
        "ADD https://x/$0",
        "COPY src/*/$0",
        "COPY [\"src\\\\$0\"]",
        "WORKDIR $0",
        "COPY node_modules/x/$0",
    ] {
        assert_eq!(labels(&format!("FROM a\n{text}"), &around()), "", "{text}");
    }
    assert_eq!(labels("FROM a\nCOPY src/$0", &Around::default()), "");
}

#[test]
fn a_destination_is_the_working_directory_or_a_place_that_the_file_names() {
    check_with(
        &around(),
        "FROM a\nWORKDIR /app\nCOPY Cargo.toml src.txt /etc/x/\nCOPY src/main.rs $0\n",
        &expect![[r#"
            [|]
            ./  (The working directory)
            /etc/x/src.txt  (Copied in line 3)
            /etc/x/Cargo.toml  (Copied in line 3)
            /etc/x  (Copied in line 3)
            /app  (The working directory of line 2)
            Cargo.toml
            empty/
            secret/
            src/
            src-gen/
            src.txt
            täg/
        "#]],
    );
    check_with(
        &around(),
        "FROM a\nWORKDIR /app\nCOPY src/main.rs /$0\n",
        &expect![[r#"
            [/|]
            /app  (The working directory of line 2)
            [|]
            Cargo.toml
            empty/
            secret/
            src/
            src-gen/
            src.txt
            täg/
        "#]],
    );
}

#[test]
fn a_stage_s_paths_are_those_that_it_names() {
    check_with(
        &around(),
        "FROM a AS base\nWORKDIR /srv\nFROM base AS build\nCOPY Cargo.toml ./\nCOPY . /all/\nFROM c\nCOPY --from=build $0 /x\n",
        &expect![[r#"
            [|]
            /all  (Copied in line 5)
            /srv/Cargo.toml  (Copied in line 4)
            /srv  (Copied in line 4)
            --chown= -> --chown=${1:user}  (Who owns the files)
            --chmod= -> --chmod=${1:755}  (The files' permission bits)
            --link  (Makes the files a layer of their own)
            --parents  (Keeps the folders that lead to each source)
            --exclude= -> --exclude=${1:pattern}  (Leaves out files of the sources)
        "#]],
    );
    assert_eq!(labels("FROM a\nWORKDIR /srv\nFROM b\nCOPY --from=0 /$0 /x", &around()), "/srv");
    assert_eq!(labels("FROM a\nCOPY --from=nginx /$0 /x", &around()), "");
}

#[test]
fn a_stage_holds_what_was_copied_into_it() {
    let found = |path: &str| {
        let stage = "FROM a AS b\nWORKDIR /srv\nCOPY . .\nCOPY src code/\nCOPY --parents src /p/\n";
        labels(&format!("{stage}FROM c\nCOPY --from=b {path}$0 /x"), &around())
    };
    assert_eq!(found("/srv/src/"), "/p /srv/code /srv lib/ main.rs");
    assert_eq!(found("/srv/code/lib/"), "/p /srv/code /srv a.rs");
    assert_eq!(found("/srv/node_modules/"), "/p /srv/code /srv");
    assert_eq!(found("/p/"), "/p /srv/code /srv");
    assert_eq!(found("srv/"), "/p /srv/code /srv");
}

#[test]
fn a_huge_folder_is_cut_and_asked_for_again() {
    let names: Vec<_> = (0..1500).map(|number| format!("f{number:04}")).collect();
    let around = Around::context(&names.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let (text, offset) = super::fixture::cursor("FROM a\nCOPY f1$0");
    let found = super::fixture::complete(&text, offset, &around).unwrap();
    assert_eq!((found.items.len(), found.is_incomplete), (1000, true));
}

#[test]
fn what_lies_deep_is_skipped_not_walked() {
    let deep: Vec<_> = (0..3000).map(|number| format!("deep/{number}/x")).collect();
    let mut paths: Vec<_> = deep.iter().map(String::as_str).collect();
    paths.push("other");
    assert_eq!(labels("FROM a\nCOPY d$0", &Around::context(&paths, "")), "deep/ other");
}
