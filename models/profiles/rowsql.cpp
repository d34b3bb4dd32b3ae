// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/rowsql.h"

#include "models/database/connection.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Test = ProfileCondition::Test;

QString literal(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', u"''"_s) + u'\'';
}

bool isInteger(const QString &text)
{
    bool ok = false;
    (void)text.toLongLong(&ok);
    return ok;
}

/// How PostgreSQL compares a type: kinds that compare with each other get the same word.
QString comparisonKind(const QString &type)
{
    const QString bare = type.section(u'(', 0, 0).trimmed().toLower();
    static const QStringList texts{u"text"_s, u"character varying"_s, u"character"_s, u"name"_s, u"citext"_s, u"bpchar"_s};
    static const QStringList numbers{u"smallint"_s, u"integer"_s, u"bigint"_s, u"numeric"_s, u"real"_s, u"double precision"_s, u"oid"_s};
    if (texts.contains(bare))
        return u"text"_s;
    return numbers.contains(bare) ? u"number"_s : bare;
}

QString jsonPart(Engine engine, const QString &expression, const QString &type, const QStringList &path)
{
    if (engine == Engine::Sqlite) {
        QString place = u"$"_s;
        for (const QString &key : path)
            place += isInteger(key) ? u'[' + key + u']' : u".\""_s + QString(key).remove(u'"') + u'"';
        return u"(CASE WHEN json_valid(%1) THEN json_extract(%1, %2) END)"_s.arg(expression, literal(place));
    }
    // A text column may hold broken JSON, and PostgreSQL before 16 has no way to ask: one bad row would fail them all.
    if (!type.startsWith(u"json"))
        return u"NULL"_s;
    QStringList keys;
    for (const QString &key : path)
        keys.append(literal(key));
    return u"(%1 #>> ARRAY[%2])"_s.arg(expression, keys.join(u", "_s));
}

} // namespace

QString SqlValues::bind(Value value)
{
    m_values.push_back(std::move(value));
    return (m_engine == Engine::Sqlite ? u'?' : u'$') + QString::number(m_values.size());
}

