// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/vectors/similaritysearch.h"
#include "models/vectors/vectorindex.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace turnstone;
using namespace turnstone::similarity;
using namespace Qt::StringLiterals;

namespace {

constexpr int dimension = 384;

struct Opened
{
    std::unique_ptr<Connection> connection;
    Catalog catalog;
    ResolvedProfile profile;

    explicit Opened(const QString &url)
    {
        auto opened = Connection::open(*DatabaseUrl::parse(url));
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        connection = std::move(*opened);
        catalog = *readCatalog(*connection);
        profile = deriveProfile(catalog);
    }
    VectorColumn column(const QString &name) const
    {
        for (const VectorColumn &column : declaredVectorColumns(catalog, profile)) {
            if (column.name() == name)
                return column;
        }
        qFatal("no column %s", qPrintable(name));
    }
};

/// The real embeddings as `[…]`.
QStringList embeddings()
{
    const QByteArray bytes = testData(u"embeddings/embeddings_384.f32"_s);
    QStringList rows;
    for (qsizetype at = 0; at + dimension * 4 <= bytes.size(); at += dimension * 4) {
        std::vector<double> vector;
        for (int i = 0; i < dimension; ++i) {
            float value;
            std::memcpy(&value, bytes.constData() + at + i * 4, sizeof value);
            vector.push_back(static_cast<double>(value));
        }
        rows.append(QString::fromLatin1(SimilaritySearch::vectorText(vector)));
    }
    return rows;
}

QString fill(const QString &table, const QString &cast)
{
    QString sql;
    const QStringList rows = embeddings();
    for (qsizetype i = 0; i < rows.size(); ++i)
        sql += u"INSERT INTO %1 VALUES(%2, 'row %2', '%3'%4);"_s.arg(table).arg(i + 1).arg(rows[i], cast);
    return sql;
}

} // namespace

class tst_PgVectorSearch : public QObject
{
    Q_OBJECT

private slots:
    void embeddedAndServerAgree_data();
    void embeddedAndServerAgree();
    void anIndexIsUsedNamedAndLeftOut();
    void indexesAreMadeMeasuredAndListed();
    void withoutTheExtensionRowsAreSearchedHere();
};

void tst_PgVectorSearch::embeddedAndServerAgree_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("cast");
    QTest::newRow("vector") << u"vector(384)"_s << QString();
    QTest::newRow("halfvec") << u"halfvec(384)"_s << QString();
    QTest::newRow("sparsevec") << u"sparsevec(384)"_s << u"::vector::sparsevec"_s;
}

