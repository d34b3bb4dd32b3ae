// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/rowformat.h"

#include "models/core/timestamp.h"
#include "models/transfer/csvformat.h"
#include "models/transfer/jsonformat.h"
#include "models/transfer/markdownformat.h"
#include "models/transfer/sqlformat.h"

#include <QDateTime>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr unsigned jsonOid = 114;
constexpr unsigned jsonbOid = 3802;
constexpr unsigned dateOid = 1082;
constexpr unsigned timestampOid = 1114;
constexpr unsigned timestampTzOid = 1184;

} // namespace

ColumnTraits traitsOf(const ResultColumn &column, Engine engine)
{
    ColumnTraits traits;
    if (engine == Engine::PostgreSql) {
        traits.isJson = column.typeOid == jsonOid || column.typeOid == jsonbOid;
        if (column.typeOid == timestampOid || column.typeOid == timestampTzOid)
            traits.time = ColumnTraits::Time::Text;
        return traits;
    }
    traits.isJson = column.typeName.compare(u"json"_s, Qt::CaseInsensitive) == 0 || column.typeName.compare(u"jsonb"_s, Qt::CaseInsensitive) == 0;
    if (column.typeName.startsWith(u"datetime"_s, Qt::CaseInsensitive) || column.typeName.startsWith(u"timestamp"_s, Qt::CaseInsensitive))
        traits.time = ColumnTraits::Time::Text;
    return traits;
}

bool hasNoAffinity(const QString &sqliteType)
{
    const QString type = sqliteType.toUpper();
    if (type.contains(u"INT"_s) || type.contains(u"CHAR"_s) || type.contains(u"CLOB"_s) || type.contains(u"TEXT"_s))
        return false;
    return type.isEmpty() || type.contains(u"BLOB"_s);
}

RowFormat::RowFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
    : m_options(options), m_columns(columns), m_engine(engine), m_traits(std::move(traits))
{
}

std::unique_ptr<RowFormat> RowFormat::make(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
{
    for (std::size_t i = traits.size(); i < columns.size(); ++i)
        traits.push_back(traitsOf(columns[i], engine));
    FormatOptions used = options;
    if (options.format == u"tsv") {
        used.separator = '\t';
        used.format = u"csv"_s;
    }
    if (used.format == u"csv")
        return std::make_unique<CsvFormat>(used, columns, engine, std::move(traits));
    if (used.format == u"json" || used.format == u"jsonl")
        return std::make_unique<JsonFormat>(used, columns, engine, std::move(traits));
    if (used.format == u"markdown")
        return std::make_unique<MarkdownFormat>(used, columns, engine, std::move(traits));
    if (used.format == u"sql")
        return std::make_unique<SqlFormat>(used, columns, engine, std::move(traits));
    return nullptr;
}

std::vector<RowFormat::Undecodable> RowFormat::takeUndecodable()
{
    m_row = 0;
    return std::exchange(m_undecodable, {});
}

void RowFormat::noteUndecodable(int column)
{
    if (m_undecodable.size() < maxUndecodable)
        m_undecodable.push_back({m_row, column});
}

bool RowFormat::timeText(const ValueRef &value, std::size_t column, QByteArray &text) const
{
    std::optional<std::int64_t> microseconds;
    switch (m_traits[column].time) {
    case ColumnTraits::Time::None: return false;
    case ColumnTraits::Time::Text:
        if (value.type() == ValueType::Text && m_columns[column].typeOid != dateOid)
            microseconds = microsecondsUtc(value.bytes());
        break;
    case ColumnTraits::Time::EpochSeconds:
        if (value.type() == ValueType::Integer)
            microseconds = value.integer() * 1'000'000;
        break;
    case ColumnTraits::Time::EpochMilliseconds:
        if (value.type() == ValueType::Integer)
            microseconds = value.integer() * 1'000;
        break;
    }
    if (!microseconds)
        return false;
    const std::int64_t seconds = *microseconds >= 0 ? *microseconds / 1'000'000 : (*microseconds - 999'999) / 1'000'000;
    const std::int64_t fraction = *microseconds - seconds * 1'000'000;
    const QDateTime time = QDateTime::fromSecsSinceEpoch(seconds, m_options.zone);
    text = time.toString(u"yyyy-MM-ddTHH:mm:ss"_s).toLatin1();
    if (fraction != 0)
        text += '.' + QByteArray::number(static_cast<qlonglong>(fraction)).rightJustified(6, '0');
    const int offset = time.offsetFromUtc();
    if (offset == 0) {
        text += 'Z';
    } else {
        const int minutes = std::abs(offset) / 60;
        text += (offset < 0 ? '-' : '+') + QByteArray::number(minutes / 60).rightJustified(2, '0') + ':' + QByteArray::number(minutes % 60).rightJustified(2, '0');
    }
    return true;
}

} // namespace turnstone
