// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/series.h"
#include "models/lenses/transcript.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// What is read is what is stored, for any system: the tables' names are the variant's own.
struct Expectation
{
    QString system, variant;
    QString record, entries, count, firstText;
};

const std::vector<Expectation> &expectations()
{
    static const std::vector<Expectation> all{
        {u"mindgames-arena"_s, {}, u"games"_s, u"game_turns"_s, u"SELECT count(*) FROM game_turns WHERE game_id = 1"_s, u"SELECT action FROM game_turns WHERE game_id = 1 ORDER BY turn_number LIMIT 1"_s},
        {u"mindgames-arena"_s, u"early"_s, u"games"_s, u"game_turns"_s, u"SELECT count(*) FROM game_turns WHERE game_id = 1"_s, u"SELECT action FROM game_turns WHERE game_id = 1 ORDER BY turn_number LIMIT 1"_s},
        {u"mindgames-arena"_s, u"legacy"_s, u"games"_s, u"game_actions"_s, u"SELECT count(*) FROM game_actions WHERE game_id = (SELECT id FROM games ORDER BY id LIMIT 1)"_s,
         u"SELECT parsed_action FROM game_actions WHERE game_id = (SELECT id FROM games ORDER BY id LIMIT 1) ORDER BY turn_number LIMIT 1"_s},
        {u"consensus-engine"_s, {}, u"discussions"_s, u"model_responses"_s,
         u"SELECT count(*) FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions)"_s,
         u"SELECT m.response_text FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions) ORDER BY r.round_number, m.id LIMIT 1"_s},
        {u"consensus-engine"_s, u"shipped"_s, u"discussions"_s, u"llm_responses"_s,
         u"SELECT count(*) FROM llm_responses m JOIN discussion_rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions)"_s,
         u"SELECT m.response_text FROM llm_responses m JOIN discussion_rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions) ORDER BY r.round_number, m.id LIMIT 1"_s},
        {u"quorum"_s, {}, u"conversations"_s, u"messages"_s, u"SELECT count(*) FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations)"_s,
         u"SELECT content FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations) ORDER BY sequence_number LIMIT 1"_s},
        {u"llm-orchestration"_s, {}, u"runs"_s, u"responses"_s, u"SELECT count(*) FROM responses WHERE run_id = (SELECT min(id) FROM runs)"_s,
         u"SELECT content FROM responses WHERE run_id = (SELECT min(id) FROM runs) ORDER BY created_at, id LIMIT 1"_s},
        {u"llm-orchestration"_s, u"run-responses"_s, u"runs"_s, u"run_responses"_s, u"SELECT count(*) FROM run_responses WHERE run_id = (SELECT min(id) FROM runs)"_s,
         u"SELECT response_content FROM run_responses WHERE run_id = (SELECT min(id) FROM runs) ORDER BY created_at, id LIMIT 1"_s},
        {u"project-2501"_s, {}, u"conversations"_s, u"messages"_s, u"SELECT count(*) FROM messages WHERE conversation_id = (SELECT id FROM conversations ORDER BY id LIMIT 1)"_s,
         u"SELECT content FROM messages WHERE conversation_id = (SELECT id FROM conversations ORDER BY id LIMIT 1) ORDER BY created_at, id LIMIT 1"_s},
    };
    return all;
}

void addExpectations()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(expectations().size()); ++i)
        QTest::newRow(qPrintable(expectations()[static_cast<std::size_t>(i)].system + u' ' + expectations()[static_cast<std::size_t>(i)].variant)) << i;
}

} // namespace

