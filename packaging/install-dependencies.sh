#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is needed to build, test and package Turnstone on Debian 12. Touches nothing that is there already.
set -euo pipefail
export LC_ALL=C

build=(
    build-essential cmake ninja-build ccache pkg-config git
    qt6-base-dev qt6-base-dev-tools qt6-charts-dev libqt6opengl6-dev qt6-svg-dev
    libqt6sql6-sqlite libqt6sql6-psql libqscintilla2-qt6-dev qtkeychain-qt6-dev
    libsqlite3-dev libpq-dev libexpected-dev libhwy-dev libxxhash-dev libxlsxwriter-dev zlib1g-dev libcli11-dev
    fonts-dejavu-core
)
test=(
    postgresql-15 postgresql-client-15 sqlite3
    python3 python3-venv python3-pip python3-gi unzip
    xvfb xauth xdotool x11-utils openbox wmctrl dbus at-spi2-core gir1.2-atspi-2.0 imagemagick gnome-keyring libsecret-1-0
)
package=(rpm rpmlint lintian appstream desktop-file-utils mmdebstrap librsvg2-bin)
pglite=(nodejs npm)
clang=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev)

usage() {
    cat <<'USAGE'
usage: install-dependencies.sh [--build] [--test] [--package] [--clang] [--pglite]

  --build     compiler, CMake, Qt 6 and the libraries
  --test      PostgreSQL 15 (without starting a server of its own), a virtual display, tools of the tests
  --package   tools that make and check the packages
  --clang     clang 19 with clang-tidy, clang-format and libFuzzer
  --pglite    node and npm, for the tests' stand-in where no server with pgvector can be had
Without an option: --build --test.
USAGE
}

say() { printf 'install-dependencies: %s\n' "$*" >&2; }

wanted=()
[ $# -gt 0 ] || set -- --build --test
options=("$@")
for option in "$@"; do
    case $option in
        --build) wanted+=("${build[@]}") ;;
        --test) wanted+=("${test[@]}") ;;
        --package) wanted+=("${package[@]}") ;;
        --clang) wanted+=("${clang[@]}") ;;
        --pglite) wanted+=("${pglite[@]}") ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is no Debian: packages cannot be installed here. Turnstone needs what these Debian 12 packages hold:"
    printf '%s\n' "${wanted[@]}" | fmt -w 100 >&2
    exit 1
fi

# A package that another one provides (pkgconf for pkg-config) counts, too.
present=$(dpkg-query -W -f='${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed //p' | sed 's/ *([^)]*)//g; s/,/ /g' | tr -s ' ' '\n')
mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | sort -u | grep -vxFf <(printf '%s\n' "$present") || true)
if [ ${#missing[@]} -eq 0 ]; then
    say "everything is installed"
    exit 0
fi
say "missing: ${missing[*]}"

. /etc/os-release
if [ "${ID:-}" != debian ] || [ "${VERSION_ID:-0}" -lt 12 ] 2>/dev/null; then
    say "warning: ${PRETTY_NAME:-this system} was not tried, Debian 12 was; package names may differ"
fi

asRoot() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        say "root rights are needed and there is no sudo; as root run: $(readlink -f "$0") ${options[*]}"
        exit 1
    fi
}

apt() { asRoot env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" >&2; }

# The index is fetched only when a package is not in it, or when what it lists can no longer be had.
allKnown() { [ "$(apt-cache policy "${missing[@]}" | grep -cE '^  Candidate: [^(]')" -ge ${#missing[@]} ]; }
updated=no
update() { say "apt-get update"; apt update; updated=yes; }

# Debian's PostgreSQL would start a cluster at once; the tests start private ones.
case " ${missing[*]} " in
    *" postgresql-15 "*)
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            say "telling postgresql-common not to create a cluster (/etc/postgresql-common/createcluster.conf)"
            asRoot mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' | asRoot tee /etc/postgresql-common/createcluster.conf >/dev/null
        fi
        ;;
esac

allKnown || update
say "apt-get install --no-install-recommends ${missing[*]}"
# The file above makes dpkg ask about postgresql-common's own copy: keep ours.
installMissing() { apt install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"; }
if ! installMissing; then
    [ "$updated" = no ] || { say "apt-get failed, see above"; exit 1; }
    update
    installMissing || { say "apt-get failed, see above"; exit 1; }
fi
say "done"
