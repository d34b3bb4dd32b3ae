#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Private PostgreSQL servers for the tests: a primary, a streaming standby of it, and one with pgvector.
# They listen on free ports of 127.0.0.1 only, live in one folder, and never run as root.
set -euo pipefail

usage() {
    cat <<'USAGE'
usage: servers.sh start DIR                     start what is not running; writes DIR/env
       servers.sh stop DIR                      stop all of them
       servers.sh env DIR                       print the exports (use: eval "$(servers.sh env DIR)")
       servers.sh ctl DIR SERVER start|stop|restart|crash|status
                                                one of: primary, standby, pgvector

DIR/env sets TURNSTONE_TEST_PG_URL, TURNSTONE_TEST_PG_STANDBY_URL (read-only), TURNSTONE_TEST_PG_PRIMARY_DATA,
TURNSTONE_TEST_PG_STANDBY_DATA, TURNSTONE_TEST_PG_SOCKETS (folder of the unix sockets), TURNSTONE_TEST_PG_CTL (a command
that takes "SERVER VERB"), TURNSTONE_TEST_PGVECTOR_URL and TURNSTONE_TEST_PGVECTOR_BIN (its psql, pg_dump …).
A TURNSTONE_TEST_PGVECTOR_URL that is set already is kept, and no pgvector server is started. Where the server with
pgvector cannot be fetched (or TURNSTONE_TEST_WITHOUT_PGVECTOR is set), TURNSTONE_TEST_PGLITE_URL names a PGlite with
pgvector instead: one session for all who connect, so only tests that say so use it.
USAGE
}

readonly self=$(readlink -f "${BASH_SOURCE[0]}")
readonly here=${self%/*}
readonly user=turnstone
# Every class of character that a URL must percent-encode, one letter beyond ASCII included.
readonly password='p@ss:w/rd?#%& +ü'
readonly passwordInUrl='p%40ss%3Aw%2Frd%3F%23%25%26%20%2B%C3%BC'
# A path of a unix socket may have 107 bytes; "/sockets/.s.PGSQL.65535" takes 23 of them.
readonly longestDir=84

fail() { printf 'servers.sh: %s\n' "$*" >&2; exit 1; }
say() { printf 'servers.sh: %s\n' "$*" >&2; }

# PostgreSQL refuses to run as root, so root steps down to the account of Debian's package.
if [ "$(id -u)" = 0 ]; then
    runAs=postgres
    id "$runAs" >/dev/null 2>&1 || runAs=nobody
    unprivileged() { setpriv --reuid="$runAs" --regid="$(id -g "$runAs")" --clear-groups env HOME=/nonexistent LC_ALL=C.UTF-8 "$@"; }
else
    runAs=$(id -un)
    unprivileged() { env LC_ALL=C.UTF-8 "$@"; }
fi

debianBin() {
    local bin
    for bin in /usr/lib/postgresql/15/bin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        [ -x "$bin/initdb" ] && { echo "$bin"; return; }
    done
    bin=$(command -v initdb) || fail "no PostgreSQL server found; install postgresql-15 (packaging/install-dependencies.sh --test)"
    dirname "$(readlink -f "$bin")"
}

binOf() { if [ "$1" = pgvector ]; then echo "$dir"/pgvector-server/*/pginstall18/bin; else debianBin; fi; }

freePort() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

isRunning() { [ -e "$dir/$1/postmaster.pid" ] && unprivileged "$(binOf "$1")/pg_ctl" -D "$dir/$1" status >/dev/null 2>&1; }

portOf() { sed -n "s/^port = //p" "$dir/$1/turnstone.conf"; }

