#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the .deb of a commit of the past, numbered below today's, for make-packages.sh to upgrade from. Prints its path.
# usage: packaging/make-older-deb.sh COMMIT    (kept in build/older, so the second time takes no time)
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD

case ${1:--h} in
    -h | --help) sed -n '3,4s/^# //p' "$root/packaging/make-older-deb.sh"; exit 0 ;;
esac

say() { printf 'make-older-deb: %s\n' "$*" >&2; }
commit=$(git rev-parse --verify --quiet --end-of-options "$1^{commit}") || { say "$1 is no commit of this repository (a shallow clone knows the last ones only)"; exit 1; }
git merge-base --is-ancestor "$commit" HEAD || { say "$1 is no ancestor of what is checked out"; exit 1; }
short=${commit:0:10}
age=$(git rev-list --count "$commit..HEAD")
kept=$root/build/older/turnstone-$short.deb
if [ -s "$kept" ]; then
    say "$short, $age commits ago: built before"
    echo "$kept"
    exit 0
fi

tree=$root/build/older/$short
remove() { git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"; git worktree prune; }
trap remove EXIT
remove
mkdir -p "$root/build/older"
git worktree add --quiet --detach "$tree" "$commit"
[ -e "$tree/packaging/cpack/cpack.cmake" ] || { say "$short made no packages yet"; exit 1; }
say "building $short, $age commits ago: $(git log -1 --format=%s "$commit")"
build=$tree/build/release
log=$root/build/older/$short.log
(
    cd "$tree"
    cmake --preset release -DTURNSTONE_BUILD_TESTS=OFF
    ninja -C "$build" -j"$(nproc)" turnstone turnstone-cli package_files
    # Releases of a package are compared as numbers: 0.… comes before 1, among themselves the one with more commits is later.
    umask 022
    cd "$build" && cpack -G DEB -D "CPACK_DEBIAN_PACKAGE_RELEASE=0.$(git rev-list --count "$commit").$short" --config CPackConfig.cmake
) >"$log" 2>&1 || { tail -30 "$log" >&2; say "$short cannot be built, see $log"; exit 1; }
mv "$(ls "$build"/packages/*.deb)" "$kept"
echo "$kept"
