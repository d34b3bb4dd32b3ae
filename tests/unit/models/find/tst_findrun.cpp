// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/findrun.h"

#include "models/database/statementlog.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

struct Found
{
    std::vector<FindHit> hits;
    FindSummary summary;
    /// "table.column key" in order.
    QStringList places() const
    {
        QStringList list;
        for (const FindHit &hit : hits)
            list.append(u"%1.%2 %3"_s.arg(hit.table, hit.column, hit.key.empty() ? QString() : hit.key.front().toDisplayText()));
        return list;
    }
};

Found find(OpenedSystem &opened, const FindQuery &query, int readers = 2)
{
    Found found;
    FindObserver observer;
    observer.found = [&found](std::vector<FindHit> hits) { std::ranges::move(hits, std::back_inserter(found.hits)); };
    const Result<FindSummary> summary = startFind(*opened.pool, opened.context.catalog, opened.context.profile, query, observer, {}, readers).result();
    if (!summary)
        qFatal("%s", qPrintable(summary.error().message));
    found.summary = *summary;
    std::ranges::sort(found.hits, {}, &FindHit::order);
    return found;
}

FindQuery words(const QString &text)
{
    FindQuery query;
    query.words.text = text;
    return query;
}

} // namespace

class tst_FindRun : public QObject
{
    Q_OBJECT

private slots:
    void hitsComeFromEveryTableAndColumn();
    void theFirstHitsAreTheSameEachTime();
    void tablesHaveABoundOfTheirOwn();
    void fullTextIndexesAnswer();
    void oddTablesAreSearched();
    void aSearchStops();
    void aBadPatternIsAnError();
    void aServerIsSearched();
    void indexesOfAServerAnswer();
    void scansAreLogged();

private:
    QTemporaryDir m_folder;
};

