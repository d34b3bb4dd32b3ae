// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/typeguess.h"

#include "models/core/jsonwriter.h"
#include "models/core/timestamp.h"
#include "models/transfer/jsonscanner.h"
#include "models/transfer/reals.h"

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int doubleDigits = 15;

int digitsOf(QByteArrayView text)
{
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

bool isIntegerToken(QByteArrayView text)
{
    const QByteArrayView digits = text.startsWith('-') ? text.sliced(1) : text;
    return !digits.isEmpty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })
           && (digits.size() == 1 || digits.front() != '0') && text != "-0";
}

} // namespace

void TypeGuess::look(const ValueRef &value)
{
    if (value.isNull()) {
        m_sawNull = true;
        return;
    }
    m_sawValue = true;
    const QByteArrayView text = value.bytes();
    std::int64_t integer = 0;
    if (m_isInteger) {
        m_isInteger = isIntegerToken(text);
        m_isSmall = m_isSmall && m_isInteger && integerFromText(text, integer);
    }
    if (m_isDecimal) {
        m_isDecimal = JsonWriter::isNumberToken(text) && text != "-0";
        m_isShort = m_isShort && digitsOf(text) <= doubleDigits;
    }
    if (m_isBoolean)
        m_isBoolean = text == "true" || text == "false";
    if (m_isJson) {
        bool hasBreaks = false;
        m_isJson = (text.startsWith('{') || text.startsWith('[')) && isJsonDocument(text, &hasBreaks);
    }
    if (m_isTime) {
        m_isTime = text.size() > 10 && microsecondsUtc(text).has_value();
        const QByteArrayView clock = m_isTime ? text.sliced(10) : QByteArrayView();
        m_hasZone = m_hasZone || clock.contains('Z') || clock.contains('+') || clock.contains('-');
    }
}

QString TypeGuess::type(Engine engine) const
{
    const bool isServer = engine == Engine::PostgreSql;
    const QString text = isServer ? u"text"_s : u"TEXT"_s;
    if (!m_sawValue)
        return text;
    if (m_isInteger && m_isSmall)
        return isServer ? u"bigint"_s : u"INTEGER"_s;
    if (m_isDecimal && isServer)
        return u"numeric"_s;
    if (m_isDecimal)
        return m_isShort && !m_isInteger ? u"REAL"_s : text;
    if (m_isBoolean)
        return isServer ? u"boolean"_s : u"BOOLEAN"_s;
    if (m_isJson)
        return isServer ? u"json"_s : u"JSON"_s;
    if (m_isTime && isServer)
        return m_hasZone ? u"timestamptz"_s : u"timestamp"_s;
    return text;
}

void TypeGuesses::look(const RowBlock &rows)
{
    m_columns.resize(std::max(m_columns.size(), static_cast<std::size_t>(rows.columnCount())));
    for (int row = 0; row < rows.rowCount(); ++row) {
        for (int i = 0; i < rows.columnCount(); ++i)
            m_columns[static_cast<std::size_t>(i)].look(rows.at(row, i));
    }
}

std::vector<QString> TypeGuesses::types(Engine engine, std::size_t columns) const
{
    std::vector<QString> all;
    for (std::size_t i = 0; i < columns; ++i)
        all.push_back(i < m_columns.size() ? m_columns[i].type(engine) : TypeGuess().type(engine));
    return all;
}

} // namespace turnstone
