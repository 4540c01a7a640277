//! A FROM, `--from` or `from=` that names a stage which is not there.

use rewrites::{Applicability, Fix, Input};
use semantic::facts::callers::same_context;
use semantic::{Base, Stage, StageReference};
use syntax::{TextEdit, TextRange};

use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "unknown-stage",
    aliases: &["DL3022"],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A stage that does not exist is named",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A `COPY --from=`, a mount's `from=` or a FROM names a stage that this file does not have, or not before that line.

An image is no stage: a name with a tag, a digest or a registry is left alone, and so is one that Docker Hub has as an official image
(`nginx`, `busybox` …). In a FROM a plain name is reported only where it resembles a stage: it may be an image of your own.

## Why

BuildKit takes a name that is no stage for an image and tries to pull it: the build fails late and speaks of a registry, or, worse, takes
files from somebody else's image of that name.

## Bad

```dockerfile
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=biuld /app /app
```

## Good

```dockerfile
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=build /app /app
COPY --from=busybox:1.37 /bin/sh /bin/sh
```

## When to ignore

When the name is a named context that every build passes with `--build-context`.
"#;

/// Official images whose names people write without a tag.
const OFFICIAL_IMAGES: [&str; 66] = [
    "adminer",
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "caddy",
    "cassandra",
    "centos",
    "clojure",
    "composer",
    "couchdb",
    "debian",
    "docker",
    "eclipse-temurin",
    "elasticsearch",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "ghost",
    "golang",
    "gradle",
    "haproxy",
    "haskell",
    "httpd",
    "influxdb",
    "jetty",
    "julia",
    "kibana",
    "logstash",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nats",
    "neo4j",
    "nextcloud",
    "nginx",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "postgres",
    "python",
    "r-base",
    "rabbitmq",
    "redis",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "scratch",
    "solr",
    "sonarqube",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "vault",
    "wordpress",
];

fn check(input: &Input<'_>, findings: &mut Findings) {
    let stages = &input.model.stages;
    let is_context = |name: &str| {
        let mut names = input.facts.callers.iter().flat_map(|caller| caller.build.contexts.keys());
        names.any(|known| same_context(known, name))
    };
    for stage in stages {
        if let Base::Image(name) = &stage.base
            && !is_context(name)
        {
            check_base(stages, stage, name, findings);
        }
        for reference in stage.instructions.iter().flat_map(semantic::StageInstruction::references) {
            if !matches!(&reference.target, Base::Image(name) if is_context(name)) {
                check_reference(stages, stage, reference, findings);
            }
        }
    }
}

fn check_base(stages: &[Stage], stage: &Stage, name: &str, findings: &mut Findings) {
    if !is_plain(name) || stage.image.raw.contains('$') || OFFICIAL_IMAGES.contains(&name) {
        return;
    }
    let later = stages[stage.index + 1..].iter().find(|other| other.lower_name().as_deref() == Some(name));
    if let Some(later) = later {
        let message = format!(
            "Stage `{}` comes later in the file, so this FROM pulls an image of that name. Move the stage above this one.",
            later.display_name()
        );
        findings.add(stage.image.range, message).severity = Severity::Warning;
    } else if let Some(same) = names(&stages[..stage.index]).find(|known| known.eq_ignore_ascii_case(name)) {
        let lower = same.to_ascii_lowercase();
        let message = format!(
            "FROM finds a stage by its name in lower case alone, so this one pulls an image called `{name}`. Write `{lower}`."
        );
        let fix = replace(stage.image.range, &lower);
        findings.add(stage.image.range, message).fixes.push(fix);
    } else if let Some(near) = nearest(name, names(&stages[..stage.index])) {
        let message = format!(
            "No stage is named `{name}`, so this FROM pulls an image of that name. Did you mean `{near}`?"
        );
        let fix = replace(stage.image.range, near);
        findings.add(stage.image.range, message).fixes.push(fix);
    }
}

