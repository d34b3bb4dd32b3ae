// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/migrationspanel.h"

#include "models/connections/memorysecretstore.h"
#include "models/edit/editsession.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/panels/tasks.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QThreadPool>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class CountedTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()>) override { return ++begun; }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int) override { ++ended; }
    void note(const QString &) override {}
    int begun = 0;
    int ended = 0;
};

} // namespace

/// Drives the panel by clicks and keys, on real databases.
class tst_MigrationsPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void theTimeLineShowsWhereItStands();
    void goingBackAndForwardRuns();
    void nothingRunsBeforeItIsConfirmed();
    void driftIsListedAndMarked();
    void whatAStepChangesIsCompared();
    void aConversionIsOffered();
    void aFolderOfTheUsersIsRun();
    void anErrorIsShownAndLogged();
    void aReadOnlyDatabaseIsOnlyShown();
    void theSafetyLevelIsHeeded();
    void aRecordNobodyKnowsIsShownAndNotTouched();
    void aServerIsShownAndMoved();
    void aRunIsShownAndStopped();

private:
    void open(const QString &system, const QString &variant = {}, bool isReadOnly = false) { openAt(DatabaseUrl::forFile(file()), system, variant, isReadOnly); }
    void openAt(const DatabaseUrl &url, const QString &system, const QString &variant = {}, bool isReadOnly = false);
    void show(const QVariantMap &arguments = {});
    template<typename T>
    T *child(const char *name) const
    {
        auto *found = m_panel->findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("no %s", name);
        return found;
    }
    QString file() const { return m_folder->filePath(u"x.db"_s); }
    StationModel *model() const { return qobject_cast<StationModel *>(child<QListView>("migrationStations")->model()); }
    void choose(int row) { child<QListView>("migrationStations")->setCurrentIndex(model()->index(row)); }
    void picture(const QString &name) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    QThreadPool m_workers;
    MemorySecretStore m_secrets;
    CountedTasks m_tasks;
    std::unique_ptr<PanelServices> m_services;
    std::unique_ptr<SessionPool> m_pool;
    DatabaseContext m_context;
    std::unique_ptr<MigrationsPanel> m_panel;
};

void tst_MigrationsPanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    // The server with pgvector may be newer than the pg_dump of the distribution; its own is beside it.
    if (const QByteArray programs = qgetenv("TURNSTONE_TEST_PGVECTOR_BIN"); !programs.isEmpty())
        qputenv("PATH", programs + ':' + qgetenv("PATH"));
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
}

void tst_MigrationsPanel::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<QSettings>(m_folder->filePath(u"s.ini"_s), QSettings::IniFormat);
    m_services = std::make_unique<PanelServices>(PanelServices{*m_settings, m_workers, m_secrets, m_tasks, m_folder->path(), m_folder->path()});
}

void tst_MigrationsPanel::cleanup()
{
    m_panel.reset();
    m_pool.reset();
}