# Speed over durability: nobody needs these databases after a power cut.
writeSettings() { # SERVER PORT
    {
        echo "listen_addresses = '127.0.0.1'"
        echo "port = $2"
        echo "unix_socket_directories = '$dir/sockets'"
        cat <<'SETTINGS'
max_connections = 100
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = replica
wal_keep_size = 512MB
max_wal_size = 2GB
hot_standby = on
max_standby_streaming_delay = 2s
wal_retrieve_retry_interval = 200ms
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
SETTINGS
        if [ "$1" = standby ]; then
            printf "primary_conninfo = 'host=%s port=%s user=%s passfile=%s application_name=standby'\n" \
                "127.0.0.1" "$(portOf primary)" "$user" "$dir/passfile"
        fi
    } | unprivileged tee "$dir/$1/turnstone.conf" >/dev/null
}

create() { # SERVER
    local bin
    bin=$(binOf "$1")
    [ -e "$dir/$1.complete" ] && return
    rm -rf "${dir:?}/$1"
    if [ "$1" = standby ]; then
        unprivileged env PGPASSFILE="$dir/passfile" "$bin/pg_basebackup" -h 127.0.0.1 -p "$(portOf primary)" -U "$user" \
            -D "$dir/standby" -X stream -c fast --no-sync
        unprivileged touch "$dir/standby/standby.signal"
    else
        unprivileged "$bin/initdb" -D "$dir/$1" -U "$user" --pwfile="$dir/password" --auth=scram-sha-256 \
            -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
        echo "include 'turnstone.conf'" | unprivileged tee -a "$dir/$1/postgresql.conf" >/dev/null
    fi
    unprivileged touch "$dir/$1.complete"
}

# Between choosing a free port and listening on it somebody else may take it, hence the attempts.
launch() { # SERVER
    local bin attempt
    bin=$(binOf "$1")
    isRunning "$1" && return
    create "$1"
    for attempt in 1 2 3; do
        if [ "$attempt" -gt 1 ] || [ ! -e "$dir/$1.port" ]; then
            freePort | unprivileged tee "$dir/$1.port" >/dev/null
        fi
        writeSettings "$1" "$(cat "$dir/$1.port")"
        unprivileged "$bin/pg_ctl" -D "$dir/$1" -l "$dir/$1.log" -s -w -t 60 start </dev/null >/dev/null 2>&1 && return
    done
    tail -n 20 "$dir/$1.log" >&2 || true
    fail "the $1 server does not start; the end of $dir/$1.log stands above"
}

# The wheel is kept in the user's cache; its programs are unpacked into DIR, where the account they run as can read them.
unpackPgvector() {
    local cache wheel
    [ -z "${TURNSTONE_TEST_WITHOUT_PGVECTOR:-}" ] || return 1
    [ ! -e "$dir/pgvector-server" ] || return 0
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/turnstone-tests/$(sha256sum "$here/pgvector-requirements.txt" | cut -c1-16)
    if ! ls "$cache"/*.whl >/dev/null 2>&1; then
        mkdir -p "$cache" || return 1
        say "fetching PostgreSQL with pgvector (25 MB, once)"
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
            --implementation cp --python-version 3.11 --abi cp311 --platform "manylinux_2_28_$(uname -m)" \
            --dest "$cache" -r "$here/pgvector-requirements.txt" >&2 || return 1
    fi
    wheel=$(ls "$cache"/*.whl | head -n 1)
    rm -rf "$dir/pgvector-unpacked"
    unzip -q "$wheel" '*.libs/*' '*/pginstall18/bin/*' '*/pginstall18/lib/*.so*' '*/pginstall18/share/*' \
        -d "$dir/pgvector-unpacked" || return 1
    chmod -R a+rX "$dir/pgvector-unpacked"
    unprivileged "$dir"/pgvector-unpacked/*/pginstall18/bin/postgres --version >/dev/null || return 1
    mv "$dir/pgvector-unpacked" "$dir/pgvector-server"
}

startPgvector() {
    if ! unpackPgvector; then
        echo "no server could be fetched" >"$dir/pgvector.missing"
        startPglite || say "PGlite cannot be had either"
        return
    fi
    rm -f "$dir/pgvector.missing"
    launch pgvector
}

