// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/lenssource.h"

#include "models/core/timestamp.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <charconv>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Lenses", text);
}

QJsonValue partOfJson(const QString &text, const QStringList &path)
{
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    QJsonValue value = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    for (const QString &step : path)
        value = value.isArray() ? value.toArray().at(step.toInt()) : value.toObject().value(step);
    return value;
}

/// The rows of a table that lead from one to the next, each with its step; a circle ends after `longestChain`.
constexpr int longestChain = 100'000;

QString chainPiece(const LensScope &scope, const CatalogTable &table, const std::pair<QString, QString> &follow, QStringList start, const QString &alias)
{
    const QString name = scope.sql.tableName(table);
    const QString key = Connection::quoted(follow.second);
    const QString next = Connection::quoted(follow.first);
    for (QString &condition : start)
        condition.replace(alias + u'.', u"s."_s);
    return u"(WITH RECURSIVE chain(at, next, step) AS (SELECT s.%1, s.%2, 0 FROM %3 s WHERE %4 UNION ALL "
           "SELECT n.%1, n.%2, chain.step + 1 FROM chain JOIN %3 n ON n.%1 = chain.next WHERE chain.step < %5) SELECT at, step FROM chain) %6c JOIN %3 %6 ON %6.%1 = %6c.at"_s
        .arg(key, next, name, start.isEmpty() ? u"1 = 0"_s : start.join(u" AND "_s), QString::number(longestChain), alias);
}

} // namespace

LensSource LensSource::from(const QJsonObject &object)
{
    LensSource source;
    source.table = object.value(u"table"_s).toString();
    source.link = linkFromJson(object.value(u"link"_s).toObject());
    source.order = orderFromJson(object.value(u"order"_s).toArray());
    source.where = conditionsFromJson(object.value(u"where"_s).toObject());
    if (const QJsonObject via = object.value(u"via"_s).toObject(); !via.isEmpty()) {
        source.via = TreeGroup::Via{via.value(u"table"_s).toString(), linkFromJson(via.value(u"link"_s).toObject()), linkFromJson(via.value(u"to"_s).toObject()),
                                    orderFromJson(via.value(u"order"_s).toArray())};
        source.follow = linkFromJson(via.value(u"follow"_s).toObject());
    }
    return source;
}

