// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/migratereport.h"

#include "models/core/jsonwriter.h"

#include <QCoreApplication>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct MigrateReportText
{
    Q_DECLARE_TR_FUNCTIONS(MigrateReport)
};

void writeList(JsonWriter &json, QStringView key, const QStringList &words)
{
    json.key(key);
    json.beginArray();
    for (const QString &word : words)
        json.string(word);
    json.endArray();
}

void writeText(JsonWriter &json, QStringView key, const QString &text)
{
    json.key(key);
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

void writeDrift(JsonWriter &json, const MigrateStatus &status)
{
    json.key(u"drift");
    if (!status.drift) {
        json.null();
        writeText(json, u"drift_unknown", status.driftProblem);
        return;
    }
    json.beginArray();
    for (const SchemaChange &change : *status.drift) {
        json.beginObject();
        writeText(json, u"table", change.table);
        writeText(json, u"object", change.object);
        writeText(json, u"found", change.before);
        writeText(json, u"expected", change.after);
        writeText(json, u"text", change.sentence());
        json.endObject();
    }
    json.endArray();
}

void writeMigrations(JsonWriter &json, const MigrateStatus &status)
{
    json.key(u"migrations");
    json.beginArray();
    const std::vector<MigrationFile> none;
    const std::vector<MigrationFile> &files = status.history.folder ? status.history.folder->files() : none;
    for (std::size_t i = 0; i < files.size(); ++i) {
        json.beginObject();
        writeText(json, u"revision", files[i].stem());
        writeText(json, u"title", files[i].title);
        json.key(u"applied");
        json.boolean(i < status.state.isApplied.size() && status.state.isApplied[i]);
        json.key(u"reversible");
        json.boolean(files[i].hasDown());
        json.endObject();
    }
    if (status.alembic) {
        for (const AlembicRevision &revision : status.alembic->revisions()) {
            json.beginObject();
            writeText(json, u"revision", revision.revision);
            writeList(json, u"down_revision", revision.downRevisions);
            writeList(json, u"branch_labels", revision.branchLabels);
            writeText(json, u"title", revision.title);
            writeText(json, u"description", revision.description);
            writeText(json, u"file", revision.fileName);
            json.key(u"applied");
            json.boolean(status.state.applied.contains(revision.revision));
            json.endObject();
        }
    }
    json.endArray();
}

} // namespace

QByteArray asJson(const MigrateStatus &status)
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    writeText(json, u"system", status.history.system);
    writeText(json, u"variant", status.history.variant);
    writeText(json, u"found_variant", status.history.found);
    writeText(json, u"tracking", status.state.tracking);
    writeText(json, u"current", status.state.current);
    json.key(u"inferred");
    json.boolean(status.state.isInferred && !status.state.current.isEmpty());
    writeText(json, u"head", status.state.head);
    if (status.alembic)
        writeList(json, u"heads", status.alembic->heads());
    writeList(json, u"applied", status.state.applied);
    json.key(u"pending");
    if (status.state.pending) {
        json.beginArray();
        for (const QString &word : *status.state.pending)
            json.string(word);
        json.endArray();
    } else {
        json.null();
    }
    writeDrift(json, status);
    writeList(json, u"unknown", status.state.unknown);
    writeList(json, u"edited", status.state.edited);
    json.key(u"conversions");
    json.beginArray();
    for (const MigrationConversion &conversion : status.history.conversions) {
        if (conversion.from != status.history.found)
            continue;
        json.beginObject();
        writeText(json, u"to", conversion.to);
        writeText(json, u"title", conversion.title);
        json.endObject();
    }
    json.endArray();
    writeMigrations(json, status);
    json.endObject();
    out += '\n';
    return out;
}

