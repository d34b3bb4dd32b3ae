// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/alembicfolder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_AlembicFolder : public QObject
{
    Q_OBJECT

private slots:
    void scriptsAreReadWithoutRunningThem();
    void branchesAndMergesAreOrdered();
    void mistakesAreNamed();
    void whatIsOne();

private:
    static void add(const QTemporaryDir &folder, const QString &name, const QByteArray &content)
    {
        QDir(folder.path()).mkpath(QFileInfo(name).path());
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("%s", qPrintable(file.errorString()));
        file.write(content);
    }
    static QByteArray script(const QByteArray &revision, const QByteArray &below) { return "\"\"\"Step " + revision + "\"\"\"\nrevision = '" + revision + "'\ndown_revision = " + below + "\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n"; }
};

void tst_AlembicFolder::scriptsAreReadWithoutRunningThem()
{
    QTemporaryDir folder;
    add(folder, u"env.py"_s, "raise SystemExit('never run')\n");
    add(folder, u"versions/001_quality.py"_s,
        "# a comment\n\"\"\"Add quality tables\n\nSeven tables\nand an index.\n\nRevision ID: 001_quality\nRevises:\nCreate Date: 2024-12-04 10:00:00\n\n\"\"\"\n"
        "from typing import Sequence, Union\nimport os\nos.remove('/etc/passwd')\n\nrevision: str = '001_quality'\ndown_revision: Union[str, None] = None\nbranch_labels: Union[str, Sequence[str], None] = (\n    'main',\n)\n"
        "depends_on = None\n\n\ndef upgrade() -> None:\n    raise RuntimeError\n\n\ndef downgrade() -> None:\n    raise RuntimeError\n");
    add(folder, u"versions/__init__.py"_s, "");
    const auto alembic = AlembicFolder::load(folder.path());
    QVERIFY2(alembic, alembic ? "" : qPrintable(alembic.error().message));
    QCOMPARE(alembic->revisions().size(), std::size_t(1));
    const AlembicRevision &one = alembic->revisions().front();
    QCOMPARE(one.revision, u"001_quality"_s);
    QCOMPARE(one.downRevisions, QStringList());
    QCOMPARE(one.branchLabels, QStringList{u"main"_s});
    QCOMPARE(one.title, u"Add quality tables"_s);
    QCOMPARE(one.description, u"Seven tables and an index."_s);
    QCOMPARE(one.created, u"2024-12-04 10:00:00"_s);
    QCOMPARE(one.upLine, 24);
    QCOMPARE(one.downLine, 28);
    QVERIFY(QFile::exists(u"/etc/passwd"_s));
}

void tst_AlembicFolder::branchesAndMergesAreOrdered()
{
    QTemporaryDir folder;
    add(folder, u"d.py"_s, script("d4", "('b2', \"c3\")"));
    add(folder, u"b.py"_s, script("b2", "'a1'"));
    add(folder, u"c.py"_s, script("c3", "\"a1\""));
    add(folder, u"a.py"_s, script("a1", "None"));
    const auto merged = AlembicFolder::load(folder.path());
    QVERIFY2(merged, merged ? "" : qPrintable(merged.error().message));
    QCOMPARE(merged->heads(), QStringList{u"d4"_s});
    QCOMPARE(merged->revisions().front().revision, u"a1"_s);
    QCOMPARE(merged->revisions().back().revision, u"d4"_s);
    QCOMPARE(merged->withAncestors({u"b2"_s}).value(), (QStringList{u"a1"_s, u"b2"_s}));
    QCOMPARE(merged->withAncestors({u"d4"_s})->size(), 4);
    QVERIFY(!merged->withAncestors({u"zz"_s}));
    QVERIFY(QFile::remove(folder.filePath(u"d.py"_s)));
    QCOMPARE(AlembicFolder::load(folder.path())->heads().size(), 2);
}

void tst_AlembicFolder::mistakesAreNamed()
{
    QTemporaryDir folder;
    QVERIFY(!AlembicFolder::load(folder.filePath(u"nowhere"_s)));
    add(folder, u"a.py"_s, "def upgrade():\n    pass\n");
    QVERIFY(AlembicFolder::load(folder.path()).error().message.contains(u"no revision"));
    add(folder, u"a.py"_s, script("a1", "'b2'"));
    add(folder, u"b.py"_s, script("b2", "'a1'"));
    QVERIFY(AlembicFolder::load(folder.path()).error().message.contains(u"circle"));
    add(folder, u"b.py"_s, script("a1", "None"));
    QVERIFY(AlembicFolder::load(folder.path()).error().message.contains(u"another script"));
    add(folder, u"b.py"_s, script("b2", "'gone'"));
    const auto missing = AlembicFolder::load(folder.path());
    QVERIFY(missing);
    QCOMPARE(missing->missing(), QStringList{u"gone"_s});
}

void tst_AlembicFolder::whatIsOne()
{
    QTemporaryDir folder;
    QVERIFY(!AlembicFolder::isOne(folder.path()));
    add(folder, u"0001_a.sql"_s, "SELECT 1;");
    add(folder, u"tool.py"_s, "");
    QVERIFY(!AlembicFolder::isOne(folder.path()));
    add(folder, u"env.py"_s, "");
    QVERIFY(AlembicFolder::isOne(folder.path()));
}

QTEST_APPLESS_MAIN(tst_AlembicFolder)
#include "tst_alembicfolder.moc"
