// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/comparison.h"
#include "models/lenses/failures.h"
#include "models/lenses/matrix.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Matrices, comparisons and lists of failures.
class tst_SideBySide : public QObject
{
    Q_OBJECT

private slots:
    void everySystemsMatrixHoldsItsAnswers_data();
    void everySystemsMatrixHoldsItsAnswers();
    void missingAnswersAndTheChosenOneAreFlagged();
    void differencesCountFromTheBaseline();
    void aForkIsComparedWithItsParent();
    void orderAndSpaceOfJsonMakeNoDifference();
    void sixRecordsFieldByField();
    void failedThingsComeWithTheirLastTurn();
};

void tst_SideBySide::everySystemsMatrixHoldsItsAnswers_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("record");
    QTest::addColumn<QString>("count");
    QTest::newRow("consensus") << u"consensus-engine"_s << QString() << u"discussions"_s
                               << u"SELECT count(*) FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions)"_s;
    QTest::newRow("shipped") << u"consensus-engine"_s << u"shipped"_s << u"discussions"_s
                             << u"SELECT count(*) FROM llm_responses m JOIN discussion_rounds r ON r.id = m.round_id WHERE r.discussion_id = (SELECT min(id) FROM discussions)"_s;
    QTest::newRow("workflow") << u"llm-orchestration"_s << QString() << u"workflows"_s
                              << u"SELECT count(*) FROM responses s JOIN runs r ON r.id = s.run_id WHERE r.workflow_id = (SELECT min(id) FROM workflows)"_s;
    QTest::newRow("run-responses") << u"llm-orchestration"_s << u"run-responses"_s << u"workflows"_s
                                   << u"SELECT count(*) FROM run_responses s JOIN runs r ON r.id = s.run_id WHERE r.workflow_id = (SELECT min(id) FROM workflows)"_s;
    QTest::newRow("quorum") << u"quorum"_s << QString() << u"conversations"_s << u"SELECT count(*) FROM messages WHERE conversation_id = (SELECT min(id) FROM conversations)"_s;
}

void tst_SideBySide::everySystemsMatrixHoldsItsAnswers()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    QFETCH(QString, record);
    QFETCH(QString, count);
    const LensDatabase database(system, variant);
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    const Lens *lens = matrixLensFor(*database.system->context.profile, record);
    QVERIFY(lens);
    const Result<Matrix> matrix = readMatrix(database.scope(), *lens, database.firstKey(record));
    QVERIFY2(matrix, matrix ? "" : qPrintable(matrix.error().message + matrix.error().detail));
    QVERIFY(matrix->rows.size() > 0);
    QVERIFY(matrix->columns.size() > 1);
    int answers = 0;
    for (const std::vector<MatrixCell> &row : matrix->cells) {
        QCOMPARE(static_cast<qsizetype>(row.size()), matrix->columns.size());
        for (const MatrixCell &cell : row)
            answers += cell.isMissing() ? 0 : 1 + cell.more;
    }
    QCOMPARE(QString::number(answers), database.text(count));
    QCOMPARE(QSet<QString>(matrix->rows.begin(), matrix->rows.end()).size(), matrix->rows.size());
}

