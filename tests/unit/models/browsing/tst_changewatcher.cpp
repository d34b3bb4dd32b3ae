// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/changewatcher.h"
#include "tests/support/testfiles.h"

#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ChangeWatcher : public QObject
{
    Q_OBJECT

private slots:
    void changesOfOthersAreNoticed();
    void aChangeBeforeTheFirstQuestionIsNoticed();
};

void tst_ChangeWatcher::changesOfOthersAreNoticed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"watched.db"_s);
    QCOMPARE(executeSql(path, u"PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1);"_s), QString());
    ChangeWatcher watcher(*DatabaseUrl::parse(path), {});
    watcher.setInterval(20);
    QSignalSpy data(&watcher, &ChangeWatcher::dataChanged);
    QSignalSpy schema(&watcher, &ChangeWatcher::schemaChanged);
    watcher.start();
    // Asked a few times at least before anything happens.
    int inserted = 0;
    QTRY_VERIFY(([&] {
        ++inserted;
        return executeSql(path, u"INSERT INTO t VALUES (2);"_s).isEmpty() && data.count() > 0;
    }()));
    QCOMPARE(schema.count(), 0);
    QCOMPARE(executeSql(path, u"ALTER TABLE t ADD COLUMN b;"_s), QString());
    QTRY_COMPARE(schema.count(), 1);
    // Nothing is held in between: the log can be emptied.
    QVERIFY(QFileInfo(path + u"-wal"_s).size() > 0);
    QTRY_VERIFY(executeSql(path, u"PRAGMA wal_checkpoint(TRUNCATE);"_s).isEmpty() && QFileInfo(path + u"-wal"_s).size() == 0);
}

void tst_ChangeWatcher::aChangeBeforeTheFirstQuestionIsNoticed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"early.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a);"_s), QString());
    QByteArray known;
    {
        auto connection = Connection::open(*DatabaseUrl::parse(path), {});
        QVERIFY(connection);
        known = ChangeWatcher::schemaVersion(**connection).value_or(QByteArray());
    }
    QVERIFY(!known.isEmpty());
    QCOMPARE(executeSql(path, u"ALTER TABLE t ADD COLUMN b;"_s), QString());
    ChangeWatcher watcher(*DatabaseUrl::parse(path), {});
    QSignalSpy schema(&watcher, &ChangeWatcher::schemaChanged);
    watcher.start(known);
    QTRY_COMPARE(schema.count(), 1);
}

QTEST_GUILESS_MAIN(tst_ChangeWatcher)
#include "tst_changewatcher.moc"
