// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/arenasimulator.h"
#include "models/demo/demomapping.h"
#include "models/demo/demowriter.h"
#include "models/demo/textembedding.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// Reads the ratings that a simulation ends with, and nothing else.
class RatingSink final : public DemoSink
{
public:
    explicit RatingSink(int stream) : m_stream(stream) {}
    bool take(int stream, const DemoCell *cells) override
    {
        if (stream == m_stream)
            ratings.emplace_back(cells[0].integer(), cells[1].real());
        return true;
    }
    std::vector<std::pair<std::int64_t, double>> ratings;

private:
    int m_stream;
};

std::vector<double> ranksOf(const std::vector<double> &values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        ranks[order[i]] = static_cast<double>(i);
    return ranks;
}

} // namespace

/// The rules of each application, asked of a demo database by SQL. A query names the rows that break the rule: 0 is right.
class TestDemoRules : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void noRowBreaksARule_data();
    void noRowBreaksARule();
    void ratingsFollowTheHiddenSkills();
    void relatedTextsLieClose();

private:
    QString pathOf(const QString &system) const { return m_folder.filePath(system + u".db"_s); }

    QTemporaryDir m_folder;
};

void TestDemoRules::initTestCase()
{
    QVERIFY(m_folder.isValid());
    for (const QString &system : DemoMapping::systems()) {
        QString schema;
        const QDir folder(sourcePath(QStringLiteral("migrations/%1/sqlite")).arg(system));
        for (const QString &name : folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            schema += QString::fromUtf8(file.readAll()).section(u"-- migrate:up\n"_s, 1).section(u"-- migrate:down\n"_s, 0, 0);
        }
        QCOMPARE(executeSql(pathOf(system), schema), QString());
        ConnectionOptions options;
        options.readOnly = false;
        auto connection = Connection::open(DatabaseUrl::forFile(pathOf(system)), options);
        QVERIFY(connection);
        const auto report = writeDemo(**connection, {system, {}, 42, 2});
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
    }
}

