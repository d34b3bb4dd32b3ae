// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/embeddingfill.h"

#include "models/catalog/catalogreader.h"
#include "models/demo/demowriter.h"
#include "models/profiles/derivedprofile.h"
#include "models/profiles/recognition.h"
#include "tests/support/fakeendpoint.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QThread>
#include <QtTest>

#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Embeddings : public QObject
{
    Q_OBJECT

private slots:
    void textsBecomeVectorsInOrder();
    void whatGoesWrongIsSaid();
    void aSilentServerCanBeStopped();
    void addressesAreCompletedAndKeysGuarded();
    void missingVectorsAreFilledInBatches();
    void onAServerRowsAreMadeForTextsThatHaveNone();
    void arraysOnAServerWithoutTheExtension();
};

void tst_Embeddings::textsBecomeVectorsInOrder()
{
    FakeEndpoint server;
    const EmbeddingEndpoint endpoint{u"http://127.0.0.1:%1/v1"_s.arg(server.port), u"small"_s, u"secret"_s};
    const auto vectors = embedTexts(endpoint, {u"abc"_s, u"äöü"_s}, {});
    QVERIFY2(vectors, qPrintable(vectors ? QString() : vectors.error().message));
    QCOMPARE(vectors->size(), std::size_t(2));
    for (int i = 0; i < 8; ++i) {
        QCOMPARE((*vectors)[0][static_cast<std::size_t>(i)], FakeEndpoint::vectorOf(u"abc"_s).at(i).toDouble());
        QCOMPARE((*vectors)[1][static_cast<std::size_t>(i)], FakeEndpoint::vectorOf(u"äöü"_s).at(i).toDouble());
    }
    QVERIFY(server.lastRequest.startsWith("POST /v1/embeddings "));
    QVERIFY(server.lastRequest.contains("Bearer secret"));
    QVERIFY(server.lastRequest.contains("\"model\":\"small\""));
}

void tst_Embeddings::whatGoesWrongIsSaid()
{
    FakeEndpoint server;
    const EmbeddingEndpoint endpoint{u"http://127.0.0.1:%1"_s.arg(server.port), {}, u"secret"_s};
    for (const auto &[status, code] : {std::pair(401, ErrorCode::Permission), std::pair(404, ErrorCode::Unsupported), std::pair(302, ErrorCode::Unsupported)}) {
        server.status = status;
        const auto vectors = embedTexts(endpoint, {u"a"_s}, {});
        QVERIFY(!vectors);
        QCOMPARE(vectors.error().code, code);
        QVERIFY(!vectors.error().message.contains(u"secret"_s) && !vectors.error().detail.contains(u"secret"_s));
    }
    QCOMPARE(embedTexts({u"http://127.0.0.1:1"_s, {}, {}}, {u"a"_s}, {}).error().code, ErrorCode::Connection);
}

void tst_Embeddings::aSilentServerCanBeStopped()
{
    FakeEndpoint server;
    server.isSilent = true;
    std::stop_source stop;
    std::jthread stopper([&] {
        while (server.requests == 0)
            QThread::yieldCurrentThread();
        stop.request_stop();
    });
    const auto vectors = embedTexts({u"http://127.0.0.1:%1"_s.arg(server.port), {}, {}}, {u"a"_s}, stop.get_token());
    QVERIFY(!vectors);
    QCOMPARE(vectors.error().code, ErrorCode::Cancelled);
}

void tst_Embeddings::addressesAreCompletedAndKeysGuarded()
{
    const auto url = [](const QString &text, const QString &key = {}) {
        const auto made = EmbeddingEndpoint{text, {}, key}.requestUrl();
        return made ? made->toString() : u"error"_s;
    };
    QCOMPARE(url(u"http://localhost:8080"_s), u"http://localhost:8080/v1/embeddings"_s);
    QCOMPARE(url(u"http://localhost:8080/v1/"_s), u"http://localhost:8080/v1/embeddings"_s);
    QCOMPARE(url(u"https://a.example/x/v1/embeddings"_s, u"key"_s), u"https://a.example/x/v1/embeddings"_s);
    QCOMPARE(url(u"http://a.example/v1"_s), u"http://a.example/v1/embeddings"_s);
    QCOMPARE(url(u"http://a.example/v1"_s, u"key"_s), u"error"_s); // it would travel unencrypted
    QCOMPARE(url(u"ftp://a.example"_s), u"error"_s);
    QCOMPARE(url(u"nonsense"_s), u"error"_s);
}

