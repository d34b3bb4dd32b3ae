// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/postgresdump.h"
#include "models/demo/demowriter.h"
#include "models/schemadiff/schemadiff.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"
#include "tests/unit/models/migration/migrationplace.h"

#include <QScopeGuard>

#include <map>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Every system on every engine: up to the head, down to nothing, up again; and between variants with data.
class tst_MigrationCycle : public QObject
{
    Q_OBJECT

private slots:
    void upDownAndUpAgain_data();
    void upDownAndUpAgain();
    void dataSurviveTheWayDownAndUp_data();
    void dataSurviveTheWayDownAndUp();
    void everyStepKeepsTheRowsOfASample_data();
    void everyStepKeepsTheRowsOfASample();
    void conversionsKeepEverything_data();
    void conversionsKeepEverything();

private:
    using Columns = std::map<QString, QStringList>; // by table
    static Columns columnsOf(Connection &connection)
    {
        Columns all;
        const SchemaOf now = schema(connection);
        for (const CatalogTable &table : now.catalog.tables) {
            if (table.schema != now.schema || table.name == u"alembic_version" || table.name == u"schema_migrations" || table.name == u"applied_migrations")
                continue;
            for (const CatalogColumn &column : table.columns)
                all[table.name].append(column.name);
        }
        return all;
    }
    /// Tables and columns that are in both.
    static Columns common(const Columns &one, const Columns &other)
    {
        Columns all;
        for (const auto &[table, columns] : one) {
            const auto same = other.find(table);
            for (const QString &column : columns) {
                if (same != other.end() && same->second.contains(column))
                    all[table].append(column);
            }
        }
        return all;
    }
    /// The rows of these columns as sorted texts, each value marked off from the next.
    static std::map<QString, QStringList> rowsOf(Connection &connection, const Columns &columns)
    {
        std::map<QString, QStringList> all;
        for (const auto &[table, names] : columns) {
            QStringList parts;
            for (const QString &name : names)
                parts.append(connection.engine() == Engine::Sqlite ? u"coalesce(quote(\"%1\"), '')"_s.arg(name) : u"coalesce(quote_literal(\"%1\"::text), 'NULL')"_s.arg(name));
            QStringList &rows = all[table];
            const auto read = connection.forEachRow(u"SELECT %1 FROM \"%2\""_s.arg(parts.join(u" || '|' || "_s), table), {}, [&](const RowBlock &block, int row) {
                rows.append(Value(block.at(row, 0)).toDisplayText());
                return true;
            });
            if (!read)
                qFatal("%s", qPrintable(read.error().message));
            rows.sort();
        }
        return all;
    }

    /// The server that a history needs; null with a reason to skip.
    static bool needsVector(const QString &path)
    {
        const auto folder = MigrationFolder::bundled(path);
        return std::ranges::any_of(folder->files(), [](const MigrationFile &file) { return file.up.contains(u"EXTENSION IF NOT EXISTS vector"); });
    }
    std::unique_ptr<TestDatabase> serverFor(const QString &path);
    static SchemaOf schema(Connection &connection)
    {
        Result<Catalog> catalog = readCatalog(connection);
        if (!catalog)
            qFatal("%s", qPrintable(catalog.error().message));
        const QString name = connection.engine() == Engine::Sqlite ? u"main"_s : u"public"_s;
        return {std::move(*catalog), name};
    }
    /// The differences as sentences; empty if there are none, not even in the order of columns.
    static QString differences(const SchemaOf &from, const SchemaOf &to)
    {
        QStringList sentences;
        for (const SchemaChange &change : compareSchemas({from.catalog, from.schema}, {to.catalog, to.schema}).changes)
            sentences.append(change.sentence());
        return sentences.join(u'\n');
    }
    /// Every table's rows as sorted texts, without tables of records.
    static std::map<QString, QStringList> contents(Connection &connection)
    {
        std::map<QString, QStringList> all;
        const SchemaOf now = schema(connection);
        for (const CatalogTable &table : now.catalog.tables) {
            if (table.schema != now.schema || table.name == u"alembic_version" || table.name == u"schema_migrations" || table.name == u"applied_migrations")
                continue;
            QStringList columns;
            for (const CatalogColumn &column : table.columns)
                columns.append(connection.engine() == Engine::Sqlite ? u"coalesce(quote(\"%1\"), '')"_s.arg(column.name) : u"coalesce(\"%1\"::text, 'NULL')"_s.arg(column.name));
            columns.sort();
            QStringList rows;
            const auto read = connection.forEachRow(u"SELECT %1 FROM \"%2\""_s.arg(columns.join(u" || '|' || "_s), table.name), {}, [&](const RowBlock &block, int row) {
                rows.append(Value(block.at(row, 0)).toDisplayText());
                return true;
            });
            if (!read)
                qFatal("%s", qPrintable(read.error().message));
            rows.sort();
            all[table.name] = rows;
        }
        return all;
    }
    static void fill(Connection &connection, const QString &system, const QString &variant)
    {
        DemoOptions options;
        options.system = system;
        options.variant = variant;
        const auto written = writeDemo(connection, options);
        if (!written)
            qFatal("%s %s", qPrintable(written.error().message), qPrintable(written.error().detail));
    }
};

