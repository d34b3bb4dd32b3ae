// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace turnstone {

/// How one connection is opened. Reading is the default; writing is asked for.
struct ConnectionOptions
{
    bool readOnly = true;
    /// Make the file if it is missing. Only `new` and `demo` and imports into a new file ask for it.
    bool createFile = false;
    /// How long a lock of somebody else is waited for (SQLite busy handler, lock_timeout). The
    /// arena's own setting is 30 s; a stop request ends the wait at once.
    std::chrono::milliseconds lockTimeout{10'000};
    /// libpq connect_timeout, per host.
    std::chrono::seconds connectTimeout{10};
};

/// How many connections are kept and how. Defaults as in the reference documents of the five
/// applications (pool 5 + 10, pre-ping; recycle 3,600 s).
struct PoolOptions
{
    int size = 5;
    int overflow = 10;
    /// A connection that was idle for longer than `pingAfterIdle` is tested before use.
    bool prePing = true;
    std::chrono::seconds pingAfterIdle{5};
    /// Connections older than this are replaced before use; 0 never.
    std::chrono::seconds recycle{3600};
    /// How often opening is tried again when the server cannot be reached, and the first pause,
    /// which doubles each time.
    int connectRetries = 3;
    std::chrono::milliseconds retryPause{200};
    /// How long a job waits for a free connection before it fails.
    std::chrono::milliseconds acquireTimeout{30'000};
};

} // namespace turnstone
