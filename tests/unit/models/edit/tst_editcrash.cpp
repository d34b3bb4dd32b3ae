// SPDX-License-Identifier: GPL-3.0-or-later
// Kills a program that edits at random moments, and looks at what is left: staged edits are all there, and the database holds
// either none or all of a save. `tst_editcrash` runs a few rounds; with TURNSTONE_CRASH_ROUNDS (SQLite) and
// TURNSTONE_CRASH_ROUNDS_PG more.
#include "models/catalog/catalogreader.h"
#include "models/edit/editsave.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

#include <unistd.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr int rowsEach = 5; // of an edit: all of them in one save

struct Opened
{
    std::unique_ptr<Connection> connection;
    Catalog catalog;
    ResolvedProfile profile;
    const CatalogTable *table = nullptr;
    bool isServer = false;

    explicit Opened(const QString &where)
    {
        ConnectionOptions options;
        options.readOnly = false;
        const auto url = DatabaseUrl::parse(where);
        auto made = url ? Connection::open(*url, options) : failure(url);
        if (!made)
            return;
        connection = std::move(*made);
        isServer = connection->engine() == Engine::PostgreSql;
        catalog = readCatalog(*connection).value();
        profile = deriveProfile(catalog);
        table = catalog.table(u"t"_s);
    }
    Value value(qint64 number) const { return isServer ? Value::text(QByteArray::number(number)) : Value::integer(number); }
    RowImage image(qint64 id) const
    {
        RowImage image{{table->schema, table->name, {value(id)}, 0}, rowIdentityOf(*table).columns, {}, {}};
        const auto now = connection->queryValue((isServer ? u"SELECT n FROM t WHERE id = $1"_s : u"SELECT n FROM t WHERE id = ?1"_s), {value(id)});
        image.values.emplace(u"n"_s, now ? *now : Value());
        return image;
    }
};

/// Settles a save that was under way; what a window does when it opens the database again.
bool settle(Opened &opened, EditBuffer &buffer)
{
    if (!buffer.unsettled())
        return true;
    const auto happened = isSaved(*opened.connection, opened.catalog, buffer.rows(), *buffer.unsettled());
    if (!happened)
        return false;
    buffer.settle(*happened);
    return true;
}

/// Stages and saves for ever, saying on stdout what is certain: "staged N" and "saved N" for the value N in all rows.
int work(const QString &where, const QString &folder)
{
    Opened opened(where);
    if (opened.table == nullptr)
        return 1;
    EditBuffer buffer;
    auto journal = EditJournal::open(folder, where);
    if (!journal)
        return 1;
    buffer.setJournal(std::move(*journal));
    if (!settle(opened, buffer))
        return 1;
    for (qint64 number = opened.image(1).values.at(u"n"_s).toDisplayText().toLongLong() + 1;; ++number) {
        std::vector<RowStep> steps;
        for (qint64 id = 1; id <= rowsEach; ++id)
            steps.push_back(buffer.changeOf(opened.image(id), {{u"n"_s, opened.value(number)}}).value());
        steps.push_back(buffer.additionOf(opened.table->schema, u"t"_s, rowIdentityOf(*opened.table).columns, {{u"n"_s, opened.value(number)}}));
        buffer.stage(u"edit"_s, std::move(steps));
        std::printf("staged %lld\n", static_cast<long long>(number));
        std::fflush(stdout);
        const std::vector<StagedRow> rows = buffer.rows();
        SaveOptions options;
        options.beforeCommit = [&](const std::vector<SavedRow> &saving) { return EditBuffer::noteSaving(*buffer.journal(), saving); };
        const auto report = saveEdits(*opened.connection, opened.catalog, opened.profile, rows, options);
        if (!report || !report->isSaved)
            return 1;
        std::printf("saved %lld\n", static_cast<long long>(number));
        std::fflush(stdout);
        buffer.acceptSaved(report->rows, rows);
    }
}

} // namespace

class tst_EditCrash : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsLostAndNothingIsHalf_data();
    void nothingIsLostAndNothingIsHalf();
};

