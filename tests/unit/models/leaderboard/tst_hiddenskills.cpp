// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/arenasimulator.h"
#include "models/leaderboard/leaderboard.h"
#include "models/rating/distribution.h"
#include "models/rating/ratingsystems.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr int scale = 40;

/// Wants nothing of what is told.
class Deaf final : public DemoSink
{
public:
    bool take(int, const DemoCell *) override { return true; }
};

} // namespace

/// The sample of the arena is played by agents of known skill. What the leaderboard finds of it is compared with the truth.
class tst_HiddenSkills : public QObject
{
    Q_OBJECT

private slots:
    void theOrderIsFoundAndIntervalsCover_data();
    void theOrderIsFoundAndIntervalsCover();
    void storedRatingsAreTheReplayedOnes();

private:
    Result<Leaderboard> read(const std::string &system)
    {
        const QString path = m_folder.filePath(u"arena.db"_s);
        if (!QFile::exists(path)) {
            const QString problem = executeSql(path, schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s));
            if (!problem.isEmpty())
                qFatal("%s", qPrintable(problem));
            ConnectionOptions options;
            options.readOnly = false;
            const auto writer = Connection::open(DatabaseUrl::forFile(path), options);
            const Result<DemoReport> written = writeDemo(**writer, {u"mindgames-arena"_s, {}, 1, scale});
            if (!written)
                qFatal("%s", qPrintable(written.error().message));
            m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path));
        }
        const auto connection = Connection::open(DatabaseUrl::forFile(path));
        LeaderboardOptions options;
        options.system = system;
        options.historyPoints = 0;
        const DatabaseContext &context = m_opened->context;
        return readLeaderboard(**connection, *context.catalog, *context.profile, *leaderboardOf(*context.profile), options, {});
    }

    QTemporaryDir m_folder;
    std::unique_ptr<OpenedSystem> m_opened;
};

void tst_HiddenSkills::theOrderIsFoundAndIntervalsCover_data()
{
    QTest::addColumn<QByteArray>("system");
    for (const rating::RatingSystemKind &kind : rating::ratingSystemKinds())
        QTest::addRow("%s", kind.id.data()) << QByteArray(kind.id.data(), static_cast<qsizetype>(kind.id.size()));
}

void tst_HiddenSkills::theOrderIsFoundAndIntervalsCover()
{
    QFETCH(QByteArray, system);
    const Result<Leaderboard> board = read(system.toStdString());
    QVERIFY2(board.has_value(), board ? "" : qPrintable(board.error().message));
    const Result<DemoTexts> texts = DemoTexts::load(u":/demo/texts/arena.txt"_s);
    QVERIFY(texts.has_value());
    ArenaSimulator simulator(*texts, {1, scale});
    Deaf deaf;
    simulator.run(deaf);
    const std::vector<double> &skills = simulator.hiddenSkills();

    std::vector<rating::Rating> found;
    std::vector<double> mus;
    std::vector<double> truths;
    for (const LeaderboardRow &row : board->rows) {
        const std::int64_t id = row.competitor.integer();
        if (!row.replayed || id < 1 || id > static_cast<std::int64_t>(skills.size()))
            continue;
        found.push_back(*row.replayed);
        mus.push_back(row.replayed->mu);
        truths.push_back(skills[static_cast<std::size_t>(id) - 1]);
    }
    QVERIFY(found.size() > 100);
    // Only differences of skill show in a game; where the scale begins is nobody's to know.
    const auto mean = [](const std::vector<double> &values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); };
    const double shift = mean(mus) - mean(truths);
    for (double &truth : truths)
        truth += shift;
    const double correlation = rating::rankCorrelation(mus, truths);
    const double covered = rating::coverage(found, truths, 1.959964);
    qInfo("%s: %zu agents, %zu games: rank correlation with the hidden skills %.3f, 95 %% intervals cover %.1f %%", system.constData(), found.size(),
          board->contests.log.size(), correlation, 100 * covered);
    QVERIFY(correlation > 0.85);
    // Plackett–Luce is an approximation whose sigmas shrink slowly: it may cover more.
    QVERIFY(covered > 0.88);
}

void tst_HiddenSkills::storedRatingsAreTheReplayedOnes()
{
    const Result<Leaderboard> board = read("trueskill");
    QVERIFY(board.has_value());
    int compared = 0;
    for (const LeaderboardRow &row : board->rows)
        compared += row.stored && row.replayed ? 1 : 0;
    QVERIFY(compared > 100);
    QVERIFY2(board->largestDrift() < 1e-8, qPrintable(QString::number(board->largestDrift()))); // stored with nine decimals
}

QTEST_GUILESS_MAIN(tst_HiddenSkills)
#include "tst_hiddenskills.moc"
