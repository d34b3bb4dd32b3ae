// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editjournal.h"
#include "models/edit/stagedrow.h"

#include <QHash>
#include <QObject>
#include <QUndoStack>

#include <memory>
#include <optional>
#include <vector>

namespace turnstone {

/// What happens to one row in a step: its staged state before and after; nothing means not staged.
struct RowStep
{
    RowAddress address;
    std::optional<StagedRow> before;
    std::optional<StagedRow> after;
};

/// A row that was saved, with the key that it has now.
struct SavedRow
{
    RowAddress address;
    RowKey key;
};

/// Edits of one database that are not saved yet, by row identity: independent of what is shown, sorted, filtered or open.
///
/// Every intent is one step on the undo stack, and every step, undo and redo goes to the journal at once. Nothing is written
/// to the database here: saveEdits() does that with a copy of rows(). After a save the history begins anew with one step
/// whose undo stages the opposite of what was saved. GUI thread only.
class EditBuffer final : public QObject
{
    Q_OBJECT

public:
    explicit EditBuffer(QObject *parent = nullptr);
    ~EditBuffer() override;

    /// Takes over what `opened` holds, with its history. Returns the number of staged rows that it brought. Errors of single
    /// entries end the replay; what was good until then stays.
    int setJournal(EditJournal::Opened opened);
    /// Null without one. A save in another thread may hold it longer than the buffer lives.
    std::shared_ptr<EditJournal> journal() const { return m_journal; }
    /// Rows of a save of which the journal does not tell whether it happened, with keys of new rows if they were known:
    /// the program ended during COMMIT. To be settled with settle() before anything else is saved.
    const std::optional<std::vector<SavedRow>> &unsettled() const { return m_unsettled; }

    QUndoStack *undoStack() { return &m_undo; }
    bool isEmpty() const { return m_rows.isEmpty(); }
    int count() const { return static_cast<int>(m_rows.size()); }
    int countOf(const QString &schema, const QString &table) const;
    const StagedRow *row(const RowAddress &address) const;
    /// In the order in which they were first staged.
    std::vector<StagedRow> rows() const;
    std::vector<StagedRow> rowsOf(const QString &schema, const QString &table) const;

    /// One step. Rows that end as they began are left out; an empty step is none.
    void stage(const QString &text, std::vector<RowStep> steps);
    /// How the row is staged if these columns get these values; nothing if it is as stored then. Starts from what is staged.
    /// Columns whose value is not in `image` are refused: NotFound.
    [[nodiscard]] Result<RowStep> changeOf(const RowImage &image, const std::vector<std::pair<QString, Value>> &values) const;
    RowStep deletionOf(const RowImage &image, std::vector<GoesAlong> goesAlong) const;
    /// A new row with these values.
    RowStep additionOf(const QString &schema, const QString &table, const QStringList &keyColumns, const std::map<QString, Value> &values);
    /// Back to what is stored.
    RowStep withdrawalOf(const RowAddress &address) const;
    /// Values of `image` as they will be after a save.
    std::map<QString, Value> valuesAfter(const RowImage &image) const;

    /// Notes in a buffer's journal that a save is about to happen, and what keys new rows got: before COMMIT, in any thread.
    [[nodiscard]] static Result<> noteSaving(EditJournal &journal, const std::vector<SavedRow> &rows);
    void noteNotSaved();
    /// `saved` are in the database as `rows` said, which is what rows() gave when the save began: they are staged no more.
    /// What was edited meanwhile stays.
    void acceptSaved(const std::vector<SavedRow> &saved, const std::vector<StagedRow> &rows);
    /// The save of unsettled() did or did not happen.
    void settle(bool happened);

signals:
    void rowChanged(const turnstone::RowAddress &address);
    /// Once for each step, undo, redo and save.
    void changed();
    /// The journal cannot be written: edits last only as long as the program.
    void journalFailed(const turnstone::Error &error);

private:
    class StepCommand;
    void apply(const std::vector<RowStep> &steps, bool forward);
    void put(const RowAddress &address, const std::optional<StagedRow> &row);
    void log(const QJsonObject &entry);
    bool replay(const QJsonObject &entry);

    QUndoStack m_undo;
    std::shared_ptr<EditJournal> m_journal;
    struct Entry
    {
        StagedRow row;
        quint64 order = 0;
    };
    QHash<QByteArray, Entry> m_rows;
    std::optional<std::vector<SavedRow>> m_unsettled;
    quint64 m_nextOrder = 1;
    quint64 m_nextAdded = 1;
    bool m_replaying = false;
};

} // namespace turnstone
