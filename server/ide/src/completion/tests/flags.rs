//! Flags and their values.

use expect_test::expect;
use syntax::Keyword;

use super::fixture::{Around, check, check_nothing, check_with, complete, labels};
use crate::catalogue::{INSTRUCTIONS, ValueKind};

#[test]
fn flags_are_offered_from_the_first_dash_on() {
    check(
        "FROM scratch\nADD -$0 a b\n",
        &expect![[r#"
        [-|]
        --checksum= -> --checksum=${1:sha256:}  (What the download must be)
        --chown= -> --chown=${1:user}  (Who owns the files)
        --chmod= -> --chmod=${1:755}  (The files' permission bits)
        --link  (Makes the files a layer of their own)
        --unpack  (Whether tar archives are unpacked)
        --keep-git-dir  (Adds .git too, where the source is a git repository)
        --exclude= -> --exclude=${1:pattern}  (Leaves out files of the sources)
    "#]],
    );
    check(
        "FROM scratch AS base\nFROM scratch\nCOPY --$0\n",
        &expect![[r#"
        [--|]
        --from= -> --from=${1:base}  (Where the files come from)
        --chown= -> --chown=${1:user}  (Who owns the files)
        --chmod= -> --chmod=${1:755}  (The files' permission bits)
        --link  (Makes the files a layer of their own)
        --parents  (Keeps the folders that lead to each source)
        --exclude= -> --exclude=${1:pattern}  (Leaves out files of the sources)
    "#]],
    );
    check(
        "FROM scratch\nRUN --$0 true\n",
        &expect![[r#"
            [--|]
            --mount=type=cache -> --mount=type=cache,target=${1:/path}  (A folder that later builds find as this one leaves it)
            --mount=type=bind -> --mount=type=bind,source=${1:.},target=${2:/src}  (Files of the build context, of a stage or of an image, while the command runs)
            --mount=type=secret -> --mount=type=secret,id=${1:id}  (A secret of the caller's, while the command runs)
            --mount=type=ssh  (The caller's SSH agent, while the command runs)
            --mount=type=tmpfs -> --mount=type=tmpfs,target=${1:/path}  (An empty folder in memory, while the command runs)
            --network= -> --network=${1|default,none,host|}  (Which network the command sees)
            --security= -> --security=${1|sandbox,insecure|}  (Whether the command runs with all privileges)
            --device= -> --device=${1:name}  (Gives the command a device such as a GPU)
        "#]],
    );
    check(
        "from scratch\nhealthcheck --in$0\n",
        &expect![[r#"
        [--in|]
        --interval= -> --interval=${1:30s}  (The time between two checks)
        --timeout= -> --timeout=${1:30s}  (How long one check may take)
        --start-period= -> --start-period=${1:0s}  (How long the container may take to start)
        --start-interval= -> --start-interval=${1:5s}  (The time between two checks during the start period)
        --retries= -> --retries=${1:3}  (How many failures in a row make the container unhealthy)
    "#]],
    );
}

#[test]
fn a_flag_is_offered_once_unless_it_may_be_repeated() {
    let found = labels("FROM scratch\nCOPY --link --exclude=a --chown=1 -$0 a b\n", &Around::default());
    assert_eq!(found, "--from= --chmod= --parents --exclude=");
    let found = labels("FROM scratch\nCOPY --$0 --link --chmod=1 a b\n", &Around::default());
    assert_eq!(found, "--from= --chown= --parents --exclude=");
}

#[test]
fn the_value_stays_only_with_a_flag_of_its_kind() {
    check(
        "FROM scratch\nHEALTHCHECK --in$0terval=5s CMD true\n",
        &expect![[r#"
        [--in|terval]
        --interval  (The time between two checks)
        --timeout  (How long one check may take)
        --start-period  (How long the container may take to start)
        --start-interval  (The time between two checks during the start period)
        [--in|terval=5s]
        --retries= -> --retries=${1:3}  (How many failures in a row make the container unhealthy)
    "#]],
    );
}

#[test]
fn values_of_flags() {
    check(
        "FROM --platform=$0 scratch\n",
        &expect![[r#"
        [|]
        $BUILDPLATFORM  (The platform that the build runs on: nothing is emulated)
        $TARGETPLATFORM  (The platform that the image is for, as it is without the flag)
        linux/amd64  (64-bit Intel and AMD)
        linux/arm64  (64-bit ARM: Apple silicon, Graviton, Raspberry Pi 4 and 5)
        linux/arm/v7  (32-bit ARM with hardware floating point)
        linux/arm/v6  (32-bit ARM of the first Raspberry Pi)
        linux/386  (32-bit Intel and AMD)
        linux/ppc64le  (IBM POWER)
        linux/s390x  (IBM Z)
        linux/riscv64  (64-bit RISC-V)
        linux/loong64  (64-bit LoongArch)
        windows/amd64  (Windows on 64-bit Intel and AMD)
    "#]],
    );
    check(
        "FROM scratch\nRUN --network=n$0 true\n",
        &expect![[r#"
        [n|]
        default  (The build's own network)
        none  (No network but the command's own loopback)
        host  (The builder's network; must be allowed)
    "#]],
    );
    check(
        "FROM scratch\nRUN --security=$0\n",
        &expect![[r#"
        [|]
        sandbox  (As any command runs)
        insecure  (With all privileges; must be allowed)
    "#]],
    );
    check(
        "FROM scratch\nCOPY --link=$0 a b\n",
        &expect![[r#"
        [|]
        true
        false
    "#]],
    );
    check(
        "FROM scratch\nHEALTHCHECK --retries=$0\n",
        &expect![[r#"
        [|]
        1
        3
        5
        10
    "#]],
    );
    check(
        "FROM scratch\nCOPY --chmod=$0\n",
        &expect![[r#"
        [|]
        0755  (Everybody may read and run, the owner may write)
        0644  (Everybody may read, the owner may write)
        0700  (The owner alone may read, write and run)
        0600  (The owner alone may read and write)
        0400  (The owner alone may read)
    "#]],
    );
}

#[test]
fn stages_above_are_sources() {
    check(
        "FROM node:22 AS Build\nFROM scratch\nFROM alpine AS final\nCOPY --from=$0 a b\nFROM scratch AS later\n",
        &expect![[r#"
            [|]
            1  (Stage, FROM scratch in line 2)
            Build  (Stage, FROM node:22 in line 1)
        "#]],
    );
    check(
        "FROM a AS one\nFROM b AS one\nFROM c\nCOPY --from=o$0ne /a /b\n",
        &expect![[r#"
        [o|ne]
        one  (Stage, FROM b in line 2)
    "#]],
    );
    check_nothing("FROM scratch\nCOPY --from=$0 a b");
}

#[test]
fn images_of_the_builder_are_sources() {
    let mut around = Around::default()
        .image("node:22", semantic::ImageFacts { size: 1_100_000_000, ..Default::default() });
    around.facts.local_images.extend(["node:22".to_owned(), "ghcr.io/a/b:1".to_owned()]);
    check_with(
        &around,
        "FROM a AS b\nFROM no$0de:20 AS c\n",
        &expect![[r#"
        [no|de:20]
        b  (Stage, FROM a in line 1)
        node:22  (On this builder, 1.1 GB)
        ghcr.io/a/b:1  (On this builder)
        scratch  (Nothing: an empty image)
    "#]],
    );
}

#[test]
fn what_has_no_flags_offers_none() {
    for keyword in INSTRUCTIONS.iter().filter(|instruction| instruction.flags.is_empty()) {
        check_nothing(&format!("FROM scratch\n{} -$0", keyword.keyword));
        check_nothing(&format!("FROM scratch\n{} --$0", keyword.keyword));
        check_nothing(&format!("FROM scratch\n{} --from=$0", keyword.keyword));
    }
}

#[test]
fn every_flag_of_every_instruction_is_offered_and_has_values_where_they_are_known() {
    for instruction in INSTRUCTIONS {
        let keyword = instruction.keyword;
        let head = if keyword == Keyword::From { String::new() } else { "FROM a AS b\nFROM c\n".to_owned() };
        for prefix in ["", "ONBUILD "].iter().filter(|prefix| prefix.is_empty() || keyword != Keyword::From) {
            for dashes in ["", "-", "--"] {
                let text = format!("{head}{prefix}{keyword} {dashes}");
                let found = complete(&text, u32::try_from(text.len()).unwrap(), &Around::default());
                let found = found.map(|found| found.items).unwrap_or_default();
                for flag in instruction.flags {
                    let label = format!("--{}", flag.name);
                    assert!(found.iter().any(|item| item.label.starts_with(&label)), "{text} {label}");
                }
            }
            for flag in instruction.flags.iter().filter(|flag| flag.value != ValueKind::Pattern) {
                let found =
                    labels(&format!("{head}{prefix}{keyword} --{}=$0", flag.name), &Around::default());
                assert_ne!(found, "", "{keyword} --{}", flag.name);
            }
        }
    }
}
