// SPDX-License-Identifier: GPL-3.0-or-later
// The window's tables, places, history and paths.
#include "models/browsing/hierarchyplace.h"
#include "models/browsing/recordidentity.h"
#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/browse/tablepanel.h"
#include "views/editing/inlineediting.h"
#include "views/panels/placearguments.h"
#include "views/record/recordpanel.h"
#include "views/shell/databases.h"
#include "views/shell/mainwindow.h"
#include "views/shell/taskbar.h"
#include "views/shell/welcomepage.h"
#include "views/tree/treepanel.h"
#include "views/widgets/messagebar.h"

#include <QApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>
#include <QUrlQuery>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// What a path leads to.
struct PathTarget
{
    TreePath path;
    TablePlace place;
    RowKey key;
};

Result<PathTarget> resolvePath(Connection &connection, const DatabaseContext &context, const TreePath &path)
{
    Hierarchy hierarchy(connection, *context.catalog, *context.profile);
    PathTarget target{path, {}, {}};
    if (path.isRow()) {
        const Result<TreeNode> node = hierarchy.node(path);
        if (!node)
            return failure(node);
        target.key = node->key;
    }
    const Result<GroupPlace> group = placeOfGroup(hierarchy, path.isRow() ? path.parent() : path);
    if (!group)
        return failure(group);
    target.place = group->place;
    return target;
}

QString tablePath(const TablePanel &panel, const RowKey &key)
{
    QString path = u"tables/"_s + TreePath::keyText(Value::text(panel.catalogTable().name).ref());
    QStringList parts;
    for (const Value &value : key)
        parts.append(TreePath::keyText(value.ref()));
    return parts.isEmpty() ? path : path + u'/' + parts.join(u',');
}

} // namespace

TablePanel *MainWindow::panelFor(int databaseId, const CatalogTable &table)
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        auto *panel = qobject_cast<TablePanel *>(m_tabs->widget(i));
        if (panel != nullptr && panel->context().id == databaseId && panel->catalogTable().name == table.name && panel->catalogTable().schema == table.schema)
            return panel;
    }
    return nullptr;
}

TablePanel *MainWindow::addPanel(OpenDatabase &of, const CatalogTable &table)
{
    auto *panel = new TablePanel(of.context(), table, m_tabs);
    const QByteArray columns = m_settings.value(columnsKey(*panel)).toByteArray();
    if (!columns.isEmpty())
        panel->restoreState({{u"columns"_s, QJsonDocument::fromJson(columns).object().toVariantMap()}});
    connect(panel, &TablePanel::rowSelectionChanged, this, [this, panel] {
        if (panel == currentPanel())
            visitCurrent();
    });
    connect(panel, &TablePanel::columnsChanged, panel, [this, panel] { rememberColumns(*panel); });
    addTab(*panel, of);
    return panel;
}

void MainWindow::addTab(Panel &panel, const OpenDatabase &of)
{
    panel.setShownZone(m_zone);
    panel.setEditing(*m_editing);
    panel.setFollowing(m_isFollowing);
    connect(&panel, &Panel::recordSelected, this, [this, panel = &panel](const Record &record) {
        if (panel == currentView())
            showRecord(*panel, record);
    });
    connect(&panel, &Panel::settled, this, &MainWindow::viewReady);
    connect(&panel, &Panel::failed, this, &MainWindow::openFailed);
    connect(&panel, &Panel::placeRequested, this, &MainWindow::showPlace);
    connect(&panel, &Panel::pathRequested, this, [this](int, const QString &path) { goToPath(path); });
    connect(&panel, &Panel::actionRequested, this, [this, id = panel.context().id](const ProfileAction &action, const std::vector<RowKey> &keys) { runProfileAction(id, action, keys); });
    connect(&panel, &Panel::panelRequested, this, [this, id = panel.context().id](const QString &kind, const QVariantMap &arguments) { showPanel(id, kind, arguments); });
    connect(&panel, &Panel::recordMenuOpening, this, [this, id = panel.context().id](QMenu *menu, const QString &table, const RowKey &key) { addRecordActions(menu, id, table, key); });
    connect(&panel, &Panel::noted, m_tasks, &TaskBar::note);
    connect(&panel, &Panel::closeRequested, this, [this, panel = &panel] { closeTab(m_tabs->indexOf(panel)); }, Qt::QueuedConnection);
    connect(&panel, &Panel::pathChanged, this, [this, panel = &panel] {
        if (panel == currentView())
            m_pathTimer->start();
    });
    const auto label = [this, panel = &panel, title = of.title()] { return m_databases->all().size() > 1 ? panel->title() + u" · "_s + title : panel->title(); };
    const int tab = m_tabs->addTab(&panel, label());
    m_tabs->setTabToolTip(tab, of.title() + u" · "_s + panel.title());
    connect(&panel, &Panel::titleChanged, this, [this, panel = &panel, label, title = of.title()] {
        const int at = m_tabs->indexOf(panel);
        m_tabs->setTabText(at, label());
        m_tabs->setTabToolTip(at, title + u" · "_s + panel->title());
    });
}