void tst_EditCrash::nothingIsLostAndNothingIsHalf_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_EditCrash::nothingIsLostAndNothingIsHalf()
{
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase server;
    QString where = folder.filePath(u"t.db"_s);
    const QString schema = u"CREATE TABLE t(id %1 PRIMARY KEY, n integer); INSERT INTO t(n) VALUES (0), (0), (0), (0), (0);"_s.arg(onServer ? u"serial"_s : u"INTEGER"_s);
    if (onServer) {
        REQUIRE_DATABASE(server);
        where = server.url();
        QCOMPARE(server.execute(schema), QString());
    } else {
        QCOMPARE(executeSql(where, schema), QString());
    }
    const int rounds = qEnvironmentVariableIntValue(onServer ? "TURNSTONE_CRASH_ROUNDS_PG" : "TURNSTONE_CRASH_ROUNDS");
    int unsettled = 0;
    int staged = 0;
    for (int round = 0; round < (rounds > 0 ? rounds : 6); ++round) {
        QProcess worker;
        worker.start(QCoreApplication::applicationFilePath(), {u"--work"_s, where, folder.path()});
        QVERIFY(worker.waitForStarted());
        QVERIFY2(worker.waitForReadyRead(30'000), worker.readAllStandardError().constData());
        ::usleep(static_cast<useconds_t>(QRandomGenerator::global()->bounded(40'000)));
        worker.kill();
        QVERIFY(worker.waitForFinished());
        qint64 lastStaged = 0;
        qint64 lastSaved = 0;
        for (const QByteArray &line : worker.readAllStandardOutput().split('\n')) {
            if (line.startsWith("staged "))
                lastStaged = line.mid(7).toLongLong();
            else if (line.startsWith("saved "))
                lastSaved = line.mid(6).toLongLong();
        }
        Opened opened(where);
        QVERIFY(opened.table != nullptr);
        const auto count = [&](const QString &sql) { return opened.connection->queryValue(sql)->toDisplayText().toLongLong(); };
        const qint64 stored = opened.image(1).values.at(u"n"_s).toDisplayText().toLongLong();
        // All rows of the save or none: the five that change and the one that is added.
        QCOMPARE(count(u"SELECT count(DISTINCT n) FROM t WHERE id <= %1"_s.arg(rowsEach)), 1);
        QCOMPARE(count(u"SELECT count(*) FROM t WHERE id > %1 AND n = %2"_s.arg(rowsEach).arg(stored)), stored == 0 ? 0 : 1);
        QVERIFY2(stored >= lastSaved, "a save that was reported is lost");
        EditBuffer buffer;
        auto journal = EditJournal::open(folder.path(), where);
        QVERIFY(journal.has_value());
        QVERIFY2(journal->damage.isEmpty(), qPrintable(journal->damage));
        buffer.setJournal(std::move(*journal));
        unsettled += buffer.unsettled() ? 1 : 0;
        QVERIFY(settle(opened, buffer));
        if (stored < lastStaged) {
            // What was reported as staged and did not reach the database is staged still.
            QCOMPARE(buffer.count(), rowsEach + 1);
            QCOMPARE(buffer.row(opened.image(1).address)->cells.at(u"n"_s).after, opened.value(lastStaged));
            ++staged;
        }
        for (const StagedRow &row : buffer.rows()) {
            if (row.kind == StagedRow::Kind::Changed)
                QVERIFY(row.cells.at(u"n"_s).after != opened.value(stored)); // nothing is offered that is saved already
        }
        // Begin the next round from nothing staged.
        std::vector<RowStep> steps;
        for (const StagedRow &row : buffer.rows())
            steps.push_back(buffer.withdrawalOf(row.address));
        buffer.stage(u"withdraw"_s, std::move(steps));
    }
    qInfo("%d rounds, %d with edits still staged, %d killed around COMMIT", rounds > 0 ? rounds : 6, staged, unsettled);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == u"--work")
        return work(arguments.value(2), arguments.value(3));
    tst_EditCrash test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_editcrash.moc"
