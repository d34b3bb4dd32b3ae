// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/edit/editplan.h"
#include "models/edit/profilevalues.h"
#include "models/edit/profileactionrun.h"
#include "models/edit/storedtime.h"
#include "models/edit/resulttrace.h"
#include "models/edit/rowidentity.h"
#include "models/edit/valuetext.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

Value text(QStringView words)
{
    return Value::text(words);
}

struct Subject
{
    QTemporaryDir folder;
    std::unique_ptr<Connection> connection;
    Catalog catalog;
    ResolvedProfile profile;

    explicit Subject(const QString &sql)
    {
        const QString path = folder.filePath(u"t.db"_s);
        if (!executeSql(path, sql).isEmpty())
            return;
        connection = std::move(Connection::open(DatabaseUrl::forFile(path), {}).value());
        catalog = readCatalog(*connection).value();
        profile = deriveProfile(catalog);
    }
    TableProfile &meant(const QString &table)
    {
        return *std::ranges::find(profile.tables, table, &TableProfile::name);
    }
    const CatalogTable &table(const QString &name) const { return *catalog.table(name); }
};

const QDateTime now(QDate(2025, 10, 21), QTime(9, 14), Qt::UTC);

} // namespace

class tst_EditPlan : public QObject
{
    Q_OBJECT

private slots:
    void aTextBecomesTheValueThatTheColumnTakes();
    void everyTextOfAValueGivesItBack();
    void lineEndsStayWhereNothingIsWritten();
    void timesAreEditedInAnyZone_data();
    void timesAreEditedInAnyZone();
    void timesThatCannotBeAreRefused();
    void numbersHaveTheirWords();
    void rulesAreNamed();
    void whatBelongsTogetherIsSetTogether();
    void newRowsGetTheApplicationsDefaults();
    void mentionsFollowARename();
    void orderIsCountedAnew();
    void aForkPointsToItsParent();
    void resultsAreTracedToTheirRows();
    void tablesWithoutIdentitySayWhy();
};

void tst_EditPlan::aTextBecomesTheValueThatTheColumnTakes()
{
    const Subject subject(u"CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, r REAL, s TEXT, b BLOB, o BOOLEAN, a, j JSON)"_s);
    const CatalogTable &t = subject.table(u"t"_s);
    QCOMPARE(valueFromText(u"9223372036854775807"_s, t, u"i"_s).value(), Value::integer(9223372036854775807));
    QVERIFY(!valueFromText(u"9223372036854775808"_s, t, u"i"_s));
    QVERIFY(!valueFromText(u"twelve"_s, t, u"i"_s));
    QCOMPARE(valueFromText(u"0.1"_s, t, u"r"_s).value(), Value::real(0.1));
    QCOMPARE(valueFromText(u"1e3"_s, t, u"r"_s).value(), Value::real(1000));
    QVERIFY(!valueFromText(u"0.1234567890123456789"_s, t, u"r"_s)); // digits would be lost
    QCOMPARE(valueFromText(u"007"_s, t, u"s"_s).value(), text(u"007"));
    QCOMPARE(valueFromText(QString(), t, u"s"_s).value(), Value::text(QByteArray()));
    QCOMPARE(valueFromText(u"x'00FF'"_s, t, u"b"_s).value(), Value::blob(QByteArray("\0\xff", 2)));
    QVERIFY(!valueFromText(u"x'0'"_s, t, u"b"_s));
    QCOMPARE(valueFromText(u"yes"_s, t, u"o"_s).value(), Value::integer(1));
    QVERIFY(!valueFromText(u"perhaps"_s, t, u"o"_s));
    QCOMPARE(valueFromText(u"7"_s, t, u"a"_s, {}, Value::integer(6)).value(), Value::integer(7));
    QCOMPARE(valueFromText(u"7"_s, t, u"a"_s, {}, text(u"6")).value(), text(u"7"));
    QCOMPARE(valueFromText(u"{\"b\": 1.000, \"a\": 1e400}"_s, t, u"j"_s).value(), text(u"{\"b\": 1.000, \"a\": 1e400}")); // as it is written
    const auto broken = valueFromText(u"{\n\"a\": }"_s, t, u"j"_s);
    QVERIFY2(!broken && broken.error().message.contains(u"2"_s), broken ? "" : qPrintable(broken.error().message));
}