void MainWindow::showTable(int databaseId, int tableIndex)
{
    OpenDatabase *of = m_databases->database(databaseId);
    if (of == nullptr)
        return;
    const CatalogTable &table = of->facts.catalog->tables[static_cast<std::size_t>(tableIndex)];
    m_tree->showTable(databaseId, tableIndex);
    if (!table.problem.isEmpty()) {
        m_message->showError({ErrorCode::Unsupported, tr("%1 cannot be read.").arg(table.name), table.problem, -1});
        return;
    }
    TablePanel *panel = panelFor(databaseId, table);
    m_tabs->setCurrentWidget(panel != nullptr ? panel : addPanel(*of, table));
}

void MainWindow::showPlace(int databaseId, const TablePlace &place, const RowKey &key)
{
    OpenDatabase *of = m_databases->database(databaseId);
    if (of == nullptr)
        return;
    const CatalogTable *table = of->facts.catalog->table(place.table, place.schema);
    if (table == nullptr) {
        m_message->showError({ErrorCode::NotFound, tr("There is no table %1 any more.").arg(place.table), {}, -1});
        return;
    }
    TablePanel *panel = panelFor(databaseId, *table);
    if (panel == nullptr)
        panel = addPanel(*of, *table);
    {
        const QScopedValueRollback travelling(m_isTravelling, true);
        panel->setRowSelection(place.selection);
        if (!key.empty())
            panel->goToKey(key);
        m_tabs->setCurrentWidget(panel);
    }
    if (!m_isTravelling) {
        m_history.visit({databaseId, place, key, {}, {}});
        updateStatus();
    }
    m_pathTimer->start();
}

void MainWindow::visitCurrent()
{
    const Panel *panel = currentView();
    if (panel == nullptr || m_isTravelling)
        return;
    if (const TablePanel *rows = currentPanel())
        m_history.visit({panel->context().id, rows->place(), {}, {}, {}});
    else
        m_history.visit({panel->context().id, {}, {}, panel->kind(), argumentsOf(*panel)});
    m_pathTimer->start();
    updateStatus();
}

void MainWindow::showVisited(const std::optional<VisitedPlace> &visited)
{
    if (!visited)
        return;
    {
        const QScopedValueRollback travelling(m_isTravelling, true);
        if (visited->kind.isEmpty())
            showPlace(visited->databaseId, visited->rows, visited->key);
        else
            showPanel(visited->databaseId, visited->kind, visited->arguments);
    }
    updateStatus();
}

void MainWindow::showRecord(Panel &panel, const Record &record)
{
    const CatalogTable *table = panel.context().catalog->table(record.table, record.schema);
    if (table == nullptr)
        return;
    m_record->showRecord(panel.context(), *table, record);
    const RowKey identity = identityOf(panel.context(), *table, record);
    offerRecordPanels(panel, record.table, identity);
    const auto *rows = qobject_cast<TablePanel *>(&panel);
    if (rows != nullptr && !identity.empty() && !m_isTravelling)
        m_history.visit({panel.context().id, rows->place(), identity, {}, {}});
    m_pathTimer->start();
    // Only what somebody chose among the rows of a group; who walks the list of tables stays in it.
    if (m_isTreeInStep && !m_tree->isAtTable() && !m_isTravelling && !identity.empty() && panel.isAncestorOf(QApplication::focusWidget()))
        m_treeTimer->start();
}

