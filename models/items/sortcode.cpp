// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortcode.h"

#include <algorithm>
#include <bit>

namespace turnstone {

namespace {

constexpr int wordBits = 128;
constexpr int restBits = 2;
constexpr SortWord dictionarySize = SortWord(1) << SortDictionary::codeBits;
constexpr SortWord aboveDictionary = dictionarySize - (SortWord(1) << SortDictionary::numberBits); // the number 0 needs no settling
constexpr std::uint64_t numberMask = (std::uint64_t(1) << SortDictionary::numberBits) - 1;

int bitsOf(SortWord number)
{
    const auto high = static_cast<std::uint64_t>(number >> 64);
    return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(number));
}

SortWord powerNotAbove(SortWord number)
{
    return SortWord(1) << (bitsOf(number) - 1);
}

SortWord powerNotBelow(SortWord number)
{
    return SortWord(1) << bitsOf(number - 1);
}

} // namespace

SortCode::SortCode(const std::vector<SortColumn> &columns, const RowBlock &sample, const std::vector<bool> &haveFewValues,
                   std::int64_t firstRow, std::int64_t lastRow)
    : m_sortColumns(columns)
    , m_firstRow(static_cast<std::uint64_t>(firstRow))
{
    const std::uint64_t span = static_cast<std::uint64_t>(lastRow) - m_firstRow;
    m_rowBits = 64 - std::countl_zero(span);
    m_rowMask = m_rowBits == 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << m_rowBits) - 1;
    const Values values = valuesOf(sample, columns.size());
    const std::vector<ColumnCode::Said> nothing(columns.size());
    learn(values, nothing);
    while (addDictionary(values, haveFewValues))
        learn(values, nothing);
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
    bool isAll = true;    // a dictionary leaves none open
    for (const Column &column : before.m_columns) {
        ColumnCode::Said of = isAny ? column.code.said() : ColumnCode::Said();
        of.isAll = column.code.said().isAll || (column.hasDictionary && (isAny || isAll));
        said.push_back(of);
        isAny = isAny && column.isWhole();
        isAll = isAll && of.isAll;
    }
    learn(valuesOf(sample, m_sortColumns.size()), said);
}

SortCode::Values SortCode::valuesOf(const RowBlock &sample, std::size_t columns)
{
    Values values(columns);
    for (std::size_t column = 0; column < columns; ++column) {
        for (int row = 0; row < sample.rowCount(); ++row)
            values[column].push_back(sample.at(row, static_cast<int>(column)));
    }
    return values;
}

void SortCode::learn(const Values &values, const std::vector<ColumnCode::Said> &said)
{
    // Generous if there is room for that.
    if (!tryToLearn(values, said, true))
        tryToLearn(values, said, false);
}

bool SortCode::tryToLearn(const Values &values, const std::vector<ColumnCode::Said> &said, bool isGenerous)
{
    const SortWord capacity = SortWord(1) << (wordBits - restBits - m_rowBits);
    SortWord size = m_groups;
    bool areWhole = true;
    bool anyDictionary = false;
    m_columns.reserve(m_sortColumns.size());
    for (std::size_t i = 0; i < m_sortColumns.size(); ++i) {
        if (i == m_columns.size())
            m_columns.push_back({ColumnCode(m_sortColumns[i].textOrder, m_sortColumns[i].isReversed), {}});
        Column &column = m_columns[i];
        const SortWord room = capacity / size;
        column.hasDictionary = column.known && room >= dictionarySize;
        if (column.hasDictionary) {
            column.size = dictionarySize;
        } else { // behind a dictionary's code stand whole bits, so that it can be found in an entry
            column.code.learn(values[i], said[i], anyDictionary ? powerNotAbove(room) : room, isGenerous);
            column.size = anyDictionary ? powerNotBelow(column.code.size()) : column.code.size();
        }
        anyDictionary = anyDictionary || column.hasDictionary;
        size *= column.size;
        areWhole = areWhole && column.isWhole();
    }
    m_spareBits = wordBits - restBits - m_rowBits - bitsOf(size - 1);
    int shift = m_spareBits + m_rowBits + restBits;
    for (auto column = m_columns.rbegin(); column != m_columns.rend(); ++column) {
        column->shift = shift;
        shift += bitsOf(column->size - 1); // of those behind a dictionary
    }
    return areWhole;
}

bool SortCode::addDictionary(const Values &values, const std::vector<bool> &haveFewValues)
{
    if (std::ranges::all_of(m_columns, &Column::isWhole))
        return false;
    const SortWord capacity = SortWord(1) << (wordBits - restBits - m_rowBits);
    SortWord size = m_groups;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        Column &column = m_columns[i];
        const bool takesMuch = !column.isWhole() || column.size > dictionarySize;
        if (!column.known && takesMuch && haveFewValues[i] && capacity / size >= dictionarySize) {
            column.known = std::make_shared<const KnownValues>(values[i], m_sortColumns[i].textOrder, m_sortColumns[i].isReversed);
            return true;
        }
        if (!column.isWhole())
            return false; // nothing is said of those behind it
        size *= column.size;
    }
    return false;
}

bool SortCode::hasDictionaries() const
{
    return std::ranges::any_of(m_columns, &Column::hasDictionary);
}

SortDictionaries SortCode::dictionaries(std::size_t mostValues) const
{
    const auto count = static_cast<int>(std::ranges::count_if(m_columns, &Column::hasDictionary));
    SortDictionaries dictionaries;
    for (const Column &column : m_columns)
        dictionaries.push_back(column.hasDictionary ? std::make_unique<SortDictionary>(column.known, mostValues, count) : nullptr);
    return dictionaries;
}

std::optional<SortWord> SortCode::of(std::int64_t row, const ValueRef *values, SortDictionaries &dictionaries, std::uint64_t group) const
{
    using Rest = SortCoded::Rest;
    if (!isInside(row))
        return {};
    SortWord code = group;
    Rest rest = Rest::At;
    for (std::size_t column = 0; column < m_columns.size(); ++column) {
        const SortWord size = m_columns[column].size;
        if (rest != Rest::At) { // nothing more can be said
            const SortWord above = m_columns[column].hasDictionary ? aboveDictionary : size - 1;
            code = code * size + (rest == Rest::Above ? above : 0);
        } else if (m_columns[column].hasDictionary) {
            const std::optional<std::uint32_t> coded = dictionaries[column]->codeOf(values[column]);
            if (!coded)
                return {};
            code = code << SortDictionary::codeBits | *coded;
        } else {
            const SortCoded coded = m_columns[column].code.of(values[column]);
            code = code * size + coded.code;
            rest = coded.rest;
        }
    }
    return ((code << restBits | static_cast<unsigned>(rest)) << m_rowBits | (static_cast<std::uint64_t>(row) - m_firstRow)) << m_spareBits;
}

void SortCode::settle(SortWord *begin, const SortWord *end, const SortDictionaries &dictionaries) const
{
    for (std::size_t column = 0; column < m_columns.size(); ++column) {
        if (!m_columns[column].hasDictionary || dictionaries[column]->isSettled())
            continue;
        const int shift = m_columns[column].shift;
        for (SortWord *entry = begin; entry != end; ++entry) {
            const auto number = static_cast<std::uint32_t>(static_cast<std::uint64_t>(*entry >> shift) & numberMask);
            *entry ^= SortWord(number ^ dictionaries[column]->settled(number)) << shift;
        }
    }
}

} // namespace turnstone
