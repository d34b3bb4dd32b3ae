// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/async.h"

#include <QPromise>
#include <QTest>

#include <memory>

using namespace turnstone;

class tst_Async : public QObject
{
    Q_OBJECT

private slots:
    void aResultArrivesInTheReceiversThread();
    void aDeadReceiverHearsNothing();
    void aCancelledFutureIsSilent();
};

void tst_Async::aResultArrivesInTheReceiversThread()
{
    QPromise<int> promise;
    promise.start();
    int received = 0;
    QThread *where = nullptr;
    onResult(promise.future(), this, [&](int value) {
        received = value;
        where = QThread::currentThread();
    });
    std::unique_ptr<QThread> worker(QThread::create([&] {
        promise.addResult(42);
        promise.finish();
    }));
    worker->start();
    QTRY_COMPARE(received, 42);
    QCOMPARE(where, thread());
    QVERIFY(worker->wait());
}

void tst_Async::aDeadReceiverHearsNothing()
{
    QPromise<int> promise;
    promise.start();
    bool called = false;
    bool other = false;
    auto receiver = std::make_unique<QObject>();
    onResult(promise.future(), receiver.get(), [&](int) { called = true; });
    onResult(promise.future(), this, [&](int) { other = true; });
    receiver.reset();
    promise.addResult(1);
    promise.finish();
    QTRY_VERIFY(other);
    QVERIFY(!called);
}

void tst_Async::aCancelledFutureIsSilent()
{
    QPromise<int> cancelled;
    cancelled.start();
    QPromise<int> kept;
    kept.start();
    bool called = false;
    bool other = false;
    onResult(cancelled.future(), this, [&](int) { called = true; });
    onResult(kept.future(), this, [&](int) { other = true; });
    cancelled.future().cancel();
    cancelled.finish();
    kept.addResult(1);
    kept.finish();
    QTRY_VERIFY(other);
    QVERIFY(!called);
}

QTEST_GUILESS_MAIN(tst_Async)
#include "tst_async.moc"
