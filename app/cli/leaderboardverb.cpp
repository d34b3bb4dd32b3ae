// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/leaderboardverb.h"

#include "app/cli/keyjson.h"
#include "models/core/jsonwriter.h"
#include "models/rating/ratingsystems.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct LeaderboardverbText
{
    Q_DECLARE_TR_FUNCTIONS(LeaderboardVerb)
};

QString count(qint64 number)
{
    return QLocale::c().toString(static_cast<qlonglong>(number));
}

} // namespace

void LeaderboardVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_flag("--recompute", m_recompute, "Replay the contests instead of printing the stored ratings");
    command.add_flag("--write", m_write, "Replay and write the ratings into the application's table");
    command.add_option("--limit", m_limit, "Print only so many")->check(CLI::NonNegativeNumber);
    command.add_option("--min-games", m_fewestGames, "Leave out who has played fewer")->check(CLI::NonNegativeNumber);
    command.add_option("--board", m_id, "Which leaderboard, if the profile has several");
    command.add_option("--rating-system", m_system, "trueskill (default) or plackett-luce, which is always replayed");
    command.add_option("--mu", m_parameters.mu, "Mean before the first contest (25)");
    command.add_option("--sigma", m_parameters.sigma, "Deviation before the first contest (25/3)");
    command.add_option("--beta", m_parameters.beta, "Deviation of a performance from the skill (25/6)");
    command.add_option("--tau", m_parameters.tau, "Drift of a skill from contest to contest (25/300)");
    command.add_option("--draw", m_parameters.drawProbability, "Chance of a draw between even teams (0.1)");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<> LeaderboardVerb::checkOptions() const
{
    if (!m_parameters.isValid()) {
        return failure(ErrorCode::InvalidInput,
                       LeaderboardverbText::tr("--sigma and --beta must be above 0, --tau not below 0, --draw from 0 to below 1"));
    }
    if (!rating::makeRatingSystem(m_system)) {
        QStringList known;
        for (const rating::RatingSystemKind &kind : rating::ratingSystemKinds())
            known.append(QString::fromUtf8(kind.id.data(), static_cast<qsizetype>(kind.id.size())));
        return failure(ErrorCode::InvalidInput, LeaderboardverbText::tr("--rating-system is one of %1").arg(known.join(u", "_s)));
    }
    return {};
}

Result<> LeaderboardVerb::run(VerbContext &context)
{
    if (const Result<> good = checkOptions(); !good)
        return good;
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    ConnectionOptions options;
    options.readOnly = !m_write;
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const Result<LeaderboardLens> lens = leaderboardOf(known->profile, QString::fromStdString(m_id));
    if (!lens)
        return failure(lens);
    if (m_write && !lens->stored)
        return failure(ErrorCode::Unsupported, LeaderboardverbText::tr("the application keeps no ratings that could be written"));
    LeaderboardOptions how;
    how.parameters = m_parameters;
    how.system = m_system;
    // What is stored was made by the application's own system.
    how.source = m_recompute || m_write || m_system != "trueskill" ? RatingSource::Replayed : RatingSource::Stored;
    how.historyPoints = 0;
    int shown = -1;
    const auto progress = [&](double fraction) {
        const int percent = static_cast<int>(fraction * 100);
        if (context.streams.errIsTerminal && percent != shown)
            context.streams.err(LeaderboardverbText::tr("\rreplaying contests: %1 %").arg(shown = percent).toUtf8());
    };
    Result<Leaderboard> board = readLeaderboard(**connection, known->catalog, known->profile, *lens, how, context.stop, progress);
    if (shown >= 0)
        context.streams.err("\r\033[K");
    if (!board)
        return failure(board);
    report(*board, context.streams);
    if (m_write) {
        if (const Result<> written = writeBack(**connection, *known, *board, context); !written)
            return written;
    }
    if (m_fewestGames > 0)
        std::erase_if(board->rows, [this](const LeaderboardRow &row) { return row.total.contests < static_cast<std::uint32_t>(m_fewestGames); });
    if (m_limit > 0 && board->rows.size() > static_cast<std::size_t>(m_limit))
        board->rows.resize(static_cast<std::size_t>(m_limit));
    const CatalogTable *competitors = lens->competitors ? known->catalog.table(lens->competitors->table, known->profile.schema) : nullptr;
    return context.streams.out(m_json ? asJson(*board, competitors) : asText(*board));
}

