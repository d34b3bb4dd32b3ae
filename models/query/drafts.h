// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLockFile>
#include <QString>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

class QThreadPool;

namespace turnstone {

/// What is being typed in an editor.
struct Draft
{
    QString id; ///< of its file
    QString database; ///< without a password
    QString text;
    int cursor = 0;
};

/// A script that was run, or one that was put away unrun.
struct HistoryEntry
{
    QString at; ///< UTC, ISO 8601
    QString database;
    QString sql;
    qint64 ms = -1; ///< -1: never run
    qint64 rows = 0;
    QString error;
};

/// Keeps what is typed, as it is typed, and what was run: files in a folder, so that they are there after the program was
/// killed. A draft belongs to the editor that holds its lock; one whose editor is gone is given to the next editor of the
/// same database.
///
/// Writing happens in the pool, the newest text first; the destructor waits for it. Reading blocks (small files). The public
/// functions belong to one thread.
class Drafts
{
public:
    static constexpr int mostEntries = 2000;

    Drafts(QString folder, QThreadPool &workers);
    ~Drafts();
    Q_DISABLE_COPY_MOVE(Drafts)

    enum class Orphans { Adopt, Leave };
    /// A draft for an editor: `id` if nobody else has it, else one of the database that was left behind, else a new one.
    [[nodiscard]] Draft take(const QString &database, const QString &id = {}, Orphans orphans = Orphans::Adopt);
    /// Leaves a draft for whoever takes it next.
    void release(const QString &id) { m_locks.erase(id); }
    /// Soon in the file. Cheap: for every change.
    void write(const Draft &draft);
    /// The editor was closed: the text goes into the history, the draft away.
    void close(const Draft &draft);

    void remember(const HistoryEntry &entry);
    /// The newest first.
    [[nodiscard]] std::vector<HistoryEntry> history() const;
    QString folder() const { return m_folder; }

private:
    struct Work;
    QString path(const QString &id) const;
    bool lock(const QString &id);
    void schedule();

    const QString m_folder;
    QThreadPool &m_workers;
    std::map<QString, std::unique_ptr<QLockFile>> m_locks;
    std::shared_ptr<Work> m_work;
};

} // namespace turnstone
