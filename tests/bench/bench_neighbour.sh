#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether the window is a good neighbour: a program writes in short transactions, alone and while the window follows,
# scrolls, orders and walks the tree of the same file; in turn, so that drift of the machine hits both alike.
# Usage: tests/bench/bench_neighbour.sh FILE.db [build folder] [seconds a round]
# FILE.db is written to: rows are added to a table of the bench's own, which is dropped at the end.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "${1:-}" != --inside ]; then
    file=$(readlink -f "${1:?a database, e.g. of: turnstone-cli demo FILE.db --system mindgames-arena --scale 100}")
    exec "$root/tests/atspi/run.sh" --in "$root/tests/bench/bench_neighbour.sh" --inside "$file" "${2:-$root/build/release}" "${3:-8}"
fi
file=$2
build=$3
seconds=$4
rounds=3
writer=("/usr/bin/python3" -B "$root/tests/bench/bench_neighbour_writer.py" "$file" "$seconds")

keys() { xdotool key --delay "${delay:-20}" --clearmodifiers "$@"; }
browse() { # until the writer has ended
    keys F3 ctrl+Home
    while kill -0 "$1" 2>/dev/null; do
        delay=33 keys Next Next Next Next Next Next Down Down Down
        keys ctrl+End
        sleep 0.3
        delay=33 keys Prior Prior Prior
        keys ctrl+Home F2 Home Down Right Down Down F3
        sleep 0.3
    done
}

open_window() {
    "$build/bin/turnstone" "$file" --theme light 2>"$TURNSTONE_SCRATCH/neighbour.log" &
    program=$!
    for _ in $(seq 200); do
        xdotool search --onlyvisible --pid $program >/dev/null 2>&1 && break
        sleep 0.05
    done
    sleep 2
    keys F3 ctrl+shift+l
}
close_window() {
    keys F3 ctrl+q
    for _ in $(seq 100); do
        kill -0 $program 2>/dev/null || break
        sleep 0.05
    done
    kill $program 2>/dev/null || true
    wait $program 2>/dev/null || true
}

alone=0
beside=0
echo "transactions a second, longest ms, largest log in kB, checkpoints that could not finish"
for round in $(seq $rounds); do
    line=$("${writer[@]}")
    echo "  alone   $round: $line"
    alone=$(awk -v a="$alone" -v b="${line%% *}" 'BEGIN {print a + b}')
    open_window
    "${writer[@]}" >"$TURNSTONE_SCRATCH/writer" &
    pid=$!
    browse $pid
    wait $pid
    line=$(cat "$TURNSTONE_SCRATCH/writer")
    echo "  browsed $round: $line"
    beside=$(awk -v a="$beside" -v b="${line%% *}" 'BEGIN {print a + b}')
    if [ "$round" = "$rounds" ]; then
        # While the window is open and idle, the log can be emptied: nothing is held.
        sleep 2
        echo "emptying the log (busy|frames|taken): $(sqlite3 -cmd '.timeout 2000' "$file" 'PRAGMA wal_checkpoint(TRUNCATE)')"
    fi
    close_window
done
awk -v a="$alone" -v b="$beside" 'BEGIN {printf "rate while browsed: %.1f %% of the rate alone\n", 100 * b / a}'
sqlite3 -cmd '.timeout 5000' "$file" 'DROP TABLE IF EXISTS bench_neighbour'
