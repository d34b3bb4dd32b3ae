// SPDX-License-Identifier: GPL-3.0-or-later
// How fast rows leave and enter databases, beside the engine's own loop and the engines' own programs, in one run.
//
//   bench_transfer [rows] [rounds] [folder] [parts]
//
// Parts: csv, json, sql, import, tree, server; all of them, if none is named ("csv,json"). A folder that is named keeps its
// database for the next run with as many rows.
// SQLite: a file of `rows` arena-like turns (nine columns, some 620 bytes a row; one of them JSON), and a hierarchy of four
// tables. Peers: the sqlite3 program. PostgreSQL: the same rows on the server of TURNSTONE_TEST_PG_URL, if it is set; peer:
// psql. The first round warms up. Every figure is the median of the rounds; ratios are to the first line of each block.
// Every candidate writes a new file, and what the one before it left to the disk is written first. Our exports end when the
// disk has the file; a peer leaves that to the system, unless its line says otherwise.
#include "models/catalog/catalogreader.h"
#include "models/documents/treeexport.h"
#include "models/importing/importjob.h"
#include "models/profiles/derivedprofile.h"
#include "models/transfer/exportjob.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>

#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include <unistd.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

std::int64_t touched = 0; // keeps the compiler from dropping a loop

[[noreturn]] void die(const QString &what)
{
    std::fprintf(stderr, "bench_transfer: %s\n", qPrintable(what));
    std::exit(1);
}

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

struct Candidate
{
    const char *title;
    std::function<void()> run;
    QString file = {}; ///< that it writes anew; removed before, outside of the time
};

void race(const char *title, int rounds, const std::vector<Candidate> &candidates)
{
    std::vector<std::vector<double>> seconds(candidates.size());
    for (int round = -1; round < rounds; ++round) {
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (!candidates[i].file.isEmpty())
                QFile::remove(candidates[i].file);
            ::sync(); // nobody pays for what another left to be written
            QElapsedTimer timer;
            timer.start();
            candidates[i].run();
            if (round >= 0)
                seconds[i].push_back(static_cast<double>(timer.nsecsElapsed()) / 1e9);
        }
    }
    std::printf("%s\n", title);
    double first = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        std::sort(seconds[i].begin(), seconds[i].end());
        const double median = seconds[i][seconds[i].size() / 2];
        first = i == 0 ? median : first;
        std::printf("  %-52s %7.3f s   %5.2f x\n", candidates[i].title, median, median / first);
    }
    std::printf("  (peak memory so far %.0f MB)\n", peakMegabytes());
    std::fflush(stdout);
}

void shell(const QString &command)
{
    if (std::system(qPrintable(command)) != 0)
        die(u"failed: "_s + command);
}

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

const char *const ddl = "CREATE TABLE %1(id INTEGER NOT NULL PRIMARY KEY, game_id INTEGER NOT NULL, turn_number INTEGER NOT NULL,"
                        " player_index INTEGER NOT NULL, observation %2 NOT NULL, action VARCHAR NOT NULL,"
                        " response_time_ms INTEGER NOT NULL, tokens_used INTEGER, stamp %3 NOT NULL)%4";

std::unique_ptr<Connection> opened(const QString &place, bool readOnly)
{
    ConnectionOptions options;
    options.readOnly = readOnly;
    options.createFile = !readOnly;
    auto connection = Connection::open(*DatabaseUrl::parse(place), options);
    if (!connection)
        die(connection.error().message);
    return std::move(*connection);
}

void must(const Result<ExecuteOutcome> &done)
{
    if (!done)
        die(done.error().message);
}

template<typename T>
void must(const Result<T> &done)
{
    if (!done)
        die(done.error().message);
}

void fill(Connection &connection, const QString &table, int rows, int step)
{
    must(connection.begin());
    auto insert = connection.prepare(u"INSERT INTO %1 VALUES(?,?,?,?,?,?,?,?,?)"_s.arg(table));
    if (!insert)
        die(insert.error().message);
    for (int i = 1; i <= rows; ++i) {
        const QByteArray observation = "{\"text\": \"" + longText(i, 440) + "\"}";
        const QByteArray action = longText(i * 3, 90);
        const std::vector<ValueRef> values{
            ValueRef::integer(std::int64_t(i) * step), ValueRef::integer(i / 40), ValueRef::integer(i % 40), ValueRef::integer(i % 6),
            ValueRef::bytes(ValueType::Text, observation.constData(), observation.size()),
            ValueRef::bytes(ValueType::Text, action.constData(), action.size()), ValueRef::integer(900 + i % 700),
            ValueRef::integer(120 + i % 90), ValueRef::bytes(ValueType::Text, "2025-10-21 09:14:03.123456", 26)};
        must((*insert)->execute(values.data(), static_cast<int>(values.size())));
    }
    insert->reset();
    must(connection.commit());
}

