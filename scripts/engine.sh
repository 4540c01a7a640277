#!/usr/bin/env bash
# Brings up a real engine where none answers, from Debian's packages, and stops it again.
#
#   engine.sh start|stop|status|env [28|28-containerd|20.10|28-small|podman]
#   engine.sh relaunch 28-small
#   engine.sh docker|compose
#
# 28 is today's Docker and the default: a Docker that answers already is used in its place, and is never
# stopped. 28-containerd is the same engine with the containerd image store, 20.10 the one of Debian 12.
# 28-small is for tests of what goes wrong, and for nothing else: its store holds 512 MB in memory, it passes
# on all output of steps, and it listens on a port of the loopback address too, with TLS; the file `port` beside
# its socket says on which one. `relaunch` kills it, if nobody has yet, and starts it again with what it had.
# podman is Debian 12's, with Docker's API.
# `start` prints nothing where the engine runs already; `env` prints the DOCKER_HOST to evaluate. `docker` and
# `compose` print the path of these commands, which are fetched where the machine has none.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"
. lib/debian.sh
. lib/engine.sh
. lib/podman.sh
. lib/process.sh

usage="usage: engine.sh start|stop|status|env|relaunch [28|28-containerd|20.10|28-small|podman], or engine.sh docker|compose"

main() {
    local command=${1:-} kind=${2:-28}
    case $command in
        docker) docker_cli; return ;;
        compose) docker_compose; return ;;
    esac
    engine_root "$kind" > /dev/null
    # Any docker command will do to ask for a version; one is fetched only where the machine has none.
    docker=$(command -v docker || docker_cli)
    case $command in
        start) start "$kind" ;;
        stop) stop "$kind" ;;
        relaunch) alone relaunch "$kind" ;;
        status) status "$kind" ;;
        env) echo "export DOCKER_HOST=$(endpoint "$kind" || fail "engine $kind does not run; start it with: scripts/engine.sh start $kind")" ;;
        *) fail "$usage" ;;
    esac
}

start() {
    local kind=$1
    if ! endpoint "$kind" > /dev/null; then
        [ "$(id -u)" = 0 ] || fail "Docker Engine $kind does not answer, and bringing it up needs root"
        alone bring_up "$kind"
    fi
}

stop() {
    local kind=$1
    [ ! -e "$(engine_run_dir "$kind")" ] || alone take_down "$kind"
}

# Two runs at once would take each other's half-made bridge for a left-over.
alone() {
    mkdir -p "$(dirname "$(engine_run_dir any)")"
    exec {run_lock}> "$(engine_run_dir lock)"
    flock "$run_lock"
    "$@"
}

bring_up() {
    local kind=$1 run
    # Another run may have done it while this one waited.
    if endpoint "$kind" > /dev/null; then
        return
    fi
    run=$(engine_run_dir "$kind")
    install_missing ip=iproute2 iptables=iptables sysctl=procps
    fetch_engine "$kind"
    take_down "$kind"
    mkdir -p "$run" "$(engine_data_dir "$kind")"
    if [ "$kind" = podman ]; then
        write_podman_configuration "$(engine_root podman)" "$run" "$(engine_data_dir podman)"
    else
        [ "$kind" != 28-small ] || mount -t tmpfs -o size=512m layerwise "$(engine_data_dir "$kind")"
        # dockerd remembers the network of last time, and would give the bridge that one's address again.
        rm -rf "$(engine_data_dir "$kind")/network"
        bridge_up "$kind"
        write_configuration "$kind"
    fi
    launch_and_await "$kind"
    echo "engine $kind is up at $(engine_socket "$kind")" >&2
}

relaunch() {
    local kind=$1
    [ -e "$(engine_run_dir "$kind")/daemon.json" ] || fail "engine $kind was not started by this script"
    kill_and_await "$(cat "$(pid_file "$kind")")"
    launch_and_await "$kind"
}

