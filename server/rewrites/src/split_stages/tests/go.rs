//! Go programs: how they are linked decides what they run on.

use expect_test::{Expect, expect};

use crate::cases::case;
use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

/// What becomes of the project of this name.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(name: &str, expected: Expect) {
    let case = case(name);
    expected.assert_eq(&render(&RECIPE, case.dockerfile, &facts(case.files)));
}

#[test]
fn static_by_env() {
    check(
        "go: static by ENV",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on scratch
            ---
            FROM golang:1.22-bookworm AS build

            ENV CGO_ENABLED=0
            WORKDIR /src

            # dependencies
            COPY go.mod go.sum ./
            RUN go mod download

            # the program
            COPY . .
            RUN go build -trimpath -ldflags="-s -w" -o /usr/local/bin/api ./cmd/api

            FROM scratch

            ENV CGO_ENABLED=0
            WORKDIR /src

            COPY --from=build /usr/local/bin/api /usr/local/bin/
            COPY --from=build /etc/passwd /etc/group /etc/
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo

            EXPOSE 8080
            USER nobody
            ENTRYPOINT ["api"]
            CMD ["--port", "8080"]
        "#]],
    );
}

#[test]
fn no_dependencies_no_network() {
    check(
        "go: no dependencies, no network",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22 AS build
        WORKDIR /app
        COPY . .
        RUN go build -o tool .

        FROM scratch
        WORKDIR /app
        COPY --from=build /app/tool ./
        CMD ["./tool"]
    "#]],
    );
}

#[test]
fn the_c_library_of_an_unnamed_release() {
    check(
        "go: the C library of an unnamed release",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that golang:1.22 is built on Debian bookworm or an older one, whose C library debian:bookworm-slim has
        ---
        FROM golang:1.22 AS build
        WORKDIR /app
        COPY . .
        RUN go build -o server .

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/server ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        EXPOSE 8080
        CMD ["/app/server"]
    "#]],
    );
}

#[test]
fn the_c_library_of_a_named_release() {
    check(
        "go: the C library of a named release",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM golang:1.22-bookworm AS build
        WORKDIR /app
        COPY . .
        RUN go build -o server .

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/server ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        EXPOSE 8080
        CMD ["/app/server"]
    "#]],
    );
}

#[test]
fn alpine_without_a_compiler() {
    check(
        "go: alpine without a compiler",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-alpine3.19 AS build
        WORKDIR /app
        ADD . /app
        RUN cd /app && go build -o goapp

        FROM scratch
        WORKDIR /app
        COPY --from=build /app/goapp ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        EXPOSE 8080
        ENTRYPOINT ["./goapp"]
    "#]],
    );
}

#[test]
fn alpine_with_cgo() {
    check(
        "go: alpine with cgo",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on alpine:3.19
            check that alpine:3.19 has the programs that api may call
            ---
            FROM golang:1.22-alpine3.19 AS build
            RUN apk add --no-cache build-base sqlite-dev tzdata
            WORKDIR /app
            COPY . .
            RUN go build -o api ./cmd/api

            FROM alpine:3.19
            RUN apk add --no-cache libstdc++ sqlite-libs tzdata
            WORKDIR /app
            COPY --from=build /app/api ./
            COPY --from=build /app/migrations ./migrations
            CMD ["./api"]
        "#]],
    );
}

#[test]
fn install_found_by_path() {
    check(
        "go: install, found by PATH",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on scratch
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /go/src/app
            COPY . .
            RUN CGO_ENABLED=0 go install -v ./...

            FROM scratch
            WORKDIR /go/src/app
            COPY --from=build /go/bin/api /usr/local/bin/
            COPY --from=build /etc/passwd /etc/group /etc/
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
            CMD ["api"]
        "#]],
    );
}

#[test]
fn run() {
    check(
        "go: run",
        expect![[r#"
        refused: the container runs go, which compiles the sources when it starts: build the program with `go build -o`, and let CMD run it
    "#]],
    );
}

#[test]
fn watched_sources() {
    check(
        "go: watched sources",
        expect![[r#"
        refused: the container runs air, which compiles the sources when it starts: build the program with `go build -o`, and let CMD run it
    "#]],
    );
}

#[test]
fn templates_embedded_pages_time_zones() {
    check(
        "go: templates, embedded pages, time zones",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-bookworm AS build
        WORKDIR /app
        COPY . .
        RUN CGO_ENABLED=0 go build -o server .

        FROM scratch
        WORKDIR /app
        COPY --from=build /app/server ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
        COPY --from=build /app/templates ./templates
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn a_health_check_by_curl() {
    check(
        "go: a health check by curl",
        expect![[r#"
        refused: the container calls curl, which debian:bookworm-slim does not have: install it in this file
    "#]],
    );
}

#[test]
fn a_health_check_by_an_installed_curl() {
    check(
        "go: a health check by an installed curl",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM golang:1.22-bookworm AS build
        RUN apt-get update && apt-get install -y --no-install-recommends \
                ca-certificates \
                curl \
                gcc \
            && rm -rf /var/lib/apt/lists/*
        WORKDIR /app
        COPY . .
        RUN CGO_ENABLED=0 go build -o server .

        FROM debian:bookworm-slim
        RUN apt-get update && apt-get install -y --no-install-recommends \
                ca-certificates \
                curl \
            && rm -rf /var/lib/apt/lists/*
        WORKDIR /app
        COPY --from=build /app/server ./
        HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn an_entry_point_script() {
    check(
        "go: an entry-point script",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on alpine:3.19
        ---
        FROM golang:1.22-alpine3.19 AS build
        WORKDIR /app
        COPY . .
        RUN go build -o api ./cmd/api && chmod +x docker/start.sh

        FROM alpine:3.19
        WORKDIR /app
        COPY --from=build /app/api ./
        COPY --from=build /app/docker/start.sh ./docker/
        COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
        COPY --from=build /app/migrations ./migrations
        ENTRYPOINT ["/app/docker/start.sh"]
        CMD ["/app/api"]
    "#]],
    );
}

#[test]
fn a_script_with_what_alpine_lacks() {
    check(
        "go: a script with what Alpine lacks",
        expect![[r#"
        refused: the container calls bash, pg_isready, which alpine:3.19 does not have: install it in this file
    "#]],
    );
}

#[test]
fn other_programs_called() {
    check(
        "go: other programs called",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
            check that debian:bookworm-slim has the programs that server may call
            ---
            FROM golang:1.22-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN CGO_ENABLED=0 go build -o server .

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/server ./
            CMD ["./server"]
        "#]],
    );
}

#[test]
fn the_race_detector_on_alpine_musl() {
    check(
        "go: the race detector on alpine's musl",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on alpine:3
        ---
        FROM golang:1.22-alpine AS build
        RUN apk add --no-cache gcc musl-dev
        WORKDIR /app
        COPY . .
        RUN go build -race -o server .

        FROM alpine:3
        WORKDIR /app
        COPY --from=build /app/server ./
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn linked_statically_on_alpine() {
    check(
        "go: linked statically on alpine",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on scratch
            check that server needs no other program and no /tmp
            ---
            FROM golang:1.22-alpine AS build
            RUN apk add --no-cache gcc musl-dev
            WORKDIR /app
            COPY . .
            RUN go build -ldflags '-linkmode external -extldflags "-static"' -o server ./cmd/api

            FROM scratch
            WORKDIR /app
            COPY --from=build /app/server ./
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            CMD ["/app/server"]
        "#]],
    );
}
