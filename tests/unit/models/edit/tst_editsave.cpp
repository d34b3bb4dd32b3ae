// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/edit/deleteplan.h"
#include "models/edit/editsave.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// A database of either engine with a writing connection and what is known of it.
struct Subject
{
    QTemporaryDir folder;
    TestDatabase server;
    std::unique_ptr<Connection> connection;
    Catalog catalog;
    ResolvedProfile profile;
    bool isServer = false;

    QString open(bool onServer, const QString &sql)
    {
        isServer = onServer;
        DatabaseUrl url = DatabaseUrl::forFile(folder.filePath(u"t.db"_s));
        if (onServer) {
            if (const QString error = server.execute(sql); !error.isEmpty())
                return error;
            url = DatabaseUrl::parse(server.url()).value();
        } else if (const QString error = executeSql(url.filePath(), sql); !error.isEmpty()) {
            return error;
        }
        ConnectionOptions options;
        options.readOnly = false;
        auto opened = Connection::open(url, options);
        if (!opened)
            return opened.error().message;
        connection = std::move(*opened);
        return read();
    }
    QString read()
    {
        const auto known = readCatalog(*connection);
        if (!known)
            return known.error().message;
        catalog = *known;
        profile = deriveProfile(catalog);
        return {};
    }
    QString value(const QString &sql) const { return isServer ? server.value(sql) : sqlValue(folder.filePath(u"t.db"_s), sql); }
    QString execute(const QString &sql) const { return isServer ? server.execute(sql) : executeSql(folder.filePath(u"t.db"_s), sql); }

    RowImage image(const QString &table, const RowKey &key)
    {
        const CatalogTable &known = *catalog.table(table);
        RowImage image{{known.schema, known.name, key, 0}, rowIdentityOf(known).columns, {}, {}};
        QStringList names;
        for (const CatalogColumn &column : known.columns)
            names.append(column.name);
        const StagedRow row{image.address, StagedRow::Kind::Changed, image.keyColumns, {}, {}, {}};
        const BoundStatement statement = EditStatement(known).read(row, names);
        const auto done = connection->forEachRow(statement.sql, statement.values, [&](const RowBlock &block, int at) {
            for (qsizetype i = 0; i < names.size(); ++i)
                image.values.emplace(names[i], Value(block.at(at, static_cast<int>(i) + 1)));
            return false;
        });
        if (!done)
            qWarning("%s", qPrintable(done.error().message));
        return image;
    }
    Result<SaveReport> save(EditBuffer &buffer)
    {
        const std::vector<StagedRow> rows = buffer.rows();
        Result<SaveReport> report = saveEdits(*connection, catalog, profile, rows);
        if (report && report->isSaved)
            buffer.acceptSaved(report->rows, rows);
        return report;
    }
    Value key(qint64 id) const { return isServer ? Value::text(QByteArray::number(id)) : Value::integer(id); }
};

QString stage(EditBuffer &buffer, const RowImage &image, const QString &column, const Value &value)
{
    const Result<RowStep> step = buffer.changeOf(image, {{column, value}});
    if (!step)
        return step.error().message;
    buffer.stage(u"edit"_s, {*step});
    return {};
}



QString types(bool onServer)
{
    return QString::fromUtf8(testData(onServer ? u"edit/types-postgresql.sql"_s : u"edit/types-sqlite.sql"_s));
}

} // namespace

