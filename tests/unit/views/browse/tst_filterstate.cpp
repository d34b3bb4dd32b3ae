// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/filterstate.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <limits>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_FilterState : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsLostOnTheWayThroughSettings();
    void whatDoesNotFitIsNothing();

private:
    static CatalogTable table()
    {
        CatalogTable made;
        made.name = u"games"_s;
        for (const QString &name : {u"id"_s, u"status"_s}) {
            CatalogColumn column;
            column.name = name;
            made.columns.push_back(column);
        }
        return made;
    }
};

void tst_FilterState::nothingIsLostOnTheWayThroughSettings()
{
    using Op = FilterOperator;
    const QString longText = u"a long text, longer than any chip shows it: "_s.repeated(5) + u"“quoted”\nand more"_s;
    const std::vector<RowFilter> filters{
        {u"status"_s, Op::Equals, {Value::text(QStringView(longText))}, false},
        {u"status"_s, Op::NotEquals, {Value::text(QByteArray("1"))}, false},
        {u"id"_s, Op::Less, {Value::integer(std::numeric_limits<std::int64_t>::min())}, false},
        {u"id"_s, Op::LessOrEqual, {Value::real(0.1)}, false},
        {u"id"_s, Op::Greater, {Value::integer(9007199254740993)}, false},
        {u"id"_s, Op::GreaterOrEqual, {Value::real(1)}, false},
        {u"id"_s, Op::Between, {Value::integer(1), Value::real(1e300)}, false},
        {u"id"_s, Op::In, {Value::integer(1), Value::null(), Value::blob("\x00\xff")}, false},
        {u"id"_s, Op::In, {}, false},
        {u"status"_s, Op::Contains, {Value::text(QByteArray("ä"))}, true},
        {u"status"_s, Op::NotContains, {Value::text(QByteArray("\xff\xfe"))}, false},
        {u"status"_s, Op::StartsWith, {Value::text(QByteArray(""))}, false},
        {u"status"_s, Op::IsNull, {}, false},
        {u"status"_s, Op::IsNotNull, {}, false},
        {u"status"_s, Op::PointsNowhere, {Value::text(QByteArray("id"))}, false},
    };
    for (const RowFilter &filter : filters) {
        const QByteArray json = QJsonDocument(QJsonObject::fromVariantMap(filterState(filter))).toJson();
        const std::optional<RowFilter> again = filterFromState(QJsonDocument::fromJson(json).object().toVariantMap(), table());
        QVERIFY2(again && *again == filter, json.constData());
    }
}

void tst_FilterState::whatDoesNotFitIsNothing()
{
    QVERIFY(!filterFromState({}, table()));
    QVariantMap state = filterState({u"colour"_s, FilterOperator::IsNull, {}, false});
    QVERIFY(!filterFromState(state, table())); // no such column any more
    state = filterState({u"id"_s, FilterOperator::Equals, {Value::integer(1)}, false});
    state[u"operator"_s] = u"resembles"_s;
    QVERIFY(!filterFromState(state, table()));
    state = filterState({u"id"_s, FilterOperator::Equals, {}, false});
    QVERIFY(!filterFromState(state, table())); // a value is missing
    state = filterState({u"id"_s, FilterOperator::Equals, {Value::integer(1)}, false});
    state[u"values"_s] = QVariantList{QVariantMap{{u"type"_s, u"integer"_s}, {u"value"_s, u"one"_s}}};
    QVERIFY(!filterFromState(state, table()));
}

QTEST_GUILESS_MAIN(tst_FilterState)
#include "tst_filterstate.moc"
