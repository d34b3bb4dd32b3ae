// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/totals.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Totals : public QObject
{
    Q_OBJECT

private slots:
    void theClosestPatternAndTheNewestDayWin();
    void theUsersPricesStandOverTheProfiles();
    void aPriceListSurvivesItsFile();
    void theBuiltInPricesAreDatedAndSourced();
    void theBuiltInPricesStandLast();
    void mistakesInAListAreNamed();
    void sumsAreThoseOfTheRows();
    void theyAreSummedAlongTheTree();
    void everyLevelOfTheTreeHasThem();
    void aRowReachedTwiceCountsOnce();
    void anUnknownPriceIsNeverZero();
    void pricesCountFromTheirDay();
    void postgresSumsToo();
};

namespace {

const PriceList sample({{u"gpt-4o*"_s, u"2024-05-01"_s, 5, 15}, {u"gpt-4o*"_s, u"2024-08-06"_s, 2.5, 10}, {u"gpt-4o-mini"_s, {}, 0.15, 0.6}, {u"*"_s, u"2030-01-01"_s, 1, 1}});

Totals totalsOf(const LensDatabase &database, const QString &table, const RowKey &key, const PriceList &prices = {})
{
    const Result<Totals> totals = readTotals(database.scope(), table, key, prices);
    if (!totals)
        qWarning("%s %s", qPrintable(totals.error().message), qPrintable(totals.error().detail));
    return totals.value_or(Totals());
}

} // namespace

void tst_Totals::theClosestPatternAndTheNewestDayWin()
{
    QCOMPARE(sample.priceOf(u"gpt-4o-2024-11-20"_s, u"2025-01-01"_s)->input, 2.5);
    QCOMPARE(sample.priceOf(u"GPT-4O"_s, u"2024-06-01"_s)->input, 5.0);
    QCOMPARE(sample.priceOf(u"gpt-4o-mini"_s, u"2025-01-01"_s)->input, 0.15);
    QVERIFY(sample.priceOf(u"gpt-4o"_s, u"2024-01-01"_s) == nullptr); // before its first day
    QVERIFY(sample.priceOf(u"claude"_s, u"2025-01-01"_s) == nullptr);
    QCOMPARE(sample.priceOf(u"claude"_s, u"2031-01-01"_s)->input, 1.0);
    QVERIFY(sample.priceOf({}, {}) == nullptr);
}

void tst_Totals::theUsersPricesStandOverTheProfiles()
{
    const PriceList merged = PriceList::merged(PriceList({{u"gpt*"_s, {}, 7, 7}}), sample.prices());
    QCOMPARE(merged.priceOf(u"gpt-4o-mini"_s, u"2025-01-01"_s)->input, 7.0); // though the profile's pattern is closer
    QCOMPARE(merged.priceOf(u"claude"_s, u"2031-01-01"_s)->input, 1.0);
}

void tst_Totals::aPriceListSurvivesItsFile()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"new/prices.json"_s);
    QVERIFY(PriceList::read(path)->isEmpty());
    QVERIFY(sample.write(path));
    const Result<PriceList> read = PriceList::read(path);
    QVERIFY(read);
    QCOMPARE(read->prices().size(), sample.prices().size());
    QCOMPARE(read->toJson(), sample.toJson());
}

void tst_Totals::theBuiltInPricesAreDatedAndSourced()
{
    const PriceList &list = PriceList::builtIn();
    QVERIFY(list.prices().size() > 100);
    QSet<QString> seen;
    for (std::size_t i = 0; i < list.prices().size(); ++i) {
        const ModelPrice &price = list.prices()[i];
        QVERIFY2(PriceList::mistakeIn(price).isEmpty() && QDate::fromString(price.from, Qt::ISODate).isValid(), qPrintable(price.model));
        QVERIFY2(list.source(i).startsWith(u"https://"), qPrintable(price.model));
        QVERIFY2(price.input > 0, qPrintable(price.model)); // what costs nothing does not belong into it
        QVERIFY2(!price.model.contains(u'*') || price.model.size() > 6, qPrintable(price.model));
        QVERIFY2(!seen.contains(price.model + price.from), qPrintable(price.model)); // one price a day
        seen.insert(price.model + price.from);
    }
    // A cut of the price counts from its day on only; routers put the vendor before the name.
    QCOMPARE(list.priceOf(u"gpt-4o"_s, u"2024-06-01"_s)->output, 15.0);
    QCOMPARE(list.priceOf(u"openai/gpt-4o"_s, u"2025-06-01"_s)->output, 10.0);
    QCOMPARE(list.priceOf(u"anthropic/claude-3.5-haiku"_s, u"2025-06-01"_s)->input, 0.8);
    QCOMPARE(list.priceOf(u"claude-3-5-haiku-20241022"_s, u"2024-11-10"_s)->input, 1.0);
    QVERIFY(list.priceOf(u"gpt-4o-mini"_s, u"2024-07-01"_s) == nullptr); // not published yet
    for (const QString &unknown : {u"llama-3.1-8b-instruct.Q6_K.gguf"_s, u"ft:gpt-4o-mini:mine"_s, u"openai/gpt-4o-mini:free"_s, u"gpt-4o-audio-preview"_s})
        QVERIFY2(list.priceOf(unknown, {}) == nullptr, qPrintable(unknown));
}

