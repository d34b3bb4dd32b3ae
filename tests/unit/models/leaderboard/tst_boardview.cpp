// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/boardmodel.h"
#include "models/leaderboard/blockpipe.h"
#include "models/rating/ratingsystems.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <set>
#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = "CREATE TABLE matches(id INTEGER PRIMARY KEY, at TEXT, winner TEXT);"
                        "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, club TEXT, plays INTEGER);"
                        "CREATE TABLE seats(id INTEGER PRIMARY KEY, match_id INTEGER, seat INTEGER, person INTEGER, part TEXT);"
                        "CREATE TABLE turns(id INTEGER PRIMARY KEY, match_id INTEGER, seat INTEGER, words INTEGER, ms INTEGER);"
                        "CREATE TABLE asks(id INTEGER PRIMARY KEY, turn INTEGER, model TEXT, asked INTEGER, answered INTEGER, at TEXT);"
                        "INSERT INTO people VALUES (1, 'Ada', 'north', 1), (2, 'Ben', 'north', 1), (3, 'Cleo', 'south', 1), (4, 'Dan, \"the\" man', 'south', 0);";

constexpr auto lensJson = R"({
    "contest": {"time": "at", "winner": "winner"},
    "players": {"table": "seats", "link": {"match_id": "id"}, "competitor": "person", "side": "part"},
    "sides": {"Wolves": ["wolf"], "Sheep": ["sheep", "dog"]},
    "competitors": {"table": "people", "label": "{name}", "active": "plays", "groups": {"club": "club"}},
    "usage": {"table": "turns", "link": {"match_id": "id"}, "player": "seat", "tokens": "words", "latency": "ms"},
    "usageCalls": {"table": "asks", "link": {"turn": "id"}, "model": "model", "tokensIn": "asked", "tokensOut": "answered", "time": "at"}})";

QString match(int id, const QString &day, const QString &winner, int wolf, int sheep, int dog)
{
    return u"INSERT INTO matches VALUES (%1, '%2 10:00:00', '%3');"
           "INSERT INTO seats(match_id, seat, person, part) VALUES (%1, 0, %4, 'wolf'), (%1, 1, %5, 'sheep'), (%1, 2, %6, 'dog');"_s
        .arg(id).arg(day, winner).arg(wolf).arg(sheep).arg(dog);
}

/// Hands out as many rows as asked for, then ends or fails.
class CountingReader final : public RowReader
{
public:
    CountingReader(int rows, int failAt) : m_rows(rows), m_failAt(failAt) {}
    const std::vector<ResultColumn> &columns() const override { return m_columns; }
    Result<bool> read(RowBlock &block, const RowBlock::Limits &) override
    {
        block.clear(1);
        for (int i = 0; i < 100 && m_next < m_rows; ++i) {
            if (m_next == m_failAt)
                return failure(ErrorCode::Busy, u"locked"_s);
            block.addInteger(m_next++);
            block.endRow();
        }
        return m_next < m_rows;
    }
    Result<bool> visit(RowVisitor &) override { return false; }

private:
    std::vector<ResultColumn> m_columns;
    int m_rows;
    int m_failAt;
    int m_next = 0;
};

} // namespace

class tst_BoardView : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void everybodyAndTheWholeTimeIsWhatWasRead();
    void filtersHideAndRanksFollow();
    void aStretchOfTimeIsReplayedByItself();
    void groupsAreCompetitors();
    void anotherSystemRatesAnew();
    void aStopGivesNothing();
    void contestsAreFound();
    void usageIsSummed();
    void aServerSumsTheSame();
    void theModelKeepsItsContract();
    void rowsAreOrderedByEveryColumn();
    void copiesHaveAllDigits();
    void blocksAreWorkedOnInOrder();
    void aFailedReadEndsBoth();

