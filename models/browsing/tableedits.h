// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/edit/editsession.h"
#include "models/items/record.h"
#include "models/items/rowoverlay.h"

namespace turnstone {

/// A record as edits see it: its address, and those of its values that are here whole. Without an address (no key) the table
/// cannot be edited.
RowImage imageOf(const DatabaseContext &context, const CatalogTable &table, const Record &record);

/// The staged edits of one table, for its TableRowModel. The session must outlive it.
class TableEdits final : public RowOverlay
{
    Q_OBJECT

public:
    TableEdits(EditSession &session, const CatalogTable &table, QObject *parent = nullptr);

    bool isEmpty() const override { return m_count == 0; }
    State state(const RowKey &key) const override;
    const Value *value(const RowKey &key, const QString &column) const override;
    QString problem(const RowKey &key, const QString &column) const override;

private:
    EditSession &m_session;
    const QString m_schema;
    const QString m_table;
    int m_count = 0;
};

} // namespace turnstone