void MainWindow::showCurrentRecord()
{
    Panel *panel = currentView();
    const std::optional<Record> record = panel == nullptr ? std::nullopt : panel->currentRecord();
    if (record)
        showRecord(*panel, *record);
    else
        clearRecord();
}

void MainWindow::clearRecord()
{
    m_record->clear();
    m_recordKey.clear();
    m_openingsOf.clear();
}

void MainWindow::showPath(const QString &path)
{
    const bool hasFocus = m_path->hasFocus();
    if (hasFocus && m_path->isModified())
        return; // somebody writes there
    m_path->setText(path);
    if (hasFocus)
        m_path->selectAll();
}

void MainWindow::findPath()
{
    if (const Panel *view = currentView(); view != nullptr && !view->kind().isEmpty()) {
        showPath(view->path().isEmpty() ? u'#' + view->kind() : view->path());
        return;
    }
    const TablePanel *panel = currentPanel();
    if (panel == nullptr) {
        m_path->clear();
        return;
    }
    const std::optional<Record> record = panel->currentRecord();
    const RowKey key = record ? identityOf(panel->context(), panel->catalogTable(), *record) : RowKey();
    const QString plain = tablePath(*panel, key);
    if (key.empty()) {
        showPath(plain);
        return;
    }
    const DatabaseContext context = panel->context();
    const auto job = [context, table = panel->catalogTable().name, key](Connection &connection) -> Result<QString> {
        const Result<TreePath> path = Hierarchy(connection, *context.catalog, *context.profile).pathTo(table, key);
        return path ? Result<QString>(path->toString()) : failure(path);
    };
    onResult(context.pool->read(job), this, [this, panel, rowKey = record->key, plain](const Result<QString> &path) {
        const TablePanel *now = currentPanel();
        if (now == panel && now->currentRecord() && now->currentRecord()->key == rowKey)
            showPath(path && !path->isEmpty() ? *path : plain);
    });
}

void MainWindow::revealInTree()
{
    const Panel *panel = currentView();
    const std::optional<Record> record = panel == nullptr ? std::nullopt : panel->currentRecord();
    const CatalogTable *table = record ? panel->context().catalog->table(record->table, record->schema) : nullptr;
    const RowKey identity = table != nullptr ? identityOf(panel->context(), *table, *record) : RowKey();
    if (!identity.empty())
        m_tree->showRecord(panel->context().id, table->name, identity);
}

/// Who stands in the list of tables sees there which one is shown.
void MainWindow::followInTree()
{
    const TablePanel *panel = currentPanel();
    if (panel == nullptr || !m_tree->isAtTable())
        return;
    const std::vector<CatalogTable> &tables = panel->context().catalog->tables;
    const CatalogTable &shown = panel->catalogTable();
    const auto found = std::ranges::find_if(tables, [&shown](const CatalogTable &table) { return table.name == shown.name && table.schema == shown.schema; });
    if (found != tables.end())
        m_tree->showTable(panel->context().id, static_cast<int>(found - tables.begin()));
}

