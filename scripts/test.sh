#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds everything, runs every test, and plays seeds of the simulator. Arguments go to `swift test`,
# for example `--filter Canceling`; then no seeds are played.
#
# What can wait is done beside what can't: packages that only running programs need are installed
# while the build is under way, and the simulator is built for release and plays its seeds while
# the tests run, which wait most of their time. It gets the processor time that they leave. What was
# said meanwhile is printed at the end; a failure of any part fails the whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

phases=()
begun=0
SECONDS=0
# Ends a phase: what it was called, and how long it took.
phase() {
    local spent=$((SECONDS - begun))
    phases+=("$(printf '%-26s %2d.%d min' "$1" $((spent / 60)) $((spent % 60 / 6)))")
    begun=$SECONDS
}

notes=$(mktemp -d "${TMPDIR:-/tmp}/orderhouse-test-run-XXXXXX")
echo $$ >"$notes/owner.pid"

# Runs a command beside the rest, in a process group of its own, so that it can be ended with all
# that it has started. `finish` waits for it.
beside() {
    local name=$1
    shift
    (
        set -m
        "$@" >"$notes/$name.log" 2>&1 &
        echo $! >"$notes/$name.group"
        wait $!
    ) &
    eval "${name}_job=$!"
}
finish() {
    local job=${1}_job status=0
    wait "${!job}" || status=$?
    rm -f "$notes/$1.group"
    return "$status"
}

clean_up() {
    local group
    ((${#phases[@]} == 0)) || printf 'test: %s\n' "${phases[@]}"
    for group in "$notes"/*.group; do
        [[ ! -e $group ]] || kill -TERM -- "-$(<"$group")" 2>/dev/null || true
    done
    rm -rf -- "$notes"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

scripts/sweep.sh
scripts/setup.sh --for-build
# Who must type a password is asked for it now.
((EUID == 0)) || scripts/setup.sh
beside setup scripts/setup.sh
phase "set-up"

# One test holds ten thousand connections open; the soft limit is often 1,024.
ulimit -n "$(ulimit -Hn)" 2>/dev/null ||
    echo "test: could not raise the limit of open files above $(ulimit -n)" >&2

# Tests start the programs as processes of their own; this builds those, too.
swift build --build-tests
ORDERHOUSE_BIN=$(swift build --show-bin-path)
export ORDERHOUSE_BIN
phase "debug build"

if ! finish setup; then
    cat "$notes/setup.log" >&2
    exit 1
fi
phase "waiting for packages"

# Who asks for some tests wants no seeds.
(($#)) || beside seeds nice -n 19 scripts/seeds.sh

# One at a time: some tests hold the processor for seconds, others wait for a clock.
swift test --skip-build --disable-xctest --no-parallel "$@"
phase "tests"

if ((!$#)); then
    seeds=0
    finish seeds || seeds=$?
    phase "waiting for the simulator"
    cat "$notes/seeds.log"
    ((seeds == 0)) || exit "$seeds"
fi

begun=0
phase "in all"
echo "test: all is well"
