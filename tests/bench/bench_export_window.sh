#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The gaps of the window's event loop while it exports a table to CSV several times, on a display of its own; meanwhile keys
# go to the dialog. Prints each gap above 16 ms with its cause, the summary (the start of the window and the opening of the
# dialog included), how long the exports took as seen from outside, and the peak memory.
# Usage: tests/bench/bench_export_window.sh FILE.db [TABLE] [build folder] [exports]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "${1:-}" != --inside ]; then
    file=$(readlink -f "${1:?a database, e.g. of: turnstone-cli demo FILE.db --system mindgames-arena --scale 1000}")
    exec "$root/tests/atspi/run.sh" --in "$root/tests/bench/bench_export_window.sh" --inside "$file" "${2:-game_turns}" "${3:-$root/build/release}" "${4:-5}"
fi
file=$2
table=$3
build=$4
exports=$5

"$build/bin/turnstone" "$file" --view "$table" --trace-gaps --theme light 2>"$TURNSTONE_SCRATCH/gaps" &
program=$!
for _ in $(seq 200); do
    xdotool search --onlyvisible --pid $program >/dev/null 2>&1 && break
    sleep 0.05
done
sleep 3
keys() { xdotool key --delay 20 --clearmodifiers "$@"; }

keys F3 ctrl+shift+x
sleep 2
out=$HOME/$table.csv
for i in $(seq "$exports"); do
    rm -f "$out"
    begin=$(date +%s%N)
    keys alt+e
    for _ in $(seq 2000); do
        [ -e "$out" ] && break
        keys Tab
    done
    [ -e "$out" ] || { echo "the export did not end" >&2; break; }
    echo "export $i: $((($(date +%s%N) - begin) / 1000000)) ms, $(($(stat -c %s "$out") / 1000000)) MB"
    sleep 0.5
done
peak=$(awk '/VmHWM/ {print $2}' /proc/$program/status)
keys Escape
sleep 0.5
keys ctrl+q
for _ in $(seq 100); do
    kill -0 $program 2>/dev/null || break
    sleep 0.05
done
kill $program 2>/dev/null || true
wait $program 2>/dev/null || true
sed 's/^turnstone: //' "$TURNSTONE_SCRATCH/gaps"
echo "peak memory $((peak / 1024)) MB"
