# shellcheck shell=bash
# Programs that keep running after the script that started them. To be sourced after debian.sh.

# process_of PID-FILE ARGUMENT: prints the pid while a program runs under it that has this argument.
# A pid alone is not enough: after a crash or a reboot the number may belong to another program.
process_of() {
    local pid_file=$1 argument=$2 pid
    pid=$(cat "$pid_file" 2> /dev/null) || return 1
    tr '\0' '\n' 2> /dev/null < "/proc/$pid/cmdline" | grep -qxF -- "$argument" || return 1
    echo "$pid"
}

# await_start PID-FILE ARGUMENT LOG CHECK…: until the check succeeds, for a minute at most, or the program ends.
await_start() {
    local pid_file=$1 argument=$2 log=$3 attempt
    shift 3
    for attempt in $(seq 240); do
        if "$@"; then
            return
        fi
        # In the first seconds the pid file may not be written yet.
        if [ "$attempt" -gt 20 ] && ! process_of "$pid_file" "$argument" > /dev/null; then
            break
        fi
        sleep 0.25
    done
    tail -n 20 "$log" >&2
    fail "the program did not come up; the end of its log is above"
}

# end_process PID: asks it to end, and insists after half a minute.
end_process() {
    local pid=$1 attempt
    kill "$pid" 2> /dev/null || return 0
    for attempt in $(seq 120); do
        if ! runs "$pid"; then
            return
        fi
        sleep 0.25
    done
    kill -KILL "$pid"
}

# kill_and_await PID: until nothing runs under it, not even a zombie, which a program that looks for its own kind may take for one.
kill_and_await() {
    local pid=$1 attempt
    kill -KILL "$pid" 2> /dev/null || true
    for attempt in $(seq 120); do
        [ -e "/proc/$pid" ] || return 0
        sleep 0.25
    done
    fail "the process $pid does not end, $attempt attempts later"
}

# A program that ended, and whose parent has not asked how, is still listed: as a zombie.
runs() {
    grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2> /dev/null
}

accepts_connections() {
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# Below the range from which the kernel gives ports to clients.
free_port() {
    local port
    for port in $(shuf --input-range=20000-32000 --head-count=100); do
        if ! accepts_connections "$port"; then
            echo "$port"
            return
        fi
    done
    fail "no port is free"
}
