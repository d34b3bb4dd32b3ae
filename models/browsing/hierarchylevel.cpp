// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchylevel.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;

struct HierarchyLevelText
{
    Q_DECLARE_TR_FUNCTIONS(HierarchyLevel)
};

quint64 nextUse()
{
    static quint64 uses = 0; // GUI thread only
    return ++uses;
}

QString countText(qint64 count, bool isExact)
{
    return isExact ? QLocale().toString(count) : HierarchyLevelText::tr("more than %1").arg(QLocale().toString(count));
}

QString tableIcon(const HierarchyTable &table)
{
    if (!table.problem.isEmpty())
        return u"warning"_s;
    switch (table.kind) {
    case TableKind::View:
    case TableKind::MaterializedView: return u"view"_s;
    case TableKind::VirtualTable:
    case TableKind::ForeignTable: return u"virtual"_s;
    default: return u"table"_s;
    }
}

/// The number of rows below, if all of them have been seen.
std::optional<qint64> wholeCount(const HierarchyLevel *level)
{
    const auto *rows = dynamic_cast<const RowsLevel *>(level);
    return rows != nullptr && rows->state == Model::LoadState::Ready && rows->isWhole ? std::optional<qint64>(rows->rows) : std::nullopt;
}

/// Of what is expanded: how far its rows are.
Model::LoadState stateOfLevel(const HierarchyLevel *level)
{
    const auto *rows = dynamic_cast<const RowsLevel *>(level);
    return rows == nullptr ? Model::LoadState::Ready : rows->state;
}

} // namespace

HierarchyLevel *HierarchyLevel::below(int row) const
{
    const auto found = m_below.find(row);
    return found == m_below.end() ? nullptr : found->second.get();
}

HierarchyLevel *HierarchyLevel::install(int row, std::unique_ptr<HierarchyLevel> level)
{
    return (m_below[row] = std::move(level)).get();
}

void HierarchyLevel::makeRoomBelow(int row)
{
    std::map<int, std::unique_ptr<HierarchyLevel>> moved;
    for (auto &[at, level] : m_below) {
        const int now = at >= row ? at + 1 : at;
        level->setRowAbove(now);
        moved[now] = std::move(level);
    }
    m_below = std::move(moved);
}

void HierarchyLevel::eraseBelow(int row)
{
    std::map<int, std::unique_ptr<HierarchyLevel>> moved;
    for (auto &[at, level] : m_below) {
        if (at == row)
            continue;
        const int now = at > row ? at - 1 : at;
        level->setRowAbove(now);
        moved[now] = std::move(level);
    }
    m_below = std::move(moved);
}

int HierarchyLevel::tableIndexOf(const QString &table) const
{
    const Catalog &catalog = *m_database->context.catalog;
    const CatalogTable *found = catalog.table(table, m_database->context.profile->schema);
    return found == nullptr ? -1 : static_cast<int>(found - catalog.tables.data());
}

QVariant HierarchyLevel::groupData(const HierarchyGroup &counted, const TreePath &path, int row, int role) const
{
    HierarchyGroup group = counted;
    if (const std::optional<qint64> whole = wholeCount(below(row)); whole) {
        group.count = *whole;
        group.isExact = true;
    }
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return group.title;
    case Qt::AccessibleTextRole: return group.count < 0 ? group.title : HierarchyLevelText::tr("%1, %2 rows").arg(group.title, countText(group.count, group.isExact));
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Group);
    case Model::DatabaseIdRole: return m_database->context.id;
    case Model::TableIndexRole: return tableIndexOf(group.table);
    case Model::PathRole: return QVariant::fromValue(path);
    case Model::TableRole: return group.table;
    case Model::CountRole: return group.count;
    case Model::CountExactRole: return group.isExact;
    case Model::LoadStateRole: return QVariant::fromValue(stateOfLevel(below(row)));
    case Model::IconRole: return u"group"_s;
    default: return {};
    }
}

QVariant TopLevel::data(int row, int role) const
{
    const HierarchyDatabase &own = *m_databases[static_cast<std::size_t>(row)];
    switch (role) {
    case Qt::DisplayRole: return own.title;
    case Qt::ToolTipRole: return own.tooltip;
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Database);
    case Model::DatabaseIdRole: return own.context.id;
    case Model::TableIndexRole: return -1;
    case Model::CountRole: return -1;
    case Model::IconRole: return u"database"_s;
    default: return {};
    }
}

