// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

namespace turnstone {

/// Runs `COPY … FROM stdin` with its data, as they stand in a script. Runs in the connection's thread. Errors: as the
/// database's; Unsupported on SQLite.
[[nodiscard]] Result<> copyIn(Connection &connection, const QString &statement, const QString &data);

} // namespace turnstone
