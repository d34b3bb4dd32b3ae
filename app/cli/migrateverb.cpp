// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/migrateverb.h"

#include "models/catalog/catalogreader.h"
#include "models/core/jsonwriter.h"
#include "models/migration/convertedcopy.h"
#include "models/migration/migrationschema.h"
#include "models/schemadiff/schemamigration.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct MigrateverbText
{
    Q_DECLARE_TR_FUNCTIONS(MigrateVerb)
};

Result<> writeFile(const QString &path, const QByteArray &content)
{
    if (QFileInfo::exists(path))
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("there is a file \"%1\" already").arg(path));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return failure(ErrorCode::Io, MigrateverbText::tr("\"%1\" cannot be written: %2").arg(path, file.errorString()));
    return {};
}

} // namespace

void MigrateVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("ACTION", m_action, "status, up, down, convert, stamp, sql, new or diff");
    command.add_option("NAME", m_word, "new: words for the file's name");
    command.add_option("--to", m_to, "A revision, head, base, -1 … -n, or a variant to convert to")->type_name("REV");
    command.add_option("--dir", m_folder, "Your own migrations: NNN_name.sql files, or an Alembic directory (shown only)")->type_name("DIR");
    command.add_option("--system", m_system, "Whose history; see turnstone-cli profiles")->type_name("ID");
    command.add_option("--variant", m_variant, "Which of its variants")->type_name("V");
    command.add_option("--against", m_against, "diff: the database to become like")->type_name("DB");
    command.add_option("--rename", m_renames, "diff: a table or column was renamed: old=new, t.old=t.new; may be repeated")->type_name("A=B")->take_all();
    command.add_flag("--no-renames", m_noRenames, "diff: what looks renamed is not");
    command.add_option("-o,--output", m_output, "diff, sql: write to this file; convert: the new database")->type_name("FILE");
    command.add_option("--backup", m_backupFile, "Where the backup before a run goes (default: beside the file)")->type_name("FILE");
    command.add_flag("--no-backup", m_noBackup, "Run without a backup");
    command.add_flag("--no-trial", m_noTrial, "Do not try everything in a transaction that is rolled back first");
    command.add_flag("--out-of-order", m_outOfOrder, "Run migrations that were added before others that have run");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<> MigrateVerb::read(Place &place)
{
    Result<MigrationOverview> overview = readMigrationOverview(*place.connection, m_registry,
                                                               {QString::fromStdString(m_folder), QString::fromStdString(m_system), QString::fromStdString(m_variant)});
    if (!overview)
        return failure(overview);
    place.catalog = std::move(overview->catalog);
    place.history = std::move(overview->history);
    place.state = std::move(overview->state);
    place.alembic = std::move(overview->alembic);
    return {};
}

Result<MigrateVerb::Place> MigrateVerb::open(VerbContext &context, bool writing)
{
    m_registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    ConnectionOptions options;
    options.readOnly = !writing;
    // A folder or a system can be run on nothing at all.
    options.createFile = writing && m_action == "up" && (!m_folder.empty() || !m_system.empty());
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    Place place;
    place.connection = std::move(*connection);
    if (const Result<> done = read(place); !done)
        return failure(done);
    return place;
}

Result<> MigrateVerb::status(VerbContext &context)
{
    // Drift on a server is found in a schema that is made and rolled back, which a read-only connection cannot do.
    const Result<DatabaseUrl> url = m_database.url();
    auto place = open(context, url && url->engine() == Engine::PostgreSql);
    if (!place)
        return failure(place);
    const StopGuard guard(*place->connection, context.stop);
    MigrateStatus status;
    if (place->alembic) {
        status.drift.emplace();
    } else if (!place->history.folder) {
        status.drift.emplace();
    } else if (Result<MigrationDrift> drift = findDrift(*place->connection, place->catalog, place->history, place->state); drift) {
        status.drift = std::move(drift->changes);
    } else if (drift.error().code == ErrorCode::Cancelled) {
        return failure(drift);
    } else {
        status.driftProblem = drift.error().message;
    }
    status.history = std::move(place->history);
    status.state = std::move(place->state);
    status.alembic = std::move(place->alembic);
    return context.streams.out(m_json ? asJson(status) : asText(status));
}