/// What the reader of the figures should know about them.
void LeaderboardVerb::report(const Leaderboard &board, const Streams &streams) const
{
    for (const auto &[why, contests] : board.contests.leftOut)
        streams.error(LeaderboardverbText::tr("left out %1: %2").arg(count(contests), why));
    if (!board.lens.stored && !m_recompute)
        streams.error(LeaderboardverbText::tr("the application stores no ratings; these were replayed from %1 contests")
                          .arg(count(static_cast<qint64>(board.contests.log.size()))));
    if (board.lens.stored && m_recompute)
        streams.error(LeaderboardverbText::tr("replayed %1 contests; stored and replayed mu differ by at most %2")
                          .arg(count(static_cast<qint64>(board.contests.log.size())), QString::number(board.largestDrift(), 'f', 3)));
}

Result<> LeaderboardVerb::writeBack(Connection &connection, const KnownDatabase &known, const Leaderboard &board, VerbContext &context) const
{
    std::vector<StoredRatings::Change> changes;
    for (const LeaderboardRow &row : board.rows) {
        if (row.replayed)
            changes.push_back({row.competitor, *row.replayed});
    }
    const StoredRatings stored(known.catalog, known.profile, *board.lens.stored);
    const Result<int> written = stored.write(connection, board.stored, changes, QDateTime::currentDateTimeUtc());
    if (!written)
        return failure(written);
    context.streams.error(LeaderboardverbText::tr("wrote %1 ratings").arg(count(*written)));
    return {};
}

QByteArray LeaderboardVerb::asJson(const Leaderboard &board, const CatalogTable *competitors) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    const auto rating = [&json](const QString &mu, const QString &sigma, const std::optional<rating::Rating> &of) {
        json.key(mu);
        of ? json.real(of->mu) : json.null();
        json.key(sigma);
        of ? json.real(of->sigma) : json.null();
    };
    json.beginArray();
    for (const LeaderboardRow &row : board.rows) {
        json.beginObject();
        json.key(u"rank");
        row.rank > 0 ? json.integer(row.rank) : json.null();
        json.key(u"agent_id");
        const QStringList key = competitors ? competitors->identityColumns() : QStringList();
        writeKey(json, {row.competitor}, key.isEmpty() ? QStringList{u"id"_s} : key, competitors);
        json.key(u"alias");
        json.string(row.label);
        rating(u"mu"_s, u"sigma"_s, row.chosen);
        json.key(u"conservative");
        row.chosen ? json.real(row.conservative) : json.null();
        json.key(u"games");
        json.integer(row.total.contests);
        json.key(u"wins");
        json.integer(row.total.wins);
        json.key(u"draws");
        json.integer(row.total.draws);
        if (board.lens.stored && board.source == RatingSource::Replayed)
            rating(u"stored_mu"_s, u"stored_sigma"_s, row.stored);
        json.endObject();
    }
    json.endArray();
    out += '\n';
    return out;
}

QByteArray LeaderboardVerb::asText(const Leaderboard &board) const
{
    qsizetype widest = 5;
    for (const LeaderboardRow &row : board.rows)
        widest = std::clamp(row.label.simplified().size(), widest, qsizetype(40));
    QString out = u"%1  %2  %3 %4 %5 %6 %7\n"_s.arg(u"rank"_s, 4)
                      .arg(LeaderboardverbText::tr("agent").leftJustified(widest))
                      .arg(u"mu"_s, 8).arg(u"sigma"_s, 7).arg(u"rating"_s, 8).arg(u"games"_s, 7).arg(u"wins"_s, 7);
    for (const LeaderboardRow &row : board.rows) {
        const auto figure = [&row](double value) { return row.chosen ? QString::number(value, 'f', 2) : u"–"_s; };
        QString label = row.label.simplified();
        if (label.size() > widest)
            label = label.left(widest - 1) + u'…';
        out += u"%1  %2  %3 %4 %5 %6 %7\n"_s.arg(row.rank > 0 ? QString::number(row.rank) : u"–"_s, 4)
                   .arg(label.leftJustified(widest))
                   .arg(figure(row.chosen ? row.chosen->mu : 0), 8).arg(figure(row.chosen ? row.chosen->sigma : 0), 7).arg(figure(row.conservative), 8)
                   .arg(row.total.contests, 7).arg(row.total.wins, 7);
    }
    return out.toUtf8();
}

} // namespace turnstone::cli