std::optional<FieldRef> lensField(const QJsonObject &parts, const QString &name)
{
    const QString text = parts.value(name).toString();
    if (text.isEmpty())
        return std::nullopt;
    Result<FieldRef> parsed = FieldRef::parse(text);
    return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

std::vector<FieldRef> lensFields(const QJsonObject &parts, const QString &name)
{
    std::vector<FieldRef> fields;
    for (const QJsonValue &value : parts.value(name).toArray()) {
        if (Result<FieldRef> parsed = FieldRef::parse(value.toString()))
            fields.push_back(std::move(*parsed));
    }
    return fields;
}

LabelTemplate lensTemplate(const QJsonObject &parts, const QString &name)
{
    Result<LabelTemplate> parsed = LabelTemplate::parse(parts.value(name).toString());
    return parsed ? std::move(*parsed) : LabelTemplate();
}

QString fieldTitle(const FieldRef &field, const QString &table, const ResolvedProfile &profile)
{
    const TableProfile *known = profile.table(field.hops.empty() ? table : field.hops.back().table);
    const ColumnProfile *column = known == nullptr ? nullptr : known->column(field.column);
    if (!field.jsonPath.isEmpty())
        return field.jsonPath.size() == 1 && field.jsonPath.front() == u"text" ? field.column : QString(field.jsonPath.last()).replace(u'_', u' ');
    if (column != nullptr && !column->title.isEmpty())
        return column->title;
    return QString(field.column).replace(u'_', u' ');
}

LensSelect::LensSelect(const LensScope &scope, const CatalogTable &table, QString alias)
    : m_scope(scope), m_table(table), m_alias(std::move(alias)), m_values(scope.catalog.engine)
{
}

int LensSelect::add(const QString &expression)
{
    m_columns.append(expression);
    return static_cast<int>(m_columns.size()) - 1;
}

int LensSelect::addField(const std::optional<FieldRef> &field)
{
    return field ? add(m_scope.sql.field(*field, m_table, m_alias)) : -1;
}

int LensSelect::addStart(const std::optional<FieldRef> &field, int characters)
{
    return field ? add(m_scope.sql.text(m_scope.sql.field(*field, m_table, m_alias), characters)) : -1;
}

int LensSelect::addLength(const std::optional<FieldRef> &field)
{
    if (!field)
        return -1;
    const QString expression = m_scope.sql.field(*field, m_table, m_alias);
    return add(m_scope.catalog.engine == Engine::Sqlite ? u"length(%1)"_s.arg(expression) : u"length((%1)::text)"_s.arg(expression));
}

int LensSelect::addTemplate(const LabelTemplate &label, const CatalogTable &of, const QString &alias)
{
    int first = -1;
    for (const LabelTemplate::Part &part : label.parts()) {
        if (part.alternatives.empty())
            continue;
        const int at = add(m_scope.sql.labelPart(part, of, alias));
        first = first < 0 ? at : first;
    }
    return first;
}

int LensSelect::addIdentity()
{
    return addIdentity(m_table, m_alias);
}

int LensSelect::addIdentity(const CatalogTable &of, const QString &alias)
{
    const QStringList identity = m_scope.sql.identity(of);
    for (const QString &column : identity)
        add(RowSql::column(alias, column));
    return static_cast<int>(identity.size());
}

QString LensSelect::statement(const QString &from) const
{
    return u"SELECT %1 FROM %2"_s.arg(m_columns.isEmpty() ? u"1"_s : m_columns.join(u", "_s), from);
}

LensFigure::LensFigure(LensSelect &select, const LensScope &scope, const std::optional<FieldRef> &field)
{
    if (isTextJson(scope, select.table(), field)) {
        m_column = select.add(RowSql::column(select.alias(), field->column));
        m_path = field->jsonPath;
    } else {
        m_column = select.addField(field);
    }
}

bool LensFigure::isTextJson(const LensScope &scope, const CatalogTable &table, const std::optional<FieldRef> &field)
{
    if (scope.catalog.engine == Engine::Sqlite || !field || field->jsonPath.isEmpty() || !field->hops.empty())
        return false;
    const CatalogColumn *column = table.column(field->column);
    return column != nullptr && column->type != u"json" && column->type != u"jsonb";
}

std::optional<double> LensFigure::number(const RowBlock &block, int row) const
{
    if (m_path.isEmpty())
        return lensNumber(block, row, m_column);
    const QJsonValue value = partOfJson(lensText(block, row, m_column), m_path);
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QString LensFigure::text(const RowBlock &block, int row) const
{
    if (m_path.isEmpty())
        return lensText(block, row, m_column);
    return partOfJson(lensText(block, row, m_column), m_path).toVariant().toString();
}

QStringList ownerColumns(const LensSource &source)
{
    QStringList columns;
    for (const auto &[own, owner] : source.via ? source.via->link : source.link)
        columns.append(owner);
    return columns;
}

Result<QString> fromSources(const LensScope &scope, const std::vector<const LensSource *> &sources, const std::map<QString, Value> &owner, SqlValues &values, bool isOrdered)
{
    QString from;
    QStringList conditions;
    QStringList orders;
    const CatalogTable *above = nullptr;
    QString aboveAlias;
    const auto link = [&](const ColumnLink &columns, const CatalogTable &table, const QString &alias) -> Result<QStringList> {
        QStringList all;
        for (const auto &[own, of] : columns) {
            if (above != nullptr) {
                all.append(scope.sql.equal(table, alias, own, *above, aboveAlias, of));
                continue;
            }
            const auto value = owner.find(of);
            if (value == owner.end())
                return failure(ErrorCode::NotFound, translated("The record has no %1.").arg(of));
            // A NULL links to nothing.
            all.append(value->second.isNull() ? u"1 = 0"_s : scope.sql.equalValue(table, alias, own, value->second, values));
        }
        return all;
    };
    const auto order = [&](const std::vector<OrderColumn> &columns, const QString &alias) {
        for (const OrderColumn &column : columns)
            orders.append(RowSql::column(alias, column.column) + (column.descending ? u" DESC"_s : QString()));
    };
    int number = 0;
    for (const LensSource *source : sources) {
        const QString alias = u"t%1"_s.arg(number++);
        const CatalogTable *table = scope.sql.table(source->table);
        const CatalogTable *junction = source->via ? scope.sql.table(source->via->table) : nullptr;
        if (table == nullptr || (source->via && junction == nullptr))
            return failure(ErrorCode::NotFound, translated("There is no table %1.").arg(table == nullptr ? source->table : source->via->table));
        const QString junctionAlias = alias + u'j';
        Result<QStringList> on = junction != nullptr ? link(source->via->link, *junction, junctionAlias) : link(source->link, *table, alias);
        if (!on)
            return failure(on);
        if (junction != nullptr && source->follow.size() == 1 && above == nullptr) {
            from = chainPiece(scope, *junction, source->follow.front(), *on, junctionAlias);
            orders.append(junctionAlias + u"c.step DESC"_s);
            on->clear();
        }
        QString piece = junction != nullptr ? scope.sql.tableName(*junction) + u' ' + junctionAlias : scope.sql.tableName(*table) + u' ' + alias;
        if (!source->follow.empty() && above == nullptr)
            piece.clear();
        else if (from.isEmpty())
            conditions += *on;
        else
            piece = u" JOIN "_s + piece + u" ON "_s + (on->isEmpty() ? u"1 = 1"_s : on->join(u" AND "_s));
        if (junction != nullptr) {
            QStringList to;
            for (const auto &[own, of] : source->via->to)
                to.append(scope.sql.equal(*junction, junctionAlias, own, *table, alias, of));
            piece += u" JOIN %1 %2 ON %3"_s.arg(scope.sql.tableName(*table), alias, to.isEmpty() ? u"1 = 1"_s : to.join(u" AND "_s));
            order(source->via->order, junctionAlias);
        }
        from += piece;
        order(source->order, alias);
        if (const QString where = scope.sql.conditions(source->where, *table, alias, values, QDateTime::currentDateTimeUtc()); !where.isEmpty())
            conditions.append(where);
        above = table;
        aboveAlias = alias;
    }
    for (const QString &column : above == nullptr ? QStringList() : scope.sql.identity(*above))
        orders.append(RowSql::column(aboveAlias, column));
    if (!conditions.isEmpty())
        from += u" WHERE "_s + conditions.join(u" AND "_s);
    if (isOrdered && !orders.isEmpty())
        from += u" ORDER BY "_s + orders.join(u", "_s);
    return from;
}

QString identityCondition(const LensScope &scope, const CatalogTable &table, const QString &alias, const RowKey &key, SqlValues &values)
{
    const QStringList identity = scope.sql.identity(table);
    if (identity.isEmpty() || identity.size() != static_cast<qsizetype>(key.size()))
        return u"1 = 0"_s;
    QStringList conditions;
    for (qsizetype i = 0; i < identity.size(); ++i)
        conditions.append(scope.sql.equalValue(table, alias, identity[i], key[static_cast<std::size_t>(i)], values));
    return conditions.join(u" AND "_s);
}

Result<std::map<QString, Value>> readOwner(const LensScope &scope, const QString &tableName, const RowKey &key, const QStringList &columns)
{
    const CatalogTable *table = scope.sql.table(tableName);
    if (table == nullptr)
        return failure(ErrorCode::NotFound, translated("There is no table %1.").arg(tableName));
    LensSelect select(scope, *table, u"r"_s);
    for (const QString &column : columns)
        select.add(table->hasColumn(column) || column == table->rowidName() ? RowSql::column(u"r"_s, column) : u"NULL"_s);
    const QString condition = identityCondition(scope, *table, u"r"_s, key, select.values());
    const QString sql = select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition + u" LIMIT 1"_s);
    std::map<QString, Value> found;
    bool exists = false;
    const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        exists = true;
        for (int i = 0; i < static_cast<int>(columns.size()); ++i)
            found[columns[i]] = Value(block.at(row, i));
        return false;
    });
    if (!read)
        return failure(read);
    if (!exists)
        return failure(ErrorCode::NotFound, translated("This record is not in the database any more."));
    return found;
}

