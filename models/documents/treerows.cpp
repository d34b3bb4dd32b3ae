// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treerows.h"

#include "models/database/sqliteconnection.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct TreeRowsText
{
    Q_DECLARE_TR_FUNCTIONS(TreeRows)
};

constexpr std::size_t parentsPerStatement = 400;
constexpr std::array<std::size_t, 6> chunkSizes{1, 12, 50, 120, 250, parentsPerStatement};
constexpr int maxDepth = 200; // of a table that points to itself

QString baseType(const QString &type)
{
    const qsizetype bracket = type.indexOf(u'(');
    return bracket < 0 ? type : (type.left(bracket) + type.mid(type.indexOf(u')') + 1)).trimmed();
}

bool isInteger(const QString &type)
{
    return type == u"smallint" || type == u"integer" || type == u"bigint";
}

bool isWords(const QString &type)
{
    return type == u"text" || type == u"character varying" || type == u"character";
}

int rankOf(ValueType type)
{
    switch (type) {
    case ValueType::Null: return 0;
    case ValueType::Integer:
    case ValueType::Real: return 1;
    case ValueType::Text: return 2;
    case ValueType::Blob: return 3;
    }
    return 0;
}

/// As SQLite orders values of the collation BINARY.
int compared(const ValueRef &a, const ValueRef &b)
{
    if (rankOf(a.type()) != rankOf(b.type()))
        return rankOf(a.type()) - rankOf(b.type());
    if (a.type() == ValueType::Integer && b.type() == ValueType::Integer)
        return a.integer() < b.integer() ? -1 : a.integer() > b.integer() ? 1 : 0;
    if (rankOf(a.type()) == 1) {
        const double left = a.type() == ValueType::Integer ? static_cast<double>(a.integer()) : a.real();
        const double right = b.type() == ValueType::Integer ? static_cast<double>(b.integer()) : b.real();
        return left < right ? -1 : left > right ? 1 : 0;
    }
    const qsizetype common = std::min(a.bytes().size(), b.bytes().size());
    const int order = common > 0 ? std::memcmp(a.bytes().data(), b.bytes().data(), static_cast<std::size_t>(common)) : 0;
    return order != 0 ? order : a.bytes().size() < b.bytes().size() ? -1 : a.bytes().size() > b.bytes().size() ? 1 : 0;
}

/// A PostgreSQL array of texts, for a cast.
Value arrayOf(const std::vector<std::vector<Value>> &keys, std::size_t first, std::size_t count, std::size_t column)
{
    QByteArray text = "{";
    for (std::size_t i = first; i < first + count; ++i) {
        text += i > first ? ",\"" : "\"";
        for (const char c : keys[i][column].bytes()) {
            if (c == '"' || c == '\\')
                text += '\\';
            text += c;
        }
        text += '"';
    }
    return Value::text(text + '}');
}

} // namespace

qint64 TreeRows::count() const
{
    qint64 sum = rows.rowCount() + (self ? self->count() : 0);
    for (const TreeRows &child : children)
        sum += child.count();
    return sum;
}

qsizetype TreeRows::bytes() const
{
    qsizetype sum = rows.payloadBytes() + (self ? self->bytes() : 0);
    for (const TreeRows &child : children)
        sum += child.bytes();
    return sum;
}

TreeRowsReader::TreeRowsReader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TreePlan &plan)
    : m_connection(connection), m_profile(profile), m_plan(plan), m_sql(catalog, profile), m_key(m_sql.identity(*plan.root->table))
{
}

QString TreeRowsReader::columnList(const TreePlan::Node &node, const QString &alias) const
{
    QStringList columns;
    for (const QString &column : node.columns)
        columns.append(RowSql::column(alias, column));
    return columns.join(u", "_s);
}

