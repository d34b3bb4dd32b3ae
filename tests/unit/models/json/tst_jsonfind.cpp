// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json/jsonfind.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_JsonFind : public QObject
{
    Q_OBJECT

private slots:
    void keysAndValuesAreFoundInOrder()
    {
        const auto index = JsonIndex::build("{\"name\":\"Zed\",\"turns\":[{\"name\":\"zed again\"},17.50,null,true],\"Zeder\":{}}");
        QVERIFY(index);
        QCOMPARE(findInJson(*index, u"zed"_s, 100), (std::vector<JsonPlace>{{0}, {1, 0, 0}, {2}}));
        QCOMPARE(findInJson(*index, u"name"_s, 100), (std::vector<JsonPlace>{{0}, {1, 0, 0}}));
        QCOMPARE(findInJson(*index, u"17.50"_s, 100), (std::vector<JsonPlace>{{1, 1}}));
        QCOMPARE(findInJson(*index, u"NULL"_s, 100), (std::vector<JsonPlace>{{1, 2}}));
        QCOMPARE(findInJson(*index, u"zed"_s, 1).size(), 1u);
        QVERIFY(findInJson(*index, u"{"_s, 100).empty()); // brackets are no values
        QVERIFY(findInJson(*index, u"\""_s, 100).empty());
        QVERIFY(findInJson(*index, {}, 100).empty());
    }

    void escapesAndLettersBeyondAsciiAreDecoded()
    {
        const auto index = JsonIndex::build(QByteArray("[\"tab\\there\", \"caf\\u00e9\", \"CAFÉ\", \"a\\\"b\"]"));
        QVERIFY(index);
        QCOMPARE(findInJson(*index, u"café"_s, 100), (std::vector<JsonPlace>{{1}, {2}}));
        QCOMPARE(findInJson(*index, u"a\"b"_s, 100), (std::vector<JsonPlace>{{3}}));
        QCOMPARE(findInJson(*index, u"tab\there"_s, 100), (std::vector<JsonPlace>{{0}}));
        QVERIFY(findInJson(*index, u"\\t"_s, 100).empty());
    }

    void aScalarIsAPlaceWithoutSteps()
    {
        const auto index = JsonIndex::build("\"turnstone\"");
        QVERIFY(index);
        QCOMPARE(findInJson(*index, u"stone"_s, 10), (std::vector<JsonPlace>{{}}));
    }

    void placesBeyondAPageAndDeepNestingAreReached()
    {
        QByteArray json = "[";
        for (int i = 0; i < 1'500; ++i)
            json += QByteArray::number(i) + ',';
        json += QByteArray("[").repeated(20'000) + "\"deep\"" + QByteArray("]").repeated(20'000) + ']';
        const auto index = JsonIndex::build(json);
        QVERIFY(index);
        QCOMPARE(findInJson(*index, u"1499"_s, 10), (std::vector<JsonPlace>{{1499}}));
        const std::vector<JsonPlace> deep = findInJson(*index, u"deep"_s, 10);
        QCOMPARE(deep.size(), 1u);
        QCOMPARE(deep.front().size(), 20'001u);
        QCOMPARE(deep.front().front(), 1500);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(findInJson(*index, u"deep"_s, 10, stop.get_token()).empty());
    }
};

QTEST_GUILESS_MAIN(tst_JsonFind)
#include "tst_jsonfind.moc"
