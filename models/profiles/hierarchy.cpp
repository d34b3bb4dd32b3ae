// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/hierarchy.h"

#include "models/profiles/hierarchystatement.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maximumPage = 500;

QString tr(const char *text)
{
    return QCoreApplication::translate("Hierarchy", text);
}

void addUnique(QStringList &list, const QString &entry)
{
    if (!list.contains(entry))
        list.append(entry);
}

QStringList firsts(const ColumnLink &link)
{
    QStringList columns;
    for (const auto &[child, parent] : link)
        columns.append(child);
    return columns;
}

/// "t.a = t.b AND …" of a self link: rows that point to themselves.
QString pointsToItself(const RowSql &sql, const CatalogTable &table, const ColumnLink &link)
{
    QStringList parts;
    for (const auto &[child, parent] : link)
        parts.append(sql.equal(table, u"t"_s, child, table, u"t"_s, parent));
    return parts.join(u" AND "_s);
}

} // namespace

Hierarchy::Hierarchy(Connection &connection, Catalog catalog, ResolvedProfile profile, QDateTime nowUtc)
    : Hierarchy(connection, std::make_shared<const Catalog>(std::move(catalog)), std::make_shared<const ResolvedProfile>(std::move(profile)), std::move(nowUtc))
{
}

Hierarchy::Hierarchy(Connection &connection, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc)
    : m_connection(connection)
    , m_sharedCatalog(std::move(catalog))
    , m_sharedProfile(std::move(profile))
    , m_catalog(*m_sharedCatalog)
    , m_profile(*m_sharedProfile)
    , m_sql(m_catalog, m_profile)
    , m_nowUtc(std::move(nowUtc))
{
}

Result<std::vector<Hierarchy::Level>> Hierarchy::levels(const TreePath &path) const
{
    std::vector<Level> found;
    for (const TreePath::Step &step : path.steps()) {
        Level level;
        level.key = step.key;
        QStringList known;
        const auto consider = [&](const TreeGroup &group, const QString &id, bool isSelf) {
            known.append(id);
            if (level.group || id != step.group)
                return;
            level.group = &group;
            level.isSelf = isSelf;
        };
        if (found.empty()) {
            for (const TreeGroup &tree : m_profile.trees)
                consider(tree, tree.id, false);
        } else {
            const TreeGroup &above = *found.back().group;
            if (!above.selfLink.empty())
                consider(above, above.selfId, true);
            for (const TreeGroup &child : above.children)
                consider(child, child.id, false);
        }
        if (!level.group) {
            return failure(ErrorCode::NotFound,
                           known.isEmpty() ? tr("Nothing stands below \"%1\".").arg(path.toString().section(u"/"_s + step.group, 0, 0))
                                           : tr("The path \"%1\" has no \"%2\" at this place; there is: %3.").arg(path.toString(), step.group, known.join(u", "_s)));
        }
        level.table = m_sql.table(level.group->table);
        if (!level.table)
            return failure(ErrorCode::NotFound, tr("There is no table \"%1\".").arg(level.group->table));
        if (level.table->hasColumn(level.group->fold))
            level.folder = step.folder;
        found.push_back(level);
    }
    return found;
}

QStringList Hierarchy::pathKey(const Level &level) const
{
    const QStringList &own = level.group->key;
    const bool usable = !own.isEmpty() && std::all_of(own.begin(), own.end(), [&](const QString &name) { return level.table->hasColumn(name); });
    return usable ? own : m_sql.identity(*level.table);
}

QStringList Hierarchy::neededColumns(const Level &level) const
{
    QStringList needed;
    for (const TreeGroup &child : level.group->children) {
        for (const auto &[column, parent] : child.via ? child.via->link : child.link)
            addUnique(needed, parent);
    }
    for (const auto &[column, parent] : level.group->selfLink)
        addUnique(needed, parent);
    needed.erase(std::remove_if(needed.begin(), needed.end(), [&](const QString &name) { return !level.table->hasColumn(name); }), needed.end());
    return needed;
}