std::unique_ptr<TestDatabase> tst_MigrationCycle::serverFor(const QString &path)
{
    return std::make_unique<TestDatabase>(needsVector(path) ? "TURNSTONE_TEST_PGVECTOR_URL" : "TURNSTONE_TEST_PG_URL");
}

void tst_MigrationCycle::upDownAndUpAgain_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("path");
    const ProfileRegistry registry = ProfileRegistry::load();
    for (const auto &profile : registry.profiles()) {
        for (const ProfileVariant &variant : profile->variants()) {
            for (const Engine engine : {Engine::Sqlite, Engine::PostgreSql}) {
                if (const QString path = variant.schemaFolder(engine); !path.isEmpty())
                    QTest::addRow("%s, %s", qPrintable(path), qPrintable(variant.id)) << profile->id() << variant.id << path;
            }
        }
    }
}

void tst_MigrationCycle::upDownAndUpAgain()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    QFETCH(QString, path);
    const bool onServer = path.contains(u"/postgresql");
    std::unique_ptr<TestDatabase> server;
    std::unique_ptr<TestDatabase> other;
    if (onServer) {
        server = serverFor(path);
        REQUIRE_DATABASE(*server);
        other = serverFor(path);
    }
    MigrationPlace place(server ? server->url() : QString());
    MigrationRequest request;
    request.system = system;
    request.variant = variant;
    MigrationRunOptions options;
    options.backup = !onServer; // the server with pgvector is newer than the pg_dump at hand
    const SchemaOf nothing = schema(place.connection());
    // One step at a time, so that every level is read off the schema or the record once.
    const auto files = MigrationFolder::bundled(path)->files();
    std::vector<SchemaOf> levels{nothing};
    for (const MigrationFile &file : files) {
        const auto up = place.up(file.stem(), request, options);
        QVERIFY2(up, said(up));
        QCOMPARE(up->done.size(), 1);
        levels.push_back(schema(place.connection()));
        const auto overview = place.look(request);
        QVERIFY(overview->state.pending);
        QVERIFY2(isRevisionOf(overview->state.current, file), qPrintable(overview->state.current));
        const auto drift = findDrift(place.connection(), overview->catalog, overview->history, overview->state);
        QVERIFY2(drift, drift ? "" : qPrintable(drift.error().message + drift.error().detail));
        for (const SchemaChange &change : drift->changes)
            QFAIL(qPrintable(change.sentence()));
    }
    // The reference, written from the facts independently of the history.
    const QString reference = sourcePath(u"tests/data/schemas/%1/%2.%3.sql"_s.arg(system, variant, onServer ? u"postgresql"_s : u"sqlite"_s));
    if (QFile::exists(reference)) {
        QFile sql(reference);
        QVERIFY(sql.open(QIODevice::ReadOnly));
        MigrationPlace made(other ? other->url() : QString());
        const Result<> run = made.connection().executeScript(QString::fromUtf8(sql.readAll()));
        QVERIFY2(run, run ? "" : qPrintable(run.error().message));
        QCOMPARE(differences(levels.back(), schema(made.connection())), QString());
        QCOMPARE(differences(schema(made.connection()), levels.back()), QString());
    }
    const auto down = place.down(u"base"_s, request, options);
    QVERIFY2(down, said(down));
    QCOMPARE(static_cast<std::size_t>(down->done.size()), files.size());
    QCOMPARE(differences(nothing, schema(place.connection())), QString());
    const auto again = place.up({}, request, options);
    QVERIFY2(again, said(again));
    QCOMPARE(differences(levels.back(), schema(place.connection())), QString());
    for (std::size_t i = files.size(); i > 0; --i) {
        const auto step = place.down({}, request, options);
        QVERIFY2(step, said(step));
        QCOMPARE(differences(levels[i - 1], schema(place.connection())), QString());
    }
}

