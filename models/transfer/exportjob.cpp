// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/exportjob.h"

#include "models/transfer/backgroundwriter.h"
#include "models/transfer/outputfile.h"
#include "models/transfer/rangeexport.h"
#include "models/transfer/rowformat.h"
#include "models/transfer/xlsxfile.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <chrono>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ExportJobText
{
    Q_DECLARE_TR_FUNCTIONS(ExportJob)
};

constexpr qsizetype bufferBytes = 512 * 1024;

/// Formats rows as they come and hands full buffers on.
class FormattingVisitor final : public RowVisitor
{
public:
    FormattingVisitor(RowFormat &format, BackgroundWriter &writer) : m_format(format), m_writer(writer) {}

    bool visit(const ValueRef *values) override
    {
        const qsizetype before = buffer.size();
        m_format.append(buffer, values);
        if (report.rows == 0 && m_format.separatorBytes() > 0) {
            const QByteArray row = buffer.view().sliced(before + m_format.separatorBytes()).toByteArray();
            buffer.truncate(before);
            buffer.append(row);
        }
        ++report.rows;
        return buffer.size() < bufferBytes;
    }
    Result<> handOn()
    {
        report.bytes += buffer.size();
        return m_writer.put(buffer);
    }

    OutputBuffer buffer;
    ExportReport report;

private:
    RowFormat &m_format;
    BackgroundWriter &m_writer;
};

/// Calls a sink some ten times a second.
class Ticker
{
public:
    explicit Ticker(const ExportProgressSink &sink) : m_sink(sink) {}
    void tick(const ExportReport &report, qint64 expected)
    {
        const auto now = std::chrono::steady_clock::now();
        if (!m_sink || now - m_last < std::chrono::milliseconds(100))
            return;
        m_last = now;
        m_sink({report.rows, report.bytes, expected > 0 ? std::min(1.0, static_cast<double>(report.rows) / static_cast<double>(expected)) : -1});
    }

private:
    const ExportProgressSink &m_sink;
    std::chrono::steady_clock::time_point m_last = std::chrono::steady_clock::now();
};

qint64 expectedRows(const ExportSource &source)
{
    return source.rows && source.rows->where.isEmpty() && source.rows->limit < 0 ? source.rows->table.estimatedRows : -1;
}

void takeUndecodable(RowFormat &format, ExportReport &report)
{
    for (const RowFormat::Undecodable &place : format.takeUndecodable())
        report.undecodable.append(ExportJobText::tr("row %1, column %2").arg(place.row + 1).arg(format.columns()[static_cast<std::size_t>(place.column)].name));
}

Result<ExportReport> streamRows(RowReader &reader, RowFormat &format, const ByteSink &sink, qint64 expected, const ExportProgressSink &progress)
{
    BackgroundWriter writer(sink);
    FormattingVisitor visitor(format, writer);
    format.appendHeader(visitor.buffer);
    Ticker ticker(progress);
    for (;;) {
        const Result<bool> more = reader.visit(visitor);
        if (!more)
            return failure(more);
        if (!*more)
            break;
        if (const Result<> put = visitor.handOn(); !put)
            return failure(put);
        ticker.tick(visitor.report, expected);
    }
    format.appendFooter(visitor.buffer, visitor.report.rows > 0);
    if (const Result<> put = visitor.handOn(); !put)
        return failure(put);
    if (const Result<> written = writer.finish(); !written)
        return failure(written);
    takeUndecodable(format, visitor.report);
    if (progress)
        progress({visitor.report.rows, visitor.report.bytes, 1});
    return visitor.report;
}

tl::unexpected<Error> noFormat(const QString &format)
{
    return failure(ErrorCode::InvalidInput, ExportJobText::tr("There is no format %1 for rows.").arg(format));
}

} // namespace

std::vector<ColumnTraits> exportTraits(const ExportSource &source, const std::vector<ResultColumn> &columns, Engine engine)
{
    std::vector<ColumnTraits> traits;
    for (const ResultColumn &column : columns) {
        const auto known = source.traits.constFind(column.name);
        traits.push_back(known == source.traits.constEnd() ? traitsOf(column, engine) : *known);
    }
    return traits;
}