/// False if the row above has no value to link to: then there are no rows.
bool Hierarchy::addLink(const Level &level, const RowValues &above, Statement &statement) const
{
    const TreeGroup &group = *level.group;
    statement.from = m_sql.tableName(*level.table) + u" t"_s;
    const auto link = [&](const ColumnLink &columns, const CatalogTable &table, const QString &alias) {
        for (const auto &[child, parent] : columns) {
            const auto value = above.find(parent);
            if (value == above.end() || value->second.isNull())
                return false;
            statement.where.append(m_sql.equalValue(table, alias, child, value->second, statement.values));
        }
        return true;
    };
    if (level.isSelf) {
        statement.where.append(u"NOT ("_s + pointsToItself(m_sql, *level.table, group.selfLink) + u')');
        return link(group.selfLink, *level.table, u"t"_s);
    }
    if (!group.via)
        return link(group.link, *level.table, u"t"_s);
    const CatalogTable *junction = m_sql.table(group.via->table);
    if (!junction)
        return false;
    QStringList joined;
    for (const auto &[column, target] : group.via->to)
        joined.append(m_sql.equal(*junction, u"j"_s, column, *level.table, u"t"_s, target));
    statement.from += u" JOIN "_s + m_sql.tableName(*junction) + u" j ON "_s + joined.join(u" AND "_s);
    return link(group.via->link, *junction, u"j"_s);
}

Result<Hierarchy::RowValues> Hierarchy::locate(const std::vector<Level> &all, std::size_t count)
{
    RowValues above;
    for (std::size_t i = 0; i < count; ++i) {
        const Level &level = all[i];
        const auto notFound = [&] { return failure(ErrorCode::NotFound, tr("There is no %1 \"%2\" here.").arg(level.group->title, level.key.join(u", "_s))); };
        Statement statement(m_catalog.engine);
        const QStringList key = pathKey(level);
        if (key.isEmpty() || key.size() != level.key.size() || !addLink(level, above, statement))
            return notFound();
        for (qsizetype k = 0; k < key.size(); ++k)
            statement.where.append(m_sql.equalValue(*level.table, u"t"_s, key[k], TreePath::keyValue(level.key[k]), statement.values));
        statement.add(u"1"_s);
        const QStringList needed = neededColumns(level);
        for (const QString &column : needed)
            statement.add(RowSql::column(u"t"_s, column));
        RowValues here;
        bool found = false;
        const Result<> read = m_connection.forEachRow(statement.sql(1, 0), statement.values.values(), [&](const RowBlock &block, int row) {
            found = true;
            for (qsizetype c = 0; c < needed.size(); ++c)
                here[needed[c]] = Value(block.at(row, static_cast<int>(c) + 1));
            return false;
        });
        if (!read)
            return tl::unexpected(read.error());
        if (!found)
            return notFound();
        above = std::move(here);
    }
    return above;
}

void Hierarchy::addOrder(const Level &level, Statement &statement) const
{
    const auto add = [&](const QString &expression, bool descending) {
        const bool known = std::any_of(statement.order.begin(), statement.order.end(), [&](const Statement::Order &entry) { return entry.expression == expression; });
        if (!known)
            statement.order.push_back({expression, descending});
    };
    const TreeGroup &group = *level.group;
    if (group.via && !level.isSelf) {
        for (const OrderColumn &column : group.via->order)
            add(RowSql::column(u"j"_s, column.column), column.descending);
    }
    for (const OrderColumn &column : group.order)
        add(RowSql::column(u"t"_s, column.column), column.descending);
    // The key makes the order total; it follows the direction of what stands before it, so that one index can serve both.
    const bool descending = !statement.order.empty() && statement.order.back().descending;
    if (group.via && !level.isSelf) {
        if (const CatalogTable *junction = m_sql.table(group.via->table)) {
            for (const QString &column : m_sql.identity(*junction))
                add(RowSql::column(u"j"_s, column), descending);
        }
    }
    for (const QString &column : m_sql.identity(*level.table))
        add(RowSql::column(u"t"_s, column), descending);
}

