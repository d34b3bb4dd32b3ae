// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/error.h"
#include "models/database/value.h"

#include <QDateTime>
#include <QString>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace turnstone {

/// A statement that was sent to an engine.
struct LoggedStatement
{
    std::int64_t number = 0; ///< rises by one each
    QDateTime beganUtc;
    std::chrono::nanoseconds duration{};
    QString sql;
    /// Each as text: `:name = value`, long ones cut, those whose name says secret masked.
    QStringList parameters;
    std::int64_t rows = 0;
    QString error; ///< empty if it went well
};

/// The statements of a database's connections while this object lives, in memory and nowhere else: the last
/// `mostEntries`, within `mostBytes`. Connections hand every statement to all logs of their database; without
/// one that costs a look at a flag.
///
/// Thread-safe: connections write from their threads, a panel reads from its own.
class StatementLog
{
public:
    /// `database` is DatabaseUrl::displayText().
    explicit StatementLog(QString database);
    ~StatementLog();
    StatementLog(const StatementLog &) = delete;
    StatementLog &operator=(const StatementLog &) = delete;

    /// Whether any log of any database lives.
    static bool isAnyListening() { return s_logs.load(std::memory_order_relaxed) > 0; }
    /// Hands a statement to the logs of the database.
    static void note(const QString &database, const LoggedStatement &statement);

    static constexpr std::size_t mostEntries = 5000;
    static constexpr std::size_t mostBytes = 8 * 1024 * 1024;
    static constexpr qsizetype mostOfParameter = 200;
    static constexpr qsizetype mostOfStatement = 20'000;

    void add(LoggedStatement statement);
    /// Those after `number`, oldest first. What was dropped meanwhile is left out.
    std::vector<LoggedStatement> after(std::int64_t number) const;
    void clear();

    static QStringList texts(const Parameters &parameters);
    /// Passwords in statements (ALTER ROLE … PASSWORD '…') become dots.
    static QString withoutSecrets(const QString &sql);

private:
    static std::size_t bytesOf(const LoggedStatement &statement);

    static std::atomic<int> s_logs;

    const QString m_database;
    mutable std::mutex m_mutex; // guards the rest
    std::deque<LoggedStatement> m_entries;
    std::size_t m_bytes = 0;
    std::int64_t m_next = 1;
};

} // namespace turnstone