Result<TreeRows> TreeRowsReader::rootRows(const QString &condition, const std::vector<Value> &values, int limit, std::vector<Value> *last)
{
    const TreePlan::Node &root = *m_plan.root;
    SqlValues bound(m_connection.engine());
    for (const Value &value : values)
        (void)bound.bind(value);
    QStringList conditions;
    if (!condition.isEmpty())
        conditions.append(condition);
    if (last) {
        if (const QString own = m_sql.conditions(root.where, *root.table, u"t"_s, bound, QDateTime::currentDateTimeUtc()); !own.isEmpty())
            conditions.append(own);
        if (!root.selfLink.empty()) { // those that point to no other row
            QStringList points;
            for (const auto &[child, parent] : root.selfLink)
                points.append(m_sql.equal(*root.table, u"t"_s, child, *root.table, u"u"_s, parent));
            QStringList other;
            for (const QString &key : m_key)
                other.append(u"u.%1 <> t.%1"_s.arg(Connection::quoted(key)));
            conditions.append(u"NOT EXISTS (SELECT 1 FROM %1 u WHERE %2 AND (%3))"_s.arg(m_sql.tableName(*root.table), points.join(u" AND "_s), other.join(u" OR "_s)));
        }
    }
    QStringList keys;
    for (const QString &key : m_key)
        keys.append(RowSql::column(u"t"_s, key));
    QString sql = u"SELECT %1, %2 FROM %3 t"_s.arg(columnList(root, u"t"_s), keys.join(u", "_s), m_sql.tableName(*root.table));
    if (!conditions.isEmpty())
        sql += u" WHERE ("_s + conditions.join(u") AND ("_s) + u')';
    sql += u" ORDER BY "_s + keys.join(u", "_s) + u" LIMIT "_s + QString::number(limit);
    auto reader = m_connection.query(sql, Parameters(bound.values()));
    if (!reader)
        return failure(reader);
    TreeRows rows;
    rows.columns = (*reader)->columns();
    const Result<bool> read = (*reader)->read(rows.rows, {limit + 1, std::numeric_limits<qsizetype>::max()});
    if (!read)
        return failure(read);
    rows.order.resize(static_cast<std::size_t>(rows.rows.rowCount()));
    std::iota(rows.order.begin(), rows.order.end(), 0);
    rows.begins = {0, rows.rows.rowCount()};
    if (last) {
        last->clear();
        for (qsizetype i = 0; rows.rows.rowCount() == limit && i < m_key.size(); ++i)
            last->emplace_back(rows.rows.at(limit - 1, static_cast<int>(root.columns.size() + i)));
    }
    rows.columns.resize(static_cast<std::size_t>(root.columns.size()));
    return rows;
}

Result<TreeRows> TreeRowsReader::next(std::vector<Value> &after, int limit, const QString &where, bool isFirst)
{
    const TreePlan::Node &root = *m_plan.root;
    if (m_key.isEmpty())
        return failure(ErrorCode::Unsupported, TreeRowsText::tr("Nothing tells the rows of %1 apart, so they cannot be read one after the other.").arg(root.table->name));
    QString condition = where.isEmpty() ? QString() : u"("_s + where + u')';
    if (!isFirst) {
        QStringList keys;
        QStringList places;
        for (qsizetype i = 0; i < m_key.size(); ++i) {
            keys.append(RowSql::column(u"t"_s, m_key[i]));
            const CatalogColumn *column = root.table->column(m_key[i]);
            const bool isServer = m_connection.engine() == Engine::PostgreSql;
            places.append(isServer ? u"$%1::%2"_s.arg(i + 1).arg(column ? column->type : u"text"_s) : u"?%1"_s.arg(i + 1));
        }
        condition = (condition.isEmpty() ? QString() : condition + u" AND "_s) + u"(%1) > (%2)"_s.arg(keys.join(u", "_s), places.join(u", "_s));
    }
    return rootRows(condition, isFirst ? std::vector<Value>() : std::vector<Value>(after), limit, &after);
}

Result<TreeRows> TreeRowsReader::record(const std::vector<Value> &key)
{
    const TreePlan::Node &root = *m_plan.root;
    if (static_cast<qsizetype>(key.size()) != m_key.size() || key.empty())
        return failure(ErrorCode::InvalidInput, TreeRowsText::tr("The key of a row of %1 has %L2 parts: %3.").arg(root.table->name).arg(m_key.size()).arg(m_key.join(u", "_s)));
    SqlValues values(m_connection.engine());
    QStringList conditions;
    for (std::size_t i = 0; i < key.size(); ++i)
        conditions.append(m_sql.equalValue(*root.table, u"t"_s, m_key[static_cast<qsizetype>(i)], key[i], values));
    Result<TreeRows> rows = rootRows(conditions.join(u" AND "_s), values.values(), 1, nullptr);
    if (!rows)
        return rows;
    if (rows->rows.isEmpty())
        return failure(ErrorCode::NotFound, TreeRowsText::tr("There is no such row in %1.").arg(root.table->name));
    if (const Result<> filled = fill(root, *rows, 0); !filled)
        return failure(filled);
    return rows;
}

Result<> TreeRowsReader::fill(const TreePlan::Node &node, TreeRows &rows, int depth)
{
    for (const auto &child : node.children) {
        Result<TreeRows> found = below(*child, child->link, node, rows);
        if (!found)
            return failure(found);
        if (const Result<> filled = fill(*child, *found, depth + 1); !filled)
            return filled;
        rows.children.push_back(std::move(*found));
    }
    if (node.selfLink.empty() || rows.rows.isEmpty() || depth > maxDepth)
        return {};
    Result<TreeRows> found = below(node, node.selfLink, node, rows);
    if (!found)
        return failure(found);
    if (const Result<> filled = fill(node, *found, depth + 1); !filled)
        return filled;
    rows.self = std::make_unique<TreeRows>(std::move(*found));
    return {};
}