void tst_EditPlan::everyTextOfAValueGivesItBack()
{
    const Subject subject(u"CREATE TABLE t(id INTEGER PRIMARY KEY, a, i INTEGER, r REAL, s TEXT)"_s);
    const CatalogTable &t = subject.table(u"t"_s);
    for (const Value &value : {Value::integer(-5), Value::real(0.1), Value::real(2), Value::real(1e300), text(u"it's"), text(u""), Value::blob("\x01")})
        QCOMPARE(valueFromText(editableText(value), t, u"a"_s, {}, value).value(), value);
    // A text in an integer column stays one as long as nobody changes it.
    QCOMPARE(valueFromText(u"many"_s, t, u"i"_s, {}, text(u"many")).value(), text(u"many"));
}

void tst_EditPlan::lineEndsStayWhereNothingIsWritten()
{
    // As an editor gives them back: one kind of line end.
    QCOMPARE(textWithLineEnds(u"a\r\nb\r\n"_s, u"a\nb\n"_s), u"a\r\nb\r\n"_s);
    QCOMPARE(textWithLineEnds(u"a\r\nb"_s, u"a\nx\nb"_s), u"a\r\nx\r\nb"_s);
    QCOMPARE(textWithLineEnds(u"a\r\nb\nc\rd"_s, u"a\nb\nc\nd!"_s), u"a\r\nb\nc\rd!"_s);
    QCOMPARE(textWithLineEnds(u"a\u2029b"_s, u"a\nbc"_s), u"a\u2029bc"_s);
    QCOMPARE(textWithLineEnds(u"a\nb"_s, u"\nb"_s), u"\nb"_s);
    QCOMPARE(textWithLineEnds({}, u"a\nb"_s), u"a\nb"_s);
    QCOMPARE(textWithLineEnds(u"aaa"_s, u"aa"_s), u"aa"_s);
    QCOMPARE(textWithLineEnds(u"a\u00a0b"_s, u"a\u00a0b"_s), u"a\u00a0b"_s);
}

