// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/assembly.h"
#include "models/lenses/findings.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Contradictions, loops, citations; assembled prompts.
class tst_Findings : public QObject
{
    Q_OBJECT

private slots:
    void openFindingsComeFirst();
    void aContradictionHasBothStatementsMarked();
    void aLoopHasItsMembersFromFirstToLast();
    void aCitationStandsInItsMessage();
    void blocksAreAssembledInTheirOrder();
    void placeholdersAreFilledFromARun();
    void missingValuesAreFlagged();
    void aTemplateNamesItsModulesAndVariables();
    void aBlockKnowsWhereItIsUsed();
};

void tst_Findings::openFindingsComeFirst()
{
    const LensDatabase database(u"quorum"_s);
    QVERIFY(hasFindings(*database.system->context.profile));
    const Result<std::vector<LensFinding>> all = listFindings(database.scope());
    QVERIFY2(all, all ? "" : qPrintable(all.error().message + all.error().detail));
    const auto count = [&](LensFinding::Kind kind) { return QString::number(std::ranges::count(*all, kind, &LensFinding::kind)); };
    QCOMPARE(count(LensFinding::Kind::Contradiction), database.text(u"SELECT count(*) FROM contradictions"_s));
    QCOMPARE(count(LensFinding::Kind::Loop), database.text(u"SELECT count(*) FROM conversation_loops"_s));
    QCOMPARE(count(LensFinding::Kind::Citation), database.text(u"SELECT count(*) FROM message_citations"_s));
    QCOMPARE(all->front().isOpen, database.text(u"SELECT count(*) FROM contradictions WHERE NOT resolved"_s) != u"0"_s);
    const LensDatabase arena(u"mindgames-arena"_s);
    QVERIFY(!hasFindings(*arena.system->context.profile));
}

void tst_Findings::aContradictionHasBothStatementsMarked()
{
    const LensDatabase database(u"quorum"_s);
    const Lens *lens = findingLensFor(*database.system->context.profile, u"contradictions"_s);
    const Result<LensFinding> finding = readFinding(database.scope(), *lens, database.firstKey(u"contradictions"_s));
    QVERIFY2(finding, finding ? "" : qPrintable(finding.error().message + finding.error().detail));
    QCOMPARE(finding->texts.size(), 2U);
    const QString id = database.text(u"SELECT min(id) FROM contradictions"_s);
    for (int i = 0; i < 2; ++i) {
        const FindingText &text = finding->texts[static_cast<std::size_t>(i)];
        QCOMPARE(text.text.mid(text.start, text.length), database.text(u"SELECT statement_%1 FROM contradictions WHERE id = '%2'"_s.arg(i + 1).arg(id)));
        QCOMPARE(text.title, database.text(u"SELECT m.agent_name FROM contradictions c JOIN messages m ON m.id = c.message_%1_id WHERE c.id = '%2'"_s.arg(i + 1).arg(id)));
    }
    QVERIFY(!finding->explanation.isEmpty());
    QVERIFY(!finding->suggestion.isEmpty());
}

void tst_Findings::aLoopHasItsMembersFromFirstToLast()
{
    const LensDatabase database(u"quorum"_s);
    const Lens *lens = findingLensFor(*database.system->context.profile, u"conversation_loops"_s);
    const RowKey key = database.firstKey(u"conversation_loops"_s);
    QVERIFY(!key.empty());
    const Result<LensFinding> loop = readFinding(database.scope(), *lens, key);
    QVERIFY2(loop, loop ? "" : qPrintable(loop.error().message + loop.error().detail));
    const QString of = u" FROM conversation_loops l JOIN messages a ON a.id = l.first_occurrence_message_id JOIN messages b ON b.id = l.last_occurrence_message_id WHERE l.id = '%1'"_s.arg(key.front().toDisplayText());
    QCOMPARE(QString::number(loop->texts.size()), database.text(u"SELECT b.sequence_number - a.sequence_number + 1"_s + of));
    QCOMPARE(loop->texts.front().text, database.text(u"SELECT a.content"_s + of));
    QCOMPARE(loop->texts.back().text, database.text(u"SELECT b.content"_s + of));
}

void tst_Findings::aCitationStandsInItsMessage()
{
    const LensDatabase database(u"quorum"_s);
    const Lens *lens = findingLensFor(*database.system->context.profile, u"message_citations"_s);
    const RowKey key = database.firstKey(u"message_citations"_s);
    const Result<LensFinding> citation = readFinding(database.scope(), *lens, key);
    QVERIFY2(citation, citation ? "" : qPrintable(citation.error().message + citation.error().detail));
    QCOMPARE(citation->texts.front().text.mid(citation->texts.front().start, citation->texts.front().length),
             database.text(u"SELECT citation_text FROM message_citations WHERE id = '%1'"_s.arg(key.front().toDisplayText())));
    QVERIFY(citation->url.startsWith(u"https://"));
}

void tst_Findings::blocksAreAssembledInTheirOrder()
{
    const LensDatabase database(u"llm-orchestration"_s);
    const Lens *lens = assemblyLensFor(*database.system->context.profile, u"payloads"_s);
    QVERIFY(lens);
    const Result<Assembly> payload = readAssembly(database.scope(), *lens, {Value::integer(1)});
    QVERIFY2(payload, payload ? "" : qPrintable(payload.error().message + payload.error().detail));
    QStringList titles;
    for (const Assembly::Part &part : payload->parts)
        titles.append(part.title);
    QCOMPARE(titles.join(u'|'), database.text(u"SELECT group_concat(title, '|') FROM (SELECT b.title FROM payload_blocks p JOIN blocks b ON b.id = p.block_id WHERE p.payload_id = 1 ORDER BY p.order_index)"_s));
    QVERIFY(payload->whole().contains(payload->parts.back().text));
}

