#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds everything, runs every test, and plays seeds of the simulator. Arguments go to `swift test`,
# for example `--filter Canceling`; then no seeds are played.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/sweep.sh

# One test holds ten thousand connections open; the soft limit is often 1,024.
ulimit -n "$(ulimit -Hn)" 2>/dev/null ||
    echo "test: could not raise the limit of open files above $(ulimit -n)" >&2

# Tests start the programs as processes of their own; this builds those, too.
swift build --build-tests
ORDERHOUSE_BIN=$(swift build --show-bin-path)
export ORDERHOUSE_BIN

# One at a time: some tests hold the processor for seconds, others wait for a clock.
swift test --skip-build --disable-xctest --no-parallel "$@"

# Who asks for some tests wants no others.
(($#)) || scripts/seeds.sh
