// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/importjob.h"

#include "models/catalog/catalogreader.h"
#include "models/importing/csvreader.h"
#include "models/importing/importsink.h"
#include "models/importing/readahead.h"
#include "models/importing/typeguess.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <chrono>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ImportJobText
{
    Q_DECLARE_TR_FUNCTIONS(ImportJob)
};

ReadOptions readingFor(const ImportRequest &request, Engine engine)
{
    ReadOptions options = request.reading;
    options.refusesNul = engine == Engine::PostgreSql;
    options.keepsBooleanWords = engine == Engine::PostgreSql;
    options.takesAnyBytes = options.takesAnyBytes && engine == Engine::Sqlite;
    return options;
}

tl::unexpected<Error> stopped()
{
    return failure(ErrorCode::Cancelled, ImportJobText::tr("The work was stopped."));
}

} // namespace

CellKind cellKindOf(const QString &type, Engine engine)
{
    const QString upper = type.toUpper();
    if (engine == Engine::PostgreSql)
        return upper == u"BYTEA" ? CellKind::Bytea : CellKind::Text;
    if (upper.contains(u"INT"_s))
        return CellKind::Number;
    if (upper.contains(u"CHAR"_s) || upper.contains(u"CLOB"_s) || upper.contains(u"TEXT"_s))
        return CellKind::Text;
    if (upper.contains(u"BLOB"_s))
        return CellKind::Blob;
    if (upper.isEmpty() || upper == u"ANY")
        return CellKind::Any;
    if (upper.contains(u"REAL"_s) || upper.contains(u"FLOA"_s) || upper.contains(u"DOUB"_s))
        return CellKind::Real;
    return CellKind::Number;
}

Result<ImportPreview> previewImport(const QString &file, const ReadOptions &options, Engine engine, qint64 maxRows, int keptRows, std::stop_token stop)
{
    auto reader = RecordReader::open(file, options);
    if (!reader)
        return failure(reader);
    (*reader)->setCollecting(true);
    ImportPreview preview;
    TypeGuesses guesses;
    RecordBlock block;
    for (bool more = true; more && preview.rowsSeen < maxRows;) {
        if (stop.stop_requested())
            return stopped();
        const Result<bool> read = (*reader)->read(block);
        guesses.look(block.rows);
        for (int row = 0; row < block.rows.rowCount() && preview.rows.size() < static_cast<std::size_t>(keptRows); ++row) {
            std::vector<Value> &values = preview.rows.emplace_back();
            for (int i = 0; i < block.rows.columnCount(); ++i)
                values.emplace_back(block.rows.at(row, i));
        }
        preview.rowsSeen += block.rows.rowCount();
        if (!read) {
            preview.problem = read.error();
            break;
        }
        more = *read;
        preview.isWhole = !more;
    }
    preview.names = (*reader)->names();
    preview.types = guesses.types(engine, static_cast<std::size_t>(preview.names.size()));
    for (std::vector<Value> &row : preview.rows)
        row.resize(static_cast<std::size_t>(preview.names.size()));
    if (const auto *csv = dynamic_cast<const CsvReader *>(reader->get()))
        preview.separator = QChar::fromLatin1(csv->separator());
    return preview;
}

namespace {

/// One import, step by step.
class Import
{
public:
    Import(Connection &connection, const Catalog &catalog, const ImportRequest &request, std::stop_token stop, const ImportProgressSink &progress)
        : m_connection(connection), m_catalog(catalog), m_request(request), m_options(readingFor(request, connection.engine())), m_stop(std::move(stop)), m_progress(progress)
    {
    }

    Result<ImportReport> run()
    {
        auto reader = RecordReader::open(m_request.file, m_options);
        if (!reader)
            return failure(reader);
        if (const Result<> known = m_request.createTable ? describeNew(**reader) : findTable((*reader)->names()); !known)
            return failure(known);
        std::vector<CellKind> kinds((*reader)->names().size(), CellKind::Text);
        for (std::size_t i = 0; i < m_target.sourceColumns.size(); ++i) {
            const CatalogColumn *column = m_target.table.column(m_target.columns[static_cast<qsizetype>(i)]);
            kinds[static_cast<std::size_t>(m_target.sourceColumns[i])] = cellKindOf(column->type, m_connection.engine());
        }
        (*reader)->setKinds(std::move(kinds));
        Result<> done = begin();
        if (done)
            done = copyRows(**reader);
        if (done)
            done = end();
        if (!done) {
            m_connection.rollback();
            return tl::unexpected(explained(done.error()));
        }
        return m_report;
    }

private:
    Result<> describeNew(RecordReader &reader);
    Result<> findTable(const QStringList &names);
    Result<> begin();
    Result<> end();
    Result<> copyRows(RecordReader &reader);
    Error explained(Error error) const;
    qint64 lineOfRow(qint64 row) const;
    std::vector<ImportRequest::Column> wantedColumns(const QStringList &names) const;

