#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# turnstone-cli as a user meets it: exit codes, streams, Ctrl-C, closed pipes. $1 is the program.
set -u
cli=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
passed=0
failed=0
check() { # check WHAT EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3"
    fi
}

"$cli" >out 2>err; check 'no verb is usage' 2 $?
check 'usage writes nothing to stdout' '' "$(cat out)"
"$cli" frobnicate 2>err; check 'an unknown verb is usage' 2 $?
check 'an unknown verb is named in one line' '1 turnstone-cli: there is no verb "frobnicate"; see turnstone-cli --help' "$(wc -l <err) $(cat err)"
"$cli" --help >out 2>err; check 'help succeeds' 0 $?
check 'help goes to stdout' '' "$(cat err)"
"$cli" query --nonsense x 2>err; check 'an unknown option is usage' 2 $?

"$cli" new a.db --system consensus-engine 2>err; check 'new' 0 $?
"$cli" query a.db 'SELECT count(*) AS n FROM discussions' --format csv >out; check 'query' 0 $?
check 'query prints rows' $'n\n0' "$(cat out)"
"$cli" query a.db 'INSERT INTO discussions(prompt) VALUES(1)' 2>err; check 'writing without --write fails' 1 $?
"$cli" query a.db "INSERT INTO discussions(prompt) VALUES('Is tea better?')" --write 2>err; check 'writing with --write' 0 $?
check 'it was written' '{"id":1,"prompt":"Is tea better?"}' "$("$cli" query a.db 'SELECT id, prompt FROM discussions' --format jsonl)"
"$cli" query a.db 'SELEC 1' 2>err; check 'a syntax error fails' 1 $?
check 'an error is one line' 1 "$(wc -l <err)"
"$cli" info missing.db 2>err; check 'a missing file fails' 1 $?
check 'nothing was made' no "$([ -e missing.db ] && echo yes || echo no)"
"$cli" new a.db --system consensus-engine 2>err; check 'new never touches what is there' 1 $?
"$cli" new b.db --system nonsense 2>err; check 'an unknown system is usage' 2 $?
check 'and makes no file' no "$([ -e b.db ] && echo yes || echo no)"
printf 'DATABASE_URL=sqlite:///a.db\n' >.env
check '--env takes the place of DB' '1' "$("$cli" query --env .env 'SELECT count(*) FROM discussions' --format csv | tail -1)"
check 'a statement from standard input' '7' "$(echo 'SELECT 7' | "$cli" query a.db - --format csv | tail -1)"

# Ctrl-C reaches the engine. A script's background jobs ignore SIGINT, so the child asks for it again.
endless='WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT max(i) FROM n'
"$cli" query a.db "$endless" >out 2>err &
child=$!
sleep 0.5
kill -TERM $child
wait $child; check 'an interrupted query ends with 130' 130 $?
check 'and says so in one line' 'turnstone-cli: query: The work was stopped' "$(cat err)"

# A reader that goes away ends the writer.
rows='WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT i FROM n'
timeout 20 "$cli" query a.db "$rows" --format csv 2>err | head -2 >out
check 'a closed pipe ends the query' $'i\n1' "$(cat out)"

# A password is in no message and not in the process list.
"$cli" info 'postgresql://someone:s3cr%65t@127.0.0.1:1/nothing' >out 2>err; check 'an unreachable server fails' 1 $?
check 'the password is in no message' 0 "$(grep -c -e s3cret -e 's3cr%65t' err)"

"$cli" info 'postgresql://someone:s3cret@127.0.0.1:1/nothing?connect_timeout=2' >out 2>err &
child=$!
"$cli" query a.db "$endless" --param 'unused=password=s3cret' >out 2>err &
second=$!
sleep 0.3
check 'nor in the process list' 0 "$(ps -o args= -p $child -p $second | grep -c s3cret)"
check 'where the programs still are' 1 "$(ps -o args= -p $second | grep -c "query a.db")"
kill $second
wait

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