void tst_EditPlan::timesAreEditedInAnyZone_data()
{
    QTest::addColumn<Value>("stored");
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QString>("shown"); // in Berlin
    QTest::addColumn<QString>("written");
    QTest::addColumn<Value>("then");
    const auto row = [](const char *name, const Value &stored, const QString &unit, const QString &shown, const QString &written, const Value &then) {
        QTest::newRow(name) << stored << unit << shown << written << then;
    };
    row("microseconds", text(u"2025-10-21 09:14:00.123456"), u"utc-text"_s, u"2025-10-21 11:14:00.123456"_s, u"2025-10-21 12:00:00"_s, text(u"2025-10-21 10:00:00.000000"));
    row("no fraction", text(u"2025-10-21 09:14:00"), u"utc-text"_s, u"2025-10-21 11:14:00"_s, u"2025-10-21 11:14:01"_s, text(u"2025-10-21 09:14:01"));
    row("ISO", text(u"2025-10-21T09:14:00.5Z"), u"utc-text"_s, u"2025-10-21 11:14:00.5"_s, u"2025-01-21 00:30:00.5"_s, text(u"2025-01-20T23:30:00.5Z"));
    row("an offset", text(u"2025-10-21 14:44:00+05:30"), u"zoned-time"_s, u"2025-10-21 11:14:00"_s, u"2025-10-21 11:15:00"_s, text(u"2025-10-21 14:45:00+05:30"));
    row("the server's zone", text(u"2025-10-21 09:14:00.123+00"), u"zoned-time"_s, u"2025-10-21 11:14:00.123"_s, u"2025-10-21 11:14:00.1234"_s, text(u"2025-10-21 09:14:00.1234+00"));
    row("an offset that was written", text(u"2025-10-21 09:14:00"), u"utc-text"_s, u"2025-10-21 11:14:00"_s, u"2025-10-21T01:00:00-08:00"_s, text(u"2025-10-21 09:00:00"));
    row("more digits than a double has", text(u"2025-10-21 09:14:00.123456789012345678"), u"utc-text"_s, u"2025-10-21 11:14:00.123456789012345678"_s, u"2025-10-21 11:14:01.123456789012345678"_s,
        text(u"2025-10-21 09:14:01.123456789012345678"));
    row("the second of two equal hours", text(u"2025-10-26 01:30:00"), u"utc-text"_s, u"2025-10-26 02:30:00"_s, u"2025-10-26 02:40:00"_s, text(u"2025-10-26 01:40:00"));
    row("the first of them", text(u"2025-10-26 00:30:00"), u"utc-text"_s, u"2025-10-26 02:30:00"_s, u"2025-10-26 02:40:00"_s, text(u"2025-10-26 00:40:00"));
    row("a day alone", text(u"2025-10-21 09:14:00"), u"utc-text"_s, u"2025-10-21 11:14:00"_s, u"2025-10-22"_s, text(u"2025-10-21 22:00:00"));
    row("minutes", text(u"2025-10-21 09:14"), u"utc-text"_s, u"2025-10-21 11:14"_s, u"2025-10-21 11:15"_s, text(u"2025-10-21 09:15"));
    row("seconds since 1970", Value::integer(1761038040), u"epoch-s"_s, u"2025-10-21 11:14:00"_s, u"2025-10-21 11:14:01"_s, Value::integer(1761038041));
    row("milliseconds since 1970", Value::integer(1761038040007), u"epoch-ms"_s, u"2025-10-21 11:14:00.007"_s, u"2025-10-21 11:14:01.01"_s, Value::integer(1761038041010));
    row("a real number", Value::real(1761038040.25), u"epoch-s"_s, u"2025-10-21 11:14:00.25"_s, u"2025-10-21 11:14:00.5"_s, Value::real(1761038040.5));
    row("a numeric", text(u"1761038040.123456"), u"epoch-s"_s, u"2025-10-21 11:14:00.123456"_s, u"2025-10-21 11:14:00"_s, text(u"1761038040.000000"));
}

void tst_EditPlan::timesAreEditedInAnyZone()
{
    QFETCH(Value, stored);
    QFETCH(QString, unit);
    QFETCH(QString, shown);
    QFETCH(QString, written);
    QFETCH(Value, then);
    const QTimeZone berlin("Europe/Berlin");
    const std::optional<StoredTime> time = StoredTime::read(stored, StoredTime::unitOf(unit, {}).value());
    QVERIFY(time.has_value());
    QCOMPARE(time->textIn(berlin), shown);
    QCOMPARE(time->withText(shown, berlin).value(), stored); // nothing was written
    const Result<Value> value = time->withText(written, berlin);
    QVERIFY2(value.has_value(), value ? "" : qPrintable(value.error().message));
    QCOMPARE(*value, then);
    // In UTC every time is one that exists, and comes back.
    QCOMPARE(time->withText(time->textIn(QTimeZone::utc()), QTimeZone::utc()).value(), stored);
}

void tst_EditPlan::timesThatCannotBeAreRefused()
{
    const QTimeZone berlin("Europe/Berlin");
    const StoredTime time = StoredTime::read(text(u"2025-10-21 09:14:00"), StoredTime::Unit::None).value();
    QVERIFY(!time.withText(u"2025-03-30 02:30:00"_s, berlin)); // the clocks skip it
    QVERIFY(!time.withText(u"2025-02-30 02:30:00"_s, berlin));
    QVERIFY(!time.withText(u"yesterday"_s, berlin));
    QVERIFY(!StoredTime::read(Value::integer(1761038040), StoredTime::Unit::Seconds)->withText(u"2025-10-21 11:14:00.5"_s, berlin)); // whole seconds
    // What is no such time is edited as the text that it is.
    for (const Value &other : {text(u"infinity"), text(u"2025-10-21"), text(u"0044-03-15 12:00:00 BC"), Value::null(), text(u"12:00")})
        QVERIFY(!StoredTime::read(other, StoredTime::Unit::None));
    QVERIFY(!StoredTime::unitOf(u"markdown"_s, u"text"_s));
    QVERIFY(!StoredTime::unitOf({}, u"timestamp without time zone"_s)); // nobody says which zone
    QVERIFY(StoredTime::unitOf({}, u"timestamp with time zone"_s) == StoredTime::Unit::None);
}

