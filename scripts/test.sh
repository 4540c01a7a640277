#!/usr/bin/env bash
# Everything that must hold, on real engines and in real editors. The last line is `N passed, N failed`.
#
# Later stages run even where an earlier one failed.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
. scripts/lib/debian.sh
. scripts/lib/engine.sh
. scripts/lib/run.sh
. scripts/lib/stages.sh

main() {
    echo "free disk: $(free_disk)"
    prepare "compiler" install_compiler
    # What waits for the network and for engines goes on beside what needs a compiler alone.
    in_background set_up_all

    stage "format" cargo fmt --all --check
    stage "scripts" check_scripts
    stage "lints" cargo clippy --workspace --all-targets --features layerwise-tests/engine --locked -- -D warnings
    stage "lock file of the fuzzers" check_fuzz_lock
    # In one command: in two, they would be compiled with other features of their dependencies.
    stage "build" cargo build --workspace --bins --tests --features layerwise-tests/engine --locked

    await_background
    # The same cases in every run, so that one which fails does so again; any other number tries others.
    export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-1}
    export LAYERWISE_TEST_PROGRAM=$PWD/target/debug/layerwise
    stage "tests" timeout --kill-after 30 45m cargo test --workspace --features layerwise-tests/engine --locked --no-fail-fast
    stage "SARIF by its schema" scripts/sarif.sh "$LAYERWISE_TEST_PROGRAM"
    stage "example leaky-node" test_leaky_node
    stage "example static-rust" test_static_rust
    stage "extension" test_extension
    stage "extension in VS Code" scripts/vscode.sh test --server "$LAYERWISE_TEST_PROGRAM"

    finish
}

set_up_all() {
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
    prepare "ShellCheck" set_up_shellcheck
    prepare "VS Code" set_up_vscode
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
    DOCKER_HOST=$engine_host scripts/images.sh || return 1
    DOCKER_HOST=$engine_host scripts/images.sh toolchain-clang toolchain-java toolchain-pytest toolchain-web
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

set_up_vscode() {
    scripts/vscode.sh setup > /dev/null
}

# The scripts are checked with it, and the scripts of Dockerfiles.
shellcheck_program() {
    local root
    root=$(cache_dir)/shellcheck/root
    once "$root.ready" unpack_packages "$(debian_codename)" "$root" shellcheck
    echo "$root/usr/bin/shellcheck"
}

set_up_shellcheck() {
    LAYERWISE_TEST_SHELLCHECK=$(shellcheck_program) || return 1
    export LAYERWISE_TEST_SHELLCHECK
}

check_scripts() {
    local program
    program=$(shellcheck_program) || return 1
    "$program" .ci/run scripts/*.sh scripts/lib/*.sh scripts/images/*.sh
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
    npm run --silent package -- --server "$LAYERWISE_TEST_PROGRAM"
}

main
