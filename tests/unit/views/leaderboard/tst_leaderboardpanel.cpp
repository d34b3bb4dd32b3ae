// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/leaderboardpanel.h"

#include "models/edit/editsession.h"
#include "models/leaderboard/boardmodel.h"
#include "models/rating/normal.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "tests/unit/views/panelbench.h"
#include "views/charts/chartcanvas.h"
#include "views/charts/chartwidget.h"
#include "views/leaderboard/boardcharts.h"
#include "views/leaderboard/boardtable.h"
#include "views/leaderboard/comparepage.h"
#include "views/leaderboard/pairsview.h"
#include "views/prices/pricedialog.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Drives the leaderboard as a user does, on the sample of the arena.
class tst_LeaderboardPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void everyPageShowsSomething();
    void aDoubleClickLeadsToTheGames();
    void aColumnLeadsToTheGamesInThatRole();
    void aPointOfTheHistoryLeadsToItsGame();
    void aPairLeadsToItsGames();
    void aBarChoosesItsRows();
    void hoveringLinksTableAndCharts();
    void pricesOfOnesOwnCount();
    void aRowIsOfferedToOtherPanels();
    void fewestGamesHide();
    void groupsAndSystemsAreRatedAnew();
    void twoAreCompared();
    void tablesAreCopied();
    void theRecordAskedForIsChosen();
    void whatWasChosenComesBack();
    void writingAsksAndIsChecked();
    void writingHeedsTheSafetyLevel();
    void otherSystemsHaveBoards_data();
    void otherSystemsHaveBoards();
    void tenThousandStaySmooth();

private:
    void open(const QString &path, const QVariantMap &arguments = {}, const QVariantMap &state = {}, bool isReadOnly = false);
    template<typename T>
    T *part(const QString &name) const
    {
        return m_panel->findChild<T *>(name);
    }
    BoardTable *table() const { return part<BoardTable>(u"boardTable"_s); }
    const BoardModel &model() const { return *static_cast<BoardModel *>(table()->model()); }
    void showPage(int page) { part<QTabWidget>(u"boardPages"_s)->setCurrentIndex(page); }
    /// The values that the last request asks rows by.
    static std::vector<Value> asked(const QSignalSpy &places, const QString &column)
    {
        const auto place = places.last()[1].value<TablePlace>();
        const auto &filters = place.selection.filters;
        return filters.size() == 1 && filters.front().column == column ? filters.front().values : std::vector<Value>();
    }
    QString sql(const QString &text) const { return sqlValue(m_arena, text); }

    QTemporaryDir m_folder;
    QString m_arena;
    std::unique_ptr<PanelBench> m_bench;
    std::unique_ptr<OpenedSystem> m_opened;
    std::unique_ptr<EditSession> m_edits;
    std::unique_ptr<LeaderboardPanel> m_panel;
};

namespace {

enum Page { History, Pairs, Distribution, Balance, Compare, Drift };

QStringList texts(const std::vector<Value> &values)
{
    QStringList result;
    for (const Value &value : values)
        result.append(value.toDisplayText());
    result.sort();
    return result;
}

} // namespace

void tst_LeaderboardPanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
    QLocale::setDefault(QLocale::c());
    qRegisterMetaType<TablePlace>();
    qRegisterMetaType<RowKey>("turnstone::RowKey");
    m_arena = m_folder.filePath(u"arena.db"_s);
    QCOMPARE(makeDemoFile(m_arena, u"mindgames-arena"_s), QString());
}

void tst_LeaderboardPanel::init()
{
    m_bench = std::make_unique<PanelBench>();
}

void tst_LeaderboardPanel::cleanup()
{
    m_panel.reset();
    m_edits.reset();
    m_opened.reset();
    m_bench.reset();
}

