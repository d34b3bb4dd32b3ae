// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortsample.h"

#include "models/database/sqliterowreader.h"

#include <sqlite3.h>

#include <algorithm>
#include <random>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsAtPlace = 16;
constexpr qsizetype mostBytes = 16 << 20;

/// How the column's texts are compared, if that can be done here.
std::optional<TextOrder> textOrderOf(SqliteConnection &connection, const QString &table, const QString &column)
{
    const char *collation = nullptr;
    if (sqlite3_table_column_metadata(connection.handle(), "main", table.toUtf8().constData(), column.toUtf8().constData(), nullptr,
                                      &collation, nullptr, nullptr, nullptr)
        != SQLITE_OK)
        return {};
    const QByteArray name = QByteArray(collation).toUpper();
    if (name.isEmpty() || name == "BINARY")
        return TextOrder::Binary;
    if (name == "NOCASE")
        return TextOrder::NoCase;
    if (name == "RTRIM")
        return TextOrder::TrimmedRight;
    return {};
}

} // namespace

std::optional<std::vector<SortColumn>> sortColumnsOf(SqliteConnection &connection, const OrderedQuery &query)
{
    const Result<Value> encoding = connection.queryValue(u"PRAGMA encoding"_s);
    if (!encoding || encoding->bytes() != "UTF-8")
        return {};
    std::vector<SortColumn> columns;
    const std::vector<RowOrder::Column> &order = query.order().columns();
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        const auto named = std::ranges::find_if(
            query.table().columns, [&](const CatalogColumn &column) { return Connection::quoted(column.name) == order[i].name; });
        if (named == query.table().columns.end())
            return {};
        const std::optional<TextOrder> textOrder = textOrderOf(connection, query.table().name, named->name);
        if (!textOrder)
            return {};
        columns.push_back({*textOrder, order[i].isDescending != order.back().isDescending});
    }
    return columns;
}

bool SortSample::isFull() const
{
    return m_values.payloadBytes() >= mostBytes;
}

bool SortSample::visit(const ValueRef *values)
{
    if (!m_rows.empty() && m_placeOfRow.back() != m_place && values[0].integer() <= m_rows.back())
        return true; // between the places are fewer rows than are read at each
    m_rows.push_back(values[0].integer());
    m_placeOfRow.push_back(m_place);
    for (int i = 1; i <= m_columns; ++i)
        m_values.add(values[i]);
    m_values.endRow();
    return !isFull();
}

Result<> SortSample::readPlaces(SqliteConnection &connection, const QString &sql, std::int64_t firstRow, std::int64_t lastRow)
{
    auto query = SqliteRepeatedQuery::prepare(connection, sql + u" LIMIT %1"_s.arg(rowsAtPlace), {});
    if (!query)
        return failure(query);
    const SortWord span = static_cast<std::uint64_t>(lastRow) - static_cast<std::uint64_t>(firstRow);
    for (m_place = 0; m_place < m_places && !isFull(); ++m_place) {
        const std::uint64_t place = static_cast<std::uint64_t>(firstRow)
                                    + static_cast<std::uint64_t>(span * static_cast<unsigned>(m_place) / static_cast<unsigned>(m_places));
        if (const Result<> started = (*query)->start({static_cast<std::int64_t>(place)}); !started)
            return started;
        if (const Result<bool> read = (*query)->visit(*this); !read)
            return failure(read);
        (*query)->stop();
    }
    return {};
}

Result<> SortSample::readTied(SqliteConnection &connection, const QString &sql, const TiedRows &tied)
{
    auto query = SqliteRepeatedQuery::prepare(connection, sql, {});
    if (!query)
        return failure(query);
    // Not every so-many-th: what returns at regular intervals would be all that is seen.
    const auto wanted = static_cast<std::size_t>(m_places * rowsAtPlace);
    std::minstd_rand random; // the same each time
    const std::size_t step = std::max<std::size_t>(1, tied.size() / wanted);
    for (std::size_t i = 0; i < std::min(wanted, tied.size()) && !isFull(); ++i) {
        const std::size_t at = i * step + random() % step;
        if (const Result<> started = (*query)->start({tied.row(at)}); !started)
            return started;
        if (const Result<bool> read = (*query)->visit(*this); !read)
            return failure(read);
        (*query)->stop();
        if (m_rows.size() > m_ties.size())
            m_ties.push_back(tied.tie(at));
    }
    return {};
}

