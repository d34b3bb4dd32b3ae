// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/personasimulator.h"

#include "models/demo/demorandom.h"
#include "models/demo/textembedding.h"

#include <QList>

#include <algorithm>
#include <cmath>
#include <map>

namespace turnstone {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;
/// 2025-10-04 16:00 UTC.
constexpr std::int64_t beginning = 1'759'593'600LL * second;

enum Stream { Persona, Module, Chat, Line, State, Bag, Memory };

DemoCell textOrNull(const QByteArray &text)
{
    return text.isEmpty() ? DemoCell() : DemoCell::text(text);
}

QList<QByteArray> partsOf(const QByteArray &line)
{
    return line.split('|');
}

/// One copy of the personas, their modules and their conversations.
class HouseCopy
{
public:
    struct Ids
    {
        std::int64_t persona = 0;
        std::int64_t module = 0;
        std::int64_t chat = 0;
        std::int64_t line = 0;
        std::int64_t state = 0;
        std::int64_t bag = 0;
        std::int64_t memory = 0;
    };

    HouseCopy(const DemoTexts &texts, DemoSink &sink, DemoRandom &random, Ids &ids, int copy)
        : m_texts(texts), m_sink(sink), m_random(random), m_ids(ids), m_number(copy == 0 ? QByteArray() : QByteArray::number(copy + 1)),
          m_now(beginning + copy % 30 * day + copy / 30 * 60 * second)
    {
    }

    bool write() { return writeModules() && writePersonas() && writeChats(); }

private:
    std::int64_t later(int least, int most)
    {
        m_now += m_random.between(least, most) * second;
        return m_now += m_random.below(1'000'000);
    }
    QByteArray moduleName(const QByteArray &name) const { return m_number.isEmpty() ? name : name + '_' + m_number; }