void tst_MigrationCycle::dataSurviveTheWayDownAndUp_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("to");
    QTest::newRow("project-2501 on SQLite") << u"project-2501/sqlite"_s << u"documented"_s << u"0004"_s;
    QTest::newRow("project-2501 on PostgreSQL") << u"project-2501/postgresql"_s << u"documented"_s << u"0004"_s;
    QTest::newRow("project-2501 grown") << u"project-2501/postgresql/grown"_s << u"grown"_s << u"004"_s;
}

void tst_MigrationCycle::dataSurviveTheWayDownAndUp()
{
    QFETCH(QString, path);
    QFETCH(QString, variant);
    QFETCH(QString, to);
    const bool onServer = path.contains(u"/postgresql");
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        server = serverFor(path);
        REQUIRE_DATABASE(*server);
    }
    MigrationPlace place(server ? server->url() : QString());
    QVERIFY(MigrationFolder::bundled(path)->install(place.connection()));
    fill(place.connection(), u"project-2501"_s, variant);
    MigrationRunOptions options;
    options.backup = false;
    MigrationRequest request;
    request.system = u"project-2501"_s;
    request.variant = variant;
    const auto before = contents(place.connection());
    QVERIFY(before.at(u"messages"_s).size() > 20);
    const auto down = place.down(to, request, options);
    QVERIFY2(down, said(down));
    QVERIFY(contents(place.connection()).at(u"messages"_s).size() == before.at(u"messages"_s).size());
    const auto up = place.up({}, request, options);
    QVERIFY2(up, said(up));
    const auto after = contents(place.connection());
    // What these steps add themselves (states, memories, priorities, contexts) is dropped by them; the rest is as it was.
    for (const QString &table : {u"personas"_s, u"conversations"_s, u"messages"_s})
        QCOMPARE(after.at(table), before.at(table));
    QCOMPARE(after.at(u"modules"_s).size(), before.at(u"modules"_s).size());
}

void tst_MigrationCycle::everyStepKeepsTheRowsOfASample_data()
{
    upDownAndUpAgain_data();
}