isPgliteRunning() { [ -e "$dir/pglite.pid" ] && kill -0 "$(cat "$dir/pglite.pid")" 2>/dev/null; }

# PostgreSQL in WebAssembly from npm. The packages are kept in the user's cache and copied to where the account that
# runs them can read them.
startPglite() {
    local cache port i
    isPgliteRunning && return
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        "$here/../../packaging/install-dependencies.sh" --pglite >&2 || return 1
    fi
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/turnstone-tests/pglite-$(sha256sum "$here/pglite/package.json" | cut -c1-16)
    if [ ! -e "$cache/complete" ]; then
        mkdir -p "$cache" && cp "$here/pglite/package.json" "$cache/" || return 1
        say "fetching PGlite with pgvector (30 MB, once)"
        (cd "$cache" && npm install --silent --no-audit --no-fund --ignore-scripts --no-package-lock >&2) || return 1
        touch "$cache/complete"
    fi
    rm -rf "$dir/pglite"
    cp -r "$cache" "$dir/pglite" && cp "$here/pglite/server.mjs" "$dir/pglite/" || return 1
    chmod -R a+rX "$dir/pglite"
    port=$(freePort)
    rm -f "$dir/pglite.pid"
    # The recorded process is node itself.
    (cd "$dir/pglite" && exec 9>&- && unprivileged sh -c 'echo $$ >"$2"; exec node server.mjs "$1"' sh "$port" "$dir/pglite.pid") \
        >"$dir/pglite.log" 2>&1 </dev/null &
    for i in $(seq 50); do [ ! -s "$dir/pglite.pid" ] || break; sleep 0.1; done
    for i in $(seq 300); do
        if grep -q '^ready' "$dir/pglite.log"; then
            echo "$port" >"$dir/pglite.port"
            return 0
        fi
        isPgliteRunning || break
        sleep 0.1
    done
    tail -n 5 "$dir/pglite.log" >&2
    rm -f "$dir/pglite.pid"
    return 1
}

stopPglite() {
    ! isPgliteRunning || kill "$(cat "$dir/pglite.pid")"
    rm -f "$dir/pglite.pid" "$dir/pglite.port"
}

urlOf() { printf 'postgresql://%s:%s@127.0.0.1:%s/postgres' "$user" "$passwordInUrl" "$(portOf "$1")"; }

quoted() { case $1 in *[[:space:]]*) printf '"%s"' "$1" ;; *) printf '%s' "$1" ;; esac; }

writeEnv() {
    {
        printf "export TURNSTONE_TEST_PG_URL='%s'\n" "$(urlOf primary)"
        printf "export TURNSTONE_TEST_PG_STANDBY_URL='%s'\n" "$(urlOf standby)"
        printf "export TURNSTONE_TEST_PG_PRIMARY_DATA='%s'\n" "$dir/primary"
        printf "export TURNSTONE_TEST_PG_STANDBY_DATA='%s'\n" "$dir/standby"
        printf "export TURNSTONE_TEST_PG_SOCKETS='%s'\n" "$dir/sockets"
        printf "export TURNSTONE_TEST_PG_CTL='%s ctl %s'\n" "$(quoted "$self")" "$(quoted "$dir")"
        if [ -e "$dir/pgvector/turnstone.conf" ]; then
            printf "export TURNSTONE_TEST_PGVECTOR_URL=\"\${TURNSTONE_TEST_PGVECTOR_URL:-%s}\"\n" "$(urlOf pgvector)"
            printf "export TURNSTONE_TEST_PGVECTOR_BIN='%s'\n" "$(binOf pgvector)"
        fi
        if [ -e "$dir/pglite.port" ]; then
            printf "export TURNSTONE_TEST_PGLITE_URL='postgresql://postgres@127.0.0.1:%s/postgres?sslmode=disable'\n" "$(cat "$dir/pglite.port")"
        fi
    } >"$dir/env.new"
    chmod 600 "$dir/env.new"
    mv "$dir/env.new" "$dir/env"
}

