#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From the start of turnstone to the rows of a big table on the screen, beside an empty Qt window with a table view and,
# where it is installed, DB Browser for SQLite.
# Usage: tests/bench/bench_start.sh FILE.db [TABLE] [build folder] [rounds]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
file=$(readlink -f "${1:?a database, e.g. of: turnstone-cli demo FILE.db --system mindgames-arena --scale 1000}")
table=${2:-game_turns}
build=${3:-$root/build/release}
rounds=${4:-7}
peers=()
if command -v sqlitebrowser >/dev/null; then
    peers=(-- sqlitebrowser sqlitebrowser -R -t "$table" "$file")
else
    echo "bench_start: sqlitebrowser is not installed and is left out" >&2
fi
exec "$root/tests/atspi/run.sh" --in "$build/bench/bench_start" "$rounds" empty "$build/bench/bench_start_empty" \
    -- turnstone "$build/bin/turnstone" "$file" --view "$table" "${peers[@]}"
