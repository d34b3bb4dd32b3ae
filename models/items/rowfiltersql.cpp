// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowfiltersql.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct RowFilterSqlText
{
    Q_DECLARE_TR_FUNCTIONS(RowFilterSql)
};

bool isTextSearch(FilterOperator op)
{
    return op == FilterOperator::Contains || op == FilterOperator::NotContains || op == FilterOperator::StartsWith;
}

bool hasRightCount(const RowFilter &filter)
{
    switch (filter.op) {
    case FilterOperator::IsNull:
    case FilterOperator::IsNotNull: return filter.values.empty();
    case FilterOperator::Between: return filter.values.size() == 2;
    case FilterOperator::In: return true;
    default: return filter.values.size() == 1;
    }
}

QString comparison(FilterOperator op)
{
    switch (op) {
    case FilterOperator::Less: return u"<"_s;
    case FilterOperator::LessOrEqual: return u"<="_s;
    case FilterOperator::Greater: return u">"_s;
    case FilterOperator::GreaterOrEqual: return u">="_s;
    default: return u"="_s;
    }
}

QString textOfValue(const Value &value)
{
    return value.type() == ValueType::Text || value.type() == ValueType::Blob ? QString::fromUtf8(value.bytes()) : value.toDisplayText();
}

/// Makes the condition of one filter.
class Condition
{
public:
    Condition(const CatalogTable &table, const CatalogColumn &column, const RowFilter &filter, BoundSql &sql)
        : m_table(table), m_column(column), m_filter(filter), m_sql(sql)
    {
        m_isSqlite = sql.engine == Engine::Sqlite;
        m_name = Connection::quoted(column.name);
        if (m_isSqlite)
            return;
        m_text = m_name + u"::text"_s;
        // json, xml and point have no equality: their texts have.
        if (RowFilterSql::isComparable(column.type))
            m_cast = RowFilterSql::castType(column.type);
        else
            m_name = m_text;
    }

    QString make()
    {
        switch (m_filter.op) {
        case FilterOperator::IsNull: return m_name + u" IS NULL"_s;
        case FilterOperator::IsNotNull: return m_name + u" IS NOT NULL"_s;
        case FilterOperator::Equals: return value(0).isNull() ? m_name + u" IS NULL"_s : compare(u"="_s, 0);
        case FilterOperator::NotEquals: return m_name + (m_isSqlite ? u" IS NOT "_s : u" IS DISTINCT FROM "_s) + place(value(0));
        case FilterOperator::Between: return compare(u">="_s, 0) + u" AND "_s + compare(u"<="_s, 1);
        case FilterOperator::In: return in();
        case FilterOperator::Contains: return contains();
        case FilterOperator::NotContains: return m_name + u" IS NULL OR NOT ("_s + contains() + u')';
        case FilterOperator::StartsWith: return startsWith();
        case FilterOperator::PointsNowhere: return pointsNowhere();
        default: return compare(comparison(m_filter.op), 0);
        }
    }

private:
    const Value &value(std::size_t index) const { return m_filter.values[index]; }
    QString place(const Value &of)
    {
        const QString placeholder = m_sql.place(of);
        return m_cast.isEmpty() ? placeholder : u"CAST(%1 AS %2)"_s.arg(placeholder, m_cast);
    }
    QString compare(const QString &op, std::size_t index) { return m_name + u' ' + op + u' ' + place(value(index)); }

    QString in()
    {
        QStringList places;
        bool hasNull = false;
        for (const Value &each : m_filter.values) {
            if (each.isNull())
                hasNull = true;
            else
                places.append(place(each));
        }
        QStringList either;
        if (!places.isEmpty())
            either.append(m_name + u" IN ("_s + places.join(u", "_s) + u')');
        if (hasNull)
            either.append(m_name + u" IS NULL"_s);
        return either.isEmpty() ? u"1 = 0"_s : either.join(u" OR "_s);
    }

    QString contains()
    {
        const QString wanted = textOfValue(value(0));
        const bool anyCase = !m_filter.isCaseSensitive && wanted.toUpper() != wanted.toLower();
        if (!m_isSqlite) {
            const QString placeholder = m_sql.place(Value::text(wanted));
            return anyCase ? u"strpos(lower(%1), lower(%2)) > 0"_s.arg(m_text, placeholder) : u"strpos(%1, %2) > 0"_s.arg(m_text, placeholder);
        }
        const QString isText = u"typeof(%1) <> 'blob' AND "_s.arg(m_name);
        if (anyCase)
            return isText + m_name + u" GLOB "_s + m_sql.place(Value::text(u'*' + RowFilterSql::globPattern(wanted, true) + u'*'));
        return isText + u"instr(%1, %2) > 0"_s.arg(m_name, m_sql.place(Value::text(wanted)));
    }

    QString startsWith()
    {
        const QString wanted = textOfValue(value(0));
        const bool anyCase = !m_filter.isCaseSensitive && wanted.toUpper() != wanted.toLower();
        if (!m_isSqlite) {
            if (anyCase)
                return u"starts_with(lower(%1), lower(%2))"_s.arg(m_text, m_sql.place(Value::text(wanted)));
            QString pattern = wanted;
            pattern.replace(u"\\"_s, u"\\\\"_s).replace(u"%"_s, u"\\%"_s).replace(u"_"_s, u"\\_"_s);
            return m_text + u" LIKE "_s + m_sql.place(Value::text(pattern + u'%')); // an index may serve it
        }
        if (wanted.contains(QChar(u'\0'))) // a pattern would end there
            return u"typeof(%1) <> 'blob' AND instr(%1, %2) = 1"_s.arg(m_name, m_sql.place(Value::text(wanted)));
        return m_name + u" GLOB "_s + m_sql.place(Value::text(RowFilterSql::globPattern(wanted, anyCase) + u'*'));
    }

