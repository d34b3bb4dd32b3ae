#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares the schemas in this folder with the histories in migrations/; see README.md beside it.
exec python3 "$(dirname "$0")/check.py" "$@"