/// The same vectors, compared by pgvector and by us, for every metric and many queries.
void tst_PgVectorSearch::embeddedAndServerAgree()
{
    QFETCH(QString, type);
    QFETCH(QString, cast);
    TestDatabase database(TestDatabase::vectorForOneSession());
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE notes(id integer PRIMARY KEY, body text, v %1)"_s.arg(type)), QString());
    QCOMPARE(database.execute(fill(u"notes"_s, cast)), QString());
    Opened opened(database.url());
    const VectorColumn onServer = opened.column(u"notes.v"_s);
    QVERIFY(onServer.isServerSide);
    VectorColumn here = onServer;
    here.isServerSide = false;
    QTemporaryDir cache;
    VectorStore store(cache.path());
    const SimilaritySearch search(opened.catalog, opened.profile, store);
    for (const Metric metric : {Metric::Cosine, Metric::L2, Metric::InnerProduct, Metric::L1}) {
        for (int row = 1; row < 320; row += 40) {
            SimilarityQuestion question;
            question.rows = {{Value::integer(row)}};
            question.metric = metric;
            question.count = 15;
            const auto server = search.ask(*opened.connection, onServer, question, {});
            QVERIFY2(server, qPrintable(server ? QString() : server.error().message + server.error().detail));
            QVERIFY(server->exact && server->index.isEmpty());
            if (qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PGVECTOR_URL"))
                continue; // PGlite cannot copy
            const auto ours = search.ask(*opened.connection, here, question, {});
            QVERIFY2(ours, qPrintable(ours ? QString() : ours.error().message + ours.error().detail));
            QCOMPARE(ours->hits.size(), std::size_t(15));
            for (std::size_t i = 0; i < 15; ++i) {
                // The server adds in float32, and some of its sums end in the seventh digit.
                QVERIFY2(std::abs(ours->hits[i].distance - server->hits[i].distance) < 2e-6 * (1 + std::abs(ours->hits[i].distance)), qPrintable(QString::number(i)));
                QVERIFY(ours->hits[i].key == server->hits[i].key || std::abs(ours->hits[i].distance - server->hits[i].distance) < 1e-6);
                QCOMPARE(ours->hits[i].text.isEmpty(), false);
            }
        }
    }
}

void tst_PgVectorSearch::anIndexIsUsedNamedAndLeftOut()
{
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE notes(id integer PRIMARY KEY, topic integer, v vector(8));"
                              "INSERT INTO notes SELECT i, i % 50, ARRAY[sin(i), cos(i), sin(2*i), cos(3*i), sin(5*i), cos(7*i), sin(11*i), cos(i/7.0)]::vector FROM generate_series(1, 6000) i;"
                              "CREATE INDEX by_meaning ON notes USING hnsw (v vector_cosine_ops); ANALYZE notes"_s),
             QString());
    Opened opened(database.url());
    const VectorColumn column = opened.column(u"notes.v"_s);
    VectorStore store{QString()};
    const SimilaritySearch search(opened.catalog, opened.profile, store);
    SimilarityQuestion question;
    question.rows = {{Value::integer(40)}};
    const auto quick = search.ask(*opened.connection, column, question, {});
    QVERIFY2(quick, qPrintable(quick ? QString() : quick.error().message));
    QCOMPARE(quick->index, u"by_meaning"_s);
    QVERIFY(!quick->exact);
    QCOMPARE(quick->hits.size(), std::size_t(10));
    question.exact = true;
    const auto exact = search.ask(*opened.connection, column, question, {});
    QVERIFY(exact && exact->exact && exact->index.isEmpty());
    QVERIFY(exact->hits.front().distance <= quick->hits.front().distance + 1e-7);
    // A filter that the index alone would starve.
    question.exact = false;
    question.where = u"topic = 7"_s;
    const auto filtered = search.ask(*opened.connection, column, question, {});
    QVERIFY2(filtered, qPrintable(filtered ? QString() : filtered.error().message));
    QCOMPARE(filtered->hits.size(), std::size_t(10));
    for (const SimilarityHit &hit : filtered->hits)
        QCOMPARE(hit.key.front().bytes().toInt() % 50, 7);
    question.where = u"nonsense ="_s;
    QVERIFY(!search.ask(*opened.connection, column, question, {}));
    QVERIFY(!opened.connection->isInTransaction());
}

void tst_PgVectorSearch::indexesAreMadeMeasuredAndListed()
{
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE notes(id integer PRIMARY KEY, v vector(8));"
                              "INSERT INTO notes SELECT i, ARRAY[sin(i), cos(i), sin(2*i), cos(3*i), sin(5*i), cos(7*i), sin(11*i), cos(i/7.0)]::vector FROM generate_series(1, 5000) i; ANALYZE notes"_s),
             QString());
    Opened opened(database.url());
    const VectorColumn column = opened.column(u"notes.v"_s);
    QVERIFY(readVectorIndexes(*opened.connection, column)->empty());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto writer = Connection::open(*DatabaseUrl::parse(database.url()), writing);
    QVERIFY(writer);
    QVERIFY(createVectorIndex(**writer, column, u"by meaning"_s, Metric::L2, 8, 32));
    const auto indexes = readVectorIndexes(*opened.connection, column);
    QVERIFY(indexes && indexes->size() == 1);
    QCOMPARE(indexes->front().name, u"by meaning"_s);
    QCOMPARE(indexes->front().metric, Metric::L2);
    QCOMPARE(indexes->front().options, u"m=8, ef_construction=32"_s);
    QVERIFY(indexes->front().isValid && indexes->front().sizeBytes > 0);
    // The same again: refused, and the index that was there stays.
    QVERIFY(!createVectorIndex(**writer, column, u"by meaning"_s, Metric::L2, 8, 32));
    QCOMPARE(readVectorIndexes(*opened.connection, column)->size(), std::size_t(1));
    QVERIFY(!readIndexProgress(*opened.connection, column)->has_value());
    VectorStore store{QString()};
    SimilarityQuestion options;
    options.metric = Metric::L2;
    const auto sample = sampleRecall(*opened.connection, opened.catalog, opened.profile, store, column, options, 12, {});
    QVERIFY2(sample, qPrintable(sample ? QString() : sample.error().message));
    QCOMPARE(sample->queries, 12);
    QVERIFY(sample->recall > 0.5 && sample->recall <= 1);
}

