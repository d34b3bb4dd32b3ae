// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/deleteplan.h"

#include "models/edit/rowidentity.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>

#include <algorithm>
#include <functional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct DeletePlanText
{
    Q_DECLARE_TR_FUNCTIONS(DeletePlan)
};

using Does = DeleteConsequence::Does;

constexpr int deepest = 12; // levels of rows that point to rows that point …

/// A key from one table to another, and what a delete there does here.
struct Dependence
{
    const CatalogTable *child = nullptr;
    ColumnLink link; ///< child's column, parent's column
    Does does = Does::Leave;
    bool isDeclared = false;
    QString about;
};

Does declaredDoes(ForeignKeyAction action)
{
    switch (action) {
    case ForeignKeyAction::Cascade: return Does::Cascade;
    case ForeignKeyAction::SetNull: return Does::SetNull;
    case ForeignKeyAction::SetDefault: return Does::SetDefault;
    case ForeignKeyAction::NoAction:
    case ForeignKeyAction::Restrict: break;
    }
    return Does::Restrict;
}

Does profileDoes(const QString &word)
{
    return word == u"cascade" ? Does::Cascade : word == u"set-null" ? Does::SetNull : word == u"restrict" ? Does::Restrict : word == u"ask" ? Does::Ask : Does::Leave;
}

bool isSameLink(const ColumnLink &a, const ColumnLink &b)
{
    const auto has = [&](const auto &pair) {
        return std::ranges::any_of(b, [&](const auto &other) {
            return pair.first.compare(other.first, Qt::CaseInsensitive) == 0 && pair.second.compare(other.second, Qt::CaseInsensitive) == 0;
        });
    };
    return a.size() == b.size() && std::ranges::all_of(a, has);
}

class Planner
{
public:
    Planner(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, bool takesAsked)
        : m_connection(connection), m_catalog(catalog), m_profile(profile), m_sql(catalog, profile), m_takesAsked(takesAsked)
    {
    }

    Result<DeletePlan> plan(const CatalogTable &table, const QStringList &keyColumns, const std::vector<RowKey> &keys)
    {
        m_root = &table;
        m_rootRows = [&](const QString &alias, SqlValues &values) { return keyCondition(alias, keyColumns, keys, values); };
        if (const TableProfile *known = tableProfile(m_profile, table))
            m_plan.deactivate = known->details.value(u"deactivate"_s).toObject().value(u"set"_s).toObject();
        if (const Result<> visited = visit(table, m_rootRows, 1); !visited)
            return failure(visited);
        return std::move(m_plan);
    }

private:
    /// Says which rows of a table, under an alias.
    using Rows = std::function<QString(const QString &alias, SqlValues &values)>;

    static QString keyCondition(const QString &alias, const QStringList &columns, const std::vector<RowKey> &keys, SqlValues &values)
    {
        QStringList rows;
        for (const RowKey &key : keys) {
            QStringList parts;
            for (qsizetype i = 0; i < columns.size(); ++i) {
                const Value &part = key[static_cast<std::size_t>(i)];
                if (columns.size() == 1 && !part.isNull())
                    parts.append(values.bind(part));
                else
                    parts.append(RowSql::column(alias, columns[i]) + (part.isNull() ? u" IS NULL"_s : u" = "_s + values.bind(part)));
            }
            rows.append(columns.size() == 1 ? parts.front() : u'(' + parts.join(u" AND "_s) + u')');
        }
        if (columns.size() == 1)
            return u"%1 IN (%2)"_s.arg(RowSql::column(alias, columns.front()), rows.join(u", "_s));
        return u'(' + rows.join(u" OR "_s) + u')';
    }

    std::vector<Dependence> dependences(const CatalogTable &parent) const
    {
        std::vector<Dependence> found;
        for (const CatalogTable &child : m_catalog.tables) {
            for (const CatalogForeignKey &key : child.foreignKeys) {
                if (m_catalog.table(key.referencedTable, key.referencedSchema) != &parent || key.columns.size() != key.referencedColumns.size())
                    continue;
                Dependence each{&child, {}, declaredDoes(key.onDelete), true, {}};
                for (qsizetype i = 0; i < key.columns.size(); ++i)
                    each.link.emplace_back(key.columns[i], key.referencedColumns[i]);
                found.push_back(std::move(each));
            }
        }
        addApplications(parent, found);
        return found;
    }

