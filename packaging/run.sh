#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Turnstone, makes a sample database of each application it knows, and opens the window.
# Without a display it draws the window of each sample into a picture instead.
# usage: packaging/run.sh [DB…]    (a path or a URL; default: the samples)
set -euo pipefail

startedIn=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD
build=$root/build/release
demo=${XDG_DATA_HOME:-$HOME/.local/share}/turnstone/demo
systems=(consensus-engine mindgames-arena quorum llm-orchestration project-2501)

say() { printf '== %s\n' "$*"; }

case ${1:-} in
    -h | --help) sed -n '3,5s/^# //p' "$root/packaging/run.sh"; exit 0 ;;
esac

packaging/install-dependencies.sh --build

say "Building (the first time takes some minutes)"
mkdir -p "$build"
# The same settings as tests/run.sh, so that both share one build.
options=()
if [ -z "${CXX:-}" ] && grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then options=(-DTURNSTONE_WERROR=ON); fi
cmake --preset release "${options[@]}" >"$root/build/configure-release.log" 2>&1 || { cat "$root/build/configure-release.log"; exit 1; }
targets=(turnstone-cli)
[ ! -e app/gui/CMakeLists.txt ] || targets+=(turnstone)
ninja -C "$build" -j"$(nproc)" "${targets[@]}"

mkdir -p "$demo"
for system in "${systems[@]}"; do
    [ ! -e "$demo/$system.db" ] || continue
    say "Making the sample $demo/$system.db"
    # Under another name first, so that an interrupted run leaves no half sample.
    rm -f "$demo/.$system.new"*
    "$build/bin/turnstone-cli" demo "$demo/.$system.new.db" --system "$system"
    mv "$demo/.$system.new.db" "$demo/$system.db"
done

databases=("$@")
if [ $# -eq 0 ]; then
    for system in "${systems[@]}"; do databases+=("$demo/$system.db"); done
fi
cd "$startedIn" # paths in the arguments are meant from there

if [ ! -x "$build/bin/turnstone" ]; then
    for database in "${databases[@]}"; do
        say "turnstone-cli info $database"
        "$build/bin/turnstone-cli" info "$database"
    done
elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "Opening the window"
    exec "$build/bin/turnstone" "${databases[@]}"
else
    say "There is no display, so the window is drawn into pictures"
    mkdir -p "$demo/screenshots"
    runtime=$(mktemp -d) # 0700, as Qt wants it
    trap 'rm -rf "$runtime"' EXIT
    for database in "${databases[@]}"; do
        name=${database##*/}
        picture=$demo/screenshots/${name%%[.?]*}.png
        # Qt's offscreen platform warns at each window that it ignores size hints; nobody can act on that.
        QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$runtime} timeout 120 \
            "$build/bin/turnstone" "$database" --screenshot "$picture" \
            2> >(grep -v 'does not support propagateSizeHints' >&2)
        say "$picture"
    done
fi
