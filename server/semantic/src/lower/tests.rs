//! Dockerfiles in, what they mean out, as text.

use std::fmt::Write;

use expect_test::{Expect, expect};
use syntax::Document;

use crate::facts::{Facts, ImageFacts};
use crate::model::{Frontend, Model};
use crate::path::Place;
use crate::runtime::RuntimeSettings;
use crate::scope::Lookup;

fn model(text: &str) -> Model {
    Model::new(&Document::new(text), &Facts::default())
}

/// Stages with what they build on, and of each instruction what is in force before it.
fn check(text: &str, expected: Expect) {
    let model = model(text);
    let mut shown = String::new();
    for stage in &model.stages {
        writeln!(shown, "{} {} on {:?}", stage.index, stage.display_name(), stage.base).unwrap();
        for item in &stage.instructions {
            let user = item.user.as_ref().map_or("-", |user| &user.raw);
            let place = match &item.workdir {
                Place::Known(path) => path.clone(),
                Place::Relative(path) => format!("?/{path}"),
                Place::Unknown => "?".to_owned(),
            };
            let references: Vec<_> =
                item.references().map(|reference| format!("{:?}", reference.target)).collect();
            writeln!(shown, "  {} in {place} as {user} {}", item.instruction.keyword, references.join(" "))
                .unwrap();
        }
    }
    for problem in &model.problems {
        let line = model.document.buildkit_line(problem.range.start) + 1;
        writeln!(shown, "{line}: {:?} {}", model.document.slice(problem.range), problem.message).unwrap();
    }
    expected.assert_eq(&shown);
}

