#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws the pictures of the README and of the software catalogues from demo data, and the picture of the folders.
# usage: packaging/make-screenshots.sh [--all FOLDER]
#   --all FOLDER   every panel on every system's sample, light and dark, at normal and double scale, into FOLDER
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD
build=$root/build/release
pictures=$root/packaging/pictures
all=

case ${1:-} in
    '') ;;
    -h | --help) sed -n '3,5s/^# //p' "$root/packaging/make-screenshots.sh"; exit 0 ;;
    --all) all=${2:?usage: make-screenshots.sh --all FOLDER}; mkdir -p "$all"; all=$(readlink -f "$all") ;;
    *) sed -n '4s/^# //p' "$root/packaging/make-screenshots.sh" >&2; exit 2 ;;
esac

[ -x "$build/bin/turnstone" ] || { echo "make-screenshots: build first (packaging/run.sh)" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 700 "$scratch"
export QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=$scratch XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data XDG_CACHE_HOME=$scratch/cache
systems=(consensus-engine mindgames-arena quorum llm-orchestration project-2501)
for system in "${systems[@]}"; do "$build/bin/turnstone-cli" demo "$scratch/$system.db" --system "$system" 2>/dev/null; done

# draw FILE SYSTEM [arguments of turnstone…]
draw() {
    local file=$1 system=$2
    shift 2
    if timeout 120 "$build/bin/turnstone" ${system:+"$scratch/$system.db"} --screenshot "$file" "$@" 2>"$scratch/messages"; then
        convert "$file" -colors 256 -define png:compression-level=9 "$scratch/small.png" && mv "$scratch/small.png" "$file"
        echo "${file##*/}"
    else
        echo "make-screenshots: ${file##*/}: $(grep -v propagateSizeHints "$scratch/messages" | tail -1)" >&2
        failed=1
    fi
}
failed=0

if [ -z "$all" ]; then
    mkdir -p "$pictures"
    while IFS='|' read -r name arguments _; do
        # shellcheck disable=SC2086  # the words of a line are arguments
        [ -z "$name" ] || draw "$pictures/${name// /}.png" $arguments
    done <packaging/pictures/pictures.txt
    packaging/make-architecture.py "$build/layers.txt" "$pictures/architecture.svg"
else
    for theme in light dark; do
        for scale in 1 2; do
            export QT_SCALE_FACTOR=$scale
            draw "$all/welcome-$theme-$scale.png" "" --theme "$theme"
            for system in "${systems[@]}"; do
                while read -r name of arguments; do
                    { [ "$of" = "$system" ] || [ "$of" = every ]; } || continue
                    # shellcheck disable=SC2086
                    draw "$all/$system-$name-$theme-$scale.png" "$system" $arguments --theme "$theme"
                done <packaging/pictures/panels.txt
            done
        done
    done
fi
exit $failed