void tst_LeaderboardPanel::open(const QString &path, const QVariantMap &arguments, const QVariantMap &state, bool isReadOnly)
{
    m_panel.reset();
    m_edits.reset();
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path), 1, isReadOnly);
    m_edits = std::make_unique<EditSession>(*m_opened->pool, m_opened->context.catalog, m_opened->context.profile);
    m_opened->context.edits = m_edits.get();
    m_panel = std::make_unique<LeaderboardPanel>(m_bench->services, m_opened->context, arguments);
    if (!state.isEmpty())
        m_panel->restoreState(state);
    m_panel->resize(1200, 800);
    const QSignalSpy settled(m_panel.get(), &Panel::settled);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
    QTRY_VERIFY_WITH_TIMEOUT(!settled.isEmpty() && m_bench->tasks.running.isEmpty(), 30'000);
}

void tst_LeaderboardPanel::everyPageShowsSomething()
{
    open(m_arena);
    QCOMPARE(QString::number(model().rowCount()), sql(u"SELECT count(*) FROM agents"_s));
    QCOMPARE(model().row(0).rank, 1);
    QVERIFY(part<QLabel>(u"boardSummary"_s)->text().contains(u"ratings as stored"_s));
    for (const auto &[page, name] : std::vector<std::pair<Page, QString>>{{History, u"historyChart"_s}, {Distribution, u"distributionChart"_s}, {Distribution, u"groupChart"_s}, {Balance, u"balanceChart"_s}, {Drift, u"driftChart"_s}}) {
        showPage(page);
        QVERIFY2(part<ChartWidget>(name)->spec().pointCount() > 0, qPrintable(name));
        takePicture(*m_panel, name);
    }
    showPage(Pairs);
    takePicture(*m_panel, u"pairs"_s);
    QVERIFY(part<PairsView>(u"pairsView"_s)->model()->rowCount() > 2);
    showPage(Compare);
    takePicture(*m_panel, u"compare"_s);
    QVERIFY(part<QLabel>(u"chanceBetter"_s)->text().endsWith(u" %"_s));
    showPage(Drift);
    QVERIFY(part<QLabel>(u"driftText"_s)->text().contains(u"All"_s)); // the sample's ratings are what its games give
    const QAbstractItemModelTester pairs(part<PairsView>(u"pairsView"_s)->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void tst_LeaderboardPanel::aDoubleClickLeadsToTheGames()
{
    open(m_arena);
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    const QModelIndex name = table()->model()->index(0, 1);
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, table()->visualRect(name).center());
    QTest::mouseDClick(table()->viewport(), Qt::LeftButton, {}, table()->visualRect(name).center());
    QTRY_COMPARE(places.size(), 1);
    QCOMPARE(places[0][1].value<TablePlace>().table, u"games"_s);
    const QString agent = model().row(0).competitor.toDisplayText();
    QStringList expected = sql(u"SELECT group_concat(DISTINCT g.id) FROM games g JOIN game_players p ON p.game_id = g.id WHERE g.status = 'completed' AND p.agent_id = "_s + agent).split(u',');
    expected.sort();
    QCOMPARE(texts(asked(places, u"id"_s)), expected);
}

void tst_LeaderboardPanel::aColumnLeadsToTheGamesInThatRole()
{
    open(m_arena);
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    int column = -1;
    for (int i = 0; i < model().columnCount(); ++i) {
        if (model().columns()[static_cast<std::size_t>(i)].what == BoardModel::Column::What::Side)
            column = i;
    }
    QVERIFY(column >= 0);
    // The first who has played this role, by the keyboard.
    int row = 0;
    while (!model().index(row, column).data(BoardModel::NumberRole).isValid())
        ++row;
    table()->setCurrentIndex(model().index(row, column));
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_Return);
    QTRY_COMPARE(places.size(), 1);
    const QString role = m_panel->board()->board->contests.sides[model().columns()[static_cast<std::size_t>(column)].index];
    QStringList expected = sql(u"SELECT group_concat(DISTINCT g.id) FROM games g JOIN game_players p ON p.game_id = g.id WHERE g.status = 'completed' AND p.role = '%1' AND p.agent_id = %2"_s.arg(role, model().row(row).competitor.toDisplayText())).split(u',');
    expected.sort();
    QCOMPARE(texts(asked(places, u"id"_s)), expected);
}

