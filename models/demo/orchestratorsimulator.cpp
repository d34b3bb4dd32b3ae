// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/orchestratorsimulator.h"

#include "models/demo/demorandom.h"

#include <cmath>
#include <map>

namespace turnstone {

namespace {

constexpr int runsPerCopy = 12;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;
/// 2025-09-08 18:00 UTC.
constexpr std::int64_t beginning = 1'757'354'400LL * second;

enum Stream { Block, Payload, Part, Workflow, Step, Run, Answer };

struct PayloadFacts
{
    std::int64_t id = 0;
    const DemoTextRecord *record = nullptr;
    std::vector<std::int64_t> blocks;
    int promptBytes = 0;
};

enum class Outcome { Completed, Failed, Stuck };

/// What becomes of a run, and whether it was started by the newer way, which keeps no notes.
struct Fate
{
    Outcome outcome = Outcome::Completed;
    bool newerWay = false;
};

Fate fateOf(int run)
{
    switch (run) {
    case 3: return {Outcome::Failed, false};
    case 5: return {Outcome::Completed, true};
    case 7: return {Outcome::Failed, true};
    case 8: return {Outcome::Stuck, false};
    case 9: return {Outcome::Completed, true};
    case 11: return {Outcome::Stuck, true};
    default: return {};
    }
}

/// One copy of the library with its runs.
class LibraryCopy
{
public:
    struct Ids
    {
        std::int64_t block = 0;
        std::int64_t payload = 0;
        std::int64_t workflow = 0;
        std::int64_t run = 0;
        std::int64_t answer = 0;
    };

    LibraryCopy(const DemoTexts &texts, DemoSink &sink, DemoRandom &random, Ids &ids, int copy)
        : m_texts(texts), m_sink(sink), m_random(random), m_ids(ids), m_suffix(copy == 0 ? QByteArray() : ' ' + QByteArray::number(copy + 1)),
          m_now(beginning + copy % 40 * day + copy / 40 * 60 * second)
    {
    }

    bool write() { return writeBlocks() && writePayloads() && writeWorkflows() && writeRuns(); }

private:
    std::int64_t later(int least, int most)
    {
        m_now += m_random.between(least, most) * second;
        return m_now += m_random.below(1'000'000);
    }
    QByteArray named(const QByteArray &name) const { return name + m_suffix; }

    /// References by name must meet the names of this copy.
    QByteArray adapted(QByteArray content) const
    {
        if (!m_suffix.isEmpty())
            content.replace("}}", m_suffix + "}}");
        return content;
    }

