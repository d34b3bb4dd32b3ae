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
constexpr const char *toldShortcut = "toldShortcut";
constexpr const char *toldText = "toldText";

QString plain(QString text)
{
    text.remove(u'&');
    if (text.endsWith(u'…'))
        text.chop(1);
    return text;
}

/// The tool tip ends with the first shortcut, whatever of them changes.
void tellShortcut(QAction *action)
{
    QString tip = action->toolTip();
    if (const QString before = action->property(toldShortcut).toString(); !before.isEmpty() && tip.endsWith(before))
        tip.chop(before.size());
    const QString text = plain(action->text());
    if (const QVariant before = action->property(toldText); !before.isValid() ? tip == text || tip.isEmpty() : tip == before.toString())
        tip = text; // a tip of its own stays
    const QString shortcut = action->shortcut().isEmpty() ? QString() : u" (%1)"_s.arg(action->shortcut().toString(QKeySequence::NativeText));
    action->setProperty(toldShortcut, shortcut);
    action->setProperty(toldText, text);
    if (action->toolTip() != tip + shortcut)
        action->setToolTip(tip + shortcut);
}

} // namespace

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
    tellShortcut(action);
    connect(action, &QAction::changed, action, [action] { tellShortcut(action); });
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
