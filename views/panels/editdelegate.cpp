// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/editdelegate.h"

#include <QWidget>

namespace turnstone {

EditDelegate::EditDelegate(CellEditing &editing, TargetOf targetOf, QObject *parent) : CellDelegate(parent), m_editing(editing), m_targetOf(std::move(targetOf)) {}

QWidget *EditDelegate::createEditor(QWidget *parent, const QStyleOptionViewItem &, const QModelIndex &index) const
{
    m_target = m_targetOf(index);
    return m_target ? m_editing.createEditor(parent, *m_target) : nullptr;
}

void EditDelegate::setEditorData(QWidget *, const QModelIndex &) const {} // it was made with its value

void EditDelegate::setModelData(QWidget *editor, QAbstractItemModel *, const QModelIndex &) const
{
    // The row may have moved since the editor was opened; the target is the row itself.
    if (m_target)
        m_editing.commit(editor, *m_target);
}

void EditDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option, const QModelIndex &) const
{
    QRect place = option.rect;
    place.setWidth(std::max(place.width(), editor->minimumSizeHint().width()));
    // What needs more room than its cell still stands where it can be seen.
    if (const QWidget *around = editor->parentWidget(); around != nullptr && place.right() > around->width())
        place.moveLeft(std::max(around->width() - place.width(), 0));
    editor->setGeometry(place);
}

} // namespace turnstone
