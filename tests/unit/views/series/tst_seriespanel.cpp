// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/series/seriespanel.h"

#include "tests/unit/models/browsing/openedsystem.h"
#include "tests/unit/views/panelbench.h"
#include "views/charts/chartcanvas.h"
#include "views/charts/chartwidget.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Drives the charts of the five systems as a user does.
class tst_SeriesPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init() { m_bench = std::make_unique<PanelBench>(); }
    void cleanup();
    void everySeriesOfEverySystemIsDrawn_data();
    void everySeriesOfEverySystemIsDrawn();
    void scoresHaveZonesAndShareAChart();
    void aPointLeadsToItsRow();
    void aRecordHasItsOwnPoints();
    void whatWasChosenComesBack();
    void withoutFiguresASentenceStands();

private:
    void open(const QString &system, const QVariantMap &arguments = {}, const QVariantMap &state = {});
    template<typename T>
    T *part(const QString &name) const
    {
        return m_panel->findChild<T *>(name);
    }
    QString file(const QString &system)
    {
        const QString path = m_folder.filePath(system + u".db"_s);
        if (!QFile::exists(path)) {
            const QString problem = makeDemoFile(path, system);
            if (!problem.isEmpty())
                qFatal("%s", qPrintable(problem));
        }
        return path;
    }
    bool isQuiet() const { return m_bench->tasks.running.isEmpty(); }

    QTemporaryDir m_folder;
    std::unique_ptr<PanelBench> m_bench;
    std::unique_ptr<OpenedSystem> m_opened;
    std::unique_ptr<SeriesPanel> m_panel;
};

void tst_SeriesPanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
    qRegisterMetaType<TablePlace>();
    qRegisterMetaType<RowKey>("turnstone::RowKey");
}

void tst_SeriesPanel::cleanup()
{
    m_panel.reset();
    m_opened.reset();
    m_bench.reset();
}

void tst_SeriesPanel::open(const QString &system, const QVariantMap &arguments, const QVariantMap &state)
{
    m_panel.reset();
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(file(system)));
    m_panel = std::make_unique<SeriesPanel>(m_bench->services, m_opened->context, arguments);
    if (!state.isEmpty())
        m_panel->restoreState(state);
    m_panel->resize(1000, 700);
    const QSignalSpy settled(m_panel.get(), &Panel::settled);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
    QTRY_VERIFY_WITH_TIMEOUT(!settled.isEmpty() && isQuiet(), 30'000);
}

void tst_SeriesPanel::everySeriesOfEverySystemIsDrawn_data()
{
    QTest::addColumn<QString>("system");
    for (const char *system : {"consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501"})
        QTest::newRow(system) << QString::fromLatin1(system);
}

void tst_SeriesPanel::everySeriesOfEverySystemIsDrawn()
{
    QFETCH(QString, system);
    open(system);
    auto *choice = part<QComboBox>(u"seriesChoice"_s);
    auto *grain = part<QComboBox>(u"seriesGrain"_s);
    QVERIFY(choice->count() > 1);
    for (int at = 0; at < choice->count(); ++at) {
        QSignalSpy settled(m_panel.get(), &Panel::settled);
        choice->setCurrentIndex(at);
        emit choice->activated(at);
        QTRY_VERIFY(!settled.isEmpty() && isQuiet());
        QVERIFY2(!m_panel->charts().empty(), qPrintable(choice->currentText()));
        for (ChartWidget *chart : m_panel->charts()) {
            QVERIFY2(chart->spec().pointCount() > 0, qPrintable(chart->spec().title));
            QVERIFY(!chart->spec().x.title.isEmpty() && !chart->spec().y.title.isEmpty());
        }
        takePicture(*m_panel, system + u'-' + choice->currentData().toString());
        settled.clear();
        grain->setCurrentIndex(1 - grain->currentIndex());
        emit grain->activated(grain->currentIndex());
        QTRY_VERIFY(!settled.isEmpty());
        QVERIFY(m_panel->charts().front()->spec().pointCount() > 0);
    }
}

