#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The gaps of the window's event loop while it opens and reads a game of 1,000 turns of 20 kB each, and while it compares two texts
# of 5 MB, on a display of its own, driven by keys. Prints each gap above 16 ms with its cause, the summary and the peak memory.
# Usage: tests/bench/bench_lenses.sh [build folder]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "${1:-}" != --inside ]; then
    exec "$root/tests/atspi/run.sh" --in "$root/tests/bench/bench_lenses.sh" --inside "${1:-$root/build/release}"
fi
build=$2
file=$TURNSTONE_SCRATCH/long.db
"$build/bin/turnstone-cli" new "$file" --system mindgames-arena 2>/dev/null
python3 "$root/tests/bench/bench_lenses.py" "$file"

keys() { xdotool key --delay "${delay:-20}" --clearmodifiers "$@"; }
times() { # COUNT KEY: as fast as a held key
    local many=()
    for _ in $(seq "$1"); do many+=("$2"); done
    delay=33 keys "${many[@]}"
}
# run PATH TITLE: opens the place, then does what stands in drive()
run() {
    echo "$2"
    XDG_CONFIG_HOME=$(mktemp -d) "$build/bin/turnstone" "$file" --path "$1" --trace-gaps --theme light 2>"$TURNSTONE_SCRATCH/gaps" &
    local program=$! peak
    for _ in $(seq 200); do
        xdotool search --onlyvisible --pid $program >/dev/null 2>&1 && break
        sleep 0.05
    done
    sleep 4
    drive
    peak=$(awk '/VmHWM/ {print $2}' /proc/$program/status)
    keys ctrl+q
    for _ in $(seq 100); do
        kill -0 $program 2>/dev/null || break
        sleep 0.05
    done
    kill $program 2>/dev/null || true
    wait $program 2>/dev/null || true
    sed 's/^turnstone: /  /' "$TURNSTONE_SCRATCH/gaps" | grep -v propagateSizeHints || true
    echo "  peak memory $((peak / 1024)) MB"
}

drive() {
    keys F3 Home
    times 60 Next
    times 40 Down
    keys End
    sleep 1
    times 30 Prior
    keys ctrl+f
    xdotool type --delay 30 "mill"
    keys Return Return Return
    sleep 2
}
run 'games/1#transcript' "A game of 1,000 turns of 20 kB each"
drive() {
    sleep 6
    keys F3 Home
    times 40 Next
    times 20 Down
    keys End
    sleep 1
}
run 'prompts/1/forks/2#compare' "Two texts of 5 MB side by side"
