#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the revision of the package in folder $1 into the Swift file $2, unless that says so already:
# the commit, with `+` when what is built differs from it. Run by the plugin RecordRevision.
#
# "unknown" outside of a clone of its own: an unpacked archive within some other repository must not
# name that one's commit.
set -eu
package=$(cd "$1" && pwd -P)

# Asking must not wait for, or write, git's index.
GIT_OPTIONAL_LOCKS=0
export GIT_OPTIONAL_LOCKS

revision=unknown
if [ "$(git -C "$package" rev-parse --show-toplevel 2>/dev/null || true)" = "$package" ]; then
    if commit=$(git -C "$package" describe --always 2>/dev/null); then
        revision=$commit
        changes=$(git -C "$package" status --porcelain -- \
            Package.swift Plugins Sources scripts/revision.sh 2>/dev/null || echo unknown)
        [ -z "$changes" ] || revision=$revision+
    fi
fi

text="/// Written by scripts/revision.sh.
enum Built { static let revision = \"$revision\" }"
if [ ! -f "$2" ] || [ "$(cat "$2")" != "$text" ]; then
    mkdir -p "$(dirname "$2")"
    printf '%s\n' "$text" >"$2"
fi
