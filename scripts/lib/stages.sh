# shellcheck shell=bash
# A run in set-ups and stages, which counts what passed and says last what failed. To be sourced after run.sh.

passed=0
failed=0
failed_names=()
background=
now="the start"
# First in, last out: after everything else is taken down.
at_exit summarise
logs=$(mktemp -d)
at_exit rm -rf "$logs"

# prepare NAME FUNCTION: set-up in this shell, for it exports what the tests read. Only its failure counts.
prepare() {
    local name=$1 function=$2 started=$SECONDS
    now="set-up of $name"
    echo "== set up: $name"
    # Called as a condition, the function would go on after an error; therefore each ends at its first one by itself.
    if "$function"; then
        echo "== set up: $name ($((SECONDS - started)) s)"
    else
        count_failure "set-up of $name"
        echo "== set up: $name FAILED ($((SECONDS - started)) s)"
    fi
}

count_failure() {
    failed=$((failed + 1))
    failed_names+=("$1")
}

# in_background FUNCTION: its set-ups, in another shell. `await_background` brings here what they exported and which failed.
in_background() {
    at_exit end_background
    background_shell "$1" > "$logs/set-up" 2>&1 &
    background=$!
}

background_shell() {
    # What this shell starts outlives it: the other one ends that.
    # shellcheck disable=SC2317
    at_exit() {
        echo "$*" >> "$logs/to-end"
    }
    failed_names=()
    "$1"
    {
        printf 'count_failure %q\n' "${failed_names[@]}" | grep -v "''$" || true
        declare -px | grep -E '^declare -x (PATH|LAYERWISE_[A-Z0-9_]*)=' | sed 's/^declare -x/export/'
    } > "$logs/to-take-over"
}

await_background() {
    now="set-up"
    wait "$background" || count_failure "set-up"
    background=
    cat "$logs/set-up"
    # shellcheck disable=SC1091
    [ ! -e "$logs/to-take-over" ] || . "$logs/to-take-over"
}

end_background() {
    local command
    if [ -n "$background" ] && kill "$background" 2> /dev/null; then
        wait "$background" || true
    fi
    [ ! -e "$logs/to-end" ] || tac "$logs/to-end" | while read -r command; do
        eval "$command" || true
    done
}

# A stage is one command. Its counts are those that its test runner prints; a check that prints none, such as
# the linter, counts as one.
stage() {
    local name=$1 log=$logs/${1// /-} started=$SECONDS status stage_passed stage_failed
    shift
    now=$name
    echo
    echo "== $name"
    # Not as a condition: bash would then go on after an error inside a function.
    set +e
    (
        set -e
        "$@"
    ) 2>&1 | tee "$log"
    # A log that could not be written to its end, as on a full disk, may lack the failures.
    status=$((PIPESTATUS[0] | PIPESTATUS[1]))
    set -e
    read -r stage_passed stage_failed <<< "$(count_results "$log" "$status")"
    passed=$((passed + stage_passed))
    failed=$((failed + stage_failed))
    if [ "$stage_failed" -gt 0 ]; then
        mapfile -t -O "${#failed_names[@]}" failed_names < <(list_failed "$name" "$log")
        mv "$log" "$log.failed"
    fi
    echo "== $name: $stage_passed passed, $stage_failed failed ($((SECONDS - started)) s)"
}

# count_results LOG STATUS: prints `PASSED FAILED`, from the lines of cargo test, node --test and our own runners.
count_results() {
    awk -v status="$2" '
        /^test result: /                     { counted = 1; passed += $4; failed += $6 }
        /^(#|ℹ) pass [0-9]+$/                { counted = 1; passed += $3 }
        /^(#|ℹ) fail [0-9]+$/                { counted = 1; failed += $3 }
        /^[0-9]+ passed, [0-9]+ failed$/     { counted = 1; passed += $1; failed += $3 }
        END {
            if (status != 0 && failed == 0) failed = 1
            if (!counted && failed == 0) passed = 1
            print passed + 0, failed + 0
        }' "$1"
}

# What failed, once more and last: a whole run prints thousands of lines.
print_failures() {
    local log
    for log in "$logs"/*.failed; do
        [ -e "$log" ] || continue
        echo
        echo "== what failed in: $(basename "$log" .failed)"
        # The messages of cargo test stand between two headings; another tool says what is wrong at its end.
        if grep -q '^failures:$' "$log"; then
            sed -n '/^failures:$/,/^test result: /p' "$log"
        else
            tail -n 60 "$log"
        fi
    done
}

# Ends the script well, if all is.
finish() {
    now=
    print_failures
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# list_failed STAGE LOG: prints a line for each test or program that failed, or one for a stage whose tests have no names.
list_failed() {
    sed -n \
        -e "s/^test \(.*\) \.\.\. FAILED\$/$1: \1/p" \
        -e "s/^ *process didn't exit successfully: .*\/\(.*\) (signal: \(.*\))\$/$1: \1 was ended by signal \2/p" \
        -e "s/^error: could not compile .*/$1: &/p" "$2" | grep . || echo "$1"
}

# Short, for where only the end of a run is kept; also where the run itself broke or was ended.
summarise() {
    local name
    echo
    if [ -n "$now" ]; then
        failed=$((failed + 1))
        echo "ENDED EARLY, in: $now"
    fi
    for name in "${failed_names[@]}"; do
        echo "FAILED: $name"
    done
    [ "$failed" -eq 0 ] || echo "free disk: $(free_disk)"
    echo "$passed passed, $failed failed"
}

# Of the checkout, of the folder that survives between runs, and of the temporary files.
free_disk() {
    local folder
    for folder in . "$(cache_dir)" "${TMPDIR:-/tmp}"; do
        mkdir -p "$folder"
        echo "$(df -h --output=avail "$folder" | tail -n 1 | tr -d ' ') at $folder"
    done | paste -s -d ',' | sed 's/,/, /g'
}
