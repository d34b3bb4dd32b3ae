// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/texttable.h"

#include <algorithm>

namespace turnstone::cli {

namespace {

constexpr std::size_t sampleRows = 1000;
constexpr qsizetype widest = 60;

QString shown(const ValueRef &value)
{
    // A prefix is enough: nobody reads the rest here, and a value may have megabytes.
    const bool isLong = (value.type() == ValueType::Text || value.type() == ValueType::Blob) && value.bytes().size() > 4 * widest;
    QString text = isLong ? Value(ValueRef::bytes(value.type(), value.bytes().data(), 4 * widest)).toDisplayText()
                          : Value(value).toDisplayText();
    text.replace(QLatin1String("\r\n"), QStringLiteral("⏎")).replace(u'\n', QChar(0x23CE)).replace(u'\t', u' ');
    if (text.size() > widest || isLong)
        text = text.left(widest - 1) + QChar(0x2026);
    return text;
}

} // namespace

Result<> TextTableWriter::writeHeader()
{
    for (const ResultColumn &column : m_columns)
        m_widths.push_back(std::min(widest, column.name.size()));
    return {};
}

void TextTableWriter::writeRow(const ValueRef *values)
{
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const ValueRef &value = values[i];
        const unsigned oid = m_columns[i].typeOid;
        const bool number = value.type() == ValueType::Integer || value.type() == ValueType::Real || oid == 20 || oid == 21 || oid == 23
                            || oid == 700 || oid == 701 || oid == 1700;
        cells.push_back({shown(value), number});
    }
    if (m_printing)
        return printRow(cells);
    for (std::size_t i = 0; i < cells.size(); ++i)
        m_widths[i] = std::max(m_widths[i], cells[i].text.size());
    m_waiting.push_back(std::move(cells));
    if (m_waiting.size() >= sampleRows)
        printWaiting();
}

void TextTableWriter::printWaiting()
{
    m_printing = true;
    std::vector<Cell> header;
    std::vector<Cell> rule;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        header.push_back({m_columns[i].name.left(widest), false});
        rule.push_back({QString(m_widths[i], QChar(0x2500)), false});
    }
    printRow(header);
    printRow(rule);
    for (const auto &cells : m_waiting)
        printRow(cells);
    m_waiting.clear();
}

void TextTableWriter::printRow(const std::vector<Cell> &cells)
{
    QString line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0)
            line += QLatin1String("  ");
        line += cells[i].right ? cells[i].text.rightJustified(m_widths[i]) : cells[i].text.leftJustified(m_widths[i]);
    }
    while (line.endsWith(u' '))
        line.chop(1);
    m_buffer.append(line.toUtf8()).append('\n');
}

void TextTableWriter::writeFooter()
{
    if (!m_printing)
        printWaiting();
    m_buffer.append(m_row == 1 ? QByteArray("(1 row)\n") : '(' + QByteArray::number(m_row) + " rows)\n");
}

} // namespace turnstone::cli
