// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QObject>
#include <QString>

namespace turnstone {

/// What rows of a table will be, over what is stored: TableRowModel asks it for each cell shown, so it answers at once.
/// GUI thread only.
class RowOverlay : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Changed, Deleted, Refused };

    using QObject::QObject;
    /// Nothing is laid over any row: keys need not be looked up.
    virtual bool isEmpty() const = 0;
    virtual State state(const RowKey &key) const = 0;
    /// The value in the place of the stored one; null if that one stays. Valid until the overlay changes.
    virtual const Value *value(const RowKey &key, const QString &column) const = 0;
    /// Why the value cannot be saved; empty if nothing is known against it.
    virtual QString problem(const RowKey &key, const QString &column) const = 0;

signals:
    void changed();
};

} // namespace turnstone
