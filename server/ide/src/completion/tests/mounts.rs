//! `RUN --mount`.

use expect_test::expect;

use super::fixture::{Around, check, check_nothing, check_with, labels};
use crate::catalogue::MOUNT_TYPES;

#[test]
fn a_mount_begins_with_its_type_or_with_the_keys_of_a_bind() {
    check(
        "FROM scratch\nRUN --mount=$0 true\n",
        &expect![[r#"
            [|]
            type=cache  (A folder that later builds find as this one leaves it)
            type=bind  (Files of the build context, of a stage or of an image, while the command runs)
            type=secret  (A secret of the caller's, while the command runs)
            type=ssh  (The caller's SSH agent, while the command runs)
            type=tmpfs  (An empty folder in memory, while the command runs)
            target=  (Where the files are seen)
            source=  (The path in what it comes from)
            from=  (The stage, image or named context that the files come from)
            rw  (Lets the command write; what it writes is thrown away)
            readonly  (Keeps the command from writing to it)
        "#]],
    );
    check(
        "FROM scratch\nRUN --mount=type=c$0ache,target=/x true\n",
        &expect![[r#"
            [c|ache]
            cache  (A folder that later builds find as this one leaves it)
            bind  (Files of the build context, of a stage or of an image, while the command runs)
            secret  (A secret of the caller's, while the command runs)
            ssh  (The caller's SSH agent, while the command runs)
            tmpfs  (An empty folder in memory, while the command runs)
        "#]],
    );
}

#[test]
fn each_type_has_its_own_keys() {
    for kind in MOUNT_TYPES {
        let found =
            labels(&format!("FROM scratch\nRUN --mount=type={},$0 true", kind.name), &Around::default());
        let keys = kind.keys.iter().filter(|key| !(kind.name == "secret" && key.name == "source"));
        let names: Vec<_> = keys.map(|key| key.name).collect();
        let found: Vec<_> = found.split(' ').map(|label| label.trim_end_matches('=')).collect();
        assert_eq!(found, names, "{}", kind.name);
    }
}

#[test]
fn keys_that_are_there_are_not_offered_again() {
    let found = |text| labels(text, &Around::default());
    assert_eq!(found("FROM a\nRUN --mount=type=tmpfs,dst=/x,$0"), "size=");
    assert_eq!(found("FROM a\nRUN --mount=$0,type=tmpfs,size=1m x"), "target=");
    assert_eq!(found("FROM a\nRUN --mount=type=tmpfs,s$0ize=1m x"), "target size");
    assert_eq!(found("FROM a\nRUN --mount=type=nothing,$0 x"), "");
    assert_eq!(
        found("FROM a\nRUN --mount=type=secret,\\\nid=a,env=B,$0 \\\n  x"),
        "target= required mode= uid= gid="
    );
}

#[test]
fn values_of_keys() {
    check(
        "FROM a\nRUN --mount=type=cache,sharing=$0,target=/x true\n",
        &expect![[r#"
        [|]
        shared  (Builds may write to it at the same time)
        locked  (A second build waits until the first has ended: for apt)
        private  (A second build at the same time gets a folder of its own)
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=cache,mode=$0 true\n",
        &expect![[r#"
        [|]
        0755  (Everybody may read and run, the owner may write)
        0644  (Everybody may read, the owner may write)
        0700  (The owner alone may read, write and run)
        0600  (The owner alone may read and write)
        0400  (The owner alone may read)
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=secret,required=$0 true\n",
        &expect![[r#"
        [|]
        true
        false
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=secret,id=npm-token,env=$0 true\n",
        &expect![[r#"
        [|]
        NPM_TOKEN  (After the secret's id)
    "#]],
    );
    check(
        "FROM a AS b\nFROM c\nRUN --mount=from=$0,target=/x true\n",
        &expect![[r#"
        [|]
        b  (Stage, FROM a in line 1)
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=ssh,id=$0 true\n",
        &expect![[r#"
        [|]
        default  (The agent that --ssh default gives)
    "#]],
    );
}

#[test]
fn ids_are_those_of_other_mounts_and_of_the_settings() {
    let mut around = Around::default();
    around.settings.build.secrets = vec!["id=npm,env=NPM_TOKEN".to_owned()];
    check_with(
        &around,
        "FROM a\nRUN --mount=type=secret,id=aws true\nRUN --mount=type=cache,id=c,target=/c true\nRUN --mount=type=secret,id=$0 true\n",
        &expect![[r#"
            [|]
            npm  (In the settings)
            aws  (Used in line 2)
        "#]],
    );
}

#[test]
fn a_cache_is_where_package_managers_keep_theirs() {
    let found = labels("FROM a\nWORKDIR /app\nRUN --mount=type=cache,target=$0 true", &Around::default());
    assert!(found.starts_with("/root/.npm /root/.cache/pip") && found.ends_with(" /app"), "{found}");
}

#[test]
fn the_source_of_a_mount_is_a_path_of_the_context_or_of_its_stage() {
    let around = Around::context(&["src/main.rs", "a,b", "Cargo.toml"], "");
    check_with(
        &around,
        "FROM a\nRUN --mount=source=$0,target=/x true\n",
        &expect![[r#"
        [|]
        Cargo.toml
        src/
    "#]],
    );
    check_with(
        &around,
        "FROM a AS b\nWORKDIR /out\nFROM c\nRUN --mount=from=b,source=$0,target=/x true\n",
        &expect![[r#"
            [|]
            /out  (The working directory of line 2)
        "#]],
    );
}

#[test]
fn variables_stand_in_targets_and_not_in_from() {
    assert_eq!(
        labels("FROM a\nARG DIR=/x\nRUN --mount=type=cache,target=$$0 true", &Around::default()),
        "DIR"
    );
    check_nothing("FROM a\nARG DIR=/x\nRUN --mount=from=$$0 true");
}

#[test]
fn a_quoted_mount_is_left_alone() {
    check_nothing("FROM a\nRUN --mount=\"type=$0\" true");
}
