#!/usr/bin/env bash
# Everything that must hold, on real engines and in real editors. The last line is `N passed, N failed`.
#
# A stage is one command. Its counts are those that its test runner prints; a check that prints none, such as
# the linter, counts as one. Later stages run even where an earlier one failed.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
. scripts/lib/debian.sh
. scripts/lib/engine.sh
. scripts/lib/run.sh

passed=0
failed=0
failed_names=()
now="the start"
# First in, last out: after everything else is taken down.
at_exit summarise
logs=$(mktemp -d)
at_exit rm -rf "$logs"

main() {
    echo "free disk: $(free_disk)"
    prepare "compiler" install_compiler
    prepare "Node" set_up_node
    prepare "docker command" set_up_docker
    prepare "engine 28 and base images" set_up_engine_28
    prepare "engine 28 with the containerd store" set_up_engine_28_containerd
    prepare "engine 20.10" set_up_engine_20_10
    # Both are used with one image alone, and the small one is killed and filled.
    prepare "Podman" set_up_podman
    prepare "small engine" set_up_small_engine
    prepare "registry with a password" set_up_registry
    prepare "Neovim" set_up_neovim
    prepare "Compose" set_up_compose

    stage "format" cargo fmt --all --check
    stage "scripts" check_scripts
    stage "lints" cargo clippy --workspace --all-targets --features layerwise-tests/engine --locked -- -D warnings
    stage "lock file of the fuzzers" check_fuzz_lock
    stage "release build" cargo build --release --locked
    # The same cases in every run, so that one which fails does so again; any other number tries others.
    export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-1}
    export LAYERWISE_TEST_PROGRAM=$PWD/target/release/layerwise
    stage "tests" timeout --kill-after 30 45m cargo test --workspace --features layerwise-tests/engine --locked --no-fail-fast
    stage "example leaky-node" test_leaky_node
    stage "example static-rust" test_static_rust
    stage "extension" test_extension
    stage "extension in VS Code" scripts/vscode.sh test

    now=
    print_failures
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# prepare NAME FUNCTION: set-up in this shell, for it exports what the tests read. Only its failure counts.
prepare() {
    local name=$1 function=$2 started=$SECONDS
    now="set-up of $name"
    echo "== set up: $name"
    # Called as a condition, the function would go on after an error; therefore each ends at its first one by itself.
    if "$function"; then
        echo "== set up: $name ($((SECONDS - started)) s)"
    else
        failed=$((failed + 1))
        failed_names+=("set-up of $name")
        echo "== set up: $name FAILED ($((SECONDS - started)) s)"
    fi
}