void tst_SideBySide::missingAnswersAndTheChosenOneAreFlagged()
{
    const LensDatabase database(u"consensus-engine"_s);
    const Lens *lens = matrixLensFor(*database.system->context.profile, u"discussions"_s);
    const QString discussion = database.text(u"SELECT d.id FROM discussions d JOIN rounds r ON r.discussion_id = d.id JOIN model_responses m ON m.round_id = r.id "
                                             "WHERE m.response_text = d.final_consensus ORDER BY d.id LIMIT 1"_s);
    const Result<Matrix> matrix = readMatrix(database.scope(), *lens, {Value::text(discussion)});
    QVERIFY(matrix);
    int chosen = 0;
    for (const std::vector<MatrixCell> &row : matrix->cells)
        chosen += static_cast<int>(std::ranges::count_if(row, &MatrixCell::isChosen));
    QVERIFY(chosen >= 1);
    QCOMPARE(matrix->lowestScore, 0.0);
    QCOMPARE(matrix->highestScore, 1.0);

    const LensDatabase silent(QStringList{schemaOfSystem(u"consensus-engine"_s, u"sqlite"_s), u"INSERT INTO discussions(id, prompt, started_at) VALUES (1, 'Why?', '2025-01-01 00:00:00');"_s,
                                          u"INSERT INTO rounds(id, discussion_id, round_number, round_type, prompt) VALUES (1, 1, 1, 'INITIAL', ''), (2, 1, 2, 'REFINE', ''), (3, 1, 3, 'FINAL', '');"_s,
                                          u"INSERT INTO model_responses(id, round_id, model_name, response_text) VALUES (1, 1, 'a', 'Yes.'), (2, 1, 'b', 'No.'), (3, 3, 'b', 'No.');"_s});
    QVERIFY2(silent.problem.isEmpty(), qPrintable(silent.problem));
    const Result<Matrix> holes = readMatrix(silent.scope(), *matrixLensFor(*silent.system->context.profile, u"discussions"_s), {Value::integer(1)});
    QVERIFY(holes);
    QCOMPARE(holes->rows.size(), 3);
    QCOMPARE(holes->missing(), 3); // nobody in round 2, model a in round 3
    QVERIFY(rowDiffers(holes->cells[0]));
    QVERIFY(rowDiffers(holes->cells[2]));
}

void tst_SideBySide::differencesCountFromTheBaseline()
{
    Matrix matrix;
    matrix.rows = {u"1"_s, u"2"_s};
    matrix.columns = {u"a"_s, u"b"_s, u"c"_s};
    const auto cell = [](const QString &text) {
        MatrixCell made;
        made.key = {Value::integer(1)};
        made.text = text;
        return made;
    };
    matrix.cells = {{cell(u"one two"_s), cell(u"one three"_s), MatrixCell()}, {MatrixCell(), cell(u"x"_s), cell(u"x"_s)}};
    const auto diffs = diffMatrix(matrix, 0, {});
    QCOMPARE(diffs[0][1].runs.size(), 3U);
    QVERIFY(diffs[0][0].runs.empty());
    QVERIFY(diffs[0][2].runs.empty());
    QVERIFY(diffs[1][1].runs.empty()); // nothing to compare with
    const auto others = diffMatrix(matrix, 1, {});
    QCOMPARE(others[1][2].likeness, 1.0);
    QCOMPARE(others[0][0].runs[1].kind, DiffRun::Kind::Removed);
}

void tst_SideBySide::aForkIsComparedWithItsParent()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const RowKey fork = database.keyWhere(u"prompts"_s, u"WHERE forked_from IS NOT NULL"_s);
    const Result<RowKey> parent = usualPartner(database.scope(), u"prompts"_s, fork);
    QVERIFY(parent);
    QCOMPARE(parent->front().toDisplayText(), database.text(u"SELECT forked_from FROM prompts WHERE id = %1"_s.arg(fork.front().toDisplayText())));
    QVERIFY(usualPartner(database.scope(), u"prompts"_s, database.keyWhere(u"prompts"_s, u"WHERE forked_from IS NULL"_s))->empty());
    const Result<RecordComparison> comparison = readComparison(database.scope(), u"prompts"_s, {*parent, fork});
    QVERIFY2(comparison, comparison ? "" : qPrintable(comparison.error().message));
    QCOMPARE(comparison->fields.size(), 2U);
    const auto compared = compareFields(*comparison, {});
    QVERIFY(!compared[1][1].isSame);
    QVERIFY(compared[1][1].likeness > 0.1);
    QVERIFY(!comparable(database.scope(), u"prompts"_s, 3)->empty());
    QCOMPARE(readComparison(database.scope(), u"prompts"_s, {fork, {Value::integer(4711)}}).error().code, ErrorCode::NotFound);
}