    QString pointsNowhere() const
    {
        const QString target = textOfValue(value(0));
        const CatalogColumn *pointedTo = m_table.column(target);
        static const QStringList numbers = {u"smallint"_s, u"integer"_s, u"bigint"_s};
        const bool isText = !m_isSqlite && pointedTo != nullptr && pointedTo->type != m_column.type
                            && !(numbers.contains(pointedTo->type) && numbers.contains(m_column.type));
        const auto qualified = [isText](const QString &table, const QString &column) {
            return table + u'.' + Connection::quoted(column) + (isText ? u"::text"_s : QString());
        };
        // Inside, the plain name would mean the other row.
        const QString here = Connection::quoted(m_table.name);
        return u"NOT EXISTS (SELECT 1 FROM %1 AS turnstone_target WHERE %2 = %3) OR %3 = %4"_s
            .arg(Connection::quoted(m_isSqlite ? QString() : m_table.schema, m_table.name), qualified(u"turnstone_target"_s, target), qualified(here, m_column.name), qualified(here, target));
    }

    const CatalogTable &m_table;
    const CatalogColumn &m_column;
    const RowFilter &m_filter;
    BoundSql &m_sql;
    QString m_name;
    QString m_text;
    QString m_cast;
    bool m_isSqlite = true;
};

} // namespace

Result<> RowFilterSql::check(const CatalogTable &table, const std::vector<RowFilter> &filters)
{
    for (const RowFilter &filter : filters) {
        if (!table.hasColumn(filter.column)) {
            return failure(ErrorCode::NotFound,
                           RowFilterSqlText::tr("\"%1\" has no column \"%2\" to filter by.").arg(table.name, filter.column));
        }
        if (!hasRightCount(filter)) {
            return failure(ErrorCode::InvalidInput,
                           RowFilterSqlText::tr("The filter on \"%1\" does not have as many values as it needs.").arg(filter.column));
        }
        if (filter.op == FilterOperator::PointsNowhere && !table.hasColumn(textOfValue(filter.values.front()))) {
            return failure(ErrorCode::NotFound,
                           RowFilterSqlText::tr("\"%1\" has no column \"%2\" to point to.").arg(table.name, textOfValue(filter.values.front())));
        }
        if (isTextSearch(filter.op) && filter.values.front().isNull())
            return failure(ErrorCode::InvalidInput, RowFilterSqlText::tr("The filter on \"%1\" needs a text to look for.").arg(filter.column));
    }
    return {};
}

QString RowFilterSql::where(const CatalogTable &table, const std::vector<RowFilter> &filters, BoundSql &sql)
{
    QStringList conditions;
    for (const RowFilter &filter : filters) {
        if (const CatalogColumn *column = table.column(filter.column))
            conditions.append(u'(' + Condition(table, *column, filter, sql).make() + u')');
    }
    return conditions.join(u" AND "_s);
}

Error RowFilterSql::explain(Connection &connection, const CatalogTable &table, const std::vector<RowFilter> &filters, const Error &error)
{
    if (connection.engine() == Engine::Sqlite || (error.code != ErrorCode::Constraint && error.code != ErrorCode::InvalidInput))
        return error;
    for (const RowFilter &filter : filters) {
        const CatalogColumn *column = table.column(filter.column);
        if (column == nullptr || isTextSearch(filter.op) || filter.op == FilterOperator::PointsNowhere || !isComparable(column->type))
            continue;
        for (const Value &value : filter.values) {
            const Result<Value> fits = connection.queryValue(u"SELECT CAST($1 AS %1) IS NULL"_s.arg(castType(column->type)), {value});
            if (fits || fits.error().code == ErrorCode::Cancelled || fits.error().code == ErrorCode::ConnectionLost)
                continue;
            return Error{ErrorCode::InvalidInput,
                         RowFilterSqlText::tr("\"%1\" cannot be a value of the column \"%2\", which is %3.")
                             .arg(value.toDisplayText(), filter.column, column->type),
                         fits.error().detail, -1};
        }
    }
    return error;
}

QString RowFilterSql::castType(const QString &type)
{
    static const QRegularExpression modifier(u"\\([^)]*\\)"_s);
    QString bare = type;
    bare.remove(modifier);
    const bool isArray = bare.endsWith(u"[]"_s);
    if (isArray)
        bare.chop(2);
    // Without a length these two mean a length of 1.
    if (bare == u"character"_s)
        bare = u"bpchar"_s;
    else if (bare == u"bit"_s)
        bare = u"bit varying"_s;
    return isArray ? bare + u"[]"_s : bare;
}

bool RowFilterSql::isComparable(const QString &type)
{
    static const QStringList without = {u"json"_s, u"xml"_s, u"point"_s, u"line"_s, u"lseg"_s, u"box"_s, u"path"_s, u"polygon"_s, u"circle"_s, u"jsonpath"_s};
    return !without.contains(type.endsWith(u"[]"_s) ? type.chopped(2) : type);
}

QString RowFilterSql::globPattern(const QString &text, bool anyCase)
{
    QString pattern;
    for (const char32_t c : text.toUcs4()) {
        const char32_t upperCode = QChar::toUpper(c);
        const char32_t lowerCode = QChar::toLower(c);
        const QString plain = QString::fromUcs4(&c, 1);
        const QString upper = QString::fromUcs4(&upperCode, 1);
        const QString lower = QString::fromUcs4(&lowerCode, 1);
        if (anyCase && upper != lower)
            pattern += u'[' + upper + lower + u']';
        else if (c == U'*' || c == U'?' || c == U'[')
            pattern += u'[' + plain + u']';
        else
            pattern += plain;
    }
    return pattern;
}

} // namespace turnstone
