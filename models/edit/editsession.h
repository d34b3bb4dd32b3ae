// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/edit/editbuffer.h"
#include "models/edit/editplan.h"
#include "models/edit/editsave.h"
#include "models/edit/profileactionrun.h"

#include <QObject>

#include <memory>

namespace turnstone {

/// How careful writing to a connection is.
enum class WriteAccess {
    ReadOnly, ///< nothing can be edited
    Ask,      ///< edits are shown as SQL before they are saved, actions before they run
    Free      ///< saved when asked to
};
QString writeAccessWord(WriteAccess access);
WriteAccess writeAccessFromWord(const QString &word, WriteAccess otherwise);
/// Why nothing may be written, and how to allow it; empty if it may. `isForbidden`: opened read-only for good.
QString writeRefusal(WriteAccess access, bool isForbidden);

/// Editing one open database: its staged edits, how careful it is, and saving them in the background on the pool's writer,
/// which is opened by the first save and not before. A pool that was opened read-only has no writer: then nothing is staged
/// either. GUI thread only; the pool must outlive it.
class EditSession final : public QObject
{
    Q_OBJECT

public:
    EditSession(SessionPool &pool, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QObject *parent = nullptr);
    ~EditSession() override;

    /// After the schema was read again.
    void setFacts(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile);
    const Catalog &catalog() const { return *m_catalog; }
    const ResolvedProfile &profile() const { return *m_profile; }
    EditBuffer &buffer() { return m_buffer; }
    const EditBuffer &buffer() const { return m_buffer; }

    WriteAccess access() const { return m_pool.isReadOnly() ? WriteAccess::ReadOnly : m_access; }
    /// Whether it was opened read-only for good.
    bool isForbidden() const { return m_pool.isReadOnly(); }
    void setAccess(WriteAccess access);

    /// Keeps staged edits below `folder` from now on, and brings back what an earlier program left: restored().
    void openJournal(const QString &folder);

    /// Why the value cannot be edited now; empty if it can.
    QString refusal(const CatalogTable &table, const QString &column = {}) const;
    /// What came of an intent.
    struct Intent
    {
        enum class Kind {
            Staged,
            Unchanged,
            Refused,   ///< `sentence` says why
            Immutable, ///< `sentence` says why; stageFork() makes a new row instead
            Renames    ///< texts elsewhere may mention the value: planRename(), then stage()
        };
        Kind kind = Kind::Unchanged;
        QString sentence;
        QString rule;
    };
    /// Checks the value by the rules and stages it with what the application sets together with it. One step.
    /// `mayRename`: say Renames where mentions may have to follow.
    Intent setValue(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value, bool mayRename = false);
    Intent stageFork(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value);
    Intent stageAddition(const CatalogTable &table, const std::map<QString, Value> &values);
    /// Renames with the texts that follow, in one step.
    Intent stageRename(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value, const std::vector<MentionChange> &mentions);
    QFuture<Result<std::vector<MentionChange>>> mentionsOf(const CatalogTable &table, const QString &column, const Value &before, const Value &after);
    /// Whether the profile says that texts mention this column.
    bool isMentioned(const CatalogTable &table, const QString &column) const;
    /// New order of rows; nothing for tables without one.
    Intent stageOrder(const CatalogTable &table, const std::vector<RowImage> &rows);
    void withdraw(const std::vector<RowAddress> &rows, const QString &text);
    /// Takes `values` for what is stored now, and stages what of `mine` differs: a merge.
    void merge(const RowAddress &row, const std::map<QString, Value> &storedNow, const std::map<QString, Value> &mine);
    /// Deletes on the terms of `plan`.
    void stageDeletion(const std::vector<RowImage> &rows, const std::vector<std::vector<GoesAlong>> &goesAlong);

    /// What captureAction() noted, in one step. Values are not checked by the rules: saving does.
    Intent stageCaptured(const QString &text, const std::vector<CapturedRow> &rows);

    void save();
    bool isSaving() const { return m_isSaving; }
    /// Of the last save that failed; by RowAddress::id(). Forgotten for a row as soon as it is edited again.
    const SaveProblem *problem(const RowAddress &row) const;
    int problemCount() const { return static_cast<int>(m_problems.size()); }

    QFuture<Result<ActionReport>> run(const ActionRequest &request, bool isRehearsal);

signals:
    void accessChanged();
    void restored(int rows, const QString &damage);
    void saved(int rows);
    /// problem() tells of the rows.
    void notSaved(const QString &sentence);
    void failed(const turnstone::Error &error);
    void problemsChanged();

private:
    void settleUnsettled();
    void finishSave(const std::vector<StagedRow> &rows, const Result<SaveReport> &report);

    SessionPool &m_pool;
    std::shared_ptr<const Catalog> m_catalog;
    std::shared_ptr<const ResolvedProfile> m_profile;
    EditBuffer m_buffer;
    WriteAccess m_access = WriteAccess::Ask;
    bool m_isSaving = false;
    std::map<QByteArray, SaveProblem> m_problems;
};

} // namespace turnstone
