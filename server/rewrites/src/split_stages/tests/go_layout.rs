//! Go programs: where they are written, what lies beside them, and other ways to write the file.

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
            COPY --from=build /app/web ./web
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
            COPY --from=build /etc/passwd /etc/group /etc/
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
            COPY --from=build /etc/passwd /etc/group /etc/
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
            COPY --from=build /etc/passwd /etc/group /etc/
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
