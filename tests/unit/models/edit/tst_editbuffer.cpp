// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editbuffer.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

RowImage image(qint64 id)
{
    return {{u"main"_s, u"t"_s, {Value::integer(id)}, 0}, {u"id"_s}, {{u"a"_s, Value::text(QStringView(u"old"))}, {u"b"_s, Value::integer(1)}}, {}};
}

void edit(EditBuffer &buffer, qint64 id, const QString &column, const Value &value)
{
    buffer.stage(u"edit %1"_s.arg(id), {buffer.changeOf(image(id), {{column, value}}).value()});
}

} // namespace

class tst_EditBuffer : public QObject
{
    Q_OBJECT

private slots:
    void everyIntentIsOneStep();
    void goingBackToWhatIsStoredIsNoEdit();
    void theJournalBringsBackEditsAndHistory();
    void everyValueSurvivesTheJournal();
    void aTornLineCostsOnlyItself();
    void aDamagedLineIsTold();
    void twoProgramsHaveTwoJournals();
    void aSaveEmptiesTheJournalAndCanBeUndone();
    void anEditDuringASaveStays();
    void aRandomHistoryIsReplayedExactly();
};

void tst_EditBuffer::everyIntentIsOneStep()
{
    EditBuffer buffer;
    QSignalSpy changes(&buffer, &EditBuffer::changed);
    buffer.stage(u"two rows"_s, {buffer.changeOf(image(1), {{u"a"_s, Value::null()}, {u"b"_s, Value::integer(2)}}).value(), buffer.changeOf(image(2), {{u"a"_s, Value::null()}}).value()});
    QCOMPARE(buffer.count(), 2);
    QCOMPARE(changes.size(), 1);
    edit(buffer, 1, u"a"_s, Value::text(QByteArray()));
    QCOMPARE(buffer.undoStack()->count(), 2);
    QCOMPARE(buffer.row(image(1).address)->cells.at(u"a"_s).after, Value::text(QByteArray()));
    buffer.undoStack()->undo();
    QVERIFY(buffer.row(image(1).address)->cells.at(u"a"_s).after.isNull());
    buffer.undoStack()->undo();
    QVERIFY(buffer.isEmpty());
    buffer.undoStack()->redo();
    buffer.undoStack()->redo();
    QCOMPARE(buffer.count(), 2);
    QCOMPARE(buffer.valuesAfter(image(1)).at(u"b"_s), Value::integer(2));
    // A new row that is deleted again was never there.
    const RowStep added = buffer.additionOf(u"main"_s, u"t"_s, {u"id"_s}, {});
    buffer.stage(u"add"_s, {added});
    buffer.stage(u"delete"_s, {buffer.deletionOf({added.address, {u"id"_s}, {}, {}}, {})});
    QCOMPARE(buffer.count(), 2);
}

void tst_EditBuffer::goingBackToWhatIsStoredIsNoEdit()
{
    EditBuffer buffer;
    edit(buffer, 1, u"a"_s, Value::null());
    edit(buffer, 1, u"a"_s, Value::text(QStringView(u"old")));
    QVERIFY(buffer.isEmpty());
    edit(buffer, 1, u"b"_s, Value::real(1)); // 1.0 is not 1
    QCOMPARE(buffer.count(), 1);
    QVERIFY(!buffer.changeOf(image(1), {{u"unknown"_s, Value::null()}}));
}

void tst_EditBuffer::theJournalBringsBackEditsAndHistory()
{
    QTemporaryDir folder;
    {
        EditBuffer buffer;
        buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
        edit(buffer, 1, u"a"_s, Value::null());
        edit(buffer, 2, u"a"_s, Value::null());
        edit(buffer, 3, u"a"_s, Value::null());
        buffer.undoStack()->undo();
        buffer.undoStack()->undo();
        buffer.undoStack()->redo();
        buffer.stage(u"delete"_s, {buffer.deletionOf(image(9), {{u"main"_s, u"c"_s, 132}})});
    }
    EditBuffer buffer;
    QCOMPARE(buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value()), 3);
    QVERIFY(buffer.row(image(1).address) && buffer.row(image(2).address) && !buffer.row(image(3).address));
    QCOMPARE(buffer.row(image(9).address)->kind, StagedRow::Kind::Deleted);
    QCOMPARE(buffer.row(image(9).address)->goesAlong.front().rows, 132);
    QCOMPARE(buffer.undoStack()->count(), 3);
    buffer.undoStack()->undo();
    buffer.undoStack()->undo();
    buffer.undoStack()->undo();
    QVERIFY(buffer.isEmpty());
    EditBuffer other;
    QCOMPARE(other.setJournal(EditJournal::open(folder.path(), u"another"_s).value()), 0);
}

void tst_EditBuffer::everyValueSurvivesTheJournal()
{
    QTemporaryDir folder;
    const std::vector<Value> values = {Value::integer(std::numeric_limits<qint64>::min()), Value::integer(9007199254740993), Value::real(0.1), Value::real(-0.0),
                                       Value::real(std::numeric_limits<double>::infinity()), Value::text(QByteArray("a\0b", 3)), Value::text(QByteArray("\xff\xfe")), Value::text(QByteArray()),
                                       Value::blob(QByteArray()), Value::blob(QByteArray("\0\xff\n", 3)), Value::null(), Value::text(QStringView(u"line\nend \U0001F426")), Value::text(QByteArray("\xEF\xBB\xBF" "bom"))};
    {
        EditBuffer buffer;
        buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
        for (std::size_t i = 0; i < values.size(); ++i)
            edit(buffer, static_cast<qint64>(i), u"a"_s, values[i]);
    }
    EditBuffer buffer;
    QCOMPARE(buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value()), static_cast<int>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
        QVERIFY2(buffer.row(image(static_cast<qint64>(i)).address)->cells.at(u"a"_s).after == values[i], qPrintable(QString::number(i)));
}

