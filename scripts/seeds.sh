#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays the house under faults for about two minutes: the same seeds each time, then those that the
# commit's id begins, so that every commit is tried by others. A planted bug must be found, and the
# debug build must play a seed as the release build does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Seconds for the fixed seeds and for the others.
fixed=${SEEDS_FIXED:-40}
fresh=${SEEDS_FRESH:-80}

release=(-c release)
[[ $(uname -s) != Linux ]] || release+=(--static-swift-stdlib)
swift build "${release[@]}" --product orderlab
debug=$(swift build --show-bin-path)/orderlab
lab=.build/release/orderlab

digest() {
    "$1" simulate --seed "$2" --orders 30 --json | grep -o '"digest" *: *"[0-9a-f]*"'
}
for seed in 3 7 11 19; do
    if [[ $(digest "$debug" $seed) != $(digest $lab $seed) ]]; then
        echo "seeds: the debug build plays seed $seed in another way" >&2
        exit 1
    fi
done
echo "seeds: debug and release builds play alike"

if $lab simulate --seed 1 --seeds 20 --orders 30 --mutant canary-nothing-is-ever-done \
    >/dev/null; then
    echo "seeds: the canary was not found: nothing else that passed here means anything" >&2
    exit 1
fi
echo "seeds: the canary was found"

$lab simulate --seed 1 --seeds 100000 --seconds "$fixed"

# Outside of a clone there is no commit: another set of seeds is played then.
commit=$(git rev-parse HEAD 2>/dev/null || echo 0123456789ab)
first=$((16#${commit:0:10}))
echo "seeds: from $first on, as the commit's id says"
$lab simulate --seed "$first" --seeds 100000 --seconds "$fresh"