void scan(sqlite3 *handle, const QByteArray &sql)
{
    sqlite3_stmt *statement = nullptr;
    sqlite3_prepare_v2(handle, sql.constData(), -1, &statement, nullptr);
    const int count = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < count; ++i) {
            switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER: touched += sqlite3_column_int64(statement, i); break;
            case SQLITE_TEXT:
                touched += *sqlite3_column_text(statement, i);
                touched += sqlite3_column_bytes(statement, i);
                break;
            default: break;
            }
        }
    }
    sqlite3_finalize(statement);
}

ExportSource sourceOf(const Catalog &catalog, const QString &table)
{
    ExportSource source;
    source.rows = ExportSource::Rows{*catalog.table(table), {}, {}, {}, {}, -1};
    return source;
}

void exportTable(Connection &connection, const Catalog &catalog, const QString &table, const QString &format, const QString &file, bool jsonAsText = false)
{
    FormatOptions options;
    options.format = format;
    options.jsonAsText = jsonAsText;
    must(exportToFile(connection, sourceOf(catalog, table), options, file));
}

/// What an import cannot do without: the same values bound to one prepared INSERT in one transaction.
void insertFloor(const QString &path, const RowBlock &sample, int rows)
{
    const auto connection = opened(path, false);
    must(connection->execute(QString::fromLatin1(ddl).arg(u"t"_s, u"JSON"_s, u"DATETIME"_s, QString())));
    must(connection->begin());
    auto insert = connection->prepare(u"INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?)"_s);
    std::vector<ValueRef> values(9);
    for (int i = 1; i <= rows; ++i) {
        for (int column = 0; column < 9; ++column)
            values[static_cast<std::size_t>(column)] = sample.at(i % sample.rowCount(), column);
        values[0] = ValueRef::integer(i);
        must((*insert)->execute(values.data(), 9));
    }
    insert->reset();
    must(connection->commit());
}

void importInto(const QString &place, const QString &table, const QString &file, Engine engine)
{
    const auto connection = opened(place, false);
    if (engine == Engine::Sqlite)
        must(connection->execute(QString::fromLatin1(ddl).arg(table, u"JSON"_s, u"DATETIME"_s, QString())));
    const Result<Catalog> catalog = readCatalog(*connection);
    ImportRequest request;
    request.file = file;
    request.table = table;
    must(importFile(*connection, *catalog, request));
}

/// The database of the exports: with rowids side by side, with gaps between them, and without.
void makeTurns(const QString &path, int rows)
{
    if (QFile::exists(path) && opened(path, true)->queryValue(u"PRAGMA user_version"_s).value_or(Value()) == Value::integer(rows))
        return;
    QFile::remove(path);
    const auto connection = opened(path, false);
    must(connection->execute(QString::fromLatin1(ddl).arg(u"turns"_s, u"JSON"_s, u"DATETIME"_s, QString())));
    must(connection->execute(QString::fromLatin1(ddl).arg(u"gaps"_s, u"JSON"_s, u"DATETIME"_s, QString())));
    must(connection->execute(QString::fromLatin1(ddl).arg(u"keyed"_s, u"JSON"_s, u"DATETIME"_s, u" WITHOUT ROWID"_s)));
    fill(*connection, u"turns"_s, rows, 1);
    fill(*connection, u"gaps"_s, rows, 977);
    fill(*connection, u"keyed"_s, rows, 1);
    must(connection->execute(u"PRAGMA user_version = %1"_s.arg(rows)));
}