Result<QStringList> exportedColumns(const ExportSource::Rows &rows)
{
    QStringList columns;
    for (const QString &name : rows.columns) {
        const CatalogColumn *column = rows.table.column(name);
        if (!column)
            return failure(ErrorCode::NotFound, ExportJobText::tr("%1 has no column %2.").arg(rows.table.name, name));
        columns.append(column->name);
    }
    if (!rows.columns.isEmpty())
        return columns;
    for (const CatalogColumn &column : rows.table.columns) {
        if (!column.hidden)
            columns.append(column.name);
    }
    return columns;
}

Result<ExportStatement> exportStatement(const ExportSource &source)
{
    if (!source.rows)
        return ExportStatement{source.sql, source.parameters, false};
    const ExportSource::Rows &rows = *source.rows;
    const Result<QStringList> columns = exportedColumns(rows);
    if (!columns)
        return failure(columns);
    if (columns->isEmpty())
        return failure(ErrorCode::InvalidInput, ExportJobText::tr("%1 has no columns to export.").arg(rows.table.name));
    QStringList quoted;
    for (const QString &column : *columns)
        quoted.append(Connection::quoted(column));
    ExportStatement statement;
    statement.parameters = rows.values;
    statement.sql = u"SELECT %1 FROM %2"_s.arg(quoted.join(u", "_s), Connection::quoted(rows.table.schema, rows.table.name));
    if (!rows.where.isEmpty())
        statement.sql += u" WHERE "_s + rows.where;
    if (!rows.order.isEmpty())
        statement.sql += u" ORDER BY "_s + rows.order;
    if (rows.limit >= 0)
        statement.sql += u" LIMIT "_s + QString::number(rows.limit);
    statement.isByRowid = rows.where.isEmpty() && rows.order.isEmpty() && rows.limit < 0 && rows.table.kind == TableKind::Table && rows.table.hasRowid();
    return statement;
}

Result<ExportReport> exportToSink(Connection &connection, const ExportSource &source, const FormatOptions &format, const ByteSink &sink,
                                  const ExportProgressSink &progress)
{
    const Result<ExportStatement> statement = exportStatement(source);
    if (!statement)
        return failure(statement);
    auto reader = connection.query(statement->sql, statement->parameters);
    if (!reader)
        return failure(reader);
    const auto rowFormat = RowFormat::make(format, (*reader)->columns(), connection.engine(), exportTraits(source, (*reader)->columns(), connection.engine()));
    if (!rowFormat)
        return noFormat(format.format);
    return streamRows(**reader, *rowFormat, sink, expectedRows(source), progress);
}

Result<ExportReport> exportToFile(Connection &connection, const ExportSource &source, const FormatOptions &format, const QString &path, std::stop_token stop,
                                  const ExportProgressSink &progress)
{
    const Result<ExportStatement> statement = exportStatement(source);
    if (!statement)
        return failure(statement);
    if (format.format == u"xlsx")
        return exportToXlsx(connection, *statement, source, format, path, progress);
    if (!statement->isByRowid || QFileInfo(path).exists() != QFileInfo(path).isFile())
        return writeWholeFile(path, [&](const ByteSink &sink) { return exportToSink(connection, source, format, sink, progress); });
    OutputFile file(path);
    if (const Result<> opened = file.open(); !opened)
        return failure(opened);
    Result<ExportReport> report = RangeExport(connection, source, format, file, std::move(stop), progress).run();
    if (!report)
        return report;
    if (const Result<> committed = file.commit(); !committed)
        return failure(committed);
    return report;
}

Result<ExportReport> writeWholeFile(const QString &path, const std::function<Result<ExportReport>(const ByteSink &)> &write)
{
    OutputFile file(path);
    if (const Result<> opened = file.open(); !opened)
        return failure(opened);
    qint64 offset = 0;
    Result<ExportReport> report = write([&](QByteArrayView bytes) {
        Result<> written = file.write(bytes, offset);
        offset += bytes.size();
        return written;
    });
    if (!report)
        return report;
    if (const Result<> committed = file.commit(); !committed)
        return failure(committed);
    return report;
}

} // namespace turnstone