fn check_reference(stages: &[Stage], stage: &Stage, reference: &StageReference, findings: &mut Findings) {
    let range = reference.range();
    match &reference.target {
        Base::Stage(index) if *index >= stages.len() => {
            let message = format!(
                "There is no stage {index}: the last one is {}. Name the stage with AS and use the name here.",
                stages.len() - 1
            );
            findings.add(range, message).severity = Severity::Error;
        }
        Base::Stage(index) if *index > stage.index => comes_later(&stages[*index], range, findings),
        Base::Image(name) => {
            let lower = name.to_lowercase();
            let later = stages
                .iter()
                .find(|other| other.index > stage.index && other.lower_name().as_deref() == Some(&lower));
            match later {
                Some(later) => comes_later(later, range, findings),
                None => check_name(stages, stage, name, range, findings),
            }
        }
        _ => {}
    }
}

fn comes_later(later: &Stage, range: TextRange, findings: &mut Findings) {
    let name = later.display_name();
    let message = format!(
        "Stage `{name}` comes later in the file, and a stage can only copy from those above it. Move it up."
    );
    findings.add(range, message).severity = Severity::Error;
}

fn check_name(stages: &[Stage], stage: &Stage, name: &str, range: TextRange, findings: &mut Findings) {
    if !is_plain(name) || OFFICIAL_IMAGES.contains(&name) {
        return;
    }
    if let Some(near) = nearest(name, names(&stages[..stage.index])) {
        let message = format!(
            "No stage is named `{name}`, so the builder will try to pull an image of that name. Did you mean `{near}`?"
        );
        findings.add(range, message).fixes.push(replace(range, near));
    } else {
        let message = format!(
            "No stage is named `{name}`, so the builder will try to pull an image of that name. Add the stage, or give the image its tag; a named context needs `--build-context`."
        );
        findings.add(range, message);
    }
}

/// Whether a name could be a stage's: no registry, tag, digest or variable.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains([':', '/', '@', '$', '.'])
}

fn names(stages: &[Stage]) -> impl Iterator<Item = &str> {
    stages.iter().filter_map(|stage| stage.name.as_ref()).map(|name| name.raw.as_str())
}