private:
    std::shared_ptr<const BoardView> view(const BoardSettings &settings = {}) const
    {
        Result<std::shared_ptr<const BoardView>> made = makeBoardView(m_board, settings, {});
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        return *made;
    }
    static QStringList names(const BoardView &view)
    {
        QStringList result;
        for (const LeaderboardRow &row : view.rows)
            result.append(row.label);
        return result;
    }

    /// Ada always wins as the wolf, Dan always loses; Ben and Cleo are in between.
    QString m_sql;
    QTemporaryDir m_folder;
    std::unique_ptr<OpenedSystem> m_opened;
    std::shared_ptr<const Leaderboard> m_board;
    std::shared_ptr<const LeaderboardUsage> m_usage;
};

void tst_BoardView::initTestCase()
{
    const QString path = m_folder.filePath(u"matches.db"_s);
    m_sql = QString::fromLatin1(schema) + match(1, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 4) + match(2, u"2025-05-02"_s, u"Wolves"_s, 1, 3, 4)
                  + match(3, u"2025-05-03"_s, u"Sheep"_s, 4, 2, 3) + match(4, u"2025-06-01"_s, u"Sheep"_s, 4, 1, 3) + match(5, u"2025-06-02"_s, u"Sheep"_s, 2, 1, 3);
    m_sql += u"INSERT INTO turns VALUES (1, 1, 0, 100, 2000), (2, 1, 0, 300, NULL), (3, 2, 0, NULL, 4000), (4, 1, 1, 7, 9);"
           "INSERT INTO asks VALUES (1, 1, 'big-1', 1000, 2000, '2025-05-01 10:00:01'), (2, 2, 'big-1', 1000000, 0, '2025-05-01 10:00:02'), (3, 4, 'nobody', 5, 5, '2025-05-01');"_s;
    QCOMPARE(executeSql(path, m_sql), QString());
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path));
    auto profile = std::make_shared<ResolvedProfile>(*m_opened->context.profile);
    profile->prices = {{u"big-*"_s, u"2025-01-01"_s, 2, 10}, {u"big-*"_s, u"2025-12-01"_s, 200, 1000}};
    m_opened->context.profile = profile;
    const Result<LeaderboardLens> lens = LeaderboardLens::from({u"leaderboard"_s, u"b"_s, u"B"_s, u"matches"_s, QJsonDocument::fromJson(lensJson).object()});
    QVERIFY2(lens.has_value(), lens ? "" : qPrintable(lens.error().message));
    auto connection = Connection::open(DatabaseUrl::forFile(path));
    QVERIFY(connection.has_value());
    Result<Leaderboard> board = readLeaderboard(**connection, *m_opened->context.catalog, *profile, *lens, {}, {});
    QVERIFY2(board.has_value(), board ? "" : qPrintable(board.error().message + board.error().detail));
    m_board = std::make_shared<const Leaderboard>(std::move(*board));
    Result<LeaderboardUsage> usage = readUsage(**connection, *m_opened->context.catalog, *profile, *m_board, PriceList::merged({}, profile->prices));
    QVERIFY2(usage.has_value(), usage ? "" : qPrintable(usage.error().message + usage.error().detail));
    m_usage = std::make_shared<const LeaderboardUsage>(std::move(*usage));
}

void tst_BoardView::everybodyAndTheWholeTimeIsWhatWasRead()
{
    const auto all = view();
    QCOMPARE(names(*all).front(), u"Ada"_s);
    QCOMPARE(names(*all).back(), u"Dan, \"the\" man"_s);
    QCOMPARE(all->log.get(), &m_board->contests.log);      // shared, not copied
    QCOMPARE(all->replay.get(), &m_board->replay);
    QCOMPARE(all->source, RatingSource::Replayed); // nothing is stored
    QCOMPARE(all->rows.front().rank, 1);
    QCOMPARE(all->rowOf(all->rows[2].number), &all->rows[2]);
    QCOMPARE(all->paired.size(), std::size_t(4));
    QCOMPARE(all->balance.size(), std::size_t(1)); // too few for a second stretch
    QCOMPARE(all->teamName(0), u"Sheep"_s); // JSON's own order
}