void benchExports(int rounds, const QString &folder, const QStringList &parts)
{
    const QString path = folder + u"/turns.db"_s;
    const auto connection = opened(path, true);
    const Catalog catalog = *readCatalog(*connection);
    sqlite3 *handle = nullptr;
    sqlite3_open_v2(QFile::encodeName(path).constData(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    const QString out = folder + u"/out"_s;
    const Candidate floor{"sqlite3_step, every column touched (floor)", [&] { scan(handle, "SELECT * FROM turns"); }};
    const auto ours = [&](const char *title, const char *table, const char *format, bool jsonAsText = false) {
        return Candidate{title, [&, table, format, jsonAsText] { exportTable(*connection, catalog, QLatin1String(table), QLatin1String(format), out, jsonAsText); }, out};
    };
    const auto peer = [&](const char *title, const char *mode, bool isSynced = false) {
        return Candidate{title, [&, mode, isSynced] {
            shell(u"sqlite3 -batch -header %1 '%2' 'SELECT * FROM turns' > '%3'"_s.arg(QLatin1String(mode), path, out));
            if (isSynced)
                shell(u"sync '%1'"_s.arg(out));
        }, out};
    };
    if (parts.contains(u"csv"_s)) {
        race("Export to CSV", rounds,
             {floor, ours("CSV", "turns", "csv"), ours("CSV, gaps between rowids", "gaps", "csv"), ours("CSV, no rowids (one reader)", "keyed", "csv"),
              peer("sqlite3 -csv", "-csv"), peer("sqlite3 -csv, until the disk has it", "-csv", true)});
    }
    if (parts.contains(u"json"_s)) {
        race("Export to JSON", rounds,
             {floor, ours("JSON Lines", "turns", "jsonl"), ours("JSON array", "turns", "json"), ours("JSON Lines, gaps between rowids", "gaps", "jsonl"),
              ours("JSON array, JSON as text", "turns", "json", true),
              ours("JSON array, no rowids (one reader)", "keyed", "json"), peer("sqlite3 -json", "-json"),
              peer("sqlite3 -json, until the disk has it", "-json", true)});
    }
    if (parts.contains(u"sql"_s))
        race("Export to SQL", rounds, {floor, ours("SQL", "turns", "sql"), peer("sqlite3 -insert", "-cmd '.mode insert'")});
    sqlite3_close(handle);
    QFile::remove(out);
}

void benchImports(int rows, int rounds, const QString &folder)
{
    const auto connection = opened(folder + u"/turns.db"_s, true);
    const Catalog catalog = *readCatalog(*connection);
    const QString csv = folder + u"/turns.csv"_s;
    const QString lines = folder + u"/turns.jsonl"_s;
    const QString into = folder + u"/in.db"_s;
    exportTable(*connection, catalog, u"turns"_s, u"csv"_s, csv);
    exportTable(*connection, catalog, u"turns"_s, u"jsonl"_s, lines);
    RowBlock sample;
    must((*connection->query(u"SELECT * FROM turns LIMIT 1000"_s))->read(sample));
    race("Import", rounds,
         {{"prepared inserts in one transaction (floor)", [&] { insertFloor(into, sample, rows); }, into},
          {"import of CSV", [&] { importInto(into, u"t"_s, csv, Engine::Sqlite); }, into},
          {"import of JSON Lines", [&] { importInto(into, u"t"_s, lines, Engine::Sqlite); }, into},
          {"sqlite3 .import of CSV", [&] {
               shell(u"sqlite3 -batch '%1' \"%2\" '.mode csv' '.import --skip 1 %3 t'"_s.arg(into, QString::fromLatin1(ddl).arg(u"t"_s, u"JSON"_s, u"DATETIME"_s, QString()), csv));
           }, into}});
    QFile::remove(into);
}

void benchTree(int games, int rounds, const QString &folder)
{
    const QString path = folder + u"/tree.db"_s;
    QFile::remove(path);
    const auto connection = opened(path, false);
    must(connection->executeScript(u"CREATE TABLE g(id INTEGER PRIMARY KEY, name TEXT);"
                                   "CREATE TABLE p(id INTEGER PRIMARY KEY, g_id INTEGER NOT NULL REFERENCES g(id), role TEXT);"
                                   "CREATE TABLE t(id INTEGER PRIMARY KEY, p_id INTEGER NOT NULL REFERENCES p(id), n INTEGER, x TEXT);"
                                   "CREATE TABLE c(id INTEGER PRIMARY KEY, t_id INTEGER NOT NULL REFERENCES t(id), x TEXT, y TEXT);"
                                   "CREATE INDEX p_g ON p(g_id); CREATE INDEX t_p ON t(p_id); CREATE INDEX c_t ON c(t_id)"_s));
    const QString text = QString::fromLatin1(longText(1, 500));
    must(connection->begin());
    must(connection->executeScript(u"INSERT INTO g WITH RECURSIVE r(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM r WHERE v < %1) SELECT v, 'game ' || v FROM r;"
                                   "INSERT INTO p WITH RECURSIVE r(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM r WHERE v < %1 * 6 - 1) SELECT v, v / 6 + 1, 'role' FROM r;"
                                   "INSERT INTO t WITH RECURSIVE r(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM r WHERE v < %1 * 42 - 1) SELECT v, v / 7, v % 7, '%2' FROM r;"
                                   "INSERT INTO c SELECT id, id, '%2', '%2' FROM t"_s.arg(games).arg(text)));
    must(connection->commit());
    const auto reading = opened(path, true);
    const Catalog catalog = *readCatalog(*reading);
    const ResolvedProfile profile = deriveProfile(catalog);
    DocumentRequest request;
    request.root = u"g"_s;
    request.format.format = u"json"_s;
    std::printf("Hierarchy of four tables: %d games, %d turns, as many calls\n", games, games * 42);
    race("Tree", rounds,
         {{"the four tables flat, JSON", [&] {
               for (const char *table : {"g", "p", "t", "c"}) {
                   const QString file = folder + u"/flat-"_s + QLatin1String(table);
                   QFile::remove(file);
                   exportTable(*reading, catalog, QLatin1String(table), u"json"_s, file);
               }
           }},
          {"nested JSON", [&] {
               must(writeWholeFile(folder + u"/tree.json"_s, [&](const ByteSink &sink) { return exportTree(*reading, catalog, profile, request, sink); }));
           }, folder + u"/tree.json"_s}});
}

void benchPostgres(int rows, int rounds, const QString &folder, const QString &url)
{
    const auto connection = opened(url, false);
    must(connection->executeScript(u"DROP TABLE IF EXISTS bench_turns; DROP TABLE IF EXISTS bench_in"_s));
    must(connection->execute(QString::fromLatin1(ddl).arg(u"bench_turns"_s, u"json"_s, u"timestamp"_s, QString())));
    must(connection->execute(QString::fromLatin1(ddl).arg(u"bench_in"_s, u"json"_s, u"timestamp"_s, QString())));
    {
        const auto file = opened(folder + u"/turns.db"_s, true);
        exportTable(*file, *readCatalog(*file), u"turns"_s, u"csv"_s, folder + u"/turns.csv"_s);
        const Catalog catalog = *readCatalog(*connection);
        ImportRequest request;
        request.file = folder + u"/turns.csv"_s;
        request.table = u"bench_turns"_s;
        must(importFile(*connection, catalog, request));
    }
    const Catalog catalog = *readCatalog(*connection);
    std::printf("PostgreSQL, %d rows x 9 columns\n", rows);
    const QString out = folder + u"/out"_s;
    race("Export from the server", rounds,
         {{"psql \\copy to CSV (peer)", [&] { shell(u"psql -q '%1' -c \"\\copy bench_turns to '%2' csv header\""_s.arg(url, out)); }, out},
          {"CSV", [&] { exportTable(*connection, catalog, u"bench_turns"_s, u"csv"_s, out); }, out},
          {"JSON Lines", [&] { exportTable(*connection, catalog, u"bench_turns"_s, u"jsonl"_s, out); }, out}});
    QFile::remove(out);
    race("Import into the server", rounds,
         {{"psql \\copy from CSV (peer)", [&] { shell(u"psql -q '%1' -c 'TRUNCATE bench_in' -c \"\\copy bench_in from '%2/turns.csv' csv header\""_s.arg(url, folder)); }},
          {"import", [&] {
               must(connection->execute(u"TRUNCATE bench_in"_s));
               importInto(url, u"bench_in"_s, folder + u"/turns.csv"_s, Engine::PostgreSql);
           }}});
    must(connection->executeScript(u"DROP TABLE bench_turns; DROP TABLE bench_in"_s));
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const int rows = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
    QTemporaryDir temporary;
    const QString folder = argc > 3 ? QString::fromLocal8Bit(argv[3]) : temporary.path();
    const QStringList all{u"csv"_s, u"json"_s, u"sql"_s, u"import"_s, u"tree"_s, u"server"_s};
    const QStringList parts = argc > 4 ? QString::fromLocal8Bit(argv[4]).split(u',') : all;
    if (rows < 1000 || rounds < 1 || !std::ranges::all_of(parts, [&](const QString &part) { return all.contains(part); }))
        die(u"usage: bench_transfer [rows] [rounds] [folder] [parts of %1]"_s.arg(all.join(u',')));
    const QString url = qEnvironmentVariable("TURNSTONE_TEST_PG_URL");
    const bool hasServer = parts.contains(u"server"_s) && !url.isEmpty();
    const bool hasImport = parts.contains(u"import"_s);
    if (parts != QStringList{u"tree"_s})
        makeTurns(folder + u"/turns.db"_s, rows);
    std::printf("SQLite %s, %d rows x 9 columns\n", sqlite3_libversion(), rows);
    if (parts != QStringList{u"tree"_s})
        benchExports(rounds, folder, parts);
    if (hasImport)
        benchImports(rows, rounds, folder);
    if (parts.contains(u"tree"_s))
        benchTree(std::max(1, rows / 42), rounds, folder);
    if (hasServer)
        benchPostgres(rows, rounds, folder, url);
    std::fprintf(stderr, "%lld\n", static_cast<long long>(touched));
    return 0;
}