void tst_EditPlan::numbersHaveTheirWords()
{
    QCOMPARE(countedSentence(u"{count:game becomes|games become} failed."_s, 1), u"1 game becomes failed."_s);
    QCOMPARE(countedSentence(u"{count:game becomes|games become} failed."_s, 0), u"0 games become failed."_s);
    QCOMPARE(countedSentence(u"So {count}, {count:one|many}."_s, 12), u"So 12, 12 many."_s);
    QCOMPARE(countedSentence(u"Nothing is counted."_s, 1), u"Nothing is counted."_s);
}

void tst_EditPlan::rulesAreNamed()
{
    Subject subject(u"CREATE TABLE t(id INTEGER PRIMARY KEY, score REAL CONSTRAINT score_range CHECK (score >= 0 AND score <= 100), status TEXT NOT NULL CHECK (status IN ('new', 'it''s done')),"
                    " started_at TEXT, finished_at TEXT, name VARCHAR(5), port INTEGER CHECK (port BETWEEN 1 AND 65535))"_s);
    TableProfile &meant = subject.meant(u"t"_s);
    meant.details.insert(u"rules"_s, QJsonArray{QJsonObject{{u"name"_s, u"finish-after-start"_s}, {u"column"_s, u"finished_at"_s}, {u"notBefore"_s, u"started_at"_s}, {u"sentence"_s, u"It ends after it starts."_s}},
                                                QJsonObject{{u"name"_s, u"small"_s}, {u"column"_s, u"name"_s}, {u"pattern"_s, u"^[a-z]+$"_s}, {u"when"_s, QJsonObject{{u"status"_s, u"new"_s}}}, {u"sentence"_s, u"Small letters."_s}}});
    const CatalogTable &t = subject.table(u"t"_s);
    const std::map<QString, Value> row = {{u"score"_s, Value::real(5)}, {u"status"_s, text(u"new")}, {u"started_at"_s, text(u"2025-10-21 09:14:00")}, {u"finished_at"_s, Value::null()}, {u"name"_s, text(u"abc")}, {u"port"_s, Value::integer(80)}};
    const auto broken = [&](const QString &column, const Value &value) -> QString {
        const PlannedEdit plan = planEdit(t, &meant, row, {{column, value}}, now);
        return plan.refusal() ? plan.refusal()->rule : plan.breaches.empty() ? QString() : u"~"_s + plan.breaches.front().rule;
    };
    QCOMPARE(broken(u"score"_s, Value::real(100)), QString());
    QCOMPARE(broken(u"score"_s, Value::real(100.5)), u"score_range"_s);
    QVERIFY(!broken(u"status"_s, text(u"New")).isEmpty());
    QCOMPARE(broken(u"status"_s, text(u"it's done")), QString());
    QCOMPARE(broken(u"status"_s, Value::null()), u"NOT NULL"_s);
    QCOMPARE(broken(u"finished_at"_s, text(u"2025-10-21 09:13:59.999")), u"finish-after-start"_s);
    QCOMPARE(broken(u"finished_at"_s, text(u"2025-10-21T10:00:00Z")), QString());
    QCOMPARE(broken(u"name"_s, text(u"ABC")), u"small"_s);
    QVERIFY(broken(u"name"_s, text(u"abcdefg")).startsWith(u'~')); // SQLite does not count
    QVERIFY(!broken(u"port"_s, Value::integer(0)).isEmpty());
    QCOMPARE(broken(u"port"_s, Value::integer(65535)), QString());
    QCOMPARE(EditRules(t, &meant).choices(u"status"_s).size(), 2u);
}

