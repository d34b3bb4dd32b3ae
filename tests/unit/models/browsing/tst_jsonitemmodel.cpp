// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/jsonitemmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_JsonItemModel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_model = std::make_unique<JsonItemModel>();
        m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }
    void nothingAndAScalar();
    void numbersKeepTheirText();
    void membersComeInPages();
    void aStringThatHoldsJsonOpens();

private:
    void show(const QByteArray &json) { m_model->setDocument(std::make_shared<JsonIndex>(*JsonIndex::build(json))); }
    QString value(int row, const QModelIndex &parent = {}) const { return m_model->index(row, 1, parent).data().toString(); }

    std::unique_ptr<JsonItemModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_JsonItemModel::nothingAndAScalar()
{
    QCOMPARE(m_model->rowCount(), 0);
    show("true");
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(value(0), u"true"_s);
    show("{}");
    QCOMPARE(m_model->rowCount(), 0);
    m_model->setDocument(nullptr);
    QCOMPARE(m_model->rowCount(), 0);
}

void tst_JsonItemModel::numbersKeepTheirText()
{
    show("{\"a\": 1.10e+0, \"b\": 123456789012345678901234567890, \"a\": null}");
    QCOMPARE(m_model->rowCount(), 3);
    QCOMPARE(value(0), u"1.10e+0"_s);
    QCOMPARE(value(1), u"123456789012345678901234567890"_s);
    QCOMPARE(m_model->index(2, 0).data().toString(), u"a"_s);
    QCOMPARE(m_model->index(1, 1).data(JsonItemModel::TokenRole).toByteArray(), "123456789012345678901234567890");
}

void tst_JsonItemModel::membersComeInPages()
{
    QByteArray json = "[";
    for (int i = 0; i < 1'200; ++i)
        json += QByteArray::number(i) + ',';
    json.chop(1);
    m_tester.reset(); // it fetches by itself
    show(json + ']');
    QCOMPARE(m_model->rowCount(), JsonItemModel::childrenPerPage);
    QVERIFY(m_model->canFetchMore({}));
    m_model->fetchMore({});
    m_model->fetchMore({});
    QCOMPARE(m_model->rowCount(), 1'200);
    QVERIFY(!m_model->canFetchMore({}));
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(value(1'199), u"1199"_s);
    QCOMPARE(m_model->index(1'199, 0).data().toString(), u"1199"_s);
}

void tst_JsonItemModel::aStringThatHoldsJsonOpens()
{
    m_tester.reset(); // it fetches by itself
    show(R"({"call": "{\"x\": [1.50]}", "text": "{no json"})");
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QModelIndex call = m_model->index(0, 0);
    QVERIFY(m_model->hasChildren(call));
    m_model->fetchMore(call);
    const QModelIndex x = m_model->index(0, 0, call);
    QCOMPARE(x.data().toString(), u"x"_s);
    m_model->fetchMore(x);
    QCOMPARE(value(0, x), u"1.50"_s);
    QCOMPARE(m_model->path(m_model->index(0, 0, x)), u"call.x.0"_s);
    QVERIFY(!m_model->hasChildren(m_model->index(1, 0)));
}

QTEST_GUILESS_MAIN(tst_JsonItemModel)
#include "tst_jsonitemmodel.moc"
