#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lets a user work with the program of a Debian root before or after an upgrade (see upgrade.py), on a display outside of it.
# usage: packaging/upgrade.sh before|after DEBIAN_ROOT DATABASE [PICTURE]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Inside the display's session: its sockets are in folders that the root gets to see at the same place.
if [ "${1:-}" = --with-display ]; then
    shift
    bus=${DBUS_SESSION_BUS_ADDRESS#unix:path=}
    bus=${bus%%,*}
    unbind() { umount "$2$bus" "$2$XDG_RUNTIME_DIR" && rm -r "${2:?}$bus" "${2:?}$XDG_RUNTIME_DIR"; }
    mkdir -p "$2$XDG_RUNTIME_DIR" "$2${bus%/*}"
    mount --bind "$XDG_RUNTIME_DIR" "$2$XDG_RUNTIME_DIR"
    touch "$2$bus"
    mount --bind "$bus" "$2$bus"
    trap 'unbind "$@"' EXIT
    /usr/bin/python3 -B -W ignore "$here/upgrade.py" "$@"
    exit
fi
exec "$here/../tests/atspi/run.sh" --in bash "$here/upgrade.sh" --with-display "$@"
