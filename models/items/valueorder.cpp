// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/valueorder.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace turnstone {

namespace {

constexpr double beyondIntegers = 9223372036854775808.0;

template<typename T>
int compare(T a, T b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

int compare(std::int64_t integer, double real)
{
    if (real >= beyondIntegers)
        return -1;
    if (real < -beyondIntegers)
        return 1;
    const double floor = std::floor(real);
    const int whole = compare(integer, static_cast<std::int64_t>(floor));
    return whole != 0 ? whole : compare(floor, real);
}

int compareNumbers(const ValueRef &a, const ValueRef &b)
{
    const bool isReal = a.type() == ValueType::Real;
    const bool isOtherReal = b.type() == ValueType::Real;
    if (isReal && isOtherReal)
        return compare(a.real(), b.real());
    if (isReal)
        return -compare(b.integer(), a.real());
    return isOtherReal ? compare(a.integer(), b.real()) : compare(a.integer(), b.integer());
}

int compareBytes(QByteArrayView a, QByteArrayView b)
{
    const auto common = static_cast<std::size_t>(std::min(a.size(), b.size()));
    const int order = common > 0 ? std::memcmp(a.data(), b.data(), common) : 0;
    return order != 0 ? order : compare(a.size(), b.size());
}

int compareTexts(QByteArrayView a, QByteArrayView b, TextOrder order)
{
    switch (order) {
    case TextOrder::Binary: break;
    case TextOrder::NoCase: {
        const auto common = static_cast<int>(std::min(a.size(), b.size()));
        const int folded = common > 0 ? sqlite3_strnicmp(a.data(), b.data(), common) : 0;
        return folded != 0 ? folded : compare(a.size(), b.size());
    }
    case TextOrder::TrimmedRight:
        while (a.endsWith(' '))
            a.chop(1);
        while (b.endsWith(' '))
            b.chop(1);
        break;
    }
    return compareBytes(a, b);
}

/// NULL, numbers, texts, blobs.
int rankOf(ValueType type)
{
    switch (type) {
    case ValueType::Null: return 0;
    case ValueType::Integer:
    case ValueType::Real: return 1;
    case ValueType::Text: return 2;
    case ValueType::Blob: break;
    }
    return 3;
}

} // namespace

int compareValues(const ValueRef &a, const ValueRef &b, TextOrder order)
{
    const int rank = rankOf(a.type());
    if (const int types = compare(rank, rankOf(b.type())); types != 0)
        return types;
    switch (rank) {
    case 0: return 0;
    case 1: return compareNumbers(a, b);
    case 2: return compareTexts(a.bytes(), b.bytes(), order);
    default: return compareBytes(a.bytes(), b.bytes());
    }
}

} // namespace turnstone