#[test]
fn stages_build_on_images_on_each_other_and_on_nothing() {
    check(
        "ARG TAG=22\nFROM node:$TAG AS Build\nWORKDIR /app\nUSER node\nFROM build\nRUN x\nWORKDIR sub\nRUN y\nFROM scratch\nCOPY --from=1 /a /b\nCOPY --from=BUILD /a /b\nCOPY --from=alpine:3 /a /b\n",
        expect![[r#"
            0 Build on Image("node:22")
              WORKDIR in ?/. as - 
              USER in /app as - 
            1 stage-1 on Stage(0)
              RUN in /app as node 
              WORKDIR in /app as node 
              RUN in /app/sub as node 
            2 stage-2 on Scratch
              COPY in / as - Stage(1)
              COPY in / as - Stage(0)
              COPY in / as - Image("alpine:3")
        "#]],
    );
}

#[test]
fn references_that_lead_nowhere_are_problems() {
    check(
        "FROM a AS one\nCOPY --from=one /x /x\nCOPY --from=two /x /x\nCOPY --from=7 /x /x\nCOPY --from=$V /x /x\nRUN --mount=from=two,target=/m true\nFROM b AS two\n",
        expect![[r#"
            0 one on Image("a")
              COPY in ?/. as - Stage(0)
              COPY in ?/. as - Image("two")
              COPY in ?/. as - Stage(7)
              COPY in ?/. as - Unknown
              RUN in ?/. as - Image("two")
            1 two on Image("b")
            2: "one" stage one cannot copy from itself: the files are already there
            3: "two" stage two comes later in the file: move it above stage one
            4: "7" there is no stage 7: this file has 2, numbered from 0; name the stage with AS and use the name
            5: "$V" a variable cannot stand in --from: add a stage `FROM $… AS name` above and copy from that
            6: "two" stage two comes later in the file: move it above stage one
        "#]],
    );
}

#[test]
fn of_two_stages_with_one_name_the_later_one_is_meant() {
    check(
        "FROM a AS two\nFROM b AS one\nCOPY --from=two /x /x\nFROM c AS Two\n",
        expect![[r#"
            0 two on Image("a")
            1 one on Image("b")
              COPY in ?/. as - Stage(0)
            2 Two on Image("c")
            3: "two" stage two comes later in the file: move it above stage one
        "#]],
    );
}

#[test]
fn a_file_without_a_stage_is_a_problem() {
    check(
        "ARG A=1\n",
        expect![[r#"
        1: "ARG" there is no FROM: a Dockerfile needs at least one stage, such as `FROM debian:12-slim`
    "#]],
    );
    check("", expect![""]);
    check(
        "ARG A=1\nRUN x\nFROM ${B}\n",
        expect![[r#"
        0 stage-0 on Unknown
        2: "RUN" RUN before the first FROM belongs to no stage: put a FROM above it
        3: "${B}" ${B} expands to nothing: give its ARG above the first FROM a default, or name the image
    "#]],
    );
}

#[test]
fn words_that_cannot_be_expanded_are_problems_in_what_is_built() {
    let problems = |text: &str| {
        let model = model(text);
        model.problems.iter().map(|problem| model.document.slice(problem.range)).collect::<Vec<_>>()
    };
    assert_eq!(problems("FROM a\nENV X=\"open\nCOPY ${Y b c\nUSER ${Z:?is needed}\n").len(), 2);
    assert_eq!(problems("FROM a\nENV X=\"open\nFROM b\n"), Vec::<String>::new(), "nobody builds that stage");
    assert_eq!(problems("FROM a AS x\nWORKDIR ${Y\nFROM x\n"), ["${Y"]);
    assert_eq!(problems("FROM scratch\nUSER ${Z:?is needed}\n"), ["${Z:?is needed}"]);
}

#[test]
fn variables_have_the_value_that_the_builder_gives_them() {
    let text = "ARG G=global\nARG H\nFROM a AS base\nARG G\nARG X=1\nENV E=${X}2\nENV E=$E-$G\nARG X\nRUN a\nFROM base\nRUN b\nARG Y\nENV Y=z\nARG Y=late\nRUN c\n";
    let model = model(text);
    let look = |stage: usize, instruction: usize, name: &str| {
        let scope = model.stages[stage].instructions[instruction].scope;
        match model.lookup(scope, name) {
            Lookup::Value(value) => value.to_owned(),
            Lookup::Unset => "(unset)".to_owned(),
            Lookup::Unknown => "(unknown)".to_owned(),
        }
    };
    assert_eq!(look(0, 0, "G"), "(unknown)", "only the base image could define it before ARG");
    assert_eq!(look(0, 5, "G"), "global");
    assert_eq!(look(0, 5, "E"), "12-global");
    assert_eq!(look(0, 5, "X"), "1", "an ARG without a value takes nothing away");
    assert_eq!(look(1, 0, "E"), "12-global", "a stage starts with all that the one below has");
    assert_eq!(look(1, 0, "X"), "1", "its ARGs with a value included");
    assert_eq!(look(1, 4, "Y"), "late", "the newest wins");
    assert_eq!(look(1, 4, "H"), "(unknown)");
}

#[test]
fn a_base_image_that_is_known_gives_its_settings() {
    let mut facts = Facts::default();
    let environment = [("PATH".to_owned(), "/bin".to_owned())].into();
    let image = ImageFacts {
        environment,
        workdir: "/srv".to_owned(),
        user: "app".to_owned(),
        ..ImageFacts::default()
    };
    facts.base_images.insert("python:3".to_owned(), image);
    let model =
        Model::new(&Document::new("FROM docker.io/library/python:3\nENV PATH=/x:$PATH\nCOPY a b\n"), &facts);
    let copy = &model.stages[0].instructions[1];
    assert_eq!(copy.as_copy().unwrap().place, Place::Known("/srv/b".to_owned()));
    assert_eq!(copy.user.as_ref().unwrap().raw, "app");
    assert_eq!(model.lookup(copy.scope, "PATH"), Lookup::Value("/x:/bin"));
    assert_eq!(model.lookup(copy.scope, "NOPE"), Lookup::Unset);
}

#[test]
fn what_a_base_image_sets_holds_through_a_stage_without_instructions() {
    let mut facts = Facts::default();
    let image = ImageFacts { workdir: "/srv".to_owned(), user: "app".to_owned(), ..ImageFacts::default() };
    facts.base_images.insert("acme/base".to_owned(), image);
    let model = Model::new(&Document::new("FROM acme/base AS a\nFROM a\nRUN x\n"), &facts);
    let run = &model.stages[1].instructions[0];
    assert_eq!(run.workdir, Place::Known("/srv".to_owned()));
    assert_eq!(run.user.as_ref().map(|user| user.raw.as_str()), Some("app"));
}

#[test]
fn stages_that_build_on_each_other_ten_thousands_deep_are_read() {
    let mut text = "FROM x AS s0\n".to_owned();
    for index in 1..30_000 {
        writeln!(text, "FROM s{} AS s{index}", index - 1).unwrap();
    }
    assert_eq!(model(&text).stages.len(), 30_000);
}

#[test]
fn a_value_that_doubles_line_by_line_becomes_unknown() {
    let model = model(&format!("FROM x\nENV A=xxxxxxxxxx\n{}RUN echo\n", "ENV A=$A$A\n".repeat(45)));
    let run = model.stages[0].instructions.last().unwrap();
    assert_eq!(model.lookup(run.scope, "A"), Lookup::Unknown);
}

#[test]
fn steps_are_numbered_as_the_builder_numbers_them() {
    let prefixes = |text: &str| {
        let model = model(text);
        let steps = model.steps(model.stages.len() - 1);
        steps
            .iter()
            .map(|step| format!("{}:{}", step.line, step.vertex_prefix.as_deref().unwrap_or("-")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        prefixes("FROM a\nENV A=1\nWORKDIR /\nRUN \\\n x\nCOPY . .\n"),
        ["1:[1/4] ", "3:-", "4:[2/4] ", "6:[3/4] "]
    );
    assert_eq!(
        prefixes(
            "FROM a AS b\nRUN x\nFROM unused\nRUN y\nFROM b\nCOPY . .\nFROM scratch\nCOPY --from=2 / /\n"
        ),
        ["1:[b 1/2] ", "2:[b 2/2] ", "5:-", "6:[stage-2 1/1] ", "7:-", "8:[stage-3 1/1] "]
    );
    assert_eq!(prefixes("FROM a AS x\nRUN --mount=type=cache,target=/c y\n"), ["1:[x 1/2] ", "2:[x 2/2] "]);
    assert_eq!(prefixes("FROM a AS x\nRUN y\n"), ["1:[1/2] ", "2:[2/2] "]);
    assert_eq!(prefixes("FROM a AS Build\nFROM Build\n"), ["2:[stage-1 1/1] "]);
    assert_eq!(prefixes("FROM a AS Build\nRUN x\nFROM build\n"), ["1:[build 1/2] ", "2:[build 2/2] ", "3:-"]);
}

#[test]
fn runtime_settings_come_from_the_whole_lineage() {
    let text = "FROM a AS base\nENV A=1 B=2\nWORKDIR /app\nEXPOSE 80\nLABEL k=v\nFROM base\nENV B=3\nUSER app\nWORKDIR x\nEXPOSE 80 443/tcp\nCMD [\"a\", \"b\"]\nHEALTHCHECK --interval=5s CMD curl x\nSTOPSIGNAL SIGINT\nVOLUME /v\n";
    let settings = RuntimeSettings::of(&model(text), 1);
    assert_eq!(
        settings.environment,
        [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "3".to_owned())].into()
    );
    assert_eq!(settings.workdir, Some(Place::Known("/app/x".to_owned())));
    assert_eq!(settings.ports, ["443/tcp", "80"]);
    assert_eq!(settings.command.as_deref(), Some(r#"["a", "b"]"#));
    assert_eq!(settings.healthcheck.as_deref(), Some("--interval=5s CMD curl x"));
    assert_eq!((settings.user.as_deref(), settings.stop_signal.as_deref()), (Some("app"), Some("SIGINT")));
    assert_eq!(settings.labels["k"], "v");
    assert_eq!(settings.volumes, ["/v"]);
}

#[test]
fn frontends_are_told_apart() {
    let frontend = |line: &str| model(&format!("# syntax={line}\nFROM a\n")).frontend;
    for ours in [
        "docker/dockerfile:1",
        "docker.io/docker/dockerfile:1.7-labs",
        "mirror.test:5000/docker/dockerfile@sha256:ab",
    ] {
        assert_eq!(frontend(ours), Frontend::Docker(ours.to_owned()));
    }
    assert_eq!(frontend("ghcr.io/x/pack:2"), Frontend::Foreign("ghcr.io/x/pack:2".to_owned()));
    assert_eq!(model("FROM a\n").frontend, Frontend::BuiltIn);
}

#[test]
fn mounts_have_their_defaults() {
    let model = model(
        "FROM a\nWORKDIR /w\nRUN --mount=type=secret,id=npm --mount=type=cache,target=c,id=x --mount=type=secret,id=t,env=T true\n",
    );
    let mounts = &model.stages[0].instructions[1].as_run().unwrap().mounts;
    let shown: Vec<_> =
        mounts.iter().map(|mount| (mount.kind, mount.target.known(), mount.env.as_deref())).collect();
    use crate::mount::MountKind::{Cache, Secret};
    assert_eq!(
        shown,
        [(Secret, Some("/run/secrets/npm"), None), (Cache, Some("/w/c"), None), (Secret, None, Some("T"))]
    );
}

#[test]
fn a_secret_whose_id_is_not_known_is_mounted_nobody_knows_where() {
    let target = |text: &str| {
        let model = model(text);
        let run = model.stages[0].instructions.last().unwrap().as_run().unwrap();
        run.mounts[0].target.clone()
    };
    assert_eq!(target("FROM a\nARG ID\nRUN --mount=type=secret,id=$ID true\n"), Place::Unknown);
    let known = Place::Known("/run/secrets/npm".to_owned());
    assert_eq!(target("FROM a\nARG ID=npm\nRUN --mount=type=secret,id=$ID true\n"), known);
}

/// The bases of the stages, where callers give these arguments.
fn check_called(text: &str, callers: &[&[(&str, &str)]], expected: &str) {
    use crate::facts::callers::{Caller, CallerBuild, CallerKind, Setting};
    let setting = |value: &str| match value {
        "?" => Setting::Unknown("why".to_owned()),
        value => Setting::Known(value.to_owned()),
    };
    let caller = |args: &&[(&str, &str)]| Caller {
        kind: CallerKind::Compose,
        file: "/p/compose.yaml".to_owned(),
        shown_file: "compose.yaml".to_owned(),
        line: 0,
        name: "web".to_owned(),
        build: CallerBuild {
            args: args.iter().map(|(name, value)| ((*name).to_owned(), setting(value))).collect(),
            ..CallerBuild::default()
        },
    };
    let facts = Facts { callers: callers.iter().map(caller).collect(), ..Facts::default() };
    let model = Model::new(&Document::new(text), &facts);
    let bases: Vec<_> = model.stages.iter().map(|stage| format!("{:?}", stage.base)).collect();
    assert_eq!(bases.join(" "), expected);
}

#[test]
fn an_argument_that_all_callers_give_alike_is_known() {
    let text = "ARG TAG=20\r\nFROM node:${TAG}\n";
    check_called(text, &[], r#"Image("node:20")"#);
    check_called(text, &[&[("TAG", "22")]], r#"Image("node:22")"#);
    check_called(text, &[&[("TAG", "22")], &[("TAG", "22")]], r#"Image("node:22")"#);
    // The default is what a caller gets that says nothing.
    check_called(text, &[&[("TAG", "20")], &[]], r#"Image("node:20")"#);
    check_called(text, &[&[("OTHER", "1")]], r#"Image("node:20")"#);
    check_called("ARG TAG\nFROM node:${TAG}\n", &[&[("TAG", "22")]], r#"Image("node:22")"#);
}

#[test]
fn an_argument_on_which_callers_differ_is_unknown() {
    let text = "ARG TAG=20\nFROM node:${TAG}\n";
    check_called(text, &[&[("TAG", "22")], &[]], "Unknown");
    check_called(text, &[&[("TAG", "22")], &[("TAG", "21")]], "Unknown");
    check_called(text, &[&[("TAG", "?")]], "Unknown");
}

mod carried;
