// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/valueorder.h"

#include "models/database/connection.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace turnstone {

class tst_ValueOrder : public QObject
{
    Q_OBJECT

private slots:
    void theOrderIsTheEnginesOwn_data()
    {
        QTest::addColumn<QString>("collation");
        QTest::addColumn<int>("order");
        QTest::newRow("binary") << u"BINARY"_s << static_cast<int>(TextOrder::Binary);
        QTest::newRow("without case") << u"NOCASE"_s << static_cast<int>(TextOrder::NoCase);
        QTest::newRow("without spaces at the end") << u"RTRIM"_s << static_cast<int>(TextOrder::TrimmedRight);
    }

    void theOrderIsTheEnginesOwn()
    {
        QFETCH(QString, collation);
        QFETCH(int, order);
        const QString path = m_folder.filePath(u"values.db"_s);
        QFile::remove(path);
        QCOMPARE(executeSql(
                     path,
                     u"CREATE TABLE t(v COLLATE %1); INSERT INTO t VALUES(NULL), (0), (-0.0), (1), (1.5), (-1), (-1.5), (9007199254740993),"
                     " (9007199254740992.0), (9007199254740994.0), (9223372036854775807), (9223372036854775808.0), "
                     "(9223372036854774784.0), (-9223372036854775808),"
                     " (-9223372036854775808.0), (-9223372036854777856.0), (1e999), (-1e999), (5e-324), (-5e-324), (''), ('a'), ('A'), ('a "
                     "'), ('a  b'), ('ab'), ('AB'),"
                     " ('aB '), ('b'), ('Z'), ('z'), ('['), ('_'), ('`'), ('@'), (' '), ('  '), ('ä'), ('Ä'), (CAST(x'6100' AS TEXT)), "
                     "(CAST(x'610062' AS TEXT)),"
                     " (CAST(x'610063' AS TEXT)), (CAST(x'41006100' AS TEXT)), (CAST(x'00' AS TEXT)), (CAST(x'ff' AS TEXT)), (CAST(x'61ff' "
                     "AS TEXT)),"
                     " (x''), (x'61'), (x'41'), (x'6120'), (x'00'), (x'ff')"_s.arg(collation)),
                 QString());
        const auto connection = *Connection::open(DatabaseUrl::forFile(path));
        int pairs = 0;
        const Result<> read =
            connection->forEachRow(u"SELECT a.v, b.v, a.v < b.v, a.v > b.v FROM t a, t b"_s, {}, [&](const RowBlock &block, int row) {
                const ValueRef a = block.at(row, 0);
                const ValueRef b = block.at(row, 1);
                const std::int64_t right = a.isNull() || b.isNull() ? (b.isNull() ? 1 : 0) - (a.isNull() ? 1 : 0)
                                                                    : block.at(row, 3).integer() - block.at(row, 2).integer();
                const int compared = compareValues(a, b, static_cast<TextOrder>(order));
                if ((compared > 0) - (compared < 0) != right) {
                    qWarning() << Value(a).toDisplayText() << "and" << Value(b).toDisplayText() << "should be" << right;
                    return false;
                }
                ++pairs;
                return true;
            });
        QVERIFY(read);
        QCOMPARE(pairs, 52 * 52);
    }

private:
    QTemporaryDir m_folder;
};

} // namespace turnstone

QTEST_GUILESS_MAIN(turnstone::tst_ValueOrder)
#include "tst_valueorder.moc"