void tst_EditPlan::whatBelongsTogetherIsSetTogether()
{
    Subject subject(u"CREATE TABLE t(id INTEGER PRIMARY KEY, resolved BOOLEAN, resolved_at TEXT, updated_at TEXT)"_s);
    TableProfile &meant = subject.meant(u"t"_s);
    const QJsonObject when{{u"resolved"_s, true}, {u"resolved_at"_s, QJsonValue()}};
    meant.details.insert(u"together"_s, QJsonArray{QJsonObject{{u"when"_s, when}, {u"set"_s, QJsonObject{{u"resolved_at"_s, QJsonObject{{u"now"_s, true}}}}}},
                                                   QJsonObject{{u"when"_s, QJsonObject()}, {u"set"_s, QJsonObject{{u"updated_at"_s, QJsonObject{{u"now"_s, true}}}}}}});
    const std::map<QString, Value> row = {{u"resolved"_s, Value::integer(0)}, {u"resolved_at"_s, Value::null()}, {u"updated_at"_s, text(u"2020-01-01")}};
    const PlannedEdit plan = planEdit(subject.table(u"t"_s), &meant, row, {{u"resolved"_s, Value::integer(1)}}, now);
    QCOMPARE(plan.values.size(), 3u);
    QCOMPARE(plan.values[1].first, u"resolved_at"_s);
    QCOMPARE(plan.values[1].second, text(u"2025-10-21 09:14:00"));
    QCOMPARE(plan.values[2].first, u"updated_at"_s);
    QVERIFY(planEdit(subject.table(u"t"_s), &meant, row, {{u"resolved"_s, Value::integer(0)}}, now).values.empty());
}

void tst_EditPlan::newRowsGetTheApplicationsDefaults()
{
    Subject subject(u"CREATE TABLE t(id TEXT PRIMARY KEY, status TEXT NOT NULL, n INTEGER DEFAULT 7, needed TEXT NOT NULL)"_s);
    TableProfile &meant = subject.meant(u"t"_s);
    for (ColumnProfile &column : meant.columns) {
        if (column.name == u"id")
            column.defaultValue = QJsonObject{{u"uuid"_s, true}};
        if (column.name == u"status" || column.name == u"n")
            column.defaultValue = u"open"_s;
    }
    const PlannedEdit plan = planAddition(subject.table(u"t"_s), &meant, {{u"needed"_s, text(u"x")}}, now);
    const std::map<QString, Value> values(plan.values.begin(), plan.values.end());
    QCOMPARE(values.at(u"status"_s), text(u"open"));
    QCOMPARE(values.at(u"id"_s).bytes().size(), 36);
    QVERIFY(!values.contains(u"n"_s)); // the database has one
    QVERIFY(!plan.refusal());
    const PlannedEdit lacking = planAddition(subject.table(u"t"_s), &meant, {}, now);
    QVERIFY(lacking.refusal() && lacking.refusal()->column == u"needed");
}

void tst_EditPlan::mentionsFollowARename()
{
    Subject subject(u"CREATE TABLE modules(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE personas(id INTEGER PRIMARY KEY, template TEXT);"
                    "INSERT INTO modules VALUES (1, 'memory'), (2, 'memory_long');"
                    "INSERT INTO personas VALUES (1, 'Use @memory, then @memory_long and @memory.'), (2, 'memory without a sign'), (3, '@memory_long only');"_s);
    for (ColumnProfile &column : subject.meant(u"personas"_s).columns) {
        if (column.name == u"template")
            column.mentions.push_back({u"@([a-z][a-z0-9_]*)"_s, u"modules"_s, u"name"_s});
    }
    const auto changes = planRename(*subject.connection, subject.catalog, subject.profile, subject.table(u"modules"_s), u"name"_s, text(u"memory"), text(u"recall"));
    QVERIFY2(changes.has_value(), changes ? "" : qPrintable(changes.error().message));
    QCOMPARE(changes->size(), 1u);
    QCOMPARE(changes->front().after, text(u"Use @recall, then @memory_long and @recall."));
    QCOMPARE(renamedMentions(u"{{ A }} {{B}}"_s, u"\\{\\{\\s*([^{}]+?)\\s*\\}\\}"_s, u"A"_s, u"C d"_s), u"{{ C d }} {{B}}"_s);
}