std::unique_ptr<HierarchyLevel> TopLevel::make(int)
{
    return nullptr; // the model does when it adds a database
}

bool RootsLevel::hasChildren(int row) const
{
    return row == tablesRow() ? !database()->tables.empty() : database()->roots[static_cast<std::size_t>(row)].count != 0;
}

QVariant RootsLevel::data(int row, int role) const
{
    if (row != tablesRow()) {
        const HierarchyGroup &group = database()->roots[static_cast<std::size_t>(row)];
        return groupData(group, TreePath().group(group.id), row, role);
    }
    const auto count = static_cast<qint64>(database()->tables.size());
    switch (role) {
    case Qt::DisplayRole: return HierarchyLevelText::tr("Tables and views");
    case Qt::AccessibleTextRole: return HierarchyLevelText::tr("Tables and views, %1").arg(QLocale().toString(count));
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Tables);
    case Model::DatabaseIdRole: return database()->context.id;
    case Model::TableIndexRole: return -1;
    case Model::CountRole: return count;
    case Model::CountExactRole: return true;
    case Model::IconRole: return u"table"_s;
    default: return {};
    }
}

std::unique_ptr<HierarchyLevel> RootsLevel::make(int row)
{
    if (row == tablesRow())
        return std::make_unique<TablesLevel>(database(), this, row);
    const HierarchyGroup &group = database()->roots[static_cast<std::size_t>(row)];
    return std::make_unique<RowsLevel>(database(), this, row, TreePath().group(group.id), group.title, m_registry);
}

QVariant TablesLevel::data(int row, int role) const
{
    const HierarchyTable &table = database()->tables[static_cast<std::size_t>(row)];
    switch (role) {
    case Qt::DisplayRole: return table.title;
    case Qt::ToolTipRole: return table.problem.isEmpty() ? QVariant(table.title) : QVariant(table.problem);
    case Qt::AccessibleTextRole: return table.count < 0 ? table.title : HierarchyLevelText::tr("%1, %2 rows").arg(table.title, countText(table.count, table.isExact));
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Table);
    case Model::DatabaseIdRole: return database()->context.id;
    case Model::TableIndexRole: return table.index;
    case Model::SchemaRole: return database()->context.catalog->tables[static_cast<std::size_t>(table.index)].schema;
    case Model::TableRole: return database()->context.catalog->tables[static_cast<std::size_t>(table.index)].name;
    case Model::CountRole: return table.count;
    case Model::CountExactRole: return table.isExact;
    case Model::TableKindRole: return QVariant::fromValue(table.kind);
    case Model::ProblemRole: return table.problem;
    case Model::IconRole: return tableIcon(table);
    default: return {};
    }
}

QVariant GroupsLevel::data(int row, int role) const
{
    const HierarchyGroup &group = m_groups[static_cast<std::size_t>(row)];
    return groupData(group, m_record.group(group.id), row, role);
}

std::unique_ptr<HierarchyLevel> GroupsLevel::make(int row)
{
    const HierarchyGroup &group = m_groups[static_cast<std::size_t>(row)];
    return std::make_unique<RowsLevel>(database(), this, row, m_record.group(group.id), group.title, m_registry);
}

int GroupsLevel::rowOf(const QString &group) const
{
    const auto found = std::find_if(m_groups.begin(), m_groups.end(), [&](const HierarchyGroup &each) { return each.id == group; });
    return found == m_groups.end() ? -1 : static_cast<int>(found - m_groups.begin());
}

