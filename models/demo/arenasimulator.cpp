// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/arenasimulator.h"

#include "models/demo/demorandom.h"
#include "models/rating/trueskill.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace turnstone {

namespace {

constexpr int seats = 6;
constexpr int contestsPerScale = 28;
constexpr int talkRounds = 3;
constexpr int mostCalls = 6;
constexpr double mafiaWeight = 2.0;
/// The paper's: what the stored ratings are made with.
constexpr rating::TrueSkillParameters ratingParameters;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;
/// 2025-09-12 08:00 UTC.
constexpr std::int64_t beginning = 1'757'664'000LL * second;
/// How long the contests of any scale take.
constexpr std::int64_t season = 45 * day;

enum Stream { Maker, Kind, Strategy, Agent, Contest, Seat, Move, Call, Rating };
enum class Role { Mafia, Doctor, Detective, Villager };
constexpr std::array<const char *, 4> roleWords{"mafia", "doctor", "detective", "villager"};
constexpr std::array<const char *, 4> roleTitles{"Mafia", "Doctor", "Detective", "Villager"};

QByteArrayView view(const char *word)
{
    return QByteArrayView(word);
}

QByteArray number(int value)
{
    return QByteArray::number(value);
}

double rounded(double value)
{
    return std::round(value * 1e9) / 1e9;
}

/// Who is asked to do what in one night and the day after it, and who is gone afterwards.
struct Round
{
    int target = 0;      // whom the Mafia attacks
    int protectedBy = 0; // whom the Doctor protects, -1 without a Doctor
    int checked = -1;    // whom the Detective looks at
    bool saved = false;
    int expelled = -1; // by vote; -1 if the contest ended in the night
};

struct Table
{
    std::array<Role, seats> roles{};
    std::array<bool, seats> alive{};

    std::vector<int> living() const
    {
        std::vector<int> players;
        for (int i = 0; i < seats; ++i) {
            if (alive[static_cast<std::size_t>(i)])
                players.push_back(i);
        }
        return players;
    }
    bool isMafia(int player) const { return roles[static_cast<std::size_t>(player)] == Role::Mafia; }
    int withRole(Role role) const
    {
        for (int i = 0; i < seats; ++i) {
            if (roles[static_cast<std::size_t>(i)] == role && alive[static_cast<std::size_t>(i)])
                return i;
        }
        return -1;
    }
    int livingMafia() const
    {
        int count = 0;
        for (const int player : living())
            count += isMafia(player) ? 1 : 0;
        return count;
    }
    void remove(int player) { alive[static_cast<std::size_t>(player)] = false; }
    /// 1: the Mafia has won, −1: the Village has, 0: it goes on.
    int state() const
    {
        const int mafia = livingMafia();
        return mafia == 0 ? -1 : 2 * mafia >= static_cast<int>(living().size()) ? 1 : 0;
    }
};

/// One course of nights and days; `mafiaWins` tells how it ended.
std::vector<Round> plan(Table table, DemoRandom &random, double expelMafia, bool &mafiaWins)
{
    std::vector<Round> rounds;
    const auto pickOf = [&](auto &&fits) {
        std::vector<int> candidates;
        for (const int player : table.living()) {
            if (fits(player))
                candidates.push_back(player);
        }
        return candidates.empty() ? -1 : random.pick(candidates);
    };
    std::array<bool, seats> seen{};
    for (;;) {
        Round round;
        round.target = pickOf([&](int player) { return !table.isMafia(player); });
        round.protectedBy = table.withRole(Role::Doctor) < 0 ? -1 : pickOf([](int) { return true; });
        if (const int detective = table.withRole(Role::Detective); detective >= 0) {
            round.checked = pickOf([&](int player) { return player != detective && !seen[static_cast<std::size_t>(player)]; });
            if (round.checked >= 0)
                seen[static_cast<std::size_t>(round.checked)] = true;
        }
        round.saved = round.target == round.protectedBy;
        if (!round.saved)
            table.remove(round.target);
        if (table.state() == 0) {
            const bool guilty = random.chance(expelMafia);
            round.expelled = pickOf([&](int player) { return table.isMafia(player) == guilty; });
            table.remove(round.expelled);
        }
        rounds.push_back(round);
        if (table.state() != 0) {
            mafiaWins = table.state() > 0;
            return rounds;
        }
    }
}

struct AgentFacts
{
    int maker = 0;
    int strategy = 0;
    int kind = 0;
    double skill = 25;
    rating::Rating rating{ratingParameters.mu, ratingParameters.sigma};
    std::int64_t rated = 0;
};

struct MakerFacts
{
    QByteArray route;
    double tokensPerSecond = 50;
    double firstTokenMs = 400;
};

/// What all contests share.
struct World
{
    const DemoTexts &texts;
    std::vector<MakerFacts> makers;
    std::vector<QByteArray> prompts;
    std::vector<AgentFacts> agents;
    std::int64_t moves = 0;
    std::int64_t calls = 0;
    std::int64_t seatRows = 0;

