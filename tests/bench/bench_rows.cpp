// SPDX-License-Identifier: GPL-3.0-or-later
// How fast rows flow from the engines into RowBlocks, beside the engines' own loops and Qt SQL.
//
//   bench_rows [rows] [rounds]
//
// SQLite: a file of `rows` arena-like turns (nine columns, some 620 bytes a row) made in the
// temporary folder. PostgreSQL: the same rows on the server of TURNSTONE_TEST_PG_URL, if it is set.
#include "models/database/connection.h"
#include "models/database/sqliteconnection.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

struct Figures
{
    const char *name;
    std::vector<double> seconds;
    double median() const
    {
        auto sorted = seconds;
        std::sort(sorted.begin(), sorted.end());
        return sorted[sorted.size() / 2];
    }
};

/// Peak resident memory of this process in MB.
double peakMegabytes()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmHWM:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

[[noreturn]] void die(const QString &what)
{
    std::fprintf(stderr, "bench_rows: %s\n", qPrintable(what));
    std::exit(1);
}

/// Runs each candidate in turn, round after round, so that drift of the machine hits all alike.
void race(const char *title, int rounds, const std::vector<std::pair<const char *, std::function<void()>>> &candidates)
{
    std::vector<Figures> figures;
    for (const auto &candidate : candidates)
        figures.push_back({candidate.first, {}});
    for (int round = -1; round < rounds; ++round) { // the first round warms up
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            QElapsedTimer timer;
            timer.start();
            candidates[i].second();
            if (round >= 0)
                figures[i].seconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e9);
        }
    }
    std::printf("%s\n", title);
    for (const Figures &f : figures)
        std::printf("  %-44s %7.3f s   %5.2f x\n", f.name, f.median(), f.median() / figures.front().median());
}

const char *const turnsDdl =
    "CREATE TABLE game_turns(id INTEGER NOT NULL PRIMARY KEY, game_id INTEGER NOT NULL, turn_number INTEGER NOT NULL,"
    " player_index INTEGER NOT NULL, observation JSON NOT NULL, action VARCHAR NOT NULL, step_info JSON,"
    " response_time_ms INTEGER NOT NULL, tokens_used INTEGER, timestamp %1 NOT NULL)";

QByteArray longText(int seed, int length)
{
    static const QByteArray words = "the village sleeps while two players whisper about who voted against whom and why nobody "
                                    "believed the quiet one in the corner who had seen everything from the start ";
    QByteArray text;
    text.reserve(length);
    for (int at = seed * 7 % 40; text.size() < length; at = 0)
        text.append(words.mid(at, length - static_cast<int>(text.size())));
    return text;
}

const char *const columns = "id, game_id, turn_number, player_index, observation, action, response_time_ms, tokens_used, timestamp";

std::int64_t touched = 0; // keeps the compiler from dropping a loop

void sqliteFloor(sqlite3 *handle, const QByteArray &sql)
{
    sqlite3_stmt *statement = nullptr;
    sqlite3_prepare_v2(handle, sql.constData(), -1, &statement, nullptr);
    const int count = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < count; ++i) {
            switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER: touched += sqlite3_column_int64(statement, i); break;
            case SQLITE_FLOAT: touched += static_cast<std::int64_t>(sqlite3_column_double(statement, i)); break;
            case SQLITE_TEXT:
                touched += *sqlite3_column_text(statement, i);
                touched += sqlite3_column_bytes(statement, i);
                break;
            case SQLITE_BLOB:
                touched += *static_cast<const char *>(sqlite3_column_blob(statement, i));
                touched += sqlite3_column_bytes(statement, i);
                break;
            default: break;
            }
        }
    }
    sqlite3_finalize(statement);
}

void ours(Connection &connection, const QString &sql)
{
    auto reader = connection.query(sql);
    if (!reader)
        die(reader.error().message);
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block);
        if (!more)
            die(more.error().message);
        for (int row = 0; row < block.rowCount(); ++row) {
            for (int column = 0; column < block.columnCount(); ++column) {
                const ValueRef value = block.at(row, column);
                touched += value.type() == ValueType::Integer ? value.integer() : value.bytes().size();
            }
        }
        if (!*more)
            return;
    }
}

void throughQtSql(QSqlDatabase &database, const QString &sql)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(sql))
        die(u"QSqlQuery failed"_s);
    while (query.next()) {
        for (int i = 0; i < 9; ++i)
            touched += query.value(i).isNull() ? 1 : 2;
    }
}