void tst_LeaderboardPanel::aPointOfTheHistoryLeadsToItsGame()
{
    open(m_arena);
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    ChartCanvas *canvas = part<ChartWidget>(u"historyChart"_s)->canvas();
    canvas->setFocus();
    QTest::keyClick(canvas, Qt::Key_Right);
    QTest::keyClick(canvas, Qt::Key_Return);
    QCOMPARE(places.size(), 1);
    const auto key = places[0][2].value<RowKey>();
    QCOMPARE(key.size(), std::size_t(1));
    const std::uint32_t best = m_panel->board()->rows[0].number;
    const std::size_t first = m_panel->board()->replay->standings[best].history.front().contest;
    QCOMPARE(key.front(), *m_panel->board()->board->contests.recordKey(m_panel->board()->log->ids[first]));
    QVERIFY(sql(u"SELECT count(*) FROM game_players WHERE game_id = %1 AND agent_id = %2"_s.arg(key.front().toDisplayText(), model().row(0).competitor.toDisplayText())) != u"0");
}

void tst_LeaderboardPanel::aPairLeadsToItsGames()
{
    open(m_arena);
    showPage(Pairs);
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    auto *pairs = part<PairsView>(u"pairsView"_s);
    const int count = pairs->model()->rowCount();
    QModelIndex cell;
    for (int row = 0; row < count && !cell.isValid(); ++row) {
        for (int column = 0; column < count && !cell.isValid(); ++column) {
            if (row != column && pairs->model()->index(row, column).data(PairsModel::ContestsRole).toInt() > 0)
                cell = pairs->model()->index(row, column);
        }
    }
    QVERIFY(cell.isValid());
    QTest::mouseClick(pairs->viewport(), Qt::LeftButton, {}, pairs->visualRect(cell).center());
    QTRY_COMPARE(places.size(), 1);
    const int met = cell.data(PairsModel::ContestsRole).toInt();
    QCOMPARE(static_cast<int>(asked(places, u"id"_s).size()), met);
    // Both halves of the matrix tell the same.
    const QModelIndex mirror = pairs->model()->index(cell.column(), cell.row());
    QCOMPARE(mirror.data(PairsModel::ContestsRole).toInt(), met);
    QVERIFY(std::abs(mirror.data(PairsModel::ShareRole).toDouble() + cell.data(PairsModel::ShareRole).toDouble() - 1) < 1e-12);
    QVERIFY(pairs->pairs().toCsv().count('\n') == count + 1);
}

void tst_LeaderboardPanel::aBarChoosesItsRows()
{
    open(m_arena);
    showPage(Distribution);
    ChartWidget *chart = part<ChartWidget>(u"distributionChart"_s);
    double counted = 0;
    for (const ChartPoint &bar : chart->spec().lines[0].points) {
        QCOMPARE(static_cast<double>(competitorsInBin(*m_panel->board(), bar.id).size()), bar.y);
        counted += bar.y;
    }
    QCOMPARE(counted, static_cast<double>(std::ranges::count_if(m_panel->board()->rows, [](const LeaderboardRow &row) { return row.chosen.has_value(); })));
    chart->canvas()->setFocus();
    QTest::keyClick(chart->canvas(), Qt::Key_Right);
    QTest::keyClick(chart->canvas(), Qt::Key_Return);
    QCOMPARE(static_cast<double>(table()->chosen().size()), chart->spec().lines[0].points[0].y);
}

