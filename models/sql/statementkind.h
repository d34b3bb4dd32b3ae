// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sql/sqldialect.h"

#include <QStringView>

namespace turnstone {

enum class StatementKind {
    Empty,       ///< nothing but space and comments
    Read,        ///< SELECT, VALUES, SHOW, EXPLAIN, PRAGMA that asks
    Write,       ///< changes rows, or runs code that may (CALL, DO)
    Schema,      ///< changes what tables and other objects there are, or who may use them
    Transaction, ///< begins, ends or divides a transaction
    Other        ///< the session and the server: SET, ATTACH, LISTEN, VACUUM …
};

/// What one statement does, told by its keywords: for choosing buttons, warnings and the way of
/// running it. It is no protection: a SELECT can call a function that writes. What must not write
/// runs on a read-only connection.
StatementKind statementKind(QStringView sql, SqlDialect dialect);

/// Whether the statement can have result columns (SELECT, RETURNING, EXPLAIN, CALL …).
bool mayReturnRows(QStringView sql, SqlDialect dialect);

/// Whether the statement may run between BEGIN and COMMIT. False for those that the engine refuses
/// there (VACUUM, CREATE INDEX CONCURRENTLY, CREATE DATABASE …) or ignores there (PRAGMA
/// foreign_keys), and for those that begin or end a transaction themselves.
bool isTransactional(QStringView sql, SqlDialect dialect);

} // namespace turnstone
