//! A base image of a release that gets no fixes any more.

mod releases;

use semantic::Base;
use semantic::image_reference::ImageReference;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use releases::ended;

pub(crate) static RULE: Rule = Rule {
    code: "base-image-end-of-life",
    aliases: &[],
    category: Category::Security,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The base image is of a release that gets no security fixes any more",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

FROM names a release of a distribution, a language or a database whose makers have ended their support: Debian, Ubuntu, CentOS, Alpine,
Fedora, Node, Python, Ruby, PHP, .NET, PostgreSQL, MySQL, and the images `openjdk` and `java`, which were given up. The name counts as it
stands in the file or comes from the default of an ARG. Support that is sold, such as Ubuntu Pro, is not counted.

## Why

Flaws that are found from then on stay. The packages of such a release are sooner or later moved to an archive, and then `apt-get update` or
`yum install` fails from one day to the next.

## Bad

```dockerfile
FROM debian:buster-slim
```

```dockerfile
FROM node:14-alpine
```

## Good

```dockerfile
FROM debian:trixie-slim
```

## When to ignore

When you pay for longer support, or build what must run on just that release.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let stage = input.stage;
    let Base::Image(name) = &stage.base else { return };
    if stage.base_replaced.is_some() {
        return;
    }
    let Some(image) = ImageReference::parse(name).ok() else { return };
    let Some(ended) = ended(&image) else { return };
    let message = match ended.since {
        Some(since) => format!(
            "{} has had no security fixes since {since}, and its packages move to archives. Take a newer release.",
            ended.release
        ),
        None => format!("{} was given up and gets no fixes. {}", ended.release, ended.instead),
    };
    findings.add(stage.image.range, message);
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings, pointed_at};

    const CODE: &str = "base-image-end-of-life";

    #[test]
    fn releases_that_ended_are_pointed_at() {
        check(
            "
FROM debian:buster-slim
#    ^^^^^^^^^^^^^^^^^^ base-image-end-of-life: Debian 10 (buster) has had no security fixes since June 2024, and its packages move to archives. Take a newer release.
FROM node:14-alpine
#    ^^^^^^^^^^^^^^ base-image-end-of-life: Node 14 has had no security fixes since April 2023, and its packages move to archives. Take a newer release.
FROM openjdk:17
#    ^^^^^^^^^^ base-image-end-of-life: The image `openjdk` was given up and gets no fixes. Take `eclipse-temurin`, or another maker's.
",
        );
    }

    #[test]
    fn each_family_is_known() {
        for image in [
            "debian:9",
            "debian:10.13-slim",
            "ubuntu:18.04",
            "ubuntu:xenial",
            "ubuntu:22.10",
            "centos:7",
            "centos",
            "quay.io/centos/centos:stream8",
            "alpine:3.12",
            "alpine:3.9.6",
            "fedora:33",
            "python:2.7-slim",
            "python:3.7",
            "python:3.12-slim-buster",
            "node:16.20.0",
            "node:lts-gallium",
            "ruby:2.7",
            "php:7.4-fpm",
            "postgres:11",
            "mysql:5.7",
            "java:8",
            "mcr.microsoft.com/dotnet/sdk:6.0-alpine",
            "mcr.microsoft.com/dotnet/core/aspnet:3.1",
            "docker.io/library/python:3.6.15",
        ] {
            assert_eq!(pointed_at(CODE, &format!("FROM {image}\n")), [image]);
        }
        assert_eq!(
            check_only(CODE, "# escape=`\r\n# größe\r\nARG V=7\r\nFROM `\r\n  centos:$V\r\n").len(),
            1
        );
    }

    #[test]
    fn newer_ones_and_what_is_not_known_are_fine() {
        for image in [
            "debian:bookworm",
            "debian:12",
            "debian",
            "debian:stable",
            "ubuntu:22.04",
            "ubuntu:24.04",
            "alpine:3.22",
            "alpine:3",
            "alpine:edge",
            "fedora:42",
            "python:3",
            "python:3.13",
            "python:3.10-bookworm",
            "node:22",
            "node:lts",
            "node",
            "ruby:3.4",
            "php:8.3",
            "php:8",
            "postgres:17",
            "mysql:8",
            "openjdk:27-ea-slim",
            "mcr.microsoft.com/dotnet/sdk:8.0",
            "example/debian:buster",
            "example.com/node:14",
            "node:$UNKNOWN",
            "scratch",
        ] {
            no_findings(CODE, &format!("FROM {image}\nRUN <<EOF\nFROM node:14\nEOF\n"));
        }
        no_findings(CODE, "FROM\nFROM debian:\n");
    }
}
