# shellcheck shell=bash
# Podman's service with Docker's API, from Debian's packages. To be sourced after debian.sh and engine.sh.
#
# It has a store, a configuration and a home of its own. RUN uses the machine's network, and runc, which takes every kind of cgroups.

unpack_podman() {
    local root=$1
    echo "fetching Podman from Debian" >&2
    unpack_packages bookworm "$root" podman conmon runc golang-github-containers-common golang-github-containers-image \
        libgpgme11 libassuan0 libgpg-error0 libsubid4 libdevmapper1.02.1 libglib2.0-0 libseccomp2
}

write_podman_configuration() {
    local root=$1 run=$2 data=$3
    mkdir -p "$run/home/.config/containers"
    echo '{"default": [{"type": "insecureAcceptAnything"}]}' > "$run/home/.config/containers/policy.json"
    cat > "$run/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$data"
runroot = "$run/containers"
CONF
    cat > "$run/containers.conf" <<CONF
[containers]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
conmon_path = ["$root/usr/bin/conmon"]
tmp_dir = "$run/libpod"
[engine.runtimes]
runc = ["$root/usr/sbin/runc"]
CONF
    echo 'unqualified-search-registries = []' > "$run/registries.conf"
}

# The lock is that of engine.sh, and would otherwise be held for as long as Podman runs.
launch_podman() {
    local root=$1 run=$2 socket=$3
    # shellcheck disable=SC2154
    HOME=$run/home CONTAINERS_CONF=$run/containers.conf CONTAINERS_STORAGE_CONF=$run/storage.conf \
        CONTAINERS_REGISTRIES_CONF=$run/registries.conf PATH=$root/usr/bin:$root/usr/sbin:$PATH \
        LD_LIBRARY_PATH=$root/usr/lib/$(uname -m)-linux-gnu \
        setsid nohup "$root/usr/bin/podman" system service --time=0 "unix://$socket" \
        > "$run/podman.log" 2>&1 < /dev/null {run_lock}>&- &
    echo $! > "$run/podman.pid"
}

# Its store is a mount of itself, which stays after the service.
release_podman_store() {
    umount --recursive "$1/overlay" 2> /dev/null || true
}
