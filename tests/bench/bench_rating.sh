#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_rating beside the trueskill package of PyPI, which is installed into a temporary environment.
# Usage: tests/bench/bench_rating.sh [build folder]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${1:-$root/build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=
if python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet trueskill; then
    package=$("$work/venv/bin/python" - <<'PY'
import random, time, trueskill
agents = [trueskill.Rating() for _ in range(1000)]
rng = random.Random(1)
best = 0.0
for _ in range(3):
    games = 2000
    begin = time.perf_counter()
    for _ in range(games):
        who = [rng.randrange(1000) for _ in range(6)]
        ranks = [0, 1] if who[0] % 3 == 0 else [1, 0]
        rated = trueskill.rate([tuple(agents[i] for i in who[:2]), tuple(agents[i] for i in who[2:])], ranks=ranks)
        for i, rating in zip(who, rated[0] + rated[1]):
            agents[i] = rating
    best = max(best, games / (time.perf_counter() - begin))
print(best)
PY
)
else
    echo "the trueskill package could not be installed; only the floor is compared" >&2
fi
"$build/bench/bench_rating" $package
