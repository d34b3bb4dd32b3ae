// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowmodel.h"

#include "models/items/celltext.h"

#include <QAbstractItemModelTester>
#include <QPromise>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

/// Rows "<position>:<column>" with the position as key; a page answers in the next turn of the event loop.
class FakeRowSource final : public RowSource
{
public:
    explicit FakeRowSource(qint64 rows, bool fails = false) : m_rows(rows), m_fails(fails)
    {
        for (const QString &name : {u"a"_s, u"b"_s}) {
            RowColumn column;
            column.name = name;
            column.typeName = u"TEXT"_s;
            m_columns.push_back(column);
        }
    }

    const std::vector<RowColumn> &columns() const override { return m_columns; }
    bool hasKeys() const override { return true; }
    qint64 rowCount() const override { return m_known; }
    bool isComplete() const override { return m_known == m_rows; }
    void start() override { grow(m_rows); }
    void grow(qint64 rows)
    {
        m_rows = m_known = rows;
        emit extentChanged();
    }
    QFuture<Result<RowPage>> readPage(qint64 page) override
    {
        ++asked;
        QPromise<Result<RowPage>> promise;
        promise.start();
        if (m_fails)
            promise.addResult(Result<RowPage>(failure(ErrorCode::Io, u"the disk is gone"_s)));
        else
            promise.addResult(Result<RowPage>(pageAt(page)));
        promise.finish();
        return promise.future();
    }

    void refresh() override { grow(m_rows + addedByRefresh); }

    int asked = 0;
    qint64 deletedFrom = -1; ///< rows of its page from here on are gone
    qint64 addedByRefresh = 0;
    QByteArray prefix; ///< of every text

private:
    RowPage pageAt(qint64 page) const
    {
        RowPage rows;
        rows.keyColumns = 1;
        rows.rows.clear(5);
        for (qint64 at = page * rowsPerPage; at < std::min(m_rows, (page + 1) * rowsPerPage); ++at) {
            if (deletedFrom >= 0 && at >= deletedFrom)
                break;
            rows.rows.addInteger(at);
            for (int column = 0; column < 2; ++column) {
                const QByteArray text = prefix + QByteArray::number(at) + ':' + QByteArray::number(column);
                rows.rows.addBytes(ValueType::Text, text.constData(), text.size());
                rows.rows.addNull();
            }
            rows.rows.endRow();
        }
        return rows;
    }

    std::vector<RowColumn> m_columns;
    qint64 m_rows;
    qint64 m_known = 0;
    const bool m_fails;
};

/// New rows with a value in their first column, and an order for a page of as many rows.
class FakeOverlay final : public RowOverlay
{
public:
    void setAdded(int count)
    {
        m_values.clear();
        for (int i = 0; i < count; ++i)
            m_values.push_back(Value::text(QStringView(u"new %1"_s.arg(i))));
        emit changed();
    }
    void setOrder(std::vector<int> order)
    {
        m_order = std::move(order);
        emit changed();
    }
    bool isEmpty() const override { return true; }
    State state(const RowPage &, int) const override { return State::None; }
    const Value *value(const RowPage &, int, int) const override { return nullptr; }
    QString problem(const RowPage &, int, int) const override { return {}; }
    std::vector<int> order(const RowPage &page) const override { return page.rowCount() == static_cast<int>(m_order.size()) ? m_order : std::vector<int>(); }
    int addedCount() const override { return static_cast<int>(m_values.size()); }
    quint64 added(int index) const override { return static_cast<quint64>(100 + index); }
    const Value *addedValue(int index, int column) const override { return index < addedCount() && column == 0 ? &m_values[static_cast<std::size_t>(index)] : nullptr; }

private:
    std::vector<Value> m_values;
    std::vector<int> m_order;
};

TableRowModel::LoadState stateOf(const QModelIndex &index)
{
    return index.data(TableRowModel::LoadStateRole).value<TableRowModel::LoadState>();
}

using State = TableRowModel::LoadState;

} // namespace

class tst_TableRowModel : public QObject
{
    Q_OBJECT

private slots:
    void obeysTheModelContract_data()
    {
        QTest::addColumn<qint64>("rows");
        QTest::newRow("empty") << qint64(0);
        QTest::newRow("one") << qint64(1);
        QTest::newRow("a page") << qint64(256);
        QTest::newRow("last page short") << qint64(257);
    }

