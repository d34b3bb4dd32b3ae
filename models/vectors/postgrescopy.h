// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"

#include <QByteArrayView>

#include <functional>
#include <optional>
#include <vector>

namespace turnstone {

/// Runs `COPY … TO STDOUT (FORMAT binary)` on a PostgreSQL connection and hands on each row's fields as they come (no value: NULL).
/// False from `row` stops the server. A stop request does, too (Cancelled). The connection's thread.
[[nodiscard]] Result<> copyOut(Connection &connection, const QString &sql, const std::function<bool(const std::vector<std::optional<QByteArrayView>> &)> &row);

} // namespace turnstone
