// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"

#include <map>

namespace turnstone {

/// How many rows of which table point to nothing in which other: "child → parent".
using DanglingRows = std::map<QString, qint64>;

/// PRAGMA foreign_key_check. Reads every table that has foreign keys.
[[nodiscard]] Result<DanglingRows> danglingRows(Connection &sqlite);

/// Switches the foreign keys of a SQLite connection for as long as it lives; outside of transactions only.
class ForeignKeysSwitch
{
public:
    ForeignKeysSwitch(Connection &connection, bool on);
    ~ForeignKeysSwitch();
    Q_DISABLE_COPY_MOVE(ForeignKeysSwitch)

private:
    Connection &m_connection;
    bool m_wasOn = false;
};

} // namespace turnstone
