#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Turnstone and runs all its tests, with private database servers and a virtual display.
# usage: tests/run.sh [--asan] [arguments of ctest, e.g. -R session]
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD

say() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

preset=release
werror=ON
if [ "${1:-}" = --asan ]; then
    preset=asan
    werror=OFF # the sanitizers' code makes GCC warn of what is not there
    shift
elif [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
    sed -n '3,4s/^# //p' "$root/tests/run.sh"
    exit 0
fi
build=$root/build/$preset

say "Installing what is missing"
packaging/install-dependencies.sh --build --test

mkdir -p "$root/build"
exec 8>"$root/build/.tests-run"
flock -n 8 || { echo "tests/run.sh: another run is at work in $root/build" >&2; exit 1; }

unset LC_ALL "${!LC_@}"
export LANG=C.UTF-8

say "Configuring $build"
cmake --preset "$preset" -DTURNSTONE_WERROR=$werror -DTURNSTONE_BUILD_TESTS=ON 8>&- >"$root/build/configure-$preset.log" 2>&1 ||
    { cat "$root/build/configure-$preset.log"; exit 1; }
tail -n 1 "$root/build/configure-$preset.log"

say "Building"
ninja -C "$build" -j"$(nproc)" 8>&-

scratch=$(mktemp -d "${TMPDIR:-/tmp}/turnstone-tests.XXXXXX")
servers=$root/build/test-servers
cleanUp() {
    local code=$?
    trap - EXIT
    tests/support/servers.sh stop "$servers" || true
    rm -rf "$servers" "$scratch"
    exit "$code"
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "Starting the database servers"
tests/support/servers.sh stop "$servers"
rm -rf "$servers"
if ! tests/support/servers.sh start "$servers" 8>&- >"$scratch/servers.log"; then
    # The path is too long for a unix socket, or the account that runs them may not go there.
    rm -rf "$servers"
    servers=$scratch/servers
    echo "tests/run.sh: using $servers instead"
    chmod 755 "$scratch"
    tests/support/servers.sh start "$servers" 8>&- >"$scratch/servers.log"
fi
cat "$scratch/servers.log"

# Nothing that the user has set may change a result, and nothing of the user's may be touched.
unset "${!PG@}" DATABASE_URL CONSENSUS_ENGINE_DB_URL DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD
eval "$(tests/support/servers.sh env "$servers")"
export XDG_RUNTIME_DIR=$scratch/runtime XDG_CACHE_HOME=$scratch/cache XDG_CONFIG_HOME=$scratch/config \
    XDG_DATA_HOME=$scratch/data XDG_STATE_HOME=$scratch/state
mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME"
export TURNSTONE_BUILD=$build PYTHONDONTWRITEBYTECODE=1
export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=suppressions=$root/tests/support/leaks.supp:print_suppressions=0

count() { ctest --test-dir "$build" -N "$@" | sed -n 's/^Total Tests: //p'; }

# The log of ctest holds the output of passed tests too, among it why a part was skipped.
collectSkipped() { grep -hE '^SKIP  |SKIPPED' "$build/Testing/Temporary/LastTest.log" >>"$scratch/skipped" || true; }

grep -h SKIPPED "$scratch/servers.log" >"$scratch/skipped" || true
failed=0
plain=$(count "$@" -LE '^gui$')
gui=$(count "$@" -L '^gui$')
if [ $((plain + gui)) -eq 0 ]; then
    echo "tests/run.sh: no test was selected" >&2
    exit 1
fi
if [ "$plain" -gt 0 ]; then
    say "Running $plain tests"
    QT_QPA_PLATFORM=offscreen ctest --test-dir "$build" --output-on-failure -j2 "$@" -LE '^gui$' 8>&- || failed=1
    collectSkipped
fi
if [ "$gui" -gt 0 ]; then
    say "Running $gui tests of the window on a virtual display"
    # One at a time: there is one keyboard focus. Without a window manager it would not come back after a dialog.
    env -u WAYLAND_DISPLAY QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 \
        xvfb-run -a -s '-screen 0 1280x800x24' dbus-run-session -- bash -c '
            openbox &
            for i in $(seq 50); do wmctrl -m >/dev/null 2>&1 && break; sleep 0.1; done
            ctest "$@"; code=$?
            kill %1
            exit $code' ctest --test-dir "$build" --output-on-failure -j1 "$@" -L '^gui$' 8>&- || failed=1
    collectSkipped
fi

if [ -s "$scratch/skipped" ]; then
    say "$(sort -u "$scratch/skipped" | wc -l) SKIPPED"
    sort -u "$scratch/skipped"
fi
[ $failed -eq 0 ] && say "All $((plain + gui)) tests passed" || say "FAILED: see above"
exit $failed
