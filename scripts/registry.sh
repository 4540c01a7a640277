#!/usr/bin/env bash
# An image registry on the loopback address that asks for a password, for the tests of credentials.
#
#   registry.sh start     starts it and prints LAYERWISE_TEST_REGISTRY (host:port), …_USER and …_PASSWORD to evaluate
#   registry.sh stop
#
# Engines talk plain HTTP to loopback registries. User and password are made at each start.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"
. lib/debian.sh
. lib/process.sh

run=/run/layerwise-dev/registry

main() {
    case ${1:-} in
        start) start ;;
        stop) stop ;;
        *) fail "usage: registry.sh start|stop" ;;
    esac
}

start() {
    local root
    root=$(cache_dir)/registry/root
    once "$root.ready" unpack_packages "$(debian_codename)" "$root" docker-registry apache2-utils libapr1 libaprutil1
    if ! running_pid > /dev/null; then
        configure "$root"
        launch "$root"
    fi
    cat "$run/env"
}

configure() {
    local root=$1 port user password
    rm -rf "$run"
    (umask 077 && mkdir -p "$run/data")
    port=$(free_port)
    user=user-$(random_word 4)
    password=$(random_word 16)
    LD_LIBRARY_PATH=$root/usr/lib/$(uname -m)-linux-gnu \
        "$root/usr/bin/htpasswd" -iBc "$run/htpasswd" "$user" <<< "$password" 2> /dev/null
    cat > "$run/config.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $run/data}}
http: {addr: "127.0.0.1:$port", secret: $(random_word 16)}
auth: {htpasswd: {realm: layerwise, path: $run/htpasswd}}
YAML
    cat > "$run/env" <<ENV
export LAYERWISE_TEST_REGISTRY=127.0.0.1:$port
export LAYERWISE_TEST_REGISTRY_USER=$user
export LAYERWISE_TEST_REGISTRY_PASSWORD=$password
ENV
}

launch() {
    local root=$1 port
    port=$(sed -n 's/.*REGISTRY=.*://p' "$run/env")
    setsid nohup "$root/usr/bin/docker-registry" serve "$run/config.yml" > "$run/log" 2>&1 < /dev/null &
    echo $! > "$run/pid"
    await_start "$run/pid" "$run/config.yml" "$run/log" accepts_connections "$port"
}

stop() {
    local pid
    ! pid=$(running_pid) || end_process "$pid"
    rm -rf "$run"
}

running_pid() {
    process_of "$run/pid" "$run/config.yml"
}

random_word() {
    od --address-radix=n --format=x1 --read-bytes="$1" /dev/urandom | tr -d ' \n'
}

main "$@"
