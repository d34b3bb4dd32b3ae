// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <QFuture>
#include <QStringList>

#include <chrono>
#include <stop_token>

class QThreadPool;

namespace turnstone {

/// What a test of a connection found out.
struct ConnectionReport
{
    Health health;
    QString user;
    bool isEncrypted = false;
    QString encryption;      ///< protocol and cipher; empty if not encrypted
    QString pgvectorVersion; ///< empty if the extension is not installed in this database
    bool isReadOnly = true;  ///< statements of this connection may only read
    bool isStandby = false;
    std::chrono::microseconds latency{0}; ///< the best of three round trips
    /// Of several hosts those that do not answer, one sentence each.
    QStringList silentHosts;
};

/// Connects to a PostgreSQL server as the program would, asks for its health and disconnects. Blocks. Errors say what to do
/// in a second sentence; with `stop` it ends soon and Cancelled, also while a server does not answer.
[[nodiscard]] Result<ConnectionReport> testConnection(const DatabaseUrl &url, const ConnectionOptions &options, const std::stop_token &stop = {});

/// The same in a thread of `workers`.
[[nodiscard]] QFuture<Result<ConnectionReport>> startConnectionTest(QThreadPool &workers, const DatabaseUrl &url, const ConnectionOptions &options,
                                                                    std::stop_token stop = {});

} // namespace turnstone