prepareDir() {
    [ "$(id -u)" != 0 ] || chown "$runAs" "$dir"
    unprivileged test -w "$dir" || fail "the account $runAs, which runs the servers, cannot get into $dir; choose a folder below /tmp"
    unprivileged mkdir -p "$dir/sockets"
    (umask 077 && : >"$dir/password" && : >"$dir/passfile")
    [ "$(id -u)" != 0 ] || chown "$runAs" "$dir/password" "$dir/passfile"
    printf '%s\n' "$password" >"$dir/password"
    printf '127.0.0.1:*:*:%s:%s\n' "$user" "${password//:/\\:}" >"$dir/passfile"
}

start() {
    prepareDir
    local vector=
    if [ -z "${TURNSTONE_TEST_PGVECTOR_URL:-}" ]; then
        startPgvector 9>&- &
        vector=$!
    fi
    launch primary 9>&-
    launch standby 9>&-
    [ -z "$vector" ] || wait "$vector"
    writeEnv
    if [ -z "${TURNSTONE_TEST_PGVECTOR_URL:-}" ] && [ -e "$dir/pgvector.missing" ]; then
        if [ -e "$dir/pglite.port" ]; then
            echo "SKIPPED: no PostgreSQL server with pgvector could be fetched; PGlite stands in where one session is enough, the other tests that need one are skipped (set TURNSTONE_TEST_PGVECTOR_URL to use a server of yours)"
        else
            echo "SKIPPED: no PostgreSQL with pgvector could be fetched; the tests that need one are skipped (set TURNSTONE_TEST_PGVECTOR_URL to use a server of yours)"
        fi
    fi
}

stop() {
    local server
    stopPglite
    for server in standby pgvector primary; do
        isRunning "$server" || continue
        unprivileged "$(binOf "$server")/pg_ctl" -D "$dir/$server" -s -w -m fast stop &
    done
    wait
}

control() { # SERVER VERB
    case $1 in primary | standby | pgvector) ;; *) fail "no server is called '$1'; there are primary, standby and pgvector" ;; esac
    [ -e "$dir/$1.complete" ] || fail "there is no $1 server in $dir"
    local pgCtl
    pgCtl=$(binOf "$1")/pg_ctl
    case $2 in
        start) isRunning "$1" || unprivileged "$pgCtl" -D "$dir/$1" -l "$dir/$1.log" -s -w start </dev/null >/dev/null 2>&1 ;;
        stop) ! isRunning "$1" || unprivileged "$pgCtl" -D "$dir/$1" -s -w -m fast stop ;;
        crash) ! isRunning "$1" || unprivileged "$pgCtl" -D "$dir/$1" -s -w -m immediate stop ;;
        restart) unprivileged "$pgCtl" -D "$dir/$1" -l "$dir/$1.log" -s -w -m fast restart </dev/null >/dev/null 2>&1 ;;
        status) unprivileged "$pgCtl" -D "$dir/$1" status ;;
        *) fail "unknown verb '$2'; there are start, stop, restart, crash and status" ;;
    esac
}

[ $# -ge 2 ] || { usage >&2; exit 2; }
verb=$1
dir=$(realpath -m "$2")
shift 2
cd / # the account that runs the servers may not be allowed into the current folder
case $verb in
    start)
        [ "${#dir}" -le "$longestDir" ] || fail "the path $dir has ${#dir} characters, a unix socket allows $longestDir; choose a shorter one"
        mkdir -p "$dir"
        exec 9>"$dir/lock"
        flock 9
        start
        ;;
    stop) [ ! -d "$dir" ] || stop ;;
    env) cat "$dir/env" 2>/dev/null || fail "no servers were started in $dir" ;;
    ctl) [ $# -eq 2 ] || { usage >&2; exit 2; }; control "$@" ;;
    *) usage >&2; exit 2 ;;
esac
