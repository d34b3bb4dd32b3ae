#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Turnstone, makes a sample database of each application it knows, and opens the window.
# Without a display it draws the window of each sample, and a transcript, into pictures instead.
# usage: packaging/run.sh [DB…]    (a path or a URL; default: the samples)
set -euo pipefail

startedIn=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD
build=$root/build/release
demo=${XDG_DATA_HOME:-$HOME/.local/share}/turnstone/demo
systems=(mindgames-arena consensus-engine quorum llm-orchestration project-2501)
targets=(turnstone turnstone-cli)

say() { printf '== %s\n' "$*"; }

case ${1:-} in
    -h | --help) sed -n '3,5s/^# //p' "$root/packaging/run.sh"; exit 0 ;;
esac

packaging/install-dependencies.sh --build

# Once configured, ninja itself sees when that has to be done again. The settings are those of tests/run.sh, so that both share one build.
if [ ! -e "$build/build.ninja" ]; then
    say "Preparing the build"
    mkdir -p "$build"
    options=()
    if [ -z "${CXX:-}" ] && grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then options=(-DTURNSTONE_WERROR=ON); fi
    cmake --preset release "${options[@]}" >"$root/build/configure-release.log" 2>&1 || { cat "$root/build/configure-release.log"; exit 1; }
fi

# Only the two programs are built, without tests. How long that takes is guessed from what an object took where this was written.
halfSecondsAnObject=5
objects=$(ninja -C "$build" -t inputs "${targets[@]}" 2>/dev/null | grep -c '\.o$' || true)
built=$(cd "$build" && ninja -t inputs "${targets[@]}" 2>/dev/null | grep '\.o$' | xargs -r ls -d 2>/dev/null | wc -l || true)
if [ "$objects" -gt "$built" ]; then
    minutes=$(((objects - built) * halfSecondsAnObject / 2 / $(nproc) / 60 + 1))
    say "Building the programs: $((objects - built)) files, some $minutes minutes with $(nproc) cores; the next time only what has changed"
else
    say "Building what has changed"
fi
NINJA_STATUS="[%f of %t, %e s] " ninja -C "$build" -j"$(nproc)" "${targets[@]}"

mkdir -p "$demo"
for system in "${systems[@]}"; do
    [ ! -e "$demo/$system.db" ] || continue
    say "Making the sample $demo/$system.db"
    # Under another name first, so that an interrupted run leaves no half sample.
    rm -f "$demo/.$system.new"*
    message=$("$build/bin/turnstone-cli" demo "$demo/.$system.new.db" --system "$system" 2>&1) || { echo "$message" >&2; exit 1; }
    mv "$demo/.$system.new.db" "$demo/$system.db"
done

databases=("$@")
if [ $# -eq 0 ]; then
    for system in "${systems[@]}"; do databases+=("$demo/$system.db"); done
fi
cd "$startedIn" # paths in the arguments are meant from there

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "Opening the window; \"Five minutes\" in README.md says what to look at"
    code=0
    began=$SECONDS
    "$build/bin/turnstone" "${databases[@]}" || code=$?
    # Qt aborts a program that finds no display.
    [ $code -eq 134 ] && [ $((SECONDS - began)) -lt 10 ] || exit $code
    say "The display ${DISPLAY:-$WAYLAND_DISPLAY} cannot be used, so the window is drawn into pictures"
else
    say "There is no display, so the window is drawn into pictures"
fi

pictures=$demo/screenshots
mkdir -p "$pictures"
runtime=$(mktemp -d) # 0700, as Qt wants it
trap 'rm -rf "$runtime"' EXIT

# draw NAME DB [arguments of turnstone]
draw() {
    local picture=$pictures/$1.png
    shift
    # Qt's offscreen platform warns at each window that it ignores size hints; nobody can act on that.
    QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$runtime} timeout 120 \
        "$build/bin/turnstone" "$@" --screenshot "$picture" 2> >(grep -v 'does not support propagateSizeHints' >&2)
    say "$picture"
}
for database in "${databases[@]}"; do
    name=${database##*/}
    draw "${name%%[.?]*}" "$database"
done
if [ $# -eq 0 ]; then
    while read -r panel system arguments; do
        # shellcheck disable=SC2086  # the words of a line are arguments
        [ "$panel" != transcript ] || draw "$system-transcript" "$demo/$system.db" $arguments
    done <"$root/packaging/pictures/panels.txt"
fi
