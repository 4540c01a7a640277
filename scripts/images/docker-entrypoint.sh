#!/bin/sh
# `docker run IMAGE app.js` and `docker run IMAGE --version` mean node; any other command runs as it is.
set -e
if [ "${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then
    set -- node "$@"
fi
exec "$@"
