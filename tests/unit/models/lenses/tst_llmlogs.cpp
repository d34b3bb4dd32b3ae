// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/assembly.h"
#include "models/lenses/totals.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

// The schema of the tool's documentation, as far as it concerns conversations; the demo files of both generations are made here.
const QString legacySchema = uR"(
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE schemas (id TEXT PRIMARY KEY, content TEXT);
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT,
  conversation_id TEXT REFERENCES conversations(id), duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT,
  schema_id TEXT REFERENCES schemas(id), resolved_model TEXT);
CREATE VIRTUAL TABLE responses_fts USING FTS5 (prompt, response, content=responses);
CREATE TABLE tools (id INTEGER PRIMARY KEY, hash TEXT, name TEXT, description TEXT, input_schema TEXT, plugin TEXT);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT REFERENCES responses(id), tool_id INTEGER REFERENCES tools(id), name TEXT, arguments TEXT, tool_call_id TEXT);
INSERT INTO conversations VALUES ('01c', 'Names for birds', 'gpt-4o-mini');
INSERT INTO responses(id, model, prompt, system, options_json, response, conversation_id, duration_ms, datetime_utc, input_tokens, output_tokens) VALUES
 ('01r1', 'gpt-4o-mini', 'A name for a pelican?', 'Be brief.', '{}', '**Percy**.', '01c', 812, '2025-03-01T10:00:00.123456+00:00', 12, 4),
 ('01r2', 'gpt-4o-mini', 'And for a walrus?', NULL, '{}', 'Wallace.', '01c', 640, '2025-03-01T10:00:09.000000+00:00', 30, 3);
)"_s;

const QString storeSchema = uR"(
CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT REFERENCES messages(hash), role TEXT, provider_metadata TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT REFERENCES messages(hash), position INTEGER, type TEXT, tool_name TEXT, text TEXT, payload TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT REFERENCES messages(hash), forked_from TEXT REFERENCES threads(id), datetime_utc TEXT);
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT REFERENCES threads(id), parent_message_hash TEXT REFERENCES messages(hash), tip_message_hash TEXT REFERENCES messages(hash),
  model TEXT, resolved_model TEXT, options_json TEXT, schema_id TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER, datetime_utc TEXT, response_json TEXT);
INSERT INTO messages VALUES ('b2:1', NULL, 'user', NULL), ('b2:2', 'b2:1', 'assistant', NULL), ('b2:3', 'b2:2', 'user', NULL), ('b2:4', 'b2:3', 'assistant', NULL), ('b2:5', 'b2:2', 'user', NULL);
INSERT INTO parts(message_hash, position, type, text) VALUES ('b2:4', 1, 'text', 'Wallace it is.'), ('b2:4', 0, 'reasoning', 'Walrus, W.'), ('b2:3', 0, 'text', 'And for a walrus?'),
 ('b2:2', 0, 'text', 'Percy.'), ('b2:1', 0, 'text', 'A name for a pelican?'), ('b2:5', 0, 'text', 'Another branch');
INSERT INTO threads VALUES ('01t', 'Names', 'b2:4', NULL, '2026-03-01T10:00:00+00:00'), ('01u', 'Fork', 'b2:5', '01t', '2026-03-02T10:00:00+00:00');
INSERT INTO turns(id, thread_id, parent_message_hash, tip_message_hash, model, input_tokens, output_tokens, duration_ms, datetime_utc) VALUES
 ('01x', '01t', 'b2:1', 'b2:2', 'scripted', 10, 2, 500, '2026-03-01T10:00:00+00:00'), ('01y', '01t', 'b2:3', 'b2:4', 'scripted', 20, 5, 700, '2026-03-01T10:00:09+00:00');
)"_s;

QStringList saidIn(const LensDatabase &database, const QString &table, const RowKey &key)
{
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, table);
    if (!lens)
        return {u"no lens"_s};
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> transcript = reader.read(key);
    if (!transcript)
        return {transcript.error().message + transcript.error().detail};
    QStringList lines;
    const Result<> read = reader.forEachBody(*transcript, [&](int entry, const TranscriptBody &body) {
        lines.append(transcript->speakers[static_cast<std::size_t>(transcript->entries[static_cast<std::size_t>(entry)].speaker)].name + u": "_s + body.text);
        return true;
    });
    return read ? lines : QStringList{read.error().message};
}

} // namespace