/// Rows that come after the given values of the order's expressions, or before them.
void Hierarchy::addAfter(const std::vector<Value> &after, Statement &statement, bool isBefore) const
{
    QStringList alternatives;
    QStringList equalSoFar;
    for (std::size_t i = 0; i < statement.order.size(); ++i) {
        const QString &expression = statement.order[i].expression;
        const bool descending = statement.order[i].descending != isBefore;
        const Value &value = after[i];
        // SQLite takes NULL for the smallest value, PostgreSQL for the largest.
        const bool nullsFirst = (m_catalog.engine == Engine::Sqlite) != descending;
        QString later;
        if (!value.isNull()) {
            later = u"%1 %2 %3"_s.arg(expression, descending ? u"<"_s : u">"_s, statement.values.bind(value));
            if (!nullsFirst)
                later = u"(%1 OR %2 IS NULL)"_s.arg(later, expression);
        } else if (nullsFirst) {
            later = expression + u" IS NOT NULL"_s;
        }
        if (!later.isEmpty())
            alternatives.append((equalSoFar + QStringList{later}).join(u" AND "_s));
        if (i + 1 < statement.order.size()) // the server refuses a parameter that stands nowhere
            equalSoFar.append(value.isNull() ? expression + u" IS NULL"_s : expression + u" = "_s + statement.values.bind(value));
    }
    statement.where.append(alternatives.isEmpty() ? u"1 = 0"_s : u'(' + alternatives.join(u" OR "_s) + u')');
}

QString Hierarchy::countExpression(const TreeGroup &child, bool isSelf, const CatalogTable &parent, SqlValues &values) const
{
    const ColumnLink &link = isSelf ? child.selfLink : (child.via ? child.via->link : child.link);
    const CatalogTable *table = m_sql.table(!isSelf && child.via ? child.via->table : child.table);
    if (!table)
        return {};
    QStringList where;
    for (const auto &[column, target] : link)
        where.append(m_sql.equal(*table, u"c"_s, column, parent, u"t"_s, target));
    if (isSelf) {
        for (const auto &[column, target] : link)
            where.append(u"NOT ("_s + m_sql.equal(*table, u"c"_s, column, *table, u"c"_s, target) + u')');
    } else if (!child.via && !child.where.empty()) {
        where.append(m_sql.conditions(child.where, *table, u"c"_s, values, m_nowUtc));
    }
    return u"(SELECT count(*) FROM (SELECT 1 FROM %1 c WHERE %2 LIMIT %3) q)"_s.arg(m_sql.tableName(*table), where.join(u" AND "_s), QString::number(countLimit + 1));
}

