// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/exportverb.h"

#include "app/cli/progressline.h"
#include "app/cli/queryparameters.h"
#include "models/documents/chatexport.h"
#include "models/documents/treedocument.h"
#include "models/documents/treeexport.h"
#include "models/transfer/profiletraits.h"

#include <QCoreApplication>
#include <QLocale>

namespace turnstone::cli {

using namespace Qt::StringLiterals;

namespace {

struct ExportVerbText
{
    Q_DECLARE_TR_FUNCTIONS(ExportVerb)
};

} // namespace

void ExportVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("--table", m_table, "A table or view; SCHEMA.TABLE on PostgreSQL")->type_name("T");
    command.add_option("--query", m_query, "The rows of a statement")->type_name("SQL");
    command.add_option("--param", m_parameters, "With --query: a value for :n, as n=v; may be repeated")->type_name("N=V")->take_all();
    command.add_option("--tree", m_tree, "A hierarchy with everything below it, such as games")->type_name("ROOT");
    command.add_option("--id", m_id, "With --tree, or a table as chat: one record")->type_name("K");
    command.add_option("--where", m_where, "With --table: a condition")->type_name("SQL");
    command.add_option("--columns", m_columns, "With --table: these columns only")->type_name("A,B");
    command.add_option("-o,--output", m_file, "The file; without it, standard output")->type_name("FILE");
    m_format.declare(command);
}

Result<> ExportVerb::checkWords() const
{
    const int sources = static_cast<int>(!m_table.empty()) + static_cast<int>(!m_query.empty()) + static_cast<int>(!m_tree.empty());
    if (sources != 1)
        return failure(ErrorCode::InvalidInput, ExportVerbText::tr("say what: one of --table T, --query SQL, --tree ROOT"));
    if ((!m_where.empty() || !m_columns.empty()) && m_table.empty())
        return failure(ErrorCode::InvalidInput, ExportVerbText::tr("--where and --columns belong to --table"));
    const QString format = m_format.format();
    if (!m_tree.empty() && format != u"json" && format != u"jsonl" && format != u"markdown" && format != u"chat")
        return failure(ErrorCode::InvalidInput, ExportVerbText::tr("a hierarchy is written as json, jsonl, markdown or chat"));
    if (format == u"chat" && !m_query.empty())
        return failure(ErrorCode::InvalidInput, ExportVerbText::tr("chat needs --table or --tree"));
    if (format == u"xlsx" && m_file.empty())
        return failure(ErrorCode::InvalidInput, ExportVerbText::tr("a workbook needs a file: -o FILE"));
    return {};
}

Result<ExportSource> ExportVerb::source(const KnownDatabase &known) const
{
    ExportSource source;
    if (!m_query.empty()) {
        source.sql = QString::fromStdString(m_query);
        const Result<Parameters> parameters = parametersFrom(m_parameters, known.catalog.engine);
        if (!parameters)
            return failure(parameters);
        source.parameters = *parameters;
        return source;
    }
    const Result<const CatalogTable *> table = tableNamed(known, QString::fromStdString(m_table));
    if (!table)
        return failure(table);
    ExportSource::Rows rows;
    rows.table = **table;
    rows.where = QString::fromStdString(m_where);
    if (!m_columns.empty()) {
        for (const QString &name : QString::fromStdString(m_columns).split(u','))
            rows.columns.append(name.trimmed());
    }
    if (const TableProfile *profile = known.profile.table((*table)->name))
        source.traits = traitsOf(*profile);
    source.rows = std::move(rows);
    return source;
}

Result<ExportReport> ExportVerb::write(VerbContext &context, Connection &connection, const KnownDatabase &known, const FormatOptions &format) const
{
    const Result<ExportSource> what = source(known);
    if (!what)
        return failure(what);
    FormatOptions options = format;
    if (what->rows) {
        options.table = what->rows->table.name;
        options.schema = connection.engine() == Engine::Sqlite ? QString() : what->rows->table.schema;
    } else if (options.table.isEmpty()) {
        options.table = u"query"_s;
    }
    ProgressLine line(context.streams);
    const auto progress = [&](const ExportProgress &at) { line.show(at.rows, at.fraction); };
    if (m_file.empty())
        return exportToSink(connection, *what, options, context.streams.out, progress);
    return exportToFile(connection, *what, options, QString::fromStdString(m_file), context.stop, progress);
}

Result<ExportReport> ExportVerb::writeDocuments(VerbContext &context, Connection &connection, const KnownDatabase &known, const FormatOptions &format) const
{
    DocumentRequest request;
    request.root = QString::fromStdString(m_tree.empty() ? m_table : m_tree);
    request.isTable = m_tree.empty();
    request.key = QString::fromStdString(m_id);
    request.where = QString::fromStdString(m_where);
    request.format = format;
    ProgressLine line(context.streams);
    const auto progress = [&](const ExportProgress &at) { line.show(at.rows, at.fraction); };
    const auto writeTo = [&](const ByteSink &sink) -> Result<ExportReport> {
        if (format.format == u"chat")
            return exportChats(connection, known.catalog, known.profile, request, sink, progress);
        if (format.format == u"markdown")
            return exportDocuments(connection, known.catalog, known.profile, request, sink, progress);
        return exportTree(connection, known.catalog, known.profile, request, sink, context.stop, progress);
    };
    return m_file.empty() ? writeTo(context.streams.out) : writeWholeFile(QString::fromStdString(m_file), writeTo);
}

Result<> ExportVerb::run(VerbContext &context)
{
    if (const Result<> checked = checkWords(); !checked)
        return checked;
    const Result<FormatOptions> format = m_format.options();
    if (!format)
        return failure(format);
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const bool isDocument = !m_tree.empty() || format->format == u"chat";
    Result<ExportReport> report = isDocument ? writeDocuments(context, **connection, *known, *format) : write(context, **connection, *known, *format);
    if (!report) {
        Error error = report.error();
        if (error.position >= 0)
            error.message += ExportVerbText::tr(" (at character %1)").arg(error.position + 1);
        return tl::unexpected(error);
    }
    for (const QString &place : std::as_const(report->undecodable))
        context.streams.error(u"turnstone-cli: export: not UTF-8: "_s + place);
    for (const QString &note : std::as_const(report->notes))
        context.streams.error(u"turnstone-cli: export: "_s + note);
    if (!m_file.empty()) {
        context.streams.error(ExportVerbText::tr("%1: %L2 rows, %3").arg(QString::fromStdString(m_file)).arg(report->rows)
                                  .arg(QLocale::c().formattedDataSize(report->bytes, 1, QLocale::DataSizeSIFormat)));
    }
    return {};
}

} // namespace turnstone::cli