void tst_Totals::theBuiltInPricesStandLast()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"prices.json"_s);
    QVERIFY(PriceList({{u"gpt-4o"_s, {}, 7, 7}, {u"local-*"_s, {}, 0, 0}}).write(path));
    const Result<PriceList> list = PriceList::inUse(path, {{u"gpt-4o*"_s, u"2024-05-01"_s, 3, 3}});
    QVERIFY(list);
    QCOMPARE(list->priceOf(u"gpt-4o"_s, u"2025-01-01"_s)->input, 7.0);      // the user's
    QCOMPARE(list->priceOf(u"gpt-4o-mini"_s, u"2025-01-01"_s)->input, 3.0); // the profile's
    QCOMPARE(list->priceOf(u"gpt-4.1"_s, u"2025-05-01"_s)->input, 2.0);     // the program's
    QCOMPARE(list->priceOf(u"local-7b"_s, u"2025-05-01"_s)->input, 0.0);    // free because the user says so
    QFile broken(path);
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"prices\": [{\"model\": \"a\"}]}");
    broken.close();
    QCOMPARE(PriceList::inUse(path, {}).error().code, ErrorCode::InvalidInput);
}

void tst_Totals::mistakesInAListAreNamed()
{
    QVERIFY(PriceList::parse("[").error().message.contains(u"JSON"));
    QVERIFY(PriceList::parse(R"({"prices":[{"model":"a","input":1,"output":1},{"model":"b","input":"free"}]})").error().message.contains(u"Price 2"));
    QVERIFY(PriceList::parse(R"({"prices":[{"model":"","input":1,"output":1}]})").error().message.contains(u"name of a model"));
    QVERIFY(PriceList::parse(R"({"prices":[{"model":"a","from":"May","input":1,"output":1}]})").error().message.contains(u"2025-01-31"));
    QVERIFY(PriceList::parse(R"({"prices":[{"model":"a","input":-1,"output":1}]})").error().message.contains(u"from 0 up"));
}

void tst_Totals::sumsAreThoseOfTheRows()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    const Totals game = totalsOf(arena, u"games"_s, {Value::integer(12)});
    const QString of = u" FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 12"_s;
    QCOMPARE(QString::number(game.all.rows), arena.text(u"SELECT count(*)"_s + of));
    QCOMPARE(QString::number(*game.all.tokens, 'f', 0), arena.text(u"SELECT sum(total_tokens_consumed)"_s + of));
    QCOMPARE(QString::number(*game.all.tokensOut, 'f', 0), arena.text(u"SELECT sum(response_tokens)"_s + of));
    QCOMPARE(*game.all.tokensIn + *game.all.tokensOut, *game.all.tokens);
    QCOMPARE(QString::number(*game.all.latencyMs, 'f', 0), arena.text(u"SELECT sum(total_response_time_ms)"_s + of));
    QCOMPARE(QString::number(game.lines.size()), arena.text(u"SELECT count(DISTINCT c.model)"_s + of));

    const LensDatabase quorum(u"quorum"_s);
    const RowKey first = quorum.firstKey(u"conversations"_s);
    QCOMPARE(QString::number(*totalsOf(quorum, u"conversations"_s, first).all.tokens, 'f', 0),
             quorum.text(u"SELECT sum(tokens_used) FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations)"_s));
    const LensDatabase runs(u"llm-orchestration"_s);
    QCOMPARE(QString::number(*totalsOf(runs, u"runs"_s, {Value::integer(1)}).all.tokens, 'f', 0),
             runs.text(u"SELECT sum(json_extract(metadata, '$.tokens')) FROM responses WHERE run_id = 1"_s));
    const LensDatabase personas(u"project-2501"_s);
    const RowKey talk = personas.firstKey(u"conversations"_s);
    QVERIFY(totalsOf(personas, u"conversations"_s, talk).all.rows > 0);
}

