// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/similaritypanel.h"

#include "models/catalog/catalogreader.h"
#include "models/connections/memorysecretstore.h"
#include "models/edit/editsession.h"
#include "models/profiles/derivedprofile.h"
#include "models/profiles/recognition.h"
#include "models/similarity/exactquery.h"
#include "models/similarity/topk.h"
#include "tests/support/fakeendpoint.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "views/panels/tasks.h"
#include "views/similarity/hitlistmodel.h"

#include <QAbstractItemModelTester>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QtTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class CountedTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()> stopTask) override
    {
        ++running;
        stop = std::move(stopTask);
        return ++m_last;
    }
    void setProgress(int, qint64 done, qint64 total) override { progress.append({done, total}); }
    void setText(int, const QString &) override {}
    void end(int) override { --running; }
    void note(const QString &) override {}
    int running = 0;
    std::function<void()> stop; // of the task begun last
    QList<std::pair<qint64, qint64>> progress;

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
    void firstHitsAreShownAsSuchAndReplaced();
    void realSentencesAreSearched_data();
    void realSentencesAreSearched();
    void nearDuplicatesBeginWhereTheApplicationDoes();
    void onTheServerIndexesAreMadeNamedAndMeasured();
    void onTheServerMissingVectorsAreFilledIn_data();
    void onTheServerMissingVectorsAreFilledIn();

private:
    std::unique_ptr<SimilarityPanel> open(const QVariantMap &arguments, const QString &file = u"notes.db"_s)
    {
        return open(DatabaseUrl::forFile(m_folder.filePath(file)), arguments);
    }
    std::unique_ptr<SimilarityPanel> open(const DatabaseUrl &url, const QVariantMap &arguments)
    {
        m_edits.reset();
        ConnectionOptions writing;
        writing.readOnly = false;
        m_pool = std::make_unique<SessionPool>(url, writing);
        auto connection = Connection::open(url);
        if (!connection)
            qFatal("%s", qPrintable(connection.error().message));
        DatabaseContext context;
        context.id = 7;
        context.pool = m_pool.get();
        context.catalog = std::make_shared<const Catalog>(*readCatalog(**connection));
        context.profile = std::make_shared<const ResolvedProfile>(deriveProfile(*context.catalog));
        m_edits = std::make_unique<EditSession>(*m_pool, context.catalog, context.profile);
        m_edits->setAccess(WriteAccess::Free);
        context.edits = m_edits.get();
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
    std::unique_ptr<EditSession> m_edits;
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
    QCOMPARE(panel->findChild<QListView *>(u"similarHits"_s)->currentIndex().row(), 1);
    QCOMPARE(panel->title(), u"Near-duplicates"_s);
    QVERIFY(panel->saveState().value(u"duplicates"_s).toBool());
}

