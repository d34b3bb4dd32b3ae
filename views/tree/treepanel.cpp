// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/treepanel.h"

#include "models/browsing/hierarchyfiltermodel.h"
#include "models/browsing/hierarchymodel.h"
#include "models/core/async.h"
#include "views/tree/hierarchyview.h"
#include "views/tree/totalsstrip.h"
#include "views/tree/treeitemdelegate.h"
#include "views/widgets/theme.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScopedValueRollback>
#include <QTimer>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;

/// Long enough to walk on, short enough not to wait for.
constexpr int walkingMs = 180;
constexpr int maximumRestored = 100;

Model::Kind kindOf(const QModelIndex &index)
{
    return index.data(Model::KindRole).value<Model::Kind>();
}

constexpr int leastWidth = 160;

int databaseOf(const QModelIndex &index)
{
    return index.data(Model::DatabaseIdRole).toInt();
}

} // namespace

TreePanel::TreePanel(QWidget *parent)
    : QWidget(parent), m_model(new HierarchyModel(this)), m_filtered(new HierarchyFilterModel(*m_model, this)), m_filter(new QLineEdit(this)),
      m_note(new QLabel(this)), m_view(new HierarchyView(this)), m_delegate(new TreeItemDelegate(this)), m_totals(new TotalsStrip(this)), m_walking(new QTimer(this))
{
    setObjectName(u"treePanel"_s);
    setMinimumWidth(scaled(leastWidth));
    m_filter->setObjectName(u"treeFilter"_s);
    m_filter->setAccessibleName(tr("Filter tables"));
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setToolTip(tr("Finds tables, and groups and rows that are loaded"));
    m_filter->setClearButtonEnabled(true);
    if (auto *clear = m_filter->findChild<QAbstractButton *>())
        clear->setAccessibleName(tr("Clear the filter")); // Qt gives the button no name of its own
    m_filter->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    m_filter->installEventFilter(this);
    m_note->setObjectName(u"treeNote"_s);
    m_note->setWordWrap(true);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    m_view->setObjectName(u"databaseTree"_s);
    m_view->setAccessibleName(tr("Databases and tables"));
    m_view->setItemDelegate(m_delegate);
    m_view->setModel(m_model);
    m_walking->setSingleShot(true);
    m_walking->setInterval(walkingMs);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *filterRow = new QVBoxLayout;
    filterRow->setContentsMargins(metrics::space2, 0, metrics::space2, metrics::space2);
    filterRow->addWidget(m_filter);
    layout->addLayout(filterRow);
    layout->addWidget(m_note);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_totals);
    connect(m_totals, &TotalsStrip::detailsRequested, this, [this](int id, const TreePath &path) {
        const QModelIndex source = toSource(m_view->currentIndex());
        const bool isRecord = kindOf(source) == Model::Kind::Record && path.isRow();
        emit totalsRequested(id, path, isRecord ? source.data(Model::TableRole).toString() : QString(), isRecord ? source.data(Model::KeyRole).value<RowKey>() : RowKey());
    });
    connect(m_view, &HierarchyView::currentMoved, this, &TreePanel::showTotals);
    connect(m_filter, &QLineEdit::textChanged, this, &TreePanel::setFilter);
    connect(m_view, &HierarchyView::chosen, this, [this](const QModelIndex &index) { activate(toSource(index)); });
    connect(m_view, &HierarchyView::currentMoved, this, &TreePanel::currentMoved);
    connect(m_view, &HierarchyView::menuWanted, this, &TreePanel::openMenu);
    connect(m_view, &QTreeView::collapsed, this, [this](const QModelIndex &index) {
        if (!isFiltering())
            m_model->release(index);
    });
    connect(m_walking, &QTimer::timeout, this, [this] { activate(toSource(m_view->currentIndex())); });
    connect(m_model, &HierarchyModel::failed, this, &TreePanel::failed);
    connect(m_filtered, &QAbstractItemModel::modelAboutToBeReset, this, [this] { m_kept = toSource(m_view->currentIndex()); });
    connect(m_view, &HierarchyView::wasReset, this, [this] {
        if (!isFiltering())
            return;
        const QScopedValueRollback quiet(m_isQuiet, true);
        m_view->expandAll();
        if (const QModelIndex kept = toView(m_kept); kept.isValid())
            m_view->setCurrentIndex(kept);
        updateNote();
    });
    updateNote();
}

TreePanel::~TreePanel() = default;

// Databases

