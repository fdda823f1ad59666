#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays the house under faults for about two minutes: the same seeds each time, then those that the
# commit's id begins, so that every commit is tried by others. Every planted bug must be found, the
# debug build must play a seed as the release build does, and stories told in other ways must end
# alike. Some seeds are played over real SQLite files in memory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# How many seeds of each kind.
fixed=${SEEDS_FIXED:-2500}
fresh=${SEEDS_FRESH:-5000}
real=${SEEDS_REAL:-40}

fail() {
    echo "seeds: $*" >&2
    exit 1
}

minutes() { printf '%d.%d min' $((SECONDS / 60)) $((SECONDS % 60 / 6)); }

# In a place of its own: SwiftPM locks a place while it builds there or runs tests, and this shall
# go on beside `swift test`. Only ordersim and what it needs are compiled.
release=(-c release --scratch-path .build/ordersim)
[[ $(uname -s) != Linux ]] || release+=(--static-swift-stdlib)
SECONDS=0
swift build "${release[@]}" --product ordersim
sim=.build/ordersim/release/ordersim
debug=${ORDERHOUSE_BIN:-$(swift build --show-bin-path)}/ordersim
[[ -x $debug ]] || fail "the debug build is missing: swift build --product ordersim"
echo "seeds: built in $(minutes)"

SECONDS=0
digest() {
    "$1" --seed "$2" --orders 30 --json "${@:3}" | grep -o '"digest" *: *"[0-9a-f]*"'
}
for seed in 3 7 11 19; do
    # Whatever the order of the nodes.
    slow=$(digest "$debug" "$seed" --backwards) || fail "the debug build does not play seed $seed"
    fast=$(digest "$sim" "$seed") || fail "the release build does not play seed $seed"
    [[ -n $slow && $slow == "$fast" ]] || fail "the debug build plays seed $seed in another way"
done
echo "seeds: debug and release builds play alike, and so do nodes that are gone through backwards"

# A house that does nothing must break a rule: it exits with 1, and says which.
status=0
found=$($sim --seed 1 --orders 30 --mutant canary-nothing-is-ever-done) || status=$?
((status == 1)) && [[ $found == *"BREACH       L1"* ]] ||
    fail "the canary was not found (status $status): nothing else that passed here means anything"
echo "seeds: the canary was found"

# So does every other planted bug, and none that is said to need a fault shows without one.
$sim mutants --seeds-max 1500 --calm-seeds 10

$sim --seed 1 --seeds "$fixed" --orders 40

# Outside of a clone there is no commit: another set of seeds is played then.
if commit=$(git rev-parse --verify --quiet HEAD 2>/dev/null); then
    echo "seeds: those that commit ${commit:0:10} begins"
else
    commit=0123456789
    echo "seeds: there is no commit, so those of $commit"
fi
first=$((16#${commit:0:10}))
$sim --seed "$first" --seeds "$fresh" --orders 40
$sim --seed "$first" --seeds 60 --orders 15 --metamorphic

# The real SQL, under the same faults.
$sim --seed "$first" --seeds "$real" --orders 15 --sqlite
echo "seeds: played in $(minutes)"