void tst_LeaderboardPanel::hoveringLinksTableAndCharts()
{
    open(m_arena);
    const auto hover = [](QAbstractScrollArea *area, const QPoint &at) {
        QMouseEvent move(QEvent::MouseMove, at, area->viewport()->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
        QApplication::sendEvent(area->viewport(), &move);
    };
    const auto leave = [](QAbstractScrollArea *area) {
        QEvent event(QEvent::Leave);
        QApplication::sendEvent(area->viewport(), &event);
    };
    const auto row = [this](int at) { return table()->visualRect(model().index(at, 1)).center(); };
    // From the table to each chart.
    const QList<std::pair<int, QString>> charts{{History, u"historyChart"_s}, {Distribution, u"distributionChart"_s}, {Distribution, u"groupChart"_s}, {Compare, u"skillsChart"_s}, {Drift, u"driftChart"_s}};
    for (const auto &[page, name] : charts) {
        showPage(page);
        ChartCanvas *canvas = part<ChartWidget>(name)->canvas();
        hover(table(), row(0));
        QVERIFY2(canvas->emphasised() == 1, qPrintable(name));
        QVERIFY(table()->isMarked(0) && !table()->isMarked(1));
        leave(table());
        QVERIFY2(canvas->emphasised() == 0 && !table()->isMarked(0), qPrintable(name));
    }
    showPage(Pairs);
    auto *pairs = part<PairsView>(u"pairsView"_s);
    hover(table(), row(1));
    QVERIFY(pairs->isMarked(1) && !pairs->isMarked(0));
    leave(table());
    QVERIFY(!pairs->isMarked(1));
    // And back.
    hover(pairs, pairs->visualRect(pairs->model()->index(0, 2)).center());
    QVERIFY(table()->isMarked(0) && !table()->isMarked(1) && table()->isMarked(2));
    leave(pairs);
    QVERIFY(!table()->isMarked(0));
    showPage(Distribution);
    ChartWidget *bars = part<ChartWidget>(u"distributionChart"_s);
    emit bars->hovered(-1, binOf(*m_panel->board(), model().row(0).number));
    QVERIFY(table()->isMarked(0));
    emit bars->hovered(-1, -1);
    showPage(History);
    ChartCanvas *history = part<ChartWidget>(u"historyChart"_s)->canvas();
    const QRectF area = history->chart()->plotArea();
    // Over the whole chart the pointer meets some line.
    for (double y = area.top(); y < area.bottom() && !history->hovered(); y += 8)
        hover(history, QPointF(area.center().x(), y).toPoint());
    QVERIFY(history->hovered());
    const std::int64_t competitor = history->spec().lines[history->hovered()->first].id;
    QVERIFY(table()->isMarked(model().placeOf(static_cast<std::uint32_t>(competitor))));
    QEvent gone(QEvent::Leave);
    QApplication::sendEvent(history, &gone);
    QVERIFY(!table()->isMarked(model().placeOf(static_cast<std::uint32_t>(competitor))));
}

void tst_LeaderboardPanel::pricesOfOnesOwnCount()
{
    open(m_arena);
    const auto costs = [this] {
        QStringList texts;
        const int column = model().columnOf(BoardModel::Column::What::Cost);
        for (int row = 0; column >= 0 && row < model().rowCount(); ++row)
            texts.append(model().index(row, column).data().toString());
        return texts;
    };
    QTRY_VERIFY(!costs().isEmpty());
    // The sample has models with a public price and models of one's own machine.
    QVERIFY2(costs().contains(u"unknown"_s), qPrintable(costs().join(u' ')));
    QVERIFY2(std::ranges::any_of(costs(), [](const QString &text) { return text.startsWith(u'$') && text != u"$0"; }), qPrintable(costs().join(u' ')));
    part<QAction>(u"board.prices"_s)->trigger();
    auto *dialog = part<PriceDialog>(u"priceDialog"_s);
    QVERIFY(dialog != nullptr);
    auto *list = dialog->findChild<QTableWidget *>(u"prices"_s);
    const int builtIn = list->rowCount();
    QVERIFY(builtIn > 50);
    takePicture(*dialog, u"prices"_s);
    list->setCurrentCell(0, 0);
    dialog->findChild<QPushButton *>(u"removePrice"_s)->click();
    QCOMPARE(list->rowCount(), builtIn); // those of the program stay
    QVERIFY(!list->item(0, 2)->flags().testFlag(Qt::ItemIsEditable));
    dialog->addModel(u"*"_s);
    list->item(0, 2)->setText(u"free"_s);
    dialog->findChild<QPushButton *>(u"savePrices"_s)->click();
    QVERIFY(dialog->findChild<QLabel *>(u"priceProblem"_s)->text().contains(u"no number"_s));
    list->item(0, 2)->setText(u"0"_s);
    list->item(0, 3)->setText(u"0"_s);
    dialog->findChild<QPushButton *>(u"savePrices"_s)->click();
    QTRY_VERIFY(part<PriceDialog>(u"priceDialog"_s) == nullptr);
    // Free because somebody says so, which is not the same as unknown.
    QTRY_VERIFY2(std::ranges::all_of(costs(), [](const QString &text) { return text == u"$0" || text == u"–"; }), qPrintable(costs().join(u' ')));
    const QString path = PriceList::pathBeside(m_bench->settings.fileName());
    QCOMPARE(PriceList::read(path)->prices().size(), std::size_t(1));
    QVERIFY(QFile::remove(path));
}

void tst_LeaderboardPanel::aRowIsOfferedToOtherPanels()
{
    open(m_arena);
    const QSignalSpy menus(m_panel.get(), &Panel::recordMenuOpening);
    table()->setCurrentIndex(model().index(0, 1));
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(), QPoint());
    QApplication::sendEvent(table(), &event);
    QCOMPARE(menus.size(), 1);
    QCOMPARE(menus[0][1].toString(), u"agents"_s);
    QCOMPARE(menus[0][2].value<RowKey>().front(), model().row(0).competitor);
    auto *menu = part<QMenu>(u"boardRowMenu"_s);
    QVERIFY(menu->isVisible());
    menu->close();
}