    bool writeBlocks()
    {
        for (const DemoTextRecord &record : m_texts.records("block")) {
            const QByteArray content = adapted(record.value("content"));
            const std::int64_t created = later(30, 900);
            m_blocks[record.value("title")] = ++m_ids.block;
            m_sizes[m_ids.block] = static_cast<int>(content.size());
            const bool edited = m_random.chance(0.3);
            if (!m_sink.take(Block, {DemoCell::integer(m_ids.block), DemoCell::text(named(record.value("title"))), DemoCell::text(content), DemoCell::text(record.value("tags")),
                                     DemoCell::text(record.value("folder")), DemoCell::time(created), DemoCell::time(edited ? created + m_random.between(600, 90'000) * second : created)}))
                return false;
        }
        return true;
    }

    bool writePayloads()
    {
        for (const DemoTextRecord &record : m_texts.records("payload")) {
            PayloadFacts payload;
            payload.id = ++m_ids.payload;
            payload.record = &record;
            const QByteArray name = named(record.value("name"));
            const std::int64_t created = later(60, 1'200);
            if (!m_sink.take(Payload, {DemoCell::integer(payload.id), DemoCell::text(name), DemoCell::real(record.number("temperature")), DemoCell::integer(record.value("length").toLongLong()),
                                       DemoCell::integer(record.value("port").toLongLong()), DemoCell::text(record.value("format")), DemoCell::time(created)}))
                return false;
            const QByteArray tags = "response,payload_" + QByteArray::number(payload.id);
            if (!m_sink.take(Block, {DemoCell::integer(++m_ids.block), DemoCell::text(name + " - response"), DemoCell::text(QByteArrayView("")), DemoCell::text(tags),
                                     DemoCell::text(QByteArrayView("Responses")), DemoCell::time(created), DemoCell::time(created)}))
                return false;
            int order = 0;
            for (const QByteArray &title : record.values("block")) {
                const std::int64_t block = m_blocks.at(title);
                payload.promptBytes += m_sizes.at(block);
                if (!m_sink.take(Part, {DemoCell::integer(payload.id), DemoCell::integer(block), DemoCell::integer(order++)}))
                    return false;
            }
            m_payloads[record.value("name")] = payload;
        }
        return true;
    }

    bool writeWorkflows()
    {
        for (const DemoTextRecord &record : m_texts.records("workflow")) {
            const std::int64_t created = later(100, 2'000);
            m_workflows.push_back({++m_ids.workflow, &record});
            if (!m_sink.take(Workflow, {DemoCell::integer(m_ids.workflow), DemoCell::text(named(record.value("name"))), DemoCell::time(created), DemoCell::time(created + 45 * second)}))
                return false;
            int order = 0;
            for (const QByteArray &name : record.values("payload")) {
                if (!m_sink.take(Step, {DemoCell::integer(m_ids.workflow), DemoCell::integer(m_payloads.at(name).id), DemoCell::integer(order++)}))
                    return false;
            }
        }
        return true;
    }

    struct Reply
    {
        const PayloadFacts *payload = nullptr;
        QByteArray content;
        int promptTokens = 0;
        int tokens = 0;
        std::int64_t millis = 0;
        double speed = 0;
        bool counted = true;
        std::int64_t when = 0;
    };

    const QByteArray &modelOf(const PayloadFacts &payload) const
    {
        return m_texts.lines("model")[static_cast<std::size_t>(payload.record->value("port").toInt() - 5001) % m_texts.lines("model").size()];
    }

    bool writeRuns()
    {
        for (int i = 0; i < runsPerCopy; ++i) {
            const auto &[workflow, record] = m_workflows[static_cast<std::size_t>(i) % m_workflows.size()];
            const Fate fate = fateOf(i);
            const std::int64_t started = later(9'000, 220'000);
            const std::vector<QByteArray> &steps = record->values("payload");
            std::vector<Reply> replies;
            int previousBytes = 0;
            for (std::size_t step = 0; step < steps.size(); ++step) {
                // A run that fails or hangs gets no further than its first answer.
                if (fate.outcome != Outcome::Completed && step + 1 == steps.size())
                    break;
                replies.push_back(reply(m_payloads.at(steps[step]), i, previousBytes));
                previousBytes = static_cast<int>(replies.back().content.size());
            }
            const PayloadFacts &last = m_payloads.at(steps.back());
            const QByteArray error = DemoTexts::filled(m_texts.lines("error")[i == 3 ? 0 : 1], {{"port", last.record->value("port")}});
            const bool over = fate.outcome != Outcome::Stuck;
            const std::int64_t completed = later(1, 4);
            const char *status = fate.outcome == Outcome::Completed ? "completed" : fate.outcome == Outcome::Failed ? "failed" : fate.newerWay ? "IN_PROGRESS" : "running";
            DemoList models(2);
            for (const Reply &reply : replies)
                models.add({DemoCell::integer(reply.payload->record->value("port").toLongLong()), DemoCell::text(modelOf(*reply.payload))});
            if (!m_sink.take(Run, {DemoCell::integer(++m_ids.run), DemoCell::integer(workflow), DemoCell::text(QByteArrayView(status)), DemoCell::time(started),
                                   over ? DemoCell::time(completed) : DemoCell(), DemoCell::flag(!fate.newerWay), DemoCell::text(named(record->value("name"))),
                                   DemoCell::integer(static_cast<std::int64_t>(steps.size())), fate.outcome == Outcome::Failed ? DemoCell::text(error) : DemoCell(), DemoCell::list(models)}))
                return false;
            for (const Reply &reply : replies) {
                if (!writeReply(reply))
                    return false;
            }
        }
        return true;
    }

    Reply reply(const PayloadFacts &payload, int run, int previousBytes)
    {
        const std::vector<QByteArray> &answers = payload.record->values("answer");
        Reply reply;
        reply.payload = &payload;
        // Of three runs of a workflow two differ, so that comparing them shows something.
        reply.content = answers[static_cast<std::size_t>(run / static_cast<int>(m_workflows.size())) % answers.size()];
        reply.promptTokens = (payload.promptBytes + previousBytes) / 4 + m_random.between(6, 20);
        reply.tokens = static_cast<int>(reply.content.size() / 4) + m_random.between(2, 9);
        reply.speed = std::round(m_random.uniform(18, 46) * 100) / 100;
        reply.millis = static_cast<std::int64_t>(reply.tokens * 1000 / reply.speed) + m_random.between(120, 600);
        // One of the servers does not count tokens on its first run after a start.
        reply.counted = payload.record->value("format") != "command-r" || run > 3;
        m_now += reply.millis * 1000 + 40'000;
        reply.when = m_now;
        return reply;
    }

    bool writeReply(const Reply &reply)
    {
        const DemoTextRecord &record = *reply.payload->record;
        const auto counted = [&](int tokens) { return reply.counted ? DemoCell::integer(tokens) : DemoCell(); };
        return m_sink.take(Answer, {DemoCell::integer(++m_ids.answer), DemoCell::integer(m_ids.run), DemoCell::integer(reply.payload->id), DemoCell::text(reply.content),
                                    counted(reply.promptTokens + reply.tokens), counted(reply.promptTokens), counted(reply.tokens), DemoCell::text(QByteArrayView("stop")),
                                    DemoCell::integer(reply.millis), reply.counted ? DemoCell::real(reply.speed) : DemoCell(), DemoCell::text(modelOf(*reply.payload)),
                                    DemoCell::integer(record.value("port").toLongLong()), DemoCell::real(record.number("temperature")), DemoCell::integer(record.value("length").toLongLong()),
                                    DemoCell::text(record.value("format")), DemoCell::real(static_cast<double>(reply.millis) / 1000.0), DemoCell::time(reply.when)});
    }

    const DemoTexts &m_texts;
    DemoSink &m_sink;
    DemoRandom &m_random;
    Ids &m_ids;
    const QByteArray m_suffix;
    std::int64_t m_now;
    std::map<QByteArray, std::int64_t> m_blocks;
    std::map<std::int64_t, int> m_sizes;
    std::map<QByteArray, PayloadFacts> m_payloads;
    std::vector<std::pair<std::int64_t, const DemoTextRecord *>> m_workflows;
};

} // namespace

const std::vector<DemoStream> &OrchestratorSimulator::streams() const
{
    static const std::vector<DemoStream> streams{
        {"block", {"id", "title", "content", "tags", "folder", "created", "updated"}},
        {"payload", {"id", "name", "temperature", "length", "port", "format", "created"}},
        {"part", {"payload", "block", "order"}},
        {"workflow", {"id", "name", "created", "updated"}},
        {"step", {"workflow", "payload", "order"}},
        {"run", {"id", "workflow", "status", "started", "completed", "noted", "name", "steps", "error", "models(port,model)"}},
        {"answer", {"id", "run", "payload", "content", "total", "asked", "answered", "finish", "millis", "speed", "model", "port", "temperature", "length", "format", "seconds", "when"}}};
    return streams;
}

void OrchestratorSimulator::run(DemoSink &sink)
{
    LibraryCopy::Ids ids;
    for (int copy = 0; copy < m_options.scale; ++copy) {
        DemoRandom random(m_options.seed, "library", static_cast<std::uint64_t>(copy));
        if (!LibraryCopy(m_texts, sink, random, ids, copy).write())
            return;
    }
}

} // namespace turnstone
