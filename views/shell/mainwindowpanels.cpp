// SPDX-License-Identifier: GPL-3.0-or-later
// Panels and commands that other folders bring along: offered, opened, remembered.
#include "models/browsing/recordidentity.h"
#include "views/browse/tablepanel.h"
#include "views/record/recordpanel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/databases.h"
#include "views/shell/mainwindow.h"
#include "views/shell/taskbar.h"
#include "views/widgets/icons.h"
#include "views/widgets/messagebar.h"

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr auto argumentsProperty = "turnstoneArguments";

QString panelAction(const PanelKind &kind)
{
    return u"panel."_s + kind.id;
}

QList<QKeySequence> keysOf(const QKeySequence &shortcut)
{
    return shortcut.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{shortcut};
}

} // namespace

QVariantMap MainWindow::argumentsOf(const Panel &panel)
{
    return panel.property(argumentsProperty).toMap();
}

QMenu *MainWindow::menuOf(const QString &name)
{
    if (auto *menu = menuBar()->findChild<QMenu *>(name, Qt::FindDirectChildrenOnly))
        return menu;
    const QString title = name == u"file"    ? tr("&File")
                          : name == u"edit"  ? tr("&Edit")
                          : name == u"go"    ? tr("&Go")
                          : name == u"view"  ? tr("&View")
                          : name == u"tools" ? tr("&Tools")
                                             : tr("&Help");
    auto *menu = new QMenu(title, menuBar());
    menu->setObjectName(name);
    const auto *help = menuBar()->findChild<QMenu *>(u"help"_s, Qt::FindDirectChildrenOnly);
    menuBar()->insertMenu(help == nullptr ? nullptr : help->menuAction(), menu); // help stays the last
    return menu;
}

void MainWindow::buildPanelActions()
{
    if (!m_panelKinds.empty()) {
        QMenu *view = menuOf(u"view"_s);
        QAction *first = view->actions().value(0);
        for (const PanelKind &kind : m_panelKinds) {
            if (!kind.applies && kind.recordTitle)
                continue; // opens records only
            QAction *action = m_actions->add(panelAction(kind), kind.title, keysOf(kind.shortcut), [this, id = kind.id] {
                if (const OpenDatabase *of = currentDatabase())
                    showPanel(of->id, id, {});
            });
            action->setIcon(themedIcon(kind.icon, &Tokens::text));
            view->insertAction(first, action);
        }
        view->insertSeparator(first);
    }
    for (const WindowCommand &command : m_commands) {
        QAction *action = m_actions->add(command.id, command.title, keysOf(command.shortcut), [this, command] {
            const CommandTarget target = commandTarget();
            if (!command.applies || command.applies(target))
                command.run(target);
        });
        QMenu *menu = menuOf(command.menu);
        const QList<QAction *> entries = menu->actions();
        const auto end = std::ranges::find_if(entries, [](const QAction *entry) { return entry->objectName() == u"fileEnd"; });
        menu->insertAction(end == entries.end() ? nullptr : *end, action);
    }
}

const PanelKind *MainWindow::panelKind(const QString &id) const
{
    const auto found = std::ranges::find(m_panelKinds, id, &PanelKind::id);
    return found == m_panelKinds.end() ? nullptr : &*found;
}

Panel *MainWindow::showPanel(int databaseId, const QString &kindId, const QVariantMap &arguments)
{
    OpenDatabase *of = m_databases->database(databaseId);
    const PanelKind *kind = panelKind(kindId);
    if (of == nullptr || kind == nullptr)
        return nullptr;
    Panel *panel = nullptr;
    for (int i = 0; i < m_tabs->count() && panel == nullptr; ++i) {
        Panel *open = view(i);
        if (open != nullptr && open->kind() == kindId && open->context().id == databaseId && argumentsOf(*open) == arguments)
            panel = open;
    }
    if (panel == nullptr)
        panel = addPanel(*of, *kind, arguments);
    m_pages->setCurrentWidget(m_tabs);
    m_tabs->setCurrentWidget(panel);
    return panel;
}

