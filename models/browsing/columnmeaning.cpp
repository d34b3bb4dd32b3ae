// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/columnmeaning.h"

#include "models/core/timestamp.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr double msPerSecond = 1'000;
constexpr double msPerMinute = 60 * msPerSecond;
constexpr double msPerHour = 60 * msPerMinute;

QString words(const char *text)
{
    return QCoreApplication::translate("ColumnMeaning", text);
}

QString storedText(const ValueRef &value)
{
    return Value(value).toDisplayText();
}

/// PostgreSQL delivers numbers as text.
std::optional<double> number(const ValueRef &value)
{
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    if (value.type() == ValueType::Real)
        return value.real();
    bool isNumber = false;
    const double parsed = textOf(value).toByteArray().toDouble(&isNumber);
    return isNumber && std::isfinite(parsed) ? std::optional(parsed) : std::nullopt;
}

std::optional<CellLook> timeLook(const ValueRef &value, std::optional<std::int64_t> microseconds, ShownZone zone)
{
    if (!microseconds)
        return std::nullopt; // stays as it is stored
    CellLook look;
    look.text = timeText(*microseconds, zone);
    look.detail = words("Stored: %1").arg(storedText(value)) + u'\n' + (zone == ShownZone::Utc ? words("Shown in UTC") : words("Shown in this computer's zone"));
    return look;
}

CellReader timeReader(ShownZone zone)
{
    return [zone](const ValueRef &value, bool isWhole) { return isWhole ? timeLook(value, microsecondsUtc(textOf(value)), zone) : std::nullopt; };
}

CellReader epochReader(double perUnit, ShownZone zone)
{
    return [perUnit, zone](const ValueRef &value, bool) -> std::optional<CellLook> {
        const std::optional<double> units = number(value);
        // Years 1 to 9999.
        if (!units || std::abs(*units) * perUnit > 2.5e17)
            return std::nullopt;
        return timeLook(value, static_cast<std::int64_t>(*units * perUnit), zone);
    };
}

CellReader durationReader(double toMilliseconds)
{
    return [toMilliseconds](const ValueRef &value, bool) -> std::optional<CellLook> {
        const std::optional<double> units = number(value);
        if (!units || *units < 0)
            return std::nullopt;
        return CellLook{durationText(*units * toMilliseconds), words("Stored: %1").arg(storedText(value)), {}, -1};
    };
}

CellReader scoreReader(double full)
{
    return [full](const ValueRef &value, bool) -> std::optional<CellLook> {
        const std::optional<double> score = number(value);
        if (!score)
            return std::nullopt;
        return CellLook{storedText(value), {}, {}, std::clamp(*score / full, 0.0, 1.0)};
    };
}

std::optional<CellLook> tokensLook(const ValueRef &value, bool)
{
    if (value.type() != ValueType::Integer && value.type() != ValueType::Text)
        return std::nullopt;
    bool isInteger = value.type() == ValueType::Integer;
    const qint64 tokens = isInteger ? value.integer() : textOf(value).toByteArray().toLongLong(&isInteger);
    if (!isInteger)
        return std::nullopt;
    return CellLook{QLocale().toString(tokens), {}, {}, -1};
}

std::optional<CellLook> booleanLook(const ValueRef &value, bool)
{
    if (value.type() != ValueType::Integer || (value.integer() != 0 && value.integer() != 1))
        return std::nullopt;
    return CellLook{value.integer() == 1 ? u"✓"_s : u"–"_s, words("Stored: %1").arg(storedText(value)), {}, -1};
}

QString findIn(const std::vector<std::pair<QString, QString>> &pairs, const QString &key)
{
    const auto it = std::ranges::find(pairs, key, &std::pair<QString, QString>::first);
    return it == pairs.end() ? QString() : it->second;
}

} // namespace