class tst_Transcript : public QObject
{
    Q_OBJECT

private slots:
    void whatIsReadIsWhatIsStored_data() { addExpectations(); }
    void whatIsReadIsWhatIsStored();
    void everyVariantOnPostgreSql_data();
    void everyVariantOnPostgreSql();
    void aGameHasRolesDaysVotesAndCalls();
    void roundsAreChaptersEvenThoseNobodyAnswered();
    void citationsStandAtTheirOffsets();
    void offsetsThatMissFallBackToTheWords();
    void findingIsWithoutRegardToCaseInEveryPart();
    void aRowOfTheEntriesLeadsToItsRecord();
    void theMarkdownHoldsEverySpeakerAndChapter();
    void scoresArePlacedAtTheirEntries();
    void aMissingRecordIsSaid();
    void commonFactsOfAllPlayersAreSaidOnce();
};

void tst_Transcript::whatIsReadIsWhatIsStored()
{
    QFETCH(int, index);
    const Expectation &expected = expectations()[static_cast<std::size_t>(index)];
    const LensDatabase database(expected.system, expected.variant);
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, expected.record);
    QVERIFY(lens);
    QCOMPARE(lens->entries.table, expected.entries);
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> transcript = reader.read(database.firstKey(expected.record));
    QVERIFY2(transcript, transcript ? "" : qPrintable(transcript.error().message + transcript.error().detail));
    QCOMPARE(QString::number(transcript->entries.size()), database.text(expected.count));
    QVERIFY(!transcript->entries.empty());
    QVERIFY(!transcript->speakers.empty());
    const Result<std::vector<TranscriptBody>> bodies = reader.bodies(*transcript, {0});
    QVERIFY(bodies);
    QCOMPARE((*bodies)[0].text, database.text(expected.firstText));
    int count = 0;
    QVERIFY(reader.forEachBody(*transcript, [&](int entry, const TranscriptBody &body) {
        const TranscriptEntry &of = transcript->entries[static_cast<std::size_t>(entry)];
        if (entry == count++ && of.length == static_cast<qint64>(body.text.toUcs4().size()) && body.text.startsWith(of.start.left(40)))
            return true;
        qWarning("entry %d is not what its outline says", entry);
        count = -1;
        return false;
    }));
    QCOMPARE(count, static_cast<int>(transcript->entries.size()));
}

void tst_Transcript::everyVariantOnPostgreSql_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("record");
    QTest::newRow("arena") << u"mindgames-arena"_s << QString() << u"games"_s;
    QTest::newRow("arena early") << u"mindgames-arena"_s << u"early"_s << u"games"_s;
    QTest::newRow("consensus") << u"consensus-engine"_s << QString() << u"discussions"_s;
    QTest::newRow("orchestration") << u"llm-orchestration"_s << QString() << u"runs"_s;
    QTest::newRow("quorum orm") << u"quorum"_s << u"orm"_s << u"conversations"_s;
    QTest::newRow("2501 init-db") << u"project-2501"_s << u"init-db"_s << u"conversations"_s;
    QTest::newRow("2501 create-all") << u"project-2501"_s << u"create-all"_s << u"conversations"_s;
    QTest::newRow("2501 grown") << u"project-2501"_s << u"grown"_s << u"conversations"_s;
}

void tst_Transcript::everyVariantOnPostgreSql()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    QFETCH(QString, record);
    const TestDatabase server(system == u"quorum" ? "TURNSTONE_TEST_PGVECTOR_URL" : "TURNSTONE_TEST_PG_URL");
    REQUIRE_DATABASE(server);
    const LensDatabase database(server, system, variant);
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, record);
    QVERIFY(lens);
    TranscriptReader reader(database.scope(), *lens);
    const RowKey key = database.firstKey(record);
    const Result<Transcript> transcript = reader.read(key);
    QVERIFY2(transcript, transcript ? "" : qPrintable(transcript.error().message + transcript.error().detail));
    QVERIFY(!transcript->entries.empty());
    QVERIFY(transcript->entries.front().time);
    const Result<std::vector<TranscriptBody>> bodies = reader.bodies(*transcript, {0, static_cast<int>(transcript->entries.size()) - 1});
    QVERIFY2(bodies, bodies ? "" : qPrintable(bodies.error().message + bodies.error().detail));
    QVERIFY(!(*bodies)[0].text.isEmpty());
    QVERIFY(readSeries(database.scope(), *lens, *transcript, key));
}

