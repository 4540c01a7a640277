# shellcheck shell=bash
# What one run (of the demo or of the tests) brings up and takes down again. To be sourced after debian.sh.

# Ended in reverse order when the script exits, however it does.
take_down=()

at_exit() {
    take_down+=("$*")
    trap run_take_down EXIT
}

run_take_down() {
    local index
    for ((index = ${#take_down[@]} - 1; index >= 0; index--)); do
        eval "${take_down[index]}" || true
    done
}

# use_engine KIND: starts it where it does not run, and then stops it at exit. Sets `engine_host`.
use_engine() {
    local kind=$1
    if ! scripts/engine.sh status "$kind" > /dev/null; then
        # One that comes up half is stopped too.
        at_exit scripts/engine.sh stop "$kind"
        scripts/engine.sh start "$kind" || return 1
    fi
    # shellcheck disable=SC2034
    engine_host=$(eval "$(scripts/engine.sh env "$kind")" && echo "$DOCKER_HOST")
}

# What a fresh Debian with Rust lacks to compile the C parsers among the dependencies.
install_compiler() {
    if ! command -v cargo > /dev/null; then
        echo "${0##*/}: cargo is missing; install Rust first, with rustup" >&2
        return 1
    fi
    install_missing cc=build-essential
}
