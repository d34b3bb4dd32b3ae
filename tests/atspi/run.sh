#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives the real program from outside on a display, a session bus and a window manager of its own.
# usage: tests/atspi/run.sh [--in COMMAND…] TURNSTONE TURNSTONE_CLI [unittest arguments]
# With --in the display runs COMMAND instead of the suite (the benches of the window use it).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() { echo "SKIP  atspi: $1 is missing; packaging/install-dependencies.sh --test installs it"; exit 0; }
for tool in Xvfb openbox xdotool xprop dbus-run-session; do
    command -v "$tool" >/dev/null || skip "$tool"
done
# The bindings belong to Debian's own python3, not to one that comes first in PATH.
python=/usr/bin/python3
"$python" -c 'import gi; gi.require_version("Atspi", "2.0"); from gi.repository import Atspi' 2>/dev/null || skip "python3-gi with gir1.2-atspi-2.0"
[ -x /usr/libexec/at-spi-bus-launcher ] || skip at-spi2-core

# The bindings call all of AT-SPI deprecated.
command=("$python" -B -W ignore "$here/suite.py" "$@")
if [ "${1:-}" = --in ]; then
    shift
    command=("$@")
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/turnstone-atspi.XXXXXX")
server=
cleanUp() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    rm -rf "$scratch"
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export HOME=$scratch/home XDG_RUNTIME_DIR=$scratch/runtime XDG_CONFIG_HOME=$scratch/config XDG_CACHE_HOME=$scratch/cache \
    XDG_DATA_HOME=$scratch/data XDG_STATE_HOME=$scratch/state TMPDIR=$scratch TURNSTONE_SCRATCH=$scratch
mkdir -m 700 "$HOME" "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS QT_SCALE_FACTOR QT_STYLE_OVERRIDE
export LANG=C.UTF-8 QT_QPA_PLATFORM=xcb GTK_A11Y=none GIO_USE_VFS=local GSETTINGS_BACKEND=memory NO_AT_BRIDGE=1

# The server picks a free number and writes it once it takes connections.
mkfifo "$scratch/display"
Xvfb -displayfd 7 -screen 0 1400x900x24 -nolisten tcp 7>"$scratch/display" 2>"$scratch/xvfb.log" &
server=$!
read -r -t 20 number <"$scratch/display" || { cat "$scratch/xvfb.log" >&2; echo "atspi: Xvfb did not start" >&2; exit 1; }
export DISPLAY=:$number

# Focus comes back after a dialog only with a window manager; it is there once the root window says so.
dbus-run-session -- bash -c '
    openbox >/dev/null 2>&1 &
    manager=$!
    for _ in $(seq 500); do xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q "window id" && break; sleep 0.02; done
    "$@" && code=0 || code=$?
    kill $manager 2>/dev/null
    exit $code' bash "${command[@]}"