void TestDemoRules::noRowBreaksARule_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("sql");
    const auto add = [](const char *system, const char *rule, const char *sql) {
        QTest::addRow("%s: %s", system, rule) << QString::fromLatin1(system) << QString::fromUtf8(sql);
    };
    const char *arena = "mindgames-arena";
    add(arena, "six players in every game", "SELECT count(*) FROM games g WHERE (SELECT count(*) FROM game_players p WHERE p.game_id = g.id) <> 6");
    add(arena, "two Mafia, one Doctor, one Detective, two Villagers in every finished game",
        "SELECT count(*) FROM games g WHERE status = 'completed' AND (SELECT group_concat(role) FROM (SELECT role FROM game_players p WHERE p.game_id = g.id ORDER BY role)) <> 'Detective,Doctor,Mafia,Mafia,Villager,Villager'");
    add(arena, "rewards follow the winner", "SELECT count(*) FROM game_players p JOIN games g ON g.id = p.game_id WHERE g.status = 'completed' AND reward IS NOT CASE WHEN (role = 'Mafia') = (winning_team = 'Mafia') THEN 1.0 ELSE -1.0 END");
    add(arena, "finished games have a winner, others none", "SELECT count(*) FROM games WHERE (status = 'completed') <> (winning_team IS NOT NULL)");
    add(arena, "failed games crashed and ended, stuck ones did not end", "SELECT count(*) FROM games WHERE (status = 'failed') <> (environment_crashed = 1) OR (status = 'in_progress') <> (finished_at IS NULL)");
    add(arena, "roles and rewards are unknown in games that did not finish", "SELECT count(*) FROM game_players p JOIN games g ON g.id = p.game_id WHERE (g.status = 'completed') <> (role IS NOT NULL) OR (role IS NULL) <> (reward IS NULL)");
    add(arena, "some games failed and some are stuck", "SELECT count(*) NOT IN (2) FROM (SELECT DISTINCT status FROM games WHERE status <> 'completed')");
    add(arena, "the winner stands in the game's own summary", "SELECT count(*) FROM games g, json_each(game_info) e WHERE instr(json_extract(e.value, '$.reason'), CASE winning_team WHEN 'Mafia' THEN 'Mafia wins!' ELSE 'Village wins!' END) = 0");
    add(arena, "the summary names the roles of the players", "SELECT count(*) FROM games g, json_each(game_info) e JOIN game_players p ON p.game_id = g.id AND p.player_index = CAST(e.key AS INTEGER) WHERE p.role <> json_extract(e.value, '$.role')");
    add(arena, "turns count from 1 without gap", "SELECT count(*) FROM (SELECT game_id, max(turn_number) m, min(turn_number) l, count(*) c FROM game_turns GROUP BY 1) t JOIN games g ON g.id = game_id WHERE l <> 1 OR m <> c OR m <> total_turns");
    add(arena, "who is gone stays silent", "SELECT count(*) FROM game_turns t JOIN game_turns u ON u.game_id = t.game_id AND u.turn_number >= t.turn_number WHERE instr(t.observation, 'Player ' || u.player_index || ' was killed') > 0 OR instr(t.observation, 'Player ' || u.player_index || ' was eliminated') > 0");
    add(arena, "players are told who was killed and eliminated", "SELECT count(*) = 0 FROM game_turns WHERE instr(observation, ' was killed') > 0 AND instr(observation, ' was eliminated') = 0");
    add(arena, "every turn has one to six calls", "SELECT count(*) FROM game_turns t WHERE (SELECT count(*) FROM llm_calls c WHERE c.game_turn_id = t.id) NOT BETWEEN 1 AND 6");
    add(arena, "once a raw answer counts after six calls", "SELECT count(*) = 0 FROM game_turns t WHERE (SELECT count(*) FROM llm_calls c WHERE c.game_turn_id = t.id) = 6");
    add(arena, "the public text stands in the last answer", "SELECT count(*) FROM game_turns t JOIN llm_calls c ON c.id = (SELECT max(id) FROM llm_calls d WHERE d.game_turn_id = t.id) WHERE instr(json_extract(response, '$.choices[0].message.content'), t.action) = 0");
    add(arena, "the prompt of the agent is the first message", "SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index JOIN agents a ON a.id = p.agent_id JOIN prompts q ON q.id = a.prompt_id WHERE json_extract(messages, '$[0].content') <> q.content OR json_extract(messages, '$[1].content') <> json_extract(t.observation, '$.text')");
    add(arena, "the model is that of the agent", "SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index JOIN agents a ON a.id = p.agent_id JOIN models m ON m.id = a.model_id WHERE c.model <> m.litellm_model_name OR json_extract(response, '$.model') <> c.model");
    add(arena, "token counts agree", "SELECT count(*) FROM llm_calls WHERE json_extract(response, '$.usage.completion_tokens') <> response_tokens OR json_extract(response, '$.usage.total_tokens') <> total_tokens_consumed OR json_extract(response, '$.usage.prompt_tokens') + response_tokens <> total_tokens_consumed");
    add(arena, "times are in order", "SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id JOIN games g ON g.id = t.game_id WHERE request_sent_at < g.started_at OR response_received_at > t.timestamp OR t.timestamp > coalesce(g.finished_at, t.timestamp)");
    add(arena, "games start one after the other", "SELECT count(*) FROM (SELECT started_at, lag(started_at) OVER (ORDER BY id) before FROM games) WHERE started_at <= before");
    add(arena, "turns follow each other in time", "SELECT count(*) FROM (SELECT timestamp, lag(timestamp) OVER (PARTITION BY game_id ORDER BY turn_number) before FROM game_turns) WHERE timestamp < before");
    add(arena, "JSON is valid", "SELECT (SELECT count(*) FROM game_turns WHERE NOT json_valid(observation) OR NOT json_valid(step_info)) + (SELECT count(*) FROM llm_calls WHERE NOT json_valid(messages) OR NOT json_valid(response))");
    add(arena, "JSON is pure ASCII, with accents escaped", "SELECT (SELECT count(*) FROM llm_calls WHERE length(messages) <> length(CAST(messages AS BLOB)) OR length(response) <> length(CAST(response AS BLOB))) + (SELECT count(*) = 0 FROM llm_calls WHERE instr(messages, '\\u00e0') > 0)");
    add(arena, "rated agents have played", "SELECT count(*) FROM agent_trueskill r WHERE NOT EXISTS (SELECT 1 FROM game_players p JOIN games g ON g.id = p.game_id WHERE p.agent_id = r.agent_id AND status = 'completed')");
    add(arena, "prompts are forks of earlier ones", "SELECT count(*) FROM prompts WHERE forked_from >= id");
    add(arena, "votes show in what the others see", "SELECT count(*) = 0 FROM game_turns WHERE instr(observation, '] votes for Player ') > 0");

    const char *consensus = "consensus-engine";
    add(consensus, "rounds of a discussion are numbered without gap", "SELECT count(*) FROM (SELECT discussion_id, min(round_number) l, max(round_number) h, count(*) c FROM rounds GROUP BY 1) WHERE l <> 1 OR h <> c");
    add(consensus, "confidence is between 0 and 1 and the text says the same", "SELECT count(*) FROM model_responses WHERE confidence_score NOT BETWEEN 0 AND 1 OR (confidence_score > 0 AND instr(response_text, 'CONFIDENCE: ' || printf('%.2f', confidence_score)) = 0)");
    add(consensus, "the consensus is an answer of the last round", "SELECT count(*) FROM discussions d WHERE consensus_reached AND NOT EXISTS (SELECT 1 FROM rounds r JOIN model_responses m ON m.round_id = r.id WHERE r.discussion_id = d.id AND r.round_number = (SELECT max(round_number) FROM rounds WHERE discussion_id = d.id) AND m.response_text = d.final_consensus)");
    add(consensus, "no consensus without being reached", "SELECT count(*) FROM discussions WHERE (final_consensus IS NOT NULL) <> consensus_reached OR (consensus_reached AND completed_at IS NULL)");
    add(consensus, "reached, not reached and unfinished all occur", "SELECT count(*) <> 3 FROM (SELECT DISTINCT consensus_reached, completed_at IS NULL FROM discussions)");
    add(consensus, "confidence grows to the end where consensus is reached", "SELECT count(*) FROM discussions d WHERE consensus_reached AND (SELECT avg(confidence_score) FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = d.id AND round_number = 1) >= (SELECT avg(confidence_score) FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = d.id AND round_number = (SELECT max(round_number) FROM rounds WHERE discussion_id = d.id))");
    add(consensus, "a round with a missing answer occurs", "SELECT count(*) = 0 FROM (SELECT r.discussion_id, count(m.id) c FROM rounds r LEFT JOIN model_responses m ON m.round_id = r.id GROUP BY r.id) x JOIN (SELECT discussion_id, max(c) h FROM (SELECT r.discussion_id, count(m.id) c FROM rounds r LEFT JOIN model_responses m ON m.round_id = r.id GROUP BY r.id) GROUP BY 1) y USING (discussion_id) WHERE c < h");
    add(consensus, "times are in order", "SELECT count(*) FROM model_responses m JOIN rounds r ON r.id = m.round_id JOIN discussions d ON d.id = r.discussion_id WHERE d.started_at > r.started_at OR r.started_at > m.created_at OR m.created_at > coalesce(r.completed_at, m.created_at) OR r.completed_at > coalesce(d.completed_at, r.completed_at)");
    add(consensus, "times have six digits after the second", "SELECT count(*) FROM discussions WHERE started_at NOT LIKE '____-__-__ __:__:__.______'");

    const char *quorum = "quorum";
    add(quorum, "citations stand at their offsets", "SELECT count(*) FROM message_citations c JOIN messages m ON m.id = c.message_id WHERE substr(m.content, start_position + 1, end_position - start_position) <> citation_text OR NOT has_citations");
    add(quorum, "flags say what there is", "SELECT count(*) FROM conversations c WHERE has_contradictions <> EXISTS (SELECT 1 FROM contradictions x WHERE x.conversation_id = c.id) OR has_loops <> EXISTS (SELECT 1 FROM conversation_loops x WHERE x.conversation_id = c.id)");
    add(quorum, "resolved things have a time, others none", "SELECT (SELECT count(*) FROM contradictions WHERE resolved <> (resolved_at IS NOT NULL) OR resolved_at < detected_at) + (SELECT count(*) FROM conversation_loops WHERE (intervention_status = 'RESOLVED') <> (resolved_at IS NOT NULL))");
    add(quorum, "contradictions quote their messages", "SELECT count(*) FROM contradictions c JOIN messages a ON a.id = message_1_id JOIN messages b ON b.id = message_2_id WHERE instr(a.content, statement_1) = 0 OR instr(b.content, statement_2) = 0 OR a.sequence_number >= b.sequence_number OR a.agent_name <> b.agent_name");
    add(quorum, "contradicting messages are similar", "SELECT count(*) FROM contradictions WHERE semantic_similarity < 0.85");
    add(quorum, "loops repeat inside one conversation", "SELECT count(*) FROM conversation_loops l JOIN messages a ON a.id = first_occurrence_message_id JOIN messages b ON b.id = last_occurrence_message_id WHERE a.conversation_id <> l.conversation_id OR b.conversation_id <> l.conversation_id OR b.sequence_number - a.sequence_number + 1 <> loop_size * repetition_count");
    add(quorum, "health is that of the last assessment", "SELECT count(*) FROM conversations c WHERE current_health_score <> (SELECT health_score FROM conversation_quality q WHERE q.conversation_id = c.id ORDER BY message_count DESC LIMIT 1)");
    add(quorum, "health rises and falls", "SELECT count(*) < 8 FROM (SELECT max(health_score) - min(health_score) d FROM conversation_quality GROUP BY conversation_id) WHERE d > 15");
    add(quorum, "health is the weighted sum", "SELECT count(*) FROM conversation_quality WHERE abs(health_score - 0.4 * coherence_score - 0.3 * json_extract(analysis_metadata, '$.progress_score') - 0.3 * json_extract(analysis_metadata, '$.productivity_score')) > 0.02");
    add(quorum, "every message has one embedding of 1,536 numbers", "SELECT count(*) FROM messages m LEFT JOIN message_embeddings e ON e.message_id = m.id WHERE json_array_length(e.embedding) IS NOT 1536");
    add(quorum, "keys are what the service makes", "SELECT (SELECT count(*) FROM conversations WHERE id NOT LIKE 'debate_v2_____________') + (SELECT count(*) FROM messages WHERE id NOT LIKE 'msg_____________')");

    const char *orchestration = "llm-orchestration";
    add(orchestration, "every payload has its response block", "SELECT count(*) FROM payloads p WHERE (SELECT count(*) FROM blocks b WHERE b.tags = 'response,payload_' || p.id AND b.title = p.name || ' - response' AND folder_path = 'Responses') <> 1");
    add(orchestration, "response tags name payloads that exist", "SELECT count(*) FROM blocks WHERE tags LIKE 'response,payload\\_%' ESCAPE '\\' AND CAST(substr(tags, 18) AS INTEGER) NOT IN (SELECT id FROM payloads)");
    add(orchestration, "references in blocks name payloads that exist", "SELECT count(*) FROM blocks WHERE instr(content, '{{') > 0 AND substr(content, instr(content, '{{') + 2, instr(content, '}}') - instr(content, '{{') - 2) NOT IN (SELECT name FROM payloads)");
    add(orchestration, "references occur", "SELECT count(*) = 0 FROM blocks WHERE instr(content, '{{') > 0");
    add(orchestration, "order counts from 0", "SELECT count(*) FROM (SELECT payload_id, max(order_index) h, min(order_index) l, count(*) c FROM payload_blocks GROUP BY 1) WHERE l <> 0 OR h <> c - 1");
    add(orchestration, "both spellings of a running run occur", "SELECT count(DISTINCT status) <> 2 FROM runs WHERE completed_at IS NULL AND status IN ('running', 'IN_PROGRESS')");
    add(orchestration, "failures occur with and without a reason", "SELECT count(DISTINCT metadata IS NULL) <> 2 FROM runs WHERE status = 'failed'");
    add(orchestration, "models are JSON within JSON", "SELECT count(*) FROM runs WHERE metadata IS NOT NULL AND completed_at IS NOT NULL AND (json_type(metadata, '$.models') <> 'text' OR NOT json_valid(json_extract(metadata, '$.models')))");
    add(orchestration, "metadata is valid", "SELECT (SELECT count(*) FROM runs WHERE metadata IS NOT NULL AND NOT json_valid(metadata)) + (SELECT count(*) FROM responses WHERE NOT json_valid(metadata))");
    add(orchestration, "completed runs answer each step", "SELECT count(*) FROM runs r WHERE status = 'completed' AND (SELECT count(*) FROM responses a WHERE a.run_id = r.id) <> (SELECT count(*) FROM workflow_payloads w WHERE w.workflow_id = r.workflow_id)");
    add(orchestration, "times are in order and whole seconds", "SELECT count(*) FROM responses a JOIN runs r ON r.id = a.run_id WHERE a.created_at < r.started_at OR a.created_at > coalesce(r.completed_at, a.created_at) OR r.started_at NOT LIKE '____-__-__ __:__:__'");
    add(orchestration, "titles are unique in their folder", "SELECT count(*) FROM (SELECT 1 FROM blocks GROUP BY folder_path, title HAVING count(*) > 1)");

    const char *persona = "project-2501";
    add(persona, "templates name modules that exist",
        "WITH RECURSIVE refs(p, rest, name) AS (SELECT id, template, NULL FROM personas UNION ALL SELECT p, substr(rest, instr(rest, '@') + 1), substr(rest, instr(rest, '@') + 1, coalesce(nullif(instr(substr(rest, instr(rest, '@') + 1), char(10)), 0), 100) - 1) FROM refs WHERE instr(rest, '@') > 0) SELECT count(*) FROM refs WHERE name IS NOT NULL AND name NOT IN (SELECT name FROM modules)");
    add(persona, "every template names modules", "SELECT count(*) FROM personas WHERE instr(template, '@') = 0");
    add(persona, "only autonomous personas have a frequency", "SELECT count(*) FROM personas WHERE (mode = 'autonomous') <> (loop_frequency IS NOT NULL) OR mode NOT IN ('reactive', 'autonomous')");
    add(persona, "roles and types are upper case", "SELECT (SELECT count(*) FROM messages WHERE role NOT IN ('USER', 'ASSISTANT')) + (SELECT count(*) FROM modules WHERE type NOT IN ('SIMPLE', 'ADVANCED') OR execution_context NOT IN ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND'))");
    add(persona, "module names fit the rule", "SELECT count(*) FROM modules WHERE name GLOB '*[^a-z0-9_]*' OR length(name) > 50 OR name NOT GLOB '[a-z]*'");
    add(persona, "names are unique", "SELECT (SELECT count(*) - count(DISTINCT name) FROM modules) + (SELECT count(*) - count(DISTINCT name) FROM personas)");
    add(persona, "modules that call the model say so", "SELECT count(*) FROM modules WHERE requires_ai_inference <> (instr(coalesce(script, ''), 'ctx.generate') > 0 OR instr(coalesce(script, ''), 'ctx.reflect') > 0)");
    add(persona, "importance is between 0 and 1 and embeddings are complete", "SELECT count(*) FROM conversation_memory WHERE importance NOT BETWEEN 0 AND 1 OR json_array_length(embedding) <> 1536 OR last_accessed < created_at");
    add(persona, "memories begin in their own conversation", "SELECT count(*) FROM conversation_memory y JOIN messages m ON m.id = y.first_message_id WHERE m.conversation_id <> y.conversation_id");
    add(persona, "state values are JSON", "SELECT count(*) FROM conversation_states WHERE NOT json_valid(state_value)");
    add(persona, "states belong to the persona of their conversation", "SELECT count(*) FROM conversation_states s JOIN conversations c ON c.id = s.conversation_id WHERE s.persona_id <> c.persona_id");
    add(persona, "thinking occurs, in answers only", "SELECT (SELECT count(*) FROM messages WHERE thinking IS NOT NULL AND role <> 'ASSISTANT') + (SELECT count(*) = 0 FROM messages WHERE thinking IS NOT NULL)");
}