std::vector<bool> SortSample::haveFewValues(std::uint64_t rows) const
{
    std::vector<bool> haveFew;
    for (int column = 0; column < m_columns; ++column)
        haveFew.push_back(hasFewValues(column, static_cast<double>(rows)));
    return haveFew;
}

bool SortSample::hasFewValues(int column, double rows) const
{
    struct Met
    {
        ValueRef value;
        int place;
    };
    std::vector<Met> met;
    double bytes = 0;
    double neighbours = 0;
    double breaks = 0; // between neighbours
    for (int row = 0; row < m_values.rowCount(); ++row) {
        met.push_back({m_values.at(row, column), m_placeOfRow[static_cast<std::size_t>(row)]});
        bytes += static_cast<double>(met.back().value.bytes().size());
        const Met *const before = row > 0 ? &met[met.size() - 2] : nullptr;
        if (before != nullptr && before->place == met.back().place) {
            ++neighbours;
            breaks += compareValues(before->value, met.back().value, TextOrder::Binary) != 0 ? 1 : 0;
        }
    }
    std::ranges::sort(met, [](const Met &a, const Met &b) {
        const int order = compareValues(a.value, b.value, TextOrder::Binary);
        return order != 0 ? order < 0 : a.place < b.place;
    });
    double values = 0;
    double atPlaces = 0; // the different values of each place
    double pairs = 0;    // of places with the same value
    double placesOfValue = 0;
    for (std::size_t i = 0; i < met.size(); ++i) {
        const bool isOther = i == 0 || compareValues(met[i - 1].value, met[i].value, TextOrder::Binary) != 0;
        if (!isOther && met[i - 1].place == met[i].place)
            continue;
        placesOfValue = isOther ? 0 : placesOfValue;
        values += isOther ? 1 : 0;
        pairs += placesOfValue++;
        ++atPlaces;
    }
    if (values > static_cast<double>(SortDictionary::mostKnown) || neighbours == 0)
        return false;
    // If values lie anywhere, two places share one the more often the fewer there are; if they lie together, each is one run.
    const double inRuns = rows * breaks / neighbours;
    const double anywhere = pairs > 0 ? atPlaces * atPlaces / 2 / pairs : inRuns;
    const double estimated = std::max(values, std::min(inRuns, anywhere));
    return estimated * 2 < std::min(rows, static_cast<double>(SortDictionary::mostValues))
           && estimated * 2 * bytes < static_cast<double>(SortDictionary::mostBytes) * static_cast<double>(met.size());
}

SortSplitters SortSample::splitters(const SortCode &code) const
{
    std::vector<SortWord> entries;
    std::vector<ValueRef> values(static_cast<std::size_t>(m_columns));
    SortDictionaries dictionaries = code.dictionaries(SortDictionary::mostValues); // which know all of these
    for (int row = 0; row < m_values.rowCount(); ++row) {
        for (int column = 0; column < m_columns; ++column)
            values[static_cast<std::size_t>(column)] = m_values.at(row, column);
        const auto at = static_cast<std::size_t>(row);
        if (const auto entry = code.of(m_rows[at], values.data(), dictionaries, m_ties.empty() ? 0 : m_ties[at]))
            entries.push_back(*entry);
    }
    std::sort(entries.begin(), entries.end());
    return SortSplitters(entries,
                         [&code](SortWord entry) { return code.restOf(entry) == SortCoded::Rest::At ? entry : code.firstOfCode(entry); });
}

} // namespace turnstone
