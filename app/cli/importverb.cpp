// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/importverb.h"

#include "app/cli/formatarguments.h"
#include "app/cli/progressline.h"
#include "app/cli/recogniser.h"
#include "models/catalog/catalogreader.h"
#include "models/core/jsonwriter.h"
#include "models/documents/treeimport.h"

#include <QCoreApplication>

namespace turnstone::cli {

using namespace Qt::StringLiterals;

namespace {

struct ImportVerbText
{
    Q_DECLARE_TR_FUNCTIONS(ImportVerb)
};

} // namespace

void ImportVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("FILE", m_file, "The file");
    command.add_option("--table", m_table, "The table; SCHEMA.TABLE on PostgreSQL")->type_name("T");
    command.add_option("--tree", m_tree, "The file is a hierarchy that export --tree ROOT wrote")->type_name("ROOT");
    command.add_flag("--create", m_create, "Make the table, with the types that the file's values need");
    command.add_option("--format", m_format, "csv, tsv, json or jsonl; by the file's name if left out")->check(CLI::IsMember({"csv", "tsv", "json", "jsonl"}));
    command.add_option("--null", m_null, "CSV: what an unquoted field says that is NULL")->type_name("TEXT");
    command.add_option("--separator", m_separator, "CSV: between fields; guessed if left out")->type_name("CHAR");
    command.add_flag("--no-header", m_noHeader, "CSV: the first line is a row; columns are column_1, column_2, …");
    command.add_option("--map", m_map, "A column of the file goes to another one, as a=b; a= leaves it out; may be repeated")->type_name("A=B")->take_all();
    command.add_option("--on-conflict", m_conflict, "What happens to a row whose key is there: abort, skip, replace or update")
        ->check(CLI::IsMember({"abort", "skip", "replace", "update"}))->capture_default_str();
    command.add_option("--batch", m_batch, "Commit after so many rows instead of once")->check(CLI::Range(1, 1'000'000'000))->type_name("N");
    command.add_option("--resume", m_resume, "Leave out the first rows of the file, which are saved already")->check(CLI::Range(1, 2'000'000'000))->type_name("N");
    command.add_flag("--any-bytes", m_anyBytes, "SQLite: take texts that are not UTF-8 as they are");
    command.add_flag("--dry-run", m_dryRun, "Do everything, then take it back");
    command.add_flag("--json", m_json, "Print what was done as JSON");
}

ImportConflict ImportVerb::conflict() const
{
    if (m_conflict == "skip")
        return ImportConflict::Skip;
    if (m_conflict == "replace")
        return ImportConflict::Replace;
    return m_conflict == "update" ? ImportConflict::Update : ImportConflict::Abort;
}

Result<ImportRequest> ImportVerb::request(Engine engine) const
{
    ImportRequest request;
    request.file = QString::fromStdString(m_file);
    request.reading.format = QString::fromStdString(m_format);
    request.reading.hasHeader = !m_noHeader;
    request.reading.nullText = QByteArray::fromStdString(m_null);
    request.reading.takesAnyBytes = m_anyBytes;
    if (!m_separator.empty()) {
        const Result<char> separator = separatorFrom(m_separator);
        if (!separator)
            return failure(separator);
        request.reading.separator = *separator;
    }
    request.table = QString::fromStdString(m_table);
    if (const qsizetype dot = request.table.indexOf(u'.'); dot > 0 && engine == Engine::PostgreSql) {
        request.schema = request.table.left(dot);
        request.table = request.table.mid(dot + 1);
    }
    request.createTable = m_create;
    request.conflict = conflict();
    request.isDryRun = m_dryRun;
    request.batchRows = m_batch;
    request.skippedRows = m_resume;
    if (m_map.empty())
        return request;
    const Result<ImportPreview> preview = previewImport(request.file, request.reading, engine, 1, 0);
    if (!preview)
        return failure(preview);
    for (const QString &name : preview->names)
        request.columns.push_back({name, name, {}});
    for (const std::string &word : m_map) {
        const QString text = QString::fromStdString(word);
        const qsizetype equals = text.indexOf(u'=');
        const auto found = std::find_if(request.columns.begin(), request.columns.end(), [&](const auto &column) { return column.name == text.left(equals); });
        if (equals < 1 || found == request.columns.end())
            return failure(ErrorCode::InvalidInput, ImportVerbText::tr("--map takes a column of the file and where it goes, as a=b: %1").arg(text));
        found->target = text.mid(equals + 1);
    }
    return request;
}

Result<> ImportVerb::importTree(VerbContext &context, Connection &connection) const
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    const Result<KnownDatabase> known = readAndRecognise(connection, registry);
    if (!known)
        return failure(known);
    TreeImportRequest request;
    request.file = QString::fromStdString(m_file);
    request.root = QString::fromStdString(m_tree);
    request.conflict = conflict();
    request.isDryRun = m_dryRun;
    Result<TreeImportReport> report = [&] {
        ProgressLine line(context.streams);
        return turnstone::importTree(connection, known->catalog, known->profile, request, context.stop, [&](const ImportProgress &at) { line.show(at.rows, at.fraction); });
    }();
    if (!report)
        return failure(report);
    if (m_json) {
        QByteArray out;
        JsonWriter json(out);
        json.beginObject();
        json.key(u"rows");
        json.integer(report->rows);
        json.key(u"written");
        json.integer(report->written);
        json.key(u"tables");
        json.beginObject();
        for (const auto &[table, rows] : report->tables) {
            json.key(table);
            json.integer(rows);
        }
        json.endObject();
        json.endObject();
        return context.streams.out(out + '\n');
    }
    context.streams.error(ImportVerbText::tr("%L1 rows read, %L2 written to %L3 tables%4").arg(report->rows).arg(report->written).arg(report->tables.size())
                              .arg(m_dryRun ? ImportVerbText::tr("; nothing is kept") : QString()));
    return {};
}

Result<> ImportVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_file});
    if (m_file.empty())
        return failure(ErrorCode::InvalidInput, ImportVerbText::tr("FILE is missing"));
    if (m_table.empty() == m_tree.empty())
        return failure(ErrorCode::InvalidInput, ImportVerbText::tr("say where: --table T, or --tree ROOT for a hierarchy"));
    ConnectionOptions options;
    options.readOnly = false;
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    if (!m_tree.empty())
        return importTree(context, **connection);
    const Result<ImportRequest> wanted = request((*connection)->engine());
    if (!wanted)
        return failure(wanted);
    const Result<Catalog> catalog = readCatalog(**connection);
    if (!catalog)
        return failure(catalog);
    qint64 saved = 0;
    Result<ImportReport> report = [&] {
        ProgressLine line(context.streams);
        return importFile(**connection, *catalog, *wanted, context.stop, [&](const ImportProgress &at) {
            saved = at.saved;
            line.show(at.rows, at.fraction);
        });
    }();
    if (!report && saved > 0)
        context.streams.error(ImportVerbText::tr("turnstone-cli: import: the same command with --resume %1 goes on").arg(saved));
    if (!report)
        return failure(report);
    for (const QString &note : std::as_const(report->notes))
        context.streams.error(u"turnstone-cli: import: "_s + note);
    if (m_json) {
        QByteArray out;
        JsonWriter json(out);
        json.beginObject();
        json.key(u"table");
        json.string(wanted->table);
        json.key(u"rows");
        json.integer(report->rows);
        json.key(u"written");
        json.integer(report->written);
        json.key(u"dry_run");
        json.boolean(m_dryRun);
        json.endObject();
        return context.streams.out(out + '\n');
    }
    context.streams.error(ImportVerbText::tr("%1: %L2 rows read, %L3 written%4").arg(wanted->table).arg(report->rows).arg(report->written)
                              .arg(m_dryRun ? ImportVerbText::tr("; nothing is kept") : QString()));
    return {};
}

} // namespace turnstone::cli
