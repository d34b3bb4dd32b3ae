// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/usagereader.h"

#include "models/profiles/modelprice.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translatedText(const char *text)
{
    return QCoreApplication::translate("UsageReader", text);
}

double number(const ValueRef &value)
{
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    const double result = value.type() == ValueType::Real ? value.real() : textOf(value).toByteArray().toDouble();
    return std::isfinite(result) ? result : 0;
}

class Reader
{
public:
    Reader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board)
        : m_connection(connection), m_profile(profile), m_board(board), m_lens(board.lens), m_sql(catalog, profile)
    {
        m_result.of.resize(board.rows.size());
    }

    Result<LeaderboardUsage> read()
    {
        Result<> done;
        if (!m_lens.usageSql.isEmpty())
            done = readSums(m_lens.usageSql);
        else if (m_lens.usage)
            done = readUses();
        if (!done)
            return failure(done);
        return std::move(m_result);
    }

private:
    Result<> readSums(const QString &sql)
    {
        return m_connection.forEachRow(sql, {}, [this](const RowBlock &block, int row) {
            const std::uint32_t competitor = block.columnCount() < 6 ? ValueInterner::none : m_board.contests.competitors.find(block.at(row, 0));
            if (competitor >= m_result.of.size())
                return true;
            CompetitorUsage &of = m_result.of[competitor];
            of.contests += static_cast<std::int64_t>(number(block.at(row, 1)));
            of.tokens += number(block.at(row, 2));
            of.withTokens += static_cast<std::int64_t>(number(block.at(row, 3)));
            of.latencyMs += number(block.at(row, 4));
            of.withLatency += static_cast<std::int64_t>(number(block.at(row, 5)));
            return true;
        });
    }

    /// Rows of usage `u` with the player `p` that they belong to: the same contest, and the same player in it.
    Result<QString> joined()
    {
        const LeaderboardLens::Usage &usage = *m_lens.usage;
        const CatalogTable *uses = m_sql.table(usage.table);
        const CatalogTable *players = m_sql.table(m_lens.players.table);
        if (!uses || !players)
            return failure(ErrorCode::NotFound, translatedText("There is no table \"%1\".").arg(uses ? m_lens.players.table : usage.table));
        QStringList conditions;
        for (const auto &[own, contest] : usage.link) {
            for (const auto &[player, of] : m_lens.players.link) {
                if (of == contest)
                    conditions.append(m_sql.equal(*uses, u"u"_s, own, *players, u"p"_s, player));
            }
        }
        if (conditions.isEmpty())
            return failure(ErrorCode::InvalidInput, translatedText("The usage of %1 is not linked to its contests.").arg(m_lens.title));
        if (usage.player)
            conditions.append(m_sql.field(*usage.player, *uses, u"u"_s) + u" = "_s + m_sql.field(*usage.player, *players, u"p"_s));
        return u"%1 AS u JOIN %2 AS p ON %3"_s.arg(m_sql.tableName(*uses), m_sql.tableName(*players), conditions.join(u" AND "_s));
    }

    Result<> readUses()
    {
        const LeaderboardLens::Usage &usage = *m_lens.usage;
        const Result<QString> from = joined();
        if (!from)
            return failure(from);
        const CatalogTable &uses = *m_sql.table(usage.table);
        const QString competitor = m_sql.field(m_lens.players.competitor, *m_sql.table(m_lens.players.table), u"p"_s);
        const auto sums = [&](const std::optional<FieldRef> &field) {
            const QString value = field ? m_sql.field(*field, uses, u"u"_s) : u"NULL"_s;
            return field ? u"sum(%1), count(%1)"_s.arg(value) : u"NULL, 0"_s;
        };
        const QString contest = RowSql::column(u"u"_s, usage.link.front().first);
        const Result<> read = readSums(u"SELECT %1, count(DISTINCT %2), %3, %4 FROM %5 GROUP BY 1"_s.arg(competitor, contest, sums(usage.tokens), sums(usage.latency), *from));
        if (!read || !usage.calls || m_profile.prices.empty())
            return read;
        return readCosts(*usage.calls, *from, competitor);
    }

    Result<> readCosts(const LeaderboardLens::Calls &calls, const QString &from, const QString &competitor)
    {
        const CatalogTable *table = m_sql.table(calls.table);
        if (!table)
            return failure(ErrorCode::NotFound, translatedText("There is no table \"%1\".").arg(calls.table));
        const auto field = [&](const std::optional<FieldRef> &of, const QString &otherwise) { return of ? m_sql.field(*of, *table, u"c"_s) : otherwise; };
        QStringList conditions;
        for (const auto &[own, use] : calls.link)
            conditions.append(m_sql.equal(*table, u"c"_s, own, *m_sql.table(m_lens.usage->table), u"u"_s, use));
        const QString out = field(calls.tokensOut, u"0"_s);
        const QString in = calls.tokensIn ? field(calls.tokensIn, {}) : calls.tokens ? u"(%1 - %2)"_s.arg(field(calls.tokens, {}), out) : u"0"_s;
        const QString day = calls.time ? u"substr(CAST(%1 AS text), 1, 10)"_s.arg(field(calls.time, {})) : u"''"_s;
        const QString sql = u"SELECT %1, %2, %3, sum(%4), sum(%5) FROM %6 JOIN %7 AS c ON %8 GROUP BY 1, 2, 3"_s.arg(
            competitor, field(calls.model, u"NULL"_s), day, in, out, from, m_sql.tableName(*table), conditions.join(u" AND "_s));
        m_result.hasCosts = true;
        return m_connection.forEachRow(sql, {}, [this](const RowBlock &block, int row) {
            const std::uint32_t who = m_board.contests.competitors.find(block.at(row, 0));
            if (who >= m_result.of.size())
                return true;
            const double asked = number(block.at(row, 3));
            const double answered = number(block.at(row, 4));
            const ModelPrice *price = priceOf(m_profile.prices, QString::fromUtf8(textOf(block.at(row, 1))), QString::fromUtf8(textOf(block.at(row, 2))));
            m_result.of[who].dollars += price ? costOf(*price, asked, answered) : 0;
            m_result.of[who].unpricedTokens += price ? 0 : asked + answered;
            return true;
        });
    }

    Connection &m_connection;
    const ResolvedProfile &m_profile;
    const Leaderboard &m_board;
    const LeaderboardLens &m_lens;
    const RowSql m_sql;
    LeaderboardUsage m_result;
};

} // namespace

std::optional<double> CompetitorUsage::tokensPerContest() const
{
    return contests > 0 && withTokens > 0 ? std::optional(tokens / static_cast<double>(contests)) : std::nullopt;
}

std::optional<double> CompetitorUsage::meanLatencyMs() const
{
    return withLatency > 0 ? std::optional(latencyMs / static_cast<double>(withLatency)) : std::nullopt;
}

std::optional<double> CompetitorUsage::dollarsPerContest() const
{
    return contests > 0 && dollars > 0 && unpricedTokens == 0 ? std::optional(dollars / static_cast<double>(contests)) : std::nullopt;
}

CompetitorUsage &CompetitorUsage::operator+=(const CompetitorUsage &other)
{
    contests += other.contests;
    tokens += other.tokens;
    withTokens += other.withTokens;
    latencyMs += other.latencyMs;
    withLatency += other.withLatency;
    dollars += other.dollars;
    unpricedTokens += other.unpricedTokens;
    return *this;
}

bool hasUsage(const LeaderboardLens &lens)
{
    return lens.usage.has_value() || !lens.usageSql.isEmpty();
}

Result<LeaderboardUsage> readUsage(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board)
{
    return Reader(connection, catalog, profile, board).read();
}

} // namespace turnstone