QByteArray asText(const MigrateStatus &status)
{
    QString out;
    const auto line = [&](const QString &name, const QString &value) { out += name.leftJustified(12) + value + u'\n'; };
    const MigrationState &state = status.state;
    if (!status.history.system.isEmpty())
        line(MigrateReportText::tr("history"), status.history.isUsers ? status.history.folder->path() : MigrateReportText::tr("%1, variant %2").arg(status.history.system, status.history.variant));
    else if (status.history.folder)
        line(MigrateReportText::tr("history"), status.history.folder->path());
    line(MigrateReportText::tr("recorded in"), state.tracking.isEmpty() ? MigrateReportText::tr("nothing; read off the schema") : state.tracking);
    line(MigrateReportText::tr("current"), state.current.isEmpty() ? MigrateReportText::tr("none") : state.isInferred ? MigrateReportText::tr("%1, by its schema").arg(state.current) : state.current);
    line(MigrateReportText::tr("head"), state.head.isEmpty() ? MigrateReportText::tr("no history is known") : state.head);
    if (!state.unknown.isEmpty())
        line(MigrateReportText::tr("unknown"), MigrateReportText::tr("%1: newer than this history, or of others").arg(state.unknown.join(u", "_s)));
    if (!state.edited.isEmpty())
        line(MigrateReportText::tr("edited"), MigrateReportText::tr("%1: changed after it was run").arg(state.edited.join(u", "_s)));
    if (status.alembic) {
        for (const AlembicRevision &revision : status.alembic->revisions()) {
            const bool isApplied = state.applied.contains(revision.revision);
            const QString after = revision.downRevisions.isEmpty() ? MigrateReportText::tr("base") : revision.downRevisions.join(u", "_s);
            out += u"  %1 %2  %3 (%4)\n"_s.arg(isApplied ? u"●"_s : u"○"_s, revision.revision, revision.title, MigrateReportText::tr("after %1").arg(after));
        }
        if (status.alembic->heads().size() > 1)
            line(MigrateReportText::tr("branches"), MigrateReportText::tr("%1 are not merged").arg(status.alembic->heads().join(u", "_s)));
    } else if (status.history.folder) {
        const auto &files = status.history.folder->files();
        for (std::size_t i = 0; i < files.size(); ++i) {
            const bool isApplied = i < state.isApplied.size() && state.isApplied[i];
            out += u"  %1 %2  %3%4\n"_s.arg(isApplied ? u"●"_s : u"○"_s, files[i].stem(), files[i].title, files[i].hasDown() ? QString() : MigrateReportText::tr(" (no way down)"));
        }
    }
    if (!status.drift)
        line(MigrateReportText::tr("drift"), MigrateReportText::tr("unknown: %1").arg(status.driftProblem));
    else if (status.drift->empty())
        line(MigrateReportText::tr("drift"), MigrateReportText::tr("none"));
    else
        line(MigrateReportText::tr("drift"), QString());
    for (const SchemaChange &change : status.drift.value_or(std::vector<SchemaChange>()))
        out += u"  ! "_s + change.sentence() + u'\n';
    for (const MigrationConversion &conversion : status.history.conversions) {
        if (conversion.from == status.history.found)
            line(MigrateReportText::tr("conversion"), MigrateReportText::tr("up --to %1: %2").arg(conversion.to, conversion.title));
    }
    return out.toUtf8();
}

QByteArray asJson(const MigrationOutcome &outcome, const MigrationState &state)
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    writeText(json, u"backup", outcome.backupFile);
    writeList(json, u"done", outcome.done);
    json.key(u"counts");
    json.beginArray();
    for (const MigrationCountResult &count : outcome.counts) {
        json.beginObject();
        writeText(json, u"of", count.title);
        json.key(u"before");
        json.integer(count.before);
        json.key(u"after");
        json.integer(count.after);
        json.endObject();
    }
    json.endArray();
    writeList(json, u"notes", outcome.notes);
    writeText(json, u"current", state.current);
    writeText(json, u"head", state.head);
    json.endObject();
    out += '\n';
    return out;
}

} // namespace turnstone::cli
