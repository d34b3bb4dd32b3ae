// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortcode.h"

#include <algorithm>
#include <bit>

namespace turnstone {

namespace {

constexpr int wordBits = 128;
constexpr int restBits = 2;

int bitsOf(SortWord number)
{
    const auto high = static_cast<std::uint64_t>(number >> 64);
    return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(number));
}

} // namespace

SortCode::SortCode(const std::vector<SortColumn> &columns, const RowBlock &sample, std::int64_t firstRow, std::int64_t lastRow)
    : m_sortColumns(columns)
    , m_firstRow(static_cast<std::uint64_t>(firstRow))
{
    const std::uint64_t span = static_cast<std::uint64_t>(lastRow) - m_firstRow;
    m_rowBits = 64 - std::countl_zero(span);
    m_rowMask = m_rowBits == 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << m_rowBits) - 1;
    learn(sample, std::vector<ColumnCode::Said>(columns.size()));
}

SortCode::SortCode(const SortCode &before, const RowBlock &sample, std::uint64_t groups, bool areOpen)
    : m_sortColumns(before.m_sortColumns)
    , m_groups(groups)
    , m_firstRow(before.m_firstRow)
    , m_rowMask(before.m_rowMask)
    , m_rowBits(before.m_rowBits)
{
    std::vector<ColumnCode::Said> said;
    bool isAny = areOpen; // nothing was said of what stands behind the first column that left rows open
    for (const ColumnCode &column : before.m_columns) {
        said.push_back(isAny ? column.said() : ColumnCode::Said());
        isAny = isAny && column.isWhole();
    }
    learn(sample, said);
}

void SortCode::learn(const RowBlock &sample, const std::vector<ColumnCode::Said> &said)
{
    std::vector<std::vector<ValueRef>> values(m_sortColumns.size());
    for (std::size_t column = 0; column < values.size(); ++column) {
        for (int row = 0; row < sample.rowCount(); ++row)
            values[column].push_back(sample.at(row, static_cast<int>(column)));
    }
    const SortWord capacity = SortWord(1) << (wordBits - restBits - m_rowBits);
    SortWord size = m_groups;
    // Generous if there is room for that.
    for (const bool isGenerous : {true, false}) {
        m_columns.clear();
        size = m_groups;
        bool areWhole = true;
        for (std::size_t column = 0; column < values.size(); ++column) {
            ColumnCode &code = m_columns.emplace_back(m_sortColumns[column].textOrder, m_sortColumns[column].isReversed);
            code.learn(values[column], said[column], capacity / size, isGenerous);
            size *= code.size();
            areWhole = areWhole && code.isWhole();
        }
        if (areWhole)
            break;
    }
    m_spareBits = wordBits - restBits - m_rowBits - bitsOf(size - 1);
}

std::optional<SortWord> SortCode::of(std::int64_t row, const ValueRef *values, std::uint64_t group) const
{
    using Rest = SortCoded::Rest;
    const std::uint64_t number = static_cast<std::uint64_t>(row) - m_firstRow;
    if ((number & ~m_rowMask) != 0)
        return {};
    SortWord code = group;
    Rest rest = Rest::At;
    for (std::size_t column = 0; column < m_columns.size(); ++column) {
        const SortWord size = m_columns[column].size();
        if (rest == Rest::At) {
            const SortCoded coded = m_columns[column].of(values[column]);
            code = code * size + coded.code;
            rest = coded.rest;
        } else { // nothing more can be said
            code = code * size + (rest == Rest::Above ? size - 1 : 0);
        }
    }
    return ((code << restBits | static_cast<unsigned>(rest)) << m_rowBits | number) << m_spareBits;
}

} // namespace turnstone
