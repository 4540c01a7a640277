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
            safe: Split into a build stage and a run-time stage on alpine:3.19
            ---
            FROM golang:1.22-alpine3.19 AS build
            RUN apk add --no-cache build-base sqlite-dev tzdata
            WORKDIR /app
            COPY . .
            RUN go build -o api ./cmd/api

            FROM alpine:3.19
            RUN apk add --no-cache sqlite-libs tzdata
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
        check that debian:bookworm-slim has the programs that server calls
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
fn vendor_a_user_of_its_own_data() {
    check(
        "go: vendor, a user of its own, data",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on debian:bookworm-slim
            ---
            FROM golang:1.22-bookworm AS build
            RUN useradd --system --uid 10001 app
            RUN mkdir -p /var/lib/api && chown app /var/lib/api
            WORKDIR /go/src/example.com/shop/api
            COPY . .
            RUN CGO_ENABLED=0 GOOS=linux go build -mod=vendor -o /bin/api ./cmd/api

            FROM debian:bookworm-slim
            RUN useradd --system --uid 10001 app
            RUN mkdir -p /var/lib/api && chown app /var/lib/api
            WORKDIR /go/src/example.com/shop/api
            COPY --from=build /bin/api /bin/
            COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
            COPY --from=build /go/src/example.com/shop/api/config ./config
            USER app
            VOLUME /var/lib/api
            CMD ["/bin/api"]
        "#]],
    );
}

#[test]
fn a_page_built_by_npm_in_the_same_stage() {
    check(
        "go: a page built by npm in the same stage",
        expect![[r#"
        refused: RUN on line 4 builds with Node's tools in the same stage: give that a stage of its own first
    "#]],
    );
}

#[test]
fn a_fat_last_stage() {
    check(
        "go: a fat last stage",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM node:22 AS web
        WORKDIR /web
        COPY web .
        RUN npm ci && npm run build

        FROM golang:1.22-bookworm AS build
        ARG VERSION=dev
        ENV CGO_ENABLED=0
        WORKDIR /app
        COPY . .
        COPY --from=web /web/dist ./static
        RUN go build -ldflags "-X main.version=${VERSION}" -o server .

        FROM scratch AS app
        ARG VERSION=dev
        ENV CGO_ENABLED=0
        WORKDIR /app
        COPY --from=web /web/dist ./static
        COPY --from=build /app/server ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        LABEL version=$VERSION
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn lower_case_crlf_backtick() {
    check(
        "go: lower case, CRLF, backtick",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        # escape=`␍
        from golang:1.22-bookworm as build␍
        ␍
        workdir /app␍
        copy . .␍
        run go env -w CGO_ENABLED=0 && `␍
            go build -o server .␍
        ␍
        from scratch␍
        ␍
        workdir /app␍
        ␍
        copy --from=build /app/server ./␍
        copy --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/␍
        ␍
        cmd ["./server"]␍
    "#]],
    );
}

#[test]
fn the_name_of_a_module_no_working_directory() {
    check(
        "go: the name of a module, no working directory",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-bookworm AS build
        ENV CGO_ENABLED 0
        COPY . .
        RUN go build

        FROM scratch
        ENV CGO_ENABLED 0
        COPY --from=build /go/tool /
        CMD ["./tool"]
    "#]],
    );
}

#[test]
fn into_a_folder_that_is_there() {
    check(
        "go: into a folder that is there",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-bookworm AS build
        ENV CGO_ENABLED=0
        WORKDIR /app
        COPY . .
        RUN go build -o /app ./cmd/api

        FROM scratch
        ENV CGO_ENABLED=0
        WORKDIR /app
        COPY --from=build /app/api ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
        CMD ["/app/api"]
    "#]],
    );
}

#[test]
fn two_programs_and_a_tool() {
    check(
        "go: two programs and a tool",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-bookworm AS build
        ENV CGO_ENABLED=0
        RUN go install github.com/swaggo/swag/cmd/swag@v1.16.3
        WORKDIR /src
        COPY . .
        RUN swag init && go build -o /out/ ./cmd/api ./cmd/migrate
        RUN cp /out/api /usr/local/bin/

        FROM scratch
        ENV CGO_ENABLED=0
        WORKDIR /src
        COPY --from=build /usr/local/bin/api /usr/local/bin/
        COPY --from=build /out/migrate /out/
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
        COPY --from=build /src/migrations ./migrations
        CMD ["api"]
    "#]],
    );
}

#[test]
fn heredoc_with_cd() {
    check(
        "go: heredoc with cd",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM golang:1.22-bookworm AS build
        COPY . /src
        RUN <<EOF
        set -e
        cd /src/cmd/api
        export CGO_ENABLED=0
        go build -o /usr/bin/api
        EOF

        FROM scratch
        COPY --from=build /usr/bin/api /usr/bin/
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
        WORKDIR /data
        CMD ["/usr/bin/api"]
    "#]],
    );
}

#[test]
fn shell_form() {
    check(
        "go: shell form",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM golang:1.22-bookworm AS build
        WORKDIR /app
        COPY . .
        RUN CGO_ENABLED=0 go build -o server .

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/server ./
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        ENV PORT=80
        CMD ./server -port $PORT
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
        safe: Split into a build stage and a run-time stage on scratch
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

#[test]
fn a_program_that_is_not_built() {
    check(
        "go: a program that is not built",
        expect![[r#"
        refused: no `go build` or `go install` of this stage is known to write ./client, which the container runs
    "#]],
    );
}

#[test]
fn a_base_of_one_own() {
    check(
        "go: a base of one's own",
        expect![[r#"
        refused: the program may be linked to the C library of its base, and which distribution that is is not known: build it with CGO_ENABLED=0
    "#]],
    );
}

#[test]
fn for_another_platform_no_context_sources() {
    check(
        "go: for another platform, no context's sources",
        expect![[r#"
        refused: no Go source is in the build context
    "#]],
    );
}
