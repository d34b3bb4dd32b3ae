// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sql/sqldialect.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QStringView>

namespace turnstone {

/// Names of the named parameters in the order of their first appearance, each once, without the
/// leading `:` (in SQLite also `@` and `$`). Never those in strings, comments, quoted names, bodies
/// in dollar quotes or COPY data; a PostgreSQL cast `::type` and a slice `a[1:n]` are none.
QStringList namedParameters(QStringView sql, SqlDialect dialect);

/// PostgreSQL text in which `:name` became `$n`, as its protocol wants it.
struct NumberedSql
{
    QString sql;
    /// names[i] is the name of $(firstNumber + i).
    QStringList names;
    /// 1, or more if the text has numbered parameters of its own.
    int firstNumber = 1;

    /// Offset in the original text of an offset in `sql`, for error positions. Inside a parameter
    /// it is the parameter's beginning.
    qsizetype originalOffset(qsizetype offset) const;

    /// A piece of `sql` that is another text than the original's.
    struct Replacement
    {
        qsizetype start = 0;          ///< in `sql`
        qsizetype length = 0;
        qsizetype originalStart = 0;
        qsizetype originalLength = 0;
    };
    QList<Replacement> replacements; ///< by rising start
};

/// The same name gets the same number; numbers follow the highest `$n` that the text already has.
NumberedSql toNumberedParameters(QStringView sql);

} // namespace turnstone
