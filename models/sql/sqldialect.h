// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace turnstone {

/// Whose grammar a text follows. PostgreSQL includes what psql adds: COPY data and backslash commands.
enum class SqlDialect { Sqlite, PostgreSql };

} // namespace turnstone
