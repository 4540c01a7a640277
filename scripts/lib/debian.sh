# shellcheck shell=bash
# Where the scripts keep what they set up, and how they get it from Debian. To be sourced.
#
# Packages are unpacked into the cache folder, not installed: versions newer than the machine's
# stay beside it, nothing of the machine changes, and removing the folder removes everything.

# The folder that survives between runs (CI may carry it over).
cache_dir() {
    echo "${LAYERWISE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/layerwise-dev}"
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# The machine's own Debian mirror, so that no host is named here and a local mirror is honoured.
debian_mirror() {
    local mirror
    mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2> /dev/null || true)
    if [ -z "$mirror" ]; then
        mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list 2> /dev/null || true)
    fi
    [ -n "$mirror" ] || fail "no Debian mirror is configured in /etc/apt; this script needs a Debian machine"
    # The first of the first line: further ones are for security updates.
    head -n 1 <<< "${mirror%% *}"
}

debian_codename() {
    # shellcheck disable=SC1091
    (. /etc/os-release && echo "$VERSION_CODENAME")
}

# apt-get over private lists of one suite and an empty package state: sees nothing of the machine. A mirror that
# is a snapshot is older than its lists say they are valid; their signatures are still checked.
suite_apt() {
    local suite=$1 apt
    shift
    apt=$(cache_dir)/apt/$suite
    apt-get -qq \
        -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::Check-Valid-Until=false "$@"
}

# Called from a subshell, which keeps the suite's lists to itself until it ends.
update_suite() {
    local suite=$1 apt lock
    apt=$(cache_dir)/apt/$suite
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    exec {lock}> "$apt/lock"
    flock "$lock"
    : > "$apt/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$(debian_mirror)" "$suite" > "$apt/sources.list"
    suite_apt "$suite" update
}

# unpack_packages SUITE ROOT PACKAGE…: these packages alone, for programs that run on the machine's libraries.
unpack_packages() (
    suite=$1 root=$2
    shift 2
    update_suite "$suite"
    downloads=$(mktemp -d)
    trap 'rm -rf "$downloads"' EXIT
    cd "$downloads" || exit
    suite_apt "$suite" download "$@"
    unpack_archives "$root" "$downloads"
)

# unpack_closure SUITE ROOT PACKAGE…: the packages with everything that they depend on, libc and loader too.
unpack_closure() (
    suite=$1 root=$2
    shift 2
    update_suite "$suite"
    downloads=$(cache_dir)/apt/$suite/cache/archives
    trap 'rm -f "$downloads"/*.deb' EXIT
    suite_apt "$suite" install --yes --no-install-recommends --download-only "$@" > /dev/null
    unpack_archives "$root" "$downloads"
)

unpack_archives() {
    local root=$1 downloads=$2 archive dir
    # The merged /usr comes first, so that packages with files in /lib land where the others look.
    for dir in bin lib lib64 sbin; do
        mkdir -p "$root/usr/$dir"
        ln -sfn "usr/$dir" "$root/$dir"
    done
    for archive in "$downloads"/*.deb; do
        dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -C "$root"
    done
}

# once MARK FUNCTION…: runs the function unless an earlier run of it finished. Runs at the same time wait for each other.
once() {
    local mark=$1 lock
    shift
    mkdir -p "$(dirname "$mark")"
    exec {lock}> "$mark.lock"
    flock "$lock"
    if [ ! -e "$mark" ]; then
        "$@"
        touch "$mark"
    fi
    exec {lock}>&-
}

# install_missing COMMAND=PACKAGE…: installs on the machine what the scripts call and it lacks.
install_missing() {
    local pair packages=()
    for pair in "$@"; do
        command -v "${pair%%=*}" > /dev/null || packages+=("${pair#*=}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    echo "installing ${packages[*]}" >&2
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends \
        "${packages[@]}" > /dev/null
}