launch_and_await() {
    local kind=$1 run
    run=$(engine_run_dir "$kind")
    if [ "$kind" = podman ]; then
        launch_podman "$(engine_root podman)" "$run" "$(engine_socket podman)"
    else
        launch "$kind"
    fi
    await_start "$(pid_file "$kind")" "$(own_argument "$kind")" "$run"/*.log answers "unix://$(engine_socket "$kind")"
}

take_down() {
    local kind=$1 pid
    ! pid=$(running_pid "$kind") || end_process "$pid"
    case $kind in
        podman) release_podman_store "$(engine_data_dir podman)" ;;
        28-small) umount --recursive --lazy "$(engine_data_dir "$kind")" 2> /dev/null || true ;;
    esac
    bridge_down "$kind"
    rm -rf "$(engine_run_dir "$kind")"
}

# Without a size of its own BuildKit keeps a share of the disk, and on a small or full one drops what was built a minute ago.
write_configuration() {
    local kind=$1 run features='{}' more_hosts='' tls=''
    run=$(engine_run_dir "$kind")
    if [ "$kind" = 28-small ]; then
        free_port > "$run/port"
        more_hosts=", \"tcp://127.0.0.1:$(cat "$run/port")\""
        # The certificates of the tests: one authority, and one certificate of it for both sides.
        tls=$(realpath ../server/builder/src/tls/test)
        tls="\"tlsverify\": true, \"tlscacert\": \"$tls/ca.pem\", \"tlscert\": \"$tls/cert.pem\", \"tlskey\": \"$tls/key.pem\","
    fi
    [ "$kind" != 28-containerd ] || features='{"containerd-snapshotter": true}'
    cat > "$run/daemon.json" <<JSON
{
  "hosts": ["unix://$(engine_socket "$kind")"$more_hosts], $tls
  "data-root": "$(engine_data_dir "$kind")",
  "exec-root": "$run/exec",
  "pidfile": "$run/docker.pid",
  "bridge": "$(engine_bridge "$kind")",
  "mtu": $(uplink_mtu),
  "iptables": false,
  "ip6tables": false,
  "builder": {"gc": {"enabled": true, "defaultKeepStorage": "10GB"}},
  "features": $features
}
JSON
}

launch() {
    local kind=$1 root run
    root=$(engine_root "$kind")
    run=$(engine_run_dir "$kind")
    if [ "$kind" = 28-small ]; then
        export BUILDKIT_STEP_LOG_MAX_SIZE=-1 BUILDKIT_STEP_LOG_MAX_SPEED=-1
    fi
    # A session of its own keeps the engine alive when the terminal that started it goes.
    PATH=$root/usr/sbin:$root/usr/bin:$PATH LD_LIBRARY_PATH=$root/usr/lib/$(uname -m)-linux-gnu \
        setsid nohup "$root/usr/sbin/dockerd" --config-file "$run/daemon.json" > "$run/dockerd.log" 2>&1 < /dev/null {run_lock}>&- &
}

status() {
    local kind=$1 host
    if ! host=$(endpoint "$kind"); then
        echo "$kind: stopped"
        return 1
    fi
    if [ "$host" = "unix://$(engine_socket "$kind")" ]; then
        echo "$kind: started by this script, $host"
    else
        echo "$kind: found on this machine, $host"
    fi
}

# Prints the address of the engine where it answers: for today's engine the machine's own, else ours.
endpoint() {
    local kind=$1 candidate candidates=""
    [ "$kind" != 28 ] || candidates=$(machine_endpoints)
    for candidate in $candidates "unix://$(engine_socket "$kind")"; do
        if answers "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# Where docker itself would look: DOCKER_HOST, else the current context, else the usual socket.
machine_endpoints() {
    if [ -n "${DOCKER_HOST:-}" ]; then
        echo "$DOCKER_HOST"
    else
        docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true
        echo unix:///var/run/docker.sock
    fi
}

answers() {
    local host=$1
    if [[ $host == unix://* ]] && [ ! -S "${host#unix://}" ]; then
        return 1
    fi
    timeout 10 "$docker" --host "$host" version > /dev/null 2>&1
}

running_pid() {
    process_of "$(pid_file "$1")" "$(own_argument "$1")"
}

pid_file() {
    case $1 in
        podman) echo "$(engine_run_dir "$1")/podman.pid" ;;
        *) echo "$(engine_run_dir "$1")/docker.pid" ;;
    esac
}

# What tells an engine's process from all others.
own_argument() {
    case $1 in
        podman) echo "unix://$(engine_socket "$1")" ;;
        *) echo "$(engine_run_dir "$1")/daemon.json" ;;
    esac
}

main "$@"
