//! COPY and ADD.

use expect_test::expect;

use super::{Outside, check, check_nothing, check_with};

fn project() -> Outside {
    let files = [
        "package.json",
        "package-lock.json",
        "src/a.js",
        "src/b.js",
        "src/lib/c.js",
        "src/lib/d.js",
        "src/lib/e.js",
        "src/lib/f.js",
        "debug.log",
        "node_modules/x/index.js",
        "node_modules/y.js",
    ];
    Outside::new().files(&files, "# what is made anew\nnode_modules\n*.log\n")
}

#[test]
fn a_source_says_what_it_matches_and_what_is_left_out() {
    check_with(
        "FROM a\nCOPY $0. .\n",
        project(),
        expect![[r#"
        [.]
        The whole build context

        8 files, 80 B: `package-lock.json`, `package.json`, `src/a.js`, `src/b.js`, `src/lib/c.js` and 3 more

        `.dockerignore` leaves out 3 files: 2 by `node_modules` (line 2), 1 by `*.log` (line 3)
    "#]],
    );
    check_with(
        "FROM a\nCOPY s$0rc /app/\n",
        project(),
        expect![[r#"
        [src]
        In the build context: **`src`**

        6 files, 60 B: `a.js`, `b.js`, `lib/c.js`, `lib/d.js`, `lib/e.js` and 1 more
    "#]],
    );
    check_with(
        "FROM a\nCOPY package*.js$0on ./\n",
        project(),
        expect![[r#"
        [package*.json]
        In the build context: **`package*.json`**

        2 files, 20 B: `package-lock.json`, `package.json`
    "#]],
    );
    check_with(
        "FROM a\nCOPY packa$0ge.json ./\n",
        project(),
        expect![[r#"
        [package.json]
        In the build context: **`package.json`**

        A file of 10 B.
    "#]],
    );
    check_with(
        "FROM a\nCOPY debug.l$0og ./\n",
        project(),
        expect![[r#"
            [debug.log]
            In the build context: **`debug.log`**

            It is left out, and the build stops at this line.

            `.dockerignore` leaves out 1 file by `*.log` (line 3)
        "#]],
    );
    check_with(
        "FROM a\nCOPY no$0ne ./\n",
        project(),
        expect![[r#"
        [none]
        In the build context: **`none`**

        Nothing is there, and the build stops at this line.

        The context is `/project`.
    "#]],
    );
    check_with(
        "FROM a\nCOPY --exclude=*.md sr$0c ./\n",
        project(),
        expect![[r#"
        [src]
        In the build context: **`src`**

        6 files, 60 B: `a.js`, `b.js`, `lib/c.js`, `lib/d.js`, `lib/e.js` and 1 more

        Less what `--exclude` names: `*.md`.
    "#]],
    );
    check_with(
        "FROM a\nCOPY [\"sr$0c\", \"/x\"]\n",
        project(),
        expect![[r#"
        ["src"]
        In the build context: **`src`**

        6 files, 60 B: `a.js`, `b.js`, `lib/c.js`, `lib/d.js`, `lib/e.js` and 1 more
    "#]],
    );
}

#[test]
fn without_facts_nothing_is_guessed() {
    check(
        "FROM a\nCOPY sr$0c ./\n",
        expect![[r#"
        [src]
        **`src`** in the build context

        What lies there is not known.
    "#]],
    );
    check(
        "FROM a\nARG X\nCOPY $X/sr$0c ./\n",
        expect![[r#"
        [$X/src]
        **`$X/src`** depends on a variable without a known value
    "#]],
    );
    let mut cut = project();
    cut.facts.context.as_mut().unwrap().complete = false;
    check_with(
        "FROM a\nCOPY sr$0c ./\n",
        cut.clone(),
        expect![[r#"
        [src]
        In the build context: **`src`**

        At least 6 files, 60 B: `a.js`, `b.js`, `lib/c.js`, `lib/d.js`, `lib/e.js` and 1 more
    "#]],
    );
    check_with(
        "FROM a\nCOPY no$0ne ./\n",
        cut,
        expect![[r#"
        [none]
        In the build context: **`none`**

        Nothing of it is in the part of the context that was read.
    "#]],
    );
}

#[test]
fn a_source_in_a_stage_an_address_or_a_repository() {
    check(
        "FROM a AS build\nFROM b\nCOPY --from=build di$0st/ /x\n",
        expect![[r#"
        [dist/]
        **`/dist`** of stage `build`, line 1
    "#]],
    );
    check(
        "FROM b\nCOPY --from=nginx:1 /etc/ngi$0nx /x\n",
        expect![[r#"
        [/etc/nginx]
        **`/etc/nginx`** of the image `nginx:1`
    "#]],
    );
    check(
        "FROM b\nADD https://example.com/a.t$0gz /x\n",
        expect![[r#"
        [https://example.com/a.tgz]
        Fetches **`https://example.com/a.tgz`**

        Without `--checksum`, a file that has changed there goes into the image unseen.
    "#]],
    );
    check(
        "FROM b\nADD --checksum=sha256:ab https://example.com/a.t$0gz /x\n",
        expect![[r#"
        [https://example.com/a.tgz]
        Fetches **`https://example.com/a.tgz`**

        The build fails where its checksum is another one.
    "#]],
    );
    check(
        "FROM b\nADD https://github.com/acme/a.g$0it#v1:docs /x\n",
        expect![[r#"
        [https://github.com/acme/a.git#v1:docs]
        Clones **`https://github.com/acme/a.git`**

        At `v1`, the folder `docs`
    "#]],
    );
}

#[test]
fn a_destination_becomes_absolute() {
    check(
        "FROM a\nWORKDIR /app\nCOPY a b sr$0c/\n",
        expect![[r#"
        [src/]
        Into the folder **`/app/src`**

        Relative to the working directory `/app`.
    "#]],
    );
    check(
        "FROM a\nWORKDIR /app\nCOPY a co$0nf\n",
        expect![[r#"
        [conf]
        To **`/app/conf`**

        Relative to the working directory `/app`.

        A file gets this name; of a folder, what is in it is put here. End it with `/` to mean a folder.
    "#]],
    );
    check(
        "FROM a\nCOPY a .$0\n",
        expect![[r#"
            [.]
            Into the base image's working directory
        "#]],
    );
    check(
        "FROM a\nCOPY a /e$0tc/\n",
        expect![[r#"
        [/etc/]
        Into the folder **`/etc`**
    "#]],
    );
    check_nothing("FROM a\nCOPY $0\n");
    check_nothing("FROM a\nCOPY a$0\n");
}

#[test]
fn owners_and_permissions_are_explained() {
    check(
        "FROM a\nCOPY --chown=no$0de a b\n",
        expect![[r#"
        [node]
        User `node` and its own group

        Looked up by name in the image's `/etc/passwd` and `/etc/group`.
    "#]],
    );
    check(
        "FROM a\nRUN useradd -u 1001 app\nCOPY --chown=ap$0p:app a b\n",
        expect![[r#"
        [app:app]
        User `app`, group `app`

        Made in line 2, with the number 1001.
    "#]],
    );
    check(
        "FROM a\nCOPY --chown=100$00 a b\n",
        expect![[r#"
        [1000]
        User `1000`, group of the same number
    "#]],
    );
    check(
        "FROM a\nCOPY --chmod=07$055 a b\n",
        expect![[r#"
        [0755]
        **`0755`** is `rwxr-xr-x`

        The owner may read, write and run or enter; the group and others may read and run or enter.
    "#]],
    );
    check(
        "FROM a\nCOPY --chmod=u$0+x a b\n",
        expect![[r#"
            [u+x]
            **`u+x`** changes the permissions that the files have

            - the owner may also run or enter
        "#]],
    );
}
