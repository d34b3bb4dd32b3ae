#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The gaps of the window's event loop while it opens, scrolls, sorts, filters, walks the tree and follows a writer, on a
# display of its own, driven by keys. Prints each gap above 16 ms with its cause, the summary and the peak memory.
# Also how long keys take until the rows that they ask for are painted. With TURNSTONE_BENCH_SCROLL=1 it only scrolls
# and jumps, so that no key waits for an order or a filter.
# Usage: tests/bench/bench_window.sh FILE.db [TABLE] [build folder]
# FILE.db is written to: rows are added to a table of the bench's own.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "${1:-}" != --inside ]; then
    file=$(readlink -f "${1:?a database, e.g. of: turnstone-cli demo FILE.db --system mindgames-arena --scale 1000}")
    exec "$root/tests/atspi/run.sh" --in "$root/tests/bench/bench_window.sh" --inside "$file" "${2:-game_turns}" "${3:-$root/build/release}"
fi
file=$2
table=$3
build=$4

"$build/bin/turnstone" "$file" --view "$table" --trace-gaps --theme light 2>"$TURNSTONE_SCRATCH/gaps" &
program=$!
for _ in $(seq 200); do
    xdotool search --onlyvisible --pid $program >/dev/null 2>&1 && break
    sleep 0.05
done
sleep 3
keys() { xdotool key --delay "${delay:-20}" --clearmodifiers "$@"; }
times() { # COUNT KEY: as fast as a held key
    local many=()
    for _ in $(seq "$1"); do many+=("$2"); done
    delay=33 keys "${many[@]}"
}
part() { echo "  $1" >&2; }

part "scrolling, and to both ends"
keys F3 ctrl+Home
times 90 Next
keys ctrl+End
sleep 1
times 45 Prior
keys ctrl+Home
sleep 0.5
times 90 Down
if [ -z "${TURNSTONE_BENCH_SCROLL:-}" ]; then
part "an order without an index"
keys Right Right Right Right Right ctrl+Up
sleep 6
keys ctrl+End
sleep 1
times 30 Prior
keys ctrl+Home
part "a filter"
keys ctrl+f
xdotool type --delay 20 "tokens_used > 300"
keys Return
sleep 4
keys F3
times 30 Next
part "the tree"
keys F2 Home Down Right
sleep 2
times 60 Next
times 30 Down
part "following a writer"
keys ctrl+shift+l
sqlite3 -cmd ".timeout 5000" "$file" "CREATE TABLE IF NOT EXISTS bench_window(id INTEGER PRIMARY KEY, note TEXT)" >/dev/null
for i in $(seq 30); do
    sqlite3 -cmd ".timeout 5000" "$file" "INSERT INTO bench_window(note) VALUES ('$i')" >/dev/null
    sleep 0.1
done
sqlite3 -cmd ".timeout 5000" "$file" "DROP TABLE bench_window"
sleep 1
fi
peak=$(awk '/VmHWM/ {print $2}' /proc/$program/status)
keys F3 ctrl+q
for _ in $(seq 100); do
    kill -0 $program 2>/dev/null || break
    sleep 0.05
done
kill $program 2>/dev/null || true
wait $program 2>/dev/null || true
sed 's/^turnstone: //' "$TURNSTONE_SCRATCH/gaps"
echo "peak memory $((peak / 1024)) MB"
