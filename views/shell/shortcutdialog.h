// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QAction;
class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace turnstone {

class ActionRegistry;

/// Lists every action with its keys and changes them at once. A key that another action has is taken from it only after
/// saying so. Shown by open(). The registry must outlive it.
class ShortcutDialog final : public QDialog
{
    Q_OBJECT

public:
    ShortcutDialog(ActionRegistry &actions, QWidget *parent = nullptr);

private:
    QAction *current() const;
    void list();
    void filter(const QString &text);
    void showCurrent();
    void check();
    void assign();

    ActionRegistry &m_actions;
    QLineEdit *m_filter;
    QTreeWidget *m_list;
    QKeySequenceEdit *m_keys;
    QPushButton *m_assign;
    QPushButton *m_none;
    QPushButton *m_reset;
    QLabel *m_note;
};

} // namespace turnstone
