// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benchtable.h"

#include "models/catalog/catalogreader.h"

#include <QElapsedTimer>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <random>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

double statusMegabytes(const char *field)
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(field))
            return line.mid(qstrlen(field)).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

// More rows than this get two columns only: 100 M of them take some 3 GB.
constexpr qint64 widestRows = 20'000'000;

QString uuidOf(const QString &number)
{
    return u"printf('%.8x-%.4x-4%.3x-8%.3x-%.12x', (NUMBER) * 2654435761 & 4294967295, (NUMBER) * 40503 & 65535, (NUMBER) * 977 & 4095, (NUMBER) * 613 & 4095,"
            " (NUMBER) * 11400714819323 & 281474976710655)"_s.replace(u"NUMBER"_s, number);
}

QString makingOfUuids(qint64 rows)
{
    return u"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE big(id INTEGER PRIMARY KEY, own TEXT, session TEXT, chat TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO big SELECT i,"
            " lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1)"
            " || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), %2, %3 FROM n"_s.arg(rows).arg(uuidOf(u"i / 1000"_s), uuidOf(u"(i * i / 7 + i * 31) % %1"_s.arg(rows / 100 + 3)));
}

QString makingOf(Engine engine, qint64 rows)
{
    if (rows > widestRows && engine == Engine::Sqlite) {
        return u"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE big(id INTEGER PRIMARY KEY, game INTEGER NOT NULL);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO big SELECT i, i * 7919 % 3001 FROM n;"
                "CREATE INDEX big_game ON big(game);"_s.arg(rows);
    }
    if (rows > widestRows) {
        return u"CREATE TABLE big AS SELECT i::bigint AS id, (i::bigint * 7919 % 3001)::int AS game FROM generate_series(1, %1) i;"
                "ALTER TABLE big ADD PRIMARY KEY (id), ALTER game SET NOT NULL; CREATE INDEX big_game ON big(game, id); ANALYZE big;"_s.arg(rows);
    }
    if (engine == Engine::Sqlite) {
        return u"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "CREATE TABLE big(id INTEGER PRIMARY KEY, game INTEGER NOT NULL, tokens INTEGER, score REAL, stamp TEXT, note TEXT, talk TEXT);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO big SELECT i, i * 7919 % 3001, i * 2654435761 % 10000019,"
                " i * 48271 % 1000003 / 7.0, strftime('%Y-%m-%d %H:%M:%S', 1700000000 + i * 7919 % 31536000, 'unixepoch'), 'note ' || i,"
                " %2 FROM n;" // 10,007 conversations
                "CREATE INDEX big_game ON big(game);"_s.arg(rows).arg(uuidOf(u"i % 10007"_s));
    }
    return u"CREATE TABLE big AS SELECT i::bigint AS id, (i::bigint * 7919 % 3001)::int AS game, i::bigint * 2654435761 % 10000019 AS tokens,"
            " i::bigint * 48271 % 1000003 / 7.0::float8 AS score, timestamp '2023-11-14 22:13:20' + i::bigint * 7919 % 31536000 * interval '1 s' AS stamp,"
            " 'note ' || i AS note FROM generate_series(1, %1) i; ALTER TABLE big ADD PRIMARY KEY (id), ALTER game SET NOT NULL;"
            "CREATE INDEX big_game ON big(game, id); ANALYZE big;"_s.arg(rows);
}

} // namespace

BenchTable::BenchTable(const QString &place, int rows, Shape shape) : m_rows(rows)
{
    const bool isUrl = place.contains(u"://"_s);
    const Result<DatabaseUrl> url = isUrl ? DatabaseUrl::parse(place) : Result<DatabaseUrl>(DatabaseUrl::forFile(place));
    if (!url)
        die(url.error().message);
    m_dropAfter = isUrl;
    if (isUrl || !QFile::exists(place)) {
        ConnectionOptions writing;
        writing.readOnly = false;
        writing.createFile = true;
        auto connection = Connection::open(*url, writing);
        if (!connection)
            die(connection.error().message);
        if (isUrl)
            (void)(*connection)->executeScript(u"DROP TABLE IF EXISTS big"_s);
        if (const Result<> made = (*connection)->executeScript(shape == Shape::Uuids ? makingOfUuids(rows) : makingOf(url->engine(), rows)); !made)
            die(made.error().message);
    }
    m_pool = std::make_unique<SessionPool>(*url);
    QFuture<Result<Catalog>> catalog = m_pool->read([](Connection &connection) { return readCatalog(connection); });
    catalog.waitForFinished();
    const Result<Catalog> read = catalog.takeResult();
    if (!read || read->table(u"big"_s) == nullptr)
        die(u"there is no table \"big\""_s);
    m_catalog = *read;
}

BenchTable::~BenchTable()
{
    if (!m_dropAfter)
        return;
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(m_pool->url(), writing);
    if (connection)
        (void)(*connection)->executeScript(u"DROP TABLE IF EXISTS big"_s);
}

double BenchTable::millisecondsOf(const QString &sql)
{
    double best = 1e12;
    for (int round = 0; round < 2; ++round) {
        QElapsedTimer timer;
        timer.start();
        QFuture<Result<int>> done = m_pool->read([sql](Connection &connection) -> Result<int> {
            int rows = 0;
            const Result<> read = connection.forEachRow(sql, {}, [&rows](const RowBlock &, int) { return ++rows > 0; });
            if (!read)
                return failure(read);
            return rows;
        });
        done.waitForFinished();
        best = std::min(best, static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return best;
}

void BenchTable::measurePages(RowSource &source, const char *title)
{
    std::mt19937 random(7);
    const qint64 pages = (source.rowCount() + RowSource::rowsPerPage - 1) / RowSource::rowsPerPage;
    // Near the beginning, anywhere, near the end: a cost that grows with the position would show.
    for (const auto &[where, from, to] : {std::tuple{"first tenth", qint64(0), pages / 10}, std::tuple{"anywhere", qint64(0), pages},
                                          std::tuple{"last tenth", pages * 9 / 10, pages}}) {
        std::vector<double> times;
        std::uniform_int_distribution<qint64> any(from, std::max(from, to - 1));
        for (int i = 0; i < 500; ++i) {
            const qint64 page = any(random);
            QElapsedTimer timer;
            timer.start();
            QFuture<Result<RowPage>> read = source.readPage(page);
            read.waitForFinished();
            const double ms = static_cast<double>(timer.nsecsElapsed()) / 1e6;
            const Result<RowPage> rows = read.takeResult();
            if (!rows || rows->rowCount() == 0)
                die(rows ? u"an empty page"_s : rows.error().message);
            if (i >= 100) // the rest warms up
                times.push_back(ms);
        }
        std::sort(times.begin(), times.end());
        std::printf("%s, %-11s p50 %6.2f ms, p99 %6.2f ms, most %6.2f ms\n", title, where, times[times.size() / 2], times[times.size() * 99 / 100], times.back());
    }
}

double BenchTable::residentMegabytes()
{
    return statusMegabytes("VmRSS:");
}

double BenchTable::peakMegabytes()
{
    return statusMegabytes("VmHWM:");
}

void BenchTable::resetPeak()
{
    QFile refs(u"/proc/self/clear_refs"_s);
    if (refs.open(QIODevice::WriteOnly))
        refs.write("5");
}

void BenchTable::die(const QString &what)
{
    std::fprintf(stderr, "bench: %s\n", qPrintable(what));
    std::exit(1);
}