/// Children whose key has no index: one scan for all the rows of the page.
Result<> Hierarchy::countGrouped(const TreeGroup &child, bool isSelf, const CatalogTable &parent, std::vector<TreeNode> &nodes, const std::vector<RowValues> &rows, std::size_t index)
{
    Q_UNUSED(parent)
    const ColumnLink &link = isSelf ? child.selfLink : (child.via ? child.via->link : child.link);
    const CatalogTable *table = m_sql.table(!isSelf && child.via ? child.via->table : child.table);
    SqlValues values(m_catalog.engine);
    QStringList anyOf;
    std::map<QStringList, std::int64_t> counts;
    const auto keyOf = [](auto &&valueAt, std::size_t count) {
        QStringList key;
        for (std::size_t i = 0; i < count; ++i)
            key.append(valueAt(i).toDisplayText());
        return key;
    };
    QStringList seen;
    for (const RowValues &row : rows) {
        const auto value = row.find(link.front().second);
        if (value == row.end() || value->second.isNull() || seen.contains(value->second.toDisplayText()))
            continue;
        seen.append(value->second.toDisplayText());
        anyOf.append(m_sql.equalValue(*table, u"c"_s, link.front().first, value->second, values));
    }
    if (!anyOf.isEmpty()) {
        QStringList columns;
        for (const QString &column : firsts(link))
            columns.append(RowSql::column(u"c"_s, column));
        QStringList where{u'(' + anyOf.join(u" OR "_s) + u')'};
        if (isSelf) {
            for (const auto &[column, target] : link)
                where.append(u"NOT ("_s + m_sql.equal(*table, u"c"_s, column, *table, u"c"_s, target) + u')');
        } else if (!child.via && !child.where.empty()) {
            where.append(m_sql.conditions(child.where, *table, u"c"_s, values, m_nowUtc));
        }
        const QString list = columns.join(u", "_s);
        const Result<> read = m_connection.forEachRow(u"SELECT %1, count(*) FROM %2 c WHERE %3 GROUP BY %1"_s.arg(list, m_sql.tableName(*table), where.join(u" AND "_s)), values.values(),
                                                      [&](const RowBlock &block, int row) {
                                                          const QStringList key = keyOf([&](std::size_t i) { return Value(block.at(row, static_cast<int>(i))); }, link.size());
                                                          counts[key] = Value(block.at(row, static_cast<int>(link.size()))).toDisplayText().toLongLong();
                                                          return true;
                                                      });
        if (!read)
            return read;
    }
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        const RowValues &row = rows[n];
        const QStringList key = keyOf([&](std::size_t i) { const auto value = row.find(link[i].second); return value == row.end() ? Value() : value->second; }, link.size());
        const auto found = counts.find(key);
        const std::int64_t count = found == counts.end() ? 0 : found->second;
        nodes[n].groups[index].count = std::min(count, countLimit);
        nodes[n].groups[index].isExact = count <= countLimit;
    }
    return {};
}

const CatalogTable *Hierarchy::junctionOf(const Level &level) const
{
    return level.group->via && !level.isSelf ? m_sql.table(level.group->via->table) : nullptr;
}

/// Rows that nothing identifies cannot be followed by key.
bool Hierarchy::hasCursor(const Level &level) const
{
    const CatalogTable *junction = junctionOf(level);
    return !m_sql.identity(*level.table).isEmpty() && (!junction || !m_sql.identity(*junction).isEmpty());
}

/// FROM, WHERE and ORDER BY of a level's rows; without `onlyMembers`, also of rows that its conditions leave out.
/// False if the row above has no value to link to: then there are no rows.
bool Hierarchy::select(const Level &level, const RowValues &above, bool onlyMembers, Statement &statement) const
{
    if (!addLink(level, above, statement))
        return false;
    const TreeGroup &group = *level.group;
    if (onlyMembers && !level.isSelf) {
        if (!group.where.empty())
            statement.where.append(m_sql.conditions(group.where, *level.table, u"t"_s, statement.values, m_nowUtc));
        if (!group.selfLink.empty())
            statement.where.append(pointsNowhere(group, *level.table));
    }
    if (level.folder) {
        const QString own = folderExpression(group);
        const QString exact = own + u" = "_s + statement.values.bind(Value::text(level.folder->endsWith(u'/') ? level.folder->chopped(1) : *level.folder));
        statement.where.append(level.folder->endsWith(u'/') ? u"(%1 OR substr(%2, 1, %3) = %4)"_s.arg(exact, own, QString::number(level.folder->toUcs4().size()),
                                                                                                    statement.values.bind(Value::text(*level.folder)))
                                                            : exact);
    }
    addOrder(level, statement);
    return true;
}

/// The folder of a row, without slashes around it.
QString Hierarchy::folderExpression(const TreeGroup &group) const
{
    return u"trim(coalesce(CAST(%1 AS text), ''), '/')"_s.arg(RowSql::column(u"t"_s, group.fold));
}