    void obeysTheModelContract()
    {
        QFETCH(qint64, rows);
        TableRowModel model(std::make_unique<FakeRowSource>(rows));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSortFilterProxyModel proxy;
        proxy.setSourceModel(&model);
        const QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), static_cast<int>(rows));
        if (rows > 0)
            QTRY_COMPARE(stateOf(model.index(static_cast<int>(rows) - 1, 0)), State::Ready);
    }

    void aRowArrivesAfterItWasAskedFor()
    {
        TableRowModel model(std::make_unique<FakeRowSource>(1000));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const QModelIndex index = model.index(700, 1);
        QVERIFY(!index.data().isValid());
        QCOMPARE(stateOf(index), State::Pending);
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(index.data().toString(), u"700:1"_s);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 512);
        QCOMPARE(changed.first().at(1).toModelIndex().row(), 767);
        QCOMPARE(model.record(700, u"t"_s)->key.front().integer(), 700);
    }

    void aFailedPageIsReportedOnce()
    {
        TableRowModel model(std::make_unique<FakeRowSource>(10, true));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy failed(&model, &TableRowModel::failed);
        stateOf(model.index(0, 0));
        QTRY_COMPARE(stateOf(model.index(0, 0)), State::Failed);
        stateOf(model.index(5, 0));
        QCoreApplication::processEvents();
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.first().at(0).value<Error>().message, u"the disk is gone"_s);
    }

    void deletedRowsAreGoneAndNotPending()
    {
        auto source = std::make_unique<FakeRowSource>(10);
        source->deletedFrom = 8;
        TableRowModel model(std::move(source));
        stateOf(model.index(9, 0));
        QTRY_COMPARE(stateOf(model.index(9, 0)), State::Gone);
        QCOMPARE(stateOf(model.index(7, 0)), State::Ready);
    }

    void aGrowingTableKeepsItsRows()
    {
        auto owned = std::make_unique<FakeRowSource>(300);
        FakeRowSource *source = owned.get();
        TableRowModel model(std::move(owned));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.index(299, 0).data();
        QTRY_COMPARE(stateOf(model.index(299, 0)), State::Ready);
        source->grow(1000);
        QCOMPARE(model.rowCount(), 1000);
        QTRY_COMPARE(model.index(301, 0).data().toString(), u"301:0"_s);
    }

    void theWindowSlidesOverTenMillionRowsWithinTheBudget()
    {
        constexpr qint64 total = 10'000'000;
        TableRowModel::Limits limits;
        limits.cacheBytes = 512 * 1024;
        TableRowModel model(std::make_unique<FakeRowSource>(total), limits);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), limits.windowRows);
        for (qint64 first = 0; first < total; first += 499'979) {
            model.setWindowFirst(first);
            const qint64 row = model.windowFirst() + 77'777;
            QTRY_COMPARE(model.index(77'777, 0).data().toString(), QString::number(row) + u":0"_s);
            QVERIFY2(model.cachedBytes() <= limits.cacheBytes, qPrintable(QString::number(model.cachedBytes())));
        }
        model.setWindowFirst(total);
        QCOMPARE(model.windowFirst(), total - limits.windowRows);
        QTRY_COMPARE(model.index(limits.windowRows - 1, 1).data().toString(), u"9999999:1"_s);
    }

    void aHundredMillionRowsAreReachedToTheLast()
    {
        constexpr qint64 total = 100'000'000;
        TableRowModel model(std::make_unique<FakeRowSource>(total));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setWindowFirst(total);
        QCOMPARE(model.windowFirst() + model.rowCount(), total);
        QTRY_COMPARE(model.index(model.rowCount() - 1, 0).data().toString(), u"99999999:0"_s);
        QCOMPARE(model.headerData(model.rowCount() - 1, Qt::Vertical).toLongLong(), total);
    }

    void aRefreshReadsAgainWhatIsShown()
    {
        auto owned = std::make_unique<FakeRowSource>(300);
        FakeRowSource *source = owned.get();
        TableRowModel model(std::move(owned));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE(stateOf(model.index(0, 0)), State::Ready);
        QTRY_COMPARE(stateOf(model.index(299, 0)), State::Ready);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const int asked = source->asked;
        model.refresh();
        QTRY_COMPARE(source->asked, asked + 2);
        QCOMPARE(model.index(0, 0).data().toString(), u"0:0"_s); // shown all the while
        QTRY_COMPARE(stateOf(model.index(299, 0)), State::Ready);
        QCOMPARE(changed.count(), 0); // nothing is other than before
        source->prefix = "new ";
        source->addedByRefresh = 5;
        model.refresh();
        QCOMPARE(model.rowCount(), 305);
        QTRY_COMPARE(model.index(0, 0).data().toString(), u"new 0:0"_s);
        QTRY_COMPARE(model.index(304, 0).data().toString(), u"new 304:0"_s);
        QCOMPARE(reset.count(), 0);
    }

    void aTableThatShrankLosesItsLastRows()
    {
        auto owned = std::make_unique<FakeRowSource>(1000);
        FakeRowSource *source = owned.get();
        TableRowModel::Limits limits;
        limits.windowRows = 600;
        TableRowModel model(std::move(owned), limits);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setWindowFirst(400);
        const QPersistentModelIndex kept(model.index(100, 0)); // row 500
        QTRY_COMPARE(kept.data().toString(), u"500:0"_s);
        source->grow(700);
        QCOMPARE(model.windowFirst(), 100);
        QCOMPARE(model.rowCount(), 600);
        QCOMPARE(kept.row(), 400);
        source->grow(10);
        QCOMPARE(model.rowCount(), 10);
        QVERIFY(!kept.isValid());
        QTRY_COMPARE(model.index(9, 0).data().toString(), u"9:0"_s);
    }

    void anotherSourceComesWithItsFirstRows()
    {
        TableRowModel model(std::make_unique<FakeRowSource>(1000));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE(stateOf(model.index(0, 0)), State::Ready);
        QSignalSpy changed(&model, &TableRowModel::sourceChanged);
        bool wasEmpty = false;
        connect(&model, &QAbstractItemModel::modelReset, this, [&] { wasEmpty = stateOf(model.index(0, 0)) != State::Ready; });
        auto next = std::make_unique<FakeRowSource>(70);
        next->prefix = "next ";
        model.setSource(std::move(next));
        QCOMPARE(model.rowCount(), 1000);
        QVERIFY(model.isChangingSource());
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(!wasEmpty);
        QCOMPARE(model.rowCount(), 70);
        QCOMPARE(model.index(69, 1).data().toString(), u"next 69:1"_s);
        model.setSource(std::make_unique<FakeRowSource>(0));
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(changed.count(), 2);
    }

    void aSourceThatFailsLeavesTheOldOne()
    {
        TableRowModel model(std::make_unique<FakeRowSource>(1000));
        QTRY_COMPARE(stateOf(model.index(0, 0)), State::Ready);
        QSignalSpy failed(&model, &TableRowModel::failed);
        model.setSource(std::make_unique<FakeRowSource>(10, true));
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(!model.isChangingSource());
        QCOMPARE(model.rowCount(), 1000);
        QTRY_COMPARE(model.index(999, 0).data().toString(), u"999:0"_s);
        model.setSource(std::make_unique<FakeRowSource>(10));
        model.cancelSource();
        QVERIFY(!model.isChangingSource());
        QCOMPARE(model.rowCount(), 1000);
    }

    void newRowsStandBehindTheStoredOnes()
    {
        auto source = std::make_unique<FakeRowSource>(300);
        FakeRowSource *rows = source.get();
        TableRowModel model(std::move(source), TableRowModel::Limits{40, 1024 * 1024});
        QAbstractItemModelTester tester(&model);
        FakeOverlay overlay;
        model.setOverlay(&overlay);
        std::mt19937 random(7); // the same numbers every time
        qint64 stored = 300;
        for (int step = 0; step < 400; ++step) {
            switch (random() % 3) {
            case 0: overlay.setAdded(static_cast<int>(random() % 6)); break;
            case 1: rows->grow(stored = static_cast<qint64>(random() % 320)); break;
            default: model.setWindowFirst(static_cast<qint64>(random() % 320));
            }
            QCOMPARE(model.storedRows(), stored);
            QCOMPARE(model.totalRows(), stored + overlay.addedCount());
            QCOMPARE(model.rowCount(), static_cast<int>(std::min<qint64>(model.totalRows() - model.windowFirst(), 40)));
            QVERIFY(model.windowFirst() <= std::max<qint64>(model.totalRows() - 40, 0));
            for (int row = 0; row < model.rowCount(); ++row) {
                const qint64 added = model.windowFirst() + row - stored;
                if (added >= 0)
                    QCOMPARE(model.index(row, 0).data().toString(), u"new %1"_s.arg(added));
            }
        }
        overlay.setAdded(2);
        rows->grow(3);
        QCOMPARE(model.rowCount(), 5);
        QTRY_COMPARE(model.index(2, 0).data().toString(), u"2:0"_s);
        QCOMPARE(model.index(4, 0).data(TableRowModel::StagedRole).toInt(), static_cast<int>(RowOverlay::State::Added));
        QCOMPARE(model.index(3, 1).data().toString(), u"default"_s); // the database's
        QCOMPARE(model.record(4, u"t"_s)->added, 101u);
        QVERIFY(model.record(4, u"t"_s)->key.empty());
        // The current row stays the same row while others come and go before it.
        const QPersistentModelIndex last = model.index(4, 0);
        rows->grow(30);
        QCOMPARE(last.row(), 31);
        QCOMPARE(last.data().toString(), u"new 1"_s);
        model.setOverlay(nullptr);
        QCOMPARE(model.rowCount(), 30);
    }

    void rowsOfAPageAreShownInTheirNewOrder()
    {
        auto source = std::make_unique<FakeRowSource>(4);
        FakeRowSource *rows = source.get();
        TableRowModel model(std::move(source));
        QAbstractItemModelTester tester(&model);
        FakeOverlay overlay;
        model.setOverlay(&overlay);
        const auto shown = [&model] {
            QStringList cells;
            for (int row = 0; row < model.rowCount(); ++row)
                cells.append(model.index(row, 0).data().toString());
            return cells;
        };
        QTRY_COMPARE(shown(), (QStringList{u"0:0"_s, u"1:0"_s, u"2:0"_s, u"3:0"_s}));
        const QPersistentModelIndex first = model.index(0, 0);
        overlay.setOrder({2, 3, 1, 0});
        QCOMPARE(shown(), (QStringList{u"2:0"_s, u"3:0"_s, u"1:0"_s, u"0:0"_s}));
        QCOMPARE(first.row(), 3);
        QCOMPARE(model.shownPosition(2), 0);
        QCOMPARE(model.record(3, u"t"_s)->key, RowKey{Value::integer(0)});
        overlay.setOrder({});
        QCOMPARE(first.row(), 0);
        // With another row the order is not known any more, until it is told anew.
        overlay.setOrder({2, 3, 1, 0});
        rows->grow(5);
        QTRY_COMPARE(shown(), (QStringList{u"0:0"_s, u"1:0"_s, u"2:0"_s, u"3:0"_s, u"4:0"_s}));
    }

    void anIndexMovesWithTheWindow()
    {
        TableRowModel model(std::make_unique<FakeRowSource>(1'000'000));
        const QPersistentModelIndex kept(model.index(50'000, 1));
        const QPersistentModelIndex left(model.index(10, 1));
        model.setWindowFirst(40'000);
        QCOMPARE(kept.row(), 10'000);
        QVERIFY(!left.isValid());
    }

    void cellsTellApartWhatIsStored()
    {
        const auto kind = [](const Value &value, const QString &type = {}) { return CellText::of(value.ref(), type).kind; };
        QCOMPARE(kind(Value::null()), CellKind::Null);
        QCOMPARE(kind(Value::text(QByteArray(""))), CellKind::Empty);
        QCOMPARE(kind(Value::text(QByteArray("\xff\xfe"))), CellKind::Undecodable);
        QCOMPARE(kind(Value::blob("abc")), CellKind::Bytes);
        QCOMPARE(kind(Value::text(QByteArray("12")), u"numeric(5,2)"_s), CellKind::Number);
        QCOMPARE(kind(Value::text(QByteArray("twelve")), u"INTEGER"_s), CellKind::Text);
        QCOMPARE(kind(Value::integer(1), u"BOOLEAN"_s), CellKind::Boolean);
        QCOMPARE(kind(Value::text(QByteArray("1088748b-d5f7-4922-9bce-f79bae250f9b"))), CellKind::Code);
        QCOMPARE(kind(Value::text(QByteArray("1088748b-d5f7-4922-9bce-f79bae250f9x"))), CellKind::Text);
        QCOMPARE(kind(Value::text(QByteArray("1088748b-d5f7-4922-9bce f79bae250f9b"))), CellKind::Text);
        // "ä" cut in its middle is no mistake of the text, unless that is all there is.
        QCOMPARE(decodedText("a\xc3", false), u"a"_s);
        QVERIFY(decodedText("a\xc3", true).isNull());
    }
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_TableRowModel)
#include "tst_tablerowmodel.moc"
