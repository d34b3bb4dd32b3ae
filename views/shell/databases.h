// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/opendatabase.h"

#include <QObject>

#include <set>
#include <vector>

class QThreadPool;

namespace turnstone {

class ConnectionStore;
class SecretStore;
class TaskBar;

/// Opens and closes the window's databases, in the background. Passwords that are not in a URL come from the keyring.
/// GUI thread only.
class Databases final : public QObject
{
    Q_OBJECT

public:
    /// All must outlive it.
    Databases(ProfilesFuture profiles, QThreadPool &workers, SecretStore &secrets, TaskBar &tasks, QObject *parent = nullptr);
    ~Databases() override;

    /// Returns the id that the database will have; opened() or failed() follows. `view` is handed through.
    int open(const DatabaseUrl &url, const ConnectionOptions &options, const PoolOptions &pool, const QString &view = {});
    /// From now on every database is opened read-only for good.
    void forbidChanges() { m_forbidsChanges = true; }
    /// Makes the sample of a system in `folder` if it is not there, and opens it.
    void openDemo(const QString &system, const QString &folder);
    /// Reads catalog and recognition anew; reread() or failed() follows.
    void reread(int id);
    /// Rows may have been added or taken away by somebody: counted() follows for tables, then recounted().
    void noteChange(int id);
    /// The same for every table, whatever else goes on.
    void recount(int id);
    /// Panels on it must be gone.
    void close(int id);

    OpenDatabase *database(int id) const;
    const std::vector<std::unique_ptr<OpenDatabase>> &all() const { return m_databases; }
    bool isOpening() const { return m_opening > 0; }
    bool isCounting() const { return !m_counting.empty(); }
    const ProfilesFuture &profiles() const { return m_profiles; }

signals:
    void opened(int id, const QString &view);
    void failed(int id, const turnstone::DatabaseUrl &url, const turnstone::Error &error);
    void counted(int id, int table, qint64 rows, bool exact);
    void countingEnded();
    void recounted(int id);
    void rereadDone(int id);
    void dataChanged(int id);
    void schemaChanged(int id);
    /// Reading waits for a lock of somebody else, as the sentence says, until released().
    void waiting(int id, const QString &name, const QString &sentence);
    void released(int id);

private:
    void connectTo(int id, const DatabaseUrl &url, const ConnectionOptions &options, const PoolOptions &pool, const QString &view);
    void accept(std::unique_ptr<OpenDatabase> database, const QString &view, const ConnectionOptions &options);
    void count(OpenDatabase &database);
    void startRecounting(OpenDatabase &database);

    const ProfilesFuture m_profiles;
    QThreadPool &m_workers;
    SecretStore &m_secrets;
    TaskBar &m_tasks;
    std::vector<std::unique_ptr<OpenDatabase>> m_databases;
    std::stop_source m_stop;
    int m_nextId = 1;
    bool m_forbidsChanges = false;
    int m_opening = 0;
    std::set<int> m_counting; // ids
};

} // namespace turnstone