/// Debian's server has no pgvector: arrays of doubles, read in binary, and read again only where a transaction changed them.
void tst_PgVectorSearch::withoutTheExtensionRowsAreSearchedHere()
{
    TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE TABLE notes(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n integer, body text, v float8[])"_s), QString());
    QCOMPARE(database.execute(u"INSERT INTO notes(n, body, v) SELECT i, 'row ' || i, ARRAY(SELECT sin(i * (j + 1) / 10.0) + (i % 7) FROM generate_series(1, 48) j) FROM generate_series(1, 3000) i"_s), QString());
    Opened opened(database.url());
    VectorColumn column;
    column.schema = u"public"_s;
    column.table = u"notes"_s;
    column.column = u"v"_s;
    column.storage = VectorColumn::Storage::PgFloat8Array;
    column.form = VectorForm::PgFloat8Array;
    column.key = {u"id"_s};
    column.text = FieldRef{{}, u"body"_s, {}};
    QTemporaryDir cache;
    VectorStore store(cache.path());
    const SimilaritySearch search(opened.catalog, opened.profile, store);
    const auto nearest = [&](int n) {
        SimilarityQuestion question;
        question.rows = {{Value::text(database.value(u"SELECT id FROM notes WHERE n = %1"_s.arg(n)).toUtf8())}};
        question.count = 5;
        QStringList texts;
        const auto answer = search.ask(*opened.connection, column, question, {});
        if (!answer)
            return QStringList{answer.error().message + answer.error().detail};
        for (const SimilarityHit &hit : answer->hits)
            texts.append(hit.text);
        return texts;
    };
    const auto expected = [&](int n) {
        return database
            .value(u"SELECT string_agg(body, ',' ORDER BY d) FROM (SELECT b.body, 1 - (SELECT sum(x*y) FROM unnest(a.v, b.v) AS u(x, y)) / sqrt((SELECT sum(x*x) FROM unnest(a.v) x) * (SELECT sum(x*x) FROM unnest(b.v) x)) AS d"
                   " FROM notes a, notes b WHERE a.n = %1 AND b.n <> %1 ORDER BY d LIMIT 5) s"_s.arg(n))
            .split(u',');
    };
    QCOMPARE(nearest(10), expected(10));
    QCOMPARE(nearest(11), expected(11)); // by the copy
    QCOMPARE(database.execute(u"UPDATE notes SET v = (SELECT v FROM notes WHERE n = 11) WHERE n IN (2000, 2001); DELETE FROM notes WHERE n = 12"_s), QString());
    QCOMPARE(database.execute(u"VACUUM FULL notes"_s), QString());
    QStringList firstTwo = nearest(11).mid(0, 2);
    firstTwo.sort();
    QCOMPARE(firstTwo, (QStringList{u"row 2000"_s, u"row 2001"_s}));
    QCOMPARE(nearest(13), expected(13));
}

QTEST_GUILESS_MAIN(tst_PgVectorSearch)
#include "tst_pgvectorsearch.moc"
