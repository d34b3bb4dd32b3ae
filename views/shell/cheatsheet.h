// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>

#include <utility>
#include <vector>

class QAction;
class QMenuBar;

namespace turnstone {

/// Every key of the window on one page, as it is set now: those of the menus, and those that tables, the tree and the
/// record know by themselves. Does not block the window. GUI thread only.
class CheatSheet final : public QDialog
{
    Q_OBJECT

public:
    CheatSheet(const QMenuBar &menus, QWidget *parent);

    /// What does it, and by which keys.
    using Entry = std::pair<QString, QString>;
    struct Section
    {
        QString title;
        std::vector<Entry> entries;
    };
    /// Of the menus: actions with keys, submenus with their menu.
    static std::vector<Section> sectionsOf(const QMenuBar &menus);
};

} // namespace turnstone
