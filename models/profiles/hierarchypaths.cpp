// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/hierarchy.h"

#include "models/profiles/hierarchystatement.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// A record with many parents may reach the root by one and not by another.
constexpr int maximumParents = 8;
/// Rows looked at on the way up; a tree that a table forms with itself may be deep, or a ring.
constexpr int maximumClimb = 2'000;
/// More folders than anybody looks through.
constexpr int maximumFolders = 1'000;

struct HierarchyText
{
    Q_DECLARE_TR_FUNCTIONS(Hierarchy)
};

} // namespace

Result<TreeMarks> Hierarchy::marks(const TreePath &group, int every, std::int64_t limit, const std::vector<Value> &after)
{
    const Result<std::vector<Level>> all = levels(group);
    if (!all)
        return failure(all);
    if (!group.isGroup() || every < 1 || limit < 1)
        return failure(ErrorCode::InvalidInput, HierarchyText::tr("The path \"%1\" does not end with a group.").arg(group.toString()));
    const Result<RowValues> above = locate(*all, all->size() - 1);
    if (!above)
        return failure(above);
    TreeMarks marks;
    Statement statement(m_catalog.engine);
    if (!select(all->back(), *above, true, statement))
        return marks;
    const int most = static_cast<int>(std::min<std::int64_t>(limit, std::numeric_limits<int>::max() - 1)) + 1;
    if (!hasCursor(all->back())) {
        const std::int64_t offset = after.empty() ? 0 : after.front().toDisplayText().toLongLong();
        statement.columns = {u"1"_s};
        const Result<Value> count = m_connection.queryValue(u"SELECT count(*) FROM (%1) q"_s.arg(statement.sql(most, offset)), statement.values.values());
        if (!count)
            return failure(count);
        marks.rows = std::min<std::int64_t>(count->toDisplayText().toLongLong(), most - 1);
        marks.more = marks.rows < count->toDisplayText().toLongLong();
        for (std::int64_t row = every; row < marks.rows || (row == marks.rows && marks.more); row += every)
            marks.cursors.push_back({Value::integer(offset + row)});
        if (marks.more && marks.rows % every != 0)
            marks.cursors.push_back({Value::integer(offset + marks.rows)});
        return marks;
    }
    if (!after.empty()) {
        if (after.size() != statement.order.size())
            return failure(ErrorCode::InvalidInput, HierarchyText::tr("The place to go on from belongs to another group."));
        addAfter(after, statement);
    }
    for (const Statement::Order &entry : statement.order)
        statement.add(entry.expression);
    const int width = static_cast<int>(statement.columns.size());
    std::vector<Value> last;
    const auto cursorAt = [width](const RowBlock &block, int row) {
        std::vector<Value> cursor;
        cursor.reserve(static_cast<std::size_t>(width));
        for (int column = 0; column < width; ++column)
            cursor.emplace_back(block.at(row, column));
        return cursor;
    };
    const Result<> read = m_connection.forEachRow(statement.sql(most, 0), statement.values.values(), [&](const RowBlock &block, int row) {
        if (marks.rows == most - 1) {
            marks.more = true;
            if (marks.rows % every != 0)
                marks.cursors.push_back(last);
            return false;
        }
        ++marks.rows;
        if (marks.rows % every == 0)
            marks.cursors.push_back(cursorAt(block, row));
        else if (marks.rows == most - 1)
            last = cursorAt(block, row);
        return true;
    });
    if (!read)
        return failure(read);
    if (!marks.more && marks.rows % every == 0 && !marks.cursors.empty())
        marks.cursors.pop_back(); // nothing comes after it
    return marks;
}

Result<std::int64_t> Hierarchy::position(const TreePath &row)
{
    const auto notFound = [&] { return failure(ErrorCode::NotFound, HierarchyText::tr("Nothing stands at \"%1\".").arg(row.toString())); };
    const Result<std::vector<Level>> all = levels(row);
    if (!all)
        return failure(all);
    if (!row.isRow() || !hasCursor(all->back()))
        return notFound();
    const Level &level = all->back();
    const Result<RowValues> above = locate(*all, all->size() - 1);
    if (!above)
        return failure(above);
    Statement own(m_catalog.engine);
    if (!select(level, *above, true, own) || !addKey(level, level.key, own))
        return notFound();
    for (const Statement::Order &entry : own.order)
        own.add(entry.expression);
    const Result<std::vector<RowKey>> cursor = keysOf(own.sql(1, 0), own.values, own.columns.size());
    if (!cursor)
        return failure(cursor);
    if (cursor->empty())
        return notFound();
    Statement before(m_catalog.engine);
    select(level, *above, true, before);
    addAfter(cursor->front(), before, true);
    const Result<Value> count = m_connection.queryValue(u"SELECT count(*) FROM %1 WHERE %2"_s.arg(before.from, before.where.join(u" AND "_s)), before.values.values());
    if (!count)
        return failure(count);
    return count->toDisplayText().toLongLong();
}

