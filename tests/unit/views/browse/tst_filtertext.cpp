// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/filtertext.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_FilterText : public QObject
{
    Q_OBJECT

private slots:
    void whatIsWrittenIsUnderstood_data();
    void whatIsWrittenIsUnderstood();
    void mistakesAreNamed_data();
    void mistakesAreNamed();
    void serversGetTexts();
    void filtersReadWell();

private:
    static CatalogTable table(Engine engine = Engine::Sqlite)
    {
        CatalogTable table;
        table.engine = engine;
        table.name = u"t"_s;
        for (const auto &[name, type] : {std::pair(u"id"_s, u"INTEGER"_s), std::pair(u"status"_s, u"VARCHAR"_s), std::pair(u"status_at"_s, u"DATETIME"_s),
                                         std::pair(u"score"_s, u"REAL"_s), std::pair(u"a b"_s, u""_s)}) {
            CatalogColumn column;
            column.name = name;
            column.type = type;
            table.columns.push_back(column);
        }
        return table;
    }
};

void tst_FilterText::whatIsWrittenIsUnderstood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("column");
    QTest::addColumn<FilterOperator>("op");
    QTest::addColumn<std::vector<Value>>("values");
    const auto row = [](const char *text, const char *column, FilterOperator op, std::vector<Value> values) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(column) << op << values;
    };
    using Op = FilterOperator;
    row("status = failed", "status", Op::Equals, {Value::text(u"failed")});
    row("STATUS=failed", "status", Op::Equals, {Value::text(u"failed")});
    row("status_at >= 2025-06", "status_at", Op::GreaterOrEqual, {Value::text(u"2025-06")});
    row("id = 412", "id", Op::Equals, {Value::integer(412)});
    row("id = 9223372036854775807", "id", Op::Equals, {Value::integer(9223372036854775807)});
    row("id = '412'", "id", Op::Equals, {Value::text(u"412")});
    row("status = 412", "status", Op::Equals, {Value::text(u"412")});
    row("score < 0.5", "score", Op::Less, {Value::real(0.5)});
    row("score <> 1", "score", Op::NotEquals, {Value::integer(1)});
    row("status ~ don't = know", "status", Op::Contains, {Value::text(u"don't = know")});
    row("id !~ 4", "id", Op::NotContains, {Value::text(u"4")});
    row("status ^ fa", "status", Op::StartsWith, {Value::text(u"fa")});
    row("status = 'it''s'", "status", Op::Equals, {Value::text(u"it's")});
    row("status = ''", "status", Op::Equals, {Value::text(u"")});
    row("status is null", "status", Op::IsNull, {});
    row("status = NULL", "status", Op::IsNull, {});
    row("status IS NOT NULL", "status", Op::IsNotNull, {});
    row("id points to no id", "id", Op::PointsNowhere, {Value::text(u"id")});
    row("id in 1, 2,3", "id", Op::In, {Value::integer(1), Value::integer(2), Value::integer(3)});
    row("id in (1, 2)", "id", Op::In, {Value::integer(1), Value::integer(2)});
    row("id between 5 and 7", "id", Op::Between, {Value::integer(5), Value::integer(7)});
    row("a b = x", "a b", Op::Equals, {Value::text(u"x")});
    row("\"a b\" = x", "a b", Op::Equals, {Value::text(u"x")});
}

void tst_FilterText::whatIsWrittenIsUnderstood()
{
    QFETCH(QString, text);
    QFETCH(QString, column);
    QFETCH(FilterOperator, op);
    QFETCH(std::vector<Value>, values);
    const Result<RowFilter> filter = filterFromText(text, table());
    QVERIFY2(filter, filter ? "" : qPrintable(filter.error().message));
    QCOMPARE(filter->column, column);
    QVERIFY(filter->op == op);
    QVERIFY(filter->values == values);
}

void tst_FilterText::mistakesAreNamed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("nothing") << u""_s << u"name of a column"_s;
    QTest::newRow("no column") << u"colour = red"_s << u"name of a column"_s;
    QTest::newRow("longer name") << u"statusx = 1"_s << u"name of a column"_s;
    QTest::newRow("no operator") << u"status"_s << u"how to compare"_s;
    QTest::newRow("unknown operator") << u"status like x"_s << u"how to compare"_s;
    QTest::newRow("no value") << u"status ="_s << u"value is missing"_s;
    QTest::newRow("nowhere") << u"id points to no colour"_s << u"no column colour"_s;
    QTest::newRow("empty in") << u"id in"_s << u"value is missing"_s;
    QTest::newRow("hole in a list") << u"id in 1,,2"_s << u"value is missing"_s;
}

void tst_FilterText::mistakesAreNamed()
{
    QFETCH(QString, text);
    QFETCH(QString, said);
    const Result<RowFilter> filter = filterFromText(text, table());
    QVERIFY(!filter);
    QVERIFY2(filter.error().message.contains(said), qPrintable(filter.error().message));
}

void tst_FilterText::serversGetTexts()
{
    const Result<RowFilter> filter = filterFromText(u"id = 412"_s, table(Engine::PostgreSql));
    QVERIFY(filter->values.front() == Value::text(u"412"));
}

void tst_FilterText::filtersReadWell()
{
    QCOMPARE(filterText({u"a"_s, FilterOperator::IsNull, {}, false}), u"a is NULL"_s);
    QCOMPARE(filterText({u"a"_s, FilterOperator::Between, {Value::integer(1), Value::integer(2)}, false}), u"a between 1 and 2"_s);
    QCOMPARE(filterText({u"a"_s, FilterOperator::Equals, {Value::text(u"")}, false}), u"a = ''"_s);
    const QString longText = filterText({u"a"_s, FilterOperator::Contains, {Value::text(QString(500, u'x'))}, false});
    QVERIFY(longText.size() < 80 && longText.endsWith(u'…'));
}


QTEST_APPLESS_MAIN(tst_FilterText)
#include "tst_filtertext.moc"