Value valueFromJson(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Bool: return Value::integer(value.toBool() ? 1 : 0);
    case QJsonValue::Double: {
        const double number = value.toDouble();
        const qint64 integer = value.toInteger();
        return static_cast<double>(integer) == number ? Value::integer(integer) : Value::real(number);
    }
    case QJsonValue::String: return Value::text(value.toString());
    case QJsonValue::Array: return Value::text(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object: return Value::text(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    default: return Value::null();
    }
}

QString RowSql::tableName(const CatalogTable &table) const
{
    return m_catalog.engine == Engine::PostgreSql ? Connection::quoted(table.schema, table.name) : Connection::quoted(table.name);
}

QString RowSql::column(const QString &alias, const QString &name)
{
    return alias + u'.' + Connection::quoted(name);
}

QStringList RowSql::identity(const CatalogTable &table) const
{
    QStringList key = table.identityColumns();
    if (!key.isEmpty())
        return key;
    if (const TableProfile *known = m_profile.table(table.name); known && !known->key.isEmpty())
        return known->key;
    const QString rowid = table.rowidName();
    return rowid.isEmpty() ? QStringList() : QStringList{rowid};
}

std::optional<ColumnTarget> RowSql::target(const CatalogTable &from, const QString &columnName) const
{
    const TableProfile *known = m_profile.table(from.name);
    const ColumnProfile *profiled = known ? known->column(columnName) : nullptr;
    if (profiled && !profiled->referencedTable.isEmpty()) {
        const CatalogTable *to = table(profiled->referencedTable);
        if (to && to->hasColumn(profiled->referencedColumn))
            return ColumnTarget{to, profiled->referencedColumn};
    }
    for (const CatalogForeignKey &key : from.foreignKeys) {
        if (key.columns.size() != 1 || key.columns.front().compare(columnName, Qt::CaseInsensitive) != 0)
            continue;
        const CatalogTable *to = m_catalog.table(key.referencedTable, key.referencedSchema);
        if (to && key.referencedColumns.size() == 1 && to->hasColumn(key.referencedColumns.front()))
            return ColumnTarget{to, key.referencedColumns.front()};
    }
    return {};
}

QString RowSql::field(const FieldRef &field, const CatalogTable &from, const QString &alias) const
{
    if (field.hops.empty()) {
        const CatalogColumn *found = from.column(field.column);
        if (!found)
            return u"NULL"_s;
        const QString expression = column(alias, found->name);
        return field.jsonPath.isEmpty() ? expression : jsonPart(m_catalog.engine, expression, found->type, field.jsonPath);
    }
    const FieldRef::Hop &hop = field.hops.front();
    const std::optional<ColumnTarget> to = target(from, hop.column);
    if (!to || !from.hasColumn(hop.column))
        return u"NULL"_s;
    FieldRef rest = field;
    rest.hops.erase(rest.hops.begin());
    const QString inner = alias + u"_k"_s;
    return u"(SELECT %1 FROM %2 %3 WHERE %4 LIMIT 1)"_s.arg(this->field(rest, *to->table, inner), tableName(*to->table), inner,
                                                           equal(*to->table, inner, to->column, from, alias, hop.column));
}

QString RowSql::text(const QString &expression, int length) const
{
    const QString characters = QString::number(length);
    return m_catalog.engine == Engine::Sqlite ? u"substr(%1, 1, %2)"_s.arg(expression, characters) : u"left((%1)::text, %2)"_s.arg(expression, characters);
}

QString RowSql::labelPart(const LabelTemplate::Part &part, const CatalogTable &table, const QString &alias) const
{
    // A little more than is shown, for a value that begins with white space or is cut at a word.
    const int length = part.maximumLength > 0 ? part.maximumLength + 40 : 300;
    QStringList alternatives;
    for (const FieldRef &ref : part.alternatives)
        alternatives.append(u"NULLIF(%1, '')"_s.arg(text(field(ref, table, alias), length)));
    return alternatives.size() == 1 ? alternatives.front() : u"COALESCE(%1)"_s.arg(alternatives.join(u", "_s));
}

QString RowSql::equal(const CatalogTable &a, const QString &aliasA, const QString &columnA, const CatalogTable &b, const QString &aliasB, const QString &columnB) const
{
    QString left = column(aliasA, columnA);
    QString right = column(aliasB, columnB);
    const CatalogColumn *first = a.column(columnA);
    const CatalogColumn *second = b.column(columnB);
    if (m_catalog.engine == Engine::PostgreSql && first && second && comparisonKind(first->type) != comparisonKind(second->type)) {
        left += u"::text"_s;
        right += u"::text"_s;
    }
    return left + u" = "_s + right;
}

QString RowSql::equalValue(const CatalogTable &table, const QString &alias, const QString &columnName, const Value &value, SqlValues &values) const
{
    const QString left = column(alias, columnName);
    const CatalogColumn *known = table.column(columnName);
    if (value.isNull())
        return left + u" IS NULL"_s;
    // Without a declared type SQLite does not convert "412", as it stands in a path, to 412.
    if (m_catalog.engine == Engine::Sqlite && known && known->type.isEmpty() && value.type() == ValueType::Text) {
        if (const QString text = QString::fromUtf8(value.bytes()); isInteger(text))
            return u"%1 IN (%2, %3)"_s.arg(left, values.bind(value), values.bind(Value::integer(text.toLongLong())));
    }
    if (m_catalog.engine == Engine::PostgreSql && known) {
        // What the type cannot read would be an error, and is no key of any row: compared as text it finds none.
        const QString text = QString::fromUtf8(value.bytes());
        static const QRegularExpression uuid(u"^[{]?[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}[}]?$"_s);
        bool readable = true;
        if (comparisonKind(known->type) == u"uuid")
            readable = uuid.match(text).hasMatch();
        else if (known->type == u"smallint" || known->type == u"integer" || known->type == u"bigint")
            readable = isInteger(text);
        else if (comparisonKind(known->type) == u"number")
            (void)text.toDouble(&readable);
        if (value.type() == ValueType::Text && !readable)
            return u"%1::text = %2"_s.arg(left, values.bind(value));
    }
    return left + u" = "_s + values.bind(value);
}

Value RowSql::moment(const ProfileCondition &condition, const CatalogTable &table, const QDateTime &nowUtc) const
{
    const QDateTime then = nowUtc.addSecs(-condition.seconds);
    const TableProfile *known = m_profile.table(table.name);
    const ColumnProfile *profiled = known ? known->column(condition.column) : nullptr;
    if (profiled && profiled->meaning == u"epoch-s")
        return Value::integer(then.toSecsSinceEpoch());
    if (profiled && profiled->meaning == u"epoch-ms")
        return Value::integer(then.toMSecsSinceEpoch());
    const QString text = then.toString(u"yyyy-MM-dd HH:mm:ss"_s);
    return Value::text(m_catalog.engine == Engine::PostgreSql && profiled && profiled->meaning == u"zoned-time" ? text + u"+00"_s : text);
}

QString RowSql::condition(const ProfileCondition &condition, const CatalogTable &table, const QString &alias, SqlValues &values, const QDateTime &nowUtc) const
{
    const QString left = column(alias, condition.column);
    const auto compare = [&](const QString &op) {
        const Value value = condition.values.empty() ? Value::null() : valueFromJson(condition.values.front());
        return u"%1 %2 %3"_s.arg(left, op, values.bind(value));
    };
    const auto hasNull = std::any_of(condition.values.begin(), condition.values.end(), [](const QJsonValue &value) { return value.isNull(); });
    const auto listed = [&](const QString &expression, auto &&wrap) {
        QStringList places;
        for (const QJsonValue &value : condition.values) {
            if (!value.isNull())
                places.append(wrap(values.bind(valueFromJson(value))));
        }
        return places.size() == 1 ? expression + u" = "_s + places.front() : expression + u" IN ("_s + places.join(u", "_s) + u')';
    };
    const auto plain = [](const QString &place) { return place; };
    const bool onlyNull = hasNull && condition.values.size() == 1;
    const bool comparesEnum = m_catalog.engine == Engine::PostgreSql && table.column(condition.column) && !table.column(condition.column)->enumLabels.isEmpty();
    // A label that the enum does not have would be an error.
    const QString comparable = comparesEnum ? left + u"::text"_s : left;
    switch (condition.test) {
    case Test::Equal:
        if (onlyNull)
            return left + u" IS NULL"_s;
        return hasNull ? u"(%1 IS NULL OR %2)"_s.arg(left, listed(comparable, plain)) : listed(comparable, plain);
    case Test::Not:
        if (onlyNull)
            return left + u" IS NOT NULL"_s;
        return hasNull ? u"(%1 IS NOT NULL AND NOT (%2))"_s.arg(left, listed(comparable, plain)) : u"(%1 IS NULL OR NOT (%2))"_s.arg(left, listed(comparable, plain));
    case Test::Less: return compare(u"<"_s);
    case Test::LessOrEqual: return compare(u"<="_s);
    case Test::Greater: return compare(u">"_s);
    case Test::GreaterOrEqual: return compare(u">="_s);
    case Test::Like: return u"%1 LIKE %2"_s.arg(m_catalog.engine == Engine::PostgreSql ? left + u"::text"_s : left, values.bind(valueFromJson(condition.values.front())));
    case Test::IgnoreCase:
        return listed(u"lower(%1)"_s.arg(m_catalog.engine == Engine::PostgreSql ? left + u"::text"_s : left), [](const QString &place) { return u"lower(%1)"_s.arg(place); });
    case Test::OlderThan: return u"%1 < %2"_s.arg(left, values.bind(moment(condition, table, nowUtc)));
    case Test::EmptyText: {
        const bool wanted = condition.values.empty() || condition.values.front().toBool(true);
        const QString empty = u"(%1 IS NULL OR %2 = '')"_s.arg(left, m_catalog.engine == Engine::PostgreSql ? left + u"::text"_s : left);
        return wanted ? empty : u"NOT "_s + empty;
    }
    }
    return {};
}

QString RowSql::conditions(const std::vector<ProfileCondition> &all, const CatalogTable &table, const QString &alias, SqlValues &values, const QDateTime &nowUtc) const
{
    QStringList parts;
    for (const ProfileCondition &entry : all)
        parts.append(condition(entry, table, alias, values, nowUtc));
    return parts.join(u" AND "_s);
}

bool RowSql::isIndexed(const CatalogTable &table, const QStringList &columns)
{
    const auto wanted = [&](const QString &name) { return columns.contains(name, Qt::CaseInsensitive); };
    if (!table.primaryKey.isEmpty() && wanted(table.primaryKey.front()))
        return true;
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const CatalogIndex &index) { return !index.columns.isEmpty() && index.predicate.isEmpty() && wanted(index.columns.front()); });
}

} // namespace turnstone