Result<TreeGroupRows> Hierarchy::groupRows(const TreePath &path, int targetLimit)
{
    const Result<std::vector<Level>> all = levels(path);
    if (!all)
        return failure(all);
    if (!path.isGroup())
        return failure(ErrorCode::InvalidInput, HierarchyText::tr("The path \"%1\" does not end with a group.").arg(path.toString()));
    const Level &level = all->back();
    const Result<RowValues> above = locate(*all, all->size() - 1);
    if (!above)
        return failure(above);
    TreeGroupRows rows;
    rows.group = level.group;
    rows.isSelf = level.isSelf;
    rows.schema = level.table->schema;
    rows.table = level.table->name;
    rows.folder = level.folder;
    const CatalogTable *junction = junctionOf(level);
    for (const auto &[column, parent] : level.isSelf ? level.group->selfLink : level.group->via ? level.group->via->link : level.group->link) {
        const auto value = above->find(parent);
        rows.link.emplace_back(column, value == above->end() ? Value() : value->second);
    }
    if (!junction)
        return rows;
    rows.junction = junction->name;
    rows.junctionSchema = junction->schema;
    if (level.group->via->to.size() != 1)
        return rows;
    Statement statement(m_catalog.engine);
    if (!addLink(level, *above, statement)) {
        rows.targets.emplace();
        return rows;
    }
    statement.add(u"DISTINCT "_s + RowSql::column(u"t"_s, level.group->via->to.front().second));
    const Result<std::vector<RowKey>> targets = keysOf(statement.sql(targetLimit + 1, 0), statement.values, 1);
    if (!targets)
        return failure(targets);
    if (static_cast<int>(targets->size()) > targetLimit)
        return rows;
    rows.targets.emplace();
    for (const RowKey &target : *targets)
        rows.targets->push_back(target.front());
    return rows;
}

Result<std::vector<RowKey>> Hierarchy::keysOf(const QString &sql, const SqlValues &values, qsizetype columns)
{
    std::vector<RowKey> keys;
    const Result<> read = m_connection.forEachRow(sql, values.values(), [&](const RowBlock &block, int row) {
        RowKey key;
        for (int column = 0; column < columns; ++column)
            key.emplace_back(block.at(row, column));
        keys.push_back(std::move(key));
        return true;
    });
    if (!read)
        return failure(read);
    return keys;
}

std::vector<Hierarchy::Chain> Hierarchy::chainsTo(const QString &table) const
{
    const CatalogTable *wanted = m_sql.table(table);
    std::vector<Chain> chains;
    Chain chain;
    const auto visit = [&](auto &&self, const TreeGroup &group) -> void {
        chain.push_back(&group);
        if (wanted != nullptr && m_sql.table(group.table) == wanted)
            chains.push_back(chain);
        for (const TreeGroup &child : group.children)
            self(self, child);
        chain.pop_back();
    };
    for (const TreeGroup &tree : m_profile.trees)
        visit(visit, tree);
    std::stable_sort(chains.begin(), chains.end(), [](const Chain &a, const Chain &b) { return a.size() < b.size(); });
    return chains;
}

Result<std::optional<QStringList>> Hierarchy::memberKey(const Level &level, const RowKey &key)
{
    SqlValues values(m_catalog.engine);
    QStringList where;
    const QStringList identity = m_sql.identity(*level.table);
    for (qsizetype i = 0; i < identity.size(); ++i)
        where.append(m_sql.equalValue(*level.table, u"t"_s, identity[i], key[static_cast<std::size_t>(i)], values));
    if (!level.isSelf && !level.group->where.empty())
        where.append(m_sql.conditions(level.group->where, *level.table, u"t"_s, values, m_nowUtc));
    if (!level.isSelf && !level.group->selfLink.empty())
        where.append(pointsNowhere(*level.group, *level.table));
    QStringList columns;
    for (const QString &name : pathKey(level))
        columns.append(RowSql::column(u"t"_s, name));
    const Result<std::vector<RowKey>> found = keysOf(u"SELECT %1 FROM %2 t WHERE %3 LIMIT 1"_s.arg(columns.join(u", "_s), m_sql.tableName(*level.table), where.join(u" AND "_s)), values, columns.size());
    if (!found)
        return failure(found);
    if (found->empty())
        return std::optional<QStringList>();
    QStringList texts;
    for (const Value &value : found->front())
        texts.append(TreePath::keyText(value.ref()));
    return std::optional<QStringList>(texts);
}

