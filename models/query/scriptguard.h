// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/database/value.h"
#include "models/sql/sqlscript.h"

#include <QStringList>

namespace turnstone {

/// What a script wants of the database.
struct ScriptDemands
{
    /// The beginnings of statements that change something, one line each.
    QStringList writes;
    /// Statements that try to lift the protection of a connection that may only read (`SET … read_only = off`, BEGIN READ WRITE,
    /// PRAGMA query_only = 0).
    QStringList lifts;
    /// Names of the parameters, in order.
    QStringList parameters;
};
ScriptDemands demandsOf(const QList<SqlStatement> &statements, SqlDialect dialect);

/// A parameter's value as a user writes it: 12, 1.5, NULL, 'text' (always a text), anything else as it stands.
Value parameterValue(const QString &text, Engine engine);

SqlDialect dialectOf(Engine engine);

} // namespace turnstone
