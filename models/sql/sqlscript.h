// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sql/sqldialect.h"

#include <QList>
#include <QString>
#include <QStringView>

namespace turnstone {

/// One statement of a script. Offsets count UTF-16 units in the script.
struct SqlStatement
{
    QString text;        ///< from its first word through its semicolon; no leading comment but a hint (/*+ … */)
    qsizetype start = 0; ///< offset of `text`
    int line = 1;        ///< of `start`, from 1
    /// It ends with a semicolon and no string, comment or body in it is left open.
    bool complete = true;
    /// psql's backslash command (a dump's `\restrict`, `\connect`): nothing for a server.
    bool isMetaCommand = false;
    /// PostgreSQL: what follows COPY … FROM stdin, without the closing `\.`; empty for all others.
    QString copyData;
    /// COPY whose data the script holds, even if there are none.
    bool hasCopyData = false;

    qsizetype end() const { return start + text.size(); }

    friend bool operator==(const SqlStatement &a, const SqlStatement &b) = default;
};

/// Splits scripts into statements by the engine's own grammar: trigger bodies of SQLite, function
/// bodies (BEGIN ATOMIC … END), rules in parentheses, quoting of all kinds, and COPY data of
/// PostgreSQL. Between the statements lie only space, comments and stray semicolons.
class SqlScript
{
public:
    /// Linear in the length of the script. A statement that the end of the text cuts off is the last
    /// one, and not complete.
    static QList<SqlStatement> split(QStringView script, SqlDialect dialect);
    /// Whether an interactive prompt should send what was typed or ask for another line: the text
    /// holds a statement and the last one is complete.
    static bool isComplete(QStringView script, SqlDialect dialect);
};

} // namespace turnstone