class tst_EditSave : public QObject
{
    Q_OBJECT

private slots:
    void everyOtherCellStaysAsItIs_data() { engines(); }
    void everyOtherCellStaysAsItIs();
    void everyValueSurvivesGoingAwayAndComingBack_data() { engines(); }
    void everyValueSurvivesGoingAwayAndComingBack();
    void aRowThatChangedMeanwhileIsNotOverwritten_data() { engines(); }
    void aRowThatChangedMeanwhileIsNotOverwritten();
    void whatTheEngineThinksEqualIsAConflictToo();
    void aRefusalNamesRowColumnAndRule_data() { engines(); }
    void aRefusalNamesRowColumnAndRule();
    void newRowsGetKeysAndUndoOfTheSaveTakesThemAway_data() { engines(); }
    void newRowsGetKeysAndUndoOfTheSaveTakesThemAway();
    void deletesTakeAlongWhatWasAgreed_data() { engines(); }
    void deletesTakeAlongWhatWasAgreed();
    void aReadOnlyConnectionRefuses_data() { engines(); }
    void aReadOnlyConnectionRefuses();
    void aLostAnswerIsSettledByLooking();
    void previewIsWhatTheEngineTakes();

private:
    static void engines()
    {
        QTest::addColumn<bool>("onServer");
        QTest::newRow("SQLite") << false;
        QTest::newRow("PostgreSQL") << true;
    }
    static QString differences(const Subject &subject, const QString &except)
    {
        QStringList parts;
        for (const CatalogColumn &column : subject.catalog.table(u"t"_s)->columns) {
            if (column.name == except)
                continue;
            const QString name = Connection::quoted(column.name);
            parts.append(subject.isServer ? u"(t.%1 IS NULL) <> (o.%1 IS NULL) OR format('%s', t.%1) <> format('%s', o.%1)"_s.arg(name)
                                          : u"typeof(t.%1) <> typeof(o.%1) OR CAST(t.%1 AS BLOB) IS NOT CAST(o.%1 AS BLOB)"_s.arg(name));
        }
        return u"SELECT count(*) FROM t JOIN original o ON o.id = t.id WHERE "_s + parts.join(u" OR "_s);
    }
};

void tst_EditSave::everyOtherCellStaysAsItIs()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, types(onServer) + u"CREATE TABLE original AS SELECT * FROM t;"_s), QString());
    EditBuffer buffer;
    const qint64 rows = subject.value(u"SELECT count(*) FROM t"_s).toLongLong();
    for (qint64 id = 1; id <= rows; ++id)
        QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(id)}), u"note"_s, Value::text(QStringView(u"edited"))), QString());
    const auto report = subject.save(buffer);
    QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().message));
    QVERIFY2(report->isSaved, report->problems.empty() ? "" : qPrintable(report->problems.front().sentence));
    QCOMPARE(subject.value(u"SELECT count(*) FROM t WHERE note = 'edited'"_s).toLongLong(), rows);
    QCOMPARE(subject.value(differences(subject, u"note"_s)), u"0"_s);
}

void tst_EditSave::everyValueSurvivesGoingAwayAndComingBack()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, types(onServer) + u"CREATE TABLE original AS SELECT * FROM t;"_s), QString());
    const qint64 rows = subject.value(u"SELECT count(*) FROM t"_s).toLongLong();
    const CatalogTable table = *subject.catalog.table(u"t"_s);
    for (qint64 id = 1; id <= rows; ++id) {
        const RowImage original = subject.image(u"t"_s, {subject.key(id)});
        for (const bool away : {true, false}) {
            EditBuffer buffer;
            const RowImage now = subject.image(u"t"_s, {subject.key(id)});
            std::vector<std::pair<QString, Value>> values;
            for (const CatalogColumn &column : table.columns) {
                if (column.name != u"id")
                    values.emplace_back(column.name, away ? Value::null() : original.values.at(column.name));
            }
            buffer.stage(u"all"_s, {buffer.changeOf(now, values).value()});
            const auto report = subject.save(buffer);
            QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().message));
            QVERIFY2(report->isSaved, report->problems.empty() ? "" : qPrintable(report->problems.front().column + u": "_s + report->problems.front().sentence));
        }
    }
    QCOMPARE(subject.value(differences(subject, {})), u"0"_s);
}