void MainWindow::goToPath(const QString &place)
{
    const OpenDatabase *of = currentDatabase();
    if (of == nullptr)
        return;
    // `games/412#transcript`: a panel on the record; `#leaderboard`: a panel by itself; `#find?text=night`: as it was left.
    QString text = place.trimmed();
    const QString wanted = text.section(u'#', -1);
    const PanelKind *kind = text.contains(u'#') ? panelKind(wanted.section(u'?', 0, 0)) : nullptr;
    QVariantMap state;
    if (kind != nullptr) {
        text = text.section(u'#', 0, -2);
        for (const auto &[name, value] : QUrlQuery(wanted.section(u'?', 1)).queryItems(QUrl::FullyDecoded))
            state.insert(name, value);
    }
    const auto show = [this](int id, const QString &shown, const QVariantMap &arguments, const QVariantMap &as) {
        if (Panel *panel = showPanel(id, shown, arguments); panel != nullptr && !as.isEmpty())
            panel->restoreState(as);
    };
    if (kind != nullptr && text.isEmpty()) {
        m_message->clear();
        show(of->id, kind->id, {}, state);
        return;
    }
    const Result<TreePath> path = TreePath::parse(text);
    if (!path || path->isEmpty()) {
        m_message->showError(path ? Error{ErrorCode::InvalidInput, tr("Write a path such as games/412, or tables/ and a name."), {}, -1} : path.error());
        return;
    }
    m_message->clear();
    if (path->steps().front().group == u"tables") {
        const QStringList parts = text.split(u'/');
        const CatalogTable *table = of->facts.catalog->table(TreePath::keyValue(parts.value(1)).toDisplayText());
        if (table == nullptr) {
            m_message->showError({ErrorCode::NotFound, tr("There is no table \"%1\" in %2.").arg(parts.value(1), of->title()), {}, -1});
            return;
        }
        RowKey key;
        if (parts.size() > 2) {
            for (const QString &part : parts[2].split(u','))
                key.push_back(TreePath::keyValue(part));
        }
        if (kind != nullptr)
            show(of->id, kind->id, recordArguments(table->name, key), state);
        else
            showPlace(of->id, {table->schema, table->name, {}}, key);
        return;
    }
    const DatabaseContext context = of->context();
    onResult(context.pool->read([context, path = *path](Connection &connection) { return resolvePath(connection, context, path); }), this,
             [this, id = context.id, kindId = kind != nullptr ? kind->id : QString(), show, state](const Result<PathTarget> &target) {
                 if (!target) {
                     m_message->showError(target.error());
                     return;
                 }
                 m_tree->showPath(id, target->path);
                 if (!kindId.isEmpty()) {
                     show(id, kindId, target->key.empty() ? placeArguments(target->path.toString()) : recordArguments(target->place.table, target->key), state);
                     return;
                 }
                 showPlace(id, target->place, target->key);
             });
}

QStringList MainWindow::reasonsToStay(const std::function<bool(const Panel &)> &isMeant) const
{
    QStringList reasons;
    for (int i = 0; i < m_tabs->count(); ++i) {
        const Panel *panel = view(i);
        if (const QString reason = panel != nullptr && isMeant(*panel) ? panel->reasonToStay() : QString(); !reason.isEmpty())
            reasons.append(panel->title() + u": "_s + reason);
    }
    return reasons;
}

void MainWindow::leaveIfWanted(const QStringList &reasons, const QString &question, const QString &button, std::function<void()> leave)
{
    if (reasons.isEmpty()) {
        leave();
        return;
    }
    if (findChild<QMessageBox *>(u"stayQuestion"_s) != nullptr)
        return; // asked already
    auto *ask = new QMessageBox(QMessageBox::NoIcon, question, reasons.join(u'\n'), QMessageBox::NoButton, this);
    ask->setObjectName(u"stayQuestion"_s);
    ask->setAttribute(Qt::WA_DeleteOnClose);
    ask->setTextFormat(Qt::PlainText);
    QPushButton *yes = ask->addButton(button, QMessageBox::DestructiveRole);
    yes->setObjectName(u"leave"_s);
    QPushButton *no = ask->addButton(tr("Keep working"), QMessageBox::RejectRole);
    no->setObjectName(u"stay"_s);
    ask->setDefaultButton(no);
    ask->setEscapeButton(no);
    connect(yes, &QPushButton::clicked, this, std::move(leave), Qt::QueuedConnection); // the question is gone by then
    ask->open();
}

