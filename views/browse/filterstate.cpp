// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/filterstate.h"

#include "models/items/celltext.h"
#include "models/items/rowfiltersql.h"

#include <algorithm>
#include <array>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Words for good: settings hold them.
constexpr std::array operators{std::pair(FilterOperator::Equals, "="),           std::pair(FilterOperator::NotEquals, "!="),
                               std::pair(FilterOperator::Less, "<"),             std::pair(FilterOperator::LessOrEqual, "<="),
                               std::pair(FilterOperator::Greater, ">"),          std::pair(FilterOperator::GreaterOrEqual, ">="),
                               std::pair(FilterOperator::Between, "between"),    std::pair(FilterOperator::In, "in"),
                               std::pair(FilterOperator::Contains, "contains"),  std::pair(FilterOperator::NotContains, "containsNot"),
                               std::pair(FilterOperator::StartsWith, "starts"),  std::pair(FilterOperator::IsNull, "null"),
                               std::pair(FilterOperator::IsNotNull, "notNull"), std::pair(FilterOperator::PointsNowhere, "nowhere")};

QVariantMap valueState(const Value &value)
{
    switch (value.type()) {
    case ValueType::Null: return {{u"type"_s, u"null"_s}};
    case ValueType::Integer: return {{u"type"_s, u"integer"_s}, {u"value"_s, QString::number(value.integer())}};
    case ValueType::Real: return {{u"type"_s, u"real"_s}, {u"value"_s, QString::number(value.real(), 'g', 17)}};
    case ValueType::Text:
        if (const QString text = decodedText(value.bytes()); !text.isNull())
            return {{u"type"_s, u"text"_s}, {u"value"_s, text}};
        return {{u"type"_s, u"bytes of text"_s}, {u"value"_s, QString::fromLatin1(value.bytes().toBase64())}};
    case ValueType::Blob: return {{u"type"_s, u"blob"_s}, {u"value"_s, QString::fromLatin1(value.bytes().toBase64())}};
    }
    return {};
}

std::optional<Value> valueFromState(const QVariantMap &state)
{
    const QString type = state.value(u"type"_s).toString();
    const QString text = state.value(u"value"_s).toString();
    bool isNumber = true;
    std::optional<Value> value;
    if (type == u"null")
        value = Value::null();
    else if (type == u"integer")
        value = Value::integer(text.toLongLong(&isNumber));
    else if (type == u"real")
        value = Value::real(text.toDouble(&isNumber));
    else if (type == u"text")
        value = Value::text(QStringView(text));
    else if (type == u"bytes of text")
        value = Value::text(QByteArray::fromBase64(text.toLatin1()));
    else if (type == u"blob")
        value = Value::blob(QByteArray::fromBase64(text.toLatin1()));
    return isNumber ? value : std::nullopt;
}

} // namespace

QVariantMap filterState(const RowFilter &filter)
{
    QVariantList values;
    for (const Value &value : filter.values)
        values.append(valueState(value));
    const auto *const op = std::ranges::find(operators, filter.op, [](const auto &each) { return each.first; });
    return {{u"column"_s, filter.column}, {u"operator"_s, QString::fromLatin1(op->second)}, {u"values"_s, values}, {u"caseSensitive"_s, filter.isCaseSensitive}};
}

std::optional<RowFilter> filterFromState(const QVariantMap &state, const CatalogTable &table)
{
    const QString word = state.value(u"operator"_s).toString();
    const auto *const op = std::ranges::find_if(operators, [&word](const auto &each) { return word == QLatin1String(each.second); });
    if (op == operators.end())
        return std::nullopt;
    RowFilter filter{state.value(u"column"_s).toString(), op->first, {}, state.value(u"caseSensitive"_s).toBool()};
    for (const QVariant &entry : state.value(u"values"_s).toList()) {
        const std::optional<Value> value = valueFromState(entry.toMap());
        if (!value)
            return std::nullopt;
        filter.values.push_back(*value);
    }
    return RowFilterSql::check(table, {filter}) ? std::optional(filter) : std::nullopt;
}

} // namespace turnstone
