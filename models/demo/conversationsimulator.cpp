// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/conversationsimulator.h"

#include "models/demo/demorandom.h"
#include "models/demo/textembedding.h"

#include <QList>
#include <QString>

#include <algorithm>
#include <cmath>

namespace turnstone {

namespace {

constexpr int talksPerScale = 8;
constexpr int agents = 4;
constexpr int utterancesPerTalk = 24;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t season = 36LL * 86'400 * second;
/// 2025-10-01 09:00 UTC.
constexpr std::int64_t beginning = 1'759'309'200LL * second;

// Where in a talk things happen, from 0.
constexpr int statementAt = 2;
constexpr int reversalAt = 10;
constexpr int loopFrom = 13;
constexpr int loopTo = 18;
constexpr int settledAt = 20;
constexpr int citationAt[] = {5, 12, 21};

enum Stream { Talk, Utterance, Embedding, Assessment, Conflict, Loop, Citation };

double rounded(double value, double unit = 100.0)
{
    return std::round(value * unit) / unit;
}

struct Quote
{
    int utterance = 0;
    QList<QByteArray> parts; // text, address, title, kind
    int start = 0;
    int end = 0;
    bool verified = false;
};

struct Said
{
    QByteArray text;
    bool cited = false;
    bool verified = false;
    double health = 100;
    double coherence = 100;
    double relevance = 100;
    std::int64_t when = 0;
    int tokens = 0;
    double millis = 0;
};

class TalkPlay
{
public:
    TalkPlay(const DemoTexts &texts, const DemoTextRecord &topic, DemoRandom &random, int id)
        : m_texts(texts), m_topic(topic), m_random(random), m_id(id), m_conflict(!topic.value("was").isEmpty()), m_loop(!topic.value("loop_a").isEmpty()),
          // Every second trouble is settled before the end, the others wait for somebody.
          m_settled(id % 2 == 1)
    {
        std::vector<QByteArray> claims = topic.values("claim");
        random.shuffle(claims);
        for (int i = 0; i < utterancesPerTalk; ++i)
            m_said.push_back(compose(i, claims));
    }