void TreePanel::addDatabase(const DatabaseContext &context, const QString &title, const QString &tooltip)
{
    const QModelIndex added = m_model->addDatabase(context, title, tooltip);
    if (isFiltering()) {
        m_expanded.append(added);
    } else {
        m_view->expand(added);
        if (context.profile->trees.empty()) // then the tables are all there is
            m_view->expand(m_model->tablesIndex(context.id));
    }
    updateNote();
}

void TreePanel::removeDatabase(int id)
{
    const QScopedValueRollback quiet(m_isQuiet, true);
    m_model->removeDatabase(id);
    updateNote();
}

void TreePanel::setCount(int id, int tableIndex, qint64 rows, bool exact)
{
    m_model->setCount(id, tableIndex, rows, exact);
}

void TreePanel::recountRoots(int id)
{
    m_model->recountRoots(id);
}

void TreePanel::setPriceList(const QString &path)
{
    m_totals->setPriceList(path);
}

/// Of records and groups, and of the line of a database.
void TreePanel::showTotals(const QModelIndex &current)
{
    const QModelIndex source = toSource(current);
    const Model::Kind kind = kindOf(source);
    const DatabaseContext *context = source.isValid() ? m_model->database(databaseOf(source)) : nullptr;
    if (context == nullptr)
        m_totals->clear();
    else if (kind == Model::Kind::Database)
        m_totals->showPlace(*context, {}, {}, source.data().toString());
    else if (const auto path = source.data(Model::PathRole).value<TreePath>(); (kind == Model::Kind::Record && path.isRow()) || (kind == Model::Kind::Group && path.isGroup()))
        m_totals->showPlace(*context, path, source.data(Model::TableRole).toString(), source.data().toString());
    else
        m_totals->showNothing(*context);
}

// Filter

bool TreePanel::isFiltering() const
{
    return m_view->model() == m_filtered;
}

QModelIndex TreePanel::toSource(const QModelIndex &index) const
{
    return isFiltering() ? m_filtered->mapToSource(index) : index;
}

QModelIndex TreePanel::toView(const QModelIndex &source) const
{
    return isFiltering() ? m_filtered->mapFromSource(source) : source;
}

void TreePanel::setFilter(const QString &text)
{
    const QScopedValueRollback quiet(m_isQuiet, true);
    const QString wanted = text.trimmed();
    const QPersistentModelIndex current = toSource(m_view->currentIndex());
    if (!wanted.isEmpty() && !isFiltering()) {
        m_expanded.clear();
        for (QModelIndex index = m_model->index(0, 0); index.isValid(); index = m_view->indexBelow(index)) {
            if (m_view->isExpanded(index))
                m_expanded.append(index);
        }
        m_filtered->setText(wanted);
        m_view->setModel(m_filtered);
    } else if (wanted.isEmpty() && isFiltering()) {
        m_view->setModel(m_model);
        m_filtered->setText({});
        for (const QPersistentModelIndex &index : std::as_const(m_expanded)) {
            if (index.isValid())
                m_view->expand(index);
        }
        m_expanded.clear();
    } else {
        m_filtered->setText(wanted);
    }
    // Where one was; while filtering, what was looked for.
    QModelIndex now = toView(current);
    if (isFiltering() && !m_filtered->isMatch(now))
        now = m_filtered->firstMatch();
    if (now.isValid()) {
        if (!isFiltering())
            expandTo(now);
        m_view->setCurrentIndex(now);
    }
    updateNote();
}

void TreePanel::updateNote()
{
    QString note;
    if (m_model->rowCount() == 0)
        note = tr("The tables and records of an open database are listed here.");
    else if (isFiltering() && m_filtered->rowCount() == 0)
        note = tr("No table, and nothing that is loaded, has \"%1\" in its name.").arg(m_filtered->text());
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

bool TreePanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_filter || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Down: focusTree(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isFiltering() && m_filtered->firstMatch().isValid()) {
            setCurrent(m_filtered->mapToSource(m_filtered->firstMatch()));
            activate(toSource(m_view->currentIndex()));
        }
        return true;
    case Qt::Key_Escape:
        if (m_filter->text().isEmpty())
            return false;
        m_filter->clear();
        return true;
    default: return QWidget::eventFilter(watched, event);
    }
}

void TreePanel::focusTree()
{
    m_view->setFocus();
    if (!m_view->currentIndex().isValid()) {
        const QScopedValueRollback quiet(m_isQuiet, true);
        m_view->setCurrentIndex(m_view->model()->index(0, 0));
    }
}

