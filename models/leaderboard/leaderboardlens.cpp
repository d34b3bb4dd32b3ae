// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/leaderboardlens.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("LeaderboardLens", text);
}

/// Reads the parts of one lens; the first mistake is kept.
class Reader
{
public:
    explicit Reader(const QString &lens) : m_lens(lens) {}

    std::optional<FieldRef> optionalField(const QJsonObject &object, const QString &name)
    {
        if (!object.contains(name))
            return std::nullopt;
        Result<FieldRef> parsed = FieldRef::parse(object.value(name).toString());
        if (!parsed) {
            fail(parsed.error().message);
            return std::nullopt;
        }
        return std::move(*parsed);
    }
    FieldRef field(const QJsonObject &object, const QString &name)
    {
        const std::optional<FieldRef> found = optionalField(object, name);
        if (!found)
            fail(translated("%1 is missing").arg(name));
        return found.value_or(FieldRef());
    }
    QString text(const QJsonObject &object, const QString &name)
    {
        const QString found = object.value(name).toString();
        if (found.isEmpty())
            fail(translated("%1 is missing").arg(name));
        return found;
    }
    LabelTemplate label(const QJsonObject &object, const QString &name)
    {
        Result<LabelTemplate> parsed = LabelTemplate::parse(object.value(name).toString());
        if (!parsed) {
            fail(parsed.error().message);
            return {};
        }
        return std::move(*parsed);
    }
    void fail(const QString &why)
    {
        if (m_mistake.isEmpty())
            m_mistake = translated("The leaderboard \"%1\" cannot be used: %2.").arg(m_lens, why);
    }
    const QString &mistake() const { return m_mistake; }

private:
    QString m_lens;
    QString m_mistake;
};

void readContests(Reader &reader, const QJsonObject &parts, LeaderboardLens &lens)
{
    const QJsonObject contest = parts.value(u"contest"_s).toObject();
    lens.contest.time = reader.field(contest, u"time"_s);
    lens.contest.winner = reader.optionalField(contest, u"winner"_s);
    lens.contest.where = conditionsFromJson(contest.value(u"where"_s).toObject());
    const QJsonObject players = parts.value(u"players"_s).toObject();
    lens.players.table = reader.text(players, u"table"_s);
    lens.players.link = linkFromJson(players.value(u"link"_s).toObject());
    lens.players.where = conditionsFromJson(players.value(u"where"_s).toObject());
    lens.players.competitor = reader.field(players, u"competitor"_s);
    lens.players.side = reader.optionalField(players, u"side"_s);
    lens.players.reward = reader.optionalField(players, u"reward"_s);
    if (lens.players.link.empty())
        reader.fail(translated("the players are not linked to the contests"));
    if (!lens.contest.winner && !lens.players.reward)
        reader.fail(translated("nothing says who won"));
}

void readUses(Reader &reader, const QJsonObject &parts, LeaderboardLens &lens)
{
    lens.usageSql = parts.value(u"usageSql"_s).toString();
    const QJsonObject usage = parts.value(u"usage"_s).toObject();
    if (usage.isEmpty())
        return;
    LeaderboardLens::Usage &of = lens.usage.emplace();
    of.table = reader.text(usage, u"table"_s);
    of.link = linkFromJson(usage.value(u"link"_s).toObject());
    of.player = reader.optionalField(usage, u"player"_s);
    of.tokens = reader.optionalField(usage, u"tokens"_s);
    of.latency = reader.optionalField(usage, u"latency"_s);
    if (of.link.empty())
        reader.fail(translated("its usage is not linked to the contests"));
    if (const QJsonObject calls = parts.value(u"usageCalls"_s).toObject(); !calls.isEmpty()) {
        of.calls = LeaderboardLens::Calls{reader.text(calls, u"table"_s), linkFromJson(calls.value(u"link"_s).toObject()), reader.optionalField(calls, u"model"_s),
                                          reader.optionalField(calls, u"tokensIn"_s), reader.optionalField(calls, u"tokensOut"_s), reader.optionalField(calls, u"tokens"_s),
                                          reader.optionalField(calls, u"time"_s)};
    }
}

} // namespace

Result<LeaderboardLens> LeaderboardLens::from(const Lens &from)
{
    Reader reader(from.title);
    if (from.kind != u"leaderboard")
        reader.fail(translated("it is of kind %1").arg(from.kind));
    LeaderboardLens lens;
    lens.id = from.id;
    lens.title = from.title;
    lens.table = from.table;
    const QJsonObject &parts = from.parts;
    lens.sql = parts.value(u"sql"_s).toString();
    if (lens.sql.isEmpty())
        readContests(reader, parts, lens);
    const QJsonObject sides = parts.value(u"sides"_s).toObject();
    for (auto it = sides.begin(); it != sides.end(); ++it)
        lens.teams.emplace_back(it.key(), it.value().toVariant().toStringList());
    const QJsonObject weights = parts.value(u"weights"_s).toObject();
    for (auto it = weights.begin(); it != weights.end(); ++it) {
        const double weight = it.value().toDouble(-1);
        if (!(weight >= 0) || weight > 1000)
            reader.fail(translated("the weight of %1 is no number from 0 to 1,000").arg(it.key()));
        lens.weights.emplace(it.key(), weight);
    }
    if (const QJsonObject stored = parts.value(u"stored"_s).toObject(); !stored.isEmpty()) {
        lens.stored = Stored{reader.text(stored, u"table"_s), reader.text(stored, u"competitor"_s), reader.text(stored, u"mu"_s),
                             reader.text(stored, u"sigma"_s), stored.value(u"updated"_s).toString()};
    }
    if (const QJsonObject competitors = parts.value(u"competitors"_s).toObject(); !competitors.isEmpty()) {
        Competitors &of = lens.competitors.emplace();
        of.table = reader.text(competitors, u"table"_s);
        of.label = reader.label(competitors, u"label"_s);
        of.active = reader.optionalField(competitors, u"active"_s);
        const QJsonObject groups = competitors.value(u"groups"_s).toObject();
        for (auto it = groups.begin(); it != groups.end(); ++it)
            of.groups.emplace_back(it.key(), reader.field(groups, it.key()));
    }
    readUses(reader, parts, lens);
    if (!reader.mistake().isEmpty())
        return failure(ErrorCode::InvalidInput, reader.mistake());
    return lens;
}

Result<LeaderboardLens> leaderboardOf(const ResolvedProfile &profile, const QString &id)
{
    const auto it = std::ranges::find_if(profile.lenses,
                                         [&id](const Lens &lens) { return lens.kind == u"leaderboard" && (id.isEmpty() || lens.id == id); });
    if (it == profile.lenses.end()) {
        return failure(ErrorCode::NotFound, id.isEmpty() ? translated("Nothing in this database is known to be a contest, so there is nobody to rate.")
                                                         : translated("There is no leaderboard \"%1\".").arg(id));
    }
    return LeaderboardLens::from(*it);
}

} // namespace turnstone