void TestDemoRules::noRowBreaksARule()
{
    QFETCH(QString, system);
    QFETCH(QString, sql);
    QCOMPARE(sqlValue(pathOf(system), sql), u"0"_s);
}

void TestDemoRules::ratingsFollowTheHiddenSkills()
{
    const auto texts = DemoTexts::load(DemoMapping::load(u"mindgames-arena"_s)->texts());
    QVERIFY(texts);
    ArenaSimulator simulator(*texts, {3, 100});
    const std::vector<DemoStream> &streams = simulator.streams();
    RatingSink sink(static_cast<int>(std::find_if(streams.begin(), streams.end(), [](const DemoStream &stream) { return stream.name == "rating"; }) - streams.begin()));
    simulator.run(sink);
    std::vector<double> hidden;
    std::vector<double> found;
    for (const auto &[agent, mu] : sink.ratings) {
        hidden.push_back(simulator.hiddenSkills()[static_cast<std::size_t>(agent - 1)]);
        found.push_back(mu);
    }
    QVERIFY(found.size() > 200);
    const std::vector<double> a = ranksOf(hidden);
    const std::vector<double> b = ranksOf(found);
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    const double n = static_cast<double>(a.size());
    const double correlation = 1 - 6 * squares / (n * (n * n - 1));
    qInfo("rank correlation of %d agents: %.3f", static_cast<int>(a.size()), correlation);
    QVERIFY(correlation > 0.8);
}

void TestDemoRules::relatedTextsLieClose()
{
    const auto of = [](const char *text, const char *subject) { return TextEmbedding::of(text, subject); };
    const auto trains = of("Hourly trains after midnight carry nine passengers.", "railway");
    const auto sameTrains = of("After midnight the hourly train carries nine passengers!", "railway");
    const auto otherTrains = of("The signal box is not staffed at night.", "railway");
    const auto soup = of("Celeriac soup wants brown butter and patience.", "kitchen");
    QVERIFY(TextEmbedding::cosine(trains, trains) > 0.999);
    QVERIFY(TextEmbedding::cosine(trains, sameTrains) > 0.95);
    QVERIFY(TextEmbedding::cosine(trains, sameTrains) > TextEmbedding::cosine(trains, otherTrains) + 0.2);
    QVERIFY(TextEmbedding::cosine(trains, otherTrains) > TextEmbedding::cosine(trains, soup) + 0.15);
    QVERIFY(TextEmbedding::cosine(trains, otherTrains) < 0.6); // no near-duplicates
    QVERIFY(std::abs(TextEmbedding::cosine(trains, soup)) < 0.15);
}

QTEST_GUILESS_MAIN(TestDemoRules)
#include "tst_demorules.moc"
