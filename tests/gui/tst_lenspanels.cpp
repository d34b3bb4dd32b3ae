// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testdatabase.h"
#include "tests/unit/models/lenses/lensdatabase.h"
#include "tests/unit/models/lenses/llmlogsdatabases.h"
#include "tests/unit/views/panelbench.h"
#include "views/panels/panel.h"
#include "views/panels/placearguments.h"
#include "views/reading/readingview.h"
#include "views/shell/panelkinds.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include <algorithm>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// Words that stand in the text as they are written, whatever is done to its Markdown.
QString phrase(const QString &text)
{
    static const QRegularExpression words(u"[A-Za-z][A-Za-z ,']{14,60}"_s);
    QString longest;
    for (auto matches = words.globalMatch(text); matches.hasNext();) {
        const QString found = matches.next().captured().trimmed();
        longest = found.size() > longest.size() ? found : longest;
    }
    return longest.isEmpty() ? text.trimmed().left(20) : longest;
}

/// What a lens has to say of a database: `key` and `expected` are SQL for one value.
struct Case
{
    const char *name;
    QString system, variant, kind, table, key;
    QStringList expected;
    bool onServer = false;
};

const QString firstDiscussion = u"SELECT min(id) FROM discussions"_s;
const QString firstTalk = u"SELECT min(id) FROM conversations"_s;