void tst_EditPlan::orderIsCountedAnew()
{
    Subject subject(u"CREATE TABLE b(payload_id INTEGER, block_id INTEGER, order_index INTEGER); INSERT INTO b VALUES (1, 5, 0), (1, 5, 1), (2, 9, 0), (1, 6, 2);"_s);
    TableProfile &meant = subject.meant(u"b"_s);
    meant.details.insert(u"ordered"_s, QJsonObject{{u"by"_s, u"order_index"_s}, {u"within"_s, QJsonArray{u"payload_id"_s}}, {u"start"_s, 0}});
    const CatalogTable &b = subject.table(u"b"_s);
    QCOMPARE(rowIdentityOf(b, &meant).kind, RowIdentity::Kind::Rowid); // a junction without a key
    const auto first = readImage(*subject.connection, b, &meant, {u"rowid"_s}, {Value::integer(1)});
    QVERIFY2(first.has_value(), first ? "" : qPrintable(first.error().message));
    const auto rows = readOrdered(*subject.connection, b, &meant, *first);
    QVERIFY(rows && rows->size() == 3);
    const PlannedOrder plan = planOrder(b, &meant, {rows->at(2).values, rows->at(0).values, rows->at(1).values});
    QCOMPARE(plan.column, u"order_index"_s);
    QCOMPARE(plan.changes.size(), 3u);
    QCOMPARE(plan.changes[0].second, Value::integer(0));
    QVERIFY(planOrder(b, &meant, {rows->at(0).values, rows->at(1).values, rows->at(2).values}).changes.empty());
}

void tst_EditPlan::aForkPointsToItsParent()
{
    Subject subject(u"CREATE TABLE prompts(id INTEGER PRIMARY KEY, name TEXT, content TEXT, forked_from INTEGER, created_at TEXT)"_s);
    TableProfile &meant = subject.meant(u"prompts"_s);
    meant.details.insert(u"immutable"_s, QJsonObject{{u"columns"_s, QJsonArray{u"content"_s}}, {u"forkVia"_s, u"forked_from"_s}, {u"sentence"_s, u"Fork it."_s}});
    for (ColumnProfile &column : meant.columns) {
        if (column.name == u"created_at")
            column.defaultValue = QJsonObject{{u"now"_s, true}};
    }
    const CatalogTable &t = subject.table(u"prompts"_s);
    const std::map<QString, Value> row = {{u"id"_s, Value::integer(4)}, {u"name"_s, text(u"n")}, {u"content"_s, text(u"old")}, {u"forked_from"_s, Value::null()}, {u"created_at"_s, text(u"2020")}};
    QVERIFY(planEdit(t, &meant, row, {{u"content"_s, text(u"new")}}, now).immutable.has_value());
    QVERIFY(!planEdit(t, &meant, row, {{u"name"_s, text(u"new")}}, now).immutable.has_value());
    const auto fork = forkOf(t, &meant, *EditRules(t, &meant).immutable(u"content"_s), row, {Value::integer(4)}, {{u"content"_s, text(u"new")}}, now);
    QVERIFY(!fork.contains(u"id"_s));
    QCOMPARE(fork.at(u"forked_from"_s), Value::integer(4));
    QCOMPARE(fork.at(u"content"_s), text(u"new"));
    QCOMPARE(fork.at(u"created_at"_s), text(u"2025-10-21 09:14:00"));
}

