#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the system packages that the build and the tests need, and only those that are missing.
# With --for-build it leaves out what only running programs need. Other arguments are further
# packages.
set -euo pipefail

# libsqlite3-dev: the store; libjemalloc-dev: the allocator; certificates: SwiftPM's downloads.
packages=(libsqlite3-dev libjemalloc-dev ca-certificates)
# strace: the crash lab's kills and failing calls; e2fsprogs and mount: the disks whose power it
# cuts; curl: the demo and the end-to-end tests.
readonly running=(strace e2fsprogs mount curl)
if [[ ${1:-} == --for-build ]]; then shift; else packages+=("${running[@]}"); fi
packages+=("$@")

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v swift >/dev/null ||
    fail "Swift was not found. Install Swift 6.3 or later (https://www.swift.org/install), then run this again."

if [[ $(uname -s) == Darwin ]]; then
    echo "setup: macOS brings SQLite and curl; the tests that trace system calls need Linux."
    exit 0
fi

if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: this is not Debian or Ubuntu; make sure that these are installed: ${packages[*]}" >&2
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg -s "$package" 2>/dev/null || true)
    [[ $state == *"ok installed"* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

privilege=()
if ((EUID != 0)); then
    command -v sudo >/dev/null ||
        fail "these packages are missing: ${missing[*]}. Install them as root, or install sudo."
    privilege=(sudo)
fi

apt() {
    ${privilege[@]+"${privilege[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=120 "$@"
}

echo "setup: installing ${missing[*]}"
apt update -q
apt install -q -y --no-install-recommends "${missing[@]}"
