// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <functional>
#include <stop_token>

namespace turnstone {

/// Runs `work` in a read transaction of a connection and, on SQLite, in another thread on a second connection to the same
/// file that sees the same state of the database: both begin, and the second one checks that nothing was committed
/// between. The second one never waits for a writer that waits for the first. Where that cannot be had (a server, one
/// processor, a file that cannot be opened twice), and with `alone`, it runs once; `work` is told how many there are. Returns the number of readers when all is done and the transactions are over.
/// With `keepsReading` the connection's own transaction is left open, for what is to be read of the same state afterwards.
/// Errors: those of BEGIN.
[[nodiscard]] Result<int> runTwins(Connection &connection, std::stop_token stop, const std::function<void(Connection &, int)> &work, bool alone = false,
                                   bool keepsReading = false);

} // namespace turnstone
