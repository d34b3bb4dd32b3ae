// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/resultedits.h"
#include "models/database/rowreader.h"
#include "views/panels/panel.h"

#include <QPersistentModelIndex>

#include <optional>
#include <stop_token>

namespace turnstone {

class RowTableView;
class TableRowModel;

/// Edits values of a query's result where the engine tells which row of which table they are. The row is read anew before
/// each edit and held against the result, so that nothing is edited but what is seen. GUI thread only.
class ResultEditing final : public QObject
{
    Q_OBJECT

public:
    /// Traces the columns in the background. `view` shows `model`; both outlive it, as does `editing`.
    ResultEditing(const DatabaseContext &context, CellEditing &editing, const QString &sql, std::vector<ResultColumn> columns, RowTableView &view, TableRowModel &model,
                  QObject *parent);
    ~ResultEditing() override;

    static bool knows(EditCommand command) { return command <= EditCommand::Revert; }
    void edit(EditCommand command);
    void setShownZone(ShownZone zone) { m_zone = zone; }
    /// "3 of 5 columns can be edited"; empty until it is known.
    QString summary() const { return m_summary; }

signals:
    /// It is known what can be edited.
    void traced();
    void refused(const QString &sentence);

private:
    void accept(const ResultTrace &trace);
    void run(EditCommand command, const EditTarget &target);
    /// Why the row read just now is not the one shown; empty if it is.
    QString difference(const RowImage &image, int column, const std::vector<Value> &shown) const;

    const DatabaseContext m_context;
    CellEditing &m_editing;
    const std::vector<ResultColumn> m_columns;
    RowTableView &m_view;
    TableRowModel &m_model;
    ResultEdits *m_edits = nullptr;
    QString m_summary;
    ShownZone m_zone = ShownZone::Utc;
    QPersistentModelIndex m_index; // of m_target
    std::optional<EditTarget> m_target;
    std::stop_source m_stop;
};

} // namespace turnstone
