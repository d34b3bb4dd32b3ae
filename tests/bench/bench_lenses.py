# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes what bench_lenses.sh reads: a game of 1,000 turns of 20 kB each, and a prompt of 5 MB with a fork of it.
Usage: bench_lenses.py FILE.db   (an empty database of the arena, as `turnstone-cli new` makes it)"""
import json
import random
import sqlite3
import sys

WORDS = "the village sleeps and nobody knows who walked by the mill at night while seven players argue about votes trust silence".split()


def prose(random, characters):
    """Markdown with headings, lists, emphasis and code, as models write it."""
    parts, length = [], 0
    while length < characters:
        kind = random.randrange(10)
        sentence = " ".join(random.choices(WORDS, k=random.randrange(8, 40))).capitalize() + "."
        text = ("## " + sentence[:50] if kind == 0 else "- **" + sentence[:20] + "** " + sentence if kind < 3
                else "```\n" + sentence.replace(" ", "\n") + "\n```" if kind == 3 else sentence)
        parts.append(text)
        length += len(text) + 2
    return "\n\n".join(parts)[:characters]


def main(path):
    chance = random.Random(7)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        columns = {}
        for table in ("games", "game_players", "game_turns", "prompts"):
            columns[table] = {name: (type_, needed, default) for _, name, type_, needed, default, _ in database.execute(f"PRAGMA table_info({table})")}

        def insert(table, **values):
            for name, (type_, needed, default) in columns[table].items():
                if needed and default is None and name not in values and name != "id":
                    values[name] = 1 if "INT" in type_ else "{}" if "JSON" in type_ else "2025-01-01 00:00:00"
            names = ", ".join(values)
            database.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", list(values.values()))

        insert("games", id=1, status="completed", started_at="2025-01-01 00:00:00")
        for player in range(6):
            insert("game_players", game_id=1, player_index=player, agent_id=player + 1, role="Villager")
        for turn in range(1000):
            insert("game_turns", id=turn + 1, game_id=1, turn_number=turn + 1, player_index=turn % 6, action=prose(chance, 20_000),
                   observation=json.dumps({"text": prose(chance, 2_000)}), response_time_ms=900, timestamp="2025-01-01 %02d:%02d:%02d" % (turn // 3600, turn // 60 % 60, turn % 60))
        text = prose(chance, 5_000_000)
        words = text.split(" ")
        for place in range(0, len(words), 97):
            words[place] = "otherwise"
        insert("prompts", id=1, name="long", content=text)
        insert("prompts", id=2, name="long fork", content=" ".join(words)[:5_000_000], forked_from=1)


main(sys.argv[1])