QString durationText(double milliseconds)
{
    const QLocale locale;
    if (milliseconds < msPerSecond)
        return words("%1 ms").arg(locale.toString(milliseconds, 'f', milliseconds == std::floor(milliseconds) ? 0 : 1));
    if (milliseconds < msPerMinute)
        return words("%1 s").arg(locale.toString(milliseconds / msPerSecond, 'f', 1));
    if (milliseconds < msPerHour) {
        const auto seconds = static_cast<qint64>(milliseconds / msPerSecond);
        return words("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    }
    const auto minutes = static_cast<qint64>(milliseconds / msPerMinute);
    return words("%1 h %2 min").arg(locale.toString(minutes / 60)).arg(minutes % 60);
}

QString timeText(std::int64_t microseconds, ShownZone zone)
{
    const qint64 ms = microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000;
    const QDateTime time = zone == ShownZone::Utc ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC) : QDateTime::fromMSecsSinceEpoch(ms);
    return time.toString(u"yyyy-MM-dd HH:mm:ss"_s);
}

CellReader readerOf(const ColumnProfile &column, ShownZone zone)
{
    const QString &meaning = column.meaning;
    CellReader reader;
    if (meaning == u"utc-text" || meaning == u"zoned-time")
        reader = timeReader(zone);
    else if (meaning == u"epoch-s")
        reader = epochReader(1e6, zone);
    else if (meaning == u"epoch-ms")
        reader = epochReader(1e3, zone);
    else if (meaning == u"duration-ms")
        reader = durationReader(1);
    else if (meaning == u"duration-s")
        reader = durationReader(msPerSecond);
    else if (meaning == u"score-100")
        reader = scoreReader(100);
    else if (meaning == u"score-1")
        reader = scoreReader(1);
    else if (meaning == u"tokens")
        reader = tokensLook;
    else if (meaning == u"boolean")
        reader = booleanLook;
    else if (meaning == u"secret")
        return [](const ValueRef &value, bool) -> std::optional<CellLook> {
            return value.isNull() ? std::nullopt : std::optional(CellLook{u"••••••"_s, words("Secret: shown in the record when asked"), {}, -1});
        };
    if (column.values.empty() && column.tones.empty())
        return reader;
    return [reader, values = column.values, tones = column.tones](const ValueRef &value, bool isWhole) -> std::optional<CellLook> {
        if (value.isNull() || !isWhole)
            return std::nullopt;
        std::optional<CellLook> look = reader ? reader(value, isWhole) : std::nullopt;
        const QString stored = storedText(value);
        const QString tone = findIn(tones, stored);
        const QString word = findIn(values, stored);
        if (!look && tone.isEmpty() && (word.isEmpty() || word == stored))
            return std::nullopt;
        if (!look)
            look = CellLook{stored, {}, {}, -1};
        if (!word.isEmpty() && word != stored)
            look->detail = word; // the word explains; what is stored stands in the cell
        look->tone = tone;
        return look;
    };
}

bool isMeant(const CatalogTable &table, const ResolvedProfile &profile)
{
    return profile.schema.isEmpty() || profile.schema == table.schema;
}

const ColumnProfile *meaningOf(const CatalogTable &table, const QString &column, const ResolvedProfile &profile)
{
    const TableProfile *known = isMeant(table, profile) ? profile.table(table.name) : nullptr;
    return known == nullptr ? nullptr : known->column(column);
}

ColumnReference referenceOf(const CatalogTable &table, const QString &column, const Catalog &catalog, const ResolvedProfile &profile)
{
    for (const CatalogForeignKey &key : table.foreignKeys) {
        if (key.columns.size() == 1 && key.referencedColumns.size() == 1 && key.columns.front().compare(column, Qt::CaseInsensitive) == 0
            && catalog.table(key.referencedTable, key.referencedSchema) != nullptr)
            return {key.referencedSchema, key.referencedTable, key.referencedColumns.front()};
    }
    const ColumnProfile *meant = meaningOf(table, column, profile);
    if (meant == nullptr || meant->referencedTable.isEmpty())
        return {};
    const CatalogTable *target = catalog.table(meant->referencedTable, profile.schema);
    if (target == nullptr || !target->hasColumn(meant->referencedColumn))
        return {};
    return {target->schema, target->name, meant->referencedColumn};
}

} // namespace turnstone