const std::vector<Case> &cases()
{
    static const QString answers = u"SELECT m.%1 FROM %2 m JOIN %3 r ON r.id = m.round_id WHERE r.discussion_id = (%4) ORDER BY r.round_number, m.id LIMIT 1"_s;
    static const QString answered = answers.arg(u"response_text"_s, u"model_responses"_s, u"rounds"_s, firstDiscussion);
    static const QString shipped = answers.arg(u"response_text"_s, u"llm_responses"_s, u"discussion_rounds"_s, firstDiscussion);
    static const QString modelName = answers.arg(u"llm_name"_s, u"llm_responses"_s, u"discussion_rounds"_s, firstDiscussion);
    static const QString said = u"SELECT content FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations) ORDER BY sequence_number LIMIT 1"_s;
    static const QString told = u"SELECT content FROM messages WHERE conversation_id = (SELECT id FROM conversations ORDER BY id LIMIT 1) ORDER BY created_at, id LIMIT 1"_s;
    static const QString aTalk = u"SELECT id FROM conversations ORDER BY id LIMIT 1"_s;
    static const QString persona = u"SELECT id FROM personas ORDER BY name LIMIT 1"_s;
    static const QString module = u"SELECT min(m.content) FROM modules m JOIN personas p ON p.template LIKE '%@' || m.name || '%' WHERE p.id = (SELECT id FROM personas ORDER BY name LIMIT 1) "
                                  "AND m.name = (SELECT min(x.name) FROM modules x WHERE p.template LIKE '%@' || x.name || '%')"_s;
    static const std::vector<Case> all{
        {"documented transcript", u"consensus-engine"_s, u"documented"_s, u"transcript"_s, u"discussions"_s, firstDiscussion, {answered, u"SELECT prompt FROM discussions ORDER BY id LIMIT 1"_s}},
        {"documented matrix", u"consensus-engine"_s, u"documented"_s, u"matrix"_s, u"discussions"_s, firstDiscussion, {answered}},
        {"documented failed", u"consensus-engine"_s, u"documented"_s, u"failed"_s, {}, {}, {u"SELECT prompt FROM discussions WHERE completed_at IS NULL ORDER BY started_at DESC LIMIT 1"_s}},
        {"documented compare", u"consensus-engine"_s, u"documented"_s, u"compare"_s, u"model_responses"_s, u"SELECT min(id) FROM model_responses"_s, {u"SELECT response_text FROM model_responses ORDER BY id LIMIT 1"_s}},
        {"shipped transcript", u"consensus-engine"_s, u"shipped"_s, u"transcript"_s, u"discussions"_s, firstDiscussion, {shipped, modelName}},
        {"shipped matrix", u"consensus-engine"_s, u"shipped"_s, u"matrix"_s, u"discussions"_s, firstDiscussion, {shipped}},
        {"arena transcript", u"mindgames-arena"_s, u"current"_s, u"transcript"_s, u"games"_s, u"SELECT 3"_s, {u"SELECT action FROM game_turns WHERE game_id = 3 ORDER BY turn_number LIMIT 1"_s,
           u"SELECT a.alias FROM game_turns t JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index JOIN agents a ON a.id = p.agent_id WHERE t.game_id = 3 ORDER BY turn_number LIMIT 1"_s}},
        {"arena call", u"mindgames-arena"_s, u"current"_s, u"call"_s, u"llm_calls"_s, u"SELECT 40"_s, {u"SELECT json_extract(messages, '$[0].content') FROM llm_calls WHERE id = 40"_s,
           u"SELECT json_extract(response, '$.choices[0].message.content') FROM llm_calls WHERE id = 40"_s, u"SELECT model FROM llm_calls WHERE id = 40"_s}},
        {"arena totals", u"mindgames-arena"_s, u"current"_s, u"totals"_s, u"games"_s, u"SELECT 3"_s,
           {u"SELECT printf('%,d', sum(c.total_tokens_consumed)) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 3"_s,
            u"SELECT min(model) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 3"_s, u"SELECT 'at least $'"_s}},
        {"arena compare", u"mindgames-arena"_s, u"current"_s, u"compare"_s, u"prompts"_s, u"SELECT min(id) FROM prompts WHERE forked_from IS NOT NULL"_s,
           {u"SELECT content FROM prompts WHERE forked_from IS NOT NULL ORDER BY id LIMIT 1"_s, u"SELECT p.name FROM prompts f JOIN prompts p ON p.id = f.forked_from ORDER BY f.id LIMIT 1"_s}},
        {"arena failed", u"mindgames-arena"_s, u"current"_s, u"failed"_s, {}, {}, {u"SELECT 'Game ' || id FROM games WHERE status = 'failed' ORDER BY started_at DESC LIMIT 1"_s,
           u"SELECT action FROM game_turns WHERE game_id = (SELECT id FROM games WHERE status = 'failed' ORDER BY started_at DESC LIMIT 1) ORDER BY turn_number DESC LIMIT 1"_s}},
        {"early transcript", u"mindgames-arena"_s, u"early"_s, u"transcript"_s, u"games"_s, u"SELECT 1"_s, {u"SELECT action FROM game_turns WHERE game_id = 1 ORDER BY turn_number LIMIT 1"_s}},
        {"early totals", u"mindgames-arena"_s, u"early"_s, u"totals"_s, u"games"_s, u"SELECT 1"_s,
           {u"SELECT printf('%,d', sum(c.total_tokens_consumed)) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 1"_s}},
        {"legacy transcript", u"mindgames-arena"_s, u"legacy"_s, u"transcript"_s, u"games"_s, u"SELECT min(id) FROM games"_s,
           {u"SELECT parsed_action FROM game_actions WHERE game_id = (SELECT min(id) FROM games) ORDER BY turn_number LIMIT 1"_s}},
        {"legacy failed", u"mindgames-arena"_s, u"legacy"_s, u"failed"_s, {}, {}, {u"SELECT 'Unfinished'"_s}},
        {"orm transcript", u"quorum"_s, u"orm"_s, u"transcript"_s, u"conversations"_s, firstTalk, {said}},
        {"orm matrix", u"quorum"_s, u"orm"_s, u"matrix"_s, u"conversations"_s, firstTalk, {said}},
        {"orm totals", u"quorum"_s, u"orm"_s, u"totals"_s, u"conversations"_s, firstTalk,
           {u"SELECT printf('%,d', sum(tokens_used)) FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations)"_s}},
        {"orm findings", u"quorum"_s, u"orm"_s, u"findings"_s, u"contradictions"_s, u"SELECT min(id) FROM contradictions"_s,
           {u"SELECT statement_1 FROM contradictions ORDER BY id LIMIT 1"_s, u"SELECT statement_2 FROM contradictions ORDER BY id LIMIT 1"_s, u"SELECT explanation FROM contradictions ORDER BY id LIMIT 1"_s}},
        {"orm failed", u"quorum"_s, u"orm"_s, u"failed"_s, {}, {}, {u"SELECT substr(statement_1, 1, 30) FROM contradictions WHERE NOT resolved ORDER BY detected_at DESC LIMIT 1"_s}},
        {"current transcript", u"llm-orchestration"_s, u"current"_s, u"transcript"_s, u"runs"_s, u"SELECT 1"_s, {u"SELECT content FROM responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"current matrix", u"llm-orchestration"_s, u"current"_s, u"matrix"_s, u"workflows"_s, u"SELECT 1"_s, {u"SELECT content FROM responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"current prompt", u"llm-orchestration"_s, u"current"_s, u"prompt"_s, u"payloads"_s, u"SELECT 1"_s,
           {u"SELECT b.content FROM payload_blocks x JOIN blocks b ON b.id = x.block_id WHERE x.payload_id = 1 ORDER BY x.order_index LIMIT 1"_s,
            u"SELECT b.title FROM payload_blocks x JOIN blocks b ON b.id = x.block_id WHERE x.payload_id = 1 ORDER BY x.order_index DESC LIMIT 1"_s}},
        {"current library", u"llm-orchestration"_s, u"current"_s, u"library"_s, u"blocks"_s, u"SELECT min(block_id) FROM payload_blocks"_s,
           {u"SELECT content FROM blocks WHERE id = (SELECT min(block_id) FROM payload_blocks)"_s, u"SELECT 'Used in'"_s,
            u"SELECT p.name FROM payload_blocks x JOIN payloads p ON p.id = x.payload_id WHERE x.block_id = (SELECT min(block_id) FROM payload_blocks) LIMIT 1"_s}},
        {"current runs", u"llm-orchestration"_s, u"current"_s, u"compare"_s, u"runs"_s, u"SELECT 1"_s, {u"SELECT content FROM responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"current totals", u"llm-orchestration"_s, u"current"_s, u"totals"_s, u"runs"_s, u"SELECT 1"_s, {u"SELECT printf('%,d', sum(json_extract(metadata, '$.tokens'))) FROM responses WHERE run_id = 1"_s}},
        {"current failed", u"llm-orchestration"_s, u"current"_s, u"failed"_s, {}, {}, {u"SELECT 'Run ' || id FROM runs WHERE lower(status) = 'failed' ORDER BY started_at DESC LIMIT 1"_s}},
        {"run-responses transcript", u"llm-orchestration"_s, u"run-responses"_s, u"transcript"_s, u"runs"_s, u"SELECT 1"_s,
           {u"SELECT response_content FROM run_responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"run-responses matrix", u"llm-orchestration"_s, u"run-responses"_s, u"matrix"_s, u"workflows"_s, u"SELECT 1"_s,
           {u"SELECT response_content FROM run_responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"run-responses runs", u"llm-orchestration"_s, u"run-responses"_s, u"compare"_s, u"runs"_s, u"SELECT 1"_s,
           {u"SELECT response_content FROM run_responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}},
        {"documented talk", u"project-2501"_s, u"documented"_s, u"transcript"_s, u"conversations"_s, aTalk, {told}},
        {"documented persona", u"project-2501"_s, u"documented"_s, u"prompt"_s, u"personas"_s, persona, {module, u"SELECT template FROM personas ORDER BY name LIMIT 1"_s}},
        {"documented modules", u"project-2501"_s, u"documented"_s, u"library"_s, u"modules"_s, u"SELECT id FROM modules ORDER BY name LIMIT 1"_s, {u"SELECT content FROM modules ORDER BY name LIMIT 1"_s}},
        {"documented personas", u"project-2501"_s, u"documented"_s, u"compare"_s, u"personas"_s, persona, {u"SELECT template FROM personas ORDER BY name LIMIT 1"_s}},
        {"documented tokens", u"project-2501"_s, u"documented"_s, u"totals"_s, u"conversations"_s, aTalk,
           {u"SELECT printf('%,d', sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))) FROM messages WHERE conversation_id = (SELECT id FROM conversations ORDER BY id LIMIT 1)"_s}},
        {"migrated on a server", u"quorum"_s, u"migrated"_s, u"transcript"_s, u"conversations"_s, firstTalk, {said}, true},
        {"create-all on a server", u"project-2501"_s, u"create-all"_s, u"transcript"_s, u"conversations"_s, aTalk, {told}, true},
        {"grown on a server", u"project-2501"_s, u"grown"_s, u"prompt"_s, u"personas"_s, persona, {u"SELECT template FROM personas ORDER BY name LIMIT 1"_s}, true},
        {"init-db on a server", u"project-2501"_s, u"init-db"_s, u"transcript"_s, u"conversations"_s, aTalk, {told}, true},
        {"blocks on a server", u"llm-orchestration"_s, u"current"_s, u"library"_s, u"blocks"_s, u"SELECT min(block_id) FROM payload_blocks"_s,
           {u"SELECT content FROM blocks WHERE id = (SELECT min(block_id) FROM payload_blocks)"_s}, true},
        {"tokens on a server", u"llm-orchestration"_s, u"current"_s, u"transcript"_s, u"runs"_s, u"SELECT 1"_s,
           {u"SELECT (metadata::json ->> 'tokens') || ' tokens' FROM responses WHERE run_id = 1 ORDER BY id LIMIT 1"_s}, true},
        {"totals on a server", u"llm-orchestration"_s, u"current"_s, u"totals"_s, u"runs"_s, u"SELECT 1"_s,
           {u"SELECT sum((metadata::json ->> 'tokens')::int) FROM responses WHERE run_id = 1"_s}, true},
    };
    return all;
}

/// Everything that a panel shows now.
QString shownIn(const QWidget &panel)
{
    QStringList texts;
    for (const ReadingView *view : panel.findChildren<ReadingView *>()) {
        for (const int entry : view->visibleEntries())
            texts.append(view->head(entry).title + u' ' + view->head(entry).chip + u' ' + view->head(entry).meta + u' ' + view->textOf(entry));
    }
    for (const QTableView *view : panel.findChildren<QTableView *>()) {
        for (int row = 0; row < view->model()->rowCount(); ++row) {
            for (int column = 0; column < view->model()->columnCount(); ++column)
                texts.append(view->model()->index(row, column).data().toString());
        }
    }
    for (const QTreeWidget *list : panel.findChildren<QTreeWidget *>()) {
        for (QTreeWidgetItemIterator line(const_cast<QTreeWidget *>(list)); *line != nullptr; ++line) {
            for (int column = 0; column < list->columnCount(); ++column)
                texts.append((*line)->text(column));
        }
    }
    for (const QLabel *label : panel.findChildren<QLabel *>())
        texts.append(label->text());
    return texts.join(u'\n');
}

} // namespace

/// Every lens on every variant of every system, as a panel shows it; and what each panel can be asked to do.
class tst_LensPanels : public QObject
{
    Q_OBJECT

private slots:
    void cleanup() { m_panel.reset(); }
    void everyLensSaysWhatIsStored_data();
    void everyLensSaysWhatIsStored();
    void nothingChosenIsSaidAndNotEmpty_data();
    void nothingChosenIsSaidAndNotEmpty();
    void aRecordIsChosenFromTheBeginning();
    void totalsOfGroupsAndOfEverything();
    void onlyWhatDiffersLeavesTheRestOut();
    void anotherBaselineTurnsTheDifferences();
    void runsAreComparedStepByStep();
    void bothTextsScrollTogether();
    void theLibraryIsFilteredByTagAndWords();
    void theRawCallIsWhatIsStored();
    void aSixthApplicationNeedsNoMoreThanItsProfile();

private:
    LensDatabase &database(const QString &system, const QString &variant)
    {
        std::unique_ptr<LensDatabase> &made = m_databases[system + u' ' + variant];
        // What is a variant by name is made by the usual schema where it has no other.
        if (made == nullptr)
            made = std::make_unique<LensDatabase>(system, usual.contains(variant) ? QString() : variant);
        return *made;
    }
    Panel *open(const DatabaseContext &context, const QString &kind, const QVariantMap &arguments)
    {
        const std::vector<PanelKind> kinds = allPanelKinds();
        const auto found = std::ranges::find(kinds, kind, &PanelKind::id);
        m_panel.reset(found->make(m_bench.services, context, arguments, nullptr));
        m_panel->setKind(kind);
        m_panel->resize(1000, 2400);
        m_panel->show();
        return m_panel.get();
    }
    static RowKey key(const LensDatabase &of, const QString &sql) { return {Value::text(of.text(sql))}; }

    const QStringList usual{u"documented"_s, u"current"_s, u"orm"_s};
    PanelBench m_bench;
    std::map<QString, std::unique_ptr<LensDatabase>> m_databases;
    std::map<QString, std::pair<std::unique_ptr<TestDatabase>, std::unique_ptr<LensDatabase>>> m_onServer;
    std::unique_ptr<Panel> m_panel;
};

void tst_LensPanels::everyLensSaysWhatIsStored_data()
{
    QTest::addColumn<int>("number");
    for (int i = 0; i < static_cast<int>(cases().size()); ++i)
        QTest::newRow(cases()[static_cast<std::size_t>(i)].name) << i;
}

void tst_LensPanels::everyLensSaysWhatIsStored()
{
    QFETCH(int, number);
    const Case &of = cases()[static_cast<std::size_t>(number)];
    LensDatabase *at = nullptr;
    if (of.onServer) {
        auto &[server, made] = m_onServer[of.system + of.variant];
        if (server == nullptr)
            server = std::make_unique<TestDatabase>(of.system == u"quorum" ? "TURNSTONE_TEST_PGVECTOR_URL" : "TURNSTONE_TEST_PG_URL");
        REQUIRE_DATABASE(*server);
        if (made == nullptr)
            made = std::make_unique<LensDatabase>(*server, of.system, of.variant == u"migrated" || of.variant == u"current" ? QString() : of.variant);
        at = made.get();
    } else {
        at = &database(of.system, of.variant);
    }
    QVERIFY2(at->problem.isEmpty(), qPrintable(at->problem));
    QCOMPARE(at->system->context.profile->variantId, of.variant);
    Panel *panel = open(at->system->context, of.kind, of.key.isEmpty() ? QVariantMap() : recordArguments(of.table, key(*at, of.key)));
    for (const QString &sql : of.expected) {
        const QString text = at->text(sql);
        QVERIFY2(!text.isEmpty(), qPrintable(sql));
        // On the server figures come without commas.
        QString wanted = phrase(text);
        if (bool isNumber = false; of.onServer && (wanted.toLongLong(&isNumber), isNumber))
            wanted = QLocale().toString(wanted.toLongLong());
        QTRY_VERIFY2_WITH_TIMEOUT(shownIn(*panel).contains(wanted), qPrintable(u"no \"%1\" in: %2"_s.arg(wanted, shownIn(*panel).left(3000))), 15'000);
    }
    takePicture(*panel, QString::fromLatin1(of.name).replace(u' ', u'-'));
}

void tst_LensPanels::nothingChosenIsSaidAndNotEmpty_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("transcript") << u"transcript"_s << u"Choose one in the tree"_s;
    QTest::newRow("matrix") << u"matrix"_s << u"Choose a record"_s;
    QTest::newRow("prompt") << u"prompt"_s << u"put together"_s;
    QTest::newRow("compare") << u"compare"_s << u"Two to six records"_s;
    QTest::newRow("call") << u"call"_s << u"call"_s;
}

void tst_LensPanels::nothingChosenIsSaidAndNotEmpty()
{
    QFETCH(QString, kind);
    QFETCH(QString, words);
    Panel *panel = open(database(u"mindgames-arena"_s, u"current"_s).system->context, kind, {});
    QCoreApplication::processEvents();
    QString said = shownIn(*panel);
    for (const ReadingView *view : panel->findChildren<ReadingView *>())
        said += u'\n' + view->emptyText();
    QVERIFY2(said.contains(words), qPrintable(said));
}

void tst_LensPanels::aRecordIsChosenFromTheBeginning()
{
    const DatabaseContext &arena = database(u"mindgames-arena"_s, u"current"_s).system->context;
    const DatabaseContext &engine = database(u"consensus-engine"_s, u"documented"_s).system->context;
    open(arena, u"transcript"_s, recordArguments(u"games"_s, {Value::integer(12)}));
    QTRY_COMPARE(m_panel->currentRecord().value_or(Record()).table, u"game_turns"_s);
    QVERIFY2(m_panel->path().startsWith(u"games/12#"), qPrintable(m_panel->path())); // the place is that of the whole still
    open(engine, u"matrix"_s, recordArguments(u"discussions"_s, {Value::integer(1)}));
    QTRY_COMPARE(m_panel->currentRecord().value_or(Record()).table, u"model_responses"_s);
    open(arena, u"failed"_s, {});
    QTRY_COMPARE(m_panel->currentRecord().value_or(Record()).table, u"games"_s);
}

void tst_LensPanels::totalsOfGroupsAndOfEverything()
{
    const LensDatabase &arena = database(u"mindgames-arena"_s, u"current"_s);
    const QString sum = arena.text(u"SELECT printf('%,d', sum(total_tokens_consumed)) FROM llm_calls"_s);
    for (const QVariantMap &arguments : {QVariantMap(), placeArguments(u"games"_s), placeArguments(u"agents"_s)}) {
        open(arena.system->context, u"totals"_s, arguments);
        QTRY_VERIFY2(m_panel->findChild<QLabel *>(u"totalsSum"_s)->text().startsWith(sum + u" tokens"_s), qPrintable(m_panel->findChild<QLabel *>(u"totalsSum"_s)->text()));
    }
    open(arena.system->context, u"totals"_s, placeArguments(u"games/3/players"_s));
    const QString game = arena.text(u"SELECT printf('%,d', sum(c.total_tokens_consumed)) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 3"_s);
    QTRY_VERIFY(m_panel->findChild<QLabel *>(u"totalsSum"_s)->text().startsWith(game + u" tokens"_s));
    QCOMPARE(m_panel->path(), u"games/3/players#totals"_s);
}

void tst_LensPanels::onlyWhatDiffersLeavesTheRestOut()
{
    const LensDatabase &arena = database(u"mindgames-arena"_s, u"current"_s);
    QVariantMap arguments = recordArguments(u"agents"_s, {Value::integer(1)});
    const QString other = arena.text(u"SELECT b.id FROM agents a JOIN agents b ON b.model_id = a.model_id AND b.prompt_id <> a.prompt_id WHERE a.id = 1 UNION SELECT 2 LIMIT 1"_s);
    arguments[u"with"_s] = QVariantList{QVariantList{other}};
    open(arena.system->context, u"compare"_s, arguments);
    QTRY_VERIFY(m_panel->findChild<QLabel *>(u"compareSummary"_s)->text().contains(u"fields differ"));
    const ReadingView *view = m_panel->findChild<ReadingView *>(u"compared1"_s);
    QTRY_VERIFY(view != nullptr && view->count() == 4); // the name and three fields
    const int differing = m_panel->findChild<QLabel *>(u"compareSummary"_s)->text().section(u' ', 0, 0).toInt();
    m_panel->findChild<QToolButton *>(u"onlyDifferent"_s)->click();
    QTRY_COMPARE(view->count(), differing + 1);
}

void tst_LensPanels::anotherBaselineTurnsTheDifferences()
{
    open(database(u"consensus-engine"_s, u"documented"_s).system->context, u"matrix"_s, recordArguments(u"discussions"_s, {Value::integer(1)}));
    const QTableView *view = m_panel->findChild<QTableView *>(u"matrix"_s);
    auto *baseline = m_panel->findChild<QComboBox *>(u"baseline"_s);
    QTRY_VERIFY(view->model()->headerData(0, Qt::Horizontal).toString().contains(u"(baseline)"));
    baseline->setCurrentIndex(1);
    emit baseline->activated(1);
    QTRY_VERIFY(view->model()->headerData(1, Qt::Horizontal).toString().contains(u"(baseline)"));
    QVERIFY(!view->model()->headerData(0, Qt::Horizontal).toString().contains(u"(baseline)"));
    QVERIFY(view->model()->index(0, 0).data(Qt::ToolTipRole).toString().contains(u" as in "_s + baseline->currentText()));
}

void tst_LensPanels::runsAreComparedStepByStep()
{
    const LensDatabase &runs = database(u"llm-orchestration"_s, u"current"_s);
    QVariantMap arguments = recordArguments(u"runs"_s, {Value::integer(1)});
    const QString other = runs.text(u"SELECT min(id) FROM runs WHERE id > 1 AND workflow_id = (SELECT workflow_id FROM runs WHERE id = 1)"_s);
    arguments[u"with"_s] = QVariantList{QVariantList{other}};
    open(runs.system->context, u"compare"_s, arguments);
    const auto step = [&](const QString &run) { return phrase(runs.text(u"SELECT content FROM responses WHERE run_id = %1 ORDER BY id LIMIT 1"_s.arg(run))); };
    QTRY_VERIFY(shownIn(*m_panel).contains(step(u"1"_s)));
    QTRY_VERIFY(shownIn(*m_panel).contains(step(other)));
    const auto *first = m_panel->findChild<ReadingView *>(u"compared0"_s);
    const auto *second = m_panel->findChild<ReadingView *>(u"compared1"_s);
    QStringList titles;
    for (int i = 0; i < first->count(); ++i) {
        titles.append(first->head(i).title);
        if (i > 0)
            QCOMPARE(first->head(i).title, second->head(i).title); // the same step side by side
    }
    QVERIFY(titles.contains(runs.text(u"SELECT p.name FROM responses s JOIN payloads p ON p.id = s.payload_id WHERE s.run_id = 1 ORDER BY s.id LIMIT 1"_s)));
}

void tst_LensPanels::bothTextsScrollTogether()
{
    const LensDatabase &runs = database(u"llm-orchestration"_s, u"current"_s);
    QVariantMap arguments = recordArguments(u"runs"_s, {Value::integer(1)});
    arguments[u"with"_s] = QVariantList{QVariantList{runs.text(u"SELECT min(id) FROM runs WHERE id > 1 AND workflow_id = (SELECT workflow_id FROM runs WHERE id = 1)"_s)}};
    open(runs.system->context, u"compare"_s, arguments);
    m_panel->resize(700, 260);
    m_panel->activateWindow();
    QTRY_VERIFY(m_panel->findChild<ReadingView *>(u"compared1"_s) != nullptr);
    auto *first = m_panel->findChild<ReadingView *>(u"compared0"_s);
    auto *second = m_panel->findChild<ReadingView *>(u"compared1"_s);
    QTRY_VERIFY(first->isSettled() && second->isSettled() && first->verticalScrollBar()->maximum() > 200);
    m_panel->setFocus();
    QTRY_VERIFY(first->hasFocus());
    QTest::keyClick(first, Qt::Key_PageDown);
    QTRY_VERIFY(first->verticalScrollBar()->value() > 0);
    QTRY_VERIFY(second->verticalScrollBar()->value() > 0);
    QCOMPARE(second->firstVisible(), first->firstVisible());
}

void tst_LensPanels::theLibraryIsFilteredByTagAndWords()
{
    const LensDatabase &blocks = database(u"llm-orchestration"_s, u"current"_s);
    open(blocks.system->context, u"library"_s, {});
    auto *list = m_panel->findChild<QTreeWidget *>(u"libraryList"_s);
    const auto shown = [list] {
        QStringList titles;
        for (QTreeWidgetItemIterator line(list, QTreeWidgetItemIterator::NotHidden); *line != nullptr; ++line) {
            if ((*line)->childCount() == 0)
                titles.append((*line)->text(0));
        }
        titles.sort();
        return titles.join(u'\n');
    };
    const auto stored = [&](const QString &where) { return blocks.text(u"SELECT group_concat(title, char(10)) FROM (SELECT title FROM blocks %1 ORDER BY title)"_s.arg(where)); };
    QTRY_COMPARE(shown().split(u'\n').size(), blocks.text(u"SELECT count(*) FROM blocks"_s).toLongLong());
    const QString folder = blocks.text(u"SELECT folder_path FROM blocks WHERE folder_path <> '' ORDER BY id LIMIT 1"_s);
    QVERIFY(!list->findItems(folder.section(u'/', 0, 0), Qt::MatchExactly).isEmpty());
    auto *tag = m_panel->findChild<QComboBox *>(u"libraryTag"_s);
    QVERIFY(tag->count() > 1);
    const QString wanted = tag->itemData(1).toString();
    tag->setCurrentIndex(1);
    QCOMPARE(shown(), stored(u"WHERE ',' || replace(tags, ' ', '') || ',' LIKE '%,{},%'"_s.replace(u"{}"_s, QString(wanted).remove(u' '))));
    tag->setCurrentIndex(0);
    m_panel->findChild<QLineEdit *>(u"libraryWords"_s)->setText(u"style"_s);
    QCOMPARE(shown(), stored(u"WHERE title LIKE '%style%' OR tags LIKE '%style%' OR folder_path LIKE '%style%'"_s));
    QTRY_VERIFY(m_panel->currentRecord().has_value());
    QTRY_VERIFY(list->currentItem() != nullptr && !list->currentItem()->isHidden());
    // "Used in" counts rows that use it, and says where there are none.
    QVERIFY(m_panel->findChild<QLabel *>(u"librarySummary"_s)->text().contains(
        blocks.text(u"SELECT count(*) || ' used nowhere' FROM blocks WHERE id NOT IN (SELECT block_id FROM payload_blocks)"_s)));
}

void tst_LensPanels::theRawCallIsWhatIsStored()
{
    const LensDatabase &arena = database(u"mindgames-arena"_s, u"current"_s);
    open(arena.system->context, u"call"_s, recordArguments(u"llm_calls"_s, {Value::integer(40)}));
    QTRY_VERIFY(shownIn(*m_panel).contains(phrase(arena.text(u"SELECT json_extract(messages, '$[0].content') FROM llm_calls WHERE id = 40"_s))));
    QTRY_COMPARE(m_panel->currentRecord().value_or(Record()).table, u"llm_calls"_s);
    QTRY_VERIFY(m_panel->path().endsWith(u"/calls/40#call"));
}

/// Both generations of the LLM tool's log, which no line of this program knows of.
void tst_LensPanels::aSixthApplicationNeedsNoMoreThanItsProfile()
{
    const LensDatabase logs(QStringList{legacySchema, storeSchema});
    QVERIFY2(logs.problem.isEmpty(), qPrintable(logs.problem));
    open(logs.system->context, u"transcript"_s, recordArguments(u"conversations"_s, {Value::text(u"01c"_s)}));
    QTRY_VERIFY2(shownIn(*m_panel).contains(u"And for a walrus?"_s), qPrintable(shownIn(*m_panel)));
    QVERIFY2(shownIn(*m_panel).contains(u"gpt-4o-mini"_s) && shownIn(*m_panel).contains(u"Percy"_s), qPrintable(shownIn(*m_panel)));
    open(logs.system->context, u"transcript"_s, recordArguments(u"threads"_s, {Value::text(u"01t"_s)}));
    QTRY_VERIFY2(shownIn(*m_panel).contains(u"Wallace it is."_s), qPrintable(shownIn(*m_panel)));
    open(logs.system->context, u"totals"_s, recordArguments(u"conversations"_s, {Value::text(u"01c"_s)}));
    QTRY_VERIFY2(m_panel->findChild<QLabel *>(u"totalsSum"_s)->text().startsWith(u"49 tokens"_s), qPrintable(m_panel->findChild<QLabel *>(u"totalsSum"_s)->text()));
    m_panel.reset(); // before its database
}

QTEST_MAIN(tst_LensPanels)
#include "tst_lenspanels.moc"
