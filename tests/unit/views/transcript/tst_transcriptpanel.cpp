// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/memorysecretstore.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/panels/tasks.h"
#include "views/reading/readingview.h"
#include "views/transcript/seriesstrip.h"
#include "views/transcript/transcriptpanel.h"

#include <QAccessible>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocument>
#include <QThreadPool>
#include <QToolButton>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class NoTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()>) override { return 1; }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int) override {}
    void note(const QString &) override {}
};

} // namespace

class tst_TranscriptPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init() { QGuiApplication::clipboard()->clear(); }
    void cleanup() { m_panel.reset(); }
    void aGameIsReadWithSpeakersAndChapters();
    void aRoleThatAllShareIsNotRepeated();
    void hiddenRolesHideWhatOnlyOnePlayerSaw();
    void wordsAreFoundAndCounted();
    void theWholeIsCopiedAsMarkdown();
    void aTurnOpensItsGameAtItself();
    void choosingAnEntryTellsRecordAndPath();
    void everyEntryIsKnownToTheScreenReader();
    void aLongSilenceIsAGapInTheRail();
    void tenThousandMessagesStayInPlace();
    void fiveMegabytesFold();
    void picturesAndFilesAreNotLoaded();
    void aMissingRecordIsSaid();

private:
    void open(const OpenedSystem &system, const QString &table, const RowKey &key)
    {
        m_panel = std::make_unique<TranscriptPanel>(m_services, system.context, recordArguments(table, key));
        m_panel->setKind(u"transcript"_s);
        QSignalSpy settled(m_panel.get(), &Panel::settled);
        m_panel->resize(900, 700);
        m_panel->show();
        QTRY_VERIFY_WITH_TIMEOUT(settled.count() > 0, 30'000);
    }
    ReadingView *view() const { return m_panel->findChild<ReadingView *>(u"transcript"_s); }
    QString visibleText() const
    {
        QStringList lines;
        for (const int each : view()->visibleEntries())
            lines.append(view()->head(each).title + u": "_s + view()->textOf(each));
        return lines.join(u'\n');
    }

    QTemporaryDir m_folder;
    QThreadPool m_workers;
    MemorySecretStore m_secrets;
    NoTasks m_tasks;
    std::unique_ptr<OpenedSystem> m_arena;
    std::unique_ptr<OpenedSystem> m_long;
    std::unique_ptr<QSettings> m_settings = std::make_unique<QSettings>(QStringLiteral("%1/s.ini").arg(m_folder.path()), QSettings::IniFormat);
    PanelServices m_services{*m_settings, m_workers, m_secrets, m_tasks, m_folder.path(), m_folder.path()};
    std::unique_ptr<TranscriptPanel> m_panel;
};

void tst_TranscriptPanel::initTestCase()
{
    const QString arena = m_folder.filePath(u"arena.db"_s);
    QCOMPARE(makeDemoFile(arena, u"mindgames-arena"_s), QString());
    m_arena = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(arena));
    const QString path = m_folder.filePath(u"long.db"_s);
    QCOMPARE(executeSql(path, schemaOfSystem(u"quorum"_s, u"sqlite"_s)), QString());
    const QString sql = uR"(
        INSERT INTO conversations(id, title, current_health_score, has_contradictions, has_loops, requires_intervention, created_at, updated_at)
        SELECT column1, column1, 90, 0, 0, 0, '2025-01-01', '2025-01-01' FROM (VALUES ('many'), ('big'), ('bad'), ('slow'));
        CREATE TABLE said (id, talk, speaker, content, place);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO said SELECT 'm' || i, 'many', 'Agent ' || (i % 3), 'Message ' || i || '. ' || substr('word word word word word word word word word word ', 1, (i * 37) % 47) || printf('%.*c', (i * 13) % 900, 'x'), i FROM n;
        INSERT INTO said VALUES ('b1', 'big', 'A', printf('%.*c', 5000000, 'y'), 1), ('b2', 'big', 'B', 'after it', 2),
          ('i1', 'bad', 'A', 'An image ![secret](file:///etc/hostname) and ![x](http://127.0.0.1:9/x.png) and <img src="file:///etc/hostname"> **bold**', 1);
        INSERT INTO messages(id, conversation_id, agent_name, role, content, sequence_number, round_number, health_score, has_citations, citations_verified, created_at)
        SELECT id, talk, speaker, 'agent', content, place, 1, 90, 0, 0, '2025-01-01 00:00:00' FROM said;
        DROP TABLE said;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15)
        INSERT INTO messages(id, conversation_id, agent_name, role, content, sequence_number, round_number, health_score, has_citations, citations_verified, created_at)
        SELECT 's' || i, 'slow', 'Agent ' || (i % 2), 'agent', 'Said ' || i, i, 1, 90, 0, 0,
               datetime('2025-01-01 00:00:00', (i * 10 + CASE i WHEN 13 THEN 7190 WHEN 14 THEN 266390 WHEN 15 THEN 262780 ELSE 0 END) || ' seconds') FROM n;)"_s;
    const QString problem = executeSql(path, sql);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    m_long = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path));
}