void tst_Totals::theyAreSummedAlongTheTree()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    QVERIFY(hasTotals(*arena.system->context.profile, u"game_players"_s));
    const RowKey player = arena.keyWhere(u"game_players"_s, u"WHERE game_id = 12 AND player_index = 4"_s);
    QCOMPARE(QString::number(totalsOf(arena, u"game_players"_s, player).all.rows),
             arena.text(u"SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 12 AND t.player_index = 4"_s));
    QCOMPARE(totalsOf(arena, u"llm_calls"_s, {Value::integer(2)}).all.rows, 1);
    const LensDatabase runs(u"llm-orchestration"_s);
    QCOMPARE(QString::number(totalsOf(runs, u"workflows"_s, {Value::integer(1)}).all.rows), runs.text(u"SELECT count(*) FROM responses s JOIN runs r ON r.id = s.run_id WHERE r.workflow_id = 1"_s));
    const Result<Totals> gone = readTotals(arena.scope(), u"games"_s, {Value::integer(4711)}, {});
    QCOMPARE(gone.error().code, ErrorCode::NotFound);
}

void tst_Totals::everyLevelOfTheTreeHasThem()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    const auto rowsAt = [](const LensDatabase &database, const QString &path) {
        Hierarchy hierarchy(*database.connection, *database.system->context.catalog, *database.system->context.profile);
        const Result<TreePath> place = path.isEmpty() ? TreePath() : TreePath::parse(path);
        const Result<Totals> totals = readTotals(database.scope(), hierarchy, *place, {});
        if (!totals)
            qWarning("%s %s", qPrintable(totals.error().message), qPrintable(totals.error().detail));
        return totals ? QString::number(totals->all.rows) : totals.error().message;
    };
    const QString all = arena.text(u"SELECT count(*) FROM llm_calls"_s);
    const QString joined = u"SELECT count(*) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index "_s;
    QCOMPARE(rowsAt(arena, {}), all);
    QCOMPARE(rowsAt(arena, u"games"_s), all);
    const QString game = arena.text(joined + u"WHERE p.game_id = 12"_s);
    for (const QString &path : {u"games/12"_s, u"games/12/players"_s, u"games/12/turns"_s})
        QCOMPARE(rowsAt(arena, path), game);
    const QString player = arena.text(joined + u"WHERE p.game_id = 12 AND p.player_index = 4"_s);
    QCOMPARE(rowsAt(arena, u"games/12/players/4"_s), player);
    QCOMPARE(rowsAt(arena, u"games/12/players/4/turns"_s), player);
    QVERIFY(player != game && player != u"0");
    // Whoever sits at the table costs what is said there: the way goes on where another tree goes on.
    QCOMPARE(rowsAt(arena, u"agents/3"_s), arena.text(joined + u"WHERE p.agent_id = 3"_s));
    QCOMPARE(rowsAt(arena, u"agents"_s), all);
    const QString model = arena.text(u"SELECT min(model_id) FROM agents"_s);
    QCOMPARE(rowsAt(arena, u"models/"_s + model), arena.text(joined + u"JOIN agents a ON a.id = p.agent_id WHERE a.model_id = "_s + model));
    QVERIFY(!hasTotals(*arena.system->context.profile, u"agent_trueskill"_s));
    const LensDatabase discussions(u"consensus-engine"_s);
    QVERIFY(rowsAt(discussions, {}).contains(u"cost tokens or time"));
}

void tst_Totals::aRowReachedTwiceCountsOnce()
{
    const LensDatabase runs(u"llm-orchestration"_s);
    const QString payload = runs.text(u"SELECT payload_id FROM responses LIMIT 1"_s);
    const QString block = runs.text(u"SELECT block_id FROM payload_blocks WHERE payload_id = "_s + payload + u" LIMIT 1"_s);
    const QString expected = runs.text(u"SELECT count(*) FROM responses WHERE payload_id IN (SELECT payload_id FROM payload_blocks WHERE block_id = %1)"_s.arg(block));
    QCOMPARE(QString::number(totalsOf(runs, u"blocks"_s, {Value::text(block)}).all.rows), expected);
    const QString path = runs.folder.filePath(u"lens.db"_s);
    QCOMPARE(executeSql(path, u"INSERT INTO payload_blocks SELECT payload_id, block_id, order_index + 1000 FROM payload_blocks WHERE block_id = %1"_s.arg(block)), QString());
    QCOMPARE(QString::number(totalsOf(runs, u"blocks"_s, {Value::text(block)}).all.rows), expected);
}

