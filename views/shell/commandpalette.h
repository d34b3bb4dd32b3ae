// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace turnstone {

/// Something that the palette can do or go to.
struct PaletteEntry
{
    QString text;
    /// What kind of thing it is and where: "table in mindgames.db".
    QString detail;
    QString shortcut;
    QString icon;
    std::function<void()> run;
};

/// One field over the window that finds every action and object by a few letters of its name. Enter runs the chosen one,
/// Escape or a click elsewhere closes it. GUI thread only.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    static constexpr int shownEntries = 60;

    explicit CommandPalette(QWidget *window);

    /// Shows the entries; those given first win among equals.
    void open(std::vector<PaletteEntry> entries);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void filter();
    void runCurrent();
    void dismiss();

    std::vector<PaletteEntry> m_entries;
    std::vector<int> m_shown; // indexes in m_entries
    QLineEdit *m_field;
    QListWidget *m_list;
    QWidget *m_before = nullptr; // had the focus
};

} // namespace turnstone
