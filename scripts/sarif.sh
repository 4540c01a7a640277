#!/usr/bin/env bash
# Whether what `layerwise check --format sarif` prints is SARIF 2.1.0, by its schema: of every example on the rules' pages, with fixes and
# suppressions, and of a file that cannot be read.
#
#   scripts/sarif.sh PROGRAM
#
# The schema and the program that reads schemas come from npm into the cache folder, once.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/debian.sh
source "$root/scripts/lib/debian.sh"

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    fail "name the program: scripts/sarif.sh target/debug/layerwise"
fi
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
modules=$(cache_dir)/sarif-2
if [ ! -d "$modules" ]; then
    rm -rf "$modules.partial"
    npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error --prefix "$modules.partial" \
        ajv@8.17.1 ajv-draft-04@1.0.0 ajv-formats@3.0.1 @microsoft/jest-sarif@1.0.0-beta.0 >&2
    mv "$modules.partial" "$modules"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Each block of a page is a Dockerfile; the first of each is suppressed, with a reason.
awk -v folder="$work" '
    /^```dockerfile$/ { name = sprintf("%s/%04d.Dockerfile", folder, ++count); next }
    /^```$/ { name = "" }
    name { print > name }
' "$root"/server/docs/rules/*.md
sed -i '1i # layerwise global ignore=style reason: größe & <more>' "$work/0001.Dockerfile"
mkdir "$work/unreadable.Dockerfile" && ln -s nowhere "$work/gone.Dockerfile"
cd "$work"
"$program" check --select all --format sarif . ./gone.Dockerfile > all.sarif 2> errors || [ $? -le 2 ]
NODE_PATH=$modules/node_modules node "$root/scripts/sarif.cjs" all.sarif
