// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/rowwriter.h"

#include "models/transfer/csvwriter.h"
#include "models/transfer/jsonrowswriter.h"
#include "models/transfer/markdownwriter.h"

namespace turnstone {

namespace {
// Larger buffers made exports slower: they leave the processor's cache.
constexpr qsizetype bufferBytes = 256 * 1024;
} // namespace

Result<> RowWriter::begin(const std::vector<ResultColumn> &columns, Engine engine)
{
    m_columns = columns;
    m_engine = engine;
    m_row = 0;
    m_buffer.reserve(bufferBytes + 64 * 1024);
    writeHeader();
    return flush(false);
}

Result<> RowWriter::write(const RowBlock &block)
{
    for (int row = 0; row < block.rowCount(); ++row) {
        ++m_row;
        writeRow(block, row);
        if (m_buffer.size() >= bufferBytes) {
            if (const Result<> flushed = flush(false); !flushed)
                return flushed;
        }
    }
    return {};
}

Result<> RowWriter::end()
{
    writeFooter();
    return flush(true);
}

Result<> RowWriter::flush(bool all)
{
    if (m_buffer.isEmpty() || (!all && m_buffer.size() < bufferBytes))
        return {};
    const Result<> written = m_sink(m_buffer);
    m_buffer.resize(0); // keeps its memory
    return written;
}

void RowWriter::noteUndecodable(int column)
{
    if (m_undecodable.size() < 100)
        m_undecodable.append(QStringLiteral("row %1, column %2").arg(m_row).arg(m_columns[static_cast<std::size_t>(column)].name));
}

std::unique_ptr<RowWriter> makeRowWriter(const QString &format, ByteSink sink)
{
    if (format == QLatin1String("csv"))
        return std::make_unique<CsvWriter>(std::move(sink));
    if (format == QLatin1String("tsv"))
        return std::make_unique<CsvWriter>(std::move(sink), '\t');
    if (format == QLatin1String("json"))
        return std::make_unique<JsonRowsWriter>(std::move(sink), JsonRowsWriter::Shape::Array);
    if (format == QLatin1String("jsonl"))
        return std::make_unique<JsonRowsWriter>(std::move(sink), JsonRowsWriter::Shape::Lines);
    if (format == QLatin1String("markdown"))
        return std::make_unique<MarkdownWriter>(std::move(sink));
    return nullptr;
}

} // namespace turnstone