QString TreeRowsReader::selectBelow(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, std::size_t keys) const
{
    const bool isServer = m_connection.engine() == Engine::PostgreSql;
    QStringList conditions;
    QStringList places;
    QStringList names;
    for (std::size_t i = 0; i < link.size(); ++i) {
        const QString column = RowSql::column(u"c"_s, link[i].first);
        const CatalogColumn *own = node.table->column(link[i].first);
        const CatalogColumn *theirs = above.table->column(link[i].second);
        const QString ownType = own ? baseType(own->type) : QString();
        const QString theirType = theirs ? baseType(theirs->type) : QString();
        const bool isSame = ownType == theirType || (isInteger(ownType) && isInteger(theirType)) || (isWords(ownType) && isWords(theirType));
        names.append(u"k%1"_s.arg(i));
        if (isServer) {
            places.append(u"$%1::text[]%2"_s.arg(i + 1).arg(isSame ? u"::%1[]"_s.arg(ownType) : QString()));
            conditions.append(u"%1%2 = turnstone_above.k%3"_s.arg(column, isSame ? QString() : u"::text"_s).arg(i));
        } else {
            conditions.append(u"%1 = turnstone_above.k%2"_s.arg(column).arg(i));
        }
    }
    if (isServer) {
        return u"SELECT turnstone_above.i - 1, %1 FROM unnest(%2) WITH ORDINALITY AS turnstone_above(%3, i) JOIN %4 c ON %5"_s.arg(columnList(node, u"c"_s), places.join(u", "_s), names.join(u", "_s),
                                                                                                m_sql.tableName(*node.table), conditions.join(u" AND "_s));
    }
    // Without numbers: SQLite would look each of them up among all others.
    QStringList rows;
    for (std::size_t i = 0; i < keys; ++i) {
        QString row = u"("_s + QString::number(i);
        for (std::size_t k = 0; k < link.size(); ++k)
            row += u",?"_s;
        rows.append(row + u')');
    }
    return u"WITH turnstone_above(i, %1) AS (VALUES %2) SELECT turnstone_above.i, %3 FROM turnstone_above CROSS JOIN %4 c ON %5"_s.arg(names.join(u", "_s), rows.join(u','), columnList(node, u"c"_s),
                                                                                           m_sql.tableName(*node.table), conditions.join(u" AND "_s));
}

Result<SqliteRepeatedQuery *> TreeRowsReader::repeated(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, std::size_t keys)
{
    if (m_connection.engine() != Engine::Sqlite || !node.where.empty())
        return nullptr;
    std::unique_ptr<SqliteRepeatedQuery> &query = m_repeated[{&link, keys}];
    if (!query) {
        auto prepared = SqliteRepeatedQuery::prepare(static_cast<SqliteConnection &>(m_connection), selectBelow(node, link, above, keys), {});
        if (!prepared)
            return failure(prepared);
        query = std::move(*prepared);
    }
    return query.get();
}