Result<MigrationPlan> MigrateVerb::plan(const Place &place, bool isUp) const
{
    if (place.alembic) {
        return failure(ErrorCode::Unsupported, MigrateverbText::tr("an Alembic directory is only shown: its revisions are Python, which Turnstone does not run; use alembic for that"));
    }
    const Engine engine = place.connection->engine();
    for (const MigrationConversion &conversion : place.history.conversions) {
        if (!m_to.empty() && to() == (isUp ? conversion.to : conversion.from) && place.history.found == (isUp ? conversion.from : conversion.to))
            return planConversion(place.history, place.state, engine, to());
    }
    MigrationPlanOptions options;
    options.outOfOrder = m_outOfOrder;
    return isUp ? planUp(place.history, place.state, engine, to(), options) : planDown(place.history, place.state, engine, to());
}

Result<> MigrateVerb::move(VerbContext &context, bool isUp)
{
    const Result<DatabaseUrl> url = m_database.url();
    const bool wasThere = url && (url->engine() == Engine::PostgreSql || QFileInfo::exists(url->filePath()));
    auto place = open(context, true);
    if (!place)
        return failure(place);
    const StopGuard guard(*place->connection, context.stop);
    const Result<MigrationPlan> planned = plan(*place, isUp);
    if (!planned) {
        place->connection.reset();
        if (url && !wasThere && QFileInfo(url->filePath()).size() == 0)
            QFile::remove(url->filePath());
        return failure(planned);
    }
    if (planned->steps.empty()) {
        context.streams.error(MigrateverbText::tr("nothing to do: the database is at %1").arg(place->state.current.isEmpty() ? u"base"_s : place->state.current));
        return m_json ? context.streams.out(asJson(MigrationOutcome(), place->state)) : Result<>();
    }
    MigrationRunOptions options;
    options.backup = !m_noBackup;
    options.backupFile = m_backupFile.empty() ? QString() : QFileInfo(QString::fromStdString(m_backupFile)).absoluteFilePath();
    options.backupFolder = QDir::currentPath();
    options.trial = !m_noTrial;
    options.now = QDateTime::currentDateTimeUtc();
    options.stop = context.stop;
    options.log = [&](const QString &sentence) { context.streams.error(sentence); };
    options.progress = [&](const MigrationProgress &progress) {
        if (context.streams.errIsTerminal && progress.total > 0)
            context.streams.err(u"\r%1/%2 %3 %\033[K\r"_s.arg(progress.step + 1).arg(std::max(progress.steps, 1)).arg(100 * progress.done / progress.total).toUtf8());
    };
    const Result<MigrationOutcome> outcome = runMigrations(*place->connection, place->history, place->state, *planned, options);
    if (!outcome) {
        Error error = outcome.error();
        const bool isOfTheBackup = error.code == ErrorCode::NotFound || error.code == ErrorCode::Unsupported;
        if (isOfTheBackup && options.backup && url->engine() == Engine::PostgreSql)
            error.message += MigrateverbText::tr(" (--no-backup does)");
        return tl::unexpected(error);
    }
    for (const MigrationCountResult &count : outcome->counts)
        context.streams.error(MigrateverbText::tr("%1: %L2 before, %L3 after").arg(count.title).arg(count.before).arg(count.after));
    if (const Result<> again = read(*place); !again)
        return again;
    context.streams.error(MigrateverbText::tr("now at %1").arg(place->state.current.isEmpty() ? u"base"_s : place->state.current));
    return m_json ? context.streams.out(asJson(*outcome, place->state)) : Result<>();
}

Result<> MigrateVerb::convert(VerbContext &context)
{
    if (m_output.empty())
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("say with -o where the new database goes"));
    m_registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    MigrationRunOptions options;
    options.now = QDateTime::currentDateTimeUtc();
    options.stop = context.stop;
    options.log = [&](const QString &sentence) { context.streams.error(sentence); };
    options.progress = [&](const MigrationProgress &progress) {
        if (context.streams.errIsTerminal && progress.total > 0)
            context.streams.err(u"\r%1 %\033[K\r"_s.arg(100 * progress.done / progress.total).toUtf8());
    };
    const Result<ConvertedCopy> copy = convertCopy(**connection, m_registry, QString::fromStdString(m_output), to(), options);
    if (!copy)
        return failure(copy);
    for (const MigrationCountResult &count : copy->outcome.counts)
        context.streams.error(MigrateverbText::tr("%1: %L2 in the old one, %L3 in the new one").arg(count.title).arg(count.before).arg(count.after));
    context.streams.error(MigrateverbText::tr("%1 has the schema \"%2\"; the old database is as it was").arg(copy->path, copy->to));
    if (!m_json)
        return {};
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    json.key(u"path");
    json.string(copy->path);
    json.key(u"from");
    json.string(copy->from);
    json.key(u"to");
    json.string(copy->to);
    json.key(u"counts");
    json.beginObject();
    for (const MigrationCountResult &count : copy->outcome.counts) {
        json.key(count.title);
        json.integer(count.after);
    }
    json.endObject();
    json.endObject();
    return context.streams.out(out + '\n');
}