void tst_EditPlan::resultsAreTracedToTheirRows()
{
    const QString schema = u"CREATE TABLE a(id integer PRIMARY KEY, name text); CREATE TABLE b(id integer PRIMARY KEY, a_id integer, note text);"
                           "INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (7, 1, 'n');"
                           "CREATE VIEW v AS SELECT id, name FROM a; CREATE VIEW pairs AS SELECT l.id, r.name AS other FROM a l, a r;"_s;
    TestDatabase server;
    const auto check = [](Connection &connection, const Catalog &catalog) {
        const ResolvedProfile profile = deriveProfile(catalog);
        const auto trace = [&](const QString &sql) {
            auto reader = connection.query(sql);
            if (!reader)
                return ResultTrace();
            const std::vector<ResultColumn> columns = (*reader)->columns();
            reader->reset();
            return traceResult(connection, sql, columns, catalog, profile).value_or(ResultTrace());
        };
        const ResultTrace joined = trace(u"SELECT b.id, b.note, upper(b.note) AS up, a.name, a.id AS a FROM b JOIN a ON a.id = b.a_id"_s);
        QCOMPARE(joined.columns.size(), 5u);
        QVERIFY2(joined.columns[1].isEditable(), qPrintable(joined.columns[1].refusal));
        QVERIFY(!joined.columns[2].isEditable());
        QVERIFY(joined.columns[3].isEditable());
        QCOMPARE(joined.columns[3].table, u"a"_s);
        QCOMPARE(joined.keyOf(3, {Value::integer(7), Value::null(), Value::null(), Value::null(), Value::integer(1)}), RowKey{Value::integer(1)});
        QVERIFY(joined.keyOf(3, {Value::integer(7), Value::null(), Value::null(), Value::null(), Value::null()}).empty());
        const ResultTrace keyless = trace(u"SELECT note FROM b"_s);
        QVERIFY(keyless.columns.at(0).refusal.contains(u"id"_s));
        QVERIFY(!trace(u"SELECT x.id, y.id, x.name FROM a x, a y"_s).columns.at(2).isEditable());
        // Where the engine names a table and yet another row of it may be meant, nothing is edited.
        for (const QString &sql : {u"SELECT x.id, y.name FROM a x, a y"_s, u"SELECT id, name FROM a UNION SELECT id, note FROM b"_s, u"SELECT x.id, y.name FROM v x, v y"_s,
                                   u"WITH w AS (SELECT * FROM a) SELECT p.id, q.name FROM w p, w q"_s, u"SELECT x.id, x.other FROM pairs x"_s})
            QVERIFY2(!trace(sql).columns.at(1).isEditable(), qPrintable(sql));
        QVERIFY2(trace(u"SELECT a.id, a.name FROM \"a\" WHERE a.name <> 'union'"_s).columns.at(1).isEditable(), "qualifiers and texts are no tables");
    };
    QTemporaryDir folder;
    QCOMPARE(executeSql(folder.filePath(u"t.db"_s), schema), QString());
    const auto file = Connection::open(DatabaseUrl::forFile(folder.filePath(u"t.db"_s)), {});
    check(**file, readCatalog(**file).value());
    REQUIRE_DATABASE(server);
    QCOMPARE(server.execute(schema), QString());
    const auto connected = Connection::open(DatabaseUrl::parse(server.url()).value(), {});
    check(**connected, readCatalog(**connected).value());
}

void tst_EditPlan::tablesWithoutIdentitySayWhy()
{
    const Subject subject(u"CREATE TABLE t(a); CREATE VIEW v AS SELECT * FROM t; CREATE TABLE w(a TEXT PRIMARY KEY) WITHOUT ROWID;"_s);
    QCOMPARE(rowIdentityOf(subject.table(u"t"_s)).kind, RowIdentity::Kind::Rowid);
    QCOMPARE(rowIdentityOf(subject.table(u"w"_s)).kind, RowIdentity::Kind::PrimaryKey);
    QVERIFY(rowIdentityOf(subject.table(u"v"_s)).refusal.contains(u"view"_s));
    CatalogTable keyless;
    keyless.engine = Engine::PostgreSql;
    keyless.name = u"log"_s;
    keyless.columns.push_back({});
    keyless.columns.back().name = u"line"_s;
    QVERIFY(!rowIdentityOf(keyless).isUsable());
    QCOMPARE(rowIdentityOf(keyless, nullptr, {u"line"_s}).kind, RowIdentity::Kind::ChosenKey);
}

QTEST_GUILESS_MAIN(tst_EditPlan)
#include "tst_editplan.moc"