void tst_BoardView::filtersHideAndRanksFollow()
{
    BoardSettings settings;
    settings.active = true;
    QCOMPARE(view(settings)->rows.size(), std::size_t(3));
    QCOMPARE(view(settings)->hidden, std::size_t(1));
    settings = {};
    settings.shownGroups = {{u"south"_s}};
    const auto south = view(settings);
    QCOMPARE(names(*south), (QStringList{u"Cleo"_s, u"Dan, \"the\" man"_s}));
    QCOMPARE(south->rows[0].rank, 1); // among those shown
    settings = {};
    settings.fewestContests = 4;
    const auto busy = view(settings);
    QCOMPARE(busy->hiddenByContests, std::size_t(1)); // Ben has three
    QVERIFY(!names(*busy).contains(u"Ben"_s));
    QCOMPARE(busy->rowOf(1), busy->places[1] < 0 ? nullptr : &busy->rows[static_cast<std::size_t>(busy->places[1])]);
}

void tst_BoardView::aStretchOfTimeIsReplayedByItself()
{
    BoardSettings settings;
    settings.from = QDateTime(QDate(2025, 6, 1), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch() * 1000;
    settings.until = settings.from + 86'400'000'000LL;
    const auto june = view(settings);
    QCOMPARE(june->log->size(), std::size_t(1));
    for (const LeaderboardRow &row : june->rows) {
        QCOMPARE(row.total.contests, row.label == u"Ben" ? 0U : 1U);
        QCOMPARE(row.replayed.has_value(), row.label != u"Ben");
    }
    QCOMPARE(june->rows.back().label, u"Ben"_s); // no rating: last
    QCOMPARE(june->rows.back().rank, 0);
}

void tst_BoardView::groupsAreCompetitors()
{
    BoardSettings settings;
    settings.groupBy = 0;
    const auto clubs = view(settings);
    QCOMPARE(clubs->rows.size(), std::size_t(2));
    QCOMPARE(clubs->rows[0].label, u"north"_s);
    QCOMPARE(clubs->rows[0].members, 2U);
    QVERIFY(clubs->rows[0].chosen->mu > clubs->rows[1].chosen->mu);
    QCOMPARE(clubs->log->competitorCount, 2U);
    settings.shownGroups = {{u"south"_s}};
    QCOMPARE(names(*view(settings)), QStringList{u"south"_s});
}

void tst_BoardView::anotherSystemRatesAnew()
{
    BoardSettings settings;
    settings.system = "plackett-luce";
    const auto other = view(settings);
    const auto usual = view();
    QCOMPARE(names(*other).front(), u"Ada"_s);
    QVERIFY(std::abs(other->rows[0].chosen->mu - usual->rows[0].chosen->mu) > 0.01);
    settings.system = "elo";
    const auto unknown = makeBoardView(m_board, settings, {});
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::InvalidInput);
}