/// The rows of the group above that the row belongs to, or of its own table by the self link.
Result<std::vector<RowKey>> Hierarchy::rowsAbove(const Chain &chain, std::size_t depth, const RowKey &key, bool bySelf)
{
    const TreeGroup &group = *chain[depth];
    const CatalogTable *table = m_sql.table(group.table);
    const CatalogTable *above = bySelf ? table : m_sql.table(chain[depth - 1]->table);
    const CatalogTable *junction = !bySelf && group.via ? m_sql.table(group.via->table) : nullptr;
    if (above == nullptr || (!bySelf && group.via && junction == nullptr) || m_sql.identity(*above).isEmpty())
        return std::vector<RowKey>();
    SqlValues values(m_catalog.engine);
    QString from = m_sql.tableName(*table) + u" t"_s;
    const auto join = [&](const CatalogTable &next, const QString &alias, const QStringList &on) {
        from += u" JOIN %1 %2 ON %3"_s.arg(m_sql.tableName(next), alias, on.join(u" AND "_s));
    };
    QStringList on;
    QStringList where;
    if (junction != nullptr) {
        for (const auto &[column, target] : group.via->to)
            on.append(m_sql.equal(*junction, u"j"_s, column, *table, u"t"_s, target));
        join(*junction, u"j"_s, on);
        on.clear();
        for (const auto &[column, parent] : group.via->link)
            on.append(m_sql.equal(*junction, u"j"_s, column, *above, u"p"_s, parent));
    } else {
        for (const auto &[column, parent] : bySelf ? group.selfLink : group.link)
            on.append(m_sql.equal(*table, u"t"_s, column, *above, u"p"_s, parent));
    }
    join(*above, u"p"_s, on);
    const QStringList identity = m_sql.identity(*table);
    for (qsizetype i = 0; i < identity.size(); ++i)
        where.append(m_sql.equalValue(*table, u"t"_s, identity[i], key[static_cast<std::size_t>(i)], values));
    if (bySelf) {
        QStringList itself;
        for (const auto &[column, parent] : group.selfLink)
            itself.append(m_sql.equal(*table, u"t"_s, column, *table, u"t"_s, parent));
        where.append(u"NOT ("_s + itself.join(u" AND "_s) + u')');
    }
    QStringList columns;
    for (const QString &name : m_sql.identity(*above))
        columns.append(RowSql::column(u"p"_s, name));
    return keysOf(u"SELECT %1 FROM %2 WHERE %3 LIMIT %4"_s.arg(columns.join(u", "_s), from, where.join(u" AND "_s), QString::number(maximumParents)), values, columns.size());
}

Result<std::optional<std::vector<TreePath::Step>>> Hierarchy::climb(const Chain &chain, std::size_t depth, const RowKey &key, int &budget)
{
    using Steps = std::optional<std::vector<TreePath::Step>>;
    const TreeGroup &group = *chain[depth];
    const CatalogTable *table = m_sql.table(group.table);
    if (--budget < 0 || table == nullptr)
        return Steps();
    // Below a row of its own table, if it points to one.
    if (!group.selfLink.empty()) {
        const Result<std::vector<RowKey>> above = rowsAbove(chain, depth, key, true);
        if (!above)
            return failure(above);
        for (const RowKey &parent : *above) {
            Result<Steps> steps = climb(chain, depth, parent, budget);
            if (!steps || !*steps)
                return steps;
            const Result<std::optional<QStringList>> own = memberKey({&group, table, true, {}}, key);
            if (!own)
                return failure(own);
            if (!*own)
                return Steps();
            (*steps)->push_back({group.selfId, **own});
            return steps;
        }
    }
    const Result<std::optional<QStringList>> own = memberKey({&group, table, false, {}}, key);
    if (!own)
        return failure(own);
    if (!*own)
        return Steps();
    if (depth == 0)
        return Steps({TreePath::Step{group.id, **own}});
    const Result<std::vector<RowKey>> above = rowsAbove(chain, depth, key, false);
    if (!above)
        return failure(above);
    for (const RowKey &parent : *above) {
        Result<Steps> steps = climb(chain, depth - 1, parent, budget);
        if (!steps)
            return steps;
        if (*steps) {
            (*steps)->push_back({group.id, **own});
            return steps;
        }
    }
    return Steps();
}

