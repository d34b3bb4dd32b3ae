// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <memory>

namespace turnstone {

/// Keeps two migrators of one database apart, in all processes: an advisory lock of the session on PostgreSQL, a locked
/// file "<database>.migrating" beside a SQLite file. The system lets go of both when the process dies, however it dies.
/// Must not outlive the connection.
class MigrationLock
{
public:
    virtual ~MigrationLock() = default;

    /// Does not wait. Errors: Busy, with who holds it; Io (no file can be made there).
    [[nodiscard]] static Result<std::unique_ptr<MigrationLock>> take(Connection &connection);

protected:
    MigrationLock() = default;
};

} // namespace turnstone