    void addApplications(const CatalogTable &parent, std::vector<Dependence> &found) const
    {
        const TableProfile *known = tableProfile(m_profile, parent);
        for (const QJsonValue &entry : known ? known->details.value(u"onDelete"_s).toArray() : QJsonArray()) {
            const QJsonObject rule = entry.toObject();
            Dependence each{m_sql.table(rule.value(u"table"_s).toString()), linkFromJson(rule.value(u"link"_s).toObject()), profileDoes(rule.value(u"does"_s).toString()), false,
                            rule.value(u"about"_s).toString()};
            if (each.child == nullptr)
                continue;
            const auto declared = std::ranges::find_if(found, [&](const Dependence &other) { return other.child == each.child && isSameLink(other.link, each.link); });
            if (declared == found.end()) {
                found.push_back(std::move(each));
            } else if (each.does != Does::Leave) { // the database does not leave what it holds
                declared->isDeclared = declared->does == each.does;
                declared->does = each.does;
                declared->about = each.about;
            }
        }
        for (const TableProfile &table : m_profile.tables) {
            const CatalogTable *child = m_sql.table(table.name);
            for (const ColumnProfile &column : child ? table.columns : std::vector<ColumnProfile>()) {
                if (column.referencedTable.isEmpty() || m_sql.table(column.referencedTable) != &parent || !child->hasColumn(column.name))
                    continue;
                const ColumnLink link{{column.name, column.referencedColumn}};
                if (std::ranges::none_of(found, [&](const Dependence &other) { return other.child == child && isSameLink(other.link, link); }))
                    found.push_back({child, link, Does::Leave, false, DeletePlanText::tr("They would point to nothing.")});
            }
        }
    }

    Rows below(const CatalogTable &parent, const Rows &parentRows, const Dependence &dependence, int depth) const
    {
        return [this, &parent, parentRows, dependence, depth](const QString &alias, SqlValues &values) -> QString {
            const QString up = u"p%1"_s.arg(depth);
            const QString rows = parentRows(up, values);
            if (m_catalog.engine == Engine::Sqlite) {
                // IN lets SQLite search the child by an index on the key.
                QStringList own;
                QStringList theirs;
                for (const auto &[column, referenced] : dependence.link) {
                    own.append(RowSql::column(alias, column));
                    theirs.append(RowSql::column(up, referenced));
                }
                const QString left = own.size() == 1 ? own.front() : u'(' + own.join(u", "_s) + u')';
                return u"%1 IN (SELECT %2 FROM %3 AS %4 WHERE %5)"_s.arg(left, theirs.join(u", "_s), m_sql.tableName(parent), up, rows);
            }
            QStringList equal;
            for (const auto &[column, referenced] : dependence.link)
                equal.append(m_sql.equal(*dependence.child, alias, column, parent, up, referenced));
            return u"EXISTS (SELECT 1 FROM %1 AS %2 WHERE %3 AND %4)"_s.arg(m_sql.tableName(parent), up, equal.join(u" AND "_s), rows);
        };
    }

    Result<qint64> count(const CatalogTable &table, const Rows &rows)
    {
        SqlValues values(m_catalog.engine);
        QString where = rows(u"t"_s, values);
        // Rows that are to be deleted anyway hold nothing.
        if (&table == m_root)
            where += u" AND NOT ("_s + m_rootRows(u"t"_s, values) + u')';
        const Result<Value> counted = m_connection.queryValue(u"SELECT count(*) FROM %1 AS t WHERE %2"_s.arg(m_sql.tableName(table), where), values.values());
        return counted ? Result<qint64>(counted->toDisplayText().toLongLong()) : failure(counted);
    }

    Result<> visit(const CatalogTable &parent, const Rows &parentRows, int depth)
    {
        if (depth > deepest)
            return failure(ErrorCode::Unsupported, DeletePlanText::tr("Rows of %1 belong to each other in more than %2 levels.").arg(parent.name).arg(deepest));
        for (const Dependence &dependence : dependences(parent)) {
            const Rows rows = below(parent, parentRows, dependence, depth);
            const Result<qint64> counted = count(*dependence.child, rows);
            if (!counted)
                return failure(counted);
            if (*counted == 0)
                continue;
            DeleteConsequence consequence{dependence.does, dependence.child->schema, dependence.child->name, {}, parent.name, depth, *counted, dependence.isDeclared, dependence.about};
            for (const auto &[column, referenced] : dependence.link)
                consequence.columns.append(column);
            if (consequence.does == Does::Ask) {
                m_plan.asks = true;
                if (m_takesAsked)
                    consequence.does = Does::Cascade;
            }
            const Does does = consequence.does;
            m_plan.consequences.push_back(consequence);
            if (does == Does::Restrict && m_plan.refusal.isEmpty()) {
                m_plan.refusal = DeletePlanText::tr("%1 rows of %2 point to it by %3, and the database keeps what is pointed to.")
                                     .arg(QLocale().toString(*counted), dependence.child->name, consequence.columns.join(u", "_s));
            }
            if (does == Does::Cascade) {
                if (const Result<> visited = visit(*dependence.child, rows, depth + 1); !visited)
                    return visited;
            }
            if (does == Does::Cascade || (does == Does::SetNull && !dependence.isDeclared))
                addStatement(*dependence.child, rows, does == Does::Cascade ? QStringList() : consequence.columns);
        }
        return {};
    }

