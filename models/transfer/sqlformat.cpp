// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/sqlformat.h"

#include "models/database/connection.h"
#include "models/transfer/bytescan.h"
#include "models/transfer/reals.h"

#include <QUtf8StringView>

#include <cmath>

namespace turnstone {

SqlFormat::SqlFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
    : RowFormat(options, columns, engine, std::move(traits))
{
    const QString table = options.schema.isEmpty() ? Connection::quoted(options.table) : Connection::quoted(options.schema, options.table);
    m_head = "INSERT INTO " + table.toUtf8() + " (";
    for (std::size_t i = 0; i < columns.size(); ++i)
        m_head += (i > 0 ? ", " : "") + Connection::quoted(columns[i].name).toUtf8();
    m_head += ") VALUES (";
}

void SqlFormat::appendHeader(OutputBuffer &out)
{
    // Backslashes in PostgreSQL's literals mean themselves, whatever a server's own settings say.
    if (m_engine == Engine::PostgreSql)
        out.append(QByteArrayView("SET standard_conforming_strings = on;\n"));
}

void SqlFormat::appendLiteral(OutputBuffer &out, const ValueRef &value) const
{
    switch (value.type()) {
    case ValueType::Null: out.append("NULL", 4); return;
    case ValueType::Integer: out.appendInteger(value.integer()); return;
    case ValueType::Real:
        if (std::isinf(value.real()))
            out.append(value.real() < 0 ? QByteArrayView("-9e999") : QByteArrayView("9e999"));
        else
            appendReal(out, value.real());
        return;
    case ValueType::Blob: out.append("x'", 2).append(QByteArray::fromRawData(value.bytes().data(), value.bytes().size()).toHex()).append('\''); return;
    case ValueType::Text: break;
    }
    const QByteArrayView text = value.bytes();
    const char *p = text.data();
    const char *const end = p + text.size();
    if (m_engine == Engine::Sqlite && (text.contains('\0') || !QUtf8StringView(p, text.size()).isValidUtf8())) {
        out.append(QByteArrayView("CAST(x'")).append(QByteArray::fromRawData(p, text.size()).toHex()).append(QByteArrayView("' AS TEXT)"));
        return;
    }
    out.append('\'');
    bool high = false;
    for (;;) {
        const char *const quote = bytescan::find(p, end, high, bytescan::ByteMatch('\''));
        out.append(p, quote - p);
        if (quote == end)
            break;
        out.append("''", 2);
        p = quote + 1;
    }
    out.append('\'');
}

void SqlFormat::appendRow(OutputBuffer &out, const ValueRef *values)
{
    out.append(m_head);
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (i > 0)
            out.append(", ", 2);
        appendLiteral(out, values[i]);
    }
    out.append(");\n", 3);
}

} // namespace turnstone
