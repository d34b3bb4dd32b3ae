// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorcolumn.h"

#include "models/catalog/catalogreader.h"
#include "models/database/statementlog.h"
#include "models/profiles/derivedprofile.h"
#include "models/vectors/nearduplicates.h"
#include "models/vectors/postgrescopy.h"
#include "models/vectors/vectorfile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_VectorColumn : public QObject
{
    Q_OBJECT

private slots:
    void columnsAreRecognisedByTypeAndByShape();
    void shadowTablesAreReadWithoutTheExtension();
    void everyStoredFormGivesTheSameNeighbours();
    void vectorsAreReadAsPeopleHaveThem();
    void whatAServerSendsIsLogged();
};

namespace {

/// Little-endian float32 in SQL: 16 numbers around `seed`.
QString blob(int seed)
{
    QByteArray bytes;
    for (int i = 0; i < 16; ++i) {
        const float value = static_cast<float>(((seed * 7 + i * 13) % 29) - 14) / 16;
        bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
    return u"x'%1'"_s.arg(QString::fromLatin1(bytes.toHex()));
}

QString text(int seed)
{
    QStringList numbers;
    for (int i = 0; i < 16; ++i)
        numbers.append(QString::number(static_cast<double>(((seed * 7 + i * 13) % 29) - 14) / 16));
    return u"'["_s + numbers.join(u',') + u"]'"_s;
}

struct Opened
{
    std::unique_ptr<Connection> connection;
    Catalog catalog;
    ResolvedProfile profile;

    explicit Opened(const QString &path)
    {
        auto opened = Connection::open(DatabaseUrl::forFile(path));
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        connection = std::move(*opened);
        catalog = *readCatalog(*connection);
        profile = deriveProfile(catalog);
    }
};

} // namespace

void tst_VectorColumn::columnsAreRecognisedByTypeAndByShape()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"a.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE typed(id INTEGER PRIMARY KEY, v VECTOR(16), note TEXT); CREATE TABLE shaped(id TEXT PRIMARY KEY, body TEXT, e BLOB, picture BLOB, j TEXT) WITHOUT ROWID;"
                              "CREATE TABLE none(id INTEGER PRIMARY KEY, a TEXT, b BLOB); INSERT INTO none VALUES(1, '[1,2', x'0102'), (2, 'x', NULL);"
                              "INSERT INTO shaped VALUES('a', 'words', %1, x'89504e470d0a1a0a0000000d4948445200000001000000010806', %2);"_s.arg(blob(1), text(2))),
             QString());
    Opened opened(path);
    const auto columns = readVectorColumns(*opened.connection, opened.catalog, opened.profile);
    QVERIFY(columns);
    QStringList names;
    for (const VectorColumn &column : *columns)
        names.append(column.name());
    QCOMPARE(names, (QStringList{u"typed.v"_s, u"shaped.e"_s, u"shaped.j"_s}));
    QCOMPARE((*columns)[0].dimension, std::size_t(16));
    QVERIFY((*columns)[0].isKeyRowid);
    QVERIFY(!(*columns)[1].isKeyRowid);
    QCOMPARE((*columns)[1].text->column, u"body"_s);
}

void tst_VectorColumn::shadowTablesAreReadWithoutTheExtension()
{
    // What sqlite-vec leaves: room for 8 rows a chunk, three of which are there.
    QTemporaryDir folder;
    const QString path = folder.filePath(u"vec.db"_s);
    const QString none = QString(128, u'0');
    QString vectors = u"x'"_s;
    for (int i = 0; i < 8; ++i)
        vectors += i == 2 ? none : blob(i).mid(2, 128);
    vectors += u"'"_s;
    QCOMPARE(executeSql(path, u"CREATE TABLE v_chunks(chunk_id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL, validity BLOB NOT NULL, rowids BLOB NOT NULL);"
                              "CREATE TABLE v_rowids(rowid INTEGER PRIMARY KEY AUTOINCREMENT, id, chunk_id INTEGER, chunk_offset INTEGER);"
                              "CREATE TABLE v_vector_chunks00(rowid PRIMARY KEY, vectors BLOB NOT NULL);"
                              "INSERT INTO v_chunks VALUES(1, 8, x'0b', x'%1'); INSERT INTO v_vector_chunks00 VALUES(1, %2);"
                              "INSERT INTO v_rowids VALUES(10, NULL, 1, 0), (11, NULL, 1, 1), (13, NULL, 1, 3);"
                              "PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING vec0(embedding float[16] distance_metric=cosine)')"_s
                                  .arg(u"0a000000000000000b000000000000000c000000000000000d000000000000000000000000000000000000000000000000000000000000000000000000000000"_s, vectors)),
             QString());
    Opened opened(path);
    const auto columns = readVectorColumns(*opened.connection, opened.catalog, opened.profile);
    QVERIFY(columns);
    const auto column = std::find_if(columns->begin(), columns->end(), [](const VectorColumn &c) { return c.storage == VectorColumn::Storage::Vec0; });
    QVERIFY(column != columns->end());
    QCOMPARE(column->name(), u"v.embedding"_s);
    VectorStore store{QString()};
    const SimilaritySearch search(opened.catalog, opened.profile, store);
    SimilarityQuestion question;
    question.rows = {{Value::integer(11)}};
    const auto answer = search.ask(*opened.connection, *column, question, {});
    QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
    QCOMPARE(answer->hits.size(), std::size_t(2));
    QStringList keys;
    for (const SimilarityHit &hit : answer->hits)
        keys.append(hit.key.front().toDisplayText());
    keys.sort();
    QCOMPARE(keys, (QStringList{u"10"_s, u"13"_s}));
}

