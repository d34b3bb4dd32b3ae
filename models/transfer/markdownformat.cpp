// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/markdownformat.h"

#include <QUtf8StringView>

namespace turnstone {

namespace {

void appendCell(OutputBuffer &out, const QString &text)
{
    QString cell = text;
    cell.replace(u'\\', QLatin1String("\\\\")).replace(u'|', QLatin1String("\\|")).replace(u'<', QLatin1String("&lt;"));
    cell.replace(QLatin1String("\r\n"), QLatin1String("<br>")).replace(u'\n', QLatin1String("<br>")).replace(u'\r', QLatin1String("<br>"));
    out.append(' ').append(cell.toUtf8()).append(" |", 2);
}

} // namespace

void MarkdownFormat::appendHeader(OutputBuffer &out)
{
    out.append('|');
    for (const ResultColumn &column : m_columns)
        appendCell(out, column.name);
    out.append("\n|", 2);
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        out.append(" --- |", 6);
    out.append('\n');
}

void MarkdownFormat::appendRow(OutputBuffer &out, const ValueRef *values)
{
    out.append('|');
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const ValueRef &value = values[i];
        QByteArray time;
        if (value.isNull()) {
            out.append(" *NULL* |", 9);
            continue;
        }
        if (m_options.zone.isValid() && timeText(value, i, time)) {
            appendCell(out, QString::fromLatin1(time));
            continue;
        }
        if (value.type() == ValueType::Text && !QUtf8StringView(value.bytes().data(), value.bytes().size()).isValidUtf8())
            noteUndecodable(static_cast<int>(i));
        appendCell(out, Value(value).toDisplayText());
    }
    out.append('\n');
}

} // namespace turnstone