void tst_MigrationsPanel::picture(const QString &name) const
{
    if (const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES"); !folder.isEmpty())
        m_panel->grab().save(folder + u"/migrations-"_s + name + u".png"_s);
}

void tst_MigrationsPanel::openAt(const DatabaseUrl &url, const QString &system, const QString &variant, bool isReadOnly)
{
    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    {
        const ProfileRegistry registry = ProfileRegistry::load();
        const auto profile = registry.profile(system);
        const ProfileVariant *wanted = variant.isEmpty() ? &profile->defaultVariant() : profile->variant(variant);
        const auto connection = Connection::open(url, options);
        QVERIFY(MigrationFolder::bundled(wanted->schemaFolder(url.engine()))->install(**connection));
        QVERIFY(writeDemo(**connection, {system, wanted->id, 1, 1}));
    }
    options.createFile = false;
    options.readOnly = isReadOnly;
    OpenedSystem opened(url);
    m_context = opened.context;
    m_pool = std::make_unique<SessionPool>(url, options);
    m_context.pool = m_pool.get();
}

void tst_MigrationsPanel::show(const QVariantMap &arguments)
{
    m_panel = std::make_unique<MigrationsPanel>(*m_services, m_context, arguments);
    m_panel->resize(1000, 640);
    QSignalSpy settled(m_panel.get(), &Panel::settled);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
    QTRY_VERIFY_WITH_TIMEOUT(settled.count() > 0, 20'000);
}

void tst_MigrationsPanel::theTimeLineShowsWhereItStands()
{
    open(u"project-2501"_s);
    show();
    const QAbstractItemModelTester tester(model());
    QCOMPARE(model()->rowCount(), 9);
    QCOMPARE(model()->currentRow(), 8);
    QVERIFY(child<QLabel>("migrationHeading")->text().contains(u"As documented"));
    QVERIFY(child<QLabel>("migrationState")->text().contains(u"At 0008_add_first_message_id, read off the schema"));
    QVERIFY(child<QLabel>("migrationState")->text().contains(u"nothing pending"));
    QCOMPARE(child<QListView>("migrationStations")->currentIndex().row(), 8);
    QVERIFY(child<QTextBrowser>("migrationAbout")->toPlainText().contains(u"First message of a memory"));
    QVERIFY(child<QPlainTextEdit>("migrationUp")->toPlainText().contains(u"CREATE TABLE conversation_memory_new"));
    QVERIFY(!child<QPushButton>("migrateHere")->isEnabled()); // it is there already
    QCOMPARE(child<QListWidget>("migrationDrift")->count(), 1);
    QVERIFY(child<QListWidget>("migrationDrift")->item(0)->text().contains(u"exactly"));
    QVERIFY(model()->index(8).data(Qt::AccessibleTextRole).toString().contains(u"current"));
    picture(u"head"_s);
}

void tst_MigrationsPanel::goingBackAndForwardRuns()
{
    open(u"project-2501"_s);
    show();
    choose(6);
    QCOMPARE(child<QPushButton>("migrateHere")->text(), u"Go back to here…"_s);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QVERIFY(child<QWidget>("migrationPlan")->isVisible());
    QVERIFY(child<QLabel>("migrationPlanText")->text().contains(u"0008_add_first_message_id down, 0007_add_conversation_memory down"));
    picture(u"plan"_s);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QVERIFY(!m_panel->reasonToStay().isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(model()->currentRow(), 6, 20'000);
    QVERIFY(m_panel->reasonToStay().isEmpty());
    QVERIFY(child<QLabel>("migrationState")->text().contains(u"2 pending"));
    QVERIFY(child<QPlainTextEdit>("migrationLog")->toPlainText().contains(u"Backup: "));
    QCOMPARE(QDir(m_folder->path()).entryList({u"x.backup-*-before-0008_add_first_message_id.db"_s}).size(), 1);
    QCOMPARE(sqlValue(file(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'conversation_memory'"_s), u"0"_s);
    QCOMPARE(m_tasks.begun, m_tasks.ended);
    picture(u"pending"_s);
    child<QTabWidget>("migrationPages")->setCurrentIndex(5);
    picture(u"log"_s);
    choose(8);
    QCOMPARE(child<QPushButton>("migrateHere")->text(), u"Migrate to here…"_s);
    child<QListView>("migrationStations")->setFocus();
    QTest::keyClick(child<QListView>("migrationStations"), Qt::Key_Return);
    QVERIFY(child<QWidget>("migrationPlan")->isVisible());
    child<QCheckBox>("migrationBackup")->setChecked(false);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(model()->currentRow(), 8, 20'000);
    QCOMPARE(QDir(m_folder->path()).entryList({u"x.backup-*"_s}).size(), 1);
}

void tst_MigrationsPanel::nothingRunsBeforeItIsConfirmed()
{
    open(u"project-2501"_s);
    show();
    choose(0);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("migrationNotNow"), Qt::LeftButton);
    QVERIFY(!child<QWidget>("migrationPlan")->isVisible());
    QCOMPARE(m_tasks.begun, m_tasks.ended);
    QCOMPARE(sqlValue(file(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'conversation_memory'"_s), u"1"_s);
    QVERIFY(child<QPlainTextEdit>("migrationLog")->toPlainText().isEmpty());
}

void tst_MigrationsPanel::driftIsListedAndMarked()
{
    open(u"consensus-engine"_s);
    QCOMPARE(executeSql(file(), u"ALTER TABLE rounds ADD COLUMN mood TEXT; CREATE TABLE notes(x)"_s), QString());
    show();
    auto *list = child<QListWidget>("migrationDrift");
    QTRY_COMPARE(list->count(), 2);
    QCOMPARE(model()->stations()[0].drift, 2);
    QVERIFY(list->item(0)->text().contains(u"notes") || list->item(1)->text().contains(u"notes"));
    QVERIFY(child<QTabWidget>("migrationPages")->tabText(4).contains(u"2"));
    child<QTabWidget>("migrationPages")->setCurrentIndex(4);
    QVERIFY(child<QPushButton>("migrationRepair")->isVisible());
    picture(u"drift"_s);
    QSignalSpy asked(m_panel.get(), &Panel::placeRequested);
    emit list->itemActivated(list->item(0));
    QCOMPARE(asked.count(), 1);
}

void tst_MigrationsPanel::whatAStepChangesIsCompared()
{
    open(u"project-2501"_s);
    show();
    choose(7);
    child<QTabWidget>("migrationPages")->setCurrentIndex(1);
    auto *list = child<QListWidget>("migrationChanges");
    QTRY_VERIFY_WITH_TIMEOUT(list->count() > 0 && list->item(0)->text().contains(u"conversation_memory"), 20'000);
    QVERIFY(list->item(0)->text().startsWith(u'+'));
    picture(u"schema"_s);
}

void tst_MigrationsPanel::aConversionIsOffered()
{
    open(u"consensus-engine"_s, u"shipped"_s);
    show();
    QCOMPARE(model()->rowCount(), 2);
    QCOMPARE(model()->stations()[1].kind, Station::Kind::Conversion);
    choose(1);
    QCOMPARE(child<QPushButton>("migrateHere")->text(), u"Convert…"_s);
    QVERIFY(child<QTextBrowser>("migrationAbout")->toPlainText().contains(u"Counted before and after"));
    picture(u"conversion"_s);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(sqlValue(file(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'model_responses'"_s), u"1"_s, 20'000);
    QTRY_VERIFY(child<QPlainTextEdit>("migrationLog")->toPlainText().contains(u"responses: "));
}

void tst_MigrationsPanel::aFolderOfTheUsersIsRun()
{
    open(u"consensus-engine"_s);
    const QString folder = m_folder->filePath(u"m"_s);
    QDir().mkpath(folder);
    QFile out(folder + u"/001_mood.sql"_s);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write("-- Moods\n\nBEGIN;\nALTER TABLE rounds ADD COLUMN mood TEXT;\nCOMMIT;\n\n-- Rollback:\n-- ALTER TABLE rounds DROP COLUMN mood;\n");
    out.close();
    show({{u"folder"_s, folder}});
    QCOMPARE(model()->rowCount(), 1);
    QCOMPARE(m_panel->saveState().value(u"folder"_s).toString(), folder);
    QCOMPARE(child<QPlainTextEdit>("migrationDown")->toPlainText(), u"ALTER TABLE rounds DROP COLUMN mood;"_s);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(model()->currentRow(), 0, 20'000);
    QCOMPARE(sqlValue(file(), u"SELECT version FROM schema_migrations"_s), u"001"_s);
}

void tst_MigrationsPanel::anErrorIsShownAndLogged()
{
    open(u"consensus-engine"_s);
    const QString folder = m_folder->filePath(u"m"_s);
    QDir().mkpath(folder);
    QFile out(folder + u"/001_bad.sql"_s);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write("CREATE TABLE good(a);\nINSERT INTO nowhere VALUES (1);\n");
    out.close();
    show({{u"folder"_s, folder}});
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(child<QPlainTextEdit>("migrationLog")->toPlainText().contains(u"001_bad.sql, line 2"), 20'000);
    QCOMPARE(sqlValue(file(), u"SELECT count(*) FROM sqlite_schema WHERE name IN ('good', 'schema_migrations')"_s), u"0"_s);
    picture(u"error"_s);
    child<QTabWidget>("migrationPages")->setCurrentIndex(5);
    picture(u"error-log"_s);
}

void tst_MigrationsPanel::aReadOnlyDatabaseIsOnlyShown()
{
    open(u"project-2501"_s, {}, true);
    show();
    choose(0);
    QVERIFY(!child<QPushButton>("migrateHere")->isEnabled());
    QVERIFY(child<QPushButton>("migrateHere")->toolTip().contains(u"without --read-only"));
}

void tst_MigrationsPanel::theSafetyLevelIsHeeded()
{
    open(u"project-2501"_s);
    EditSession edits(*m_pool, m_context.catalog, m_context.profile);
    m_context.edits = &edits;
    show();
    choose(6);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    QVERIFY(child<QWidget>("migrationPlan")->isVisible());
    edits.setAccess(WriteAccess::ReadOnly);
    QVERIFY(!child<QWidget>("migrationPlan")->isVisible());
    QVERIFY(!child<QPushButton>("migrateHere")->isEnabled());
    QVERIFY(!child<QPushButton>("stampHere")->isEnabled());
    QVERIFY(child<QPushButton>("migrateHere")->toolTip().contains(u"The status bar changes that"));
    child<QListView>("migrationStations")->setFocus();
    QTest::keyClick(child<QListView>("migrationStations"), Qt::Key_Return);
    QVERIFY(m_panel->findChild<MessageBar *>()->text().contains(u"The status bar changes that"));
    QVERIFY(!child<QWidget>("migrationPlan")->isVisible());
    QCOMPARE(m_tasks.begun, m_tasks.ended);
    QCOMPARE(sqlValue(file(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'conversation_memory'"_s), u"1"_s);
    edits.setAccess(WriteAccess::Free);
    QVERIFY(child<QPushButton>("migrateHere")->isEnabled());
    QVERIFY(m_panel->findChild<MessageBar *>()->text().isEmpty());
    m_panel.reset();
}

void tst_MigrationsPanel::aRecordNobodyKnowsIsShownAndNotTouched()
{
    open(u"consensus-engine"_s);
    QCOMPARE(executeSql(file(), u"UPDATE alembic_version SET version_num = 'f00dcafe'"_s), QString());
    show();
    const auto &stations = model()->stations();
    QVERIFY(std::any_of(stations.begin(), stations.end(), [](const Station &station) { return station.kind == Station::Kind::Unknown && station.revision == u"f00dcafe"; }));
    QVERIFY(child<QLabel>("migrationState")->text().contains(u"nothing will be touched"));
    for (int row = 0; row < model()->rowCount(); ++row) {
        choose(row);
        QVERIFY(!child<QPushButton>("migrateHere")->isEnabled());
    }
    picture(u"unknown"_s);
}

void tst_MigrationsPanel::aServerIsShownAndMoved()
{
    const TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    openAt(*DatabaseUrl::parse(database.url()), u"project-2501"_s);
    QCOMPARE(database.execute(u"ALTER TABLE personas ADD COLUMN mood text; CREATE TABLE jottings(x int)"_s), QString());
    show();
    auto *drift = child<QListWidget>("migrationDrift");
    QTRY_COMPARE(drift->count(), 2);
    child<QTabWidget>("migrationPages")->setCurrentIndex(4);
    picture(u"server-drift"_s);
    QCOMPARE(database.execute(u"ALTER TABLE personas DROP COLUMN mood; DROP TABLE jottings"_s), QString());
    child<QTabWidget>("migrationPages")->setCurrentIndex(0);
    const int current = model()->currentRow();
    QVERIFY(current > 1);
    choose(current - 2);
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    picture(u"server-plan"_s);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(model()->currentRow(), current - 2, 20'000);
    QVERIFY(child<QLabel>("migrationState")->text().contains(u"2 pending"));
    QCOMPARE(QDir(m_folder->filePath(u"backups"_s)).entryList({u"*.dump"_s}).size(), 1);
    picture(u"server-pending"_s);
    child<QTabWidget>("migrationPages")->setCurrentIndex(5);
    picture(u"server-log"_s);
    m_panel.reset();
    m_pool.reset();
}

void tst_MigrationsPanel::aRunIsShownAndStopped()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    openAt(*DatabaseUrl::parse(database.url()), u"consensus-engine"_s);
    const QString folder = m_folder->filePath(u"m"_s);
    QDir().mkpath(folder);
    QFile out(folder + u"/001_slow.sql"_s);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write("-- Takes its time\n\nCREATE TABLE slow(a int);\nSELECT pg_sleep(60);\n");
    out.close();
    show({{u"folder"_s, folder}});
    QTest::mouseClick(child<QPushButton>("migrateHere"), Qt::LeftButton);
    child<QCheckBox>("migrationBackup")->setChecked(false);
    QTest::mouseClick(child<QPushButton>("migrationGo"), Qt::LeftButton);
    QTRY_COMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"_s), u"1"_s);
    QTRY_VERIFY(child<QLabel>("migrationProgressText")->isVisible() && !child<QLabel>("migrationProgressText")->text().isEmpty());
    QVERIFY(!child<QPushButton>("migrateHere")->isEnabled());
    picture(u"running"_s);
    QTest::mouseClick(child<QPushButton>("migrationStop"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_panel->reasonToStay().isEmpty(), 20'000);
    QTRY_VERIFY(!child<QPushButton>("migrationStop")->isVisible());
    QVERIFY(m_panel->findChild<MessageBar *>()->text().startsWith(u"Stopped."));
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_class WHERE relname IN ('slow', 'schema_migrations')"_s), u"0"_s);
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"_s), u"0"_s);
    QCOMPARE(m_tasks.begun, m_tasks.ended);
    QTRY_VERIFY(child<QPushButton>("migrateHere")->isEnabled()); // it can be tried again
    picture(u"stopped"_s);
    m_panel.reset();
    m_pool.reset();
}

QTEST_MAIN(tst_MigrationsPanel)
#include "tst_migrationspanel.moc"