void benchSqlite(int rows, int rounds, const QString &folder)
{
    const QString path = folder + u"/turns.db"_s;
    ConnectionOptions create;
    create.readOnly = false;
    create.createFile = true;
    {
        auto connection = Connection::open(DatabaseUrl::forFile(path), create);
        if (!connection)
            die(connection.error().message);
        (void)(*connection)->execute(QString::fromLatin1(turnsDdl).arg(u"DATETIME"_s));
        (void)(*connection)->begin();
        auto insert = (*connection)->prepare(u"INSERT INTO game_turns VALUES(?,?,?,?,?,?,?,?,?,?)"_s);
        for (int i = 1; i <= rows; ++i) {
            const QByteArray observation = "{\"text\": \"" + longText(i, 440) + "\"}";
            const QByteArray action = longText(i * 3, 90);
            const std::vector<ValueRef> values{
                ValueRef::integer(i), ValueRef::integer(i / 40), ValueRef::integer(i % 40), ValueRef::integer(i % 6),
                ValueRef::bytes(ValueType::Text, observation.constData(), observation.size()),
                ValueRef::bytes(ValueType::Text, action.constData(), action.size()), ValueRef(), ValueRef::integer(900 + i % 700),
                ValueRef::integer(120 + i % 90), ValueRef::bytes(ValueType::Text, "2025-10-21 09:14:03.123456", 26)};
            if (!(*insert)->execute(values.data(), static_cast<int>(values.size())))
                die(u"insert failed"_s);
        }
        insert->reset();
        if (const auto done = (*connection)->commit(); !done)
            die(done.error().message);
    }
    auto connection = Connection::open(DatabaseUrl::forFile(path));
    if (!connection)
        die(connection.error().message);
    sqlite3 *handle = nullptr;
    sqlite3_open_v2(QFile::encodeName(path).constData(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    const QByteArray sql = QByteArray("SELECT ") + columns + " FROM game_turns";
    const double before = peakMegabytes();
    ours(**connection, QString::fromLatin1(sql));
    const double after = peakMegabytes();
    std::printf("SQLite %s, %d rows x 9 columns, %.0f MB; memory of one scan: peak %.1f MB before, %.1f MB after\n",
                sqlite3_libversion(), rows, static_cast<double>(QFile(path).size()) / 1e6, before, after);
    race("SQLite scan", rounds,
         {{"sqlite3_step, every column touched (floor)", [&] { sqliteFloor(handle, sql); }},
          {"RowReader into RowBlock", [&] { ours(**connection, QString::fromLatin1(sql)); }},
          {"QSqlQuery forward-only", [&] { throughQtSql((*connection)->database(), QString::fromLatin1(sql)); }}});
    sqlite3_close(handle);
}

void singleRowFloor(PGconn *handle, const QByteArray &sql)
{
    PQsendQuery(handle, sql.constData());
    PQsetSingleRowMode(handle);
    while (PGresult *result = PQgetResult(handle)) {
        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            for (int i = 0; i < 9; ++i) {
                if (!PQgetisnull(result, 0, i)) {
                    touched += *PQgetvalue(result, 0, i);
                    touched += PQgetlength(result, 0, i);
                }
            }
        }
        PQclear(result);
    }
}

void benchPostgres(const QString &url, int rows, int rounds)
{
    const Result<DatabaseUrl> parsed = DatabaseUrl::parse(url);
    if (!parsed)
        die(parsed.error().message);
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(*parsed, writing);
    if (!connection)
        die(connection.error().message);
    (void)(*connection)->executeScript(u"DROP TABLE IF EXISTS bench_turns"_s);
    const QString make = u"CREATE TABLE bench_turns AS SELECT i AS id, i / 40 AS game_id, i % 40 AS turn_number, i % 6 AS player_index,"
                         " ('{\"text\": \"' || repeat('the village sleeps ', 23) || '\"}')::json AS observation,"
                         " repeat('I vote for three ', 5)::varchar AS action, 900 + i % 700 AS response_time_ms,"
                         " 120 + i % 90 AS tokens_used, timestamp '2025-10-21 09:14:03.123456' AS timestamp"
                         " FROM generate_series(1, %1) i"_s.arg(rows);
    if (const auto made = (*connection)->execute(make); !made)
        die(made.error().message);
    PGconn *handle = PQconnectdb(parsed->toUrlWithSecrets().toUtf8().constData());
    const QByteArray sql = QByteArray("SELECT ") + columns + " FROM bench_turns";
    std::printf("PostgreSQL %d, %d rows x 9 columns\n", PQserverVersion(handle) / 10000, rows);
    race("PostgreSQL scan", rounds,
         {{"PQgetvalue in single-row mode (floor)", [&] { singleRowFloor(handle, sql); }},
          {"RowReader into RowBlock", [&] { ours(**connection, QString::fromLatin1(sql)); }},
          {"QSqlQuery forward-only", [&] { throughQtSql((*connection)->database(), QString::fromLatin1(sql)); }}});
    PQfinish(handle);
    (void)(*connection)->executeScript(u"DROP TABLE bench_turns"_s);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const int rows = argc > 1 ? QByteArray(argv[1]).toInt() : 1'000'000;
    const int rounds = argc > 2 ? QByteArray(argv[2]).toInt() : 5;
    if (rows <= 0 || rounds <= 0)
        die(u"usage: bench_rows [rows] [rounds]"_s);
    QTemporaryDir folder;
    benchSqlite(rows, rounds, folder.path());
    if (const QString url = qEnvironmentVariable("TURNSTONE_TEST_PG_URL"); !url.isEmpty())
        benchPostgres(url, rows, rounds);
    else
        std::printf("PostgreSQL left out: TURNSTONE_TEST_PG_URL is not set\n");
    return touched == 0 ? 1 : 0;
}