void tst_Transcript::aGameHasRolesDaysVotesAndCalls()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"games"_s);
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> game = reader.read({Value::integer(12)});
    QVERIFY(game);
    QCOMPARE(game->speakers.size(), 6U);
    QCOMPARE(game->speakers[1].role, u"Mafia"_s);
    QCOMPARE(game->speakers[1].name, database.text(u"SELECT a.alias FROM game_players p JOIN agents a ON a.id = p.agent_id WHERE p.game_id = 12 AND p.player_index = 1"_s));
    QStringList chapters;
    QStringList dead;
    int votes = 0;
    for (const TranscriptEvent &event : game->events) {
        if (event.kind == TranscriptLens::Event::Kind::Chapter)
            chapters.append(event.title);
        else if (event.kind == TranscriptLens::Event::Kind::Elimination)
            dead.append(event.title);
        else if (event.kind == TranscriptLens::Event::Kind::Vote)
            ++votes;
    }
    QCOMPARE(chapters.mid(0, 3), QStringList({u"Night 1"_s, u"Day 1"_s, u"Night 2"_s}));
    QCOMPARE(dead.value(0), u"Player 2 was killed during the night"_s);
    QCOMPARE(dead.value(1), u"Player 1 was eliminated by vote"_s);
    QVERIFY(votes >= 5);
    std::size_t calls = 0;
    for (const TranscriptEntry &entry : game->entries)
        calls += entry.calls.size();
    QCOMPARE(QString::number(calls), database.text(u"SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 12"_s));
    QVERIFY(game->entries[0].latencyMs);
    QCOMPARE(game->facts.back().isOpening, false);
    QVERIFY2(game->facts.back().text.contains(u"reason: "), qPrintable(game->facts.back().text));
}

void tst_Transcript::roundsAreChaptersEvenThoseNobodyAnswered()
{
    const LensDatabase database(u"consensus-engine"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"discussions"_s);
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> discussion = reader.read(database.firstKey(u"discussions"_s));
    QVERIFY(discussion);
    QCOMPARE(QString::number(discussion->chapters.size()), database.text(u"SELECT count(*) FROM rounds WHERE discussion_id = (SELECT min(id) FROM discussions)"_s));
    QCOMPARE(discussion->chapters[0].firstEntry, 0);
    for (const TranscriptEntry &entry : discussion->entries)
        QVERIFY(entry.chapter >= 0);
    QCOMPARE(discussion->facts.front().text, database.text(u"SELECT prompt FROM discussions ORDER BY id LIMIT 1"_s));
    QVERIFY(discussion->facts.front().isOpening);

    const LensDatabase silent(QStringList{schemaOfSystem(u"consensus-engine"_s, u"sqlite"_s), u"INSERT INTO discussions(id, prompt, started_at) VALUES (1, 'Why?', '2025-01-01 00:00:00');"_s,
                                          u"INSERT INTO rounds(id, discussion_id, round_number, round_type, prompt) VALUES (1, 1, 1, 'INITIAL', 'Why?'), (2, 1, 2, 'REFINE', 'Why?');"_s,
                                          u"INSERT INTO model_responses(id, round_id, model_name, response_text) VALUES (1, 2, 'm', 'Because.');"_s});
    QVERIFY2(silent.problem.isEmpty(), qPrintable(silent.problem));
    const std::optional<TranscriptLens> again = transcriptFor(*silent.system->context.profile, u"discussions"_s);
    const Result<Transcript> quiet = TranscriptReader(silent.scope(), *again).read({Value::integer(1)});
    QVERIFY2(quiet, quiet ? "" : qPrintable(quiet.error().message + quiet.error().detail));
    QCOMPARE(quiet->chapters.size(), 2U);
    QCOMPARE(quiet->chapters[0].firstEntry, 0);
    QCOMPARE(quiet->chapters[1].firstEntry, 0); // nothing stands in the first
}