    void addStatement(const CatalogTable &table, const Rows &rows, const QStringList &setNull)
    {
        SqlValues values(m_catalog.engine);
        QStringList set;
        for (const QString &column : setNull)
            set.append(Connection::quoted(column) + u" = NULL"_s);
        const QString name = m_sql.tableName(table);
        const QString where = rows(u"t"_s, values);
        const QString sql = set.isEmpty() ? u"DELETE FROM %1 AS t WHERE %2"_s.arg(name, where) : u"UPDATE %1 AS t SET %2 WHERE %3"_s.arg(name, set.join(u", "_s), where);
        m_plan.statements.push_back({sql, values.values()});
    }

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const RowSql m_sql;
    const bool m_takesAsked;
    const CatalogTable *m_root = nullptr;
    Rows m_rootRows;
    DeletePlan m_plan;
};

} // namespace

std::vector<GoesAlong> DeletePlan::goesAlong() const
{
    std::vector<GoesAlong> all;
    for (const DeleteConsequence &each : consequences) {
        if (each.does == Does::Leave || each.does == Does::Restrict || each.does == Does::Ask)
            continue;
        const auto known = std::ranges::find_if(all, [&](const GoesAlong &other) { return other.table == each.table && other.schema == each.schema; });
        if (known == all.end())
            all.push_back({each.schema, each.table, each.rows});
        else
            known->rows += each.rows;
    }
    std::ranges::sort(all, {}, [](const GoesAlong &each) { return each.schema + u'.' + each.table; });
    return all;
}

QStringList DeletePlan::sentences() const
{
    QStringList lines;
    for (const DeleteConsequence &each : consequences) {
        const QString rows = each.rows == 1 ? DeletePlanText::tr("1 row of %1").arg(each.table) : DeletePlanText::tr("%1 rows of %2").arg(QLocale().toString(each.rows), each.table);
        const QString columns = each.columns.join(u", "_s);
        QString line;
        switch (each.does) {
        case Does::Cascade: line = each.rows == 1 ? DeletePlanText::tr("%1 is deleted too").arg(rows) : DeletePlanText::tr("%1 are deleted too").arg(rows); break;
        case Does::SetNull: line = DeletePlanText::tr("%1: %2 becomes NULL").arg(rows, columns); break;
        case Does::SetDefault: line = DeletePlanText::tr("%1: %2 gets its default").arg(rows, columns); break;
        case Does::Restrict: line = (each.rows == 1 ? DeletePlanText::tr("%1 holds it by %2") : DeletePlanText::tr("%1 hold it by %2")).arg(rows, columns); break;
        case Does::Leave: line = (each.rows == 1 ? DeletePlanText::tr("%1 stays, and its %2 points to nothing") : DeletePlanText::tr("%1 stay, and their %2 points to nothing")).arg(rows, columns); break;
        case Does::Ask: line = (each.rows == 1 ? DeletePlanText::tr("%1 belongs to it: to be decided") : DeletePlanText::tr("%1 belong to it: to be decided")).arg(rows); break;
        }
        lines.append(each.about.isEmpty() ? line : line + u" ("_s + each.about + u')');
    }
    return lines;
}

Result<DeletePlan> planDelete(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const CatalogTable &table, const QStringList &keyColumns,
                              const std::vector<RowKey> &keys, bool takesAsked)
{
    // The planner compares tables by address.
    const CatalogTable *own = catalog.table(table.name, table.schema);
    if (own == nullptr || keys.empty())
        return failure(ErrorCode::NotFound, DeletePlanText::tr("There is no such row of %1.").arg(table.name));
    return Planner(connection, catalog, profile, takesAsked).plan(*own, keyColumns, keys);
}

} // namespace turnstone