fn replace(range: TextRange, name: &str) -> Fix {
    Fix {
        title: format!("Change to `{name}`"),
        applicability: Applicability::Unsafe { check: format!("that `{name}` is the stage you mean") },
        edits: vec![TextEdit { range, new_text: name.to_owned() }],
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use semantic::{Caller, CallerBuild, CallerKind, Facts, Setting};

    use crate::Settings;
    use crate::tests::{check, check_fix, findings_of, no_findings};

    #[test]
    fn a_typo_is_named_with_the_nearest_stage() {
        check(
            "
FROM busybox:1.37 AS build
FROM scratch
COPY --from=biuld /a /a
#           ^^^^^ unknown-stage: No stage is named `biuld`, so the builder will try to pull an image of that name. Did you mean `build`?
COPY --from=BUILD /a /b
RUN --mount=type=bind,from=buildd,target=/x true
#                          ^^^^^^ unknown-stage: No stage is named `buildd`, so the builder will try to pull an image of that name. Did you mean `build`?
",
        );
    }

    #[test]
    fn a_context_that_a_caller_names_is_no_typo() {
        let text = "FROM busybox:1.37 AS build\nFROM Builds\nCOPY --from=biuld /a /a\n";
        let codes = |facts: &Facts| -> Vec<_> {
            let settings = Settings { select: vec!["unknown-stage".to_owned()], ..Settings::default() };
            findings_of(text, facts, &settings).into_iter().map(|finding| finding.range.start).collect()
        };
        let contexts = ["biuld", "builds"].map(|name| (name.to_owned(), Setting::Known("/p".to_owned())));
        let caller = Caller {
            kind: CallerKind::Bake,
            file: "/p/docker-bake.hcl".to_owned(),
            shown_file: "docker-bake.hcl".to_owned(),
            line: 0,
            name: "app".to_owned(),
            build: CallerBuild { contexts: contexts.into(), ..CallerBuild::default() },
        };
        assert_eq!(codes(&Facts::default()), [32, 51]);
        assert_eq!(codes(&Facts { callers: vec![caller], ..Facts::default() }), [0; 0]);
    }

    #[test]
    fn numbers_and_order_are_checked() {
        check(
            "
FROM busybox:1.37
COPY --from=2 /a /a
#           ^ unknown-stage: There is no stage 2: the last one is 1. Name the stage with AS and use the name here.
COPY --from=last /a /a
#           ^^^^ unknown-stage: Stage `last` comes later in the file, and a stage can only copy from those above it. Move it up.
FROM busybox:1.37 AS last
COPY --from=0 /a /a
",
        );
    }

    #[test]
    fn a_plain_name_that_is_no_stage_is_reported() {
        check(
            "
FROM busybox:1.37 AS compile-it
FROM scratch
COPY --from=builder /a /a
#           ^^^^^^^ unknown-stage: No stage is named `builder`, so the builder will try to pull an image of that name. Add the stage, or give the image its tag; a named context needs `--build-context`.
",
        );
    }

    #[test]
    fn a_from_with_a_typo() {
        check(
            "
FROM busybox:1.37 AS runtime
FROM runtme AS one
#    ^^^^^^ unknown-stage: No stage is named `runtme`, so this FROM pulls an image of that name. Did you mean `runtime`?
FROM final AS two
#    ^^^^^ unknown-stage: Stage `final` comes later in the file, so this FROM pulls an image of that name. Move the stage above this one.
FROM busybox:1.37 AS final
",
        );
    }

    #[test]
    fn a_from_with_capitals_finds_no_stage() {
        let found = crate::tests::check_only("unknown-stage", "FROM a:1 AS Bug_x\nFROM Bug_x\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].fixes[0].edits[0].new_text, "bug_x");
    }

    #[test]
    fn images_and_variables_are_no_stages() {
        let text = "ARG BASE=biuld\nFROM busybox:1.37 AS build\nFROM $BASE\nCOPY --from=nginx /a /a\nCOPY --from=ghcr.io/astral-sh/uv /uv /uv\n\
            COPY --from=buildx:1 /a /a\nCOPY --from=redis@sha256:0 /a /a\nFROM node AS nodes\nFROM node\n";
        no_findings("unknown-stage", text);
    }

    #[test]
    fn broken_text_continuations_crlf_and_other_letters() {
        check(
            "
FROM busybox:1.37 AS assembly
FROM scratch
COPY \\
  # größe
  --from=asembly /größe \\
#        ^^^^^^^ unknown-stage: No stage is named `asembly`, so the builder will try to pull an image of that name. Did you mean `assembly`?
  /a
",
        );
        let found = crate::tests::check_only(
            "unknown-stage",
            "FROM a:1 AS build\r\nFROM b:1\r\nCOPY --from=buidl /a /a\r\nCOPY --from=\r\n",
        );
        assert_eq!(found.len(), 1);
        no_findings("unknown-stage", "FROM\nCOPY --from= /a\nCOPY --from\n");
        assert_eq!(
            crate::tests::check_only(
                "unknown-stage",
                "# escape=`\nFROM a:1 AS build\nFROM b:1\nCOPY `\n --from=buidl /a /a\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn the_fix_takes_the_nearest() {
        check_fix(
            "
FROM busybox:1.37 AS build
FROM scratch
COPY --from=biuld /a /a
",
            expect![[r"
                Change to `build` (unsafe: that `build` is the stage you mean)
                FROM busybox:1.37 AS build
                FROM scratch
                COPY --from=build /a /a
            "]],
        );
    }
}
