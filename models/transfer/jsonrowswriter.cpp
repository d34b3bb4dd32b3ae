// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonrowswriter.h"

#include "models/transfer/jsonvalue.h"

#include <QSet>

namespace turnstone {

void JsonRowsWriter::writeHeader()
{
    m_keys.clear();
    QSet<QString> taken;
    for (const ResultColumn &column : m_columns) {
        QString key = column.name;
        for (int i = 2; taken.contains(key); ++i)
            key = QStringLiteral("%1_%2").arg(column.name).arg(i);
        taken.insert(key);
        m_keys.push_back(key.toUtf8());
    }
    if (m_shape == Shape::Array)
        m_buffer.append('[');
}

void JsonRowsWriter::writeRow(const RowBlock &block, int row)
{
    if (m_shape == Shape::Array)
        m_buffer.append(m_row == 1 ? "\n " : ",\n ");
    JsonWriter json(m_buffer);
    json.beginObject();
    for (int i = 0; i < block.columnCount(); ++i) {
        json.key(QByteArrayView(m_keys[static_cast<std::size_t>(i)]));
        if (!writeJsonValue(json, block.at(row, i), m_columns[static_cast<std::size_t>(i)], m_engine))
            noteUndecodable(i);
    }
    json.endObject();
    if (m_shape == Shape::Lines)
        m_buffer.append('\n');
}

void JsonRowsWriter::writeFooter()
{
    if (m_shape == Shape::Array)
        m_buffer.append(m_row == 0 ? "]\n" : "\n]\n");
}

} // namespace turnstone
