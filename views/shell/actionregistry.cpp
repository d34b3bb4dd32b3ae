// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/actionregistry.h"

#include <QAction>
#include <QSettings>
#include <QWidget>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {
constexpr const char *usualShortcuts = "usualShortcuts";
}

ActionRegistry::ActionRegistry(QSettings &settings, QWidget *window) : QObject(window), m_settings(settings), m_window(window)
{
}

QString ActionRegistry::key(const QAction *action)
{
    return u"shortcuts/"_s + action->objectName();
}

QAction *ActionRegistry::add(const QString &id, const QString &text, const QList<QKeySequence> &shortcuts, std::function<void()> run)
{
    auto *action = new QAction(text, this);
    action->setObjectName(id);
    action->setProperty(usualShortcuts, QVariant::fromValue(shortcuts));
    if (m_settings.contains(key(action)))
        action->setShortcut(QKeySequence::fromString(m_settings.value(key(action)).toString(), QKeySequence::PortableText));
    else
        action->setShortcuts(shortcuts);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_window->addAction(action);
    m_actions.push_back(action);
    return action;
}

QAction *ActionRegistry::action(const QString &id) const
{
    const auto it = std::ranges::find(m_actions, id, &QObject::objectName);
    return it == m_actions.end() ? nullptr : *it;
}

void ActionRegistry::setShortcut(QAction *action, const QKeySequence &shortcut)
{
    action->setShortcut(shortcut);
    m_settings.setValue(key(action), shortcut.toString(QKeySequence::PortableText));
}

void ActionRegistry::resetShortcut(QAction *action)
{
    action->setShortcuts(action->property(usualShortcuts).value<QList<QKeySequence>>());
    m_settings.remove(key(action));
}

bool ActionRegistry::isChanged(const QAction *action) const
{
    return m_settings.contains(key(action));
}

QAction *ActionRegistry::holderOf(const QKeySequence &shortcut, const QAction *except) const
{
    const auto it = std::ranges::find_if(m_actions, [&](const QAction *action) {
        return action != except && !shortcut.isEmpty() && action->shortcuts().contains(shortcut);
    });
    return it == m_actions.end() ? nullptr : *it;
}

} // namespace turnstone
