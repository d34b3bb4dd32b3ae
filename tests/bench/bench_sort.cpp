// SPDX-License-Identifier: GPL-3.0-or-later
// How long sorting a big table takes until the first rows are there and until every position is known, beside one
// reader that merely reads the rowid and the sort columns, and the engine's own ORDER BY … OFFSET.
//
//   bench_sort [rows] [FILE.db] [games|uuids]
//
// Makes two SQLite files of `rows` rows (10,000,000) in the temporary folder, or uses FILE.db and FILE.db.uuids and leaves them there.
#include "tests/bench/benchtable.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>

#include <cstdio>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

void sortBy(BenchTable &table, const std::vector<SortTerm> &order, const char *title)
{
    const double before = BenchTable::residentMegabytes();
    const std::unique_ptr<RowSource> source = makeRowSource(table.pool(), table.table(), {{}, order});
    QElapsedTimer timer;
    timer.start();
    qint64 firstMs = -1;
    QEventLoop loop;
    QObject::connect(source.get(), &RowSource::extentChanged, &loop, [&] {
        if (firstMs < 0)
            firstMs = timer.elapsed();
        if (source->isComplete())
            loop.quit();
    });
    QObject::connect(source.get(), &RowSource::failed, &loop, [](const Error &error) { BenchTable::die(error.message); });
    BenchTable::resetPeak();
    source->start();
    loop.exec();
    const qint64 allMs = timer.elapsed();
    const double peak = BenchTable::peakMegabytes();
    std::printf("%-26s first rows %5lld ms, all %5lld ms; memory +%.0f MB, at the peak +%.0f MB of %.0f MB; %s\n", title,
                static_cast<long long>(firstMs), static_cast<long long>(allMs), BenchTable::residentMegabytes() - before, peak - before,
                200 + static_cast<double>(table.rows()) * 16 / 1e6, qPrintable(source->plan()));
    QStringList columns{u"id"_s};
    for (const SortTerm &term : order)
        columns.append(term.column);
    const double floorMs = table.millisecondsOf(u"SELECT %1 FROM big"_s.arg(columns.join(u", "_s)));
    std::printf("  reading %s: %.0f ms; all is %.2f times that\n", qPrintable(columns.join(u", "_s)), floorMs,
                static_cast<double>(allMs) / floorMs);
    BenchTable::measurePages(*source, "  any page");
}

void engineItself(BenchTable &table, const char *column)
{
    const QString sql = u"SELECT * FROM big ORDER BY %1, id LIMIT 256 OFFSET %2"_s.arg(QString::fromLatin1(column));
    for (const qint64 offset : {qint64(0), table.rows() / 20}) {
        std::printf("  ORDER BY %s OFFSET %lld: %.0f ms\n", column, static_cast<long long>(offset), table.millisecondsOf(sql.arg(offset)));
    }
}

void sortGames(const QString &place, int rows)
{
    BenchTable table(place, rows);
    sortBy(table, {{u"game"_s, false}}, "integer, indexed");
    sortBy(table, {{u"tokens"_s, false}}, "integer, no index");
    sortBy(table, {{u"score"_s, true}}, "real, no index");
    sortBy(table, {{u"stamp"_s, false}}, "text, no index");
    sortBy(table, {{u"note"_s, true}}, "numbered text, no index");
    sortBy(table, {{u"talk"_s, false}}, "UUIDs, 1,000 rows each");
    sortBy(table, {{u"tokens"_s, true}, {u"stamp"_s, false}}, "two columns, no index");
    sortBy(table, {{u"game"_s, false}, {u"stamp"_s, true}, {u"score"_s, false}}, "three columns, no index");
    engineItself(table, "tokens");
}

void sortUuids(const QString &place, int rows)
{
    BenchTable table(place, rows, BenchTable::Shape::Uuids);
    sortBy(table, {{u"own"_s, false}}, "UUIDs, all different");
    sortBy(table, {{u"session"_s, true}}, "UUIDs, 1,000 rows in a row");
    sortBy(table, {{u"chat"_s, false}}, "UUIDs, 100 rows each");
    sortBy(table, {{u"session"_s, false}, {u"own"_s, true}}, "two columns of UUIDs");
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const int rows = argc > 1 ? QByteArray(argv[1]).toInt() : 10'000'000;
    if (rows <= 0)
        BenchTable::die(u"usage: bench_sort [rows] [FILE.db]"_s);
    const QByteArray part = argc > 3 ? QByteArray(argv[3]) : QByteArray();
    QTemporaryDir folder;
    const QString place = argc > 2 ? QString::fromLocal8Bit(argv[2]) : folder.filePath(u"big.db"_s);
    if (part != "uuids")
        sortGames(place, rows);
    if (part != "games")
        sortUuids(place + u".uuids"_s, rows);
    return 0;
}
