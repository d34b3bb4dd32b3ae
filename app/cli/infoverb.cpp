// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/infoverb.h"

#include "models/core/jsonwriter.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct InfoverbText
{
    Q_DECLARE_TR_FUNCTIONS(InfoVerb)
};

void writeList(JsonWriter &json, const QStringList &words)
{
    json.beginArray();
    for (const QString &word : words)
        json.string(word);
    json.endArray();
}

void writeTextOrNull(JsonWriter &json, const QString &text)
{
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

void writeSystem(JsonWriter &json, const Recognition &found)
{
    json.beginObject();
    json.key(u"id");
    json.string(found.profile->id());
    json.key(u"variant");
    json.string(found.variant);
    json.key(u"title");
    json.string(found.profile->title());
    json.key(u"schema");
    writeTextOrNull(json, found.schema);
    json.key(u"confidence");
    json.real(found.confidence);
    json.key(u"incomplete");
    json.boolean(found.incomplete);
    json.key(u"matched");
    writeList(json, found.matched);
    json.key(u"missing");
    writeList(json, found.missing);
    json.key(u"extra");
    writeList(json, found.extra);
    json.endObject();
}

QString migrationText(const MigrationState &state)
{
    const QString recorded = state.tracking.isEmpty() ? InfoverbText::tr("not tracked") : InfoverbText::tr("tracked in %1").arg(state.tracking);
    QString text = recorded;
    if (!state.current.isEmpty())
        text = (state.isInferred ? InfoverbText::tr("%1 by its schema (%2)") : InfoverbText::tr("%1 (%2)")).arg(state.current, recorded);
    if (!state.unknown.isEmpty())
        text += InfoverbText::tr(", which is not known here");
    else if (state.pending && state.pending->isEmpty())
        text += InfoverbText::tr(", nothing pending");
    else if (state.pending)
        text += InfoverbText::tr(", pending: %1").arg(state.pending->join(u", "_s));
    return text;
}

} // namespace

void InfoVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_flag("--json", m_json, "Print JSON");
}

Result<MigrationState> InfoVerb::readMigration(Connection &connection, const KnownDatabase &known)
{
    // The history that leads to the variant found; not every variant has one on every engine.
    std::optional<MigrationFolder> history;
    if (!known.recognitions.empty()) {
        const Recognition &found = known.recognitions.front();
        const ProfileVariant *variant = found.profile->variant(found.variant);
        const QString folder = variant ? variant->schemaFolder(connection.engine()) : QString();
        if (Result<MigrationFolder> bundled = MigrationFolder::bundled(folder); !folder.isEmpty() && bundled)
            history = std::move(*bundled);
    }
    return readMigrationState(connection, known.catalog, known.profile, history ? &*history : nullptr);
}

Result<InfoVerb::Facts> InfoVerb::gather(Connection &connection, const ProfileRegistry &registry)
{
    Facts facts;
    const Result<Health> health = connection.health();
    if (!health)
        return failure(health);
    facts.health = *health;
    Result<KnownDatabase> known = readAndRecognise(connection, registry);
    if (!known)
        return failure(known);
    facts.known = std::move(*known);
    if (connection.engine() == Engine::Sqlite) {
        facts.sizeBytes = QFileInfo(connection.url().filePath()).size();
    } else if (const auto size = connection.queryValue(u"SELECT pg_database_size(current_database())"_s); size) {
        facts.sizeBytes = size->toDisplayText().toLongLong();
    }
    for (const CatalogTable &table : facts.known.catalog.tables) {
        const QString schema = connection.engine() == Engine::Sqlite ? QString() : table.schema;
        const Result<Value> count = connection.queryValue(u"SELECT count(*) FROM "_s + Connection::quoted(schema, table.name));
        if (!count && count.error().code == ErrorCode::Cancelled)
            return failure(count);
        facts.rows.push_back(count ? std::optional<qint64>(count->toDisplayText().toLongLong()) : std::nullopt);
    }
    const Result<MigrationState> migration = readMigration(connection, facts.known);
    if (!migration)
        return failure(migration);
    facts.migration = *migration;
    return facts;
}

