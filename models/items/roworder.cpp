// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/roworder.h"

#include "models/database/connection.h"
#include "models/items/rowfiltersql.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;
using Bound = RowOrder::Range::Bound;

RowOrder::RowOrder(const CatalogTable &table, const TableQuery &query, const std::vector<SortTerm> &terms, bool keyDescending)
    : m_engine(table.engine)
{
    QStringList keys;
    for (const QString &key : query.keyColumns())
        keys.append(Connection::quoted(key));
    const auto add = [this](const QString &quoted, bool isDescending, bool isNullable) {
        const auto same = std::ranges::find(m_columns, quoted, &Column::name);
        if (same == m_columns.end())
            m_columns.push_back({quoted, isDescending, isNullable});
    };
    for (const SortTerm &term : terms) {
        const CatalogColumn *column = table.column(term.column);
        if (column == nullptr)
            continue;
        m_isNatural = false;
        if (column->name == query.rowidAlias()) { // nothing is left to order behind it
            add(keys.first(), term.isDescending, false);
            break;
        }
        const QString name = Connection::quoted(column->name);
        add(name, term.isDescending, !column->notNull && !keys.contains(name));
    }
    for (const QString &key : keys) {
        add(key, keyDescending, false);
        const auto at = std::ranges::find(m_columns, key, &Column::name);
        m_keyAt.push_back(static_cast<int>(at - m_columns.begin()));
    }
}

Result<> RowOrder::check(const CatalogTable &table, const std::vector<SortTerm> &terms)
{
    for (const SortTerm &term : terms) {
        const CatalogColumn *column = table.column(term.column);
        if (column == nullptr) {
            return failure(ErrorCode::NotFound, QCoreApplication::translate("RowOrder", "\"%1\" has no column \"%2\" to sort by.")
                                                    .arg(table.name, term.column));
        }
        if (table.engine == Engine::PostgreSql && !RowFilterSql::isComparable(column->type)) {
            return failure(ErrorCode::Unsupported,
                           QCoreApplication::translate("RowOrder", "The column \"%1\" cannot be sorted by: values of the type %2 have no order.")
                               .arg(term.column, column->type));
        }
    }
    return {};
}

QString RowOrder::columnList() const
{
    QStringList names;
    for (const Column &column : m_columns)
        names.append(column.name);
    return names.join(u", "_s);
}

QString RowOrder::orderBy(const Range &range) const
{
    // PostgreSQL puts NULLs last unless told, and an index serves only the order that it has. Within a
    // range the columns up to the bounded one hold no mixture of NULLs and values, so nothing need be told.
    const int fixed = range.bound == Bound::All ? range.equal - 1 : range.equal;
    QStringList terms;
    for (int i = 0; i < size(); ++i) {
        const Column &column = m_columns[static_cast<std::size_t>(i)];
        QString term = column.name + (column.isDescending ? u" DESC"_s : QString());
        if (m_engine == Engine::PostgreSql && column.isNullable && i > fixed)
            term += column.isDescending ? u" NULLS LAST"_s : u" NULLS FIRST"_s;
        terms.append(term);
    }
    return terms.join(u", "_s);
}

RowKey RowOrder::key(const RowKey &tuple) const
{
    RowKey key;
    for (const int at : m_keyAt)
        key.push_back(tuple[static_cast<std::size_t>(at)]);
    return key;
}

std::vector<RowOrder::Range> RowOrder::all() const
{
    const Column &first = m_columns.front();
    if (m_engine == Engine::Sqlite || !first.isNullable)
        return {{0, Bound::All}};
    if (first.isDescending)
        return {{0, Bound::NotNull}, {0, Bound::OnlyNull}};
    return {{0, Bound::OnlyNull}, {0, Bound::NotNull}};
}

std::vector<RowOrder::Range> RowOrder::from(const RowKey &tuple, bool inclusive) const
{
    std::vector<Range> ranges;
    for (int i = size() - 1; i >= 0; --i) {
        const Column &column = m_columns[static_cast<std::size_t>(i)];
        if (tuple[static_cast<std::size_t>(i)].isNull()) {
            if (!column.isDescending)
                ranges.push_back({i, Bound::NotNull});
            continue;
        }
        ranges.push_back({i, inclusive && i == size() - 1 ? Bound::AtOrBehind : Bound::Behind});
        if (column.isDescending && column.isNullable)
            ranges.push_back({i, Bound::OnlyNull});
    }
    return ranges;
}

QString RowOrder::condition(const Range &range, const RowKey &tuple, BoundSql &sql) const
{
    QStringList conditions;
    for (int i = 0; i < range.equal; ++i) {
        const Value &value = tuple[static_cast<std::size_t>(i)];
        const QString &name = m_columns[static_cast<std::size_t>(i)].name;
        conditions.append(value.isNull() ? name + u" IS NULL"_s : name + u" = "_s + sql.place(value));
    }
    const Column &column = m_columns[static_cast<std::size_t>(range.equal)];
    switch (range.bound) {
    case Bound::All: break;
    case Bound::NotNull: conditions.append(column.name + u" IS NOT NULL"_s); break;
    case Bound::OnlyNull: conditions.append(column.name + u" IS NULL"_s); break;
    case Bound::Behind:
    case Bound::AtOrBehind:
        conditions.append(column.name + (column.isDescending ? u" <"_s : u" >"_s) + (range.bound == Bound::AtOrBehind ? u"= "_s : u" "_s)
                          + sql.place(tuple[static_cast<std::size_t>(range.equal)]));
    }
    return conditions.join(u" AND "_s);
}

QString RowOrder::isBefore(const RowKey &tuple, BoundSql &sql) const
{
    QString expression;
    for (int i = size() - 1; i >= 0; --i) {
        const Column &column = m_columns[static_cast<std::size_t>(i)];
        const Value &value = tuple[static_cast<std::size_t>(i)];
        QString before;
        QString equal = column.name + u" IS NULL"_s;
        if (value.isNull()) {
            before = column.isDescending ? column.name + u" IS NOT NULL"_s : u"1 = 0"_s;
        } else {
            const QString placeholder = sql.place(value);
            equal = column.name + u" = "_s + placeholder;
            before = column.name + (column.isDescending ? u" > "_s : u" < "_s) + placeholder;
            if (!column.isDescending && column.isNullable)
                before += u" OR "_s + column.name + u" IS NULL"_s;
        }
        expression = expression.isEmpty() ? before : before + u" OR ("_s + equal + u" AND ("_s + expression + u"))"_s;
    }
    return u'(' + expression + u')';
}

} // namespace turnstone
