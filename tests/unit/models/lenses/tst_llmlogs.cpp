// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/assembly.h"
#include "models/lenses/totals.h"
#include "tests/unit/models/lenses/lensdatabase.h"
#include "tests/unit/models/lenses/llmlogsdatabases.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

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
