// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/profiles/resolvedprofile.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace turnstone {

/// How much a finding matters. A note is nothing wrong, only worth knowing: it makes no check fail.
enum class FindingSeverity { Error, Warning, Note };

/// "error", "warning", "note", and back; anything else is a warning.
QString severityName(FindingSeverity severity);
FindingSeverity severityFromName(const QString &name);

/// A row at fault.
struct FindingRow
{
    RowKey key; ///< by Finding::keyColumns; empty if rows have no identity
    /// What is wrong with it, cut to one line.
    QString text;
};

/// What a check has found wrong with one table or column.
struct Finding
{
    QString check; ///< a word for good: "stuck-games", "json", "foreign-key"
    QString title;
    QString explanation;
    FindingSeverity severity = FindingSeverity::Warning;
    QString schema;
    QString table;  ///< empty if it concerns the whole database
    QString column; ///< empty if it concerns whole rows
    std::int64_t count = 0;
    QStringList keyColumns;
    std::vector<FindingRow> sample;
    /// Id of the profile's action that repairs it; empty if there is none.
    QString fixAction;
    /// What would repair it, as SQL to read and to run by hand; empty if nothing is known.
    QString fixSql;
    /// What would repair it, as actions to rehearse, stage or run: the profile's, or made for the finding. The best first.
    std::vector<ProfileAction> repairs;
    /// The keys of all rows at fault, for repairs on a selection.
    QString keysSql;
    std::vector<Value> keysValues;
};

/// A check that could not be made.
struct SkippedCheck
{
    QString title;
    QString reason;
};

} // namespace turnstone
