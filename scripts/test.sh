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
logs=$(mktemp -d)
at_exit rm -rf "$logs"

main() {
    prepare "compiler" install_compiler
    prepare "Node" set_up_node
    prepare "engines and base images" set_up_engines
    prepare "registry with a password" set_up_registry
    prepare "Neovim" set_up_neovim
    prepare "Compose" set_up_compose

    stage "format" cargo fmt --all --check
    stage "scripts" check_scripts
    stage "lints" cargo clippy --workspace --all-targets --features layerwise-tests/engine --locked -- -D warnings
    stage "lock file of the fuzzers" check_fuzz_lock
    stage "release build" cargo build --release --locked
    export LAYERWISE_TEST_PROGRAM=$PWD/target/release/layerwise
    stage "tests" cargo test --workspace --features layerwise-tests/engine --locked --no-fail-fast
    stage "example leaky-node" test_leaky_node
    stage "example static-rust" test_static_rust
    stage "extension" test_extension
    stage "extension in VS Code" scripts/vscode.sh test

    print_failures
    echo
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# prepare NAME FUNCTION: set-up in this shell, for it exports what the tests read. Only its failure counts.
prepare() {
    local name=$1 function=$2 started=$SECONDS
    echo "== set up: $name"
    # Called as a condition, the function would go on after an error; therefore each ends at its first one by itself.
    if "$function"; then
        echo "== set up: $name ($((SECONDS - started)) s)"
    else
        failed=$((failed + 1))
        echo "== set up: $name FAILED ($((SECONDS - started)) s)"
    fi
}

stage() {
    local name=$1 log=$logs/${1// /-} started=$SECONDS status stage_passed stage_failed
    shift
    echo
    echo "== $name"
    # Not as a condition: bash would then go on after an error inside a function.
    set +e
    (
        set -e
        "$@"
    ) 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    set -e
    read -r stage_passed stage_failed <<< "$(count_results "$log" "$status")"
    passed=$((passed + stage_passed))
    failed=$((failed + stage_failed))
    [ "$stage_failed" -eq 0 ] || mv "$log" "$log.failed"
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

# The extension and one example need 20 or newer; VS Code's test brings one that serves them as well.
set_up_node() {
    local major
    major=$(node --print 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)
    if [ "$major" -lt 20 ] || ! command -v npm > /dev/null; then
        PATH=$(scripts/vscode.sh run printenv PATH) || return 1
        export PATH
    fi
}

set_up_engines() {
    use_engine 28 || return 1
    export LAYERWISE_TEST_ENGINE_28=$engine_host
    LAYERWISE_TEST_DOCKER=$(docker_cli) || return 1
    export LAYERWISE_TEST_DOCKER
    DOCKER_HOST=$engine_host scripts/images.sh || return 1
    use_engine 28-containerd || return 1
    export LAYERWISE_TEST_ENGINE_28_CONTAINERD=$engine_host
    use_engine 20.10 || return 1
    export LAYERWISE_TEST_ENGINE_20_10=$engine_host
    # Both are used with one image alone, and the small one is killed and filled.
    use_engine podman || return 1
    export LAYERWISE_TEST_ENGINE_PODMAN=$engine_host
    use_engine 28-small || return 1
    export LAYERWISE_TEST_ENGINE_28_SMALL=$engine_host
    local host
    for host in "$LAYERWISE_TEST_ENGINE_28_CONTAINERD" "$LAYERWISE_TEST_ENGINE_20_10"; do
        DOCKER_HOST=$host LAYERWISE_IMAGES_FROM=$LAYERWISE_TEST_ENGINE_28 scripts/images.sh || return 1
    done
    for host in "$LAYERWISE_TEST_ENGINE_PODMAN" "$LAYERWISE_TEST_ENGINE_28_SMALL"; do
        DOCKER_HOST=$host LAYERWISE_IMAGES_FROM=$LAYERWISE_TEST_ENGINE_28 scripts/images.sh debian:bookworm-slim || return 1
    done
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
    LAYERWISE_TEST_COMPOSE=$(docker_compose) || return 1
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
