// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/markdownwriter.h"

#include <QUtf8StringView>

namespace turnstone {

void MarkdownWriter::appendCell(const QString &text)
{
    QString cell = text;
    cell.replace(u'\\', QLatin1String("\\\\")).replace(u'|', QLatin1String("\\|")).replace(u'<', QLatin1String("&lt;"));
    cell.replace(QLatin1String("\r\n"), QLatin1String("<br>")).replace(u'\n', QLatin1String("<br>")).replace(u'\r', QLatin1String("<br>"));
    m_buffer.append(' ').append(cell.toUtf8()).append(" |");
}

void MarkdownWriter::writeHeader()
{
    m_buffer.append('|');
    for (const ResultColumn &column : m_columns)
        appendCell(column.name);
    m_buffer.append("\n|");
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        m_buffer.append(" --- |");
    m_buffer.append('\n');
}

void MarkdownWriter::writeRow(const RowBlock &block, int row)
{
    m_buffer.append('|');
    for (int i = 0; i < block.columnCount(); ++i) {
        const ValueRef value = block.at(row, i);
        if (value.isNull()) {
            m_buffer.append(" *NULL* |");
            continue;
        }
        if (value.type() == ValueType::Text && !QUtf8StringView(value.bytes().data(), value.bytes().size()).isValidUtf8())
            noteUndecodable(i);
        appendCell(Value(value).toDisplayText());
    }
    m_buffer.append('\n');
}

} // namespace turnstone