FoldersLevel::FoldersLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, HierarchyGroup root, std::vector<TreeFolder> folders, const QString &prefix,
                           RowsLevels &registry)
    : HierarchyLevel(database, above, rowAbove), m_root(std::move(root)), m_folders(std::move(folders)), m_registry(registry)
{
    const QString own = prefix.isEmpty() ? prefix : prefix.chopped(1);
    qint64 ownRows = 0;
    for (const TreeFolder &folder : m_folders) {
        if (folder.path == own) {
            ownRows += folder.rows;
            continue;
        }
        if (!folder.path.startsWith(prefix))
            continue;
        const QString rest = folder.path.mid(prefix.size());
        const QString title = rest.section(u'/', 0, 0);
        auto item = std::find_if(m_items.begin(), m_items.end(), [&](const Item &each) { return each.title == title; });
        if (item == m_items.end())
            item = m_items.insert(item, {title, prefix + title, 0});
        item->rows += folder.rows;
        if (title != rest && !item->folder.endsWith(u'/'))
            item->folder += u'/';
    }
    std::sort(m_items.begin(), m_items.end(), [](const Item &a, const Item &b) {
        const int order = QString::compare(a.title, b.title, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a.title < b.title;
    });
    if (ownRows > 0)
        m_items.push_back({prefix.isEmpty() ? HierarchyLevelText::tr("Without a folder") : HierarchyLevelText::tr("In this folder"), own, ownRows});
}

QVariant FoldersLevel::data(int row, int role) const
{
    if (role == Model::IconRole)
        return u"folder"_s;
    const Item &item = m_items[static_cast<std::size_t>(row)];
    return groupData({m_root.id, item.title, m_root.table, item.rows, true}, pathAt(row), row, role);
}

std::unique_ptr<HierarchyLevel> FoldersLevel::make(int row)
{
    const Item &item = m_items[static_cast<std::size_t>(row)];
    if (item.folder.endsWith(u'/'))
        return std::make_unique<FoldersLevel>(database(), this, row, m_root, m_folders, item.folder, m_registry);
    return std::make_unique<RowsLevel>(database(), this, row, pathAt(row), item.title, m_registry);
}

int FoldersLevel::rowOf(const QString &folder) const
{
    const auto found = std::find_if(m_items.begin(), m_items.end(),
                                    [&](const Item &item) { return item.folder == folder || (item.folder.endsWith(u'/') && (folder + u'/').startsWith(item.folder)); });
    return found == m_items.end() ? -1 : static_cast<int>(found - m_items.begin());
}

RowsLevel::RowsLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, TreePath groupPath, QString groupTitle, RowsLevels &registry)
    : HierarchyLevel(database, above, rowAbove), group(std::move(groupPath)), title(std::move(groupTitle)), m_registry(registry)
{
    static quint64 levels = 0; // GUI thread only
    id = ++levels;
    m_registry[id] = this;
}

RowsLevel::~RowsLevel()
{
    stop.request_stop();
    m_registry.erase(id);
}

const HierarchyRow *RowsLevel::row(int row) const
{
    if (row < 0 || row >= rows)
        return nullptr;
    const HierarchyPage &page = *pages[static_cast<std::size_t>(row / Model::rowsPerPage)];
    const auto inPage = static_cast<std::size_t>(row % Model::rowsPerPage);
    return inPage < page.rows.size() ? &page.rows[inPage] : nullptr;
}

bool RowsLevel::hasChildren(int row) const
{
    if (isTail(row) || groups.empty())
        return false;
    const HierarchyRow *here = this->row(row);
    return here == nullptr || std::any_of(here->counts.begin(), here->counts.end(), [](const auto &count) { return count.first != 0; });
}

QVariant RowsLevel::tailData(int role) const
{
    const bool isFailure = tail == Failed;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        switch (tail) {
        case Loading: return HierarchyLevelText::tr("Reading more…");
        case Empty: return HierarchyLevelText::tr("Nothing here yet");
        case Failed: return HierarchyLevelText::tr("%1 – press Enter to try again").arg(error.message);
        case TooMany: return HierarchyLevelText::tr("There is more: open the table to see all rows.");
        case NoTail: break;
        }
        return {};
    case Qt::ToolTipRole: return isFailure && !error.detail.isEmpty() ? error.message + u'\n' + error.detail : QVariant();
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Message);
    case Model::DatabaseIdRole: return database()->context.id;
    case Model::TableIndexRole: return tableIndexOf(table);
    case Model::PathRole: return QVariant::fromValue(group);
    case Model::CountRole: return -1;
    case Model::LoadStateRole: return QVariant::fromValue(isFailure ? Model::LoadState::Failed : tail == Loading ? Model::LoadState::Pending : Model::LoadState::Ready);
    case Model::ErrorRole: return isFailure ? QVariant::fromValue(error) : QVariant();
    case Model::IconRole: return isFailure ? u"warning"_s : tail == TooMany ? u"info"_s : QString();
    default: return {};
    }
}