bool TreePanel::isAtTable() const
{
    return kindOf(m_view->currentIndex()) == Model::Kind::Table && m_view->currentIndex().isValid();
}

void TreePanel::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

// Going somewhere

void TreePanel::activate(const QModelIndex &source)
{
    m_walking->stop();
    if (!source.isValid())
        return;
    const int id = databaseOf(source);
    const auto path = source.data(Model::PathRole).value<TreePath>();
    const bool isFailed = source.data(Model::LoadStateRole).value<Model::LoadState>() == Model::LoadState::Failed;
    const int activation = ++m_activated;
    switch (kindOf(source)) {
    case Model::Kind::Database:
    case Model::Kind::Tables: return;
    case Model::Kind::Table: emit tableActivated(id, source.data(Model::TableIndexRole).toInt()); return;
    case Model::Kind::Message:
        if (isFailed)
            m_model->retry(source);
        return;
    case Model::Kind::Record: {
        const auto key = source.data(Model::KeyRole).value<RowKey>();
        if (isFailed)
            m_model->retry(source);
        else if (path.isRow())
            emit recordActivated(id, path, m_model->siblings(source), key);
        return;
    }
    case Model::Kind::Group: break;
    }
    onResult(m_model->place(id, path), this, [this, id, path, activation](const Result<TablePlace> &place) {
        if (activation != m_activated)
            return;
        if (place)
            emit groupActivated(id, path, *place);
        else if (place.error().code != ErrorCode::Cancelled)
            emit failed(place.error());
    });
}

void TreePanel::currentMoved(const QModelIndex &current, const QModelIndex &previous)
{
    m_walking->stop();
    if (m_isQuiet || !current.isValid())
        return;
    if (previous.isValid()) // else it only got the focus
        ++m_shown;
    if (kindOf(current) == Model::Kind::Record)
        m_walking->start();
}

void TreePanel::expandTo(const QModelIndex &source)
{
    QList<QModelIndex> above;
    for (QModelIndex index = source.parent(); index.isValid(); index = index.parent())
        above.prepend(index);
    for (const QModelIndex &index : std::as_const(above))
        m_view->expand(index);
}

void TreePanel::setCurrent(const QModelIndex &source)
{
    const QScopedValueRollback quiet(m_isQuiet, true);
    m_walking->stop();
    if (!isFiltering())
        expandTo(source);
    const QModelIndex index = toView(source);
    if (!index.isValid())
        return;
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
}

void TreePanel::showTable(int id, int tableIndex)
{
    ++m_shown;
    if (const QModelIndex found = m_model->tableIndex(id, tableIndex); found.isValid())
        setCurrent(found);
}

void TreePanel::showPath(int id, const TreePath &path)
{
    const int shown = ++m_shown;
    m_model->reveal(id, path, [this, shown](const Result<QModelIndex> &found) {
        if (shown != m_shown)
            return;
        if (found)
            setCurrent(*found);
        else if (found.error().code != ErrorCode::Cancelled)
            emit failed(found.error());
    });
}

void TreePanel::showRecord(int id, const QString &table, const RowKey &key, const QStringList &keyColumns)
{
    const int shown = ++m_shown;
    onResult(m_model->pathTo(id, table, key, keyColumns), this, [this, id, shown](const Result<TreePath> &path) {
        if (shown != m_shown)
            return;
        if (path)
            showPath(id, *path);
        else if (path.error().code != ErrorCode::NotFound && path.error().code != ErrorCode::Cancelled)
            emit failed(path.error());
    });
}

void TreePanel::reload(int id)
{
    const QVariantMap state = saveState(id);
    const QScopedValueRollback quiet(m_isQuiet, true);
    m_totals->clear();
    m_model->reload(id);
    restoreState(id, state);
    showTotals(m_view->currentIndex());
}

// State