QByteArray InfoVerb::asJson(const Connection &connection, const Facts &facts) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    const bool isFile = connection.engine() == Engine::Sqlite;
    json.beginObject();
    json.key(u"engine");
    json.string(isFile ? u"sqlite"_s : u"postgresql"_s);
    json.key(u"version");
    json.string(facts.health.version);
    if (isFile) {
        json.key(u"path");
        json.string(connection.url().filePath());
    } else {
        json.key(u"host");
        json.string(facts.health.host);
        json.key(u"port");
        json.integer(facts.health.port);
        json.key(u"database");
        json.string(facts.health.database);
        json.key(u"extensions");
        writeList(json, facts.health.extensions);
    }
    json.key(u"size_bytes");
    json.integer(facts.sizeBytes);
    json.key(u"system");
    if (facts.known.recognitions.empty())
        json.null();
    else
        writeSystem(json, facts.known.recognitions.front());
    json.key(u"systems"); // all of them: two applications may share a database
    json.beginArray();
    for (const Recognition &found : facts.known.recognitions)
        writeSystem(json, found);
    json.endArray();
    json.key(u"tables");
    json.beginArray();
    for (std::size_t i = 0; i < facts.known.catalog.tables.size(); ++i) {
        const CatalogTable &table = facts.known.catalog.tables[i];
        json.beginObject();
        json.key(u"name");
        json.string(table.name);
        if (!isFile) {
            json.key(u"schema");
            json.string(table.schema);
        }
        json.key(u"rows");
        if (facts.rows[i])
            json.integer(*facts.rows[i]);
        else
            json.null();
        if (!table.problem.isEmpty()) {
            json.key(u"problem");
            json.string(table.problem);
        }
        json.key(u"columns");
        json.beginArray();
        for (const CatalogColumn &column : table.columns) {
            json.beginObject();
            json.key(u"name");
            json.string(column.name);
            json.key(u"type");
            json.string(column.type);
            json.key(u"nullable");
            json.boolean(!column.notNull);
            json.key(u"primary_key");
            json.boolean(column.primaryKeyPosition > 0);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
    if (isFile && !facts.known.recognitions.empty()) {
        json.key(u"application_enforces_foreign_keys");
        json.boolean(facts.known.profile.enforcesForeignKeys);
    }
    json.key(u"migration");
    json.beginObject();
    json.key(u"tracking");
    writeTextOrNull(json, facts.migration.tracking);
    json.key(u"current");
    writeTextOrNull(json, facts.migration.current);
    json.key(u"inferred");
    json.boolean(facts.migration.isInferred && !facts.migration.current.isEmpty());
    json.key(u"head");
    writeTextOrNull(json, facts.migration.head);
    json.key(u"pending");
    if (facts.migration.pending)
        writeList(json, *facts.migration.pending);
    else
        json.null();
    json.key(u"unknown");
    writeList(json, facts.migration.unknown);
    json.endObject();
    json.endObject();
    out += '\n';
    return out;
}

QByteArray InfoVerb::asText(const Connection &connection, const Facts &facts) const
{
    QString out;
    const auto line = [&](const QString &name, const QString &value) { out += name.leftJustified(12) + value + u'\n'; };
    line(InfoverbText::tr("database"), connection.url().displayText());
    line(InfoverbText::tr("engine"), facts.health.version);
    if (facts.sizeBytes >= 0)
        line(InfoverbText::tr("size"), QLocale::c().formattedDataSize(facts.sizeBytes));
    if (!facts.health.extensions.isEmpty())
        line(InfoverbText::tr("extensions"), facts.health.extensions.join(u", "_s));
    if (facts.known.recognitions.empty())
        line(InfoverbText::tr("system"), InfoverbText::tr("none that a profile knows"));
    for (const Recognition &found : facts.known.recognitions) {
        QString text = InfoverbText::tr("%1 (%2), variant %3").arg(found.profile->title(), found.profile->id(), found.variant);
        if (!found.schema.isEmpty() && connection.engine() == Engine::PostgreSql)
            text += InfoverbText::tr(", schema %1").arg(found.schema);
        if (found.incomplete)
            text += InfoverbText::tr(", incomplete");
        line(InfoverbText::tr("system"), text);
        if (!found.missing.isEmpty())
            line(QString(), InfoverbText::tr("missing: %1").arg(found.missing.join(u", "_s)));
        if (!found.extra.isEmpty())
            line(QString(), InfoverbText::tr("extra: %1").arg(found.extra.join(u", "_s)));
    }
    line(InfoverbText::tr("migrations"), migrationText(facts.migration));
    out += u'\n';
    qsizetype widest = 0;
    for (const CatalogTable &table : facts.known.catalog.tables)
        widest = std::max(widest, table.name.size());
    for (std::size_t i = 0; i < facts.known.catalog.tables.size(); ++i) {
        const CatalogTable &table = facts.known.catalog.tables[i];
        out += table.name.leftJustified(widest) + u' '
               + (facts.rows[i] ? QLocale::c().toString(*facts.rows[i]) : u"?"_s).rightJustified(14)
               + InfoverbText::tr(" rows, %1 columns").arg(table.columns.size()) + (table.problem.isEmpty() ? QString() : u"  "_s + table.problem) + u'\n';
    }
    return out.toUtf8();
}

Result<> InfoVerb::run(VerbContext &context)
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<Facts> facts = gather(**connection, registry);
    if (!facts)
        return failure(facts);
    return context.streams.out(m_json ? asJson(**connection, *facts) : asText(**connection, *facts));
}

} // namespace turnstone::cli