void tst_Transcript::citationsStandAtTheirOffsets()
{
    const LensDatabase database(u"quorum"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"conversations"_s);
    TranscriptReader reader(database.scope(), *lens);
    const QString conversation = database.text(u"SELECT m.conversation_id FROM message_citations c JOIN messages m ON m.id = c.message_id ORDER BY c.id LIMIT 1"_s);
    const Result<Transcript> transcript = reader.read({Value::text(conversation)});
    QVERIFY(transcript);
    int cited = 0;
    QVERIFY(reader.forEachBody(*transcript, [&](int, const TranscriptBody &body) {
        for (const TranscriptCitation &citation : body.citations) {
            cited += body.text.mid(citation.start, citation.length) == citation.text ? 1 : 0;
            if (!citation.verified || citation.url.isEmpty())
                qWarning("a citation without state or address");
        }
        return true;
    }));
    QCOMPARE(QString::number(cited), database.text(u"SELECT count(*) FROM message_citations c JOIN messages m ON m.id = c.message_id WHERE m.conversation_id = '%1'"_s.arg(conversation)));
    QVERIFY(cited > 0);
}

void tst_Transcript::offsetsThatMissFallBackToTheWords()
{
    const QString text = u"😀 The tram runs at night."_s;
    const TranscriptCitation exact = placedCitation(text, 6, 10, u"tram"_s); // code points: the smiley is one
    QCOMPARE(text.mid(exact.start, exact.length), u"tram"_s);
    const TranscriptCitation moved = placedCitation(text, 0, 4, u"night"_s);
    QCOMPARE(text.mid(moved.start, moved.length), u"night"_s);
    QCOMPARE(placedCitation(text, 2, 5, u"bus"_s).start, -1);
    QCOMPARE(placedCitation(text, 90, 95, {}).start, -1);
    QCOMPARE(placedCitation(text, {}, {}, u"tram"_s).length, 4);
}

void tst_Transcript::findingIsWithoutRegardToCaseInEveryPart()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"games"_s);
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> game = reader.read({Value::integer(12)});
    const Result<std::vector<TranscriptHit>> hits = reader.find(*game, u"WELCOME TO secret"_s);
    QVERIFY(hits);
    QCOMPARE(QString::number(hits->size()), database.text(u"SELECT count(*) FROM game_turns WHERE game_id = 12 AND observation LIKE '%Welcome to Secret Mafia%'"_s));
    QVERIFY(hits->size() >= 4);
    for (const TranscriptHit &hit : *hits)
        QCOMPARE(hit.part, 0);
    QVERIFY(reader.find(*game, u"no such words"_s)->empty());
    QCOMPARE(reader.find(*game, u"player"_s, 5)->size(), 5U);
}

