#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long form of the crash lab and of the power cuts, on the program as it is released. Exits 1
# when either finds something, and 69 when something could not be tried here and nothing was found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/sweep.sh

release=(-c release)
[[ $(uname -s) != Linux ]] || release+=(--static-swift-stdlib)
swift build "${release[@]}" --product orderhouse
swift build "${release[@]}" --product orderlab

status=0
for lab in "crashlab $*" "powercut"; do
    code=0
    # shellcheck disable=SC2086  # The words of a lab are words.
    .build/release/orderlab $lab || code=$?
    if ((code == 69)); then
        ((status)) || status=69
    elif ((code)); then
        status=1
    fi
done
exit "$status"
