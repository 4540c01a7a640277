//! Plans by example: a Dockerfile in, the parts of each step's key out.

use expect_test::{Expect, expect};
use semantic::Model;
use syntax::Document;

use super::{Outside, Parent, Source, plan};

fn check(text: &str, outside: &Outside, expected: &Expect) {
    let model = Model::new(&Document::new(text), &outside.facts());
    let target = model.final_stage().unwrap().index;
    let mut out = String::new();
    for planned in plan(&model, target, outside).steps {
        let parent = match &planned.parent {
            Parent::Step(step) => format!("{step}"),
            Parent::Image(image) => image.name.clone(),
            other => format!("{other:?}"),
        };
        out += &format!("{} {} on {parent}\n", planned.step.line, planned.step.keyword);
        for (part, value) in &planned.parts {
            out += &format!("  {part:?}: {}\n", value.replace('\0', " | "));
        }
        for source in &planned.sources {
            out += &match source {
                Source::Files { context, selectors } => {
                    let paths: Vec<_> = selectors.iter().map(|selector| selector.path.as_str()).collect();
                    format!("  files {context}{}\n", paths.join(" "))
                }
                other => format!("  {other:?}\n"),
            };
        }
    }
    expected.assert_eq(&out);
}

fn amd64() -> Outside {
    Outside { builder_platform: Some("linux/amd64".to_owned()), ..Outside::default() }
}

