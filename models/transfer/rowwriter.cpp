// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/rowwriter.h"

#include "models/transfer/rowformat.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

// Larger buffers made exports slower: they leave the processor's cache.
constexpr qsizetype bufferBytes = 256 * 1024;

class FormatWriter final : public RowWriter
{
public:
    FormatWriter(FormatOptions options, ByteSink sink) : RowWriter(std::move(sink)), m_options(std::move(options)) {}

protected:
    Result<> writeHeader() override
    {
        m_format = RowFormat::make(m_options, m_columns, m_engine, m_traits);
        if (!m_format)
            return failure(ErrorCode::InvalidInput, QCoreApplication::translate("RowWriter", "There is no format %1 for rows.").arg(m_options.format));
        m_format->appendHeader(m_buffer);
        return {};
    }
    void writeRow(const ValueRef *values) override
    {
        const qsizetype before = m_buffer.size();
        m_format->append(m_buffer, values);
        if (m_row == 1 && m_format->separatorBytes() > 0) {
            const QByteArray row = m_buffer.view().sliced(before + m_format->separatorBytes()).toByteArray();
            m_buffer.truncate(before);
            m_buffer.append(row);
        }
        for (const RowFormat::Undecodable &place : m_format->takeUndecodable())
            noteUndecodable(m_row, place.column);
    }
    void writeFooter() override { m_format->appendFooter(m_buffer, m_row > 0); }

private:
    const FormatOptions m_options;
    std::unique_ptr<RowFormat> m_format;
};

} // namespace

Result<> RowWriter::begin(const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
{
    m_columns = columns;
    m_traits = std::move(traits);
    m_engine = engine;
    m_row = 0;
    m_values.resize(columns.size());
    if (const Result<> started = writeHeader(); !started)
        return started;
    return flush(false);
}

Result<> RowWriter::write(const ValueRef *values)
{
    ++m_row;
    writeRow(values);
    return m_buffer.size() >= bufferBytes ? flush(false) : Result<>();
}

Result<> RowWriter::write(const RowBlock &block)
{
    for (int row = 0; row < block.rowCount(); ++row) {
        for (int i = 0; i < block.columnCount(); ++i)
            m_values[static_cast<std::size_t>(i)] = block.at(row, i);
        if (const Result<> written = write(m_values.data()); !written)
            return written;
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
    const Result<> written = m_sink(m_buffer.view());
    m_buffer.clear(); // keeps its memory
    return written;
}

void RowWriter::noteUndecodable(qint64 row, int column)
{
    if (m_undecodable.size() < 100)
        m_undecodable.append(u"row %1, column %2"_s.arg(row).arg(m_columns[static_cast<std::size_t>(column)].name));
}

std::unique_ptr<RowWriter> makeRowWriter(const FormatOptions &options, ByteSink sink)
{
    return std::make_unique<FormatWriter>(options, std::move(sink));
}

std::unique_ptr<RowWriter> makeRowWriter(const QString &format, ByteSink sink)
{
    static const QStringList formats{u"csv"_s, u"tsv"_s, u"json"_s, u"jsonl"_s, u"markdown"_s};
    if (!formats.contains(format))
        return nullptr;
    FormatOptions options;
    options.format = format;
    return makeRowWriter(options, std::move(sink));
}

} // namespace turnstone