void tst_SideBySide::orderAndSpaceOfJsonMakeNoDifference()
{
    QCOMPARE(sortedJson(R"({"b":1.00,"a":[1,{"z":null,"y":"é"}]})"), sortedJson(R"( { "a" : [ 1 , {"y":"é","z":null} ], "b":1.00 } )"));
    QVERIFY(sortedJson(R"({"b":1.00})").contains(u"1.00"));
    QVERIFY(sortedJson(R"({"a":1})") != sortedJson(R"({"a":1.0})"));
    QVERIFY(sortedJson("no json").isNull());
    QVERIFY(sortedJson(QByteArray(5'000, '[') + QByteArray(5'000, ']')).isNull());
}

void tst_SideBySide::sixRecordsFieldByField()
{
    const LensDatabase database(u"mindgames-arena"_s);
    std::vector<RowKey> keys;
    for (int id = 1; id <= RecordComparison::most; ++id)
        keys.push_back({Value::integer(id)});
    const Result<RecordComparison> turns = readComparison(database.scope(), u"game_turns"_s, keys); // no lens: all columns
    QVERIFY(turns);
    QCOMPARE(turns->titles.size(), RecordComparison::most);
    const auto action = std::ranges::find(turns->fields, u"action"_s, &RecordComparison::Field::title);
    QVERIFY(action != turns->fields.end());
    QCOMPARE(action->texts[2], database.text(u"SELECT action FROM game_turns WHERE id = 3"_s));
    const auto observation = std::ranges::find(turns->fields, u"observation"_s, &RecordComparison::Field::title);
    QVERIFY(observation->isJson);
}

void tst_SideBySide::failedThingsComeWithTheirLastTurn()
{
    const LensDatabase arena(u"mindgames-arena"_s);
    QVERIFY(hasFailedLists(*arena.system->context.profile));
    const Result<std::vector<FailedList>> lists = readFailedLists(arena.scope());
    QVERIFY2(lists, lists ? "" : qPrintable(lists.error().message + lists.error().detail));
    const FailedList &crashed = lists->front();
    QCOMPARE(QString::number(crashed.records.size()), arena.text(u"SELECT count(*) FROM games WHERE status = 'failed'"_s));
    QVERIFY(!crashed.records.empty());
    QVERIFY(std::ranges::any_of(crashed.records.front().badges, [](const TreeBadge &badge) { return badge.value.toDisplayText() == u"failed"; }));
    const auto last = readLastEntries(arena.scope(), crashed, {crashed.records.front().key, {Value::integer(4711)}});
    QVERIFY2(last, last ? "" : qPrintable(last.error().message + last.error().detail));
    QVERIFY(last->back().empty()); // no such game
    const QString game = crashed.records.front().key.front().toDisplayText();
    for (int i = 0; i < FailedList::lastEntries; ++i) {
        const LastEntry &entry = last->front()[static_cast<std::size_t>(FailedList::lastEntries - 1 - i)];
        QCOMPARE(entry.text, arena.text(u"SELECT action FROM game_turns WHERE game_id = %1 ORDER BY turn_number DESC LIMIT 1 OFFSET %2"_s.arg(game).arg(i)));
        QCOMPARE(entry.speaker, arena.text(u"SELECT coalesce(a.alias, t.player_index) FROM game_turns t LEFT JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index LEFT JOIN agents a ON a.id = p.agent_id "
                                            "WHERE t.game_id = %1 ORDER BY t.turn_number DESC LIMIT 1 OFFSET %2"_s.arg(game).arg(i)));
    }
    for (const QString &system : {u"consensus-engine"_s, u"quorum"_s, u"llm-orchestration"_s}) {
        const LensDatabase database(system);
        const Result<std::vector<FailedList>> of = readFailedLists(database.scope());
        QVERIFY2(of && !of->empty(), qPrintable(system));
        bool hasLast = false;
        for (const FailedList &list : *of) {
            std::vector<RowKey> keys;
            for (const FailedRecord &record : list.records)
                keys.push_back(record.key);
            const auto said = readLastEntries(database.scope(), list, keys);
            QVERIFY2(said, said ? "" : qPrintable(said.error().message + said.error().detail));
            for (const std::vector<LastEntry> &entries : *said)
                hasLast = hasLast || (!entries.empty() && !entries.back().text.isEmpty() && !entries.back().speaker.isEmpty());
        }
        QVERIFY2(hasLast, qPrintable(system));
    }
}

QTEST_GUILESS_MAIN(tst_SideBySide)
#include "tst_sidebyside.moc"