    // The lists that every move picks from.
    const std::vector<QByteArray> &opening = texts.lines("opening");
    const std::vector<QByteArray> &accuse = texts.lines("accuse");
    const std::vector<QByteArray> &agree = texts.lines("agree");
    const std::vector<QByteArray> &doubt = texts.lines("doubt");
    const std::vector<QByteArray> &defend = texts.lines("defend");
    const std::vector<QByteArray> &steer = texts.lines("steer");
    const std::vector<QByteArray> &saved = texts.lines("saved");
    const std::vector<QByteArray> &revealGuilty = texts.lines("reveal_guilty");
    const std::vector<QByteArray> &revealClean = texts.lines("reveal_clean");
    const std::vector<QByteArray> &thinkVillage = texts.lines("think_village");
    const std::vector<QByteArray> &thinkMafia = texts.lines("think_mafia");
    const std::vector<QByteArray> &thinkVote = texts.lines("think_vote");
    const std::vector<QByteArray> &thinkKill = texts.lines("think_kill");
    const std::vector<QByteArray> &thinkProtect = texts.lines("think_protect");
    const std::vector<QByteArray> &thinkCheck = texts.lines("think_check");
    const std::vector<QByteArray> &unformatted = texts.lines("unformatted");
    const QByteArray askAgain = texts.lines("ask_again").at(0);
};

enum class Fate { Finished, Crashed, Stuck };

/// One contest: decides it, then plays it move by move.
class ContestPlay
{
public:
    ContestPlay(World &world, DemoSink &sink, DemoRandom &random, int id, std::int64_t started, Fate fate)
        : m_world(world), m_sink(sink), m_random(random), m_id(id), m_started(started), m_fate(fate)
    {
    }

    /// False if the sink wants no more.
    bool play()
    {
        seatAgents();
        decide();
        script();
        return write();
    }

    std::int64_t finished() const { return m_finished; }
    bool mafiaWon() const { return m_mafiaWins; }
    const std::vector<int> &agents() const { return m_agents; }
    bool isMafia(int player) const { return m_table.isMafia(player); }

private:
    struct Turn
    {
        int player = 0;
        const char *phase = "";
        QByteArray observation;
        QByteArray action;
        QByteArray thought;
        QByteArray note;
        /// The agent never gets the form right: after five reminders its raw answer counts.
        bool raw = false;
    };

