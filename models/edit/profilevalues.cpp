// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/profilevalues.h"

#include "models/core/timestamp.h"
#include "models/profiles/rowsql.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUuid>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Test = ProfileCondition::Test;

bool isTrue(const QString &text)
{
    return text == u"t" || text == u"true" || text == u"1";
}

/// As the engines compare them: PostgreSQL hands numbers and booleans over as text.
bool isSame(const Value &stored, const QJsonValue &wanted)
{
    if (wanted.isNull())
        return stored.isNull();
    if (stored.isNull())
        return false;
    const QString text = stored.toDisplayText();
    if (wanted.isBool())
        return isTrue(text) == wanted.toBool();
    if (wanted.isDouble()) {
        if (const std::optional<double> number = numberOf(stored))
            return *number == wanted.toDouble();
        return isTrue(text) && wanted.toDouble() == 1; // a boolean of the server
    }
    return text == wanted.toString();
}

std::optional<int> order(const Value &stored, const QJsonValue &than)
{
    const std::optional<double> left = numberOf(stored);
    if (left && than.isDouble())
        return *left < than.toDouble() ? -1 : *left > than.toDouble() ? 1 : 0;
    if (stored.isNull())
        return std::nullopt;
    return stored.toDisplayText().compare(than.toString());
}

/// PostgreSQL hands everything over as text, booleans as t and f: so do we, that what was saved compares with what is stored.
Value asStored(const Value &value, const CatalogTable &table, const QString &column)
{
    if (table.engine == Engine::Sqlite || value.isNull())
        return value;
    const CatalogColumn *declared = table.column(column);
    if (declared != nullptr && declared->type == u"boolean" && value.type() == ValueType::Integer)
        return Value::text(value.integer() != 0 ? QByteArray("t") : QByteArray("f"));
    return value.type() == ValueType::Text ? value : Value::text(value.toDisplayText());
}

bool meetsOne(const ProfileCondition &condition, const Value &value, const QDateTime &nowUtc)
{
    const QJsonValue first = condition.values.empty() ? QJsonValue() : condition.values.front();
    const auto isListed = [&] { return std::ranges::any_of(condition.values, [&](const QJsonValue &wanted) { return isSame(value, wanted); }); };
    switch (condition.test) {
    case Test::Equal: return isListed();
    case Test::Not: return !isListed();
    case Test::Less: return order(value, first).value_or(1) < 0;
    case Test::LessOrEqual: return order(value, first).value_or(1) <= 0;
    case Test::Greater: return order(value, first).value_or(-1) > 0;
    case Test::GreaterOrEqual: return order(value, first).value_or(-1) >= 0;
    case Test::Like: {
        const QString pattern = QRegularExpression::escape(first.toString()).replace(u"%"_s, u".*"_s).replace(u"_"_s, u"."_s).replace(u"\\.*"_s, u".*"_s);
        return QRegularExpression(QRegularExpression::anchoredPattern(pattern), QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption)
            .match(value.toDisplayText())
            .hasMatch();
    }
    case Test::IgnoreCase:
        return std::ranges::any_of(condition.values, [&](const QJsonValue &wanted) { return value.toDisplayText().compare(wanted.toString(), Qt::CaseInsensitive) == 0; });
    case Test::OlderThan: {
        const std::optional<std::int64_t> then = value.type() == ValueType::Text ? microsecondsUtc(value.bytes()) : std::nullopt;
        return then && *then < (nowUtc.toMSecsSinceEpoch() - condition.seconds * 1000) * 1000;
    }
    case Test::EmptyText: return (value.isNull() || value.toDisplayText().isEmpty()) == first.toBool(true);
    }
    return false;
}

} // namespace

std::optional<double> numberOf(const Value &value)
{
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    if (value.type() == ValueType::Real)
        return value.real();
    bool ok = false;
    const double number = value.type() == ValueType::Text ? value.bytes().toDouble(&ok) : 0;
    return ok && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

Value momentFor(const CatalogTable &table, const TableProfile *profile, const QString &column, const QDateTime &utc)
{
    const ColumnProfile *known = profile ? profile->column(column) : nullptr;
    if (known && known->meaning == u"epoch-s")
        return Value::integer(utc.toSecsSinceEpoch());
    if (known && known->meaning == u"epoch-ms")
        return Value::integer(utc.toMSecsSinceEpoch());
    const QString text = utc.toString(u"yyyy-MM-dd HH:mm:ss"_s);
    const CatalogColumn *declared = table.column(column);
    const bool isZoned = table.engine == Engine::PostgreSql && declared && declared->type.contains(u"with time zone"_s);
    return Value::text(isZoned ? text + u"+00"_s : text);
}

std::optional<Value> profileValue(const QJsonValue &described, const CatalogTable &table, const TableProfile *profile, const QString &column,
                                  const std::map<QString, Value> &row, const QDateTime &nowUtc)
{
    if (!described.isObject())
        return asStored(valueFromJson(described), table, column);
    const QJsonObject object = described.toObject();
    const QString form = object.size() == 1 ? object.begin().key() : QString();
    if (form == u"now")
        return momentFor(table, profile, column, nowUtc);
    if (form == u"uuid")
        return Value::text(QUuid::createUuid().toString(QUuid::WithoutBraces));
    if (form == u"column") {
        const auto other = row.find(object.value(form).toString());
        return other == row.end() ? std::nullopt : std::optional(other->second);
    }
    if (form == u"suffix") {
        const auto own = row.find(column);
        return own == row.end() ? std::nullopt : std::optional(Value::text(own->second.toDisplayText() + object.value(form).toString()));
    }
    return std::nullopt;
}

std::map<QString, Value> applicationDefaults(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &given, const QDateTime &nowUtc)
{
    std::map<QString, Value> filled;
    if (profile == nullptr)
        return filled;
    for (const ColumnProfile &column : profile->columns) {
        const CatalogColumn *declared = table.column(column.name);
        if (declared == nullptr || !column.defaultValue || given.contains(declared->name) || declared->defaultSql || declared->generated)
            continue;
        if (const std::optional<Value> value = profileValue(*column.defaultValue, table, profile, declared->name, given, nowUtc))
            filled.emplace(declared->name, *value);
    }
    return filled;
}

bool meets(const std::vector<ProfileCondition> &conditions, const std::map<QString, Value> &row, const QDateTime &nowUtc)
{
    return std::ranges::all_of(conditions, [&](const ProfileCondition &condition) {
        const auto known = row.find(condition.column);
        return known != row.end() && meetsOne(condition, known->second, nowUtc);
    });
}

std::vector<std::pair<QString, Value>> setTogether(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &row, const QStringList &changed,
                                                   const QDateTime &nowUtc)
{
    std::vector<std::pair<QString, Value>> values;
    if (profile == nullptr)
        return values;
    for (const QJsonValue &each : profile->details.value(u"together"_s).toArray()) {
        const QJsonObject rule = each.toObject();
        const std::vector<ProfileCondition> when = conditionsFromJson(rule.value(u"when"_s).toObject());
        const bool concerns = when.empty() || std::ranges::any_of(when, [&](const ProfileCondition &condition) { return changed.contains(condition.column); });
        if (!concerns || !meets(when, row, nowUtc))
            continue;
        const QJsonObject set = rule.value(u"set"_s).toObject();
        for (auto entry = set.begin(); entry != set.end(); ++entry) {
            if (changed.contains(entry.key()))
                continue; // what somebody chose stands
            if (const std::optional<Value> value = profileValue(entry.value(), table, profile, entry.key(), row, nowUtc))
                values.emplace_back(entry.key(), *value);
        }
    }
    return values;
}

} // namespace turnstone