void tst_Findings::placeholdersAreFilledFromARun()
{
    const LensDatabase database(u"llm-orchestration"_s);
    const Lens *lens = assemblyLensFor(*database.system->context.profile, u"payloads"_s);
    const QString id = database.text(u"SELECT p.payload_id FROM payload_blocks p JOIN blocks b ON b.id = p.block_id WHERE b.content LIKE '%{{%}}%' ORDER BY 1 LIMIT 1"_s);
    QVERIFY(id != u"NULL");
    const Result<Assembly> newest = readAssembly(database.scope(), *lens, {Value::integer(id.toLongLong())});
    QVERIFY(newest);
    QVERIFY(!newest->groups.isEmpty());
    const auto filled = [](const Assembly &assembly) {
        for (const Assembly::Part &part : assembly.parts) {
            for (const Assembly::Mark &mark : part.marks) {
                if (mark.kind == Assembly::Mark::Kind::Placeholder)
                    return std::pair(mark.name, part.text.mid(mark.start, mark.length));
            }
        }
        return std::pair<QString, QString>();
    };
    const Result<Assembly> oldest = readAssembly(database.scope(), *lens, {Value::integer(id.toLongLong())}, newest->groups.last());
    const auto [name, text] = filled(*oldest);
    QVERIFY(!name.isEmpty());
    QCOMPARE(text, database.text(u"SELECT s.content FROM responses s JOIN payloads p ON p.id = s.payload_id WHERE p.name = '%1' AND s.run_id = %2 ORDER BY s.created_at DESC, s.id LIMIT 1"_s.arg(name, oldest->group)));
}

void tst_Findings::missingValuesAreFlagged()
{
    const LensDatabase database(QStringList{schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s), u"INSERT INTO blocks(id, title, content) VALUES (1, 'Ask', 'Use {{ Nobody }} here.');"_s,
                                            u"INSERT INTO payloads(id, name) VALUES (1, 'P');"_s, u"INSERT INTO payload_blocks(payload_id, block_id, order_index) VALUES (1, 1, 0);"_s});
    QVERIFY2(database.problem.isEmpty(), qPrintable(database.problem));
    const Result<Assembly> assembly = readAssembly(database.scope(), *assemblyLensFor(*database.system->context.profile, u"payloads"_s), {Value::integer(1)});
    QVERIFY2(assembly, assembly ? "" : qPrintable(assembly.error().message + assembly.error().detail));
    QCOMPARE(assembly->missing(), 1);
    QCOMPARE(assembly->parts.front().text, u"Use {{ Nobody }} here."_s);
    QCOMPARE(assembly->parts.front().marks.front().name, u"Nobody"_s);
    QCOMPARE(readAssembly(database.scope(), *assemblyLensFor(*database.system->context.profile, u"payloads"_s), {Value::integer(7)}).error().code, ErrorCode::NotFound);
}

void tst_Findings::aTemplateNamesItsModulesAndVariables()
{
    const LensDatabase database(u"project-2501"_s);
    const Lens *lens = assemblyLensFor(*database.system->context.profile, u"personas"_s);
    QVERIFY(lens);
    const RowKey key = database.keyWhere(u"personas"_s, u"WHERE template LIKE '%@%'"_s);
    const Result<Assembly> persona = readAssembly(database.scope(), *lens, key);
    QVERIFY2(persona, persona ? "" : qPrintable(persona.error().message + persona.error().detail));
    QVERIFY(persona->parts.size() > 1);
    const Assembly::Mark &mark = persona->parts.front().marks.front();
    QVERIFY(persona->parts.front().text.mid(mark.start, mark.length).contains(mark.name));
    QVERIFY(persona->parts[1].title.startsWith(u'@'));
    QCOMPARE(persona->parts[1].text, database.text(u"SELECT content FROM modules WHERE name = '%1'"_s.arg(persona->parts[1].title.mid(1))));
    QCOMPARE(persona->stages.size(), 5U);
    int placed = 0;
    for (const Assembly::Stage &stage : persona->stages)
        placed += static_cast<int>(stage.names.size());
    QVERIFY(placed > 0);
}

void tst_Findings::aBlockKnowsWhereItIsUsed()
{
    const LensDatabase database(u"llm-orchestration"_s);
    const Lens *lens = assemblyLensFor(*database.system->context.profile, u"blocks"_s);
    QVERIFY(lens);
    const QString block = database.text(u"SELECT block_id FROM payload_blocks GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"_s);
    const Result<Assembly> assembly = readAssembly(database.scope(), *lens, {Value::integer(block.toLongLong())});
    QVERIFY2(assembly, assembly ? "" : qPrintable(assembly.error().message + assembly.error().detail));
    QCOMPARE(QString::number(assembly->usedIn.size()), database.text(u"SELECT count(*) FROM payload_blocks WHERE block_id = "_s + block));
}

QTEST_GUILESS_MAIN(tst_Findings)
#include "tst_findings.moc"
