#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# keyring.sh PROGRAM…: runs a program in a desktop session of its own with an unlocked GNOME keyring that nobody else sees and
# that is thrown away afterwards. Exit code 77 if this computer has no such keyring.
set -eu

daemon=${GNOME_KEYRING_DAEMON:-gnome-keyring-daemon}
for program in dbus-run-session "$daemon"; do
    if ! command -v "$program" >/dev/null; then
        echo "keyring.sh: SKIPPED, the real keyring was not tested: $program is not installed (packages dbus-daemon, gnome-keyring, libsecret-1-0)" >&2
        exit 77
    fi
done

if [ "${1-}" != --inside ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    env -u KDE_FULL_SESSION -u DESKTOP_SESSION HOME="$home" XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home" XDG_CURRENT_DESKTOP=GNOME \
        TURNSTONE_TEST_KEYRING=gnome dbus-run-session -- "$0" --inside "$@"
    exit
fi

shift
printf 'test' | "$daemon" --unlock --components=secrets --foreground >/dev/null 2>&1 &
keyring=$!
trap 'kill "$keyring" 2>/dev/null || :' EXIT
tries=0
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null |
    grep -q 'boolean true'; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$keyring" 2>/dev/null; then
        echo "keyring.sh: SKIPPED, the real keyring was not tested: $daemon does not start here" >&2
        exit 77
    fi
    sleep 0.1
done
"$@"
