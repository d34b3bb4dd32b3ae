// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/rowcopy.h"
#include "models/catalog/catalogreader.h"
#include "models/core/async.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>
#include <optional>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_RowCopy : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void sqlGivesBackTheSameBytes();
    void rowsComeInTheOrderAskedForAndGoneOnesAreLeftOut();
    void formatsAreAsTheyShould();
    void whatIsWrongIsSaid();

private:
    Result<QByteArray> copy(const std::vector<qint64> &ids, const QString &format, const QStringList &columns = {u"id"_s, u"v"_s})
    {
        std::vector<RowKey> keys;
        for (const qint64 id : ids)
            keys.push_back({Value::integer(id)});
        std::optional<Result<QByteArray>> answer;
        onResult(copyRows(*m_pool, *m_catalog.table(u"t"_s), std::move(keys), columns, format), this, [&answer](const Result<QByteArray> &text) { answer = text; });
        [&answer] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
        return answer ? *answer : failure(ErrorCode::Internal, u"no answer"_s);
    }
    /// Every row as the engine has it: storage class and bytes.
    QByteArray fingerprint(const QString &path)
    {
        const auto connection = Connection::open(*DatabaseUrl::parse(path));
        if (!connection)
            return connection.error().message.toUtf8();
        auto reader = (*connection)->query(u"SELECT group_concat(id || ':' || typeof(v) || ':' || hex(CAST(v AS BLOB)) || ':' || quote(v), '|') FROM (SELECT * FROM t ORDER BY id)"_s);
        if (!reader)
            return reader.error().message.toUtf8();
        RowBlock block;
        return (*reader)->read(block) && !block.isEmpty() ? textOf(block.at(0, 0)).toByteArray() : QByteArray("nothing");
    }

    QTemporaryDir m_folder;
    QString m_path;
    Catalog m_catalog;
    std::unique_ptr<SessionPool> m_pool;
};

void tst_RowCopy::initTestCase()
{
    m_path = m_folder.filePath(u"values.db"_s);
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, v);"
                                "INSERT INTO t VALUES (1, NULL), (2, ''), (3, 'it''s \"quoted\"'), (4, CAST(x'610062' AS TEXT)), (5, CAST(x'ff41' AS TEXT)),"
                                "(6, 1e300), (7, 9e999), (8, -9e999), (9, 2.0), (10, -0.0), (11, 9223372036854775807), (12, -9223372036854775807 - 1),"
                                "(13, x''), (14, x'00ff27'), (15, 'tab\there' || char(10) || 'line'), (16, 0.1), (17, '0012'), (18, hex(zeroblob(100000)));"_s),
             QString());
    const Result<DatabaseUrl> url = DatabaseUrl::parse(m_path);
    const auto connection = Connection::open(*url);
    QVERIFY(connection);
    m_catalog = *readCatalog(**connection);
    m_pool = std::make_unique<SessionPool>(*url, ConnectionOptions());
}

void tst_RowCopy::sqlGivesBackTheSameBytes()
{
    std::vector<qint64> ids(18);
    std::iota(ids.begin(), ids.end(), 1);
    const Result<QByteArray> sql = copy(ids, u"sql"_s);
    QVERIFY2(sql, sql ? "" : qPrintable(sql.error().message));
    const QString copied = m_folder.filePath(u"copied.db"_s);
    QCOMPARE(executeSql(copied, u"CREATE TABLE t(id INTEGER PRIMARY KEY, v);"_s + QString::fromUtf8(*sql)), QString());
    QCOMPARE(fingerprint(copied), fingerprint(m_path));
    QVERIFY(fingerprint(copied).size() > 100'000);
}

void tst_RowCopy::rowsComeInTheOrderAskedForAndGoneOnesAreLeftOut()
{
    const Result<QByteArray> csv = copy({9, 999, 3}, u"csv"_s, {u"v"_s, u"id"_s});
    QVERIFY(csv);
    QCOMPARE(*csv, "v,id\n2.0,9\n\"it's \"\"quoted\"\"\",3\n");
}

void tst_RowCopy::formatsAreAsTheyShould()
{
    QCOMPARE(*copy({1, 2, 15}, u"tsv"_s), "id\tv\n1\t\n2\t\"\"\n15\t\"tab\there\nline\"\n");
    const QByteArray json = *copy({11, 1}, u"json"_s);
    QVERIFY2(json.contains("9223372036854775807") && json.contains("null"), json.constData());
    QVERIFY((*copy({2}, u"markdown"_s)).contains("| id"));
}

void tst_RowCopy::whatIsWrongIsSaid()
{
    QCOMPARE(copy({1}, u"docx"_s).error().code, ErrorCode::NotFound);
    QCOMPARE(copy({1}, u"csv"_s, {u"nowhere"_s}).error().code, ErrorCode::NotFound);
    QCOMPARE(copy(std::vector<qint64>(maxCopiedRows + 1, 1), u"csv"_s).error().code, ErrorCode::InvalidInput);
}

QTEST_MAIN(tst_RowCopy)
#include "tst_rowcopy.moc"