Result<std::vector<TreeFolder>> Hierarchy::folders(const TreePath &group)
{
    const Result<std::vector<Level>> all = levels(group);
    if (!all)
        return failure(all);
    std::vector<TreeFolder> found;
    const Level &level = all->back();
    if (all->size() != 1 || !level.table->hasColumn(level.group->fold))
        return found;
    Statement statement(m_catalog.engine);
    if (!select(level, {}, true, statement))
        return found;
    statement.order.clear();
    statement.add(folderExpression(*level.group) + u" AS folder"_s);
    const Result<> read = m_connection.forEachRow(u"SELECT folder, count(*) FROM (%1) q GROUP BY folder ORDER BY folder LIMIT %2"_s.arg(statement.sql(static_cast<int>(countLimit) + 1, 0), QString::number(maximumFolders + 1)),
                                                  statement.values.values(), [&](const RowBlock &block, int row) {
                                                      found.push_back({Value(block.at(row, 0)).toDisplayText(), Value(block.at(row, 1)).toDisplayText().toLongLong()});
                                                      return true;
                                                  });
    if (!read)
        return failure(read);
    const std::int64_t rows = std::accumulate(found.begin(), found.end(), std::int64_t(0), [](std::int64_t sum, const TreeFolder &folder) { return sum + folder.rows; });
    const bool isFlat = found.size() == 1 && found.front().path.isEmpty();
    if (isFlat || rows > countLimit || static_cast<int>(found.size()) > maximumFolders)
        found.clear();
    return found;
}

Result<TreePath> Hierarchy::throughFolder(const TreePath &path)
{
    if (path.isEmpty() || path.steps().front().key.isEmpty() || path.steps().front().folder)
        return path;
    const TreePath group = TreePath().group(path.steps().front().group);
    const Result<std::vector<TreeFolder>> known = folders(group);
    if (!known)
        return failure(known);
    if (known->empty())
        return path;
    const Result<std::vector<Level>> all = levels(group.row(path.steps().front().key));
    if (!all)
        return failure(all);
    const Level &level = all->front();
    Statement statement(m_catalog.engine);
    if (!select(level, {}, true, statement) || !addKey(level, level.key, statement))
        return path;
    statement.add(folderExpression(*level.group));
    const Result<std::vector<RowKey>> folder = keysOf(statement.sql(1, 0), statement.values, 1);
    if (!folder)
        return failure(folder);
    if (folder->empty())
        return failure(ErrorCode::NotFound, HierarchyText::tr("Nothing stands at \"%1\".").arg(path.toString()));
    TreePath through = group.inFolder(folder->front().front().toDisplayText());
    for (const TreePath::Step &step : path.steps()) {
        if (&step != &path.steps().front())
            through = through.group(step.group);
        if (!step.key.isEmpty())
            through = through.row(step.key);
    }
    return through;
}

Result<TreePath> Hierarchy::pathTo(const QString &table, const RowKey &key, const QStringList &keyColumns)
{
    const auto notFound = [&] { return failure(ErrorCode::NotFound, HierarchyText::tr("This record of %1 stands in no hierarchy.").arg(table)); };
    const CatalogTable *known = m_sql.table(table);
    const QStringList identity = known == nullptr ? QStringList() : m_sql.identity(*known);
    const QStringList given = keyColumns.isEmpty() ? identity : keyColumns;
    if (identity.isEmpty() || given.size() != static_cast<qsizetype>(key.size()))
        return notFound();
    RowKey own = key;
    if (given != identity) {
        SqlValues values(m_catalog.engine);
        QStringList where;
        for (qsizetype i = 0; i < given.size(); ++i)
            where.append(m_sql.equalValue(*known, u"t"_s, given[i], key[static_cast<std::size_t>(i)], values));
        QStringList columns;
        for (const QString &name : identity)
            columns.append(RowSql::column(u"t"_s, name));
        const Result<std::vector<RowKey>> found = keysOf(u"SELECT %1 FROM %2 t WHERE %3 LIMIT 1"_s.arg(columns.join(u", "_s), m_sql.tableName(*known), where.join(u" AND "_s)), values, columns.size());
        if (!found)
            return failure(found);
        if (found->empty())
            return notFound();
        own = found->front();
    }
    for (const Chain &chain : chainsTo(table)) {
        int budget = maximumClimb;
        const Result<std::optional<std::vector<TreePath::Step>>> steps = climb(chain, chain.size() - 1, own, budget);
        if (!steps)
            return failure(steps);
        if (!*steps)
            continue;
        TreePath path;
        for (const TreePath::Step &step : **steps)
            path = path.group(step.group).row(step.key);
        return path;
    }
    return notFound();
}

} // namespace turnstone
