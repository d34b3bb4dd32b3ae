// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/items/facetreader.h"

#include <QHash>

namespace turnstone {

/// Counts the values that come along, within bounds: see Facets.
class FacetCounter
{
public:
    /// Longer values are not counted one by one.
    static constexpr qsizetype longestValue = 400;

    explicit FacetCounter(const FacetLimits &limits) : m_limits(limits) {}

    /// `count` times the value.
    void add(const ValueRef &value, qint64 count = 1);
    /// `isAll` tells whether all rows have come along.
    Facets facets(bool isAll) const;

private:
    struct Range
    {
        bool isEmpty = true;
        Value least;
        Value greatest;
    };

    void widen(Range &range, const ValueRef &value) const;

    const FacetLimits m_limits;
    QHash<qint64, qint64> m_integers;
    QHash<QByteArray, qint64> m_others; // type, then bytes
    qint64 m_nulls = 0;
    qint64 m_rows = 0;
    qint64 m_long = 0;
    bool m_isFull = false;
    Range m_numbers;
};

} // namespace turnstone