void tst_EditSave::aRowThatChangedMeanwhileIsNotOverwritten()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, u"CREATE TABLE t(id integer PRIMARY KEY, a text, b text); INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', 'b'), (3, 'a', 'b');"_s), QString());
    EditBuffer buffer;
    for (qint64 id = 1; id <= 3; ++id)
        QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(id)}), u"a"_s, Value::text(QStringView(u"mine"))), QString());
    QCOMPARE(subject.execute(u"UPDATE t SET a = 'theirs' WHERE id = 1; UPDATE t SET b = 'theirs' WHERE id = 2; DELETE FROM t WHERE id = 3;"_s), QString());
    const auto report = subject.save(buffer);
    QVERIFY(report.has_value());
    QVERIFY(!report->isSaved);
    QCOMPARE(report->problems.size(), 2u); // the other column of row 2 is nobody's matter
    QCOMPARE(report->problems[0].kind, SaveProblem::Kind::Changed);
    QCOMPARE(report->problems[0].column, u"a"_s);
    QCOMPARE(report->problems[0].now.at(u"a"_s), Value::text(QStringView(u"theirs")));
    QCOMPARE(report->problems[1].kind, SaveProblem::Kind::Gone);
    QCOMPARE(subject.value(u"SELECT count(*) FROM t WHERE a = 'mine'"_s), u"0"_s);
    QCOMPARE(buffer.count(), 3);
    // The merge: mine over theirs that I have seen, and the vanished row given up.
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(1)}), u"a"_s, Value::text(QStringView(u"a"))), QString());
    buffer.stage(u"merge"_s, {buffer.withdrawalOf(report->problems[1].row)});
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(1)}), u"a"_s, Value::text(QStringView(u"merged"))), QString());
    const auto second = subject.save(buffer);
    QVERIFY(second && second->isSaved);
    QCOMPARE(subject.value(u"SELECT a || b FROM t WHERE id = 1"_s), u"mergedb"_s);
    QCOMPARE(subject.value(u"SELECT a || b FROM t WHERE id = 2"_s), u"minetheirs"_s);
}

void tst_EditSave::whatTheEngineThinksEqualIsAConflictToo()
{
    Subject subject;
    QCOMPARE(subject.open(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b NUMERIC, c); INSERT INTO t VALUES (1, 'a', 1, 1), (2, 'a', 1, 1), (3, 'a', 1, 1);"_s), QString());
    EditBuffer buffer;
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {Value::integer(1)}), u"a"_s, Value::text(QStringView(u"mine"))), QString());
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {Value::integer(2)}), u"c"_s, Value::integer(5)), QString());
    QCOMPARE(subject.execute(u"UPDATE t SET a = 'A' WHERE id = 1; UPDATE t SET c = 1.0 WHERE id = 2;"_s), QString());
    const auto report = subject.save(buffer);
    QVERIFY(report && !report->isSaved);
    QCOMPARE(report->problems.size(), 2u);
}

void tst_EditSave::aRefusalNamesRowColumnAndRule()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, u"CREATE TABLE o(id integer PRIMARY KEY); INSERT INTO o VALUES (1);"
                                    "CREATE TABLE t(id integer PRIMARY KEY, name text NOT NULL, n integer, o_id integer REFERENCES o(id), CONSTRAINT uq_name UNIQUE(name),"
                                    " CONSTRAINT n_small CHECK (n < 10)); INSERT INTO t VALUES (1, 'one', 1, 1), (2, 'two', 2, 1);"_s),
             QString());
    const std::vector<std::tuple<QString, Value, QString>> cases = {
        {u"name"_s, Value::text(QStringView(u"two")), u"already"_s}, {u"name"_s, Value::null(), u"NULL"_s}, {u"n"_s, Value::integer(11), u"n < 10"_s}, {u"o_id"_s, Value::integer(99), u"o"_s}};
    for (const auto &[column, value, words] : cases) {
        EditBuffer buffer;
        QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(1)}), column, value), QString());
        const auto report = subject.save(buffer);
        QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().message));
        QVERIFY(!report->isSaved);
        QCOMPARE(report->problems.size(), 1u);
        QCOMPARE(report->problems.front().column, column);
        QCOMPARE(report->problems.front().kind, SaveProblem::Kind::Constraint);
        QVERIFY2(report->problems.front().sentence.contains(words), qPrintable(report->problems.front().sentence));
        QVERIFY(!report->problems.front().constraint.isEmpty());
        QCOMPARE(buffer.count(), 1);
        QVERIFY(!subject.connection->isInTransaction());
    }
    QCOMPARE(subject.value(u"SELECT name FROM t WHERE id = 1"_s), u"one"_s);
}