void tst_TranscriptPanel::aGameIsReadWithSpeakersAndChapters()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    QCOMPARE(m_panel->title(), u"Game 12"_s);
    QVERIFY(m_panel->path().startsWith(u"games/12#"));
    QCOMPARE(view()->head(0).kind, ReadingHead::Kind::Chapter);
    QCOMPARE(view()->head(0).title, u"Night 1"_s);
    QVERIFY(view()->head(1).chip == u"Mafia");
    QVERIFY(visibleText().contains(u"[2]"));
    QVERIFY(m_panel->findChild<QLabel *>(u"transcriptSummary"_s)->text().contains(u"at least $"));
    QVERIFY(m_panel->findChild<SeriesStrip *>()->isVisible());
}

void tst_TranscriptPanel::aRoleThatAllShareIsNotRepeated()
{
    open(*m_long, u"conversations"_s, {Value::text(QByteArray("slow"))});
    QVERIFY(view()->count() > 10);
    for (int i = 0; i < view()->count(); ++i)
        QCOMPARE(view()->head(i).chip, QString());
}

void tst_TranscriptPanel::hiddenRolesHideWhatOnlyOnePlayerSaw()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    m_panel->findChild<QToolButton *>(u"showRoles"_s)->click();
    QTRY_VERIFY(view()->isSettled());
    for (int i = 0; i < view()->count(); ++i)
        QVERIFY(view()->head(i).chip.isEmpty());
    QVERIFY(!visibleText().contains(u"bservation"));
}

void tst_TranscriptPanel::wordsAreFoundAndCounted()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    m_panel->find();
    auto *words = m_panel->findChild<QLineEdit *>(u"findText"_s);
    const auto *count = m_panel->findChild<QLabel *>(u"findCount"_s);
    words->setText(u"steering"_s);
    QTRY_VERIFY2(count->text().startsWith(u"1 of "), qPrintable(count->text()));
    QTRY_VERIFY(visibleText().contains(u"steering"));
    words->setText(u"no such words"_s);
    QTRY_COMPARE(count->text(), u"Not found"_s);
    words->clear();
    QTRY_COMPARE(count->text(), QString());
}

void tst_TranscriptPanel::theWholeIsCopiedAsMarkdown()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    m_panel->copy(u"markdown"_s);
    QTRY_VERIFY(QGuiApplication::clipboard()->text().startsWith(u"# Game 12"));
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"## Day 1"));
}

void tst_TranscriptPanel::aTurnOpensItsGameAtItself()
{
    open(*m_arena, u"game_turns"_s, {Value::text(u"370"_s)});
    QCOMPARE(m_panel->title(), u"Game 12"_s);
    QTRY_VERIFY(view()->current() >= 0);
    QTRY_VERIFY(visibleText().contains(u"I will say it plainly"));
    QVERIFY(view()->textOf(view()->current()).contains(u"I will say it plainly"));
}

void tst_TranscriptPanel::choosingAnEntryTellsRecordAndPath()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    QSignalSpy chosen(m_panel.get(), &Panel::recordSelected);
    QTRY_VERIFY(m_panel->currentRecord()); // the first one is chosen from the beginning, at the path of the whole
    QCOMPARE(m_panel->path(), u"games/12#transcript"_s);
    chosen.clear();
    view()->setCurrent(2);
    QTRY_COMPARE(chosen.count(), 1);
    QCOMPARE(m_panel->currentRecord()->table, u"game_turns"_s);
    QTRY_COMPARE(m_panel->path(), u"games/12/turns/365#transcript"_s);
}

void tst_TranscriptPanel::everyEntryIsKnownToTheScreenReader()
{
    open(*m_arena, u"games"_s, {Value::integer(12)});
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view());
    QVERIFY(list != nullptr);
    QCOMPARE(list->role(), QAccessible::List);
    QVERIFY(list->childCount() > 2);
    QCOMPARE(list->child(0)->text(QAccessible::Name), u"Night 1"_s);
    const QString name = list->child(1)->text(QAccessible::Name);
    QVERIFY2(name.contains(view()->head(1).title) && name.contains(u"Mafia") && name.contains(u"[2]"), qPrintable(name));
    QCOMPARE(list->child(1)->role(), QAccessible::ListItem);
    QCOMPARE(list->indexOfChild(list->child(2)), 2);
    QVERIFY(!list->child(1)->rect().isEmpty());
}

