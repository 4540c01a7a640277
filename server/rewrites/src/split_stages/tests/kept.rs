//! What a program must not lose by a split: directories, packages, users, programs that it calls, libraries that it links.

use expect_test::{Expect, expect};

use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

const GO: &str = "module shop\n";
const PRINTER: &str = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n";
const C: &[(&str, &str)] = &[("main.c", "")];
const BOOT: &[(&str, &str)] =
    &[("pom.xml", "<project><artifactId>shop</artifactId><version>1.0</version></project>")];

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, files: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(files)));
}

#[test]
fn an_earlier_directory_is_entered_again() {
    check(
        "from debian:bookworm\r\nrun apt-get update && apt-get install -y gcc libc6-dev\r\nworkdir /etc/shop\r\ncopy shop.conf ./\r\nrun mkdir data\r\nworkdir /app\r\ncopy main.c ./\r\nrun gcc -o server main.c\r\ncmd [\"/app/server\"]\r\n",
        &[("main.c", ""), ("shop.conf", "")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on debian:bookworm-slim
            ---
            from debian:bookworm as build␍
            run apt-get update && apt-get install -y gcc libc6-dev␍
            workdir /etc/shop␍
            copy shop.conf ./␍
            run mkdir data␍
            workdir /app␍
            copy main.c ./␍
            run gcc -o server main.c␍
            ␍
            from debian:bookworm-slim␍
            workdir /etc/shop␍
            copy shop.conf ./␍
            workdir /app␍
            copy --from=build /app/server ./␍
            copy --from=build /etc/shop/shop.conf /etc/shop/␍
            workdir /etc/shop␍
            run mkdir data␍
            workdir /app␍
            cmd ["/app/server"]␍
        "#]],
    );
}

#[test]
fn what_is_no_file_of_the_context_comes_along() {
    check(
        "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /app\nADD https://example.com/agent.jar ./\nCOPY <<EOF conf.toml\na=1\nEOF\nADD assets.tar.gz /app/\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        BOOT,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
            check that the program needs nothing of what ADD on line 7 brings
            ---
            FROM maven:3.9-eclipse-temurin-17 AS build
            WORKDIR /app
            ADD https://example.com/agent.jar ./
            COPY <<EOF conf.toml
            a=1
            EOF
            ADD assets.tar.gz /app/
            COPY . .
            RUN mvn package

            FROM eclipse-temurin:17-jre
            WORKDIR /app
            ADD https://example.com/agent.jar ./
            COPY <<EOF conf.toml
            a=1
            EOF
            COPY --from=build /app/target/shop-1.0.jar ./target/
            CMD ["java", "-jar", "target/shop-1.0.jar"]
        "#]],
    );
}

#[test]
fn a_script_calls_a_build_package() {
    check(
        "FROM golang:1.22-bookworm\nRUN apt-get update && apt-get install -y git make\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nENTRYPOINT [\"./run.sh\"]\n",
        &[("go.mod", GO), ("main.go", PRINTER), ("run.sh", "#!/bin/sh\ngit pull\nexec ./server\n")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on debian:bookworm-slim
            ---
            FROM golang:1.22-bookworm AS build
            RUN apt-get update && apt-get install -y git make
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app/server .

            FROM debian:bookworm-slim
            RUN apt-get update && apt-get install -y git
            WORKDIR /app
            COPY --from=build /app/server /app/run.sh ./
            ENTRYPOINT ["./run.sh"]
        "#]],
    );
}

#[test]
fn packages_that_import_net() {
    check(
        "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o /app/server .\nCMD [\"./server\"]\n",
        &[("go.mod", GO), ("main.go", "package main\nimport \"archive/tar\"\n")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on debian:bookworm-slim
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN go build -o /app/server .

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/server ./
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn what_uploads_ask_for() {
    check(
        "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nCMD [\"./server\"]\n",
        &[
            ("go.mod", GO),
            (
                "main.go",
                "package main\nimport \"net/http\"\nfunc f(r *http.Request) { r.ParseMultipartForm(1) }\n",
            ),
        ],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on debian:bookworm-slim
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app/server .

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/server ./
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn what_modules_ask_for() {
    check(
        "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nCMD [\"./server\"]\n",
        &[("go.mod", "module shop\nrequire example.com/x v1\n"), ("main.go", PRINTER)],
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on scratch
            check that server needs no other program and no /tmp
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app/server .

            FROM scratch
            WORKDIR /app
            COPY --from=build /app/server ./
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn a_pinned_compiler_has_its_library() {
    check(
        "FROM alpine:3.20\nRUN apk add --no-cache g++=13.2.1-r0 make\nWORKDIR /app\nCOPY main.cpp ./\nRUN g++ -o server main.cpp\nCMD [\"./server\"]\n",
        &[("main.cpp", "")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on alpine:3.20
            ---
            FROM alpine:3.20 AS build
            RUN apk add --no-cache g++=13.2.1-r0 make
            WORKDIR /app
            COPY main.cpp ./
            RUN g++ -o server main.cpp

            FROM alpine:3.20
            RUN apk add --no-cache libstdc++
            WORKDIR /app
            COPY --from=build /app/server ./
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn a_library_of_the_compiler() {
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /app\nCOPY . .\nRUN gcc -fopenmp -o server main.c\nCMD [\"./server\"]\n",
        C,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
            check that server finds libgomp, which -fopenmp may link
            ---
            FROM debian:bookworm AS build
            RUN apt-get update && apt-get install -y gcc
            WORKDIR /app
            COPY . .
            RUN gcc -fopenmp -o server main.c

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/server ./
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn what_a_step_installed_beside_the_program() {
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc make\nCOPY foo /foo\nRUN cd /foo && make install\nWORKDIR /app\nCOPY . .\nRUN gcc -o server main.c -lfoo\nCMD [\"./server\"]\n",
        C,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
            check that server needs nothing of what a step installs in /usr/local
            ---
            FROM debian:bookworm AS build
            RUN apt-get update && apt-get install -y gcc make
            COPY foo /foo
            RUN cd /foo && make install
            WORKDIR /app
            COPY . .
            RUN gcc -o server main.c -lfoo

            FROM debian:bookworm-slim
            COPY foo /foo
            WORKDIR /app
            COPY --from=build /app/server ./
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn another_package_manager() {
    check(
        "FROM maven:3-openjdk-17\nRUN microdnf install -y fontconfig\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        BOOT,
        expect![[r#"
            refused: RUN on line 2 installs fontconfig by microdnf, which eclipse-temurin:17-jre does not have
        "#]],
    );
}

#[test]
fn packages_of_another_distribution() {
    check(
        "FROM maven:3-openjdk-17-slim\nRUN apt-get update && apt-get install -y fontconfig\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        BOOT,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
            check that eclipse-temurin:17-jre has fontconfig under the same name: it is Ubuntu
            ---
            FROM maven:3-openjdk-17-slim AS build
            RUN apt-get update && apt-get install -y fontconfig
            WORKDIR /app
            COPY . .
            RUN mvn package

            FROM eclipse-temurin:17-jre
            RUN apt-get update && apt-get install -y fontconfig
            WORKDIR /app
            COPY --from=build /app/target/shop-1.0.jar ./target/
            CMD ["java", "-jar", "target/shop-1.0.jar"]
        "#]],
    );
}

#[test]
fn a_user_of_the_base() {
    check(
        "FROM gradle:8.7-jdk17\nWORKDIR /app\nCOPY . .\nRUN gradle build\nUSER gradle\nCMD [\"java\", \"-jar\", \"build/libs/shop-1.0.jar\"]\n",
        &[("build.gradle", "")],
        expect![[r#"
            refused: the container runs as gradle, a user of its base image whom eclipse-temurin:17-jre does not have: make it in this file
        "#]],
    );
}

#[test]
fn files_that_a_program_serves() {
    check(
        "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nCMD [\"./server\"]\n",
        &[
            ("go.mod", GO),
            ("main.go", PRINTER),
            ("server.config.yaml", ""),
            ("web/app.js", ""),
            ("web/app.css", ""),
        ],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on scratch
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app/server .

            FROM scratch
            WORKDIR /app
            COPY --from=build /app/server /app/server.config.yaml ./
            COPY --from=build /app/web ./web
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn a_program_by_its_path() {
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /app\nCOPY . .\nRUN gcc -o server main.c\nHEALTHCHECK CMD /usr/bin/curl -f localhost\nCMD [\"./server\"]\n",
        C,
        expect![[r#"
            refused: the container calls curl, which debian:bookworm-slim does not have: install it in this file
        "#]],
    );
}

#[test]
fn the_last_health_check_counts() {
    check(
        "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nHEALTHCHECK CMD [\"/app/server\", \"-h\"]\nHEALTHCHECK CMD curl localhost\nCMD [\"/app/server\"]\n",
        &[("go.mod", GO), ("main.go", PRINTER)],
        expect![[r#"
            refused: the container calls curl, which debian:bookworm-slim does not have: install it in this file
        "#]],
    );
}

#[test]
fn a_custom_base_and_a_script_of_the_context() {
    check(
        "FROM acme/golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app/server .\nHEALTHCHECK CMD ./health.sh\nCMD [\"/app/server\"]\n",
        &[("go.mod", GO), ("main.go", PRINTER), ("health.sh", "#!/bin/sh\ncurl localhost\n")],
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
            check that debian:bookworm-slim has the programs that /app/health.sh calls; that the program needs nothing else of acme/golang:1.22-bookworm
            ---
            FROM acme/golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app/server .

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/server /app/health.sh ./
            HEALTHCHECK CMD ./health.sh
            CMD ["/app/server"]
        "#]],
    );
}