/// A sixth application, known by its profile alone.
class tst_LlmLogs : public QObject
{
    Q_OBJECT

private slots:
    void theOldGenerationIsReadAsQuestionAndAnswer();
    void theMessageStoreIsReadAlongItsChain();
    void aChainThatRunsInACircleEnds();
    void bothGenerationsInOneFile();
    void theTreeHoldsBoth();
    void totalsNeedNoMoreThanTheProfile();
};

void tst_LlmLogs::theOldGenerationIsReadAsQuestionAndAnswer()
{
    const LensDatabase database(QStringList{legacySchema});
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    QCOMPARE(database.system->context.profile->profileId, u"llm-logs"_s);
    QCOMPARE(database.system->context.profile->variantId, u"responses"_s);
    QCOMPARE(saidIn(database, u"conversations"_s, {Value::text(u"01c"_s)}),
             QStringList({u"user: A name for a pelican?"_s, u"gpt-4o-mini: **Percy**."_s, u"user: And for a walrus?"_s, u"gpt-4o-mini: Wallace."_s}));
}

void tst_LlmLogs::theMessageStoreIsReadAlongItsChain()
{
    const LensDatabase database(QStringList{legacySchema, storeSchema});
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    QCOMPARE(database.system->context.profile->variantId, u"message-store"_s);
    QCOMPARE(saidIn(database, u"threads"_s, {Value::text(u"01t"_s)}),
             QStringList({u"user: A name for a pelican?"_s, u"assistant: Percy."_s, u"user: And for a walrus?"_s, u"assistant: Walrus, W."_s, u"assistant: Wallace it is."_s}));
    // A fork shares what was said before it.
    QCOMPARE(saidIn(database, u"threads"_s, {Value::text(u"01u"_s)}), QStringList({u"user: A name for a pelican?"_s, u"assistant: Percy."_s, u"user: Another branch"_s}));
}

void tst_LlmLogs::aChainThatRunsInACircleEnds()
{
    const LensDatabase database(QStringList{legacySchema, storeSchema, u"UPDATE messages SET parent_hash = 'b2:2' WHERE hash = 'b2:1';"_s});
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    QVERIFY(saidIn(database, u"threads"_s, {Value::text(u"01u"_s)}).size() >= 3);
}

void tst_LlmLogs::bothGenerationsInOneFile()
{
    const LensDatabase database(QStringList{legacySchema, storeSchema});
    QCOMPARE(saidIn(database, u"conversations"_s, {Value::text(u"01c"_s)}).size(), 4);
}

void tst_LlmLogs::theTreeHoldsBoth()
{
    const LensDatabase database(QStringList{legacySchema, storeSchema});
    Hierarchy hierarchy(*database.connection, database.system->context.catalog, database.system->context.profile);
    const auto roots = hierarchy.roots();
    QVERIFY(roots);
    QStringList ids;
    for (const TreeGroupInfo &root : *roots)
        ids.append(root.id);
    QVERIFY(ids.contains(u"threads"_s) && ids.contains(u"conversations"_s) && ids.contains(u"tools"_s));
    const Result<TreePath> path = hierarchy.pathTo(u"responses"_s, {Value::text(u"01r2"_s)});
    QVERIFY(path);
    QCOMPARE(path->toString(), u"conversations/01c/responses/01r2"_s);
    QCOMPARE(hierarchy.node(*path)->label, u"And for a walrus?"_s);
}

void tst_LlmLogs::totalsNeedNoMoreThanTheProfile()
{
    const LensDatabase database(QStringList{legacySchema, storeSchema});
    const Result<Totals> conversation = readTotals(database.scope(), u"conversations"_s, {Value::text(u"01c"_s)}, PriceList::merged(PriceList({{u"gpt-4o-mini"_s, {}, 1, 10}}), {}));
    QVERIFY2(conversation, conversation ? "" : qPrintable(conversation.error().message + conversation.error().detail));
    QCOMPARE(*conversation->all.tokensIn, 42.0);
    QCOMPARE(*conversation->all.tokensOut, 7.0);
    QCOMPARE(*conversation->all.cost, (42.0 + 70.0) / 1e6);
    const Result<Totals> thread = readTotals(database.scope(), u"threads"_s, {Value::text(u"01t"_s)}, {});
    QVERIFY(thread);
    QCOMPARE(*thread->all.tokens, 37.0);
    QCOMPARE(*thread->all.latencyMs, 1200.0);
    QVERIFY(!thread->all.cost);
}

QTEST_GUILESS_MAIN(tst_LlmLogs)
#include "tst_llmlogs.moc"
