#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Removes what a killed test run or benchmark left behind: its temporary folders, and the processes it
# had started.
#
# A test keeps everything in a folder orderhouse-test-*, its own process id in `owner.pid`, and the
# id of each process that it starts in another `*.pid`. A folder is swept once its owner is gone. A
# process is ended only if such a file names it and it runs a program of this checkout; if a folder
# names any other living process, the folder stays.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# An unfinished folder has no owner yet: it is left alone for this long.
readonly unclaimed_minutes=60

alive() {
    kill -0 "$1" 2>/dev/null || [[ -e /proc/$1 ]]
}

# The program a process runs; a rebuilt one is shown as deleted.
executable() {
    local path
    path=$(readlink "/proc/$1/exe" 2>/dev/null || ps -p "$1" -o comm= 2>/dev/null || true)
    echo "${path% (deleted)}"
}

# The process id in a file, or nothing when the file holds anything else.
pid_in() {
    local pid=""
    if [[ ! -L $1 && -f $1 ]]; then
        read -r pid <"$1" || true  # A last line without its newline still counts.
    fi
    if [[ $pid =~ ^[1-9][0-9]{0,9}$ ]] && ((pid > 1)); then
        echo "$pid"
    fi
}

ours() {
    [[ $(executable "$1") == "$build"/* ]]
}

# A disk of the crash lab that is still mounted there.
unmount() {
    local mounted
    while read -r _ mounted _; do
        if [[ $mounted == "$1"/* ]]; then
            umount "$mounted" || true
        fi
    done < <(cat /proc/mounts 2>/dev/null || true)
}

# Asks a process of ours to stop, then insists.
end() {
    kill -TERM "$1" 2>/dev/null || return 0
    for _ in {1..20}; do
        alive "$1" || return 0
        sleep 0.1
    done
    if ours "$1"; then
        kill -KILL "$1" 2>/dev/null || true
    fi
}

# Without a build no process is one of ours.
build=$(cd .build 2>/dev/null && pwd -P) || build=/nowhere

for folder in "${TMPDIR:-/tmp}"/orderhouse-test-*/; do
    folder=${folder%/}
    [[ ! -L $folder && -O $folder ]] || continue

    owner=$(pid_in "$folder/owner.pid")
    if [[ -n $owner ]]; then
        ! alive "$owner" || continue
    else
        [[ -n $(find "$folder" -maxdepth 0 -mmin "+$unclaimed_minutes") ]] || continue
    fi

    keep=false
    while IFS= read -r -d '' file; do
        pid=$(pid_in "$file")
        if [[ -z $pid ]] || ! alive "$pid"; then
            continue
        elif ours "$pid"; then
            end "$pid"
        else
            keep=true
        fi
    done < <(find "$folder" -name '*.pid' ! -name owner.pid -type f -print0)

    if $keep; then
        echo "sweep: left $folder alone: it names a living process of another program" >&2
    else
        unmount "$folder"
        rm -rf -- "$folder"
        echo "sweep: removed $folder"
    fi
done

# Benchmarks and simulations keep files in memory, in a folder that names their process. What a
# benchmark keeps on the disk was perhaps asked for (--keep) and stays.
for folder in /dev/shm/orderhouse-{bench,simulated}-*/; do
    folder=${folder%/}
    [[ ! -L $folder && -O $folder && $folder =~ -(bench|simulated)-([1-9][0-9]*) ]] || continue
    if ! alive "${BASH_REMATCH[2]}"; then
        rm -rf -- "$folder"
        echo "sweep: removed $folder"
    fi
done
