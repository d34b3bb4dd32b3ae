// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/debatesimulator.h"

#include "models/demo/demorandom.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace turnstone {

namespace {

constexpr int discussionsPerScale = 12;
constexpr int mostRounds = 5;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t season = 40LL * 86'400 * second;
/// 2025-09-15 07:30 UTC.
constexpr std::int64_t beginning = 1'757'921'400LL * second;

enum Stream { Discussion, Round, Reply };
enum class Ending { Agreed, Open, Unfinished };

constexpr std::array<double, mostRounds> threshold{0.0, 0.5, 0.6, 0.7, 0.75};

Ending endingOf(int discussion)
{
    switch (discussion % discussionsPerScale) {
    case 4:
    case 10: return Ending::Open;
    case 7: return Ending::Unfinished;
    default: return Ending::Agreed;
    }
}

struct Opinion
{
    bool first = true; // holds the topic's first position
    double confidence = 0;
};

/// "0.85", as the models write it.
QByteArray confidenceText(double confidence)
{
    return QByteArray::number(confidence, 'f', 2);
}

class Discussed
{
public:
    Discussed(const DemoTexts &texts, const DemoTextRecord &topic, DemoRandom &random) : m_texts(texts), m_topic(topic), m_random(random) {}

    QByteArray answer(int round, const Opinion &opinion, const QByteArray &other)
    {
        const char *position = opinion.first ? "first" : "second";
        const QByteArray &mine = m_topic.value(position);
        const QByteArray reason = m_random.pick(m_topic.values(opinion.first ? "for_first" : "for_second"));
        QByteArray text;
        switch (round) {
        case 0:
            section(text, "UNDERSTANDING", m_random.pick(m_topic.values("understanding")));
            section(text, "CONSTRAINTS", bullets(m_topic.values("constraint")));
            section(text, "INITIAL_POSITION", mine + ' ' + reason);
            break;
        case 1:
            section(text, "FORMAT_PROPOSAL", m_random.pick(m_texts.lines("format")));
            section(text, "INITIAL_SOLUTION", mine);
            section(text, "RATIONALE", reason + ' ' + m_random.pick(m_texts.lines("rationale")));
            break;
        case 2:
            section(text, "FORMAT_AGREEMENT", m_random.pick(m_texts.lines("format_agreement")));
            section(text, "REFINED_SOLUTION", DemoTexts::filled(m_random.pick(m_texts.lines("refine")), {{"other", other}}) + ' ' + mine + ' ' + reason);
            section(text, "FORMAT_IMPROVEMENTS", m_random.pick(m_texts.lines("improvement")));
            break;
        default:
            section(text, "IMPLEMENTATION", DemoTexts::filled(m_random.pick(m_texts.lines(opinion.first ? "close" : "hold")), {{"other", other}}) + ' ' + mine);
            text.append('\n').append(bullets(m_topic.values("step")));
            break;
        }
        return text;
    }

    static void section(QByteArray &text, const char *name, const QByteArray &content)
    {
        if (!text.isEmpty())
            text.append("\n\n");
        text.append(name).append(": ").append(content);
    }

private:
    QByteArray bullets(const std::vector<QByteArray> &lines)
    {
        QByteArray text;
        const int left = static_cast<int>(lines.size()) > 2 ? m_random.below(static_cast<int>(lines.size()) + 2) : -1;
        for (int i = 0; i < static_cast<int>(lines.size()); ++i) {
            if (i != left)
                text.append("\n- ").append(lines[static_cast<std::size_t>(i)]);
        }
        return text;
    }

    const DemoTexts &m_texts;
    const DemoTextRecord &m_topic;
    DemoRandom &m_random;
};

struct Answer
{
    QByteArray text;
    double confidence = 0;
    std::int64_t when = 0;
    bool missing = false;
};

} // namespace

const std::vector<DemoStream> &DebateSimulator::streams() const
{
    static const std::vector<DemoStream> streams{
        {"discussion", {"id", "prompt", "started", "completed", "reached", "answer", "score"}},
        {"round", {"id", "discussion", "index", "number", "kind", "prompt", "started", "completed"}},
        {"reply", {"id", "round", "model", "text", "confidence", "when"}}};
    return streams;
}

