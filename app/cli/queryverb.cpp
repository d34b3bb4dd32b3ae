// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/queryverb.h"

#include "app/cli/queryparameters.h"
#include "app/cli/recogniser.h"
#include "app/cli/texttable.h"
#include "models/profiles/foreignkeyenforcement.h"
#include "models/sql/statementkind.h"
#include "models/transfer/rowwriter.h"

#include <QCoreApplication>
#include <QFile>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct QueryverbText
{
    Q_DECLARE_TR_FUNCTIONS(QueryVerb)
};

} // namespace

void QueryVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("SQL", m_sql, "The statement; - reads it from standard input");
    command.add_option("--param", m_parameters, "A value for :n, as n=v; may be repeated")->type_name("N=V")->take_all();
    command.add_option("--format", m_format, "table, csv, json, jsonl or markdown")
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl", "markdown"}))
        ->capture_default_str();
    command.add_flag("--write", m_write, "Let the statement change the database");
}

Result<Parameters> QueryVerb::parameters() const
{
    const Result<DatabaseUrl> url = m_database.url();
    if (!url)
        return failure(url);
    return parametersFrom(m_parameters, url->engine());
}

/// A file that cannot be understood is nobody's application's: then there is nothing to tell.
void QueryVerb::tellConsequences(Connection &connection, const Streams &streams) const
{
    if (connection.engine() != Engine::Sqlite)
        return;
    const ProfileRegistry registry = loadRegistry([](const QString &) {});
    const Result<KnownDatabase> known = readAndRecognise(connection, registry);
    if (!known)
        return;
    const auto enforcement = foreignKeyEnforcement(connection, known->catalog, known->profile);
    if (!enforcement || !*enforcement)
        return;
    for (const QString &sentence : (*enforcement)->sentences())
        streams.error(u"turnstone-cli: query: "_s + sentence);
}

Result<> QueryVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_sql});
    QString sql = QString::fromStdString(m_sql);
    if (m_sql == "-") {
        QFile input;
        if (!input.open(stdin, QIODevice::ReadOnly))
            return failure(ErrorCode::Io, QueryverbText::tr("standard input cannot be read"));
        sql = QString::fromUtf8(input.readAll());
    }
    if (sql.trimmed().isEmpty())
        return failure(ErrorCode::InvalidInput, QueryverbText::tr("SQL is missing: give a statement, or - to read it from standard input"));
    const Result<Parameters> bound = parameters();
    if (!bound)
        return failure(bound);

    ConnectionOptions options;
    options.readOnly = !m_write;
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    if (m_write && statementKind(sql, SqlDialect::Sqlite) == StatementKind::Write)
        tellConsequences(**connection, context.streams);
    auto reader = (*connection)->query(sql, *bound);
    if (!reader) {
        Error error = reader.error();
        if (error.code == ErrorCode::ReadOnly && !m_write)
            error.message += QueryverbText::tr(" Give --write to let the statement change the database.");
        if (error.position >= 0)
            error.message += QueryverbText::tr(" (at character %1)").arg(error.position + 1);
        if (error.code == ErrorCode::InvalidInput)
            error.code = ErrorCode::Syntax; // the statement is at fault, not the command line
        return tl::unexpected(error);
    }
    std::unique_ptr<RowWriter> writer = m_format == "table" ? std::make_unique<TextTableWriter>(context.streams.out)
                                                            : makeRowWriter(QString::fromStdString(m_format), context.streams.out);
    const bool hasRows = !(*reader)->columns().empty();
    if (hasRows) {
        if (const Result<> begun = writer->begin((*reader)->columns(), (*connection)->engine()); !begun)
            return begun;
    }
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block);
        if (!more) {
            Error error = more.error();
            if (error.code == ErrorCode::ReadOnly && !m_write)
                error.message += QueryverbText::tr(" Give --write to let the statement change the database.");
            return tl::unexpected(error);
        }
        if (hasRows) {
            if (const Result<> written = writer->write(block); !written)
                return written;
        }
        if (!*more)
            break;
    }
    if (hasRows) {
        if (const Result<> ended = writer->end(); !ended)
            return ended;
        for (const QString &place : writer->undecodable())
            context.streams.error(u"turnstone-cli: query: not UTF-8: "_s + place);
    } else {
        context.streams.error(QueryverbText::tr("done"));
    }
    return {};
}

} // namespace turnstone::cli