void tst_EditBuffer::aTornLineCostsOnlyItself()
{
    QTemporaryDir folder;
    QString path;
    {
        EditBuffer buffer;
        buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
        path = buffer.journal()->path();
        edit(buffer, 1, u"a"_s, Value::null());
        edit(buffer, 2, u"a"_s, Value::null());
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.resize(file.size() - 20);
    file.close();
    {
        auto opened = EditJournal::open(folder.path(), u"db"_s).value();
        QVERIFY(opened.damage.isEmpty());
        EditBuffer buffer;
        QCOMPARE(buffer.setJournal(std::move(opened)), 1);
        edit(buffer, 3, u"a"_s, Value::null()); // goes on where the good lines end
    }
    EditBuffer buffer;
    QCOMPARE(buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value()), 2);
}

void tst_EditBuffer::aDamagedLineIsTold()
{
    QTemporaryDir folder;
    QString path;
    {
        EditBuffer buffer;
        buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
        path = buffer.journal()->path();
        for (qint64 id = 1; id <= 3; ++id)
            edit(buffer, id, u"a"_s, Value::null());
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray text = file.readAll();
    text[text.indexOf("edit 2")] = 'E';
    file.seek(0);
    file.write(text);
    file.close();
    auto opened = EditJournal::open(folder.path(), u"db"_s).value();
    QVERIFY(!opened.damage.isEmpty());
    QCOMPARE(opened.entries.size(), 1u);
    QVERIFY(QFile::exists(path + u".damaged"_s));
}

void tst_EditBuffer::twoProgramsHaveTwoJournals()
{
    QTemporaryDir folder;
    EditBuffer first;
    first.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
    edit(first, 1, u"a"_s, Value::null());
    EditBuffer second;
    QCOMPARE(second.setJournal(EditJournal::open(folder.path(), u"db"_s).value()), 0);
    QVERIFY(first.journal()->path() != second.journal()->path());
}

void tst_EditBuffer::aSaveEmptiesTheJournalAndCanBeUndone()
{
    QTemporaryDir folder;
    EditBuffer buffer;
    buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
    edit(buffer, 1, u"a"_s, Value::text(QStringView(u"new")));
    QVERIFY(!buffer.undoStack()->isClean());
    buffer.acceptSaved({{image(1).address, {Value::integer(1)}}}, buffer.rows());
    QVERIFY(buffer.isEmpty());
    QVERIFY(buffer.undoStack()->isClean());
    QVERIFY(buffer.undoStack()->canUndo());
    buffer.undoStack()->undo();
    QCOMPARE(buffer.row(image(1).address)->cells.at(u"a"_s).after, Value::text(QStringView(u"old")));
    QCOMPARE(*buffer.row(image(1).address)->cells.at(u"a"_s).before, Value::text(QStringView(u"new")));
    buffer.undoStack()->redo();
    QVERIFY(buffer.isEmpty());
}

void tst_EditBuffer::anEditDuringASaveStays()
{
    EditBuffer buffer;
    edit(buffer, 1, u"a"_s, Value::text(QStringView(u"saved")));
    const std::vector<StagedRow> saving = buffer.rows();
    edit(buffer, 1, u"a"_s, Value::text(QStringView(u"later")));
    edit(buffer, 2, u"b"_s, Value::integer(7));
    buffer.acceptSaved({{image(1).address, {Value::integer(1)}}}, saving);
    QCOMPARE(buffer.count(), 2);
    const StagedCell &cell = buffer.row(image(1).address)->cells.at(u"a"_s);
    QCOMPARE(*cell.before, Value::text(QStringView(u"saved")));
    QCOMPARE(cell.after, Value::text(QStringView(u"later")));
}

void tst_EditBuffer::aRandomHistoryIsReplayedExactly()
{
    QTemporaryDir folder;
    QRandomGenerator random(20251021);
    std::vector<StagedRow> expected;
    for (int round = 0; round < 30; ++round) {
        EditBuffer buffer;
        buffer.setJournal(EditJournal::open(folder.path(), u"db"_s).value());
        if (round > 0) {
            std::vector<StagedRow> now = buffer.rows();
            QCOMPARE(now.size(), expected.size());
            for (const StagedRow &row : expected)
                QVERIFY(buffer.row(row.address) != nullptr && *buffer.row(row.address) == row);
        }
        for (int i = 0; i < 40; ++i) {
            const qint64 id = random.bounded(8);
            switch (random.bounded(6)) {
            case 0: buffer.undoStack()->undo(); break;
            case 1: buffer.undoStack()->redo(); break;
            case 2: buffer.stage(u"back"_s, {buffer.withdrawalOf(image(id).address)}); break;
            case 3: buffer.stage(u"delete"_s, {buffer.deletionOf(image(id), {})}); break;
            default:
                if (const auto step = buffer.changeOf(image(id), {{random.bounded(2) != 0 ? u"a"_s : u"b"_s, Value::integer(random.bounded(3))}}))
                    buffer.stage(u"edit"_s, {*step});
            }
        }
        expected = buffer.rows();
        if (expected.empty())
            edit(buffer, 1, u"a"_s, Value::null());
        expected = buffer.rows();
    }
}

QTEST_GUILESS_MAIN(tst_EditBuffer)
#include "tst_editbuffer.moc"
