#!/usr/bin/env bash
# Coverage-guided fuzzing of edits and of whole sessions, one after the other, at the lowest priority.
#
#   fuzz.sh [SECONDS] [edits|session]
#
# SECONDS is the time for each, ten minutes unless given. What was learnt is kept in the cache folder and is where the next run
# begins. An input that breaks a promise is written to fuzz/artifacts and ends the run; it becomes a test.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
. scripts/lib/debian.sh

seconds=${1:-600}
targets=${2:-edits session}
triple=$(rustc -vV | sed -n 's/^host: //p')
corpus=$(cache_dir)/fuzz

# What cargo-fuzz passes, too; a stable compiler takes it. The triple keeps it away from build scripts.
instrumented=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    --cfg fuzzing
)
RUSTFLAGS="${instrumented[*]}" cargo build --release --locked --manifest-path fuzz/Cargo.toml --target "$triple"

for target in $targets; do
    mkdir -p "$corpus/$target" "fuzz/artifacts/$target"
    echo "== $target, $seconds s"
    nice -n 19 "fuzz/target/$triple/release/$target" "$corpus/$target" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 \
        -max_len=4096 -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target/"
done
