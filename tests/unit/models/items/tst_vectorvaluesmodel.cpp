// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/vectorvaluesmodel.h"

#include <QAbstractItemModelTester>
#include <QSortFilterProxyModel>
#include <QTest>

#include <cstdlib>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_VectorValuesModel : public QObject
{
    Q_OBJECT

private slots:
    void obeysTheModelContract()
    {
        VectorValuesModel model;
        QSortFilterProxyModel proxy;
        proxy.setSourceModel(&model);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setValues({0.1F, -3, 1e-8F});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 1).data().toString(), u"0.1"_s);
        QCOMPARE(model.index(1, 1).data().toString(), u"-3"_s);
        QCOMPARE(model.index(2, 0).data().toString(), u"2"_s);
        model.setValues({});
        QCOMPARE(model.rowCount(), 0);
        model.setValues(std::vector<float>(4'096, 0.5F));
        QCOMPARE(model.rowCount(), 4'096);
    }

    void aNumberGivesTheSameFloatAgain()
    {
        for (const float value : {0.1F, 1.0F / 3, 3.4028235e38F, 1.17549435e-38F, -0.0F, 16'777'217.0F})
            QVERIFY(std::strtof(qPrintable(VectorValuesModel::text(value)), nullptr) == value);
    }
};

QTEST_GUILESS_MAIN(tst_VectorValuesModel)
#include "tst_vectorvaluesmodel.moc"
