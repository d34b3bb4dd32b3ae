// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QObject>
#include <QString>

#include <vector>

namespace turnstone {

struct RowPage;

/// What rows of a source will be, over what is stored, and rows that are not stored yet: TableRowModel asks it for each cell
/// shown, so it answers at once. Columns count as in RowSource::columns(). GUI thread only.
class RowOverlay : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Changed, Deleted, Refused, Added };

    using QObject::QObject;
    /// Nothing is laid over any stored row.
    virtual bool isEmpty() const = 0;
    virtual State state(const RowPage &page, int row) const = 0;
    /// The value in the place of the stored one; null if that one stays. Valid until the overlay changes.
    virtual const Value *value(const RowPage &page, int row, int column) const = 0;
    /// Why the value cannot be saved; empty if nothing is known against it.
    virtual QString problem(const RowPage &page, int row, int column) const = 0;

    /// The order in which the rows of a page stand by their new values: their numbers in it. Empty where it is the stored one.
    virtual std::vector<int> order(const RowPage &) const { return {}; }

    /// New rows: they stand behind all others, whatever the order.
    virtual int addedCount() const { return 0; }
    /// RowAddress::added of a new row.
    virtual quint64 added(int) const { return 0; }
    /// Null where the database fills in a default.
    virtual const Value *addedValue(int, int) const { return nullptr; }
    virtual QString addedProblem(int, int) const { return {}; }

signals:
    void changed();
};

} // namespace turnstone
