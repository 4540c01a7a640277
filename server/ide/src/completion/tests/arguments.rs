//! Arguments that are neither paths nor variables.

use expect_test::expect;
use semantic::facts::ImageFacts;

use super::fixture::{Around, check, check_nothing, check_with, labels};

fn found(text: &str) -> String {
    labels(text, &Around::default())
}

#[test]
fn from_builds_on_a_stage_above_or_on_nothing() {
    check(
        "FROM node:22 AS deps\nFROM $0\n",
        &expect![[r#"
            [|]
            deps  (Stage, FROM node:22 in line 1)
            scratch  (Nothing: an empty image)
            --platform= -> --platform=${1:\$BUILDPLATFORM}  (The platform of the base image)
        "#]],
    );
    check(
        "FROM node:22 $0\n",
        &expect![[r#"
        [|]
        AS -> AS ${1:name}  (Gives the stage a name)
    "#]],
    );
    assert_eq!(found("from node:22 $0"), "as");
    check_nothing("FROM node:22 AS $0");
    assert_eq!(found("FROM a AS b\nFROM --platform=linux/amd64 \\\n  $0"), "b scratch");
}

#[test]
fn users_are_those_that_the_stage_makes() {
    let image = ImageFacts { user: "node:staff".to_owned(), ..ImageFacts::default() };
    let around = Around::default().image("node:22", image);
    check_with(
        &around,
        "FROM node:22\nRUN addgroup -S web && adduser -S -G web -u 1001 app\nRUN useradd --create-home --shell /bin/sh tester\nUSER $0\n",
        &expect![[r#"
            [|]
            tester  (Made in line 3)
            app  (Made in line 2)
            node  (What node:22 runs as)
            root  (May do everything)
            nobody  (Owns nothing)
            1000:1000  (Usually the first user and its group, by number)
            65532:65532  (A user without privileges, by number, as distroless images have it)
        "#]],
    );
    assert_eq!(
        labels(
            "FROM node:22\nRUN addgroup -S web && adduser --system --group app\nCOPY --chown=app:$0 . .",
            &around
        ),
        "app web staff root 0 1000"
    );
    assert_eq!(found("FROM a\nUSER app\nUSER r$0:x"), "app root nobody 1000:1000 65532:65532");
}

#[test]
fn signals_ports_and_shells() {
    assert!(found("FROM a\nSTOPSIGNAL $0").starts_with("SIGTERM SIGINT SIGQUIT "));
    check(
        "FROM a\nEXPOSE 80 80$0\n",
        &expect![[r#"
        [80|]
        80  (HTTP)
        443  (HTTPS)
        3000  (Node.js and Rails in development)
        3306  (MySQL and MariaDB)
        5000  (Flask)
        5432  (PostgreSQL)
        6379  (Redis)
        8000  (Django, and Python's http.server)
        8080  (HTTP without privileges)
        8443  (HTTPS without privileges)
        9090  (Prometheus)
        27017  (MongoDB)
        53/udp  (DNS)
        80/tcp
        80/udp
    "#]],
    );
    assert_eq!(found("FROM a\nEXPOSE 53/$0"), "tcp udp sctp");
    check(
        "FROM a\nSHELL $0\n",
        &expect![[r#"
        [|]
        ["/bin/bash", "-o", "pipefail", "-c"]  (Bash; a pipe fails when any of its commands does)
        ["/bin/bash", "-euo", "pipefail", "-c"]  (Bash; fails on errors and unset variables too)
        ["/bin/sh", "-c"]  (As it is without SHELL, on Linux)
        ["/bin/sh", "-eu", "-c"]  (sh; fails on errors and unset variables)
        ["/bin/ash", "-eo", "pipefail", "-c"]  (Alpine's shell; a pipe fails when any of its commands does)
        ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]  (Windows PowerShell; stops at errors)
        ["cmd", "/S", "/C"]  (As it is without SHELL, on Windows)
    "#]],
    );
    check(
        "FROM a\nHEALTHCHECK --interval=5s $0\n",
        &expect![[r#"
            [|]
            CMD -> CMD ${1:command}  (The command that finds out)
            --timeout= -> --timeout=${1:30s}  (How long one check may take)
            --start-period= -> --start-period=${1:0s}  (How long the container may take to start)
            --start-interval= -> --start-interval=${1:5s}  (The time between two checks during the start period)
            --retries= -> --retries=${1:3}  (How many failures in a row make the container unhealthy)
        "#]],
    );
    assert!(found("FROM a\nhealthcheck $0").starts_with("cmd none "));
    assert!(found("FROM a\nLABEL $0").starts_with("org.opencontainers.image.title "));
    assert_eq!(found("FROM a\nWORKDIR /app\nVOLUME $0"), "/app");
}

#[test]
fn heredocs_have_usual_names() {
    check(
        "FROM a\nRUN <<$0\n",
        &expect![[r#"
        [|]
        EOF -> EOF⏎${0:command}⏎EOF  (The usual name; variables are expanded)
        'EOF' -> 'EOF'⏎${0:command}⏎EOF  (In quotes: nothing in the body is expanded)
        -EOF -> -EOF⏎${0:command}⏎EOF  (Leading tabs are cut off each line)
        SCRIPT -> SCRIPT⏎${0:command}⏎SCRIPT  (For a script)
        CONF -> CONF⏎${0:command}⏎CONF  (For a settings file)
    "#]],
    );
    check(
        "FROM a\r\nCOPY <<E$0\r\nFROM b\r\n",
        &expect![[r#"
        [E|]
        EOF -> EOF ${1:destination}␍⏎$0␍⏎EOF  (The usual name; variables are expanded)
        'EOF' -> 'EOF' ${1:destination}␍⏎$0␍⏎EOF  (In quotes: nothing in the body is expanded)
        -EOF -> -EOF ${1:destination}␍⏎$0␍⏎EOF  (Leading tabs are cut off each line)
        SCRIPT -> SCRIPT ${1:destination}␍⏎$0␍⏎SCRIPT  (For a script)
        CONF -> CONF ${1:destination}␍⏎$0␍⏎CONF  (For a settings file)
    "#]],
    );
    check(
        "FROM a\nRUN cat <<-$0 > /x\n",
        &expect![[r#"
        [|]
        EOF  (The usual name; variables are expanded)
        'EOF'  (In quotes: nothing in the body is expanded)
        SCRIPT  (For a script)
        CONF  (For a settings file)
    "#]],
    );
    check(
        "FROM a\nRUN <<E$0OF\ntrue\nEOF\n",
        &expect![[r#"
        [E|OF]
        EOF  (The usual name; variables are expanded)
        'EOF'  (In quotes: nothing in the body is expanded)
        -EOF  (Leading tabs are cut off each line)
        SCRIPT  (For a script)
        CONF  (For a settings file)
    "#]],
    );
    check_nothing("FROM a\nRUN cat <<<$0");
    check_nothing("FROM a\nRUN [\"<<$0\"]");
}

#[test]
fn a_command_s_words_are_the_shell_s() {
    for text in [
        "RUN apt-get $0",
        "RUN apt-get install -$0",
        "CMD npm $0",
        "ENTRYPOINT $0",
        "HEALTHCHECK CMD $0",
        "ONBUILD RUN a $0",
    ] {
        check_nothing(&format!("FROM a AS b\nFROM c\n{text}"));
    }
}
