// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/usagereader.h"

#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QHash>

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
    Reader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board, const PriceList &prices)
        : m_connection(connection), m_board(board), m_prices(prices), m_lens(board.lens), m_sql(catalog, profile)
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
        if (!read || !usage.calls)
            return read;
        return readCosts(*usage.calls, *from, competitor);
    }

    Result<> readCosts(const LeaderboardLens::Calls &calls, const QString &from, const QString &competitor)
    {
        const CatalogTable *table = m_sql.table(calls.table);
        if (!table)
            return failure(ErrorCode::NotFound, translatedText("There is no table \"%1\".").arg(calls.table));
        const QString unknown = m_connection.engine() == Engine::Sqlite ? u"NULL"_s : u"NULL::double precision"_s;
        const auto field = [&](const std::optional<FieldRef> &of) { return of ? m_sql.field(*of, *table, u"c"_s) : unknown; };
        QStringList conditions;
        for (const auto &[own, use] : calls.link)
            conditions.append(m_sql.equal(*table, u"c"_s, own, *m_sql.table(m_lens.usage->table), u"u"_s, use));
        // A count that the application keeps in part follows from the rest of it, row by row.
        const QString in = u"COALESCE(%1, %3 - %2)"_s.arg(field(calls.tokensIn), field(calls.tokensOut), field(calls.tokens));
        const QString out = u"COALESCE(%2, %3 - %1)"_s.arg(field(calls.tokensIn), field(calls.tokensOut), field(calls.tokens));
        const QString day = calls.time ? u"substr(CAST(%1 AS text), 1, 10)"_s.arg(field(calls.time)) : u"''"_s;
        const QString model = calls.model ? field(calls.model) : u"NULL"_s;
        const QString sql = u"SELECT %1, %2, %3, sum(%4), sum(%5), count(*), count(%4 + %5) FROM %6 JOIN %7 AS c ON %8 GROUP BY 1, 2, 3"_s.arg(
            competitor, model, day, in, out, from, m_sql.tableName(*table), conditions.join(u" AND "_s));
        m_result.hasCosts = true;
        return m_connection.forEachRow(sql, {}, [this](const RowBlock &block, int row) {
            const std::uint32_t who = m_board.contests.competitors.find(block.at(row, 0));
            if (who >= m_result.of.size())
                return true;
            CompetitorUsage &of = m_result.of[who];
            const auto counted = static_cast<std::int64_t>(number(block.at(row, 6)));
            const ModelPrice *price = priceOf(textOf(block.at(row, 1)), textOf(block.at(row, 2)));
            of.dollars += price ? costOf(*price, number(block.at(row, 3)), number(block.at(row, 4))) : 0;
            of.priced += price ? counted : 0;
            of.unpriced += static_cast<std::int64_t>(number(block.at(row, 5))) - (price ? counted : 0);
            return true;
        });
    }

    /// The same few models and days come again and again.
    const ModelPrice *priceOf(QByteArrayView model, QByteArrayView day)
    {
        const auto key = std::pair(model.toByteArray(), day.toByteArray());
        const auto known = m_known.constFind(key);
        return known != m_known.cend() ? *known : *m_known.insert(key, m_prices.priceOf(QString::fromUtf8(model), QString::fromUtf8(day)));
    }

    Connection &m_connection;
    const Leaderboard &m_board;
    const PriceList &m_prices;
    const LeaderboardLens &m_lens;
    const RowSql m_sql;
    QHash<std::pair<QByteArray, QByteArray>, const ModelPrice *> m_known;
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
    return contests > 0 && priced > 0 && unpriced == 0 ? std::optional(dollars / static_cast<double>(contests)) : std::nullopt;
}

std::optional<double> CompetitorUsage::leastDollarsPerContest() const
{
    return contests > 0 && priced > 0 ? std::optional(dollars / static_cast<double>(contests)) : std::nullopt;
}

CompetitorUsage &CompetitorUsage::operator+=(const CompetitorUsage &other)
{
    contests += other.contests;
    tokens += other.tokens;
    withTokens += other.withTokens;
    latencyMs += other.latencyMs;
    withLatency += other.withLatency;
    dollars += other.dollars;
    priced += other.priced;
    unpriced += other.unpriced;
    return *this;
}

bool hasUsage(const LeaderboardLens &lens)
{
    return lens.usage.has_value() || !lens.usageSql.isEmpty();
}

Result<LeaderboardUsage> readUsage(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board, const PriceList &prices)
{
    return Reader(connection, catalog, profile, board, prices).read();
}

} // namespace turnstone