/// Every system's sample at the head, then step by step towards nothing: each step down and up again keeps every row and every
/// value of what there is on both sides of it. The first step makes the tables, so the way down from it takes everything: there
/// the backup made before holds it.
void tst_MigrationCycle::everyStepKeepsTheRowsOfASample()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    QFETCH(QString, path);
    const bool onServer = path.contains(u"/postgresql");
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        server = serverFor(path);
        REQUIRE_DATABASE(*server);
    }
    MigrationPlace place(server ? server->url() : QString());
    MigrationRequest request;
    request.system = system;
    request.variant = variant;
    MigrationRunOptions options;
    options.backup = false;
    const auto up = place.up({}, request, options);
    QVERIFY2(up, said(up));
    DemoOptions sample;
    sample.system = system;
    sample.variant = variant;
    if (const auto written = writeDemo(place.connection(), sample); !written) {
        if (written.error().code != ErrorCode::NotFound && written.error().code != ErrorCode::Unsupported)
            QFAIL(qPrintable(written.error().message + written.error().detail));
        QSKIP(qPrintable(u"there is no sample of this variant: "_s + written.error().message));
    }
    const auto history = MigrationFolder::bundled(path);
    const std::size_t files = history->files().size();
    int compared = 0;
    for (std::size_t step = files; step > 1; --step) {
        const Columns above = columnsOf(place.connection());
        std::map<std::pair<QString, QString>, QStringList> valuesAbove;
        for (const auto &[table, columns] : above) {
            for (const QString &column : columns)
                valuesAbove[{table, column}] = rowsOf(place.connection(), {{table, {column}}}).at(table);
        }
        const auto down = place.down({}, request, options);
        QVERIFY2(down, said(down));
        const QByteArray name = (down->done.front() + u" of "_s + path).toUtf8();
        Columns both = common(above, columnsOf(place.connection()));
        // It turns numbers into UUIDs: keys are made anew each way.
        if (down->done.front().startsWith(u"0003_convert_messages_to_uuid"_s))
            both.at(u"messages"_s).removeAll(u"id"_s);
        const auto rowsBelow = rowsOf(place.connection(), both);
        const auto again = place.up(history->files()[step - 1].stem(), request, options);
        QVERIFY2(again, said(again));
        QVERIFY(columnsOf(place.connection()) == above);
        const auto rowsAgain = rowsOf(place.connection(), both);
        qsizetype rows = 0;
        for (const auto &[table, columns] : both) {
            for (const QString &column : columns)
                QVERIFY2(rowsOf(place.connection(), {{table, {column}}}).at(table) == valuesAbove.at({table, column}), (name + ", " + table.toUtf8() + '.' + column.toUtf8()).constData());
            QVERIFY2(rowsBelow.at(table) == rowsAgain.at(table), (name + ", up again, " + table.toUtf8()).constData());
            rows += rowsBelow.at(table).size();
            compared += static_cast<int>(columns.size());
        }
        QVERIFY2(rows > 20, name.constData());
        const auto next = place.down({}, request, options);
        QVERIFY2(next, said(next));
    }
    QVERIFY(files == 1 || compared > 20);
    // The first step takes the tables away; the backup of before has them.
    const auto last = contents(place.connection());
    qsizetype rows = 0;
    for (const auto &[table, all] : last)
        rows += all.size();
    QVERIFY(rows > 20);
    options.backup = true;
    // The server with pgvector may be newer than the distribution's pg_dump; its own is beside it. For the other server the
    // right one has to be found although that is there.
    const auto search = qScopeGuard([path = qgetenv("PATH")] { qputenv("PATH", path); });
    if (const QByteArray programs = qgetenv("TURNSTONE_TEST_PGVECTOR_BIN"); onServer && !programs.isEmpty())
        qputenv("PATH", programs + ':' + qgetenv("PATH"));
    const auto base = place.down(u"base"_s, request, options);
    QVERIFY2(base, said(base));
    QVERIFY(contents(place.connection()).empty());
    QVERIFY(QFile::exists(base->backupFile));
    DatabaseUrl backup = DatabaseUrl::forFile(base->backupFile);
    const QString restored = server ? server->name() + u"_back"_s : QString();
    const auto drop = qScopeGuard([&] {
        if (server)
            (void)server->execute(u"DROP DATABASE IF EXISTS \"%1\" WITH (FORCE)"_s.arg(restored));
    });
    if (server) {
        backup = *DatabaseUrl::parse(server->urlOf(restored));
        const auto back = restorePostgres(base->backupFile, backup, QDateTime::currentDateTimeUtc());
        QVERIFY2(back.has_value(), back ? "" : qPrintable(back.error().message + back.error().detail));
    }
    auto copy = Connection::open(backup);
    QVERIFY2(copy.has_value(), copy ? "" : qPrintable(copy.error().message));
    const auto kept = contents(**copy);
    QCOMPARE(kept.size(), last.size());
    for (const auto &[table, all] : last)
        QVERIFY2(kept.at(table) == all, qPrintable(table));
}

void tst_MigrationCycle::conversionsKeepEverything_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    const QDir root(sourcePath(u"migrations"_s));
    for (const QString &system : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        for (const QString &engine : {u"sqlite"_s, u"postgresql"_s}) {
            for (const QString &name : QDir(root.filePath(system + u'/' + engine + u"/conversions"_s)).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QTest::addRow("%s %s %s", qPrintable(system), qPrintable(engine), qPrintable(name)) << system << engine << name.section(u"-to-"_s, 0, 0) << name.section(u"-to-"_s, 1);
        }
    }
}

