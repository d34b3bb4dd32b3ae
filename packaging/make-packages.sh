#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the packages (.deb, .rpm, .tar.gz) and tests them: checked by the distributions' own tools, installed in a clean
# minimal Debian root, started there on a demo database, upgraded over an older version, removed without a trace.
# usage: packaging/make-packages.sh [--no-root | --upgrade-from COMMIT]
#   --no-root              leaves the Debian root out: it needs root rights and a mirror
#   --upgrade-from COMMIT  the older version is that commit's, and writes the settings itself (else $TURNSTONE_OLDER_DEB, else this one, renumbered)
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
root=$PWD
build=$root/build/release
out=$build/packages
wantsRoot=yes
older=${TURNSTONE_OLDER_DEB:-}
olderCommit=

usage() { sed -n "$1,7s/^# //p" "$root/packaging/make-packages.sh"; }
case ${1:-} in
    -h | --help) usage 3; exit 0 ;;
    --no-root) wantsRoot=no ;;
    --upgrade-from) olderCommit=${2:-}; [ -n "$olderCommit" ] || { usage 5 >&2; exit 2; } ;;
    '') ;;
    *) usage 5 >&2; exit 2 ;;
esac

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'make-packages: %s\n' "$*" >&2; exit 1; }

packaging/install-dependencies.sh --build --package ${olderCommit:+--test}
if [ -n "$olderCommit" ]; then
    say "The older version"
    older=$(packaging/make-older-deb.sh "$olderCommit")
    echo "$older"
fi

