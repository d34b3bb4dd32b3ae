// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <sqlite3.h>

namespace turnstone {

/// A value in the engine's memory as it lies there: sqlite3_value_text() would copy it to end it with a NUL. In databases of
/// UTF-8 only; valid as long as SQLite's own value.
inline ValueRef sqliteValueInPlace(sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return ValueRef::integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return ValueRef::real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
        const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
        return ValueRef::bytes(ValueType::Text, bytes, sqlite3_value_bytes(value));
    }
    case SQLITE_BLOB: {
        const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
        return ValueRef::bytes(ValueType::Blob, bytes, sqlite3_value_bytes(value));
    }
    default: return {};
    }
}

} // namespace turnstone