#[test]
fn run_has_its_command_its_place_and_its_variables() {
    check(
        "ARG G=1\nFROM alpine\nARG G\nARG UNSET\nENV A=$G\nWORKDIR /w\nUSER me\nRUN --network=none a \\\n # no\n  $A\nRUN [\"x\", \"y\"]\n",
        &amd64(),
        &expect![[r#"
            2 FROM on alpine
            6 WORKDIR on 0
              Operation: workdir | /w
              User: 
            8 RUN on 1
              Operation: shell | a   $A | network=none
              Shell: 
              WorkingDirectory: /w
              User: me
              Platform: linux/amd64
              BaseEnvironment: alpine
              Argument("G"): 1
              Environment("A"): 1
            11 RUN on 2
              Operation: exec | x | y
              WorkingDirectory: /w
              User: me
              Platform: linux/amd64
              BaseEnvironment: alpine
              Argument("G"): 1
              Environment("A"): 1
        "#]],
    );
}

#[test]
fn heredocs_are_part_of_the_command() {
    check(
        "FROM alpine\nRUN <<-EOF\n\techo 1\nEOF\nRUN cat <<A <<B\na\nA\nb\nB\nCOPY <<C /c\n$X\nC\n",
        &amd64(),
        &expect![[r#"
            1 FROM on alpine
            2 RUN on 0
              Operation: shell | heredoc |  | echo 1

              Shell: 
              WorkingDirectory: (base)/.
              User: 
              Platform: linux/amd64
              BaseEnvironment: alpine
            5 RUN on 1
              Operation: shell | cat <<A <<B
            a
            A
            b
            B
              Shell: 
              WorkingDirectory: (base)/.
              User: 
              Platform: linux/amd64
              BaseEnvironment: alpine
            10 COPY on 2
              Operation: copy | /c  | heredoc=C | $X

        "#]],
    );
}

#[test]
fn copy_has_no_variables_of_its_own_and_of_its_sources_the_last_name() {
    check(
        "FROM alpine\nARG V=1\nWORKDIR /w\nCOPY --chown=$V --chmod=755 a/b/c ./d* .\nADD --link x /y/\nCOPY --exclude=*.md . sub/.\n",
        &amd64(),
        &expect![[r#"
            1 FROM on alpine
            3 WORKDIR on 0
              Operation: workdir | /w
              User: 
            4 COPY on 1
              Operation: copy | /w / | chown=1 | chmod=755 | from=c | from=d*
              files /a/b/c /d*
            5 ADD on 2
              Operation: add | /y / | link | from=x
              files /x
            6 COPY on 3
              Operation: copy | /w/sub /. | exclude=*.md | from=
              files /
        "#]],
    );
}

#[test]
fn mounts_read_by_content_and_caches_have_no_names() {
    check(
        "FROM alpine AS a\nFROM alpine\nWORKDIR /w\nRUN --mount=type=bind,from=a,source=/s,target=t --mount=type=cache,target=/c,id=x --mount=type=secret,id=s --mount=target=/x,rw y\n",
        &amd64(),
        &expect![[r#"
            1 FROM on alpine
            2 FROM on alpine
            3 WORKDIR on 1
              Operation: workdir | /w
              User: 
            4 RUN on 2
              Operation: shell | y | /c:Cache,own id | /run/secrets/s:Secret,id=s | /w/t:Bind,readonly | /x:Bind
              Shell: 
              WorkingDirectory: /w
              User: 
              Platform: linux/amd64
              BaseEnvironment: alpine
              Step { step: 0, selectors: [Selector { path: "/s", wildcards: false, include: [], exclude: [] }] }
              files /
        "#]],
    );
}

#[test]
fn platforms_have_values() {
    check(
        "FROM --platform=$BUILDPLATFORM alpine\nARG TARGETARCH\nRUN x\n",
        &Outside { platform: Some("linux/arm64".to_owned()), ..amd64() },
        &expect![[r#"
            1 FROM on alpine
            3 RUN on 0
              Operation: shell | x
              Shell: 
              WorkingDirectory: (base)/.
              User: 
              Platform: linux/amd64
              BaseEnvironment: alpine
              Argument("TARGETARCH"): arm64
        "#]],
    );
}

#[test]
fn a_named_context_takes_the_place_of_a_stage() {
    let text = "FROM a AS deps\nENV X=1\nRUN x\nFROM deps AS build\nRUN echo $X\nFROM b\nCOPY --from=0 /x /x\nCOPY --from=build /y /y\n";
    let with =
        |place: &str| Outside { named_contexts: [("Deps".to_owned(), place.to_owned())].into(), ..amd64() };
    check(
        text,
        &with("/p/libs"),
        &expect![[r#"
        4 FROM on Files("Deps")
        5 RUN on 0
          Operation: shell | echo $X
          Shell: 
          WorkingDirectory: /
          User: 
          Platform: linux/amd64
          BaseEnvironment: 
        6 FROM on b
        7 COPY on 2
          Operation: copy | /x  | from=x
          files Deps/x
        8 COPY on 3
          Operation: copy | /y  | from=y
          Step { step: 1, selectors: [Selector { path: "/y", wildcards: true, include: [], exclude: [] }] }
    "#]],
    );
    check(
        text,
        &with("docker-image://c:1"),
        &expect![[r#"
        4 FROM on c:1
        5 RUN on 0
          Operation: shell | echo $X
          Shell: 
          WorkingDirectory: (base)/.
          User: 
          Platform: linux/amd64
          BaseEnvironment: c:1
        6 FROM on b
        7 COPY on 2
          Operation: copy | /x  | from=x
          Remote("c:1")
        8 COPY on 3
          Operation: copy | /y  | from=y
          Step { step: 1, selectors: [Selector { path: "/y", wildcards: true, include: [], exclude: [] }] }
    "#]],
    );
    let elsewhere = Outside { named_contexts: [("other".to_owned(), "/p".to_owned())].into(), ..amd64() };
    let model = Model::new(&Document::new(text), &elsewhere.facts());
    assert_eq!(plan(&model, 2, &elsewhere).steps.len(), 7);
    // The stage itself as the target is what stands in its place, without a step.
    let model = Model::new(&Document::new(text), &with("/p").facts());
    assert_eq!((plan(&model, 0, &with("/p")).steps, model.steps(0)), (Vec::new(), Vec::new()));
}