void tst_BoardView::aStopGivesNothing()
{
    std::stop_source stop;
    stop.request_stop();
    BoardSettings settings;
    settings.groupBy = 0; // needs a replay
    const auto stopped = makeBoardView(m_board, settings, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void tst_BoardView::contestsAreFound()
{
    const auto all = view();
    const auto numberOf = [&](const QString &name) {
        return std::ranges::find(all->rows, name, &LeaderboardRow::label)->number;
    };
    const auto keys = [&](const ContestChoice &choice) {
        std::set<std::int64_t> result;
        for (const std::size_t index : choice.contests)
            result.insert(m_board->contests.recordKey(all->log->ids[index])->integer());
        return result;
    };
    QCOMPARE(keys(contestsOf(*all->log, numberOf(u"Ben"_s), std::nullopt, 100)), (std::set<std::int64_t>{1, 3, 5}));
    const auto wolf = static_cast<std::uint16_t>(m_board->contests.sides.indexOf(u"wolf"_s));
    QCOMPARE(keys(contestsOf(*all->log, numberOf(u"Ada"_s), wolf, 100)), (std::set<std::int64_t>{1, 2}));
    const ContestChoice newest = contestsOf(*all->log, numberOf(u"Ada"_s), std::nullopt, 1);
    QCOMPARE(keys(newest), std::set<std::int64_t>{5});
    QCOMPARE(newest.total, std::size_t(4));
    // Ada and Cleo were on the same side in 4 and 5.
    QCOMPARE(keys(contestsBetween(*all->log, numberOf(u"Ada"_s), numberOf(u"Cleo"_s), 100)), std::set<std::int64_t>{2});
}

void tst_BoardView::usageIsSummed()
{
    QVERIFY(m_usage->hasCosts);
    const CompetitorUsage &ada = m_usage->of[m_board->contests.competitors.find(ValueRef::integer(1))];
    QCOMPARE(ada.contests, 2);
    QCOMPARE(*ada.tokensPerContest(), 200.0);
    QCOMPARE(*ada.meanLatencyMs(), 3000.0);
    // (1,000 in at 2 $ + 2,000 out at 10 $ + 1,000,000 in at 2 $) a million, over two games.
    QVERIFY(std::abs(*ada.dollarsPerContest() - (0.002 + 0.02 + 2) / 2) < 1e-12);
    const CompetitorUsage &ben = m_usage->of[m_board->contests.competitors.find(ValueRef::integer(2))];
    QVERIFY(!ben.dollarsPerContest()); // its model has no known price
    BoardModel costs;
    costs.setBoard(view(), m_usage);
    const int column = costs.columnOf(BoardModel::Column::What::Cost);
    QVERIFY(column >= 0);
    const auto textOfCost = [&](const QString &name) {
        for (int row = 0; row < costs.rowCount(); ++row) {
            if (costs.row(row).label.startsWith(name))
                return costs.index(row, column).data().toString();
        }
        return QString();
    };
    QCOMPARE(textOfCost(u"Ada"_s), u"$1.01"_s);
    QCOMPARE(textOfCost(u"Ben"_s), u"unknown"_s); // and never $0
    auto partly = std::make_shared<LeaderboardUsage>(*m_usage);
    partly->of[view()->rows.front().number].unpriced = 1;
    costs.setBoard(view(), partly);
    QCOMPARE(textOfCost(u"Ada"_s), u"≥ $1.01"_s);
    QVERIFY(!costs.index(costs.placeOf(view()->rows.front().number), column).data(BoardModel::NumberRole).isValid());
    QVERIFY(!m_usage->of[m_board->contests.competitors.find(ValueRef::integer(3))].tokensPerContest());
}

void tst_BoardView::aServerSumsTheSame()
{
    TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(QString(m_sql).replace(u"TABLE seats(id INTEGER"_s, u"TABLE seats(id SERIAL"_s)), QString());
    const DatabaseUrl url = *DatabaseUrl::parse(database.url());
    const OpenedSystem opened(url);
    auto profile = std::make_shared<ResolvedProfile>(*opened.context.profile);
    profile->prices = m_opened->context.profile->prices;
    auto connection = Connection::open(url);
    QVERIFY(connection.has_value());
    const Result<Leaderboard> board = readLeaderboard(**connection, *opened.context.catalog, *profile, m_board->lens, {}, {});
    QVERIFY2(board.has_value(), board ? "" : qPrintable(board.error().message + board.error().detail));
    const Result<LeaderboardUsage> usage = readUsage(**connection, *opened.context.catalog, *profile, *board, PriceList::merged({}, profile->prices));
    QVERIFY2(usage.has_value(), usage ? "" : qPrintable(usage.error().message + usage.error().detail));
    QCOMPARE(board->rows.size(), m_board->rows.size());
    for (std::size_t i = 0; i < board->rows.size(); ++i) {
        const LeaderboardRow &here = board->rows[i];
        const LeaderboardRow &there = m_board->rows[i];
        QCOMPARE(here.label, there.label);
        QCOMPARE(here.groups, there.groups);
        QCOMPARE(here.active, there.active);
        QCOMPARE(here.total, there.total);
        QVERIFY(here.chosen && there.chosen && here.chosen->mu == there.chosen->mu && here.chosen->sigma == there.chosen->sigma);
        const CompetitorUsage &one = usage->of[here.number];
        const CompetitorUsage &other = m_usage->of[there.number];
        QCOMPARE(one.tokensPerContest(), other.tokensPerContest());
        QCOMPARE(one.meanLatencyMs(), other.meanLatencyMs());
        QCOMPARE(one.dollarsPerContest(), other.dollarsPerContest());
        QCOMPARE(one.unpriced, other.unpriced);
    }
}

void tst_BoardView::theModelKeepsItsContract()
{
    BoardModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setBoard(view(), m_usage);
    QCOMPARE(model.rowCount(), 4);
    BoardSettings nobody;
    nobody.fewestContests = 1000;
    model.setBoard(view(nobody), nullptr);
    QCOMPARE(model.rowCount(), 0);
    BoardSettings clubs;
    clubs.groupBy = 0;
    model.setBoard(view(clubs), m_usage);
    QCOMPARE(model.rowCount(), 2);
    const int tokens = model.columnOf(BoardModel::Column::What::Tokens);
    QCOMPARE(model.index(0, tokens).data(BoardModel::NumberRole).toDouble(), 407.0 / 3); // north: Ada's two games and Ben's one
    QCOMPARE(model.index(0, model.columnOf(BoardModel::Column::What::Members)).data().toString(), u"2"_s);
}

void tst_BoardView::rowsAreOrderedByEveryColumn()
{
    BoardModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setBoard(view(), m_usage);
    const QPersistentModelIndex ada = model.index(0, 1);
    for (int column = 0; column < model.columnCount(); ++column) {
        for (const Qt::SortOrder order : {Qt::DescendingOrder, Qt::AscendingOrder}) {
            model.sort(column, order);
            QCOMPARE(ada.data().toString(), u"Ada"_s);
            QCOMPARE(model.placeOf(model.row(ada.row()).number), ada.row());
            double before = 0;
            for (int row = 0; row < model.rowCount(); ++row) {
                const QVariant number = model.index(row, column).data(BoardModel::NumberRole);
                if (!number.isValid())
                    break; // they come last
                if (row > 0)
                    QVERIFY(order == Qt::AscendingOrder ? number.toDouble() >= before : number.toDouble() <= before);
                before = number.toDouble();
            }
        }
    }
}

void tst_BoardView::copiesHaveAllDigits()
{
    BoardModel model;
    model.setBoard(view(), m_usage);
    const QString csv = QString::fromUtf8(model.toCsv());
    const QStringList lines = csv.split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 5);
    QVERIFY(lines.last().contains(u"\"Dan, \"\"the\"\" man\""_s));
    QVERIFY(csv.contains(QString::number(view()->rows[0].chosen->mu, 'g', 17)));
    const QJsonArray json = QJsonDocument::fromJson(model.toJson()).array();
    QCOMPARE(json.size(), 4);
    QCOMPARE(json[0][u"mu"_s].toDouble(), view()->rows[0].chosen->mu);
    QCOMPARE(json[0][u"Name"_s].toString(), u"Ada"_s);
    QVERIFY(json[0][u"Win rate low"_s].toDouble() < json[0][u"Win rate"_s].toDouble());
}

void tst_BoardView::blocksAreWorkedOnInOrder()
{
    CountingReader reader(100'000, -1);
    std::int64_t expected = 0;
    std::int64_t told = 0;
    bool isInOrder = true;
    const std::thread::id here = std::this_thread::get_id();
    bool isElsewhere = true;
    const Result<> done = readOverlapped(
        reader,
        [&](const RowBlock &block) {
            isElsewhere &= std::this_thread::get_id() != here;
            for (int row = 0; row < block.rowCount(); ++row)
                isInOrder &= block.at(row, 0).integer() == expected++;
        },
        [&](std::int64_t rows) { told = rows; });
    QVERIFY(done.has_value());
    QVERIFY(isInOrder);
    QVERIFY(isElsewhere);
    QCOMPARE(expected, 100'000);
    QCOMPARE(told, 100'000);
}

void tst_BoardView::aFailedReadEndsBoth()
{
    CountingReader reader(100'000, 2'550);
    std::int64_t taken = 0;
    const Result<> done = readOverlapped(reader, [&](const RowBlock &block) { taken += block.rowCount(); });
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Busy);
    QCOMPARE(taken, 2'500); // whole blocks before it
}

QTEST_GUILESS_MAIN(tst_BoardView)
#include "tst_boardview.moc"