/// "t" is a root of the tree that a table forms with itself.
QString Hierarchy::pointsNowhere(const TreeGroup &group, const CatalogTable &table) const
{
    QStringList joined;
    for (const auto &[child, parent] : group.selfLink)
        joined.append(m_sql.equal(table, u"p"_s, parent, table, u"t"_s, child));
    return u"(NOT EXISTS (SELECT 1 FROM %1 p WHERE %2) OR %3)"_s.arg(m_sql.tableName(table), joined.join(u" AND "_s), pointsToItself(m_sql, table, group.selfLink));
}

/// False if the key has another number of columns.
bool Hierarchy::addKey(const Level &level, const QStringList &key, Statement &statement) const
{
    const QStringList names = pathKey(level);
    if (names.isEmpty() || names.size() != key.size())
        return false;
    for (qsizetype i = 0; i < names.size(); ++i)
        statement.where.append(m_sql.equalValue(*level.table, u"t"_s, names[i], TreePath::keyValue(key[i]), statement.values));
    return true;
}

Result<TreePage> Hierarchy::rows(const std::vector<Level> &all, const RowValues &above, const TreePath &groupPath, int limit, const std::vector<Value> &after, const QStringList *onlyKey)
{
    const Level &level = all.back();
    const TreeGroup &group = *level.group;
    const CatalogTable &table = *level.table;
    TreePage page;
    Statement statement(m_catalog.engine);
    if (!select(level, above, !onlyKey, statement))
        return page;
    const QStringList identity = m_sql.identity(table);
    const QStringList inPath = pathKey(level);
    if (onlyKey && !addKey(level, *onlyKey, statement))
        return page;

    // Rows that nothing identifies cannot be followed by key.
    const CatalogTable *junction = junctionOf(level);
    const bool byOffset = !hasCursor(level);
    std::int64_t offset = 0;
    if (!after.empty()) {
        if (byOffset)
            offset = after.front().toDisplayText().toLongLong();
        else if (after.size() != statement.order.size())
            return failure(ErrorCode::InvalidInput, tr("The place to go on from belongs to another group."));
        else
            addAfter(after, statement);
    }

    const auto columnsOf = [&](const QString &alias, const QStringList &names) {
        std::vector<int> positions;
        for (const QString &name : names)
            positions.push_back(statement.add(RowSql::column(alias, name)));
        return positions;
    };
    statement.add(u"1"_s);
    const std::vector<int> keyAt = columnsOf(u"t"_s, identity);
    const std::vector<int> pathAt = columnsOf(u"t"_s, inPath);
    const std::vector<int> junctionAt = junction ? columnsOf(u"j"_s, m_sql.identity(*junction)) : std::vector<int>();
    const QStringList needed = neededColumns(level);
    const std::vector<int> neededAt = columnsOf(u"t"_s, needed);
    std::vector<int> orderAt;
    for (const Statement::Order &entry : statement.order)
        orderAt.push_back(statement.add(entry.expression));
    std::vector<int> labelAt;
    for (const LabelTemplate::Part &part : group.label.parts()) {
        if (!part.alternatives.empty())
            labelAt.push_back(statement.add(m_sql.labelPart(part, table, u"t"_s)));
    }
    std::vector<int> badgeAt;
    for (const FieldRef &badge : group.badges)
        badgeAt.push_back(statement.add(m_sql.field(badge, table, u"t"_s)));

    struct Below
    {
        const TreeGroup *group;
        bool isSelf;
        int countAt;
    };
    std::vector<Below> below;
    const auto addBelow = [&](const TreeGroup &child, bool isSelf) {
        const CatalogTable *childTable = m_sql.table(!isSelf && child.via ? child.via->table : child.table);
        if (!childTable || !m_sql.table(child.table) || identity.isEmpty())
            return;
        const bool counted = isSelf || child.counted;
        const bool indexed = RowSql::isIndexed(*childTable, firsts(isSelf ? child.selfLink : (child.via ? child.via->link : child.link)));
        below.push_back({&child, isSelf, counted ? (indexed ? statement.add(countExpression(child, isSelf, table, statement.values)) : -1) : -2});
    };
    if (!group.selfLink.empty())
        addBelow(group, true);
    for (const TreeGroup &child : group.children)
        addBelow(child, false);

    limit = std::clamp(limit, 1, maximumPage);
    std::vector<RowValues> rowValues;
    // Where no index carries the order, SQLite would count the children of rows that do not come into the page: keys first.
    if (!onlyKey && !junction && !byOffset && m_catalog.engine == Engine::Sqlite && table.hasRowid()) {
        Statement keys = statement;
        keys.columns = {RowSql::column(u"t"_s, table.rowidName())};
        statement.where = QStringList{u"%1 IN (%2)"_s.arg(keys.columns.front(), keys.sql(limit + 1, 0))};
    }
    const Result<> read = m_connection.forEachRow(statement.sql(limit + 1, offset), statement.values.values(), [&](const RowBlock &block, int row) {
        if (static_cast<int>(page.nodes.size()) == limit) {
            page.more = true;
            return false;
        }
        const auto at = [&](int column) { return Value(block.at(row, column)); };
        const auto text = [&](int column) { return block.at(row, column).isNull() ? QString() : at(column).toDisplayText(); };
        TreeNode node;
        node.table = table.name;
        node.schema = table.schema;
        node.keyColumns = identity;
        for (const int column : keyAt)
            node.key.push_back(at(column));
        QStringList key;
        for (const int column : pathAt)
            key.append(TreePath::keyText(block.at(row, column)));
        node.path = groupPath.row(key);
        for (const int column : junctionAt)
            node.junctionKey.push_back(at(column));
        for (const int column : orderAt)
            node.cursor.push_back(at(column));
        if (byOffset)
            node.cursor = {Value::integer(offset + static_cast<std::int64_t>(page.nodes.size()) + 1)};
        QStringList parts;
        for (const int column : labelAt)
            parts.append(text(column));
        node.label = group.label.render(parts);
        if (node.label.isEmpty())
            node.label = key.isEmpty() ? table.name : table.name + u' ' + key.join(u", "_s);
        for (std::size_t i = 0; i < badgeAt.size(); ++i)
            node.badges.push_back({group.badges[i].toString(), at(badgeAt[i])});
        for (const Below &child : below) {
            TreeGroupInfo info;
            info.id = child.isSelf ? child.group->selfId : child.group->id;
            info.title = child.group->title;
            info.table = child.group->table;
            info.path = node.path.group(info.id);
            info.isSelf = child.isSelf;
            if (child.countAt >= 0) {
                const std::int64_t count = text(child.countAt).toLongLong();
                info.count = std::min(count, countLimit);
                info.isExact = count <= countLimit;
            }
            node.groups.push_back(std::move(info));
        }
        RowValues needs;
        for (std::size_t i = 0; i < neededAt.size(); ++i)
            needs[needed[static_cast<qsizetype>(i)]] = at(neededAt[i]);
        rowValues.push_back(std::move(needs));
        page.nodes.push_back(std::move(node));
        return true;
    });
    if (!read)
        return tl::unexpected(read.error());
    for (std::size_t i = 0; i < below.size() && !page.nodes.empty(); ++i) {
        if (below[i].countAt != -1)
            continue;
        if (Result<> counted = countGrouped(*below[i].group, below[i].isSelf, table, page.nodes, rowValues, i); !counted)
            return tl::unexpected(counted.error());
    }
    return page;
}