    bool writeModules()
    {
        for (const DemoTextRecord &record : m_texts.records("module")) {
            const QByteArray name = moduleName(record.value("name"));
            const QByteArray &script = record.value("script");
            const bool inference = record.value("inference") == "yes";
            const std::int64_t created = later(300, 40'000);
            const int lines = script.isEmpty() ? 0 : static_cast<int>(script.count('\n')) + 1;
            m_modules[record.value("name")] = ++m_ids.module;
            m_stages[record.value("name")] = inference ? "stage5" : "stage4";
            if (!m_sink.take(Module, {DemoCell::integer(m_ids.module), DemoCell::text(name), DemoCell::text(record.value("description")), DemoCell::text(record.value("content")),
                                      DemoCell::text(record.value("kind")), textOrNull(record.value("trigger")), textOrNull(script), DemoCell::text(record.value("context")),
                                      DemoCell::flag(inference), DemoCell::integer(record.value("priority").toLongLong()), DemoCell::integer(lines),
                                      DemoCell::flag(script.contains("ctx.generate")), DemoCell::flag(script.contains("ctx.reflect")), DemoCell::flag(script.contains("ctx.get_")),
                                      DemoCell::flag(script.contains("for ")), DemoCell::flag(script.contains("if ")), DemoCell::text(QByteArrayView(lines > 8 ? "medium" : "low")),
                                      DemoCell::flag(true), DemoCell::time(created), DemoCell::time(created + m_random.between(0, 90'000) * second)}))
                return false;
        }
        return true;
    }

    /// "@module" as the modules of this copy are called.
    QByteArray adapted(QByteArray text) const
    {
        if (m_number.isEmpty())
            return text;
        for (const auto &[name, id] : m_modules)
            text.replace('@' + name, '@' + moduleName(name));
        return text;
    }

    bool writePersonas()
    {
        for (const DemoTextRecord &record : m_texts.records("persona")) {
            const QByteArray name = m_number.isEmpty() ? record.value("name") : record.value("name") + ' ' + m_number;
            const QByteArray text = adapted(record.value("template"));
            const std::int64_t created = later(300, 20'000);
            m_personas[record.value("name")] = ++m_ids.persona;
            m_prompts[m_ids.persona] = static_cast<int>(text.size()) / 4;
            if (!m_sink.take(Persona, {DemoCell::integer(m_ids.persona), DemoCell::text(name), DemoCell::text(record.value("description")), DemoCell::text(text), DemoCell::text(record.value("mode")),
                                       textOrNull(record.value("frequency")), textOrNull(record.value("first")), DemoCell::flag(true), DemoCell::time(created),
                                       DemoCell::time(created + m_random.between(0, 60'000) * second)}))
                return false;
        }
        return true;
    }

    bool writeChats()
    {
        for (const DemoTextRecord &record : m_texts.records("chat")) {
            if (!writeChat(record))
                return false;
        }
        return true;
    }

    struct Spoken
    {
        bool user = false;
        QByteArray text;
        QByteArray thinking;
        std::int64_t when = 0;
    };

    bool writeChat(const DemoTextRecord &record)
    {
        const std::int64_t persona = m_personas.at(record.value("persona"));
        const std::int64_t started = later(20'000, 200'000);
        std::vector<Spoken> spoken;
        for (const DemoTextRecord &each : m_texts.records("persona")) {
            if (each.value("name") == record.value("persona") && !each.value("first").isEmpty())
                spoken.push_back({false, each.value("first"), {}, started});
        }
        const std::vector<QByteArray> &questions = record.values("user");
        const std::vector<QByteArray> &answers = record.values("assistant");
        const std::vector<QByteArray> &thoughts = record.values("thinking");
        for (std::size_t i = 0; i < questions.size(); ++i) {
            spoken.push_back({true, questions[i], {}, later(15, 240)});
            if (i < answers.size())
                spoken.push_back({false, answers[i], i < thoughts.size() ? thoughts[i] : QByteArray(), later(3, 14)});
        }
        const std::int64_t ended = spoken.back().when;
        if (!m_sink.take(Chat, {DemoCell::integer(++m_ids.chat), DemoCell::text(record.value("title")), DemoCell::integer(persona), DemoCell::time(started), DemoCell::time(ended)}))
            return false;
        const std::int64_t firstLine = m_ids.line + 1;
        int context = m_prompts.at(persona);
        for (const Spoken &each : spoken) {
            const int tokens = static_cast<int>((each.text.size() + each.thinking.size()) / 4) + 1;
            // The first message of a persona is inserted, not generated: it costs nothing.
            const bool generated = !each.user && &each != &spoken.front();
            if (!m_sink.take(Line, {DemoCell::integer(++m_ids.line), DemoCell::integer(m_ids.chat), DemoCell::text(QByteArrayView(each.user ? "user" : "assistant")), DemoCell::text(each.text),
                                    textOrNull(each.thinking), generated ? DemoCell::integer(context) : DemoCell(), generated ? DemoCell::integer(tokens) : DemoCell(), DemoCell::time(each.when)}))
                return false;
            context += tokens;
        }
        return writeStates(record, persona, started, ended) && writeMemories(record, persona, firstLine, spoken);
    }

    bool writeStates(const DemoTextRecord &record, std::int64_t persona, std::int64_t started, std::int64_t ended)
    {
        std::map<QByteArray, DemoList> bags;
        QList<QList<QByteArray>> states; // keeps the bytes that the cells refer to
        for (const QByteArray &line : record.values("state"))
            states.append(partsOf(line));
        for (const QList<QByteArray> &state : states) {
            bool isNumber = false;
            const qlonglong number = state[2].toLongLong(&isNumber);
            const DemoCell value = isNumber ? DemoCell::integer(number) : DemoCell::text(state[2]);
            if (!m_sink.take(State, {DemoCell::integer(++m_ids.state), DemoCell::integer(m_ids.chat), DemoCell::integer(persona), DemoCell::integer(m_modules.at(state[0])), DemoCell::text(state[1]), value,
                                     DemoCell::time(started + 20 * second), DemoCell::time(ended + second)}))
                return false;
            bags.try_emplace(state[0], 2).first->second.add({DemoCell::text(state[1]), value});
        }
        for (const auto &[module, variables] : bags) {
            if (!m_sink.take(Bag, {DemoCell::integer(++m_ids.bag), DemoCell::integer(m_ids.chat), DemoCell::integer(m_modules.at(module)), DemoCell::text(m_stages.at(module)), DemoCell::list(variables),
                                   DemoCell::real(std::round(m_random.uniform(0.02, 2.4) * 1000) / 1000), DemoCell::time(started + 20 * second), DemoCell::time(ended + second)}))
                return false;
        }
        return true;
    }

    bool writeMemories(const DemoTextRecord &record, std::int64_t persona, std::int64_t firstLine, const std::vector<Spoken> &spoken)
    {
        const auto &memories = record.values("memory");
        const int size = static_cast<int>(spoken.size());
        const int parts = static_cast<int>(memories.size());
        for (int i = 0; i < parts; ++i) {
            const QList<QByteArray> memory = partsOf(memories[static_cast<std::size_t>(i)]);
            const int from = size * i / parts;
            const int to = std::max(from + 1, size * (i + 1) / parts);
            const QByteArray range = QByteArray::number(from + 1) + '-' + QByteArray::number(to);
            const std::vector<float> numbers = TextEmbedding::of(memory[2], record.value("title"));
            const std::int64_t created = spoken[static_cast<std::size_t>(to - 1)].when + 2 * second;
            const int times = m_random.below(9);
            const std::int64_t accessed = times == 0 ? created : created + times * m_random.between(2'000, 90'000) * second;
            if (!m_sink.take(Memory, {DemoCell::integer(++m_ids.memory), DemoCell::integer(m_ids.chat), DemoCell::integer(persona), DemoCell::integer(firstLine + from), DemoCell::text(memory[2]),
                                      DemoCell::text(memory[0]), DemoCell::real(memory[1].toDouble()), DemoCell::vector(numbers), DemoCell::integer(i + 1), DemoCell::text(range),
                                      DemoCell::integer(to), DemoCell::time(accessed), DemoCell::integer(times), DemoCell::time(created)}))
                return false;
        }
        return true;
    }

    const DemoTexts &m_texts;
    DemoSink &m_sink;
    DemoRandom &m_random;
    Ids &m_ids;
    const QByteArray m_number;
    std::int64_t m_now;
    std::map<QByteArray, std::int64_t> m_modules;
    std::map<QByteArray, QByteArray> m_stages;
    std::map<QByteArray, std::int64_t> m_personas;
    std::map<std::int64_t, int> m_prompts;
};

} // namespace

const std::vector<DemoStream> &PersonaSimulator::streams() const
{
    static const std::vector<DemoStream> streams{
        {"persona", {"id", "name", "description", "template", "mode", "frequency", "greeting", "enabled", "created", "updated"}},
        {"module", {"id", "name", "description", "content", "kind", "trigger", "script", "context", "inference", "priority", "lines", "generates", "reflects", "plugins", "loops", "conditions", "complexity", "enabled", "created", "updated"}},
        {"chat", {"id", "title", "persona", "created", "updated"}},
        {"line", {"id", "chat", "speaker", "text", "thinking", "asked", "answered", "created"}},
        {"state", {"id", "chat", "persona", "module", "key", "value", "created", "updated"}},
        {"bag", {"id", "chat", "module", "stage", "variables(key,value)", "seconds", "created", "updated"}},
        {"memory", {"id", "chat", "persona", "firstline", "text", "kind", "importance", "numbers", "sequence", "range", "count", "accessed", "times", "created"}}};
    return streams;
}

void PersonaSimulator::run(DemoSink &sink)
{
    HouseCopy::Ids ids;
    for (int copy = 0; copy < m_options.scale; ++copy) {
        DemoRandom random(m_options.seed, "house", static_cast<std::uint64_t>(copy));
        if (!HouseCopy(m_texts, sink, random, ids, copy).write())
            return;
    }
}

} // namespace turnstone