    bool write(DemoSink &sink, std::int64_t started, std::int64_t &embeddings, std::int64_t &conflicts, std::int64_t &loops, std::int64_t &citations)
    {
        std::int64_t now = started;
        for (Said &said : m_said) {
            said.tokens = static_cast<int>(said.text.size() / 4) + m_random.between(3, 12);
            const double latency = m_random.uniform(250, 900);
            said.millis = rounded(said.tokens * m_random.uniform(14, 31) + latency, 1000);
            now += static_cast<std::int64_t>(said.millis * 1000) + m_random.between(200, 2'500) * 1000LL;
            said.when = now;
        }
        std::vector<std::vector<DemoCell>> assessments = assess();
        const std::int64_t first = static_cast<std::int64_t>(m_id - 1) * utterancesPerTalk + 1;
        const auto at = [&](int position) { return DemoCell::integer(first + position); };
        const auto timeOf = [&](int position) { return DemoCell::time(m_said[static_cast<std::size_t>(position)].when + 700'000); };
        const bool open = (m_conflict || m_loop) && !m_settled;
        if (!sink.take(Talk, {DemoCell::integer(m_id), DemoCell::text(m_topic.value("title")), DemoCell::text(m_topic.value("topic")), DemoCell::real(m_said.back().health),
                              DemoCell::flag(m_conflict), DemoCell::flag(m_loop), DemoCell::flag(open), DemoCell::time(started), DemoCell::time(now + second)}))
            return false;
        const std::vector<QByteArray> &names = m_texts.lines("agent");
        const std::vector<QByteArray> &models = m_texts.lines("model");
        for (int i = 0; i < utterancesPerTalk; ++i) {
            const Said &said = m_said[static_cast<std::size_t>(i)];
            const auto agent = static_cast<std::size_t>(i % agents);
            if (!sink.take(Utterance, {at(i), DemoCell::integer(m_id), DemoCell::text(names[agent]), DemoCell::text(models[agent]), DemoCell::text(said.text),
                                       DemoCell::integer(i + 1), DemoCell::integer(i / agents + 1), DemoCell::integer(i % agents), DemoCell::real(said.health),
                                       DemoCell::real(said.coherence), DemoCell::real(said.relevance), DemoCell::flag(said.cited), DemoCell::flag(said.verified),
                                       DemoCell::integer(said.tokens), DemoCell::real(said.millis), DemoCell::time(said.when)}))
                return false;
            const std::vector<float> numbers = TextEmbedding::of(said.text, m_topic.value("topic"));
            if (!sink.take(Embedding, {DemoCell::integer(++embeddings), at(i), DemoCell::vector(numbers), DemoCell::text(said.text), DemoCell::time(said.when + 300'000)}))
                return false;
            if (!sink.take(Assessment, assessments[static_cast<std::size_t>(i)].data()))
                return false;
        }
        if (m_conflict) {
            const auto vectorOf = [&](int position) { return TextEmbedding::of(m_said[static_cast<std::size_t>(position)].text, m_topic.value("topic")); };
            const double similarity = rounded((1 + TextEmbedding::cosine(vectorOf(statementAt), vectorOf(reversalAt))) / 2, 1e4);
            if (!sink.take(Conflict, {DemoCell::integer(++conflicts), DemoCell::integer(m_id), at(statementAt), at(reversalAt), DemoCell::text(m_topic.value("severity")),
                                      DemoCell::real(rounded(m_random.uniform(0.74, 0.97))), DemoCell::real(similarity), DemoCell::text(m_topic.value("was")), DemoCell::text(m_topic.value("now")),
                                      DemoCell::text(m_topic.value("why")), DemoCell::text(m_topic.value("fix")), DemoCell::flag(m_settled || m_id % 4 == 0), DemoCell::flag(m_settled),
                                      timeOf(reversalAt), m_settled ? timeOf(settledAt) : DemoCell()}))
                return false;
        }
        if (m_loop) {
            const char *status = m_settled ? "RESOLVED" : m_id % 4 == 0 ? "IN_PROGRESS" : "REQUIRED";
            if (!sink.take(Loop, {DemoCell::integer(++loops), DemoCell::integer(m_id), DemoCell::text(m_topic.value("loop_what")), DemoCell::integer(2),
                                  DemoCell::integer((loopTo - loopFrom + 1) / 2), at(loopFrom), at(loopTo), DemoCell::text(QByteArrayView(status)),
                                  m_settled || m_id % 4 == 0 ? DemoCell::text(m_random.pick(m_texts.lines("intervention"))) : DemoCell(), timeOf(loopTo),
                                  m_settled ? timeOf(settledAt) : DemoCell()}))
                return false;
        }
        for (const Quote &quote : m_quotes) {
            if (!sink.take(Citation, {DemoCell::integer(++citations), at(quote.utterance), DemoCell::text(quote.parts[0]), DemoCell::text(quote.parts[1]), DemoCell::text(quote.parts[2]),
                                      DemoCell::text(quote.parts[3]), DemoCell::integer(quote.start), DemoCell::integer(quote.end), DemoCell::flag(quote.verified),
                                      quote.verified ? DemoCell::text(QByteArrayView("url_fetch")) : DemoCell(), quote.verified ? DemoCell::real(rounded(m_random.uniform(0.7, 0.99))) : DemoCell(),
                                      DemoCell::real(rounded(m_random.uniform(55, 97))), DemoCell::real(rounded(m_random.uniform(60, 98))), timeOf(quote.utterance),
                                      quote.verified ? timeOf(std::min(quote.utterance + 1, utterancesPerTalk - 1)) : DemoCell()}))
                return false;
        }
        return true;
    }

private:
    Said compose(int position, const std::vector<QByteArray> &claims)
    {
        Said said;
        const QByteArray &next = m_texts.lines("agent")[static_cast<std::size_t>((position + 1) % agents)];
        const QByteArray opener = position == 0 ? m_texts.lines("opener").front() : m_random.pick(m_texts.lines("opener"));
        const QByteArray closer = DemoTexts::filled(m_random.pick(m_texts.lines("closer")), {{"agent", next}});
        const auto quote = std::find(std::begin(citationAt), std::end(citationAt), position);
        const auto index = quote == std::end(citationAt) ? std::size_t(99) : static_cast<std::size_t>(quote - std::begin(citationAt));
        if (m_conflict && (position == statementAt || position == reversalAt)) {
            said.text = m_topic.value(position == statementAt ? "was" : "now");
        } else if (m_loop && position >= loopFrom && position <= loopTo) {
            said.text = m_topic.value((position - loopFrom) % 2 == 0 ? "loop_a" : "loop_b");
            if (position > loopFrom + 1)
                said.text.append(m_random.chance(0.5) ? " I said so before." : " Again: that is the order.");
        } else if (index < m_topic.values("cite").size()) {
            Quote citation;
            citation.utterance = position;
            for (const QByteArray &part : m_topic.values("cite")[index].split('|'))
                citation.parts.append(part.trimmed());
            said.text = claims[static_cast<std::size_t>(position) % claims.size()] + ' '
                        + DemoTexts::filled(m_random.pick(m_texts.lines("cited")), {{"quote", citation.parts[0]}});
            const qsizetype offset = said.text.indexOf(citation.parts[0]);
            citation.start = static_cast<int>(QString::fromUtf8(said.text.left(offset)).toUcs4().size());
            citation.end = citation.start + static_cast<int>(QString::fromUtf8(citation.parts[0]).toUcs4().size());
            citation.verified = m_random.chance(0.6);
            said.cited = true;
            said.verified = citation.verified;
            m_quotes.push_back(citation);
        } else {
            said.text = opener + ' ' + claims[static_cast<std::size_t>(position) % claims.size()];
            if (position >= static_cast<int>(claims.size()))
                said.text = DemoTexts::filled(m_random.pick(m_texts.lines("echo")), {{"claim", claims[static_cast<std::size_t>(position * 3 + 1) % claims.size()]}});
            said.text.append(' ').append(closer);
        }
        return said;
    }

    /// The scores after every message; also sets those of the messages.
    std::vector<std::vector<DemoCell>> assess()
    {
        std::vector<std::vector<DemoCell>> rows;
        double coherence = 93;
        double progress = 82;
        double productivity = 84;
        int conflicts = 0;
        int loops = 0;
        for (int i = 0; i < utterancesPerTalk; ++i) {
            Said &said = m_said[static_cast<std::size_t>(i)];
            const bool circling = m_loop && i >= loopFrom + 2 && i <= loopTo;
            const bool reversed = m_conflict && i == reversalAt;
            conflicts += reversed ? 1 : 0;
            loops += m_loop && i == loopTo ? 1 : 0;
            const bool settling = m_settled && i >= settledAt;
            coherence += reversed ? -24 : circling ? -4 : settling ? 5 : m_random.uniform(-2.2, 2.6);
            progress += circling ? -9 : settling ? 6 : m_random.uniform(-1.5, 2.0);
            productivity += circling ? -7 : reversed ? -6 : settling ? 5 : m_random.uniform(-1.5, 1.9);
            for (double *score : {&coherence, &progress, &productivity})
                *score = std::clamp(*score, 12.0, 98.5);
            const double health = rounded(0.4 * coherence + 0.3 * progress + 0.3 * productivity);
            said.health = health;
            said.coherence = rounded(std::clamp(coherence + m_random.uniform(-4, 4), 0.0, 100.0));
            said.relevance = rounded(std::clamp(78 + m_random.uniform(-10, 20) - (circling ? 18 : 0), 0.0, 100.0));
            const bool solvedConflict = m_settled && i >= settledAt;
            const double conflictScore = conflicts == 0 ? 100 : solvedConflict ? 88 : 61;
            const double loopScore = m_loop && i >= loopFrom + 2 ? (settling ? 85 : std::max(35.0, 100.0 - 13.0 * (std::min(i, loopTo) - loopFrom - 1))) : 100;
            const char *status = health >= 85 ? "excellent" : health >= 70 ? "good" : health >= 50 ? "fair" : "poor";
            rows.push_back({DemoCell::integer(static_cast<std::int64_t>(m_id - 1) * utterancesPerTalk + i + 1), DemoCell::integer(m_id), DemoCell::real(health), DemoCell::real(rounded(coherence)),
                            DemoCell::real(conflictScore), DemoCell::real(loopScore), DemoCell::real(citationScore(i)), DemoCell::integer(i + 1), DemoCell::integer(conflicts),
                            DemoCell::integer(loops), DemoCell::integer(std::min(i + 1, agents)), DemoCell::text(QByteArrayView(status)), DemoCell::real(rounded(progress)),
                            DemoCell::real(rounded(productivity)), DemoCell::time(said.when + 500'000)});
        }
        return rows;
    }

    /// The share of verified citations so far, 100 while there is none.
    double citationScore(int position) const
    {
        double all = 0;
        double verified = 0;
        for (const Quote &quote : m_quotes) {
            all += quote.utterance <= position ? 1 : 0;
            verified += quote.utterance <= position && quote.verified ? 1 : 0;
        }
        return all == 0 ? 100 : rounded(40 + 60 * verified / all);
    }

    const DemoTexts &m_texts;
    const DemoTextRecord &m_topic;
    DemoRandom &m_random;
    const int m_id;
    const bool m_conflict;
    const bool m_loop;
    const bool m_settled;
    std::vector<Said> m_said;
    std::vector<Quote> m_quotes;
};

} // namespace

const std::vector<DemoStream> &ConversationSimulator::streams() const
{
    static const std::vector<DemoStream> streams{
        {"talk", {"id", "title", "topic", "health", "conflicts", "loops", "help", "created", "updated"}},
        {"utterance", {"id", "talk", "agent", "model", "text", "number", "round", "turn", "health", "coherence", "relevance", "cited", "verified", "tokens", "millis", "created"}},
        {"embedding", {"id", "utterance", "numbers", "text", "created"}},
        {"assessment", {"id", "talk", "health", "coherence", "conflict", "loop", "citation", "utterances", "conflicts", "loops", "agents", "status", "progress", "productivity", "created"}},
        {"conflict", {"id", "talk", "first", "second", "severity", "confidence", "similarity", "statement1", "statement2", "why", "fix", "seen", "solved", "detected", "solvedat"}},
        {"loop", {"id", "talk", "what", "size", "repeats", "first", "last", "status", "message", "detected", "solvedat"}},
        {"citation", {"id", "utterance", "text", "url", "title", "kind", "start", "end", "verified", "method", "confidence", "quality", "relevance", "created", "verifiedat"}}};
    return streams;
}

void ConversationSimulator::run(DemoSink &sink)
{
    const std::vector<DemoTextRecord> &topics = m_texts.records("talk");
    const int talks = talksPerScale * m_options.scale;
    std::int64_t embeddings = 0;
    std::int64_t conflicts = 0;
    std::int64_t loops = 0;
    std::int64_t citations = 0;
    for (int id = 1; id <= talks; ++id) {
        DemoRandom random(m_options.seed, "talk", static_cast<std::uint64_t>(id));
        TalkPlay talk(m_texts, topics[static_cast<std::size_t>(id - 1) % topics.size()], random, id);
        const std::int64_t started = beginning + (id - 1) * (season / talks) + random.below(3'000'000) * 1000LL;
        if (!talk.write(sink, started, embeddings, conflicts, loops, citations))
            return;
    }
}

} // namespace turnstone