Result<TreeGroupInfo> Hierarchy::countedRoot(const TreeGroup &tree)
{
    TreeGroupInfo info{tree.id, tree.title, tree.table, TreePath().group(tree.id), -1, true, false};
    const CatalogTable *table = m_sql.table(tree.table);
    if (!table || !tree.counted)
        return info;
    SqlValues values(m_catalog.engine);
    QStringList where;
    if (!tree.where.empty())
        where.append(m_sql.conditions(tree.where, *table, u"t"_s, values, m_nowUtc));
    if (!tree.selfLink.empty())
        where.append(pointsNowhere(tree, *table));
    const QString conditions = where.isEmpty() ? QString() : u" WHERE "_s + where.join(u" AND "_s);
    const Result<Value> count = m_connection.queryValue(u"SELECT count(*) FROM (SELECT 1 FROM %1 t%2 LIMIT %3) q"_s.arg(m_sql.tableName(*table), conditions, QString::number(countLimit + 1)), values.values());
    if (!count)
        return tl::unexpected(count.error());
    const std::int64_t rowCount = count->toDisplayText().toLongLong();
    info.count = std::min(rowCount, countLimit);
    info.isExact = rowCount <= countLimit;
    return info;
}

Result<std::vector<TreeGroupInfo>> Hierarchy::roots()
{
    std::vector<TreeGroupInfo> all;
    for (const TreeGroup &tree : m_profile.trees) {
        Result<TreeGroupInfo> info = countedRoot(tree);
        if (!info)
            return tl::unexpected(info.error());
        all.push_back(std::move(*info));
    }
    return all;
}