QVariant RowsLevel::rowData(const HierarchyRow &row, int role) const
{
    const bool isDirect = groups.size() == 1 && row.counts.size() == 1;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return row.label;
    case Qt::AccessibleTextRole: {
        QStringList words{row.label};
        for (const HierarchyBadge &badge : row.badges)
            words.append(badge.text);
        if (isDirect && row.counts.front().first >= 0)
            words.append(HierarchyLevelText::tr("%1: %2").arg(groups.front().title, countText(row.counts.front().first, row.counts.front().second)));
        return words.join(u", "_s);
    }
    case Model::PathRole: return QVariant::fromValue(pathOf(row));
    case Model::KeyRole: return QVariant::fromValue(row.key);
    case Model::CountRole: return isDirect ? row.counts.front().first : qint64(-1);
    case Model::CountExactRole: return !isDirect || row.counts.front().second;
    case Model::BadgesRole: return QVariant::fromValue(row.badges);
    default: return {};
    }
}

QVariant RowsLevel::data(int row, int role) const
{
    if (isTail(row))
        return tailData(role);
    switch (role) {
    case Model::KindRole: return QVariant::fromValue(Model::Kind::Record);
    case Model::DatabaseIdRole: return database()->context.id;
    case Model::TableIndexRole: return tableIndexOf(table);
    case Model::SchemaRole: return schema;
    case Model::TableRole: return table;
    case Model::KeyColumnsRole: return keyColumns;
    case Model::IconRole: return u"record"_s;
    default: break;
    }
    HierarchyPage &page = *pages[static_cast<std::size_t>(row / Model::rowsPerPage)];
    page.lastUse = nextUse();
    if (role == Model::LoadStateRole) {
        const HierarchyLevel *opened = below(row);
        return QVariant::fromValue(page.state == Model::LoadState::Ready && opened != nullptr ? stateOfLevel(opened) : page.state);
    }
    if (role == Model::ErrorRole)
        return page.state == Model::LoadState::Failed ? QVariant::fromValue(page.error) : QVariant();
    if (const HierarchyRow *here = this->row(row)) {
        if (const std::optional<qint64> whole = role == Model::CountRole || role == Model::CountExactRole ? wholeCount(below(row)) : std::nullopt; whole)
            return role == Model::CountRole ? QVariant(*whole) : QVariant(true);
        return rowData(*here, role);
    }
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        if (page.state == Model::LoadState::Failed)
            return HierarchyLevelText::tr("%1 – press Enter to try again").arg(page.error.message);
        return page.state == Model::LoadState::Ready ? HierarchyLevelText::tr("No longer there") : u"…"_s;
    case Model::CountRole: return -1;
    default: return {};
    }
}

std::unique_ptr<HierarchyLevel> RowsLevel::make(int row)
{
    const HierarchyRow *here = this->row(row);
    if (here == nullptr || groups.empty())
        return nullptr;
    const TreePath path = pathOf(*here);
    if (groups.size() == 1)
        return std::make_unique<RowsLevel>(database(), this, row, path.group(groups.front().id), groups.front().title, m_registry);
    std::vector<HierarchyGroup> counted = groups;
    for (std::size_t i = 0; i < counted.size() && i < here->counts.size(); ++i)
        std::tie(counted[i].count, counted[i].isExact) = here->counts[i];
    return std::make_unique<GroupsLevel>(database(), this, row, path, std::move(counted), m_registry);
}

void RowsLevel::trim()
{
    std::vector<HierarchyPage *> held;
    for (const auto &page : pages) {
        if (page->state == Model::LoadState::Ready)
            held.push_back(page.get());
    }
    if (held.size() <= static_cast<std::size_t>(Model::maxCachedPages))
        return;
    std::sort(held.begin(), held.end(), [](const HierarchyPage *a, const HierarchyPage *b) { return a->lastUse > b->lastUse; });
    for (std::size_t i = Model::maxCachedPages; i < held.size(); ++i) {
        held[i]->state = Model::LoadState::Absent;
        held[i]->rows = {};
    }
}

} // namespace turnstone