void MainWindow::closeTab(int index)
{
    const Panel *panel = view(index);
    if (panel == nullptr)
        return;
    const QPointer<const Panel> kept(panel);
    leaveIfWanted(reasonsToStay([panel](const Panel &each) { return &each == panel; }), tr("Close the tab %1?").arg(panel->title()), tr("Close tab"), [this, kept] {
        if (kept != nullptr)
            removeTab(m_tabs->indexOf(const_cast<Panel *>(kept.data())));
    });
}

void MainWindow::removeTab(int index)
{
    QWidget *panel = m_tabs->widget(index);
    if (panel == nullptr)
        return;
    m_tabs->removeTab(index);
    delete panel;
}

void MainWindow::closeDatabase(int id)
{
    const OpenDatabase *of = m_databases->database(id);
    if (of == nullptr)
        return;
    leaveIfWanted(reasonsToStay([id](const Panel &each) { return each.context().id == id; }), tr("Close %1?").arg(of->title()), tr("Close database"),
                  [this, id] { removeDatabase(id); });
}

void MainWindow::removeDatabase(int id)
{
    clearRecord();
    {
        const QScopedValueRollback travelling(m_isTravelling, true);
        for (int i = m_tabs->count() - 1; i >= 0; --i) {
            const Panel *panel = view(i);
            if (panel != nullptr && panel->context().id == id)
                removeTab(i);
        }
    }
    m_tree->removeDatabase(id);
    m_history.forgetDatabase(id);
    m_databases->close(id);
    if (m_databases->all().empty()) {
        m_pages->setCurrentWidget(m_welcome);
        m_path->clear();
    }
    updateStatus();
    showCurrentRecord();
}

void MainWindow::acceptChange(int id)
{
    Panel *panel = currentView();
    if (m_isFollowing && panel != nullptr && panel->context().id == id)
        panel->refresh();
    // A server says that something has changed whenever it changes anything anywhere, so it is counted only if it is followed.
    const OpenDatabase *of = m_databases->database(id);
    if (of != nullptr && (m_isFollowing || of->pool->url().engine() == Engine::Sqlite))
        m_databases->noteChange(id);
}

void MainWindow::acceptReread(int id)
{
    OpenDatabase &of = *m_databases->database(id);
    const QVariantMap tree = m_tree->saveState(id);
    m_tree->removeDatabase(id);
    m_tree->addDatabase(of.context(), of.title(), of.pool->url().displayText());
    m_tree->restoreState(id, tree);
    // Tables are shown with the columns that they have now.
    const QScopedValueRollback travelling(m_isTravelling, true);
    const QWidget *current = m_tabs->currentWidget();
    for (int i = m_tabs->count() - 1; i >= 0; --i) {
        if (const Panel *other = view(i); other != nullptr && !other->kind().isEmpty() && other->context().id == id) {
            const QString kind = other->kind();
            const QVariantMap arguments = argumentsOf(*other);
            const QVariantMap state = other->saveState();
            const bool isCurrent = other == current;
            if (!other->reasonToStay().isEmpty())
                continue; // work in it is worth more than new columns
            removeTab(i);
            Panel *fresh = addPanel(of, *panelKind(kind), arguments);
            m_tabs->tabBar()->moveTab(m_tabs->indexOf(fresh), i);
            fresh->restoreState(state);
            if (isCurrent)
                m_tabs->setCurrentWidget(fresh);
            continue;
        }
        auto *panel = qobject_cast<TablePanel *>(m_tabs->widget(i));
        if (panel == nullptr || panel->context().id != id)
            continue;
        const QVariantMap state = panel->saveState();
        const CatalogTable *table = of.facts.catalog->table(panel->catalogTable().name, panel->catalogTable().schema);
        const bool wasCurrent = panel == current;
        if (!panel->reasonToStay().isEmpty())
            continue;
        removeTab(i);
        if (table == nullptr)
            continue;
        TablePanel *fresh = addPanel(of, *table);
        m_tabs->tabBar()->moveTab(m_tabs->indexOf(fresh), i);
        fresh->restoreState(state);
        if (wasCurrent)
            m_tabs->setCurrentWidget(fresh);
    }
    updateStatus();
}

} // namespace turnstone
