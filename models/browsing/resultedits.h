// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/edit/editsession.h"
#include "models/edit/resulttrace.h"
#include "models/items/rowoverlay.h"

#include <map>

namespace turnstone {

/// The staged edits of all tables that the rows of a query come from, over those rows. What was saved stays shown: the rows of
/// a result are not read again. The session must outlive it.
class ResultEdits final : public RowOverlay
{
    Q_OBJECT

public:
    ResultEdits(EditSession &session, ResultTrace trace, QObject *parent = nullptr);

    const ResultTrace &trace() const { return m_trace; }
    /// The key, as ResultTrace::keyOf(), of the row that a value belongs to; empty if there is none.
    RowKey keyAt(const RowPage &page, int row, int column) const;

    /// What a save has written into the row since the result came; null if nothing.
    const Value *savedValue(const RowImage &row, const TracedColumn &column) const;

    bool isEmpty() const override { return m_rows.empty() && m_saved.empty(); }
    State state(const RowPage &page, int row) const override;
    const Value *value(const RowPage &page, int row, int column) const override;
    QString problem(const RowPage &page, int row, int column) const override;

private:
    /// What is known of a row, by its key in the result.
    struct Known
    {
        RowAddress address;
        bool isDeleted = false;
        std::map<QString, Value> values;
    };
    using Rows = std::map<QByteArray, Known>;

    void read();
    void keepSaved();
    QByteArray idAt(const RowPage &page, int row, int column) const;

    EditSession &m_session;
    const ResultTrace m_trace;
    Rows m_rows;
    Rows m_vanished; // staged no more since this turn of the event loop: saved, if saved() comes in it
    Rows m_saved;
};

} // namespace turnstone