stage() {
    local name=$1 log=$logs/${1// /-} started=$SECONDS status stage_passed stage_failed
    shift
    now=$name
    echo
    echo "== $name"
    # Not as a condition: bash would then go on after an error inside a function.
    set +e
    (
        set -e
        "$@"
    ) 2>&1 | tee "$log"
    # A log that could not be written to its end, as on a full disk, may lack the failures.
    status=$((PIPESTATUS[0] | PIPESTATUS[1]))
    set -e
    read -r stage_passed stage_failed <<< "$(count_results "$log" "$status")"
    passed=$((passed + stage_passed))
    failed=$((failed + stage_failed))
    if [ "$stage_failed" -gt 0 ]; then
        mapfile -t -O "${#failed_names[@]}" failed_names < <(list_failed "$name" "$log")
        mv "$log" "$log.failed"
    fi
    echo "== $name: $stage_passed passed, $stage_failed failed ($((SECONDS - started)) s)"
}

# count_results LOG STATUS: prints `PASSED FAILED`, from the lines of cargo test, node --test and our own runners.
count_results() {
    awk -v status="$2" '
        /^test result: /                     { counted = 1; passed += $4; failed += $6 }
        /^(#|ℹ) pass [0-9]+$/                { counted = 1; passed += $3 }
        /^(#|ℹ) fail [0-9]+$/                { counted = 1; failed += $3 }
        /^[0-9]+ passed, [0-9]+ failed$/     { counted = 1; passed += $1; failed += $3 }
        END {
            if (status != 0 && failed == 0) failed = 1
            if (!counted && failed == 0) passed = 1
            print passed + 0, failed + 0
        }' "$1"
}

# What failed, once more and last: a whole run prints thousands of lines.
print_failures() {
    local log
    for log in "$logs"/*.failed; do
        [ -e "$log" ] || continue
        echo
        echo "== what failed in: $(basename "$log" .failed)"
        # The messages of cargo test stand between two headings; another tool says what is wrong at its end.
        if grep -q '^failures:$' "$log"; then
            sed -n '/^failures:$/,/^test result: /p' "$log"
        else
            tail -n 60 "$log"
        fi
    done
}

# list_failed STAGE LOG: prints a line for each test or program that failed, or one for a stage whose tests have no names.
list_failed() {
    sed -n \
        -e "s/^test \(.*\) \.\.\. FAILED\$/$1: \1/p" \
        -e "s/^ *process didn't exit successfully: .*\/\(.*\) (signal: \(.*\))\$/$1: \1 was ended by signal \2/p" \
        -e "s/^error: could not compile .*/$1: &/p" "$2" | grep . || echo "$1"
}

# Short, for where only the end of a run is kept; also where the run itself broke or was ended.
summarise() {
    local name
    echo
    if [ -n "$now" ]; then
        failed=$((failed + 1))
        echo "ENDED EARLY, in: $now"
    fi
    for name in "${failed_names[@]}"; do
        echo "FAILED: $name"
    done
    [ "$failed" -eq 0 ] || echo "free disk: $(free_disk)"
    echo "$passed passed, $failed failed"
}

# Of the checkout, of the folder that survives between runs, and of the temporary files.
free_disk() {
    local folder
    for folder in . "$(cache_dir)" "${TMPDIR:-/tmp}"; do
        mkdir -p "$folder"
        echo "$(df -h --output=avail "$folder" | tail -n 1 | tr -d ' ') at $folder"
    done | paste -s -d ',' | sed 's/,/, /g'
}

# The extension and one example need 20 or newer; VS Code's test brings one that serves them as well.
set_up_node() {
    local major
    major=$(node --print 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)
    if [ "$major" -lt 20 ] || ! command -v npm > /dev/null; then
        PATH=$(scripts/vscode.sh run printenv PATH) || return 1
        export PATH
    fi
}

# Each asks scripts that are programs of their own: those end at their first error, whatever calls them.
set_up_docker() {
    LAYERWISE_TEST_DOCKER=$(scripts/engine.sh docker) || return 1
    export LAYERWISE_TEST_DOCKER
}

set_up_engine_28() {
    use_engine 28 || return 1
    export LAYERWISE_TEST_ENGINE_28=$engine_host
    DOCKER_HOST=$engine_host scripts/images.sh
}

set_up_engine_28_containerd() {
    use_engine 28-containerd || return 1
    export LAYERWISE_TEST_ENGINE_28_CONTAINERD=$engine_host
    copy_images
}

set_up_engine_20_10() {
    use_engine 20.10 || return 1
    export LAYERWISE_TEST_ENGINE_20_10=$engine_host
    copy_images
}

set_up_podman() {
    use_engine podman || return 1
    export LAYERWISE_TEST_ENGINE_PODMAN=$engine_host
    copy_images debian:bookworm-slim
}

set_up_small_engine() {
    use_engine 28-small || return 1
    export LAYERWISE_TEST_ENGINE_28_SMALL=$engine_host
    copy_images debian:bookworm-slim
}

# copy_images IMAGE…: into the engine that was set up last; all of them without arguments.
copy_images() {
    DOCKER_HOST=$engine_host LAYERWISE_IMAGES_FROM=${LAYERWISE_TEST_ENGINE_28:-} scripts/images.sh "$@"
}

set_up_registry() {
    local variables
    variables=$(scripts/registry.sh start) || return 1
    at_exit scripts/registry.sh stop
    eval "$variables"
}

set_up_neovim() {
    LAYERWISE_TEST_NVIM=$(scripts/neovim.sh) || return 1
    export LAYERWISE_TEST_NVIM
}

set_up_compose() {
    LAYERWISE_TEST_COMPOSE=$(scripts/engine.sh compose) || return 1
    export LAYERWISE_TEST_COMPOSE
}

check_scripts() {
    local root
    root=$(cache_dir)/shellcheck/root
    once "$root.ready" unpack_packages "$(debian_codename)" "$root" shellcheck
    "$root/usr/bin/shellcheck" .ci/run scripts/*.sh scripts/lib/*.sh scripts/images/*.sh
}

# They stand outside of the workspace, so that a dependency that comes here does not come there by itself.
check_fuzz_lock() {
    cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml > /dev/null
}

# In a copy, so that the example's folder stays as a build should find it.
test_leaky_node() {
    cp -r examples/leaky-node "$logs/leaky-node"
    cd "$logs/leaky-node"
    npm ci --silent
    npm test
}

test_static_rust() {
    cargo test --locked --manifest-path examples/static-rust/Cargo.toml --target-dir target/example
}

test_extension() {
    cd vscode-extension
    # npm writes the first file when it has installed what the second one names.
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent
    npm run --silent check
    npm test --silent
    npm run --silent package
}

main
