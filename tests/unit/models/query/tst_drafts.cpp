// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/drafts.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QThreadPool>

#include <csignal>
#include <cstdio>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

const QString database = u"/somewhere/games.db"_s;

/// The program that is killed: types for ever and says how far it is.
int typeForEver(const QString &folder)
{
    QThreadPool workers;
    Drafts drafts(folder, workers);
    Draft draft = drafts.take(database);
    for (int i = 0;; ++i) {
        draft.text += u"SELECT %1;\n"_s.arg(i);
        draft.cursor = static_cast<int>(draft.text.size());
        drafts.write(draft);
        std::printf("%d\n", i);
        std::fflush(stdout);
        QThread::msleep(2);
    }
}

} // namespace

class tst_Drafts : public QObject
{
    Q_OBJECT

private slots:
    void whatIsTypedIsThereAfterAKill();
    void twoEditorsHaveTwoDrafts();
    void aClosedEditorLeavesItsTextInTheHistory();
    void historyIsNewestFirstAndBounded();
};

void tst_Drafts::whatIsTypedIsThereAfterAKill()
{
    const QTemporaryDir folder;
    QProcess program;
    program.start(QCoreApplication::applicationFilePath(), {u"--type-for-ever"_s, folder.path()});
    QVERIFY(program.waitForStarted());
    QByteArray said;
    QTRY_VERIFY_WITH_TIMEOUT((said += program.readAllStandardOutput()).count('\n') > 150, 30'000);
    ::kill(static_cast<pid_t>(program.processId()), SIGKILL);
    QVERIFY(program.waitForFinished());
    said += program.readAllStandardOutput();
    const int typed = said.trimmed().split('\n').last().toInt();

    QThreadPool workers;
    Drafts drafts(folder.path(), workers);
    const Draft draft = drafts.take(database);
    QVERIFY(!draft.text.isEmpty());
    const QStringList lines = draft.text.trimmed().split(u'\n');
    // Whole, and the last moment before the kill is all that may lack.
    QCOMPARE(lines.first(), u"SELECT 0;"_s);
    QCOMPARE(lines.last(), u"SELECT %1;"_s.arg(lines.size() - 1));
    QVERIFY2(lines.size() >= typed - 100, qPrintable(u"%1 of %2"_s.arg(lines.size()).arg(typed)));
    QCOMPARE(draft.cursor, draft.text.size());
    // Another database's editor does not get it.
    QVERIFY(drafts.take(u"/other.db"_s).text.isEmpty());
}

void tst_Drafts::twoEditorsHaveTwoDrafts()
{
    const QTemporaryDir folder;
    QThreadPool workers;
    Drafts first(folder.path(), workers);
    Draft a = first.take(database);
    a.text = u"SELECT 1"_s;
    first.write(a);
    QVERIFY(workers.waitForDone(10'000));
    Drafts second(folder.path(), workers);
    const Draft b = second.take(database);
    QVERIFY(b.id != a.id);
    QVERIFY(b.text.isEmpty());
    // A session that asks for a draft by its name gets it only if nobody has it.
    QVERIFY(second.take(database, a.id).id != a.id);
}

void tst_Drafts::aClosedEditorLeavesItsTextInTheHistory()
{
    const QTemporaryDir folder;
    QThreadPool workers;
    {
        Drafts drafts(folder.path(), workers);
        Draft draft = drafts.take(database);
        draft.text = u"SELECT 'unfinished"_s;
        drafts.write(draft);
        drafts.close(draft);
    }
    Drafts drafts(folder.path(), workers);
    QVERIFY(drafts.take(database).text.isEmpty());
    QCOMPARE(drafts.history().size(), std::size_t(1));
    QCOMPARE(drafts.history().front().sql, u"SELECT 'unfinished"_s);
    QCOMPARE(drafts.history().front().ms, -1);
}

void tst_Drafts::historyIsNewestFirstAndBounded()
{
    const QTemporaryDir folder;
    QThreadPool workers;
    {
        Drafts drafts(folder.path(), workers);
        for (int i = 0; i < 2 * Drafts::mostEntries + 50; ++i)
            drafts.remember({{}, database, u"SELECT '%1\nü'"_s.arg(i), i, 1, {}});
    }
    Drafts drafts(folder.path(), workers);
    const std::vector<HistoryEntry> history = drafts.history();
    QCOMPARE(history.size(), std::size_t(Drafts::mostEntries));
    QCOMPARE(history.front().sql, u"SELECT '%1\nü'"_s.arg(2 * Drafts::mostEntries + 49));
    QVERIFY(QFileInfo(folder.filePath(u"history.jsonl"_s)).size() < 2 * Drafts::mostEntries * 140);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.value(1) == u"--type-for-ever")
        return typeForEver(words.value(2));
    tst_Drafts test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_drafts.moc"