Result<TreePage> Hierarchy::children(const TreePath &group, int limit, const std::vector<Value> &after)
{
    if (!group.isGroup())
        return failure(ErrorCode::InvalidInput, tr("The path \"%1\" does not end with a group.").arg(group.toString()));
    const Result<std::vector<Level>> all = levels(group);
    if (!all)
        return tl::unexpected(all.error());
    const Result<RowValues> above = locate(*all, all->size() - 1);
    if (!above)
        return tl::unexpected(above.error());
    return rows(*all, *above, group, limit, after, nullptr);
}

Result<TreeNode> Hierarchy::node(const TreePath &path)
{
    if (!path.isRow())
        return failure(ErrorCode::InvalidInput, tr("The path \"%1\" does not end with a row.").arg(path.toString()));
    const Result<std::vector<Level>> all = levels(path);
    if (!all)
        return tl::unexpected(all.error());
    const Result<RowValues> above = locate(*all, all->size() - 1);
    if (!above)
        return tl::unexpected(above.error());
    Result<TreePage> page = rows(*all, *above, path.parent(), 1, {}, &all->back().key);
    if (!page)
        return tl::unexpected(page.error());
    if (page->nodes.empty())
        return failure(ErrorCode::NotFound, tr("There is no %1 \"%2\" here.").arg(all->back().group->title, path.steps().back().key.join(u", "_s)));
    return std::move(page->nodes.front());
}

Result<TreeGroupInfo> Hierarchy::group(const TreePath &path)
{
    if (!path.isGroup())
        return failure(ErrorCode::InvalidInput, tr("The path \"%1\" does not end with a group.").arg(path.toString()));
    const Result<std::vector<Level>> all = levels(path);
    if (!all)
        return tl::unexpected(all.error());
    if (all->size() == 1)
        return countedRoot(*all->front().group);
    const Result<TreeNode> above = node(path.parent());
    if (!above)
        return tl::unexpected(above.error());
    for (const TreeGroupInfo &info : above->groups) {
        if (info.id == path.steps().back().group)
            return info;
    }
    return failure(ErrorCode::NotFound, tr("Nothing stands at \"%1\".").arg(path.toString()));
}

Result<RelatedRecords> Hierarchy::related(const QString &table, const RowKey &key)
{
    return readRelatedRecords(m_connection, m_catalog, m_profile, table, key, countLimit);
}

} // namespace turnstone
