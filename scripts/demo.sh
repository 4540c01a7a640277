#!/usr/bin/env bash
# Builds Layerwise and shows it on a bundled example, with real builds. Arguments go to `layerwise demo`.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
. scripts/lib/debian.sh
. scripts/lib/run.sh

install_compiler
cargo build --release --locked
use_engine 28
export DOCKER_HOST=$engine_host
scripts/images.sh node:22 node:22-slim
target/release/layerwise demo "$@"