void tst_EditSave::newRowsGetKeysAndUndoOfTheSaveTakesThemAway()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, (onServer ? u"CREATE TABLE t(id serial PRIMARY KEY, a text);"_s : u"CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"_s)
                                        + u"INSERT INTO t(a) VALUES ('old');"_s),
             QString());
    EditBuffer buffer;
    const CatalogTable &table = *subject.catalog.table(u"t"_s);
    buffer.stage(u"add"_s, {buffer.additionOf(table.schema, table.name, rowIdentityOf(table).columns, {{u"a"_s, Value::text(QStringView(u"new"))}})});
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(1)}), u"a"_s, Value::text(QStringView(u"changed"))), QString());
    const auto report = subject.save(buffer);
    QVERIFY2(report && report->isSaved, report && !report->problems.empty() ? qPrintable(report->problems.front().sentence) : "");
    QCOMPARE(report->rows.front().key, RowKey{subject.key(2)});
    QVERIFY(buffer.isEmpty());
    buffer.undoStack()->undo();
    QCOMPARE(buffer.count(), 2);
    const auto back = subject.save(buffer);
    QVERIFY2(back && back->isSaved, back && !back->problems.empty() ? qPrintable(back->problems.front().sentence) : "");
    QCOMPARE(subject.value(u"SELECT count(*) FROM t"_s), u"1"_s);
    QCOMPARE(subject.value(u"SELECT a FROM t"_s), u"old"_s);
}

void tst_EditSave::deletesTakeAlongWhatWasAgreed()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, u"CREATE TABLE a(id integer PRIMARY KEY); CREATE TABLE b(id integer PRIMARY KEY, a_id integer REFERENCES a(id) ON DELETE CASCADE);"
                                    "CREATE TABLE c(id integer PRIMARY KEY, b_id integer, note text); CREATE TABLE d(id integer PRIMARY KEY, a_id integer REFERENCES a(id));"
                                    "INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1), (2, 1), (3, 2); INSERT INTO c VALUES (1, 1, ''), (2, 1, ''), (3, 2, ''), (4, 3, '');"
                                    "INSERT INTO d VALUES (1, 2);"_s),
             QString());
    for (TableProfile &table : subject.profile.tables) {
        if (table.name == u"b")
            table.details.insert(u"onDelete"_s, QJsonArray{QJsonObject{{u"table"_s, u"c"_s}, {u"link"_s, QJsonObject{{u"b_id"_s, u"id"_s}}}, {u"does"_s, u"cascade"_s}}});
    }
    const CatalogTable &a = *subject.catalog.table(u"a"_s);
    const QStringList key = rowIdentityOf(a).columns;
    const auto plan = planDelete(*subject.connection, subject.catalog, subject.profile, a, key, {{subject.key(1)}}, false);
    QVERIFY2(plan.has_value(), plan ? "" : qPrintable(plan.error().message));
    QVERIFY2(plan->refusal.isEmpty(), qPrintable(plan->refusal));
    const std::vector<GoesAlong> agreed = plan->goesAlong();
    QCOMPARE(agreed.size(), 2u);
    QCOMPARE(agreed[0].rows, 2);
    QCOMPARE(agreed[1].rows, 3);
    // Row 2 is held.
    const auto held = planDelete(*subject.connection, subject.catalog, subject.profile, a, key, {{subject.key(2)}}, false);
    QVERIFY(held && held->refusal.contains(u"d"_s));

    EditBuffer buffer;
    buffer.stage(u"delete"_s, {buffer.deletionOf(subject.image(u"a"_s, {subject.key(1)}), agreed)});
    QCOMPARE(subject.execute(u"INSERT INTO c VALUES (5, 1, '')"_s), QString());
    const auto late = subject.save(buffer);
    QVERIFY(late && !late->isSaved);
    QCOMPARE(late->problems.front().kind, SaveProblem::Kind::GoesAlong);
    QCOMPARE(subject.value(u"SELECT count(*) FROM a"_s), u"2"_s);
    buffer.stage(u"delete"_s, {buffer.deletionOf(subject.image(u"a"_s, {subject.key(1)}), late->problems.front().goesAlongNow)});
    const auto done = subject.save(buffer);
    QVERIFY2(done && done->isSaved, done && !done->problems.empty() ? qPrintable(done->problems.front().sentence) : "");
    QCOMPARE(subject.value(u"SELECT (SELECT count(*) FROM a) || ' ' || (SELECT count(*) FROM b) || ' ' || (SELECT count(*) FROM c)"_s), u"1 1 1"_s);
}