void tst_SimilarityPanel::hitsLeadToTheirRecords()
{
    const auto panel = open(recordArguments(u"notes"_s, {Value::integer(5)}));
    auto *list = panel->findChild<QListView *>(u"similarHits"_s);
    QSignalSpy selected(panel.get(), &Panel::recordSelected);
    QSignalSpy places(panel.get(), &Panel::placeRequested);
    // The first is chosen by itself, so that there is a record beside the hits.
    QCOMPARE(list->currentIndex(), QModelIndex(hits(*panel).index(0)));
    QTRY_VERIFY(panel->currentRecord().has_value());
    selected.clear();
    list->setCurrentIndex(hits(*panel).index(1));
    QTRY_COMPARE(selected.size(), 1);
    QVERIFY(panel->title().startsWith(u"Similar to “note number 5"));
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

void tst_SimilarityPanel::firstHitsAreShownAsSuchAndReplaced()
{
    // 160 MB to be read, and what is asked for stands at the very end.
    const QString path = m_folder.filePath(u"many.db"_s);
    QByteArray bytes;
    for (unsigned i = 0; i < 2024; ++i) {
        const float value = static_cast<float>((i * i * 7919U + i * 389U) % 997U) / 512 - 0.97F;
        bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
    QCOMPARE(executeSql(path, u"CREATE TABLE notes(id INTEGER PRIMARY KEY, content TEXT, v BLOB); CREATE TABLE base(b BLOB); INSERT INTO base VALUES(x'%1');"
                              "INSERT INTO notes SELECT value, 'note number ' || value, substr(b, 1 + 4 * (value % 900), 4096) FROM base, generate_series(1, 40000);"
                              "INSERT INTO notes SELECT 50000, 'the one at the end', substr(b, 1 + 4 * 950, 4096) FROM base"_s.arg(QString::fromLatin1(bytes.toHex()))
                            .replace(u"generate_series(1, 40000)"_s, u"(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 40000) SELECT value FROM n)"_s)),
             QString());
    const auto panel = open({}, u"many.db"_s);
    panel->setPreliminaryEvery(std::chrono::milliseconds(0));
    QListView *list = panel->findChild<QListView *>(u"similarHits"_s);
    QLabel *note = panel->findChild<QLabel *>(u"preliminaryNote"_s);
    QVERIFY(!note->isVisible());
    QStringList firsts; // what stands on top, and whether it is said to be preliminary
    connect(list->model(), &QAbstractItemModel::modelReset, this, [&] {
        firsts.append((note->isVisible() ? u"preliminary: "_s : u"exact: "_s) + list->model()->index(0, 0).data(HitListModel::TextRole).toString());
    });
    QStringList numbers;
    for (int i = 0; i < 1024; ++i) {
        float value = 0;
        std::memcpy(&value, bytes.constData() + 4 * (950 + i), sizeof value);
        numbers.append(QString::number(static_cast<double>(value), 'g', 9));
    }
    QSignalSpy settled(panel.get(), &Panel::settled);
    panel->findChild<QLineEdit *>(u"similarityText"_s)->setText(u'[' + numbers.join(u',') + u']');
    QTest::keyClick(panel->findChild<QLineEdit *>(u"similarityText"_s), Qt::Key_Return);
    QVERIFY(settled.wait(60'000));
    QVERIFY2(firsts.size() >= 2, qPrintable(firsts.join(u'\n')));
    QVERIFY2(firsts.front().startsWith(u"preliminary: note number "_s), qPrintable(firsts.front()));
    for (qsizetype i = 0; i + 1 < firsts.size(); ++i)
        QVERIFY2(firsts[i].startsWith(u"preliminary: "_s), qPrintable(firsts[i]));
    QCOMPARE(firsts.back(), u"exact: the one at the end"_s);
    QVERIFY(!note->isVisible());
    QVERIFY(shown(*panel, u"searchNote"_s).contains(u"exact"_s));
    QFile::remove(path);
}

void tst_SimilarityPanel::realSentencesAreSearched_data()
{
    QTest::addColumn<QString>("folder");
    QTest::newRow("those of the tests") << QFileInfo(testDataPath(u"embeddings/sentences.tsv"_s)).path();
    QTest::newRow("a folder of one's own (TURNSTONE_TEST_EMBEDDINGS)") << qEnvironmentVariable("TURNSTONE_TEST_EMBEDDINGS");
}

/// Sentences with learned embeddings: what the panel lists for every 40th is what a float64 comparison of all of them gives.
void tst_SimilarityPanel::realSentencesAreSearched()
{
    QFETCH(QString, folder);
    if (folder.isEmpty())
        QSKIP("TURNSTONE_TEST_EMBEDDINGS names no folder with sentences.tsv and embeddings_384.f32");
    constexpr std::size_t dimension = 384;
    QFile sentences(folder + u"/sentences.tsv"_s);
    QFile embeddings(folder + u"/embeddings_384.f32"_s);
    QVERIFY(sentences.open(QIODevice::ReadOnly) && embeddings.open(QIODevice::ReadOnly));
    QStringList texts;
    for (const QByteArray &line : sentences.readAll().split('\n').mid(1)) {
        if (const QList<QByteArray> cells = line.split('\t'); cells.size() == 5)
            texts.append(QString::fromUtf8(cells[4]));
    }
    const QByteArray bytes = embeddings.readAll();
    QCOMPARE(bytes.size(), texts.size() * static_cast<qsizetype>(dimension * sizeof(float)));
    const QString path = m_folder.filePath(u"sentences.db"_s);
    QFile::remove(path);
    QString sql = u"CREATE TABLE sentences(id INTEGER PRIMARY KEY, content TEXT, v BLOB); BEGIN;"_s;
    const auto rowBytes = static_cast<qsizetype>(dimension * sizeof(float));
    for (qsizetype i = 0; i < texts.size(); ++i)
        sql += u"INSERT INTO sentences VALUES(%1, '%2', x'%3');"_s.arg(QString::number(i), QString(texts[i]).replace(u'\'', u"''"_s), QString::fromLatin1(bytes.mid(i * rowBytes, rowBytes).toHex()));
    QCOMPARE(executeSql(path, sql + u"COMMIT"_s), QString());
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), static_cast<std::size_t>(bytes.size()));
    for (qsizetype row = 0; row < texts.size(); row += 40) {
        const auto panel = open(recordArguments(u"sentences"_s, {Value::integer(row)}), u"sentences.db"_s);
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row) * static_cast<std::ptrdiff_t>(dimension);
        const similarity::ExactQuery query(similarity::Metric::Cosine, std::vector<double>(begin, begin + dimension));
        similarity::TopK top(10);
        for (qsizetype i = 0; i < texts.size(); ++i) {
            if (i != row)
                top.add(query.closeness(std::span<const float>(&values[static_cast<std::size_t>(i) * dimension], dimension)), static_cast<std::uint64_t>(i));
        }
        int place = 0;
        for (const similarity::TopK::Entry &entry : top.sorted()) {
            const QModelIndex hit = hits(*panel).index(place++);
            QCOMPARE(hits(*panel).data(hit, HitListModel::TextRole).toString(), texts[static_cast<qsizetype>(entry.id)].simplified());
            QVERIFY(std::abs(hits(*panel).data(hit, HitListModel::ScoreRole).toDouble() - (1 + entry.closeness) / 2) < 1e-9);
        }
        QTRY_VERIFY(shown(*panel, u"similaritySubject"_s).contains(texts[row].simplified().left(60)));
    }
}

void tst_SimilarityPanel::nearDuplicatesBeginWhereTheApplicationDoes()
{
    const QString path = m_folder.filePath(u"quorum.db"_s);
    QCOMPARE(executeSql(path, QString::fromUtf8(testData(u"schemas/quorum/orm.sqlite.sql"_s))), QString());
    auto connection = Connection::open(DatabaseUrl::forFile(path));
    QVERIFY(connection);
    const auto catalog = std::make_shared<const Catalog>(*readCatalog(**connection));
    m_edits.reset();
    m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(path));
    DatabaseContext context;
    context.pool = m_pool.get();
    context.catalog = catalog;
    context.profile = std::make_shared<const ResolvedProfile>(recognise(*catalog, ProfileRegistry::load()).front().resolve(*catalog));
    SimilarityPanel panel(m_services, context, {});
    QSignalSpy settled(&panel, &Panel::settled);
    QVERIFY(settled.wait(10'000));
    panel.findChild<QPushButton *>(u"findDuplicates"_s)->click();
    QVERIFY2(shown(panel, u"similaritySubject"_s).endsWith(u"0.850"_s), qPrintable(shown(panel, u"similaritySubject"_s)));
    QVERIFY(settled.wait(10'000));
    // And where the user says, if he does.
    panel.findChild<QDoubleSpinBox *>(u"leastScore"_s)->setValue(0.97);
    QVERIFY2(shown(panel, u"similaritySubject"_s).endsWith(u"0.970"_s), qPrintable(shown(panel, u"similaritySubject"_s)));
    QVERIFY(settled.wait(10'000));
}

/// Everything that the panel does with an index, on a server of its own: none, made with its options while the table is watched, named
/// after a search that used it, not used by an exact one, its recall.
void tst_SimilarityPanel::onTheServerIndexesAreMadeNamedAndMeasured()
{
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE notes(id integer PRIMARY KEY, content text, v vector(16));"
                              "SELECT setseed(0.5); INSERT INTO notes SELECT i, 'note number ' || i, (SELECT array_agg(random() + (i % 3 = j % 3)::int + 0 * i) FROM generate_series(1, 16) j)::vector FROM generate_series(1, 6000) i; ANALYZE notes"_s),
             QString());
    const auto panel = open(*DatabaseUrl::parse(database.url()), recordArguments(u"notes"_s, {Value::integer(40)}));
    QSignalSpy settled(panel.get(), &Panel::settled);
    const auto *strip = panel->findChild<QWidget *>(u"indexStrip"_s);
    const auto text = [&] { return shown(*panel, u"indexText"_s); };
    QVERIFY(strip->isVisible());
    QTRY_VERIFY2(text().contains(u"No index"_s), qPrintable(text()));
    QVERIFY(!panel->findChild<QPushButton *>(u"measureRecall"_s)->isVisible());
    QVERIFY(shown(*panel, u"searchNote"_s).contains(u"without an index"_s));
    const QString nearest = hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString();
    // The dialog shows the statement that will run.
    auto *create = panel->findChild<QPushButton *>(u"createVectorIndex"_s);
    create->click();
    auto *dialog = panel->findChild<QDialog *>(u"createIndexDialog"_s);
    QVERIFY(dialog);
    dialog->findChild<QLineEdit *>(u"vectorIndexName"_s)->setText(u"by \"meaning\""_s);
    dialog->findChild<QSpinBox *>(u"vectorIndexM"_s)->setValue(12);
    dialog->findChild<QSpinBox *>(u"vectorIndexEfConstruction"_s)->setValue(40);
    QCOMPARE(dialog->findChild<QLabel *>(u"createIndexSql"_s)->text(),
             u"CREATE INDEX CONCURRENTLY \"by \"\"meaning\"\"\" ON \"public\".\"notes\" USING hnsw (\"v\" vector_cosine_ops) WITH (m = 12, ef_construction = 40)"_s);
    m_tasks.progress.clear();
    dialog->findChild<QPushButton *>(u"confirmCreateIndex"_s)->click();
    QCOMPARE(m_tasks.running, 1);
    QTRY_VERIFY_WITH_TIMEOUT(text().contains(u"by \"meaning\" (hnsw, m=12, ef_construction=40), "_s), 60'000);
    QTRY_COMPARE(m_tasks.running, 0);
    QVERIFY2(text().contains(u"not used by the last search"_s), qPrintable(text()));
    QCOMPARE(database.value(u"SELECT indisvalid FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relname = 'by \"meaning\"'"_s), u"t"_s);
    // The next search uses it, an exact one does not.
    QVERIFY(!settled.wait(1));
    panel->reload();
    QVERIFY(settled.wait(20'000));
    QTRY_VERIFY2(text().contains(u"·  used by the last search"_s), qPrintable(text()));
    QVERIFY(shown(*panel, u"searchNote"_s).contains(u"index by \"meaning\""_s));
    panel->findChild<QAbstractButton *>(u"exactSearch"_s)->click();
    QVERIFY(settled.wait(20'000));
    QVERIFY(text().contains(u"not used by the last search"_s));
    QCOMPARE(hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString(), nearest);
    auto *measure = panel->findChild<QPushButton *>(u"measureRecall"_s);
    QVERIFY(measure->isVisible());
    measure->click();
    QTRY_VERIFY_WITH_TIMEOUT(measure->isEnabled(), 60'000);
    QVERIFY2(text().contains(QRegularExpression(u"recall \\d+(\\.\\d)? % of 40 queries"_s)), qPrintable(text()));
    // A connection that may not be written to is not asked for an index.
    m_edits->setAccess(WriteAccess::ReadOnly);
    create->click();
    QVERIFY(!panel->findChild<QDialog *>(u"createIndexDialog"_s));
    m_edits->setAccess(WriteAccess::Free);
    // Stopped: nothing half-made stays. The table is locked by somebody, so that it cannot be done before.
    auto other = Connection::open(*DatabaseUrl::parse(database.url()), [] { ConnectionOptions options; options.readOnly = false; return options; }());
    QVERIFY(other && (*other)->begin() && (*other)->execute(u"LOCK TABLE notes IN SHARE UPDATE EXCLUSIVE MODE"_s));
    create->click();
    dialog = panel->findChild<QDialog *>(u"createIndexDialog"_s);
    QVERIFY(dialog);
    dialog->findChild<QLineEdit *>(u"vectorIndexName"_s)->setText(u"another"_s);
    dialog->findChild<QPushButton *>(u"confirmCreateIndex"_s)->click();
    QTRY_COMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'"_s), u"1"_s);
    m_tasks.stop();
    (*other)->rollback();
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.running, 0, 20'000);
    QVERIFY(create->isEnabled());
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_class WHERE relname = 'another'"_s), u"0"_s);
}

void tst_SimilarityPanel::onTheServerMissingVectorsAreFilledIn_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("stored"); // the vector of "note number 1" as the server writes it
    const auto written = [](const QString &open, const QString &close) {
        QStringList numbers;
        for (const QJsonValue &value : FakeEndpoint::vectorOf(u"note number 1"_s))
            numbers.append(QString::number(value.toDouble()));
        return open + numbers.join(u',') + close;
    };
    QTest::newRow("vector") << u"vector(8)"_s << written(u"["_s, u"]"_s);
    QTest::newRow("halfvec") << u"halfvec(8)"_s << written(u"["_s, u"]"_s);
    QTest::newRow("sparsevec") << u"sparsevec(8)"_s << QString();
}

void tst_SimilarityPanel::onTheServerMissingVectorsAreFilledIn()
{
    QFETCH(QString, type);
    QFETCH(QString, stored);
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE notes(id integer PRIMARY KEY, content text, v %1);"
                              "INSERT INTO notes SELECT i, 'note number ' || i, NULL FROM generate_series(1, 150) i; INSERT INTO notes VALUES(900, NULL, NULL), (901, '', NULL)"_s.arg(type)),
             QString());
    FakeEndpoint server;
    m_settings.setValue(u"embedding/url"_s, u"http://127.0.0.1:%1/v1"_s.arg(server.port));
    m_settings.setValue(u"embedding/model"_s, u"small"_s);
    const auto panel = open(*DatabaseUrl::parse(database.url()), {});
    const auto text = [&] { return shown(*panel, u"missingEmbeddings"_s); };
    const auto *strip = panel->findChild<QWidget *>(u"fillStrip"_s);
    QTRY_VERIFY(strip->isVisible());
    QTRY_VERIFY2(text().startsWith(u"150 texts"_s), qPrintable(text()));
    const auto begin = [&] {
        panel->findChild<QPushButton *>(u"fillEmbeddings"_s)->click();
        auto *box = panel->findChild<QMessageBox *>(u"fillDialog"_s);
        if (!box || !box->text().contains(u"http://127.0.0.1:%1/v1"_s.arg(server.port))) // what goes where
            return false;
        const auto buttons = box->buttons();
        const auto yes = std::find_if(buttons.begin(), buttons.end(), [box](QAbstractButton *button) { return box->buttonRole(button) == QMessageBox::AcceptRole; });
        (*yes)->click();
        return true;
    };
    // Nothing is sent before the user has agreed.
    QCOMPARE(server.requests.load(), 0);
    // Stopped after the first batch: what came is kept, and the rest is still missing.
    server.isSilent = false;
    QVERIFY(begin());
    QTRY_VERIFY(server.requests >= 1);
    m_tasks.stop();
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.running, 0, 20'000);
    QTRY_VERIFY(panel->findChild<QPushButton *>(u"fillEmbeddings"_s)->isEnabled());
    const int before = database.value(u"SELECT count(v) FROM notes"_s).toInt();
    QVERIFY(before < 150 && before % 32 == 0);
    // An endpoint that fails says so, and changes nothing.
    server.status = 500;
    QVERIFY(begin());
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.running, 0, 20'000);
    QTRY_VERIFY(panel->findChild<QWidget *>(u"messageBar"_s)->isVisible());
    QCOMPARE(database.value(u"SELECT count(v) FROM notes"_s).toInt(), before);
    server.status = 200;
    // Taken up again, to the end.
    QVERIFY(begin());
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.running, 0, 20'000);
    QTRY_VERIFY(!strip->isVisible());
    QCOMPARE(database.value(u"SELECT count(v) FROM notes"_s), u"150"_s);
    QCOMPARE(database.value(u"SELECT count(*) FROM notes WHERE v IS NULL"_s), u"2"_s);
    if (!stored.isEmpty())
        QCOMPARE(database.value(u"SELECT v::text FROM notes WHERE id = 1"_s), stored);
    // And found by meaning: the text goes to the endpoint, its vector to the server.
    QSignalSpy settled(panel.get(), &Panel::settled);
    auto *field = panel->findChild<QLineEdit *>(u"similarityText"_s);
    field->setText(u"note number 77"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(settled.wait(20'000));
    QVERIFY(server.lastRequest.contains("note number 77"));
    QVERIFY(hits(*panel).data(hits(*panel).index(0), HitListModel::ScoreRole).toDouble() > 0.9999);
    QCOMPARE(hits(*panel).data(hits(*panel).index(0), HitListModel::TextRole).toString(), u"note number 77"_s);
    m_settings.remove(u"embedding"_s);
}

QTEST_MAIN(tst_SimilarityPanel)
#include "tst_similaritypanel.moc"