void tst_FindRun::hitsComeFromEveryTableAndColumn()
{
    const QString path = m_folder.filePath(u"orchestration.db"_s);
    QVERIFY(makeDemoFile(path, u"llm-orchestration"_s).isEmpty());
    QVERIFY(executeSql(path, u"UPDATE blocks SET content = content || ' Zaunkönig' WHERE id = 3; UPDATE runs SET metadata = json_set(metadata, '$.bird', 'x') WHERE id = 1;"
                             "UPDATE runs SET metadata = replace(metadata, '\"x\"', '\"zaunk\\u00f6nig\"') WHERE id = 1; INSERT INTO payload_blocks VALUES (1, 1, 7)"_s)
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    const Found found = find(opened, words(u"ZAUNKÖNIG"_s));
    QCOMPARE(found.places(), (QStringList{u"blocks.content 3"_s, u"runs.metadata 1"_s}));
    QCOMPARE(found.hits[1].excerpt.text.mid(found.hits[1].excerpt.start, found.hits[1].excerpt.length), u"zaunkönig"_s);
    QVERIFY(!found.summary.isCut);
    QCOMPARE(found.summary.hits, 2);
    FindQuery only = words(u"zaunkönig"_s);
    only.table = u"runs"_s;
    QCOMPARE(find(opened, only).places(), QStringList{u"runs.metadata 1"_s});
    only.table = u"nowhere"_s;
    const Result<FindSummary> none = startFind(*opened.pool, opened.context.catalog, opened.context.profile, only, {}).result();
    QCOMPARE(none.error().code, ErrorCode::NotFound);
    QTRY_COMPARE(opened.pool->busyCount(), 0);
}

void tst_FindRun::theFirstHitsAreTheSameEachTime()
{
    const QString path = m_folder.filePath(u"many.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT);"
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO t SELECT i * 3, 'row ' || i || CASE i % 5000 WHEN 7 THEN ' wren' ELSE '' END FROM n"_s)
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    QStringList expected;
    for (int i = 7; i < 200'000; i += 5000)
        expected.append(u"t.body %1"_s.arg(i * 3));
    for (const int readers : {1, 2, 4})
        QCOMPARE(find(opened, words(u"wren"_s), readers).places(), expected);
    FindQuery few = words(u"wren"_s);
    few.most = 5;
    for (int i = 0; i < 5; ++i) {
        const Found found = find(opened, few);
        QCOMPARE(found.places().mid(0, 5), expected.mid(0, 5));
        QVERIFY(found.summary.isCut);
    }
}

void tst_FindRun::tablesHaveABoundOfTheirOwn()
{
    const QString path = m_folder.filePath(u"bound.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE a(id INTEGER PRIMARY KEY, body TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, body TEXT);"
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO a SELECT i, 'wren' FROM n; INSERT INTO b VALUES (1, 'wren')"_s)
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    FindQuery query = words(u"wren"_s);
    query.mostInTable = 100;
    const Found found = find(opened, query);
    QVERIFY(found.summary.isCut);
    QCOMPARE(found.places().last(), u"b.body 1"_s);
    QVERIFY(found.hits.size() >= 101 && found.hits.size() <= 400);
}

void tst_FindRun::fullTextIndexesAnswer()
{
    const QString path = m_folder.filePath(u"fts.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE notes(id INTEGER PRIMARY KEY, title TEXT, body TEXT);"
                             "INSERT INTO notes VALUES (1, 'wren', 'a small bird'), (2, 'owl', 'the café of wrens'), (3, 'x', 'subwren'), (4, 'wren', 'again');"
                             "CREATE VIRTUAL TABLE notes_fts USING fts5(body, content='notes', content_rowid='id', tokenize = 'unicode61 remove_diacritics 2');"
                             "INSERT INTO notes_fts(notes_fts) VALUES ('rebuild');"
                             "CREATE VIRTUAL TABLE own USING fts5(word, about UNINDEXED); INSERT INTO own VALUES ('wren', 'wren too'), ('tit', 'no')"_s)
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    const Found byIndex = find(opened, words(u"wren"_s));
    // The index knows beginnings of words; titles, which it does not hold, are read.
    QCOMPARE(byIndex.places(), (QStringList{u"notes.body 2"_s, u"own.word 1"_s, u"notes.title 1"_s, u"notes.title 4"_s}));
    QCOMPARE(byIndex.summary.indexes, (QStringList{u"notes_fts"_s, u"own"_s}));
    const Found folded = find(opened, words(u"cafe"_s));
    QCOMPARE(folded.places(), QStringList{u"notes.body 2"_s});
    QVERIFY2(folded.hits.front().excerpt.text.contains(u"café"), qPrintable(folded.hits.front().excerpt.text));
    FindQuery scan = words(u"wren"_s);
    scan.usesIndexes = false;
    const Found byScan = find(opened, scan);
    QVERIFY(byScan.places().contains(u"notes.body 3"_s));
    QVERIFY(byScan.places().contains(u"own.word 1"_s));
    QVERIFY(byScan.summary.indexes.isEmpty());
    // Signs that mean something to FTS5 are looked for as they are.
    QVERIFY(find(opened, words(u"wren* OR (\"x"_s)).hits.empty());
}

void tst_FindRun::oddTablesAreSearched()
{
    const QString path = m_folder.filePath(u"odd.db"_s);
    QString columns;
    for (int i = 0; i < 250; ++i)
        columns += u", c%1 TEXT"_s.arg(i);
    QVERIFY(executeSql(path, u"CREATE TABLE keyed(word TEXT PRIMARY KEY, body) WITHOUT ROWID; INSERT INTO keyed VALUES ('k', 'wren'), ('l', x'7772656e'), ('m', 5);"
                             "CREATE TABLE \"two words\"(\"a \"\"b\"\"\" TEXT, n INTEGER); INSERT INTO \"two words\" VALUES ('the wren', 1);"
                             "CREATE TABLE wide(id INTEGER PRIMARY KEY%1); INSERT INTO wide(id, c201) VALUES (9223372036854775807, 'wren'), (-9223372036854775808, 'x');"
                             "CREATE TABLE empty(t TEXT); CREATE VIEW v AS SELECT body FROM keyed"_s.arg(columns))
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    const Found found = find(opened, words(u"wren"_s));
    QCOMPARE(found.places(), (QStringList{u"keyed.body k"_s, u"two words.a \"b\" 1"_s, u"wide.c201 9223372036854775807"_s}));
    QVERIFY2(found.summary.problems.isEmpty(), qPrintable(found.summary.problems.join(u'\n')));
}

void tst_FindRun::aSearchStops()
{
    const QString path = m_folder.filePath(u"long.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT);"
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) INSERT INTO t SELECT i, 'some words that are read one after the other ' || i FROM n"_s)
                .isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    std::stop_source stop;
    FindObserver observer;
    int pieces = 0;
    observer.progressed = [&](int done, int) {
        pieces = done;
        stop.request_stop();
    };
    const Result<FindSummary> summary = startFind(*opened.pool, opened.context.catalog, opened.context.profile, words(u"(no|such) ?$"_s), observer, stop.get_token()).result();
    QVERIFY(!summary.has_value());
    QCOMPARE(summary.error().code, ErrorCode::Cancelled);
    QVERIFY(pieces < 40);
    // A stop before it began, and a pool that closes, end it, too.
    const Result<FindSummary> never = startFind(*opened.pool, opened.context.catalog, opened.context.profile, words(u"x"_s), {}, stop.get_token()).result();
    QCOMPARE(never.error().code, ErrorCode::Cancelled);
    const QFuture<Result<FindSummary>> last = startFind(*opened.pool, opened.context.catalog, opened.context.profile, words(u"x"_s), {});
    opened.pool->close();
    QTRY_VERIFY(last.isFinished());
}

void tst_FindRun::aBadPatternIsAnError()
{
    const QString path = m_folder.filePath(u"pattern.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT); INSERT INTO t VALUES (1, 'Wren 12'), (2, 'wren x')"_s).isEmpty());
    OpenedSystem opened(DatabaseUrl::forFile(path));
    FindQuery query = words(u"wren \\d+"_s);
    query.words.isPattern = true;
    QCOMPARE(find(opened, query).places(), QStringList{u"t.body 1"_s});
    query.words.text = u"wren ("_s;
    const Result<FindSummary> bad = startFind(*opened.pool, opened.context.catalog, opened.context.profile, query, {}).result();
    QCOMPARE(bad.error().code, ErrorCode::Syntax);
}

void tst_FindRun::aServerIsSearched()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QString problem = database.execute(u"CREATE TABLE t(id bigint PRIMARY KEY, body text, doc json, docb jsonb, n int);"
                                       "INSERT INTO t VALUES (1, 'ein ZAUNKÖNIG', '{\"a\": 1}', '{}', 5), (2, 'x', '{\"a\": \"zaunk\\u00f6nig\"}', '{}', 6), (3, '50% of_it', NULL, '{\"b\": \"Zaunkönig\"}', 7),"
                                       " (4, NULL, NULL, NULL, NULL);"
                                       "CREATE TABLE other(word varchar(20)); INSERT INTO other VALUES ('zaunkönig')"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    OpenedSystem opened(DatabaseUrl::parse(database.url()).value());
    QStringList places = find(opened, words(u"zaunkönig"_s)).places();
    places.sort();
    QCOMPARE(places, (QStringList{u"other.word "_s, u"t.body 1"_s, u"t.doc 2"_s, u"t.docb 3"_s}));
    QCOMPARE(find(opened, words(u"50% of_"_s)).places(), QStringList{u"t.body 3"_s});
    QVERIFY(find(opened, words(u"5_%"_s)).hits.empty());
    FindQuery pattern = words(u"ein\\s+zaun"_s);
    pattern.words.isPattern = true;
    QCOMPARE(find(opened, pattern).places(), QStringList{u"t.body 1"_s});
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"_s), u"0"_s);
}

void tst_FindRun::scansAreLogged()
{
    const QString path = m_folder.filePath(u"logged.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE birds(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO birds VALUES (1, 'wren'), (2, 'owl'), (3, 'wren')"_s).isEmpty());
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    const StatementLog log(url.displayText());
    {
        OpenedSystem opened(url);
        QCOMPARE(find(opened, words(u"wren"_s)).hits.size(), std::size_t(2));
    }
    std::int64_t rows = 0;
    QStringList all;
    for (const LoggedStatement &statement : log.after(0)) {
        QVERIFY2(statement.error.isEmpty(), qPrintable(statement.error));
        if (statement.sql.contains(u"birds"))
            all.append(statement.sql);
        if (statement.sql.startsWith(u"SELECT \"name\", ") && statement.sql.contains(u"FROM \"birds\" WHERE"))
            rows += statement.rows;
    }
    QVERIFY2(rows == 3, qPrintable(all.join(u'\n'))); // all that were looked at, once
}

void tst_FindRun::indexesOfAServerAnswer()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QString problem = database.execute(u"CREATE TABLE notes(id int PRIMARY KEY, title text, body text, ts tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(title, ''))) STORED);"
                                       "INSERT INTO notes VALUES (1, 'running wrens', 'the wren ran'), (2, 'owls', 'running'), (3, 'prewrens', 'wrens');"
                                       "CREATE INDEX notes_body ON notes USING gin (to_tsvector('english', body)); CREATE INDEX notes_title ON notes USING gin (ts)"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    OpenedSystem opened(DatabaseUrl::parse(database.url()).value());
    const Found found = find(opened, words(u"wren"_s));
    QStringList places = found.places();
    places.sort();
    QCOMPARE(places, (QStringList{u"notes.body 1"_s, u"notes.body 3"_s, u"notes.title 1"_s}));
    QStringList used = found.summary.indexes;
    used.sort();
    QCOMPARE(used, (QStringList{u"notes_body"_s, u"notes_title"_s}));
    FindQuery scan = words(u"wren"_s);
    scan.usesIndexes = false;
    QVERIFY(find(opened, scan).places().contains(u"notes.title 3"_s));
}

QTEST_GUILESS_MAIN(tst_FindRun)
#include "tst_findrun.moc"