Result<> MigrateVerb::stamp(VerbContext &context)
{
    auto place = open(context, true);
    if (!place)
        return failure(place);
    const StopGuard guard(*place->connection, context.stop);
    if (place->alembic)
        return failure(ErrorCode::Unsupported, MigrateverbText::tr("an Alembic directory is only shown; use alembic stamp"));
    QString revision = to();
    if (revision.isEmpty())
        revision = place->state.current.isEmpty() ? u"head"_s : place->state.current;
    if (const Result<> done = stampMigrations(*place->connection, place->history, place->state, revision); !done)
        return done;
    context.streams.error(MigrateverbText::tr("stamped %1 in %2").arg(revision, place->history.tracking.table()));
    return {};
}

Result<> MigrateVerb::printSql(VerbContext &context)
{
    const Result<DatabaseUrl> url = m_database.url();
    if (!url)
        return failure(url);
    auto place = open(context, false);
    if (!place)
        return failure(place);
    const bool isBelow = to() == "base"_L1 || to().startsWith(u'-') || (place->history.folder && [&] {
        const std::ptrdiff_t at = m_to.empty() ? -1 : place->history.folder->find(to());
        return at >= 0 && static_cast<std::size_t>(at) < place->state.isApplied.size() && place->state.isApplied[static_cast<std::size_t>(at)];
    }());
    const Result<MigrationPlan> planned = plan(*place, !isBelow);
    if (!planned)
        return failure(planned);
    for (const QString &warning : planned->warnings)
        context.streams.error(warning);
    const QByteArray text = planned->toSql(url->engine(), place->history.tracking).toUtf8();
    return m_output.empty() ? context.streams.out(text) : writeFile(QString::fromStdString(m_output), text);
}

Result<> MigrateVerb::makeFile(VerbContext &context) const
{
    if (m_folder.empty())
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("say with --dir where the new migration goes"));
    static const QRegularExpression unwelcome(u"[^A-Za-z0-9]+"_s);
    const QString words = QString::fromStdString(m_word).replace(unwelcome, u"_"_s);
    if (words.isEmpty() || words == "_"_L1)
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("say what the migration does, as in: new add_ratings"));
    const QDir folder(QString::fromStdString(m_folder));
    if (AlembicFolder::isOne(folder.path()))
        return failure(ErrorCode::Unsupported, MigrateverbText::tr("that is an Alembic directory; use alembic revision"));
    if (!folder.exists() && !QDir().mkpath(folder.path()))
        return failure(ErrorCode::Io, MigrateverbText::tr("the folder \"%1\" cannot be made").arg(folder.path()));
    QString number = u"0001"_s;
    bool isPlain = false;
    if (!folder.entryList({u"*.sql"_s}, QDir::Files).isEmpty()) {
        const Result<MigrationFolder> known = MigrationFolder::load(folder.path());
        if (!known)
            return failure(known);
        const MigrationFile &last = known->files().back();
        const bool isTime = last.version.size() == 14;
        number = isTime ? QDateTime::currentDateTimeUtc().toString(u"yyyyMMddhhmmss"_s) : QString::number(last.number + 1).rightJustified(last.version.size(), u'0');
        isPlain = last.form == MigrationFile::Form::Plain;
    }
    const QString title = QString::fromStdString(m_word);
    const QString text = isPlain ? u"-- Migration %1: %2\n-- What it does, in a sentence.\n\nBEGIN;\n\n\n\nCOMMIT;\n\n-- Rollback:\n-- \n"_s.arg(number, title)
                                 : u"-- %1\n-- What it does, in a sentence.\n\n-- migrate:up\n\n\n-- migrate:down\n\n"_s.arg(title);
    const QString path = folder.filePath(u"%1_%2.sql"_s.arg(number, words));
    if (const Result<> written = writeFile(path, text.toUtf8()); !written)
        return written;
    return context.streams.out(path.toUtf8() + '\n');
}