void tst_VectorColumn::everyStoredFormGivesTheSameNeighbours()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"forms.db"_s);
    QString sql = u"CREATE TABLE blobs(id INTEGER PRIMARY KEY, v VECTOR(16)); CREATE TABLE texts(id INTEGER PRIMARY KEY, v VECTOR(16)); CREATE TABLE mixed(id INTEGER PRIMARY KEY, v VECTOR(16));"_s;
    for (int i = 1; i <= 60; ++i) {
        sql += u"INSERT INTO blobs VALUES(%1, %2); INSERT INTO texts VALUES(%1, %3); INSERT INTO mixed VALUES(%1, %4);"_s.arg(QString::number(i), blob(i * i), text(i * i),
                                                                                                                              i % 2 ? blob(i * i) : text(i * i));
    }
    // What must be told and not be searched.
    sql += u"INSERT INTO mixed VALUES(100, '[1,2,3]'), (101, 'no vector'), (102, x'0000c07f%1'), (103, NULL), (104, '[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]');"_s.arg(QString(120, u'0'));
    QCOMPARE(executeSql(path, sql), QString());
    Opened opened(path);
    const auto columns = readVectorColumns(*opened.connection, opened.catalog, opened.profile);
    QVERIFY(columns);
    QCOMPARE(columns->size(), std::size_t(3));
    VectorStore store{QString()};
    const SimilaritySearch search(opened.catalog, opened.profile, store);
    QStringList found;
    for (const VectorColumn &column : *columns) {
        SimilarityQuestion question;
        question.rows = {{Value::integer(7)}};
        question.count = 5;
        const auto answer = search.ask(*opened.connection, column, question, {});
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QStringList line;
        for (const SimilarityHit &hit : answer->hits)
            line.append(hit.key.front().toDisplayText() + u' ' + QString::number(hit.distance, 'f', 9));
        found.append(line.join(u", "_s));
        if (column.table == u"mixed")
            QCOMPARE(answer->notes.size(), 4);
    }
    QCOMPARE(found[1], found[0]);
    QCOMPARE(found[2], found[0]);
}

void tst_VectorColumn::vectorsAreReadAsPeopleHaveThem()
{
    const std::vector<double> expected{0.5, -2, 3};
    for (const QByteArray &bytes : {QByteArray("[0.5, -2, 3]"), QByteArray("{0.5,-2,3}\n"), QByteArray("0.5 -2\n3"), QByteArray("0.5;-2;3"), QByteArray("{\"embedding\": [0.5, -2, 3]}"),
                                    QByteArray("{\"data\": [{\"embedding\": [0.5, -2, 3]}]}"), QByteArray::fromHex("0000003f000000c000004040"),
                                    QByteArray("\x93NUMPY\x01\x00\x04\x00{  }", 14) + QByteArray::fromHex("0000003f000000c000004040")}) {
        const auto vector = vectorFromBytes(bytes);
        QVERIFY2(vector, bytes.constData());
        QCOMPARE(*vector, expected);
    }
    for (const QByteArray &bytes : {QByteArray(), QByteArray("[1,2"), QByteArray("hello"), QByteArray("{\"a\":1}"), QByteArray("1")})
        QVERIFY2(!vectorFromBytes(bytes), bytes.constData());
}

void tst_VectorColumn::whatAServerSendsIsLogged()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const DatabaseUrl url = *DatabaseUrl::parse(database.url());
    const auto connection = Connection::open(url);
    QVERIFY2(connection.has_value(), connection ? "" : qPrintable(connection.error().message));
    const StatementLog log(url.displayText());
    const QString rows = u"COPY (SELECT i FROM generate_series(1, 7) AS i) TO STDOUT (FORMAT binary)"_s;
    const QString wrong = u"COPY (SELECT i FROM nowhere) TO STDOUT (FORMAT binary)"_s;
    int seen = 0;
    QVERIFY(copyOut(**connection, rows, [&](const auto &) { return ++seen > 0; }));
    QCOMPARE(seen, 7);
    QVERIFY(!copyOut(**connection, wrong, [](const auto &) { return true; }));
    std::vector<LoggedStatement> copies;
    for (const LoggedStatement &statement : log.after(0)) {
        if (statement.sql.startsWith(u"COPY"))
            copies.push_back(statement);
    }
    QCOMPARE(copies.size(), std::size_t(2));
    QCOMPARE(copies[0].sql, rows);
    QCOMPARE(copies[0].rows, 7);
    QVERIFY(copies[0].error.isEmpty() && copies[0].duration.count() > 0);
    QCOMPARE(copies[1].sql, wrong);
    QVERIFY2(copies[1].error.contains(u"nowhere"), qPrintable(copies[1].error));
}

QTEST_GUILESS_MAIN(tst_VectorColumn)
#include "tst_vectorcolumn.moc"