void tst_MigrationCycle::conversionsKeepEverything()
{
    QFETCH(QString, system);
    QFETCH(QString, engine);
    QFETCH(QString, from);
    QFETCH(QString, to);
    const bool onServer = engine == u"postgresql";
    const auto profile = ProfileRegistry::load().profile(system);
    const QString path = profile->variant(from)->schemaFolder(onServer ? Engine::PostgreSql : Engine::Sqlite);
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        // The target may need pgvector where the source does not.
        server = std::make_unique<TestDatabase>(system == u"mindgames-arena" || system == u"consensus-engine" ? "TURNSTONE_TEST_PG_URL" : "TURNSTONE_TEST_PGVECTOR_URL");
        REQUIRE_DATABASE(*server);
        if (from == u"init-db" && server->value(u"SELECT count(*) FROM pg_available_extensions WHERE name = 'pgcrypto'"_s) == u"0")
            QCOMPARE(server->execute(u"CREATE FUNCTION public.turnstone_no_pgcrypto() RETURNS int LANGUAGE sql AS 'SELECT 1'"_s), QString());
    }
    MigrationPlace place(server ? server->url() : QString());
    const auto history = MigrationFolder::bundled(path);
    QVERIFY(history);
    for (const MigrationFile &file : history->files()) {
        QString sql = file.up;
        if (from == u"init-db") // gen_random_uuid() is built in since 13; the server with pgvector has no pgcrypto
            sql.remove(u"CREATE EXTENSION IF NOT EXISTS pgcrypto;"_s);
        const Result<> run = place.connection().executeScript(sql);
        QVERIFY2(run, run ? "" : qPrintable(run.error().message));
    }
    if (server)
        QCOMPARE(server->execute(u"DROP FUNCTION IF EXISTS public.turnstone_no_pgcrypto()"_s), QString());
    fill(place.connection(), system, from);
    const SchemaOf schemaBefore = schema(place.connection());
    const auto before = contents(place.connection());
    qsizetype rowsBefore = 0;
    for (const auto &[table, rows] : before)
        rowsBefore += rows.size();
    QVERIFY(rowsBefore > 50);
    MigrationRunOptions options;
    options.backup = false;
    const auto overview = place.look();
    QCOMPARE(overview->history.found, from);
    const auto done = place.run(*overview, planConversion(overview->history, overview->state, place.connection().engine(), to), options);
    QVERIFY2(done, said(done));
    QVERIFY(!done->counts.empty());
    for (const MigrationCountResult &count : done->counts)
        QCOMPARE(count.after, count.before);
    const auto converted = place.look();
    QVERIFY(converted);
    QCOMPARE(converted->history.found, to);
    QCOMPARE(converted->state.current, converted->state.head);
    const auto drift = findDrift(place.connection(), converted->catalog, converted->history, converted->state);
    QVERIFY2(drift, drift ? "" : qPrintable(drift.error().message));
    for (const SchemaChange &change : drift->changes)
        QFAIL(qPrintable(change.sentence()));
    const auto way = std::ranges::find_if(converted->history.conversions, [&](const MigrationConversion &one) { return one.from == from && one.to == to; });
    QVERIFY(way != converted->history.conversions.end());
    if (from == to || !way->file.hasDown())
        return;
    const auto back = place.run(*converted, planConversion(converted->history, converted->state, place.connection().engine(), from), options);
    QVERIFY2(back, said(back));
    QString left = differences(schemaBefore, schema(place.connection()));
    static const QRegularExpression order(u"[^\\n]*: the columns stand in another order\\n?"_s); // ALTER TABLE adds at the end
    QCOMPARE(left.remove(order), QString());
    const auto after = contents(place.connection());
    QCOMPARE(after.size(), before.size());
    for (const auto &[table, rows] : before)
        QCOMPARE(after.at(table), rows);
}

QTEST_GUILESS_MAIN(tst_MigrationCycle)
#include "tst_migrationcycle.moc"