void tst_Embeddings::missingVectorsAreFilledInBatches()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"notes.db"_s);
    QString sql = u"CREATE TABLE notes(id INTEGER PRIMARY KEY, content TEXT, v VECTOR(8));"_s;
    for (int i = 1; i <= 25; ++i)
        sql += u"INSERT INTO notes VALUES(%1, 'note number %1', %2);"_s.arg(i).arg(i % 5 ? u"NULL"_s : u"'[1,2,3,4,5,6,7,8]'"_s);
    sql += u"INSERT INTO notes VALUES(100, '', NULL), (101, NULL, NULL)"_s;
    QCOMPARE(executeSql(path, sql), QString());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(DatabaseUrl::forFile(path), writing);
    QVERIFY(connection);
    const Catalog catalog = *readCatalog(**connection);
    const ResolvedProfile profile = deriveProfile(catalog);
    const VectorColumn column = declaredVectorColumns(catalog, profile).front();
    QCOMPARE(countMissingEmbeddings(**connection, catalog, profile, column)->empty, 20);
    FakeEndpoint server;
    const EmbeddingEndpoint endpoint{u"http://127.0.0.1:%1"_s.arg(server.port), {}, {}};
    int batches = 0;
    int written = 0;
    for (;;) {
        const auto filled = fillEmbeddings(**connection, catalog, profile, column, endpoint, 8, QDateTime::currentDateTimeUtc(), {});
        QVERIFY2(filled, qPrintable(filled ? QString() : filled.error().message));
        if (filled->isLast)
            break;
        written += filled->written;
        ++batches;
        if (batches == 1) { // stopped here, and a vector came from elsewhere: the rest goes on
            QCOMPARE(countMissingEmbeddings(**connection, catalog, profile, column)->empty, 12);
            QCOMPARE(executeSql(path, u"UPDATE notes SET v = '[8,8,8,8,8,8,8,8]' WHERE id = 24"_s), QString());
        }
    }
    QCOMPARE(written, 19);
    QCOMPARE(batches, 3);
    QCOMPARE(sqlValue(path, u"SELECT v FROM notes WHERE id = 24"_s), u"[8,8,8,8,8,8,8,8]"_s);
    QCOMPARE(sqlValue(path, u"SELECT v FROM notes WHERE id = 5"_s), u"[1,2,3,4,5,6,7,8]"_s);
    QCOMPARE(sqlValue(path, u"SELECT typeof(v) || json_array_length(v) FROM notes WHERE id = 1"_s), u"text8"_s);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM notes WHERE v IS NULL"_s), u"2"_s);
    // Another model than the column's.
    QCOMPARE(executeSql(path, u"CREATE TABLE other(id INTEGER PRIMARY KEY, content TEXT, v VECTOR(16)); INSERT INTO other VALUES(1, 'x', NULL)"_s), QString());
    const Catalog now = *readCatalog(**connection);
    const ResolvedProfile meaning = deriveProfile(now);
    const auto refused = fillEmbeddings(**connection, now, meaning, declaredVectorColumns(now, meaning).back(), endpoint, 8, QDateTime::currentDateTimeUtc(), {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
    QVERIFY(sqlValue(path, u"SELECT v FROM other"_s).isNull());
}

/// Quorum on a server: its table of embeddings has no row at all for some messages, and rows without a vector for others.
void tst_Embeddings::onAServerRowsAreMadeForTextsThatHaveNone()
{
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector;"_s + QString::fromUtf8(testData(u"schemas/quorum/migrated.postgresql.sql"_s))), QString());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(*DatabaseUrl::parse(database.url()), writing);
    QVERIFY(connection);
    const auto made = writeDemo(**connection, {u"quorum"_s, u"migrated"_s, 1, 1});
    QVERIFY2(made, qPrintable(made ? QString() : made.error().message + made.error().detail));
    QCOMPARE(database.execute(u"UPDATE message_embeddings SET embedding_vector = NULL WHERE message_id IN (SELECT id FROM messages ORDER BY id LIMIT 7);"
                              "DELETE FROM message_embeddings WHERE message_id IN (SELECT id FROM messages ORDER BY id DESC LIMIT 20)"_s),
             QString());
    const Catalog catalog = *readCatalog(**connection);
    const std::vector<Recognition> found = recognise(catalog, ProfileRegistry::load());
    QVERIFY(!found.empty());
    const ResolvedProfile profile = found.front().resolve(catalog);
    VectorColumn column;
    for (const VectorColumn &each : declaredVectorColumns(catalog, profile)) {
        if (each.name() == u"message_embeddings.embedding_vector")
            column = each;
    }
    QCOMPARE(column.dimension, std::size_t(1536));
    const auto missing = countMissingEmbeddings(**connection, catalog, profile, column);
    QVERIFY2(missing, qPrintable(missing ? QString() : missing.error().message + missing.error().detail));
    QCOMPARE(missing->empty, 7);
    QCOMPARE(missing->absent, 20);
    FakeEndpoint server;
    const EmbeddingEndpoint endpoint{u"http://127.0.0.1:%1"_s.arg(server.port), u"small"_s, {}};
    // Of the wrong size: nothing is written.
    const auto refused = fillEmbeddings(**connection, catalog, profile, column, endpoint, 8, QDateTime::currentDateTimeUtc(), {});
    QVERIFY(!refused && refused.error().code == ErrorCode::InvalidInput);
    server.dimension = 1536;
    int written = 0;
    for (;;) {
        const auto filled = fillEmbeddings(**connection, catalog, profile, column, endpoint, 8, QDateTime::currentDateTimeUtc(), {});
        QVERIFY2(filled, qPrintable(filled ? QString() : filled.error().message + filled.error().detail));
        if (filled->isLast)
            break;
        QCOMPARE(filled->skipped, 0);
        written += filled->written;
    }
    QCOMPARE(written, 27);
    QCOMPARE(countMissingEmbeddings(**connection, catalog, profile, column)->total(), 0);
    QCOMPARE(database.value(u"SELECT count(*) FROM messages m WHERE content <> '' AND 1 <> (SELECT count(*) FROM message_embeddings e WHERE e.message_id = m.id AND embedding_vector IS NOT NULL)"_s), u"0"_s);
    // The new rows have what the application would have given them.
    QCOMPARE(database.value(u"SELECT string_agg(DISTINCT concat_ws('|', embedding_model, length(id), created_at IS NOT NULL), ', ') FROM message_embeddings WHERE message_id IN (SELECT id FROM messages ORDER BY id DESC LIMIT 20)"_s),
             u"small|36|t"_s);
    // And are found.
    VectorStore none{QString()};
    const SimilaritySearch search(catalog, profile, none);
    SimilarityQuestion question;
    question.rows = {{Value::text(database.value(u"SELECT id FROM messages ORDER BY id DESC LIMIT 1"_s).toUtf8())}};
    question.count = 5;
    const auto answer = search.ask(**connection, column, question, {});
    QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
    QCOMPARE(answer->hits.size(), std::size_t(5));
}

void tst_Embeddings::arraysOnAServerWithoutTheExtension()
{
    TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE TABLE notes(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), content text, v float8[]);"
                              "INSERT INTO notes(content, v) SELECT 'note number ' || i, CASE WHEN i % 2 = 0 THEN ARRAY[1,2,3,4,5,6,7,8]::float8[] END FROM generate_series(1, 30) i"_s),
             QString());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(*DatabaseUrl::parse(database.url()), writing);
    QVERIFY(connection);
    const Catalog catalog = *readCatalog(**connection);
    const ResolvedProfile profile = deriveProfile(catalog);
    VectorColumn column;
    column.schema = u"public"_s;
    column.table = u"notes"_s;
    column.column = u"v"_s;
    column.storage = VectorColumn::Storage::PgFloat8Array;
    column.form = similarity::VectorForm::PgFloat8Array;
    column.key = {u"id"_s};
    column.text = FieldRef{{}, u"content"_s, {}};
    QCOMPARE(countMissingEmbeddings(**connection, catalog, profile, column)->empty, 15);
    FakeEndpoint server;
    const auto filled = fillEmbeddings(**connection, catalog, profile, column, {u"http://127.0.0.1:%1"_s.arg(server.port), {}, {}}, 100, QDateTime::currentDateTimeUtc(), {});
    QVERIFY2(filled, qPrintable(filled ? QString() : filled.error().message + filled.error().detail));
    QCOMPARE(filled->written, 15);
    QStringList numbers;
    for (const QJsonValue &value : FakeEndpoint::vectorOf(u"note number 7"_s))
        numbers.append(QString::number(value.toDouble()));
    QCOMPARE(database.value(u"SELECT v::text FROM notes WHERE content = 'note number 7'"_s), u'{' + numbers.join(u',') + u'}');
    QCOMPARE(database.value(u"SELECT count(*) FROM notes WHERE v IS NULL"_s), u"0"_s);
}

QTEST_GUILESS_MAIN(tst_Embeddings)
#include "tst_embeddings.moc"
