// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/hierarchy.h"

namespace turnstone {

/// One SELECT over the rows of a level, put together piece by piece.
struct Hierarchy::Statement
{
    struct Order
    {
        QString expression;
        bool descending = false;
    };

    explicit Statement(Engine usedEngine) : engine(usedEngine), values(usedEngine) {}

    /// The position of the column in the result.
    int add(const QString &expression)
    {
        columns.append(expression);
        return static_cast<int>(columns.size()) - 1;
    }

    QString sql(int limit, std::int64_t offset) const
    {
        QString text = QStringLiteral("SELECT ") + columns.join(QStringLiteral(", ")) + QStringLiteral(" FROM ") + from;
        if (!where.isEmpty())
            text += QStringLiteral(" WHERE ") + where.join(QStringLiteral(" AND "));
        QStringList orders;
        for (const Order &entry : order)
            orders.append(entry.expression + (entry.descending ? QStringLiteral(" DESC") : QString()));
        if (!orders.isEmpty())
            text += QStringLiteral(" ORDER BY ") + orders.join(QStringLiteral(", "));
        text += QStringLiteral(" LIMIT ") + QString::number(limit);
        if (offset > 0)
            text += QStringLiteral(" OFFSET ") + QString::number(offset);
        return text;
    }

    Engine engine;
    SqlValues values;
    QStringList columns;
    QString from;
    QStringList where;
    std::vector<Order> order;
};

} // namespace turnstone
