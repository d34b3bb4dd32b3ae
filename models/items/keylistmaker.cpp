// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keylistmaker.h"

#include "models/database/sqliteconnection.h"
#include "models/items/rowfiltersql.h"
#include "models/items/rowsorter.h"

#include <QElapsedTimer>

#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsInPart = 65'536;
constexpr int flushMs = 50;

} // namespace

Result<qint64> KeyListMaker::make(Connection &connection, const OrderedQuery &query, KeyListProgress &progress)
{
    progress.restart();
    auto *sqlite = dynamic_cast<SqliteConnection *>(&connection);
    const Result<bool> sorted = sqlite != nullptr ? RowSorter::sort(*sqlite, query, progress, {}) : Result<bool>(false);
    if (!sorted)
        return failure(sorted);
    if (!*sorted) {
        progress.restart();
        progress.isByEngine = true;
        if (const Result<> made = makeByEngine(connection, query, progress); !made)
            return failure(made);
    }
    return progress.rows.load();
}

Result<> KeyListMaker::makeByEngine(Connection &connection, const OrderedQuery &query, KeyListProgress &progress)
{
    const BoundSql sql = query.keys(0);
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader)
        return tl::unexpected(RowFilterSql::explain(connection, query.table(), query.selection().filters, reader.error()));
    const int columns = static_cast<int>(query.query().keyColumns().size());
    RowBlock block;
    RowBlock gathered;
    gathered.clear(columns);
    QElapsedTimer sinceFlush;
    sinceFlush.start();
    for (bool more = true; more;) {
        // The first rows at once, however rare they are.
        const Result<bool> got = (*reader)->read(block, {progress.rows < RowSource::rowsPerPage ? 16 : 1024, std::numeric_limits<qsizetype>::max()});
        if (!got) {
            reader->reset();
            return tl::unexpected(RowFilterSql::explain(connection, query.table(), query.selection().filters, got.error()));
        }
        more = *got;
        for (int row = 0; row < block.rowCount(); ++row) {
            for (int column = 0; column < columns; ++column)
                gathered.add(block.at(row, column));
            gathered.endRow();
        }
        progress.rows += block.rowCount();
        if (!more || gathered.rowCount() >= rowsInPart || (gathered.rowCount() > 0 && sinceFlush.elapsed() > flushMs)) {
            progress.add(KeyList::Part(gathered, columns));
            gathered.clear(columns);
            sinceFlush.restart();
        }
    }
    return {};
}

} // namespace turnstone