QString lensText(const RowBlock &block, int row, int column)
{
    if (column < 0)
        return {};
    const ValueRef value = block.at(row, column);
    if (value.isNull())
        return {};
    return value.type() == ValueType::Text ? QString::fromUtf8(value.bytes()) : Value(value).toDisplayText();
}

std::optional<double> lensNumber(const RowBlock &block, int row, int column)
{
    if (column < 0)
        return std::nullopt;
    const ValueRef value = block.at(row, column);
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    if (value.type() == ValueType::Real)
        return std::isfinite(value.real()) ? std::optional(value.real()) : std::nullopt;
    double number = 0;
    const QByteArrayView text = textOf(value);
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    return error == std::errc() && end == text.end() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> lensTime(const ValueRef &value, const QString &meaning)
{
    constexpr double limit = 9e18;
    if (value.isNull())
        return std::nullopt;
    const bool isNumber = value.type() == ValueType::Integer || value.type() == ValueType::Real;
    if (isNumber || meaning.startsWith(u"epoch")) {
        const double scale = meaning == u"epoch-ms" ? 1e3 : 1e6;
        bool ok = false;
        const double number = Value(value).toDisplayText().toDouble(&ok) * scale;
        return ok && std::abs(number) < limit ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
    }
    return microsecondsUtc(textOf(value));
}

RowKey lensKey(const RowBlock &block, int row, int first, int count)
{
    RowKey key;
    for (int i = 0; i < count; ++i)
        key.emplace_back(block.at(row, first + i));
    return key;
}

QString lensTitle(const LabelTemplate &label, const RowBlock &block, int row, int first)
{
    QStringList values;
    for (const LabelTemplate::Part &part : label.parts()) {
        if (!part.alternatives.empty())
            values.append(lensText(block, row, first + static_cast<int>(values.size())));
    }
    return label.render(values);
}

} // namespace turnstone