void tst_TranscriptPanel::aLongSilenceIsAGapInTheRail()
{
    using Rail = ReadingHead::Rail;
    open(*m_long, u"conversations"_s, {Value::text(u"slow"_s)});
    QStringList lines;
    for (int i = 0; i < view()->count(); ++i) {
        const ReadingHead &head = view()->head(i);
        lines.append((head.rail == Rail::Gap ? u"gap "_s : head.rail == Rail::Mark ? u"mark "_s : head.rail == Rail::Passes ? u"line "_s : u"none "_s) + head.title);
    }
    // Twelve messages ten seconds apart, then nothing for two hours, then a day, and a clock that was set back.
    const QString said = lines.join(u'\n');
    QVERIFY2(said.contains(u"gap 2 h 0 min later\nmark"), qPrintable(said));
    QVERIFY2(said.contains(u"gap 3 days later · 2025-01-04\nmark"), qPrintable(said));
    QVERIFY2(said.contains(u"gap the clock goes back by 1 h 0 min\nmark"), qPrintable(said));
    QCOMPARE(said.count(u"gap "), 3);
    QVERIFY(!said.contains(u"none ") || !said.section(u"mark"_s, 1, -2).contains(u"none "));
    QVERIFY(m_panel->currentRecord() || QTest::qWaitFor([this] { return m_panel->currentRecord().has_value(); }));
}

void tst_TranscriptPanel::tenThousandMessagesStayInPlace()
{
    open(*m_long, u"conversations"_s, {Value::text(u"many"_s)});
    QVERIFY(view()->count() >= 10'000);
    view()->scrollTo(5'000);
    QTRY_VERIFY(view()->isSettled());
    const int first = view()->firstVisible();
    QVERIFY(std::abs(first - 5'000) <= 1);
    QVERIFY(visibleText().contains(u"Message 5000.") || visibleText().contains(u"Message 4999."));
    // What is above may turn out higher or lower than it was thought to be: the text at the top does not move.
    for (int i = 0; i < 30; ++i) {
        view()->verticalScrollBar()->setValue(view()->verticalScrollBar()->value() - 300);
        QTRY_VERIFY(view()->isSettled());
        const int before = view()->firstVisible();
        QCoreApplication::sendPostedEvents();
        QVERIFY(std::abs(view()->firstVisible() - before) <= 1);
    }
    view()->verticalScrollBar()->setValue(view()->verticalScrollBar()->maximum());
    QTRY_VERIFY(view()->isSettled());
    QTRY_VERIFY(visibleText().contains(u"Message 10000."));
}

void tst_TranscriptPanel::fiveMegabytesFold()
{
    open(*m_long, u"conversations"_s, {Value::text(u"big"_s)});
    int big = 0;
    while (big < view()->count() && view()->textOf(big).left(1) != u"y")
        ++big;
    QVERIFY(big < view()->count());
    QTRY_VERIFY(view()->isSettled());
    QVERIFY2(view()->rectOf(big).height() < 20'000, qPrintable(QString::number(view()->rectOf(big).height())));
    view()->scrollTo(big + 1);
    QTRY_VERIFY(visibleText().contains(u"after it"));
}

void tst_TranscriptPanel::picturesAndFilesAreNotLoaded()
{
    const std::vector<TextPiece> pieces = textPieces(u"An image ![secret](file:///etc/hostname) and <img src=\"/etc/hostname\">"_s, u"markdown"_s);
    QCOMPARE(pieces.size(), 1U);
    const std::unique_ptr<QTextDocument> document = pieceDocument(pieces.front(), {QFont(), QFont(), Qt::black, Qt::blue, Qt::white, false}, {}, thread());
    QVERIFY2(document->toPlainText().contains(u"[image: secret]"), qPrintable(document->toPlainText()));
    QVERIFY(!document->toHtml().contains(u"<img"));
    open(*m_long, u"conversations"_s, {Value::text(u"bad"_s)});
    QVERIFY(visibleText().contains(u"An image"));
}

void tst_TranscriptPanel::aMissingRecordIsSaid()
{
    open(*m_arena, u"games"_s, {Value::integer(4711)});
    QCOMPARE(view()->count(), 0);
    bool isSaid = false;
    for (const QLabel *label : m_panel->findChildren<QLabel *>())
        isSaid = isSaid || (label->isVisible() && label->text().contains(u"not in the database any more"));
    QVERIFY(isSaid);
}

QTEST_MAIN(tst_TranscriptPanel)
#include "tst_transcriptpanel.moc"
