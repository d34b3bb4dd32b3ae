// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/cellediting.h"
#include "views/widgets/celldelegate.h"

#include <functional>
#include <optional>

namespace turnstone {

/// Paints cells as CellDelegate does, and edits them through the window's CellEditing instead of the model.
class EditDelegate final : public CellDelegate
{
    Q_OBJECT

public:
    using TargetOf = std::function<std::optional<EditTarget>(const QModelIndex &index)>;
    EditDelegate(CellEditing &editing, TargetOf targetOf, QObject *parent);

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void setEditorData(QWidget *editor, const QModelIndex &index) const override;
    void setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const override;
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    CellEditing &m_editing;
    const TargetOf m_targetOf;
    mutable std::optional<EditTarget> m_target; // of the editor that is open
};

} // namespace turnstone