void tst_Transcript::aRowOfTheEntriesLeadsToItsRecord()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    const std::optional<TranscriptLens> game = transcriptFor(*arena.system->context.profile, u"game_turns"_s);
    QVERIFY(game);
    const Result<RowKey> of = TranscriptReader(arena.scope(), *game).recordOf({Value::integer(364)});
    QVERIFY(of);
    QCOMPARE((*of)[0].toDisplayText(), u"12"_s);
    const LensDatabase engine(u"consensus-engine"_s);
    const std::optional<TranscriptLens> discussion = transcriptFor(*engine.system->context.profile, u"model_responses"_s);
    const Result<RowKey> through = TranscriptReader(engine.scope(), *discussion).recordOf(engine.firstKey(u"model_responses"_s));
    QVERIFY(through);
    QCOMPARE((*through)[0].toDisplayText(), engine.text(u"SELECT r.discussion_id FROM model_responses m JOIN rounds r ON r.id = m.round_id ORDER BY m.id LIMIT 1"_s));
    QCOMPARE(TranscriptReader(engine.scope(), *discussion).recordOf({Value::integer(999'999)}).error().code, ErrorCode::NotFound);
}

void tst_Transcript::theMarkdownHoldsEverySpeakerAndChapter()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"games"_s);
    TranscriptReader reader(database.scope(), *lens);
    const Result<Transcript> game = reader.read({Value::integer(12)});
    const QString with = *transcriptMarkdown(reader, *game, true, true);
    const QString without = *transcriptMarkdown(reader, *game, false, false);
    for (const TranscriptSpeaker &speaker : game->speakers) {
        const bool speaks = std::any_of(game->entries.begin(), game->entries.end(), [&](const TranscriptEntry &entry) { return entry.speaker >= 0 && &game->speakers[static_cast<std::size_t>(entry.speaker)] == &speaker; });
        QCOMPARE(with.contains(u"**%1** (%2)"_s.arg(speaker.name, speaker.role)), speaks);
        QVERIFY(!without.contains(u" (%1)"_s.arg(speaker.role)));
    }
    QVERIFY(with.contains(u"## Night 1"));
    QVERIFY(with.contains(u"> [GAME] Welcome to Secret Mafia!") || with.contains(u"> *observation*\n> [GAME] Welcome"));
    QVERIFY(!without.contains(u"Welcome to Secret Mafia"));
}

void tst_Transcript::scoresArePlacedAtTheirEntries()
{
    const LensDatabase database(u"consensus-engine"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"discussions"_s);
    const RowKey key = database.firstKey(u"discussions"_s);
    const Result<Transcript> transcript = TranscriptReader(database.scope(), *lens).read(key);
    const Result<std::vector<Series>> series = readSeries(database.scope(), *lens, *transcript, key);
    QVERIFY2(series, series ? "" : qPrintable(series.error().message + series.error().detail));
    QCOMPARE(series->size(), transcript->speakers.size()); // one for each model
    for (const Series &each : *series) {
        QCOMPARE(each.title, u"Confidence"_s);
        for (const Series::Point &point : each.points) {
            const TranscriptEntry &entry = transcript->entries[static_cast<std::size_t>(point.entry)];
            QCOMPARE(transcript->speakers[static_cast<std::size_t>(entry.speaker)].id, each.by);
            QCOMPARE(*entry.scores[0], point.value);
        }
    }
    const LensDatabase quorum(u"quorum"_s);
    const std::optional<TranscriptLens> conversation = transcriptFor(*quorum.system->context.profile, u"conversations"_s);
    const RowKey of = quorum.firstKey(u"conversations"_s);
    const Result<Transcript> talk = TranscriptReader(quorum.scope(), *conversation).read(of);
    const Result<std::vector<Series>> health = readSeries(quorum.scope(), *conversation, *talk, of);
    QVERIFY(health);
    QCOMPARE(health->front().title, u"Health"_s);
    QVERIFY(health->front().points.front().entry >= 0);
}

void tst_Transcript::aMissingRecordIsSaid()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const std::optional<TranscriptLens> lens = transcriptFor(*database.system->context.profile, u"games"_s);
    const Result<Transcript> none = TranscriptReader(database.scope(), *lens).read({Value::integer(4711)});
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::NotFound);
    QVERIFY(none.error().message.endsWith(u'.'));
}

void tst_Transcript::commonFactsOfAllPlayersAreSaidOnce()
{
    QCOMPARE(commonFacts(uR"({"0":{"reason":"Mafia wins!","role":"a"},"1":{"reason":"Mafia wins!","role":"b"}})"_s), u"reason: Mafia wins!"_s);
    QCOMPARE(commonFacts(u"plain words"_s), u"plain words"_s);
    QCOMPARE(commonFacts(uR"({"a": 1})"_s), uR"({"a": 1})"_s);
    QCOMPARE(commonFacts(u"{ broken"_s), u"{ broken"_s);
}

QTEST_GUILESS_MAIN(tst_Transcript)
#include "tst_transcript.moc"
