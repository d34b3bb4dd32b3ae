// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortscan.h"

#include "models/database/sqlitescan.h"
#include "models/items/rowfiltersql.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Makes entries of rows; of a later round only of those that it is about.
class EntryMaker final : public RowVisitor
{
public:
    EntryMaker(const SortCode &code, const TiedRows *tied, std::int64_t firstRow, SortEntries &entries)
        : m_code(code)
        , m_tied(tied)
        , m_next(tied != nullptr ? tied->from(firstRow) : 0)
        , m_entries(entries)
    {
    }
    bool visit(const ValueRef *values) override
    {
        ++m_rows;
        const std::int64_t row = values[0].integer();
        std::uint64_t tie = 0;
        if (m_tied != nullptr) {
            while (m_next < m_tied->size() && m_tied->row(m_next) < row)
                ++m_next;
            if (m_next == m_tied->size() || m_tied->row(m_next) != row)
                return true;
            tie = m_tied->tie(m_next);
        }
        const std::optional<SortWord> entry = m_code.of(row, values + 1, m_entries.dictionaries, tie);
        if (!entry) {
            m_end = m_code.isInside(row) ? SortScan::End::TooManyValues : SortScan::End::RowOutside;
            return false;
        }
        m_anyRest = m_anyRest || m_code.restOf(*entry) != SortCoded::Rest::At;
        m_entries.buckets->add(*entry);
        return true;
    }

    qint64 rows() const { return m_rows; }
    bool anyRest() const { return m_anyRest; }
    SortScan::End end() const { return m_end; }

private:
    const SortCode &m_code;
    const TiedRows *m_tied;
    std::size_t m_next;
    SortEntries &m_entries;
    qint64 m_rows = 0;
    bool m_anyRest = false;
    SortScan::End m_end = SortScan::End::Done;
};

} // namespace

Result<SortScan::End> SortScan::read(SqliteConnection &connection, const Round &round, SortEntries &entries)
{
    for (std::uint64_t piece = m_nextPiece++; piece < m_pieces && !round.isStopped(); piece = m_nextPiece++) {
        const Result<End> end = readPiece(connection, piece, round, entries);
        if (!end || *end != End::Done)
            return end;
    }
    return End::Done;
}

Result<SortScan::End> SortScan::readPiece(SqliteConnection &connection, std::uint64_t piece, const Round &round, SortEntries &entries)
{
    const CatalogTable &table = m_query.table();
    const QString rowid = m_query.query().keyList();
    BoundSql sql(table.engine);
    QStringList conditions;
    if (const QString filters = RowFilterSql::where(table, m_query.selection().filters, sql); !filters.isEmpty())
        conditions.append(filters);
    if (piece > 0)
        conditions.append(rowid + u" >= "_s + sql.place(Value::integer(beginOf(piece))));
    if (piece + 1 < m_pieces)
        conditions.append(rowid + u" < "_s + sql.place(Value::integer(beginOf(piece + 1))));
    const QString where = conditions.isEmpty() ? QString() : u" WHERE "_s + conditions.join(u" AND "_s);
    EntryMaker maker(round.code, round.tied, beginOf(piece), entries);
    const Result<bool> read = scanSqlite(connection, m_columnList, u"FROM "_s + m_query.query().from() + where, sql.parameters, maker);
    if (!read)
        return failure(read);
    if (maker.end() != End::Done)
        return maker.end();
    if (maker.anyRest())
        m_anyRest = true;
    round.tellRows(maker.rows());
    return End::Done;
}

} // namespace turnstone