void tst_Totals::anUnknownPriceIsNeverZero()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    const Totals unknown = totalsOf(arena, u"games"_s, {Value::integer(12)});
    QVERIFY(!unknown.all.cost);
    QCOMPARE(costText(unknown.all.cost), u"unknown"_s);
    QVERIFY(tokensAndCost(unknown.all).endsWith(u"cost unknown"));
    const QString model = unknown.lines.front().model;
    const Totals partly = totalsOf(arena, u"games"_s, {Value::integer(12)}, PriceList::merged(PriceList({{model, {}, 1, 2}}), {}));
    QVERIFY(!partly.all.cost);
    QVERIFY(partly.knownCost > 0);
    QVERIFY(tokensAndCost(partly).endsWith(u"at least "_s + costText(partly.knownCost)));
    QVERIFY(tokensAndCost(unknown).endsWith(u"cost unknown"));
    const Totals all = totalsOf(arena, u"games"_s, {Value::integer(12)}, PriceList::merged(PriceList({{u"*"_s, {}, 1, 2}}), {}));
    QVERIFY(all.all.cost);
    QCOMPARE(*all.all.cost, (*all.all.tokensIn * 1 + *all.all.tokensOut * 2) / 1e6);
    QCOMPARE(costText(0.0), u"$0.0000"_s);
    // Without a split of the tokens a price that is the same both ways will do, another will not.
    const LensDatabase quorum(u"quorum"_s);
    const RowKey talk = quorum.firstKey(u"conversations"_s);
    QVERIFY(!totalsOf(quorum, u"conversations"_s, talk, PriceList::merged(PriceList({{u"*"_s, {}, 1, 2}}), {})).all.cost);
    const Totals flat = totalsOf(quorum, u"conversations"_s, talk, PriceList::merged(PriceList({{u"*"_s, {}, 2, 2}}), {}));
    QCOMPARE(flat.all.cost.has_value(), flat.all.uncounted == 0);
}

void tst_Totals::pricesCountFromTheirDay()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    const QString day = arena.text(u"SELECT substr(min(request_sent_at), 1, 10) FROM llm_calls WHERE game_turn_id = 1"_s);
    const RowKey turn{Value::integer(1)};
    const auto cost = [&](const QString &from) { return totalsOf(arena, u"game_turns"_s, turn, PriceList::merged(PriceList({{u"*"_s, {}, 1, 1}, {u"*"_s, from, 3, 3}}), {})).all.cost.value(); };
    QCOMPARE(cost(day), 3 * cost(u"2999-01-01"_s));
}

void tst_Totals::postgresSumsToo()
{
    const TestDatabase server;
    REQUIRE_DATABASE(server);
    const LensDatabase arena(server, u"mindgames-arena"_s, {});
    QVERIFY2(arena.problem.isEmpty(), qPrintable(arena.problem));
    const Totals game = totalsOf(arena, u"games"_s, {Value::text(u"12"_s)}, PriceList::merged(PriceList({{u"*"_s, {}, 1, 2}}), {}));
    QCOMPARE(QString::number(*game.all.tokens, 'f', 0), arena.text(u"SELECT sum(total_tokens_consumed) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 12"_s));
    QVERIFY(game.all.cost);
    const TestDatabase other;
    const LensDatabase personas(other, u"project-2501"_s, u"grown"_s);
    QVERIFY2(personas.problem.isEmpty(), qPrintable(personas.problem));
    QVERIFY(totalsOf(personas, u"conversations"_s, personas.firstKey(u"conversations"_s)).all.rows > 0);
    const TestDatabase third;
    const LensDatabase runs(third, u"llm-orchestration"_s, {});
    QVERIFY2(runs.problem.isEmpty(), qPrintable(runs.problem));
    // Its counts stand in JSON in a text column, where PostgreSQL 15 cannot read a part without failing on the first text that is no
    // JSON: rows come one by one.
    const LensDatabase same(u"llm-orchestration"_s);
    const auto check = [&](const char *what) {
        const Totals run = totalsOf(runs, u"runs"_s, {Value::text(u"1"_s)}, PriceList({{u"*"_s, {}, 1, 2}}));
        const Totals expected = totalsOf(same, u"runs"_s, {Value::integer(1)}, PriceList({{u"*"_s, {}, 1, 2}}));
        QVERIFY2(run.all.rows > 0 && run.all.tokens, what);
        QCOMPARE(run.all.rows, expected.all.rows);
        QCOMPARE(*run.all.tokens, *expected.all.tokens);
        QCOMPARE(run.all.tokensIn, expected.all.tokensIn);
        QCOMPARE(run.all.latencyMs, expected.all.latencyMs);
        QCOMPARE(run.all.uncounted, expected.all.uncounted);
    };
    check("as written");
    const QString broken = u"UPDATE responses SET metadata = '{broken' WHERE id = (SELECT min(id) FROM responses WHERE run_id = 1)"_s;
    QCOMPARE(third.execute(broken), QString());
    QCOMPARE(executeSql(same.folder.filePath(u"lens.db"_s), broken), QString());
    check("with text that is no JSON");
}

QTEST_GUILESS_MAIN(tst_Totals)
#include "tst_totals.moc"