void tst_LeaderboardPanel::fewestGamesHide()
{
    open(m_arena);
    const int before = model().rowCount();
    part<QSpinBox>(u"fewestGames"_s)->setValue(6);
    QTRY_VERIFY(model().rowCount() < before && model().rowCount() > 0);
    for (int row = 0; row < model().rowCount(); ++row)
        QVERIFY(model().row(row).total.contests >= 6);
    part<QSpinBox>(u"fewestGames"_s)->setValue(99'999);
    QTRY_COMPARE(part<QLabel>(u"boardSentence"_s)->text(), u"Nobody passes these filters."_s);
    QVERIFY(part<QLabel>(u"boardSentence"_s)->isVisible());
    part<QSpinBox>(u"fewestGames"_s)->setValue(0);
    QTRY_COMPARE(model().rowCount(), before);
}

void tst_LeaderboardPanel::groupsAndSystemsAreRatedAnew()
{
    open(m_arena);
    auto *groups = part<QComboBox>(u"groupBy"_s);
    const int model_ = groups->findText(u"By model"_s);
    QVERIFY(model_ > 0);
    groups->setCurrentIndex(model_);
    emit groups->activated(model_);
    QTRY_COMPARE(QString::number(model().rowCount()), sql(u"SELECT count(DISTINCT model_id) FROM agents"_s));
    QVERIFY(part<QLabel>(u"boardSummary"_s)->text().contains(u"replayed"_s));
    groups->setCurrentIndex(0);
    emit groups->activated(0);
    auto *systems = part<QComboBox>(u"ratingSystem"_s);
    systems->setCurrentIndex(1);
    emit systems->activated(1);
    QTRY_VERIFY(part<QLabel>(u"boardSummary"_s)->text().contains(u"OpenSkill"_s));
    QCOMPARE(part<QComboBox>(u"ratingSource"_s)->currentText(), u"Replayed ratings"_s);
}

void tst_LeaderboardPanel::twoAreCompared()
{
    open(m_arena);
    table()->choose({model().row(1).number, model().row(4).number});
    showPage(Compare);
    const rating::Rating one = *model().row(1).chosen;
    const rating::Rating other = *model().row(4).chosen;
    const double better = rating::normalBelow((one.mu - other.mu) / std::hypot(one.sigma, other.sigma));
    QCOMPARE(part<QLabel>(u"chanceBetter"_s)->text(), QLocale().toString(100 * better, 'f', 1) + u" %"_s);
    QVERIFY(part<QLabel>(u"compareHeading"_s)->text().startsWith(model().row(1).label.simplified()));
    QVERIFY(std::abs(chanceToBeBetter(one, other) + chanceToBeBetter(other, one) - 1) < 1e-12);
}

void tst_LeaderboardPanel::tablesAreCopied()
{
    open(m_arena);
    const QSignalSpy copies(m_panel.get(), &Panel::noted);
    m_panel->copy(u"json"_s);
    QTRY_COMPARE(copies.size(), 1);
    const QJsonArray rows = QJsonDocument::fromJson(QApplication::clipboard()->text().toUtf8()).array();
    QCOMPARE(rows.size(), model().rowCount());
    QCOMPARE(rows[0][u"mu"_s].toDouble(), model().row(0).chosen->mu);
    m_panel->copy({});
    QTRY_COMPARE(copies.size(), 2);
    QCOMPARE(QApplication::clipboard()->text().count(u'\n'), model().rowCount() + 1);
}

void tst_LeaderboardPanel::theRecordAskedForIsChosen()
{
    open(m_arena, recordArguments(u"agents"_s, {Value::integer(3)}));
    QCOMPARE(table()->chosen().size(), std::size_t(1));
    QCOMPARE(model().row(table()->currentIndex().row()).competitor, Value::integer(3));
}

void tst_LeaderboardPanel::whatWasChosenComesBack()
{
    open(m_arena);
    auto *groups = part<QComboBox>(u"groupBy"_s);
    groups->setCurrentIndex(groups->findText(u"By kind"_s));
    emit groups->activated(groups->currentIndex());
    part<QSpinBox>(u"fewestGames"_s)->setValue(3);
    showPage(Balance);
    QTRY_VERIFY(m_panel->board()->settings.groupBy >= 0 && m_panel->board()->settings.fewestContests == 3);
    // As a session keeps it: through JSON.
    const QVariantMap state = QJsonDocument(QJsonObject::fromVariantMap(m_panel->saveState())).toVariant().toMap();
    open(m_arena, {}, state);
    QCOMPARE(part<QComboBox>(u"groupBy"_s)->currentText(), u"By kind"_s);
    QCOMPARE(m_panel->board()->settings.fewestContests, 3U);
    QVERIFY(m_panel->board()->settings.groupBy >= 0);
    QCOMPARE(part<QTabWidget>(u"boardPages"_s)->currentIndex(), static_cast<int>(Balance));
}

void tst_LeaderboardPanel::writingAsksAndIsChecked()
{
    const QString path = m_folder.filePath(u"drifted.db"_s);
    QVERIFY(QFile::copy(m_arena, path));
    QCOMPARE(executeSql(path, u"UPDATE agent_trueskill SET mu = mu + 5 WHERE agent_id = (SELECT min(agent_id) FROM agent_trueskill);"_s), QString());
    open(path);
    showPage(Drift);
    QVERIFY(part<QLabel>(u"driftText"_s)->text().contains(u"1 of "_s));
    const QString drifted = sqlValue(path, u"SELECT mu FROM agent_trueskill ORDER BY agent_id LIMIT 1"_s);
    // Asked, and not wanted.
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QTRY_VERIFY(part<QMessageBox>(u"writeQuestion"_s) != nullptr);
    part<QMessageBox>(u"writeQuestion"_s)->button(QMessageBox::Cancel)->click();
    QTRY_VERIFY(part<QMessageBox>(u"writeQuestion"_s) == nullptr);
    QCOMPARE(sqlValue(path, u"SELECT mu FROM agent_trueskill ORDER BY agent_id LIMIT 1"_s), drifted);
    // Somebody changes a rating meanwhile: nothing is written.
    QCOMPARE(executeSql(path, u"UPDATE agent_trueskill SET mu = mu - 1 WHERE agent_id = (SELECT max(agent_id) FROM agent_trueskill);"_s), QString());
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QTRY_VERIFY(part<QPushButton>(u"confirmWrite"_s) != nullptr);
    part<QPushButton>(u"confirmWrite"_s)->click();
    QTRY_VERIFY(m_panel->reasonToStay().isEmpty());
    QCOMPARE(sqlValue(path, u"SELECT mu FROM agent_trueskill ORDER BY agent_id LIMIT 1"_s), drifted);
    // Read anew, it is written.
    m_panel->reload();
    QTRY_VERIFY(m_bench->tasks.running.isEmpty());
    QTRY_VERIFY(part<QLabel>(u"driftText"_s)->text().contains(u"2 of "_s));
    const QSignalSpy notes(m_panel.get(), &Panel::noted);
    QTRY_VERIFY(part<QPushButton>(u"confirmWrite"_s) == nullptr);
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QTRY_VERIFY(part<QPushButton>(u"confirmWrite"_s) != nullptr);
    part<QPushButton>(u"confirmWrite"_s)->click();
    QTRY_VERIFY(!notes.isEmpty());
    QTRY_VERIFY2(part<QLabel>(u"driftText"_s)->text().startsWith(u"All "_s), qPrintable(part<QLabel>(u"driftText"_s)->text()));
    QVERIFY(sqlValue(path, u"SELECT mu FROM agent_trueskill ORDER BY agent_id LIMIT 1"_s) != drifted);
}

void tst_LeaderboardPanel::writingHeedsTheSafetyLevel()
{
    const QString path = m_folder.filePath(u"guarded.db"_s);
    QVERIFY(QFile::copy(m_arena, path));
    QCOMPARE(executeSql(path, u"UPDATE agent_trueskill SET mu = mu + 5 WHERE agent_id = (SELECT min(agent_id) FROM agent_trueskill);"_s), QString());
    const QString first = u"SELECT mu FROM agent_trueskill ORDER BY agent_id LIMIT 1"_s;
    const QString drifted = sqlValue(path, first);
    open(path);
    showPage(Drift);
    // Refused at once, and refused where the level changes while the question stands open.
    m_edits->setAccess(WriteAccess::ReadOnly);
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QVERIFY(part<QMessageBox>(u"writeQuestion"_s) == nullptr);
    QVERIFY2(m_panel->findChild<MessageBar *>()->text().contains(u"The status bar changes that"_s), qPrintable(m_panel->findChild<MessageBar *>()->text()));
    m_edits->setAccess(WriteAccess::Ask);
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QTRY_VERIFY(part<QPushButton>(u"confirmWrite"_s) != nullptr);
    m_edits->setAccess(WriteAccess::ReadOnly);
    m_panel->findChild<MessageBar *>()->clear();
    part<QPushButton>(u"confirmWrite"_s)->click();
    QVERIFY(m_panel->reasonToStay().isEmpty());
    QVERIFY(m_panel->findChild<MessageBar *>()->text().contains(u"The status bar changes that"_s));
    QCOMPARE(sqlValue(path, first), drifted);
    open(path, {}, {}, true);
    showPage(Drift);
    QTest::mouseClick(part<QPushButton>(u"writeRatings"_s), Qt::LeftButton);
    QVERIFY(part<QMessageBox>(u"writeQuestion"_s) == nullptr);
    QVERIFY(m_panel->findChild<MessageBar *>()->text().contains(u"without --read-only"_s));
    QCOMPARE(sqlValue(path, first), drifted);
}

void tst_LeaderboardPanel::otherSystemsHaveBoards_data()
{
    QTest::addColumn<int>("boards");
    QTest::newRow("consensus-engine") << 1;
    QTest::newRow("quorum") << 2;
    QTest::newRow("llm-orchestration") << 1;
}

void tst_LeaderboardPanel::otherSystemsHaveBoards()
{
    QFETCH(int, boards);
    const QString system = QString::fromLatin1(QTest::currentDataTag());
    const QString path = m_folder.filePath(system + u".db"_s);
    QCOMPARE(makeDemoFile(path, system), QString());
    open(path);
    QVERIFY(model().rowCount() > 2);
    takePicture(*m_panel, system);
    auto *choice = part<QComboBox>(u"boardChoice"_s);
    QCOMPARE(choice->count(), boards);
    for (int board = 1; board < boards; ++board) {
        choice->setCurrentIndex(board);
        emit choice->activated(board);
        QTRY_VERIFY(m_bench->tasks.running.isEmpty() && m_panel->board() && m_panel->board()->board->lens.id == choice->currentData().toString());
        QVERIFY(model().rowCount() > 2);
    }
    const QSignalSpy places(m_panel.get(), &Panel::placeRequested);
    table()->setCurrentIndex(model().index(0, 1));
    QTest::keyClick(table(), Qt::Key_Return);
    QTRY_COMPARE(places.size(), 1);
    QVERIFY(!asked(places, u"id"_s).empty());
}

void tst_LeaderboardPanel::tenThousandStaySmooth()
{
    const QString path = m_folder.filePath(u"big.db"_s);
    QCOMPARE(executeSql(path, schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s)
                                  + u"INSERT INTO kinds VALUES (1, 'k', 1, '2025-01-01'); INSERT INTO models VALUES (1, 'm', 'm', 'open', 1, '2025-01-01'); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO prompts SELECT i, 'p' || i, 'p', NULL, 1, '2025-01-01' FROM n;"
                                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO agents(id, kind_id, model_id, prompt_id, alias, active, created_at) SELECT i, 1, 1, i, 'agent ' || i, 1, '2025-01-01' FROM n;"
                                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO games(id, started_at, status, total_turns, environment_crashed, winning_team) SELECT i, datetime(1700000000 + i * 60, 'unixepoch'), 'completed', 0, 0, CASE WHEN i % 3 = 0 THEN 'Mafia' ELSE 'Villager' END FROM n;"
                                    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 359999) INSERT INTO game_players(game_id, agent_id, player_index, role) SELECT i / 6 + 1, 1 + (i * 48271) % 10000, i % 6, CASE WHEN i % 6 < 2 THEN 'Mafia' WHEN i % 6 = 2 THEN 'Doctor' WHEN i % 6 = 3 THEN 'Detective' ELSE 'Villager' END FROM n;"_s),
             QString());
    open(path);
    // The application has rated none of these: what is replayed is shown.
    QCOMPARE(part<QComboBox>(u"ratingSource"_s)->currentIndex(), 1);
    QCOMPARE(m_panel->board()->source, RatingSource::Replayed);
    QCOMPARE(model().rowCount(), 10'000);
    // What the hand does is a fraction of reading it all, whatever the machine.
    QElapsedTimer timer;
    timer.start();
    m_panel->reload();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->tasks.running.isEmpty() && m_panel->board()->board->rows.size() == 10'000, 60'000);
    const qint64 reading = std::max<qint64>(timer.elapsed(), 1);
    for (int page = History; page <= Drift; ++page) {
        timer.start();
        showPage(page);
        m_panel->grab();
        QVERIFY2(timer.elapsed() < reading * 2 + 500, qPrintable(u"page %1: %2 ms, reading %3 ms"_s.arg(page).arg(timer.elapsed()).arg(reading)));
    }
    QTRY_VERIFY(part<ChartWidget>(u"driftChart"_s)->spec().pointCount() == 0 || part<ChartWidget>(u"driftChart"_s)->canvas()->drawnPoints() > 0);
    QVERIFY(part<ChartWidget>(u"driftChart"_s)->canvas()->drawnPoints() < 20'000);
    showPage(Distribution);
    QTRY_VERIFY(part<ChartWidget>(u"distributionChart"_s)->spec().pointCount() > 0);
    // Two that the matrix does not have are counted in the background.
    table()->choose({model().row(5'000).number, model().row(7'000).number});
    showPage(Compare);
    QTRY_VERIFY(part<QLabel>(u"headToHead"_s)->text() != u"…"_s);
}

QTEST_MAIN(tst_LeaderboardPanel)
#include "tst_leaderboardpanel.moc"
