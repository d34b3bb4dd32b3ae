// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/similaritypanel.h"

#include "models/catalog/catalogreader.h"
#include "models/connections/memorysecretstore.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testfiles.h"
#include "views/panels/tasks.h"
#include "views/similarity/hitlistmodel.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QtTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class CountedTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()>) override
    {
        ++running;
        return ++m_last;
    }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int) override { --running; }
    void note(const QString &) override {}
    int running = 0;

private:
    int m_last = 0;
};

QString text(int seed)
{
    QStringList numbers;
    for (int i = 0; i < 16; ++i)
        numbers.append(QString::number(static_cast<double>(((seed * 7919 + i * i * 389 + seed * seed * i * 31) % 997) - 498) / 512));
    return u"["_s + numbers.join(u',') + u"]"_s;
}

} // namespace

class tst_SimilarityPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanup() { QCOMPARE(m_tasks.running, 0); }
    void aRecordIsAskedForWithItsText();
    void wordsAndVectorsAreAsked();
    void nearDuplicatesStandInGroups();
    void hitsLeadToTheirRecords();
    void aDatabaseWithoutVectorsSaysSo();

private:
    std::unique_ptr<SimilarityPanel> open(const QVariantMap &arguments, const QString &file = u"notes.db"_s)
    {
        const QString path = m_folder.filePath(file);
        m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(path));
        auto connection = Connection::open(DatabaseUrl::forFile(path));
        DatabaseContext context;
        context.id = 7;
        context.pool = m_pool.get();
        context.catalog = std::make_shared<const Catalog>(*readCatalog(**connection));
        context.profile = std::make_shared<const ResolvedProfile>(deriveProfile(*context.catalog));
        auto panel = std::make_unique<SimilarityPanel>(m_services, context, arguments);
        panel->resize(900, 600);
        panel->show();
        QSignalSpy settled(panel.get(), &Panel::settled);
        if (!settled.wait(10'000))
            qFatal("the panel never settles");
        return panel;
    }
    static QString shown(const SimilarityPanel &panel, const QString &name) { return panel.findChild<QLabel *>(name)->text(); }
    static HitListModel &hits(const SimilarityPanel &panel) { return *qobject_cast<HitListModel *>(panel.findChild<QListView *>(u"similarHits"_s)->model()); }

    QTemporaryDir m_folder;
    QSettings m_settings{m_folder.filePath(u"settings.ini"_s), QSettings::IniFormat};
    QThreadPool m_workers;
    MemorySecretStore m_secrets;
    CountedTasks m_tasks;
    PanelServices m_services{m_settings, m_workers, m_secrets, m_tasks, m_folder.filePath(u"data"_s), m_folder.filePath(u"cache"_s)};
    std::unique_ptr<SessionPool> m_pool;
};

void tst_SimilarityPanel::initTestCase()
{
    QString sql = u"CREATE TABLE notes(id INTEGER PRIMARY KEY, content TEXT, v VECTOR(16)); CREATE TABLE plain(id INTEGER PRIMARY KEY);"_s;
    for (int i = 1; i <= 80; ++i)
        sql += u"INSERT INTO notes VALUES(%1, 'note number %1 about turnstones', '%2');"_s.arg(i).arg(text(i));
    sql += u"INSERT INTO notes VALUES(200, 'the same again', '%1'), (201, 'and again', '%1')"_s.arg(text(5));
    QCOMPARE(executeSql(m_folder.filePath(u"notes.db"_s), sql), QString());
    QCOMPARE(executeSql(m_folder.filePath(u"none.db"_s), u"CREATE TABLE plain(id INTEGER PRIMARY KEY)"_s), QString());
}

void tst_SimilarityPanel::aRecordIsAskedForWithItsText()
{
    const auto panel = open(recordArguments(u"notes"_s, {Value::integer(5)}));
    const QAbstractItemModelTester tester(&hits(*panel));
    QCOMPARE(hits(*panel).rowCount(), 25);
    QStringList nearest{hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString(), hits(*panel).data(hits(*panel).index(1), HitListModel::TextRole).toString()};
    nearest.sort();
    QCOMPARE(nearest, (QStringList{u"and again"_s, u"the same again"_s}));
    QVERIFY(hits(*panel).data(hits(*panel).index(0), HitListModel::ScoreRole).toDouble() > 0.999);
    QTRY_VERIFY(shown(*panel, u"similaritySubject"_s).contains(u"note number 5 about turnstones"_s));
    QVERIFY(shown(*panel, u"searchNote"_s).contains(u"exact"_s));
}

void tst_SimilarityPanel::wordsAndVectorsAreAsked()
{
    const auto panel = open({});
    QVERIFY(panel->findChild<QLabel *>(u"emptySentence"_s)->isVisible());
    auto *field = panel->findChild<QLineEdit *>(u"similarityText"_s);
    QSignalSpy settled(panel.get(), &Panel::settled);
    field->setText(u"same again"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(settled.wait(10'000));
    QCOMPARE(hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString(), u"the same again"_s);
    field->setText(text(33));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(settled.wait(10'000));
    QVERIFY(hits(*panel).data(hits(*panel).index(0), HitListModel::ScoreRole).toDouble() > 0.9999);
    QCOMPARE(hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString(), u"note number 33 about turnstones"_s);
    field->setText(u"[1, 2, nonsense"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY(panel->findChild<QWidget *>(u"similarityText"_s)->isEnabled());
}

void tst_SimilarityPanel::nearDuplicatesStandInGroups()
{
    const auto panel = open({});
    QSignalSpy settled(panel.get(), &Panel::settled);
    panel->findChild<QPushButton *>(u"findDuplicates"_s)->click();
    QVERIFY(settled.wait(20'000));
    HitListModel &model = hits(*panel);
    QVERIFY(model.rowCount() >= 4);
    QVERIFY(model.data(model.index(0), HitListModel::IsHeadingRole).toBool());
    QVERIFY(model.hit(model.index(0)) == nullptr);
    QCOMPARE(panel->title(), u"Near-duplicates"_s);
    QVERIFY(panel->saveState().value(u"duplicates"_s).toBool());
}

void tst_SimilarityPanel::hitsLeadToTheirRecords()
{
    const auto panel = open(recordArguments(u"notes"_s, {Value::integer(5)}));
    auto *list = panel->findChild<QListView *>(u"similarHits"_s);
    QSignalSpy selected(panel.get(), &Panel::recordSelected);
    QSignalSpy places(panel.get(), &Panel::placeRequested);
    list->setCurrentIndex(hits(*panel).index(0));
    QTRY_COMPARE(selected.size(), 1);
    emit list->activated(list->currentIndex());
    QCOMPARE(places.size(), 1);
    QCOMPARE(places.front().at(0).toInt(), 7);
    QCOMPARE(places.front().at(1).value<TablePlace>().table, u"notes"_s);
}

void tst_SimilarityPanel::aDatabaseWithoutVectorsSaysSo()
{
    const auto panel = open({}, u"none.db"_s);
    QVERIFY(shown(*panel, u"emptySentence"_s).contains(u"no vectors"_s));
    QVERIFY(!panel->findChild<QLineEdit *>(u"similarityText"_s)->isEnabled());
}

QTEST_MAIN(tst_SimilarityPanel)
#include "tst_similaritypanel.moc"
