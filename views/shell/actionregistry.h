// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QObject>

#include <functional>
#include <vector>

class QAction;
class QSettings;
class QWidget;

namespace turnstone {

/// Every command of the window, by id: the one list that menus, palette and the keyboard page read. Shortcuts that the
/// user changed are kept in the settings below "shortcuts/". GUI thread only.
class ActionRegistry final : public QObject
{
    Q_OBJECT

public:
    /// Actions work while `window` is active. Both must outlive the registry.
    ActionRegistry(QSettings &settings, QWidget *window);

    /// `id` is a short word for good ("file.open"); `shortcuts` are the usual ones. Tool tips, also those set later, get the
    /// shortcut that counts at their end.
    QAction *add(const QString &id, const QString &text, const QList<QKeySequence> &shortcuts, std::function<void()> run);

    const std::vector<QAction *> &actions() const { return m_actions; }
    QAction *action(const QString &id) const;
    /// An empty sequence leaves the action without one.
    void setShortcut(QAction *action, const QKeySequence &shortcut);
    void resetShortcut(QAction *action);
    bool isChanged(const QAction *action) const;
    /// The other action that has the shortcut; null if none.
    QAction *holderOf(const QKeySequence &shortcut, const QAction *except) const;

private:
    static QString key(const QAction *action);

    QSettings &m_settings;
    QWidget *m_window;
    std::vector<QAction *> m_actions;
};

} // namespace turnstone