Panel *MainWindow::addPanel(OpenDatabase &of, const PanelKind &kind, const QVariantMap &arguments)
{
    Panel *panel = kind.make(m_panelServices, of.context(), arguments, m_tabs);
    panel->setKind(kind.id);
    panel->setProperty(argumentsProperty, arguments);
    addTab(*panel, of);
    m_tabs->setTabIcon(m_tabs->indexOf(panel), themedIcon(kind.icon, &Tokens::muted));
    return panel;
}

void MainWindow::findAnywhere(const QString &text, bool isFinished)
{
    const OpenDatabase *of = currentDatabase();
    if (of == nullptr || text.trimmed().isEmpty())
        return;
    Panel *panel = showPanel(of->id, u"find"_s, {});
    if (panel == nullptr)
        return;
    QVariantMap state = panel->saveState();
    if (state.value(u"text"_s).toString() != text) {
        state.insert(u"text"_s, text);
        panel->restoreState(state);
    }
    if (isFinished)
        panel->setFocus();
}

void MainWindow::addRecordActions(QMenu *menu, int databaseId, const QString &table, const RowKey &key)
{
    const OpenDatabase *of = m_databases->database(databaseId);
    if (of == nullptr || key.empty())
        return;
    for (const PanelKind &kind : m_panelKinds) {
        const QString title = kind.recordTitle ? kind.recordTitle(of->context(), table) : QString();
        if (title.isEmpty())
            continue;
        QAction *action = menu->addAction(themedIcon(kind.icon, &Tokens::text), title, this,
                                          [this, databaseId, id = kind.id, table, key] { showPanel(databaseId, id, recordArguments(table, key)); });
        action->setObjectName(u"open."_s + kind.id);
    }
    addProfileActions(*menu, databaseId, table, {key});
}

void MainWindow::offerRecordPanels(const Panel &panel, const QString &table, const RowKey &key)
{
    m_recordKey = key;
    // Walking from row to row changes nothing here.
    const QString openingsOf = key.empty() ? QString() : QString::number(panel.context().id) + u' ' + table;
    if (openingsOf == m_openingsOf)
        return;
    m_openingsOf = openingsOf;
    QList<QAction *> actions;
    for (const PanelKind &kind : m_panelKinds) {
        const QString title = kind.recordTitle && !key.empty() ? kind.recordTitle(panel.context(), table) : QString();
        if (title.isEmpty())
            continue;
        auto *action = new QAction(themedIcon(kind.icon, &Tokens::accent), title, m_record);
        action->setObjectName(u"open."_s + kind.id);
        connect(action, &QAction::triggered, this, [this, id = panel.context().id, kindId = kind.id, table] { showPanel(id, kindId, recordArguments(table, m_recordKey)); });
        actions.append(action);
    }
    m_record->setOpenings(actions);
}

CommandTarget MainWindow::commandTarget()
{
    CommandTarget target{m_panelServices, this, std::nullopt, currentView(), std::nullopt, {}, {}, {}, {}};
    if (const OpenDatabase *of = currentDatabase()) {
        target.database = of->context();
        target.showPanel = [this, id = of->id](const QString &kind, const QVariantMap &arguments) { showPanel(id, kind, arguments); };
    }
    target.fail = [this](const Error &error) { m_message->showError(error); };
    target.open = [this](const QString &place) { openPlace(place, false); };
    if (target.panel != nullptr) {
        target.rows = target.panel->subject();
        const std::optional<Record> record = target.panel->currentRecord();
        const CatalogTable *table = record ? target.database->catalog->table(record->table, record->schema) : nullptr;
        if (table != nullptr)
            target.record = identityOf(*target.database, *table, *record);
    }
    return target;
}

void MainWindow::updatePanelActions()
{
    const OpenDatabase *of = currentDatabase();
    for (const PanelKind &kind : m_panelKinds) {
        if (QAction *action = m_actions->action(panelAction(kind)))
            action->setEnabled(of != nullptr && (!kind.applies || kind.applies(of->context())));
    }
    updateCommands();
}

void MainWindow::updateCommands()
{
    if (m_commands.empty())
        return;
    const CommandTarget target = commandTarget();
    for (const WindowCommand &command : m_commands)
        m_actions->action(command.id)->setEnabled(!command.applies || command.applies(target));
}

} // namespace turnstone
