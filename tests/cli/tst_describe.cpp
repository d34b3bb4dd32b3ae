// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// What packages make of the command line: completion and the manual's verbs.
class tst_Describe : public QObject
{
    Q_OBJECT

private slots:
    void everyVerbAndOptionIsThere_data()
    {
        QTest::addColumn<QString>("form");
        for (const char *form : {"bash", "zsh", "fish", "man"})
            QTest::newRow(form) << QString::fromLatin1(form);
    }

    void everyVerbAndOptionIsThere()
    {
        QFETCH(QString, form);
        const CliRun run({u"--describe"_s, form});
        QCOMPARE(run.code, 0);
        const QString text = QString::fromUtf8(run.out).remove(u'\\');
        for (const QString &word : {u"info"_s, u"demo"_s, u"query"_s, u"leaderboard"_s, u"profiles"_s})
            QVERIFY2(text.contains(word), qPrintable(word));
        // fish writes `-l recompute`.
        for (const QString &option : {u"recompute"_s, u"scale"_s, u"param"_s})
            QVERIFY2(text.contains(form == u"fish" ? u"-l "_s + option : u"--"_s + option), qPrintable(option));
        if (form != u"zsh" && form != u"man")
            QVERIFY(text.contains(u"markdown"_s)); // a value of --format
    }

    void bashCompletes()
    {
        const CliRun run({u"--describe"_s, u"bash"_s});
        QTemporaryDir folder;
        QFile script(folder.filePath(u"completion"_s));
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write(run.out);
        script.close();
        const auto complete = [&](const QString &words, int at) {
            QProcess bash;
            bash.start(u"bash"_s, {u"-c"_s, u". \"%1\"; COMP_WORDS=(%2); COMP_CWORD=%3; _turnstone_cli 2>/dev/null; echo \"${COMPREPLY[*]}\""_s.arg(script.fileName(), words).arg(at)});
            bash.waitForFinished();
            return QString::fromUtf8(bash.readAllStandardOutput()).trimmed();
        };
        QCOMPARE(complete(u"turnstone-cli inf"_s, 1), u"info"_s);
        QCOMPARE(complete(u"turnstone-cli query --format j"_s, 3), u"json jsonl"_s);
        QCOMPARE(complete(u"turnstone-cli demo --sc"_s, 2), u"--scale"_s);
    }

    void anotherFormIsRefused()
    {
        const CliRun run({u"--describe"_s, u"powershell"_s});
        QCOMPARE(run.code, 2);
        QVERIFY(run.err.contains("powershell"));
    }
};

QTEST_GUILESS_MAIN(tst_Describe)
#include "tst_describe.moc"
