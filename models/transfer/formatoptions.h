// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QTimeZone>

#include <vector>

namespace turnstone {

/// How rows are written. What is left alone is exact: it reads back as the same values.
struct FormatOptions
{
    /// "csv", "tsv", "json", "jsonl", "markdown" or "sql"; "xlsx" where files are made.
    QString format = QStringLiteral("csv");

    // CSV.
    char separator = ','; ///< TSV: always a tab
    enum class Quoting { WhereNeeded, Texts, Everything };
    Quoting quoting = Quoting::WhereNeeded;
    bool hasHeader = true;
    /// What stands for NULL, unquoted; a text that says the same is quoted.
    QByteArray nullText;
    bool hasByteOrderMark = false;
    bool hasCrLf = false;

    /// As literals in CSV and SQL and base64 in JSON, or everywhere the same.
    enum class Blobs { Usual, Base64, Hex };
    Blobs blobs = Blobs::Usual;
    /// Embedded JSON as a string instead of nested.
    bool jsonAsText = false;
    /// Times as ISO 8601 in `zone`; as stored if it is not valid.
    QTimeZone zone;

    // SQL.
    QString schema;
    QString table;
};

/// What is known of a column beyond its type.
struct ColumnTraits
{
    bool isJson = false;
    enum class Time { None, Text, EpochSeconds, EpochMilliseconds };
    Time time = Time::None;
};

} // namespace turnstone
