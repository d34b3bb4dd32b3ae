// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/sqlinsertwriter.h"

#include "models/core/jsonwriter.h"
#include "models/database/connection.h"

#include <QStringDecoder>

#include <cmath>

namespace turnstone {

namespace {

bool isPlainText(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder.decode(bytes);
    return !decoder.hasError() && !decoded.contains(QChar(u'\0'));
}

} // namespace

void SqlInsertWriter::writeHeader()
{
    const QString table = m_schema.isEmpty() ? Connection::quoted(m_table) : Connection::quoted(m_schema, m_table);
    m_head = "INSERT INTO " + table.toUtf8() + " (";
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        m_head += (i > 0 ? ", " : "") + Connection::quoted(m_columns[i].name).toUtf8();
    m_head += ") VALUES (";
}

void SqlInsertWriter::appendLiteral(const ValueRef &value)
{
    switch (value.type()) {
    case ValueType::Null: m_buffer.append("NULL"); return;
    case ValueType::Integer: m_buffer.append(QByteArray::number(static_cast<qlonglong>(value.integer()))); return;
    case ValueType::Real: {
        if (std::isinf(value.real())) {
            m_buffer.append(value.real() < 0 ? "-9e999" : "9e999");
            return;
        }
        QByteArray token = JsonWriter::realToken(value.real());
        // 2 would become an integer.
        if (!token.contains('.') && !token.contains('e') && !token.contains('E'))
            token += ".0";
        m_buffer.append(token);
        return;
    }
    case ValueType::Blob: m_buffer.append("x'").append(value.bytes().toByteArray().toHex()).append('\''); return;
    case ValueType::Text: break;
    }
    if (m_engine == Engine::Sqlite && !isPlainText(value.bytes())) {
        m_buffer.append("CAST(x'").append(value.bytes().toByteArray().toHex()).append("' AS TEXT)");
        return;
    }
    m_buffer.append('\'');
    for (const char c : value.bytes()) {
        if (c == '\'')
            m_buffer.append('\'');
        m_buffer.append(c);
    }
    m_buffer.append('\'');
}

void SqlInsertWriter::writeRow(const RowBlock &block, int row)
{
    m_buffer.append(m_head);
    for (int i = 0; i < block.columnCount(); ++i) {
        if (i > 0)
            m_buffer.append(", ");
        appendLiteral(block.at(row, i));
    }
    m_buffer.append(");\n");
}

} // namespace turnstone