void tst_SeriesPanel::scoresHaveZonesAndShareAChart()
{
    open(u"quorum"_s);
    auto *choice = part<QComboBox>(u"seriesChoice"_s);
    const int health = choice->findData(u"health"_s);
    QSignalSpy settled(m_panel.get(), &Panel::settled);
    choice->setCurrentIndex(health);
    emit choice->activated(health);
    QTRY_VERIFY(!settled.isEmpty() && m_panel->charts().size() == 1);
    const ChartSpec &spec = m_panel->charts().front()->spec();
    QCOMPARE(spec.lines.size(), std::size_t(5));
    QCOMPARE(spec.zones.size(), std::size_t(3));
    QCOMPARE(*spec.y.low, 0.0);
    QCOMPARE(*spec.y.high, 100.0);
    QSet<QString> names;
    for (const ChartLine &line : spec.lines)
        names.insert(line.name);
    QCOMPARE(names.size(), 5);
}

void tst_SeriesPanel::aPointLeadsToItsRow()
{
    open(u"project-2501"_s, {{u"lens"_s, u"importance"_s}}, {{u"lens"_s, u"importance"_s}, {u"chosen"_s, true}, {u"grain"_s, 0}});
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    ChartCanvas *canvas = m_panel->charts().front()->canvas();
    canvas->setFocus();
    QTest::keyClick(canvas, Qt::Key_Right);
    QTest::keyClick(canvas, Qt::Key_Return);
    QCOMPARE(places.size(), 1);
    const auto place = places[0][1].value<TablePlace>();
    QCOMPARE(place.selection.filters.size(), std::size_t(1));
    QCOMPARE(place.selection.filters[0].column, u"id"_s);
    const QString stored = sqlValue(file(u"project-2501"_s), u"SELECT importance FROM %1 WHERE id = '%2'"_s.arg(place.table, place.selection.filters[0].values[0].toDisplayText()));
    QCOMPARE(stored.toDouble(), canvas->spec().lines[canvas->current()->first].points[canvas->current()->second].y);
}

void tst_SeriesPanel::aRecordHasItsOwnPoints()
{
    const QString path = file(u"mindgames-arena"_s);
    open(u"mindgames-arena"_s, recordArguments(u"games"_s, {Value::integer(2)}));
    const ChartSpec &spec = m_panel->charts().front()->spec();
    QVERIFY(spec.pointCount() > 0);
    QVERIFY(m_panel->title().contains(u"games 2"_s));
    QVERIFY2(part<QLabel>(u"seriesSummary"_s)->text().startsWith(sqlValue(path, u"SELECT count(*) FROM game_turns WHERE game_id = 2"_s) + u" points"_s), qPrintable(part<QLabel>(u"seriesSummary"_s)->text()));
    m_panel->copy(u"csv"_s);
    QVERIFY(QApplication::clipboard()->text().count(u'\n') > 1);
}

void tst_SeriesPanel::whatWasChosenComesBack()
{
    open(u"mindgames-arena"_s, {{u"lens"_s, u"latency"_s}});
    auto *axis = part<QComboBox>(u"seriesAxis"_s);
    QCOMPARE(axis->count(), 2);
    const int other = 1 - axis->currentIndex();
    QSignalSpy settled(m_panel.get(), &Panel::settled);
    axis->setCurrentIndex(other);
    emit axis->activated(other);
    QTRY_VERIFY(!settled.isEmpty());
    const QVariantMap state = m_panel->saveState();
    open(u"mindgames-arena"_s, {}, state);
    QCOMPARE(part<QComboBox>(u"seriesAxis"_s)->currentIndex(), other);
}

void tst_SeriesPanel::withoutFiguresASentenceStands()
{
    const QString path = m_folder.filePath(u"empty.db"_s);
    QCOMPARE(executeSql(path, schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s)), QString());
    open(u"empty"_s);
    QCOMPARE(part<QLabel>(u"seriesSentence"_s)->text(), u"Nothing has these figures yet."_s);
    QVERIFY(part<QLabel>(u"seriesSentence"_s)->isVisible());
}

QTEST_MAIN(tst_SeriesPanel)
#include "tst_seriespanel.moc"