void DebateSimulator::run(DemoSink &sink)
{
    const std::vector<DemoTextRecord> &topics = m_texts.records("topic");
    const std::vector<QByteArray> &models = m_texts.lines("model");
    const std::vector<QByteArray> &kinds = m_texts.lines("kind");
    const std::vector<QByteArray> &requests = m_texts.lines("request");
    const int discussions = discussionsPerScale * m_options.scale;
    std::int64_t rounds = 0;
    std::int64_t replies = 0;
    for (int id = 1; id <= discussions; ++id) {
        DemoRandom random(m_options.seed, "discussion", static_cast<std::uint64_t>(id));
        const DemoTextRecord &topic = topics[static_cast<std::size_t>(id - 1) % topics.size()];
        const Ending ending = endingOf(id);
        const int present = id % 5 == 2 ? static_cast<int>(models.size()) : static_cast<int>(models.size()) - 1;
        const int needed = ending == Ending::Agreed ? random.between(3, mostRounds) : ending == Ending::Open ? mostRounds : 2;
        const std::int64_t started = beginning + (id - 1) * (season / discussions) + random.below(5'000'000) * 1000LL;

        std::vector<Opinion> opinions;
        for (int i = 0; i < present; ++i)
            opinions.push_back({i == 0 || !random.chance(ending == Ending::Open ? 0.8 : 0.5), random.uniform(0.50, 0.66)});
        if (ending == Ending::Open)
            opinions.back().first = false;

        Discussed discussed(m_texts, topic, random);
        std::vector<std::vector<Answer>> answers(static_cast<std::size_t>(needed));
        std::vector<std::int64_t> times{started + 400'000};
        std::int64_t now = started + 1'200'000;
        for (int round = 0; round < needed; ++round) {
            for (int i = 0; i < present; ++i) {
                Opinion &opinion = opinions[static_cast<std::size_t>(i)];
                const QByteArray &other = models[static_cast<std::size_t>((i + 1 + random.below(present - 1)) % present)];
                const auto agreeing = std::count_if(opinions.begin(), opinions.end(), [&](const Opinion &each) { return each.first == opinion.first; });
                if (round > 0) {
                    // Whoever stands alone hesitates and, where the discussion ends well, gives in.
                    const double support = static_cast<double>(agreeing) / present;
                    opinion.confidence = std::clamp(opinion.confidence + 0.16 * (support - 0.45) + random.uniform(-0.02, 0.04), 0.35, 0.97);
                    if (!opinion.first && ending == Ending::Agreed && (round >= 2 || random.chance(0.5))) {
                        opinion.first = true;
                        opinion.confidence = std::max(opinion.confidence, threshold[static_cast<std::size_t>(round)] + 0.02);
                    }
                    if (ending == Ending::Agreed && round + 1 == needed)
                        opinion.confidence = std::max(opinion.confidence, threshold[static_cast<std::size_t>(round)] + random.uniform(0.03, 0.18));
                    if (ending == Ending::Open)
                        opinion.confidence = std::min(opinion.confidence, 0.71);
                }
                Answer answer;
                answer.confidence = std::round(opinion.confidence * 100) / 100;
                answer.text = discussed.answer(round, opinion, other);
                // A model that answers without a number is stored with 0.0; one that fails is not stored at all.
                const bool vague = id % discussionsPerScale == 2 && round == 1 && i == 1;
                if (vague)
                    answer.confidence = 0.0;
                Discussed::section(answer.text, "CONFIDENCE", vague ? QByteArrayLiteral("fairly high") : confidenceText(answer.confidence));
                answer.missing = (id % discussionsPerScale == 5 && round == 2 && i == present - 1) || (ending == Ending::Unfinished && round + 1 == needed && i > 0);
                now += random.between(1'400, 9'800) * 1000LL;
                now += random.below(1000);
                answer.when = now;
                answers[static_cast<std::size_t>(round)].push_back(answer);
            }
            now += random.between(200, 900) * 1000LL;
            times.push_back(now);
        }

        const std::vector<Answer> &last = answers.back();
        const auto best = std::max_element(last.begin(), last.end(), [](const Answer &a, const Answer &b) { return a.confidence < b.confidence; });
        double mean = 0;
        for (const Answer &answer : last)
            mean += answer.confidence / static_cast<double>(last.size());
        const bool done = ending != Ending::Unfinished;
        const bool agreed = ending == Ending::Agreed;
        const double score = agreed ? std::min(0.99, 0.62 + 0.4 * mean) : 0.3 + 0.3 * mean;
        if (!sink.take(Discussion, {DemoCell::integer(id), DemoCell::text(topic.value("prompt")), DemoCell::time(started),
                                    done ? DemoCell::time(now + 350'000) : DemoCell(), DemoCell::flag(agreed),
                                    agreed ? DemoCell::text(best->text) : DemoCell(), done ? DemoCell::real(std::round(score * 1000) / 1000) : DemoCell()}))
            return;
        for (int round = 0; round < needed; ++round) {
            const auto at = static_cast<std::size_t>(round);
            const bool finished = done || round + 1 < needed;
            const QByteArray request = DemoTexts::filled(requests[at], {{"prompt", topic.value("prompt")}});
            if (!sink.take(Round, {DemoCell::integer(++rounds), DemoCell::integer(id), DemoCell::integer(round), DemoCell::integer(round + 1),
                                   DemoCell::text(kinds[at]), DemoCell::text(request), DemoCell::time(times[at]), finished ? DemoCell::time(times[at + 1]) : DemoCell()}))
                return;
            for (std::size_t i = 0; i < answers[at].size(); ++i) {
                const Answer &answer = answers[at][i];
                if (answer.missing)
                    continue;
                if (!sink.take(Reply, {DemoCell::integer(++replies), DemoCell::integer(rounds), DemoCell::text(models[i]), DemoCell::text(answer.text),
                                       DemoCell::real(answer.confidence), DemoCell::time(answer.when)}))
                    return;
            }
        }
    }
}

} // namespace turnstone
