// SPDX-License-Identifier: GPL-3.0-or-later
// Saves beside a writer in another process: bench_edit [SAVES]. Says how long the write lock was held, how many saves met a
// conflict, and whether an update was lost, in WAL and in rollback mode.
#include "models/catalog/catalogreader.h"
#include "models/edit/editsave.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/derivedprofile.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr int tableRows = 1000;
constexpr int savedAtOnce = 100;

std::unique_ptr<Connection> opened(const QString &path)
{
    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    return std::move(Connection::open(DatabaseUrl::forFile(path), options).value());
}

/// Adds one to `theirs` of a row at a time, as an application would, until stdin is closed; prints how often.
int writeForever(const QString &path)
{
    const auto connection = opened(path);
    long long done = 0;
    for (std::uint64_t state = 1; ::getppid() != 1; ++done) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto id = static_cast<std::int64_t>((state >> 33) % tableRows) + 1;
        // Every tenth time the column that we edit as well.
        const QString sql = done % 10 == 0 ? u"UPDATE t SET theirs = theirs + 1, shared = shared + 1 WHERE id = ?1"_s : u"UPDATE t SET theirs = theirs + 1 WHERE id = ?1"_s;
        if (!connection->execute(sql, {Value::integer(id)}))
            return 1;
        std::printf("%lld\n", done + 1);
        std::fflush(stdout);
        ::usleep(500);
    }
    return 0;
}

double quantile(std::vector<double> values, double share)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

RowImage image(const CatalogTable &table, std::int64_t id, Connection &connection)
{
    RowImage row{{table.schema, table.name, {Value::integer(id)}, 0}, rowIdentityOf(table).columns, {}, {}};
    (void)connection.forEachRow(u"SELECT mine, shared FROM t WHERE id = ?1"_s, {Value::integer(id)}, [&](const RowBlock &block, int at) {
        row.values.emplace(u"mine"_s, Value(block.at(at, 0)));
        row.values.emplace(u"shared"_s, Value(block.at(at, 1)));
        return false;
    });
    return row;
}

int run(int saves, const QString &journalMode)
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    const auto connection = opened(path);
    if (!connection->executeScript(u"PRAGMA journal_mode = %1; CREATE TABLE t(id INTEGER PRIMARY KEY, mine INTEGER, theirs INTEGER, shared INTEGER, body TEXT);"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %2) INSERT INTO t SELECT i, 0, 0, 0, hex(randomblob(500)) FROM n"_s.arg(journalMode)
                                       .arg(tableRows)))
        return 1;
    const Catalog catalog = readCatalog(*connection).value();
    const ResolvedProfile profile = deriveProfile(catalog);
    const CatalogTable &table = *catalog.table(u"t"_s);

    QProcess writer;
    writer.start(QCoreApplication::applicationFilePath(), {u"--write"_s, path});
    if (!writer.waitForStarted() || !writer.waitForReadyRead(10'000))
        return 1;
    std::vector<double> locked;
    std::vector<double> lockedMany;
    int conflicts = 0;
    int busy = 0;
    long long mine = 0;
    long long shared = 0;
    for (int i = 0; i < saves; ++i) {
        const bool isMany = i % 10 == 9;
        EditBuffer buffer;
        for (int j = 0; j < (isMany ? savedAtOnce : 1); ++j) {
            const std::int64_t id = (i * 37 + j * 7) % tableRows + 1;
            const RowImage row = image(table, id, *connection);
            std::vector<std::pair<QString, Value>> values{{u"mine"_s, Value::integer(row.values.at(u"mine"_s).integer() + 1)}};
            if (i % 5 == 0 && !isMany)
                values.emplace_back(u"shared"_s, Value::integer(row.values.at(u"shared"_s).integer() + 1));
            buffer.stage(u"edit"_s, {buffer.changeOf(row, values).value()});
        }
        for (;;) {
            const std::vector<StagedRow> rows = buffer.rows();
            const auto report = saveEdits(*connection, catalog, profile, rows);
            if (!report) {
                ++busy;
                std::fprintf(stderr, "%s\n", qPrintable(report.error().message));
                break;
            }
            (rows.size() > 1 ? lockedMany : locked).push_back(static_cast<double>(report->locked.count()) / 1000);
            if (report->isSaved) {
                mine += static_cast<long long>(rows.size());
                shared += std::ranges::count_if(rows, [](const StagedRow &row) { return row.cells.contains(u"shared"_s); });
                break;
            }
            // The merge that a user would make: theirs is kept, mine comes on top.
            for (const SaveProblem &problem : report->problems) {
                ++conflicts;
                const RowImage now = image(table, problem.row.key.front().integer(), *connection);
                std::vector<RowStep> steps{buffer.withdrawalOf(problem.row)};
                buffer.stage(u"merge"_s, std::move(steps));
                buffer.stage(u"merge"_s, {buffer.changeOf(now, {{u"mine"_s, Value::integer(now.values.at(u"mine"_s).integer() + 1)}, {u"shared"_s, Value::integer(now.values.at(u"shared"_s).integer() + 1)}}).value()});
            }
        }
    }
    writer.kill();
    writer.waitForFinished();
    const long long wrote = writer.readAllStandardOutput().trimmed().split('\n').last().toLongLong();
    const auto sum = [&](const QString &column) { return connection->queryValue(u"SELECT sum(%1) FROM t"_s.arg(column))->integer(); };
    const std::int64_t theirs = sum(u"theirs"_s);
    const std::int64_t both = sum(u"shared"_s);
    // The writer may have been killed between an UPDATE and its line.
    const bool isRight = sum(u"mine"_s) == mine && theirs >= wrote && theirs <= wrote + 1 && both >= shared + wrote / 10 && both <= shared + wrote / 10 + 2;
    std::printf("%s: %d saves beside %lld writes: %d conflicts merged, %d refused as locked, lost updates: %s\n", qPrintable(journalMode), saves, wrote, conflicts, busy, isRight ? "none" : "YES");
    std::printf("  lock held, 1 row: median %.2f ms, p99 %.2f ms, longest %.2f ms; %d rows: median %.2f ms, p99 %.2f ms, longest %.2f ms\n", quantile(locked, 0.5), quantile(locked, 0.99), quantile(locked, 1),
                savedAtOnce, quantile(lockedMany, 0.5), quantile(lockedMany, 0.99), quantile(lockedMany, 1));
    return isRight && busy == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == u"--write")
        return writeForever(arguments.value(2));
    const int saves = arguments.size() > 1 ? arguments[1].toInt() : 1000;
    const int wal = run(saves, u"wal"_s);
    const int rollback = run(saves, u"delete"_s);
    return wal + rollback;
}