Result<> TreeRowsReader::readChunk(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, const std::vector<std::vector<Value>> &keys, std::size_t first,
                                   std::size_t count, const std::vector<int> &parentOf, TreeRows &rows, std::vector<int> &parents)
{
    class Taking final : public RowVisitor
    {
    public:
        Taking(TreeRows &into, std::vector<int> &places, const std::vector<int> &of, std::size_t start) : m_rows(into), m_parents(places), m_parentOf(of), m_first(start) {}
        void setWidth(std::size_t columns) { m_width = columns; }
        bool visit(const ValueRef *cells) override
        {
            const std::int64_t place = cells[0].type() == ValueType::Integer ? cells[0].integer() : cells[0].bytes().toByteArray().toLongLong();
            m_parents.push_back(m_parentOf[m_first + static_cast<std::size_t>(place)]);
            for (std::size_t i = 0; i < m_width; ++i)
                m_rows.rows.add(cells[i + 1]);
            m_rows.rows.endRow();
            return true;
        }

    private:
        TreeRows &m_rows;
        std::vector<int> &m_parents;
        const std::vector<int> &m_parentOf;
        const std::size_t m_first;
        std::size_t m_width = 0;
    } taking(rows, parents, parentOf, first);
    // Of a few sizes only: what is left over is NULL, which is nobody's key.
    const std::size_t padded = m_connection.engine() == Engine::Sqlite ? *std::ranges::lower_bound(chunkSizes, count) : count;
    const Result<SqliteRepeatedQuery *> query = repeated(node, link, above, padded);
    if (!query)
        return failure(query);
    if (*query) {
        std::vector<ValueRef> cells;
        for (std::size_t i = first; i < first + count; ++i) {
            for (const Value &value : keys[i])
                cells.push_back(value.ref());
        }
        cells.resize(padded * link.size());
        if (const Result<> begun = (*query)->start(cells); !begun)
            return begun;
        if (rows.columns.empty())
            rows.columns.assign((*query)->columns().begin() + 1, (*query)->columns().end());
        taking.setWidth(rows.columns.size());
        const Result<bool> read = (*query)->visit(taking);
        return read ? Result<>() : Result<>(failure(read));
    }
    SqlValues values(m_connection.engine());
    if (m_connection.engine() == Engine::PostgreSql) {
        for (std::size_t k = 0; k < keys.front().size(); ++k)
            (void)values.bind(arrayOf(keys, first, count, k));
    } else {
        for (std::size_t i = first; i < first + count; ++i) {
            for (const Value &value : keys[i])
                (void)values.bind(value);
        }
    }
    QString sql = selectBelow(node, link, above, count);
    if (const QString own = m_sql.conditions(node.where, *node.table, u"c"_s, values, QDateTime::currentDateTimeUtc()); !own.isEmpty())
        sql += u" WHERE "_s + own;
    if (m_connection.engine() == Engine::PostgreSql && !node.order.empty()) {
        QStringList order;
        for (const OrderColumn &column : node.order)
            order.append(RowSql::column(u"c"_s, column.column) + (column.descending ? u" DESC NULLS LAST"_s : u" NULLS FIRST"_s));
        sql += u" ORDER BY "_s + order.join(u", "_s);
    }
    auto reader = m_connection.query(sql, Parameters(values.values()));
    if (!reader)
        return failure(reader);
    if (rows.columns.empty())
        rows.columns.assign((*reader)->columns().begin() + 1, (*reader)->columns().end());
    taking.setWidth(rows.columns.size());
    const Result<bool> read = (*reader)->visit(taking);
    return read ? Result<>() : Result<>(failure(read));
}

Result<TreeRows> TreeRowsReader::below(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, const TreeRows &parents)
{
    std::vector<std::vector<Value>> keys;
    std::vector<int> parentOf;
    for (int row = 0; row < parents.rows.rowCount(); ++row) {
        std::vector<Value> key;
        for (const auto &[own, theirs] : link) {
            const int column = above.columnIndex(theirs);
            if (column < 0 || parents.rows.at(row, column).isNull())
                break;
            key.emplace_back(parents.rows.at(row, column));
        }
        if (key.size() != link.size())
            continue;
        keys.push_back(std::move(key));
        parentOf.push_back(row);
    }
    TreeRows rows;
    rows.rows.clear(static_cast<int>(node.columns.size()));
    std::vector<int> found;
    const std::size_t perStatement = m_connection.engine() == Engine::PostgreSql ? parentsPerStatement * 10 : parentsPerStatement;
    for (std::size_t first = 0; first < keys.size(); first += perStatement) {
        const std::size_t count = std::min(perStatement, keys.size() - first);
        if (const Result<> read = readChunk(node, link, above, keys, first, count, parentOf, rows, found); !read)
            return failure(read);
    }
    arrange(node, rows, found, static_cast<std::size_t>(parents.rows.rowCount()));
    return rows;
}

void TreeRowsReader::arrange(const TreePlan::Node &node, TreeRows &rows, const std::vector<int> &parents, std::size_t parentCount) const
{
    rows.order.resize(parents.size());
    std::iota(rows.order.begin(), rows.order.end(), 0);
    std::vector<std::pair<int, bool>> terms;
    if (m_connection.engine() == Engine::Sqlite) {
        for (const OrderColumn &column : node.order)
            terms.emplace_back(node.columnIndex(column.column), column.descending);
        for (const QString &key : m_sql.identity(*node.table))
            terms.emplace_back(node.columnIndex(key), false);
        std::erase_if(terms, [](const auto &term) { return term.first < 0; });
    }
    std::stable_sort(rows.order.begin(), rows.order.end(), [&](int a, int b) {
        if (parents[static_cast<std::size_t>(a)] != parents[static_cast<std::size_t>(b)])
            return parents[static_cast<std::size_t>(a)] < parents[static_cast<std::size_t>(b)];
        for (const auto &[column, descending] : terms) {
            if (const int order = compared(rows.rows.at(a, column), rows.rows.at(b, column)); order != 0)
                return descending ? order > 0 : order < 0;
        }
        return false;
    });
    rows.begins.assign(parentCount + 1, 0);
    for (const int parent : parents)
        ++rows.begins[static_cast<std::size_t>(parent) + 1];
    std::partial_sum(rows.begins.begin(), rows.begins.end(), rows.begins.begin());
}

} // namespace turnstone
