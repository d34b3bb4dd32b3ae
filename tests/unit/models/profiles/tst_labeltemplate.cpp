// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/labeltemplate.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TestLabelTemplate : public QObject
{
    Q_OBJECT

private slots:
    void aFieldMayFollowKeysAndEnterJson()
    {
        const Result<FieldRef> field = FieldRef::parse(u" a_id -> a.b_id→b.info.x.0 "_s);
        QVERIFY(field.has_value());
        QCOMPARE(field->hops.size(), std::size_t(2));
        QCOMPARE(field->hops[0].column, u"a_id"_s);
        QCOMPARE(field->hops[0].table, u"a"_s);
        QCOMPARE(field->hops[1].column, u"b_id"_s);
        QCOMPARE(field->hops[1].table, u"b"_s);
        QCOMPARE(field->column, u"info"_s);
        QCOMPARE(field->jsonPath, QStringList({u"x"_s, u"0"_s}));
        QCOMPARE(field->toString(), u"a_id→a.b_id→b.info.x.0"_s);
        QCOMPARE(*FieldRef::parse(field->toString()), *field);
    }

    void brokenTemplatesAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("position");
        QTest::newRow("open") << u"Game {id"_s << 5;
        QTest::newRow("close") << u"Game id}"_s << 7;
        QTest::newRow("empty") << u"{}"_s << 0;
        QTest::newRow("empty alternative") << u"ab {x|}"_s << 3;
        QTest::newRow("length") << u"{x:many}"_s << 0;
        QTest::newRow("arrow to nowhere") << u"{x→}"_s << 0;
        QTest::newRow("no column after arrow") << u"{x→t}"_s << 0;
    }
    void brokenTemplatesAreRefused()
    {
        QFETCH(const QString, text);
        const Result<LabelTemplate> parsed = LabelTemplate::parse(text);
        QVERIFY(!parsed.has_value());
        QVERIFY(!parsed.error().message.isEmpty());
        QTEST(parsed.error().position, "position");
    }

    void separatorsAroundEmptyValuesAreDropped_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("values");
        QTest::addColumn<QString>("expected");
        QTest::newRow("all") << u"{a} · {b} · {c}"_s << QStringList{u"1"_s, u"2"_s, u"3"_s} << u"1 · 2 · 3"_s;
        QTest::newRow("middle") << u"{a} · {b} · {c}"_s << QStringList{u"1"_s, QString(), u"3"_s} << u"1 · 3"_s;
        QTest::newRow("end") << u"{a} · {b}"_s << QStringList{u"1"_s, QString()} << u"1"_s;
        QTest::newRow("start") << u"{a} · {b}"_s << QStringList{QString(), u"2"_s} << u"2"_s;
        QTest::newRow("words stay") << u"Game {a}"_s << QStringList{u"7"_s} << u"Game 7"_s;
        QTest::newRow("line breaks") << u"{a}"_s << QStringList{u" x\ny "_s} << u"x y"_s;
        QTest::newRow("braces") << u"{{{a}}}"_s << QStringList{u"x"_s} << u"{x}"_s;
        QTest::newRow("cut at a word") << u"{a:10}"_s << QStringList{u"hello wide world"_s} << u"hello…"_s;
        QTest::newRow("not cut") << u"{a:10}"_s << QStringList{u"0123456789"_s} << u"0123456789"_s;
    }
    void separatorsAroundEmptyValuesAreDropped()
    {
        QFETCH(const QString, text);
        QFETCH(const QStringList, values);
        const Result<LabelTemplate> parsed = LabelTemplate::parse(text);
        QVERIFY2(parsed.has_value(), parsed ? "" : qPrintable(parsed.error().message));
        QTEST(parsed->render(values), "expected");
    }

    void aTemplatePrintsAsItReads()
    {
        const QString text = u"{{x}} {a|b→c.d:20} · {e}"_s;
        QCOMPARE(LabelTemplate::parse(text)->toString(), text);
    }
};

QTEST_APPLESS_MAIN(TestLabelTemplate)
#include "tst_labeltemplate.moc"
