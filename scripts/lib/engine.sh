# shellcheck shell=bash
# The engines that the scripts bring up: what each is made of, and its network. To be sourced after debian.sh.
#
# All run in the machine's own network namespace, because they have to reach registries on the loopback
# address, each with a bridge of its own. A dockerd that is told of its bridge leaves the `docker0` of other
# engines alone; one with `--bridge=none` would delete it.

# Sockets, pids and configuration: few bytes long, since a socket's path ends at 107 bytes, and gone after a reboot.
engine_run_dir() {
    echo "/run/layerwise-dev/$1"
}

engine_socket() {
    echo "$(engine_run_dir "$1")/docker.sock"
}

engine_data_dir() {
    echo "$(cache_dir)/engine/data-$1"
}

# The kinds of 28 share their programs.
engine_root() {
    case $1 in
        28 | 28-containerd | 28-small) echo "$(cache_dir)/engine/root-28" ;;
        20.10) echo "$(cache_dir)/engine/root-20.10" ;;
        podman) echo "$(cache_dir)/engine/root-podman" ;;
        *) fail "unknown engine $1; choose 28, 28-containerd, 20.10, 28-small or podman" ;;
    esac
}

# At most 15 bytes long, as every network device's name.
engine_bridge() {
    echo "layerwise-$1" | sed 's/-containerd/c/; s/-small/s/; s/\.//'
}

fetch_engine() {
    local root
    root=$(engine_root "$1")
    once "$root.ready" unpack_engine "$1" "$root"
}

unpack_engine() {
    local kind=$1 root=$2
    if [ "$kind" = podman ]; then
        unpack_podman "$root"
        return
    fi
    echo "fetching Docker Engine $kind from Debian" >&2
    case $kind in
        20.10) unpack_packages bookworm "$root" docker.io containerd runc tini libdevmapper1.02.1 ;;
        *)
            unpack_packages sid "$root" docker.io docker-cli docker-buildx containerd
            # sid's C programs ask for a newer libc than Debian 12 has; the Go programs above do not.
            unpack_packages "$(debian_codename)" "$root" runc tini
            ;;
    esac
}

# Prints the path of docker's plugin for Compose, which runs as a program of its own, too.
docker_compose() {
    local root
    root=$(cache_dir)/engine/compose
    once "$root.ready" unpack_packages sid "$root" docker-compose
    echo "$root/usr/libexec/docker/cli-plugins/docker-compose"
}

# Prints the path of a docker command with buildx. It is the machine's where it has one, else Debian's newest.
docker_cli() {
    if docker buildx version > /dev/null 2>&1; then
        command -v docker
        return
    fi
    local wrapper
    wrapper=$(cache_dir)/engine/docker
    fetch_engine 28
    once "$wrapper.ready" write_docker_wrapper "$wrapper"
    echo "$wrapper"
}

# The unpacked docker looks for its plugins below /usr or DOCKER_CONFIG, neither of which is ours to change.
write_docker_wrapper() {
    local wrapper=$1 root config
    root=$(engine_root 28)
    config=$(cache_dir)/engine/config
    mkdir -p "$config"
    printf '{"cliPluginsExtraDirs": ["%s"]}\n' "$root/usr/libexec/docker/cli-plugins" > "$config/config.json"
    printf '#!/bin/sh\nDOCKER_CONFIG=%s exec %s "$@"\n' "$config" "$root/usr/bin/docker" > "$wrapper"
    chmod +x "$wrapper"
}

bridge_up() {
    local kind=$1 bridge prefix
    bridge_down "$kind"
    bridge=$(engine_bridge "$kind")
    prefix=$(free_network)
    ip link add "$bridge" type bridge
    ip address add "$prefix.1/24" dev "$bridge"
    ip link set "$bridge" mtu "$(uplink_mtu)" up
    bridge_rules --append --insert "$bridge" "$prefix"
    # Stays on after the engine stops, as Docker itself leaves it.
    sysctl --quiet --write net.ipv4.ip_forward=1
}

bridge_down() {
    local bridge prefix
    bridge=$(engine_bridge "$1")
    prefix=$(ip -oneline -4 address show dev "$bridge" 2> /dev/null | sed -n 's/.* inet \(.*\)\.1\/24 .*/\1/p' || true)
    if [ -n "$prefix" ]; then
        # A start that failed half-way may have added none of them.
        bridge_rules --delete --delete "$bridge" "$prefix" 2> /dev/null || true
        ip link delete "$bridge"
    fi
}

# The first three bytes of a private network that nothing else on this machine is routed to.
free_network() {
    local prefix
    for prefix in 172.29.{20..49} 10.229.{20..49} 192.168.{220..249}; do
        if ! ip -4 route show match "$prefix.0/24" | grep -qv ^default; then
            echo "$prefix"
            return
        fi
    done
    fail "no private network is free for the engine's bridge"
}

# The FORWARD rules come before those of other engines, which drop what they do not know.
bridge_rules() {
    local append=$1 insert=$2 bridge=$3 prefix=$4
    iptables --wait --table nat "$append" POSTROUTING --source "$prefix.0/24" ! --out-interface "$bridge" --jump MASQUERADE
    iptables --wait "$insert" FORWARD --in-interface "$bridge" --jump ACCEPT
    iptables --wait "$insert" FORWARD --out-interface "$bridge" --jump ACCEPT
}

# Packets larger than the way out takes would vanish: machines in clouds often have less than 1500 bytes.
uplink_mtu() {
    local device
    device=$(ip -oneline route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    cat "/sys/class/net/$device/mtu" 2> /dev/null || echo 1500
}