Result<SchemaOf> MigrateVerb::diffTarget(VerbContext &context, Place &place)
{
    if (!m_against.empty()) {
        const Result<DatabaseUrl> url = DatabaseUrl::parse(QString::fromStdString(m_against));
        if (!url)
            return failure(url);
        auto other = Connection::open(*url, {});
        if (!other)
            return failure(other);
        (*other)->setStopToken(context.stop);
        Result<Catalog> catalog = readCatalog(**other);
        if (!catalog)
            return failure(catalog);
        const QString schema = url->engine() == Engine::Sqlite ? u"main"_s : catalog->schemas.value(0, u"public"_s);
        return SchemaOf{std::move(*catalog), schema};
    }
    if (!place.history.folder)
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("no history is known for this database; say --against DB, --dir DIR or --system ID"));
    std::size_t count = place.history.folder->files().size();
    if (!m_to.empty() && m_to != "head") {
        const std::ptrdiff_t at = place.history.folder->find(to());
        if (at < 0)
            return failure(ErrorCode::InvalidInput, MigrateverbText::tr("there is no revision \"%1\" in this history").arg(to()));
        count = static_cast<std::size_t>(at) + 1;
    }
    return schemaAfter(*place.history.folder, count, *place.connection);
}

Result<SchemaCompareOptions> MigrateVerb::compareOptions(const Place &place) const
{
    SchemaCompareOptions options;
    options.ignoredTables = recordTables(place.history);
    for (const std::string &word : m_renames) {
        const QString text = QString::fromStdString(word);
        const qsizetype equals = text.indexOf(u'=');
        const QString before = text.left(equals);
        const QString after = text.mid(equals + 1);
        if (equals < 1 || after.isEmpty() || before.count(u'.') != after.count(u'.') || before.count(u'.') > 1)
            return failure(ErrorCode::InvalidInput, MigrateverbText::tr("--rename takes old=new for tables and table.old=table.new for columns, not \"%1\"").arg(text));
        options.renames.emplace_back(before, after);
    }
    return options;
}

Result<> MigrateVerb::diff(VerbContext &context)
{
    const Result<DatabaseUrl> url = m_database.url();
    auto place = open(context, url && url->engine() == Engine::PostgreSql && m_against.empty());
    if (!place)
        return failure(place);
    const StopGuard guard(*place->connection, context.stop);
    if (place->alembic)
        return failure(ErrorCode::Unsupported, MigrateverbText::tr("an Alembic directory is only shown: what its revisions make is known to Python alone"));
    const Result<SchemaOf> target = diffTarget(context, *place);
    if (!target)
        return failure(target);
    const Result<SchemaCompareOptions> options = compareOptions(*place);
    if (!options)
        return failure(options);
    const SchemaView from{place->catalog, schemaOf(place->catalog, place->history)};
    const SchemaView goal{target->catalog, target->schema};
    if (from.catalog.engine != goal.catalog.engine)
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("a SQLite file and a PostgreSQL database cannot be compared statement by statement"));
    const SchemaDiff found = compareSchemas(from, goal, *options);
    if (!found.questions.empty() && !m_noRenames) {
        QStringList words;
        for (const RenameQuestion &question : found.questions)
            words.append(u"--rename "_s + question.word());
        return failure(ErrorCode::InvalidInput, MigrateverbText::tr("was something renamed? Say %1, or --no-renames").arg(words.join(MigrateverbText::tr(" or "))));
    }
    if (found.isSame())
        context.streams.error(MigrateverbText::tr("no difference"));
    for (const SchemaChange &change : found.changes)
        context.streams.error(change.sentence());
    if (found.isSame())
        return {};
    const Result<SchemaMigration> migration = writeSchemaMigration(from, goal, *options);
    if (!migration)
        return failure(migration);
    const QByteArray text = migration->toFile(MigrateverbText::tr("Written by a comparison, to be read before it is run")).toUtf8();
    return m_output.empty() ? context.streams.out(text) : writeFile(QString::fromStdString(m_output), text);
}

Result<> MigrateVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_action, &m_word});
    if (m_action == "status" || m_action.empty())
        return status(context);
    if (m_action == "up" || m_action == "down")
        return move(context, m_action == "up");
    if (m_action == "convert")
        return convert(context);
    if (m_action == "stamp")
        return stamp(context);
    if (m_action == "sql")
        return printSql(context);
    if (m_action == "new")
        return makeFile(context);
    if (m_action == "diff")
        return diff(context);
    return failure(ErrorCode::InvalidInput, MigrateverbText::tr("there is no action \"%1\"; there are status, up, down, convert, stamp, sql, new and diff").arg(QString::fromStdString(m_action)));
}

} // namespace turnstone::cli