say "Building"
mkdir -p "$build"
cmake --preset release >"$root/build/configure-release.log" 2>&1 || { cat "$root/build/configure-release.log"; exit 1; }
ninja -C "$build" -j"$(nproc)" turnstone turnstone-cli package_files
rm -rf "$out"
mkdir -p "$out"
# The umask decides the rights of folders in the packages.
(umask 022; cd "$build" && for generator in DEB RPM TGZ; do cpack -G "$generator" --config CPackConfig.cmake >"$out/$generator.log" 2>&1 || { cat "$out/$generator.log"; exit 1; }; done)
rm -rf "$out/_CPack_Packages"
deb=$(ls "$out"/*.deb)
rpm=$(ls "$out"/*.rpm)
tgz=$(ls "$out"/*.tar.gz)
ls -l "$deb" "$rpm" "$tgz"

say "desktop-file-validate"
desktop-file-validate packaging/desktop/turnstone.desktop
echo "nothing to say"
say "appstreamcli"
appstreamcli validate --no-net "$build/packaging/turnstone.metainfo.xml"
echo "and with screenshots (TURNSTONE_MEDIA_URL), of which there are none until the pictures have a public address:"
cmake -DTEMPLATE=packaging/desktop/turnstone.metainfo.xml.in -DPICTURES=packaging/pictures/pictures.txt -DMEDIA_URL=https://example.org/turnstone/pictures \
    -DOUTPUT="$out/turnstone.metainfo.xml" -P packaging/desktop/makemetainfo.cmake
appstreamcli validate --no-net "$out/turnstone.metainfo.xml"
named=$(sed -n 's,.*<image>https://example.org/turnstone/\(pictures/.*\.png\)</image>,\1,p' "$out/turnstone.metainfo.xml")
rm "$out/turnstone.metainfo.xml"
[ "$(wc -l <<<"$named")" = "$(wc -l <packaging/pictures/pictures.txt)" ] || fail "the metainfo does not name every picture of packaging/pictures/pictures.txt"
for picture in $named; do [ -s "packaging/$picture" ] || fail "packaging/$picture is missing; packaging/make-screenshots.sh draws it"; done
say "lintian"
# Everything but a hint counts.
lintian --fail-on error,warning --allow-root "$deb" || fail "lintian has found something, see above"
echo "clean"
say "rpmlint (exceptions, each with its reason: packaging/rpm/rpmlint.toml)"
rpmlint --ignore-unused-rpmlintrc -c packaging/rpm/rpmlint.toml "$rpm"
say "man pages"
for page in turnstone turnstone-cli; do
    messages=$(zcat "$build/packaging/$page.1.gz" | LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z - 2>&1 >/dev/null || true)
    [ -z "$messages" ] || fail "the manual page of $page: $messages"
done
echo "nothing to say"

say "The archive, where it was unpacked"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/turnstone-packages.XXXXXX")
chmod 755 "$scratch"
debianRoot=$scratch/root
cleanUp() {
    for mounted in dev/pts dev proc; do umount "$debianRoot/$mounted" 2>/dev/null || true; done
    rm -rf --one-file-system "$scratch"
}
trap cleanUp EXIT
mkdir "$scratch/archive" "$scratch/home"
tar -xzf "$tgz" -C "$scratch/archive"
archive=$(ls -d "$scratch"/archive/*)
run() { env -i HOME="$scratch/home" PATH=/usr/bin:/bin LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR="$scratch/home" "$@"; }
chmod 700 "$scratch/home"
run "$archive/bin/turnstone-cli" --version
run "$archive/bin/turnstone" --self-test 2>/dev/null

if [ $wantsRoot = no ]; then
    say "SKIPPED: the tests in a clean Debian root (--no-root)"
    exit 0
fi
[ "$(id -u)" = 0 ] || fail "the tests in a clean Debian root need root rights; run it as root, or with --no-root"

say "A clean Debian root"
. /etc/os-release
mkdir -p "$scratch/apt"
# The machine's own sources and settings lead to a mirror that can be reached from here.
mmdebstrap --variant=minbase --include=ca-certificates --aptopt='APT::Install-Recommends "false"' \
    ${APT_CONFIG:+--aptopt="$APT_CONFIG"} \
    --setup-hook='mkdir -p "$1"/etc/apt/apt.conf.d; cp -a /etc/apt/apt.conf.d/. "$1"/etc/apt/apt.conf.d/ 2>/dev/null || true; rm -f "$1"/etc/apt/apt.conf.d/*docker*' \
    "$VERSION_CODENAME" "$debianRoot" $(ls /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null) >"$scratch/mmdebstrap.log" 2>&1 ||
    { tail -20 "$scratch/mmdebstrap.log"; fail "the Debian root could not be made"; }
cp /etc/resolv.conf /etc/hosts "$debianRoot/etc/" 2>/dev/null || true
mount -t proc proc "$debianRoot/proc"
mount --bind /dev "$debianRoot/dev"
mkdir -p "$debianRoot/dev/pts"

# Without a package of an earlier release or commit, this one gets a smaller number.
version=$(dpkg-deb -f "$deb" Version)
if [ -n "$older" ]; then
    dpkg --compare-versions "$(dpkg-deb -f "$older" Version)" lt "$version" || fail "$older is no older version"
    cp "$older" "$debianRoot/older.deb"
else
    mkdir "$scratch/older"
    dpkg-deb -R "$deb" "$scratch/older"
    sed -i 's/^Version: .*/Version: 0.0.1-1/' "$scratch/older/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip -b "$scratch/older" "$debianRoot/older.deb" >/dev/null
fi
cp "$deb" "$debianRoot/turnstone.deb"

inside() {
    chroot "$debianRoot" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive QT_QPA_PLATFORM=offscreen \
        XDG_RUNTIME_DIR=/run/turnstone-test "$@"
}
mkdir -p -m 700 "$debianRoot/run/turnstone-test"
# What packages leave and what Turnstone may touch; logs, caches and lists of apt and dpkg come and go by themselves.
listing() { (cd "$debianRoot" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune -o -print | sort); }

say "Installing the older version"
inside apt-get -q update >"$scratch/apt.log" 2>&1 || { tail "$scratch/apt.log"; fail "apt-get update failed in the Debian root"; }
# Dependencies of both first, so that what stays after the removal can be told from them.
for package in /turnstone.deb /older.deb; do
    inside apt-get -q install -y --no-install-recommends "$package" fonts-dejavu-core >"$scratch/apt.log" 2>&1 || { tail -20 "$scratch/apt.log"; fail "$package cannot be installed"; }
    inside dpkg -r turnstone >>"$scratch/apt.log" 2>&1
done
listing >"$scratch/before"
inside dpkg -i /older.deb >>"$scratch/apt.log" 2>&1
settings=$debianRoot/root/.config/turnstone/turnstone.ini
if [ -n "$olderCommit" ]; then
    # The program of that commit writes its settings itself; an X server outside, the sockets of its session bound into the root.
    inside turnstone-cli demo /root/older.db --system mindgames-arena
    use() { packaging/upgrade.sh "$1" "$debianRoot" /root/older.db "$out/after-the-upgrade.png" 2>"$scratch/use.log" | grep -v ^SpiRegistry || { cat "$scratch/use.log"; fail "$1 the upgrade"; }; }
    use before
else
    # What an older program wrote is recorded in tests/data/settings; tst_windowsession reads it with this one.
    mkdir -p "${settings%/*}"
    sed 's,@FOLDER@,/root,' tests/data/settings/first-session.ini >"$settings"
fi
cp "$settings" "$scratch/settings"

say "Upgrading $(dpkg-deb -f "$debianRoot/older.deb" Version) to $version"
inside apt-get -q -o Dpkg::Use-Pty=0 install -y --no-install-recommends /turnstone.deb
cmp "$scratch/settings" "$settings" || fail "the settings did not survive the upgrade"
echo "the settings are kept"
[ -z "$olderCommit" ] || use after

say "Using it"
inside turnstone-cli demo /root/arena.db --system mindgames-arena
inside turnstone-cli info /root/arena.db | head -4
inside turnstone --self-test 2>/dev/null
inside turnstone /root/arena.db --screenshot /root/arena.png 2>/dev/null
[ -s "$debianRoot/root/arena.png" ] || fail "no picture was written"
for file in usr/share/man/man1/turnstone.1.gz usr/share/applications/turnstone.desktop usr/share/icons/hicolor/256x256/apps/turnstone.png usr/share/bash-completion/completions/turnstone-cli; do
    [ -e "$debianRoot/$file" ] || [ "${file#usr/share/man}" != "$file" ] || fail "$file is not installed"
done

say "Removing it"
rm -rf "$debianRoot"/root/arena.* "$debianRoot"/root/older.db* "$debianRoot"/root/.config "$debianRoot"/root/.cache "$debianRoot"/root/.local
inside dpkg --purge turnstone
listing >"$scratch/after"
diff "$scratch/before" "$scratch/after" | grep -v -e '/root/\.' || true
diff <(grep -v '^\./root' "$scratch/before") <(grep -v '^\./root' "$scratch/after") >/dev/null || fail "the package left something behind, see above"
echo "nothing is left of it"

say "All packages are in $out"