    void seatAgents()
    {
        std::vector<int> all(m_world.agents.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<int>(i);
        for (int i = 0; i < seats; ++i) {
            const int other = i + m_random.below(static_cast<int>(all.size()) - i);
            std::swap(all[static_cast<std::size_t>(i)], all[static_cast<std::size_t>(other)]);
        }
        m_agents.assign(all.begin(), all.begin() + seats);
        std::vector<Role> roles{Role::Mafia, Role::Mafia, Role::Doctor, Role::Detective, Role::Villager, Role::Villager};
        m_random.shuffle(roles);
        std::copy(roles.begin(), roles.end(), m_table.roles.begin());
        m_table.alive.fill(true);
    }

    void decide()
    {
        double lead = 0;
        for (int i = 0; i < seats; ++i) {
            const double performance = m_world.agents[static_cast<std::size_t>(m_agents[static_cast<std::size_t>(i)])].skill
                                       + ratingParameters.beta * m_random.normal();
            lead += m_table.isMafia(i) ? mafiaWeight * performance : -performance;
        }
        const bool wanted = lead > 0;
        // Courses are drawn until one ends as decided; each fits with a chance of a third at least.
        do {
            m_rounds = plan(m_table, m_random, wanted ? 0.25 : 0.75, m_mafiaWins);
        } while (m_mafiaWins != wanted);
    }

    void script()
    {
        Table table = m_table;
        for (std::size_t i = 0; i < m_rounds.size(); ++i) {
            night(table, static_cast<int>(i) + 1, m_rounds[i]);
            if (m_rounds[i].expelled < 0)
                break;
            debate(table, static_cast<int>(i) + 1, m_rounds[i]);
            vote(table, m_rounds[i]);
        }
        if (m_fate != Fate::Finished) {
            // The crash comes after a vote; what was killed from outside stops anywhere.
            const int total = static_cast<int>(m_turns.size());
            const int cut = m_fate == Fate::Crashed ? total : m_random.between(total / 2, total - 1);
            m_turns.resize(static_cast<std::size_t>(cut));
        }
    }

    QByteArray livingText(const Table &table) const
    {
        QByteArray text;
        for (const int player : table.living())
            text.append(text.isEmpty() ? "" : ", ").append("Player ").append(number(player));
        return text;
    }

    QByteArray choices(const std::vector<int> &players) const
    {
        QByteArray text;
        for (const int player : players)
            text.append(text.isEmpty() ? "[" : ", [").append(number(player)).append(']');
        return text;
    }

    /// What the player has seen since its last move, and what it is asked for.
    QByteArray observationFor(int player, const QByteArray &request)
    {
        QByteArray text;
        text.reserve(600);
        auto &known = m_knows[static_cast<std::size_t>(player)];
        if (known < 0) {
            known = 0;
            const Role role = m_table.roles[static_cast<std::size_t>(player)];
            text.append("[GAME] Welcome to Secret Mafia! You are Player ").append(number(player)).append(". Your role: ");
            text.append(roleTitles[static_cast<std::size_t>(role)]).append(". Your team: ");
            text.append(role == Role::Mafia ? "Mafia" : "Village").append(".");
            if (role == Role::Mafia) {
                for (int i = 0; i < seats; ++i) {
                    if (i != player && m_table.isMafia(i))
                        text.append(" Your partner is Player ").append(number(i)).append('.');
                }
            }
            text.append('\n');
        }
        const int newest = static_cast<int>(m_log.size());
        for (int i = std::max(known, newest - 6); i < newest; ++i)
            text.append(m_log[static_cast<std::size_t>(i)]).append('\n');
        known = newest;
        return text.append("[GAME] ").append(request);
    }

    void say(int player, const QByteArray &text)
    {
        m_log.push_back("[Player " + number(player) + "] " + text);
    }
    void announce(const QByteArray &text) { m_log.push_back("[GAME] " + text); }

    QByteArray thoughtOf(const std::vector<QByteArray> &lines, int target, const Table &table)
    {
        const QByteArray who = number(target);
        const QByteArray count = number(static_cast<int>(table.living().size()));
        QByteArray thought = DemoTexts::filled(m_random.pick(lines), {{"t", who}, {"n", count}});
        // Most agents think in two steps: what they make of the table, and what follows from it.
        if (m_random.chance(0.8)) {
            const std::vector<QByteArray> &more = m_table.isMafia(target) ? m_world.thinkVote : m_world.thinkVillage;
            thought.append(' ');
            DemoTexts::appendFilled(thought, m_random.pick(more), {{"t", who}, {"n", count}});
        }
        return thought;
    }

    void act(int player, const char *phase, const QByteArray &request, int target, const std::vector<QByteArray> &thoughts,
             const Table &table)
    {
        m_turns.push_back({player, phase, observationFor(player, request), '[' + number(target) + ']',
                           thoughtOf(thoughts, target, table), {}, false});
    }

    void night(Table &table, int round, const Round &events)
    {
        announce("Night " + number(round) + " has fallen. " + (round == 1 ? QByteArray("Six players close their eyes.") : QByteArray("The village sleeps.")));
        std::vector<int> village;
        for (const int player : table.living()) {
            if (!table.isMafia(player))
                village.push_back(player);
        }
        const QByteArray open = choices(village);
        for (const int player : table.living()) {
            if (table.isMafia(player))
                act(player, "night", "Mafia, choose a victim for tonight. Valid: " + open, events.target, m_world.thinkKill, table);
        }
        if (const int doctor = table.withRole(Role::Doctor); doctor >= 0)
            act(doctor, "night", "Doctor, whom do you protect? Valid: " + choices(table.living()), events.protectedBy, m_world.thinkProtect, table);
        if (const int detective = table.withRole(Role::Detective); detective >= 0 && events.checked >= 0) {
            std::vector<int> others = table.living();
            std::erase(others, detective);
            act(detective, "night", "Detective, whose role do you want to know? Valid: " + choices(others), events.checked, m_world.thinkCheck, table);
            m_turns.back().note = "Player " + number(events.checked) + (table.isMafia(events.checked) ? " is a Mafia member." : " is not a Mafia member.");
        }
        if (events.saved) {
            announce("The sun rises. Nobody was harmed last night.");
        } else {
            table.remove(events.target);
            announce("The sun rises. Player " + number(events.target) + " was killed during the night.");
        }
    }

    QByteArray speech(const Table &table, int player, int talkRound, const Round &events, int previous)
    {
        const std::vector<int> living = table.living();
        const bool mafia = table.isMafia(player);
        int suspect = m_random.chance(0.55) ? events.expelled : m_random.pick(living);
        while (suspect == player || (mafia && table.isMafia(suspect) && suspect != events.expelled))
            suspect = m_random.pick(living);
        const QByteArray t = number(suspect);
        const QByteArray s = number(previous >= 0 && previous != player && previous != suspect ? previous : otherThan(living, player, suspect));
        const std::vector<QByteArray> *lines = &m_world.accuse;
        if (m_table.roles[static_cast<std::size_t>(player)] == Role::Detective && talkRound == talkRounds && events.checked >= 0
            && table.alive[static_cast<std::size_t>(events.checked)]) {
            const QByteArray found = number(events.checked);
            return DemoTexts::filled(m_random.pick(table.isMafia(events.checked) ? m_world.revealGuilty : m_world.revealClean), {{"t", found}});
        }
        if (player == events.expelled && talkRound > 1)
            lines = &m_world.defend;
        else if (talkRound == 1 && events.saved && m_random.chance(0.4))
            lines = &m_world.saved;
        else if (talkRound == 1 && m_random.chance(0.45))
            lines = &m_world.opening;
        else if (mafia && m_random.chance(0.6))
            lines = &m_world.steer;
        else if (previous >= 0 && m_random.chance(0.5))
            lines = m_random.chance(0.6) ? &m_world.agree : &m_world.doubt;
        return DemoTexts::filled(m_random.pick(*lines), {{"t", t}, {"s", s}});
    }

    int otherThan(const std::vector<int> &players, int one, int two)
    {
        for (int tries = 0; tries < 20; ++tries) {
            const int player = m_random.pick(players);
            if (player != one && player != two)
                return player;
        }
        return players.front();
    }

    void debate(const Table &table, int round, const Round &events)
    {
        const QByteArray living = livingText(table);
        for (int talk = 1; talk <= talkRounds; ++talk) {
            int previous = -1;
            for (const int player : table.living()) {
                const QByteArray request = "Day " + number(round) + ", discussion " + number(talk) + " of " + number(talkRounds)
                                           + ". Alive: " + living + ". Speak to everybody; only what stands between <outloud> and </outloud> is heard.";
                const std::vector<QByteArray> &thoughts = table.isMafia(player) ? m_world.thinkMafia : m_world.thinkVillage;
                const QByteArray observation = observationFor(player, request);
                const bool raw = m_id % 14 == 6 && round == 1 && talk == 2 && previous < 0;
                const QByteArray text = raw ? DemoTexts::filled(m_random.pick(m_world.unformatted), {{"p", number(player)}})
                                            : speech(table, player, talk, events, previous);
                m_turns.push_back({player, "day", observation, text, thoughtOf(thoughts, otherThan(table.living(), player, player), table), {}, raw});
                say(player, text);
                m_knows[static_cast<std::size_t>(player)] = static_cast<int>(m_log.size());
                previous = player;
            }
        }
    }

    void vote(Table &table, const Round &events)
    {
        std::vector<int> others = table.living();
        std::erase(others, events.expelled);
        const int escape = m_random.pick(others);
        m_random.shuffle(others);
        std::array<int, seats> votes{};
        const std::size_t needed = (others.size() + 2) / 2;
        for (std::size_t i = 0; i < others.size(); ++i) {
            int choice = events.expelled;
            if (i >= needed && others.size() > 3 && m_random.chance(0.6)) {
                choice = others[static_cast<std::size_t>(m_random.below(static_cast<int>(others.size())))];
                if (choice == others[i] || choice == escape)
                    choice = events.expelled;
            }
            votes[static_cast<std::size_t>(others[i])] = choice;
        }
        votes[static_cast<std::size_t>(events.expelled)] = escape;
        for (const int player : table.living()) {
            std::vector<int> valid = table.living();
            std::erase(valid, player);
            const int choice = votes[static_cast<std::size_t>(player)];
            act(player, "vote", "The discussion is over. Vote for the player to eliminate. Valid: " + choices(valid), choice, m_world.thinkVote, table);
            m_log.push_back("[Player " + number(player) + "] votes for Player " + number(choice) + '.');
        }
        table.remove(events.expelled);
        announce("Player " + number(events.expelled) + " was eliminated by vote.");
    }

    bool write()
    {
        // The times of all moves are needed before the contest itself can be told.
        std::vector<std::int64_t> begins;
        std::int64_t now = m_started + m_random.between(200, 900) * 1000;
        prepareCalls(begins, now);
        const bool done = m_fate == Fate::Finished;
        m_finished = m_fate == Fate::Stuck ? 0 : now + m_random.between(20'000, 400'000);
        std::array<int, seats> counts{};
        for (const Turn &turn : m_turns)
            ++counts[static_cast<std::size_t>(turn.player)];
        const QByteArray reason = m_mafiaWins ? QByteArrayLiteral("The Mafia is as strong as the Village. Mafia wins!")
                                              : QByteArrayLiteral("All Mafia members were eliminated. Village wins!");
        DemoList players(6);
        for (int i = 0; i < seats; ++i)
            players.add({DemoCell::integer(i), DemoCell::text(view(roleTitles[static_cast<std::size_t>(m_table.roles[static_cast<std::size_t>(i)])])),
                         DemoCell::flag(false), DemoCell::integer(counts[static_cast<std::size_t>(i)]), DemoCell::text(reason), reward(i)});
        const DemoCell contest[] = {
            DemoCell::integer(m_id), DemoCell::time(m_started), m_fate == Fate::Stuck ? DemoCell() : DemoCell::time(m_finished),
            DemoCell::text(view(done ? "completed" : m_fate == Fate::Crashed ? "failed" : "in_progress")),
            DemoCell::integer(static_cast<std::int64_t>(m_turns.size())),
            done ? DemoCell::text(view(m_mafiaWins ? "mafia" : "village")) : DemoCell(), DemoCell::flag(m_fate == Fate::Crashed),
            DemoCell::flag(done), DemoCell::list(players),
            m_fate == Fate::Stuck ? DemoCell() : DemoCell::real(static_cast<double>((m_finished - m_started) / 1000) / 1000.0)};
        if (!m_sink.take(Contest, contest))
            return false;
        for (int i = 0; i < seats; ++i) {
            const DemoCell seat[] = {DemoCell::integer(++m_world.seatRows), DemoCell::integer(m_id), DemoCell::integer(agentId(i)), DemoCell::integer(i),
                                     done ? DemoCell::text(view(roleWords[static_cast<std::size_t>(m_table.roles[static_cast<std::size_t>(i)])])) : DemoCell(),
                                     done ? reward(i) : DemoCell()};
            if (!m_sink.take(Seat, seat))
                return false;
        }
        for (std::size_t i = 0; i < m_turns.size(); ++i) {
            if (!writeTurn(i, begins[i]))
                return false;
        }
        return true;
    }

    DemoCell reward(int player) const { return DemoCell::real(m_table.isMafia(player) == m_mafiaWins ? 1.0 : -1.0); }
    int agentId(int seat) const { return m_agents[static_cast<std::size_t>(seat)] + 1; }

    struct Exchange
    {
        QByteArray answer;
        std::int64_t sent = 0;
        std::int64_t received = 0;
        int firstMs = 0;
        int promptTokens = 0;
        int answerTokens = 0;
        double speed = 0;
    };

    void prepareCalls(std::vector<std::int64_t> &begins, std::int64_t &now)
    {
        m_exchanges.resize(m_turns.size());
        for (std::size_t i = 0; i < m_turns.size(); ++i) {
            const Turn &turn = m_turns[i];
            begins.push_back(now);
            const AgentFacts &agent = m_world.agents[static_cast<std::size_t>(m_agents[static_cast<std::size_t>(turn.player)])];
            const MakerFacts &maker = m_world.makers[static_cast<std::size_t>(agent.maker)];
            int count = 1;
            while (count < mostCalls && m_random.chance(0.06))
                ++count;
            if (turn.raw)
                count = mostCalls;
            qsizetype sentBytes = m_world.prompts[static_cast<std::size_t>(agent.strategy)].size() + turn.observation.size();
            for (int call = 0; call < count; ++call) {
                Exchange exchange;
                if (call + 1 < count)
                    exchange.answer = DemoTexts::filled(m_random.pick(m_world.unformatted), {{"p", number(turn.player)}});
                else if (turn.raw)
                    exchange.answer = turn.action;
                else
                    exchange.answer = turn.thought + "\n<outloud>" + turn.action + "</outloud>";
                exchange.promptTokens = static_cast<int>(sentBytes / 4) + 11;
                exchange.answerTokens = static_cast<int>(exchange.answer.size() / 4) + m_random.between(2, 9);
                exchange.firstMs = static_cast<int>(maker.firstTokenMs * m_random.uniform(0.6, 1.8));
                const double speed = maker.tokensPerSecond * m_random.uniform(0.7, 1.2);
                const int millis = exchange.firstMs + static_cast<int>(1000.0 * exchange.answerTokens / speed);
                exchange.sent = now + m_random.between(900, 9'000);
                exchange.received = exchange.sent + static_cast<std::int64_t>(millis) * 1000 + m_random.below(1000);
                exchange.speed = std::round(100.0 * exchange.answerTokens * 1000.0 / millis) / 100.0;
                now = exchange.received;
                sentBytes += exchange.answer.size() + m_world.askAgain.size();
                m_exchanges[i].push_back(std::move(exchange));
            }
            now += m_random.between(2'000, 60'000);
        }
    }

    bool writeTurn(std::size_t index, std::int64_t began)
    {
        const Turn &turn = m_turns[index];
        const std::vector<Exchange> &exchanges = m_exchanges[index];
        int tokens = 0;
        for (const Exchange &exchange : exchanges)
            tokens += exchange.answerTokens;
        const std::int64_t ended = exchanges.back().received + 1'500;
        const bool noStep = (m_id + static_cast<int>(index)) % 29 == 0;
        const std::int64_t move = ++m_world.moves;
        const AgentFacts &agent = m_world.agents[static_cast<std::size_t>(m_agents[static_cast<std::size_t>(turn.player)])];
        const DemoCell cells[] = {
            DemoCell::integer(move), DemoCell::integer(m_id), DemoCell::integer(agentId(turn.player)),
            DemoCell::integer(static_cast<std::int64_t>(index) + 1), DemoCell::integer(turn.player), DemoCell::text(view(turn.phase)),
            DemoCell::text(turn.observation), DemoCell::text(turn.action), DemoCell::text(exchanges.back().answer),
            DemoCell::flag(!noStep), DemoCell::flag(noStep), turn.note.isEmpty() ? DemoCell() : DemoCell::text(turn.note),
            DemoCell::integer((ended - began) / 1000), DemoCell::integer(tokens), DemoCell::time(ended)};
        if (!m_sink.take(Move, cells))
            return false;
        const MakerFacts &maker = m_world.makers[static_cast<std::size_t>(agent.maker)];
        DemoList messages(2);
        messages.add({DemoCell::text(view("system")), DemoCell::text(m_world.prompts[static_cast<std::size_t>(agent.strategy)])});
        messages.add({DemoCell::text(view("user")), DemoCell::text(turn.observation)});
        for (const Exchange &exchange : exchanges) {
            const DemoCell call[] = {
                DemoCell::integer(++m_world.calls), DemoCell::integer(move), DemoCell::text(maker.route), DemoCell::list(messages),
                DemoCell::text(exchange.answer), DemoCell::time(exchange.sent), DemoCell::time(exchange.received),
                DemoCell::integer((exchange.received - exchange.sent) / 1000), DemoCell::integer(exchange.firstMs),
                DemoCell::real(exchange.speed), DemoCell::integer(exchange.promptTokens), DemoCell::integer(exchange.answerTokens),
                DemoCell::integer(exchange.promptTokens + exchange.answerTokens)};
            if (!m_sink.take(Call, call))
                return false;
            messages.add({DemoCell::text(view("assistant")), DemoCell::text(exchange.answer)});
            messages.add({DemoCell::text(view("user")), DemoCell::text(m_world.askAgain)});
        }
        return true;
    }

    World &m_world;
    DemoSink &m_sink;
    DemoRandom &m_random;
    const int m_id;
    const std::int64_t m_started;
    const Fate m_fate;
    std::int64_t m_finished = 0;
    std::vector<int> m_agents;
    Table m_table;
    bool m_mafiaWins = false;
    std::vector<Round> m_rounds;
    std::vector<QByteArray> m_log;
    std::array<int, seats> m_knows{-1, -1, -1, -1, -1, -1};
    std::vector<Turn> m_turns;
    std::vector<std::vector<Exchange>> m_exchanges;
};

/// What everybody learns from a finished contest.
void rate(World &world, const ContestPlay &contest)
{
    static const rating::TrueSkill system(ratingParameters);
    std::vector<rating::Player> sides[2];
    for (int seat = 0; seat < seats; ++seat) {
        const bool isMafia = contest.isMafia(seat);
        sides[isMafia ? 0 : 1].push_back({world.agents[static_cast<std::size_t>(contest.agents()[static_cast<std::size_t>(seat)])].rating, isMafia ? mafiaWeight : 1.0});
    }
    rating::Team teams[2]{{sides[0], contest.mafiaWon() ? 0 : 1}, {sides[1], contest.mafiaWon() ? 1 : 0}};
    system.update(teams);
    std::size_t next[2]{0, 0};
    for (int seat = 0; seat < seats; ++seat) {
        AgentFacts &agent = world.agents[static_cast<std::size_t>(contest.agents()[static_cast<std::size_t>(seat)])];
        const std::size_t side = contest.isMafia(seat) ? 0 : 1;
        agent.rating = sides[side][next[side]++].rating;
        agent.rated = contest.finished() + 40'000;
    }
}

int agentCount(int scale)
{
    return static_cast<int>(24 * std::sqrt(static_cast<double>(scale)));
}

Fate fateOf(int contest)
{
    if (contest % 28 == 19)
        return Fate::Stuck;
    return contest % 14 == 8 ? Fate::Crashed : Fate::Finished;
}

} // namespace

ArenaSimulator::ArenaSimulator(const DemoTexts &texts, const Options &options) : m_texts(texts), m_options(options) {}

const std::vector<DemoStream> &ArenaSimulator::streams() const
{
    static const std::vector<DemoStream> streams{
        {"maker", {"id", "name", "route", "size", "enabled", "created"}},
        {"kind", {"id", "name", "enabled", "created"}},
        {"strategy", {"id", "name", "content", "parent", "version", "enabled", "created"}},
        {"agent", {"id", "kind", "maker", "strategy", "alias", "enabled", "created", "size", "kindname", "route", "strategytext"}},
        {"contest", {"id", "started", "finished", "state", "moves", "winner", "crashed", "done", "seats(index,role,invalid,moves,reason,reward)", "seconds"}},
        {"seat", {"id", "contest", "agent", "index", "role", "reward"}},
        {"move", {"id", "contest", "agent", "number", "index", "phase", "seen", "action", "answer", "step", "nostep", "note", "millis", "tokens", "when"}},
        {"call", {"id", "move", "route", "messages(speaker,text)", "answer", "sent", "received", "millis", "first", "speed", "asked", "answered", "total"}},
        {"rating", {"agent", "mu", "sigma", "updated"}}};
    return streams;
}

std::int64_t ArenaSimulator::expectedRecords() const
{
    return static_cast<std::int64_t>(m_options.scale) * 2'330 + 50;
}

void ArenaSimulator::run(DemoSink &sink)
{
    World world{m_texts, {}, {}, {}};
    DemoRandom random(m_options.seed, "arena");
    const std::vector<DemoTextRecord> &makers = m_texts.records("maker");
    const std::vector<DemoTextRecord> &kinds = m_texts.records("kind");
    const std::vector<DemoTextRecord> &strategies = m_texts.records("strategy");
    const std::int64_t set = beginning - 6 * day;
    std::int64_t created = set;
    const auto later = [&] {
        created += random.between(40, 9'000) * second;
        return created += random.below(1'000'000);
    };

    for (std::size_t i = 0; i < makers.size(); ++i) {
        world.makers.push_back({makers[i].value("route"), makers[i].number("speed"), makers[i].number("first")});
        const DemoCell cells[] = {DemoCell::integer(static_cast<std::int64_t>(i) + 1), DemoCell::text(makers[i].value("name")), DemoCell::text(makers[i].value("route")),
                                  DemoCell::text(makers[i].value("size")), DemoCell::flag(i + 1 < makers.size()), DemoCell::time(later())};
        if (!sink.take(Maker, cells))
            return;
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const DemoCell cells[] = {DemoCell::integer(static_cast<std::int64_t>(i) + 1), DemoCell::text(kinds[i].value("name")), DemoCell::flag(true), DemoCell::time(later())};
        if (!sink.take(Kind, cells))
            return;
    }

    // Bigger samples fork the written prompts on: each copy asks for one more habit.
    const int agents = agentCount(m_options.scale);
    const std::size_t prompts = std::max(strategies.size(), static_cast<std::size_t>(agents) / 6);
    const std::vector<QByteArray> &habits = m_texts.lines("habit");
    std::vector<double> strengths;
    for (std::size_t i = 0; i < prompts; ++i) {
        const DemoTextRecord &written = strategies[i % strategies.size()];
        const std::size_t generation = i / strategies.size();
        QByteArray name = written.value("name");
        QByteArray content = written.value("content");
        DemoCell parent = written.value("parent").isEmpty() ? DemoCell() : DemoCell::integer(written.value("parent").toLongLong());
        double strength = written.number("skill");
        if (generation > 0) {
            name += ", revision " + number(static_cast<int>(generation) + 1);
            content = world.prompts[i - strategies.size()];
            const QByteArray habit = '\n' + habits[(generation * 5 + i) % habits.size()];
            // Only the newest three habits are kept, so that prompts stay readable.
            if (generation > 3)
                content = written.value("content");
            content += habit;
            parent = DemoCell::integer(static_cast<std::int64_t>(i - strategies.size()) + 1);
            strength += random.normal();
        }
        world.prompts.push_back(content);
        strengths.push_back(strength);
        const DemoCell cells[] = {DemoCell::integer(static_cast<std::int64_t>(i) + 1), DemoCell::text(name), DemoCell::text(content), parent,
                                  DemoCell::integer(static_cast<std::int64_t>(generation) + (written.value("parent").isEmpty() ? 1 : 2)), DemoCell::flag(i % 9 != 5), DemoCell::time(later())};
        if (!sink.take(Strategy, cells))
            return;
    }

    std::vector<int> combinations(makers.size() * kinds.size() * prompts);
    for (std::size_t i = 0; i < combinations.size(); ++i)
        combinations[i] = static_cast<int>(i);
    random.shuffle(combinations);
    const std::vector<QByteArray> &aliases = m_texts.lines("alias");
    m_skills.clear();
    for (int i = 0; i < agents; ++i) {
        int rest = combinations[static_cast<std::size_t>(i)];
        AgentFacts agent;
        agent.maker = rest % static_cast<int>(makers.size());
        rest /= static_cast<int>(makers.size());
        agent.kind = rest % static_cast<int>(kinds.size());
        agent.strategy = rest / static_cast<int>(kinds.size());
        const auto maker = static_cast<std::size_t>(agent.maker);
        const auto kind = static_cast<std::size_t>(agent.kind);
        const auto strategy = static_cast<std::size_t>(agent.strategy);
        agent.skill = makers[maker].number("skill") + kinds[kind].number("skill") + strengths[strategy] + 2.5 * random.normal();
        m_skills.push_back(agent.skill);
        world.agents.push_back(agent);
        QByteArray alias = aliases[static_cast<std::size_t>(i) % aliases.size()];
        if (static_cast<std::size_t>(i) >= aliases.size())
            alias += ' ' + number(i / static_cast<int>(aliases.size()) + 1);
        const DemoCell cells[] = {DemoCell::integer(i + 1), DemoCell::integer(agent.kind + 1), DemoCell::integer(agent.maker + 1), DemoCell::integer(agent.strategy + 1),
                                  i % 6 == 4 ? DemoCell() : DemoCell::text(alias), DemoCell::flag(random.chance(0.6)), DemoCell::time(later()),
                                  DemoCell::text(makers[maker].value("size")), DemoCell::text(kinds[kind].value("name")), DemoCell::text(makers[maker].value("route")), DemoCell::text(world.prompts[strategy])};
        if (!sink.take(Agent, cells))
            return;
    }

    const int contests = contestsPerScale * m_options.scale;
    std::int64_t started = std::max(beginning, created + day / 4);
    for (int i = 1; i <= contests; ++i) {
        DemoRandom own(m_options.seed, "contest", static_cast<std::uint64_t>(i));
        const Fate fate = fateOf(i);
        ContestPlay contest(world, sink, own, i, started, fate);
        if (!contest.play())
            return;
        started += season / contests + own.below(static_cast<int>(season / contests / 4000)) * 1000LL;
        if (fate != Fate::Finished)
            continue;
        rate(world, contest);
    }
    for (std::size_t i = 0; i < world.agents.size(); ++i) {
        const AgentFacts &agent = world.agents[i];
        if (agent.rated == 0)
            continue;
        const DemoCell cells[] = {DemoCell::integer(static_cast<std::int64_t>(i) + 1), DemoCell::real(rounded(agent.rating.mu)), DemoCell::real(rounded(agent.rating.sigma)), DemoCell::time(agent.rated)};
        if (!sink.take(Rating, cells))
            return;
    }
}

} // namespace turnstone