    Connection &m_connection;
    const Catalog &m_catalog;
    const ImportRequest &m_request;
    const ReadOptions m_options;
    const std::stop_token m_stop;
    const ImportProgressSink &m_progress;
    ImportSink::Target m_target;
    std::unique_ptr<ImportSink> m_sink;
    QString m_createSql;
    ImportReport m_report;
    qint64 m_savedRows = 0; // of the file, in batches that are committed
};

std::vector<ImportRequest::Column> Import::wantedColumns(const QStringList &names) const
{
    if (!m_request.columns.empty())
        return m_request.columns;
    std::vector<ImportRequest::Column> columns;
    for (const QString &name : names)
        columns.push_back({name, name, {}});
    return columns;
}

/// The table as it will be: columns in the file's order, types as asked for or as the whole file needs them.
Result<> Import::describeNew(RecordReader &reader)
{
    if (m_catalog.table(m_request.table, m_request.schema))
        return failure(ErrorCode::InvalidInput, ImportJobText::tr("There is a table %1 already.").arg(m_request.table));
    const auto columns = wantedColumns(reader.names());
    std::vector<QString> guessed;
    if (std::any_of(columns.begin(), columns.end(), [](const auto &column) { return column.type.isEmpty(); })) {
        const Result<ImportPreview> looked = previewImport(m_request.file, m_options, m_connection.engine(), std::numeric_limits<qint64>::max(), 0, m_stop);
        if (!looked)
            return failure(looked);
        if (!looked->problem.message.isEmpty())
            return tl::unexpected(looked->problem);
        guessed = looked->types;
    }
    m_target.table.engine = m_connection.engine();
    m_target.table.name = m_request.table;
    m_target.table.schema = m_request.schema.isEmpty() && m_connection.engine() == Engine::Sqlite ? u"main"_s : m_request.schema;
    QStringList definitions;
    for (const ImportRequest::Column &column : columns) {
        const qsizetype place = reader.names().indexOf(column.name);
        if (place < 0)
            return failure(ErrorCode::NotFound, ImportJobText::tr("The file has no column %1.").arg(column.name));
        if (column.target.isEmpty())
            continue;
        CatalogColumn made;
        made.name = column.target;
        made.type = column.type.isEmpty() ? guessed[static_cast<std::size_t>(place)] : column.type;
        definitions.append(Connection::quoted(made.name) + u' ' + made.type);
        m_target.columns.append(made.name);
        m_target.sourceColumns.push_back(static_cast<int>(place));
        m_target.table.columns.push_back(std::move(made));
    }
    if (definitions.isEmpty())
        return failure(ErrorCode::InvalidInput, ImportJobText::tr("There are no columns to import."));
    m_createSql = u"CREATE TABLE %1 (%2)"_s.arg(Connection::quoted(m_target.table.schema, m_target.table.name), definitions.join(u", "_s));
    m_report.createdSql = m_createSql;
    return {};
}

Result<> Import::findTable(const QStringList &names)
{
    const CatalogTable *table = m_catalog.table(m_request.table, m_request.schema);
    if (!table)
        return failure(ErrorCode::NotFound, ImportJobText::tr("There is no table %1.").arg(m_request.table));
    if (table->kind != TableKind::Table && table->kind != TableKind::Partitioned && table->kind != TableKind::ForeignTable)
        return failure(ErrorCode::Unsupported, ImportJobText::tr("%1 is no table that rows can be put into.").arg(table->name));
    m_target.table = *table;
    for (const ImportRequest::Column &wanted : wantedColumns(names)) {
        const qsizetype place = names.indexOf(wanted.name);
        if (place < 0)
            return failure(ErrorCode::NotFound, ImportJobText::tr("The file has no column %1.").arg(wanted.name));
        if (wanted.target.isEmpty())
            continue;
        const auto found = std::find_if(table->columns.begin(), table->columns.end(), [&](const CatalogColumn &column) { return column.name.compare(wanted.target, Qt::CaseInsensitive) == 0; });
        const CatalogColumn *exact = table->column(wanted.target);
        const CatalogColumn *column = exact ? exact : found == table->columns.end() ? nullptr : &*found;
        if (!column)
            return failure(ErrorCode::NotFound, ImportJobText::tr("%1 has no column %2. Its columns can be mapped, or left out.").arg(table->name, wanted.target));
        if (column->generated && !column->identity) {
            m_report.notes.append(ImportJobText::tr("%1 is computed by the database; what the file has for it is left out").arg(column->name));
            continue;
        }
        if (m_target.columns.contains(column->name))
            return failure(ErrorCode::InvalidInput, ImportJobText::tr("Two columns of the file go to %1.").arg(column->name));
        m_target.columns.append(column->name);
        m_target.sourceColumns.push_back(static_cast<int>(place));
    }
    if (m_target.columns.isEmpty())
        return failure(ErrorCode::InvalidInput, ImportJobText::tr("There are no columns to import."));
    return {};
}

Result<> Import::begin()
{
    m_target.conflict = m_request.conflict;
    m_target.fileName = QFileInfo(m_request.file).fileName();
    if (const Result<> begun = m_connection.begin(); !begun)
        return begun;
    if (!m_createSql.isEmpty()) {
        if (const auto made = m_connection.execute(m_createSql); !made)
            return failure(made);
    }
    m_sink = ImportSink::make(m_connection, m_target);
    return m_sink->begin();
}

Result<> Import::end()
{
    const Result<qint64> written = m_sink->finish();
    if (!written)
        return failure(written);
    m_report.written += *written;
    if (m_request.isDryRun) {
        m_connection.rollback();
        return {};
    }
    return m_connection.commit();
}

Result<> Import::copyRows(RecordReader &reader)
{
    ReadAhead ahead(reader);
    RecordBlock block;
    qint64 inBatch = 0;
    auto told = std::chrono::steady_clock::now();
    for (;;) {
        const Result<bool> more = ahead.next(block);
        if (!more)
            return failure(more);
        if (!*more)
            break;
        if (m_stop.stop_requested())
            return stopped();
        int row = static_cast<int>(std::clamp<qint64>(m_request.skippedRows - m_report.rows, 0, block.rows.rowCount()));
        m_report.rows += row;
        while (row < block.rows.rowCount()) {
            int count = block.rows.rowCount() - row;
            if (m_request.batchRows > 0)
                count = static_cast<int>(std::min<qint64>(count, m_request.batchRows - inBatch));
            if (const Result<> written = m_sink->write(block, row, count); !written)
                return written;
            row += count;
            m_report.rows += count;
            inBatch += count;
            if (m_request.batchRows > 0 && inBatch == m_request.batchRows && !m_request.isDryRun) {
                if (const Result<> ended = end(); !ended)
                    return ended;
                m_savedRows = m_report.rows;
                inBatch = 0;
                if (m_progress)
                    m_progress({m_report.rows, ahead.fraction(), m_savedRows});
                if (const Result<> begun = m_connection.begin(); !begun)
                    return begun;
                if (const Result<> begun = m_sink->begin(); !begun)
                    return begun;
            }
        }
        const auto now = std::chrono::steady_clock::now();
        if (m_progress && now - told > std::chrono::milliseconds(100)) {
            told = now;
            m_progress({m_report.rows, ahead.fraction(), m_savedRows});
        }
    }
    return {};
}

/// Reads the file once more up to the row that the server refused.
qint64 Import::lineOfRow(qint64 row) const
{
    auto reader = RecordReader::open(m_request.file, m_options);
    if (!reader)
        return -1;
    RecordBlock block;
    for (qint64 first = 0;;) {
        const Result<bool> more = (*reader)->read(block);
        if (!more)
            return -1;
        if (row < first + static_cast<qint64>(block.lines.size()))
            return block.lines[static_cast<std::size_t>(row - first)];
        first += static_cast<qint64>(block.lines.size());
        if (!*more)
            return -1;
    }
}

Error Import::explained(Error error) const
{
    if (m_sink && m_sink->failedRow() >= 0) {
        const qint64 line = lineOfRow(std::max(m_savedRows, m_request.skippedRows) + m_sink->failedRow());
        if (line > 0)
            error.message = ImportJobText::tr("\"%1\", line %2, %3").arg(m_target.fileName).arg(line).arg(error.message);
    }
    if (m_savedRows > 0) {
        if (!error.message.endsWith(u'.'))
            error.message += u'.';
        error.message += ImportJobText::tr(" The first %1 rows are saved; the import can go on after them.").arg(m_savedRows);
    }
    return error;
}

} // namespace

Result<ImportReport> importFile(Connection &connection, const Catalog &catalog, const ImportRequest &request, std::stop_token stop, const ImportProgressSink &progress)
{
    return Import(connection, catalog, request, std::move(stop), progress).run();
}

} // namespace turnstone
