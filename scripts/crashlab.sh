#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long form of the crash lab and of the power cuts, on the program as it is released. Arguments
# go to `orderlab crashlab`; with --json each of the two labs prints one line. Exits 1 when either
# finds something, and 69 when nothing was found but something could not be tried here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/sweep.sh

release=(-c release)
[[ $(uname -s) != Linux ]] || release+=(--static-swift-stdlib)
swift build "${release[@]}" --product orderhouse >&2
swift build "${release[@]}" --product orderlab >&2

cutting=(powercut)
[[ " $* " != *" --json "* ]] || cutting+=(--json)

status=0
code=0
.build/release/orderlab crashlab "$@" || code=$?
((code == 0)) || status=$((code == 69 ? 69 : 1))
code=0
.build/release/orderlab "${cutting[@]}" || code=$?
((code == 0 || status == 1)) || status=$((code == 69 ? 69 : 1))
exit "$status"