QVariantMap TreePanel::saveState(int id) const
{
    QVariantMap state;
    QStringList expanded;
    const QModelIndex top = m_model->databaseIndex(id);
    if (!top.isValid())
        return state;
    const auto isExpanded = [this](const QModelIndex &index) { return isFiltering() ? m_expanded.contains(index) : m_view->isExpanded(index); };
    const auto visit = [&](auto &&self, const QModelIndex &parent) -> void {
        for (const int row : m_model->loadedRows(parent)) {
            const QModelIndex each = m_model->index(row, 0, parent);
            if (!isExpanded(each))
                continue;
            if (kindOf(each) != Model::Kind::Tables)
                expanded.append(each.data(Model::PathRole).value<TreePath>().toString());
            self(self, each);
        }
    };
    visit(visit, top);
    state[u"isExpanded"_s] = isExpanded(top);
    state[u"tables"_s] = isExpanded(m_model->tablesIndex(id));
    state[u"expanded"_s] = expanded.mid(0, maximumRestored);
    const QModelIndex current = toSource(m_view->currentIndex());
    if (current.isValid() && databaseOf(current) == id) {
        if (kindOf(current) == Model::Kind::Table)
            state[u"table"_s] = QStringList{current.data(Model::SchemaRole).toString(), current.data(Model::TableRole).toString()};
        else
            state[u"current"_s] = current.data(Model::PathRole).value<TreePath>().toString();
    }
    return state;
}

void TreePanel::restoreState(int id, const QVariantMap &state)
{
    const DatabaseContext *context = m_model->database(id);
    if (context == nullptr || isFiltering())
        return;
    m_view->setExpanded(m_model->databaseIndex(id), state.value(u"isExpanded"_s, true).toBool());
    m_view->setExpanded(m_model->tablesIndex(id), state.value(u"tables"_s).toBool());
    if (const QStringList table = state.value(u"table"_s).toStringList(); table.size() == 2) {
        if (const CatalogTable *found = context->catalog->table(table[1], table[0]))
            showTable(id, static_cast<int>(found - context->catalog->tables.data()));
    }
    restoreNext(id, state.value(u"expanded"_s).toStringList().mid(0, maximumRestored), state.value(u"current"_s).toString(), ++m_shown);
}

/// A level after the one above it. What is gone meanwhile is passed over.
void TreePanel::restoreNext(int id, QStringList expanded, const QString &current, int shown)
{
    if (expanded.isEmpty()) {
        const Result<TreePath> path = TreePath::parse(current);
        if (!path || path->isEmpty())
            return;
        m_model->reveal(id, *path, [this, shown](const Result<QModelIndex> &found) {
            if (found && shown == m_shown)
                setCurrent(*found);
        });
        return;
    }
    const Result<TreePath> path = TreePath::parse(expanded.takeFirst());
    if (!path || path->isEmpty()) {
        restoreNext(id, std::move(expanded), current, shown);
        return;
    }
    m_model->reveal(id, *path, [this, id, expanded, current, shown](const Result<QModelIndex> &found) {
        if (found && !isFiltering())
            m_view->expand(*found);
        restoreNext(id, expanded, current, shown);
    });
}

// Menu

void TreePanel::openMenu(const QModelIndex &index, const QPoint &place)
{
    const QPersistentModelIndex source = toSource(index);
    const Model::Kind kind = kindOf(source);
    const auto path = source.data(Model::PathRole).value<TreePath>();
    const int id = databaseOf(source);
    auto *menu = new QMenu(this);
    menu->setObjectName(u"treeMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &name, const QString &text, bool isEnabled, auto &&action) {
        QAction *entry = menu->addAction(text, this, action);
        entry->setObjectName(name);
        entry->setEnabled(isEnabled);
    };
    const bool opens = kind == Model::Kind::Table || kind == Model::Kind::Group || kind == Model::Kind::Record;
    add(u"treeOpen"_s, tr("Open"), opens, [this, source] { activate(source); });
    if (kind == Model::Kind::Record && path.isRow())
        emit recordMenuOpening(menu, id, m_model->siblings(source).table, source.data(Model::KeyRole).value<RowKey>());
    menu->addSeparator();
    add(u"treeCopyPath"_s, tr("Copy path"), opens, [source, kind, path] {
        QGuiApplication::clipboard()->setText(kind == Model::Kind::Table ? source.data(Model::TableRole).toString() : path.toString());
    });
    add(u"treeCopyTitle"_s, tr("Copy title"), true, [source] { QGuiApplication::clipboard()->setText(source.data().toString()); });
    menu->addSeparator();
    const bool isExpanded = m_view->isExpanded(index);
    const QPersistentModelIndex shown = index;
    add(u"treeExpand"_s, isExpanded ? tr("Collapse") : tr("Expand"), index.model()->hasChildren(index), [this, shown, isExpanded] {
        if (shown.isValid())
            m_view->setExpanded(shown, !isExpanded);
    });
    menu->addSeparator();
    add(u"treeClose"_s, tr("Close database"), true, [this, id] { emit closeRequested(id); });
    menu->popup(m_view->viewport()->mapToGlobal(place));
}

} // namespace turnstone
