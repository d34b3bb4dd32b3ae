// SPDX-License-Identifier: GPL-3.0-or-later
// How long any 256 rows of a big table take, wherever they stand, beside OFFSET.
//
//   bench_jump [rows] [FILE.db]
//
// SQLite: a file of `rows` rows (10,000,000; beyond 20,000,000 of two columns) in the temporary folder, or FILE.db, which stays. PostgreSQL: a tenth of
// the rows on the server of TURNSTONE_TEST_PG_URL, if it is set.
#include "tests/bench/benchtable.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>

#include <cstdio>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

void jump(BenchTable &table, const std::vector<SortTerm> &order, const char *title)
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
    source->start();
    loop.exec();
    std::printf("%-26s first rows %4lld ms, walk of %lld rows %5lld ms, +%.1f MB; %s\n", title, static_cast<long long>(firstMs),
                static_cast<long long>(source->rowCount()), static_cast<long long>(timer.elapsed()), BenchTable::residentMegabytes() - before,
                qPrintable(source->plan()));
    BenchTable::measurePages(*source, "  any page");
}

void offsets(BenchTable &table)
{
    for (const qint64 offset : {qint64(0), table.rows() / 2, table.rows() - 256}) {
        std::printf("  ORDER BY id OFFSET %lld: %.1f ms\n", static_cast<long long>(offset),
                    table.millisecondsOf(u"SELECT * FROM big ORDER BY id LIMIT 256 OFFSET %1"_s.arg(offset)));
    }
}

void all(BenchTable &table)
{
    jump(table, {}, "natural order");
    jump(table, {{u"game"_s, false}}, "indexed, many duplicates");
    jump(table, {{u"game"_s, true}}, "the same backwards");
    offsets(table);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const int rows = argc > 1 ? QByteArray(argv[1]).toInt() : 10'000'000;
    if (rows <= 0)
        BenchTable::die(u"usage: bench_jump [rows] [FILE.db]"_s);
    {
        QTemporaryDir folder;
        BenchTable table(argc > 2 ? QString::fromLocal8Bit(argv[2]) : folder.filePath(u"big.db"_s), rows);
        std::printf("SQLite, %d rows\n", rows);
        all(table);
    }
    const QString url = qEnvironmentVariable("TURNSTONE_TEST_PG_URL");
    if (url.isEmpty()) {
        std::printf("PostgreSQL left out: TURNSTONE_TEST_PG_URL is not set\n");
        return 0;
    }
    BenchTable table(url, rows / 10);
    std::printf("PostgreSQL, %d rows\n", rows / 10);
    all(table);
    return 0;
}