void tst_EditSave::aReadOnlyConnectionRefuses()
{
    QFETCH(bool, onServer);
    Subject subject;
    if (onServer)
        REQUIRE_DATABASE(subject.server);
    QCOMPARE(subject.open(onServer, u"CREATE TABLE t(id integer PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'a');"_s), QString());
    const auto reader = Connection::open(subject.connection->url(), {});
    QVERIFY(reader.has_value());
    EditBuffer buffer;
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {subject.key(1)}), u"a"_s, Value::null()), QString());
    const auto report = saveEdits(**reader, subject.catalog, subject.profile, buffer.rows());
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::ReadOnly);
    QCOMPARE(subject.value(u"SELECT a FROM t"_s), u"a"_s);
}

void tst_EditSave::aLostAnswerIsSettledByLooking()
{
    Subject subject;
    QCOMPARE(subject.open(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');"_s), QString());
    EditBuffer buffer;
    QCOMPARE(stage(buffer, subject.image(u"t"_s, {Value::integer(1)}), u"a"_s, Value::text(QStringView(u"x"))), QString());
    buffer.stage(u"delete"_s, {buffer.deletionOf(subject.image(u"t"_s, {Value::integer(2)}), {})});
    const std::vector<StagedRow> rows = buffer.rows();
    std::vector<SavedRow> saving;
    SaveOptions options;
    options.beforeCommit = [&](const std::vector<SavedRow> &each) -> Result<> {
        saving = each;
        return failure(ErrorCode::Io, u"the program ends here"_s);
    };
    QVERIFY(!saveEdits(*subject.connection, subject.catalog, subject.profile, rows, options));
    QCOMPARE(isSaved(*subject.connection, subject.catalog, rows, saving).value(), false);
    QVERIFY(saveEdits(*subject.connection, subject.catalog, subject.profile, rows)->isSaved);
    QCOMPARE(isSaved(*subject.connection, subject.catalog, rows, saving).value(), true);
}

void tst_EditSave::previewIsWhatTheEngineTakes()
{
    Subject subject;
    QCOMPARE(subject.open(false, types(false)), QString());
    EditBuffer buffer;
    for (qint64 id = 1; id <= 4; ++id) {
        const RowImage image = subject.image(u"t"_s, {Value::integer(id)});
        std::vector<std::pair<QString, Value>> values;
        for (const auto &[column, value] : image.values) {
            if (column != u"id")
                values.emplace_back(column, Value::text(QStringView(u"it's")));
        }
        buffer.stage(u"all"_s, {buffer.changeOf(image, values).value()});
    }
    const QStringList sql = previewSql(subject.catalog, buffer.rows());
    QCOMPARE(sql.size(), 4);
    for (const QString &line : sql) {
        const auto done = subject.connection->execute(line);
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().message));
        QVERIFY2(done->rowsAffected == 1, qPrintable(line));
    }
}

QTEST_GUILESS_MAIN(tst_EditSave)
#include "tst_editsave.moc"
