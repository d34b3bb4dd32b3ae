// SPDX-License-Identifier: GPL-3.0-or-later
// How long any 256 rows of a big table take, wherever they stand, beside OFFSET.
//
//   bench_jump [rows] [FILE.db]
//
// SQLite: a file of `rows` rows (10,000,000; beyond 20,000,000 of two columns) in the temporary folder, or FILE.db, which stays.
// PostgreSQL: a tenth of the rows on the server of TURNSTONE_TEST_PG_URL, if it is set.
#include "models/database/statementlog.h"
#include "tests/bench/benchtable.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <random>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// What the server itself needs for the statements of a page, planning and execution as EXPLAIN ANALYZE tells them,
/// without the way of the rows to us.
void serverTimes(BenchTable &table, RowSource &source)
{
    StatementLog log(table.pool().url().displayText());
    std::mt19937 random(11);
    std::uniform_int_distribution<qint64> any(0, (source.rowCount() - 1) / RowSource::rowsPerPage);
    std::vector<double> times;
    std::size_t statements = 0;
    for (int i = 0; i < 400; ++i) {
        log.clear();
        source.readPage(any(random)).waitForFinished();
        double ms = 0;
        for (const LoggedStatement &statement : log.after(0)) {
            if (!statement.sql.contains(u"\"big\""_s))
                continue;
            ++statements;
            Parameters parameters;
            for (const QString &text : statement.parameters)
                parameters.positional.push_back(Value::text(text.mid(text.indexOf(u" = "_s) + 3)));
            QFuture<Result<double>> explained =
                table.pool().read([sql = statement.sql, parameters](Connection &connection) -> Result<double> {
                    double sum = 0;
                    const Result<> read = connection.forEachRow(
                        u"EXPLAIN (ANALYZE, TIMING OFF) "_s + sql, parameters, [&sum](const RowBlock &block, int row) {
                            const QByteArray line = block.at(row, 0).bytes().toByteArray();
                            if (line.startsWith("Planning Time: ") || line.startsWith("Execution Time: "))
                                sum += line.split(' ').at(2).toDouble();
                            return true;
                        });
                    if (!read)
                        return failure(read);
                    return sum;
                });
            explained.waitForFinished();
            const Result<double> time = explained.takeResult();
            if (!time)
                BenchTable::die(time.error().message + u' ' + time.error().detail);
            ms += *time;
        }
        if (i >= 100) // the rest warms up
            times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    std::printf("  statement time, anywhere  p50 %6.2f ms, p99 %6.2f ms, most %6.2f ms; %.2f statements a page\n", times[times.size() / 2],
                times[times.size() * 99 / 100], times.back(), static_cast<double>(statements) / 400);
}

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
                static_cast<long long>(source->rowCount()), static_cast<long long>(timer.elapsed()),
                BenchTable::residentMegabytes() - before, qPrintable(source->plan()));
    BenchTable::measurePages(*source, "  any page");
    if (table.table().engine == Engine::PostgreSql)
        serverTimes(table, *source);
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
