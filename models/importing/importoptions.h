// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace turnstone {

/// How a file of rows is read.
struct ReadOptions
{
    /// "csv" (TSV is CSV with tabs), "json" (an array of objects, or objects one after the other).
    QString format;
    /// 0: guessed from the first line.
    char separator = 0;
    bool hasHeader = true;
    /// What an unquoted field says that is NULL; none: an empty unquoted field is NULL.
    QByteArray nullText;
    /// Texts that are no UTF-8 are taken as they are instead of refused. SQLite only.
    bool takesAnyBytes = false;
    /// PostgreSQL cannot keep NUL characters: refuse them where they stand.
    bool refusesNul = false;
    /// JSON: true and false as the words (PostgreSQL) or as 1 and 0.
    bool keepsBooleanWords = false;
};

/// What a column wants its values to be.
enum class CellKind {
    Text,    ///< as it is
    Integer, ///< an int64 in its only form becomes one
    Real,    ///< a decimal number becomes a double
    Number,  ///< either
    Any,     ///< keeps what comes: unquoted numbers and x'…' of CSV, numbers of JSON; strings stay texts
    Blob,    ///< as Any; strings of JSON are base64
    Bytea,   ///< PostgreSQL's: strings of JSON are base64
};

/// The format that a file's name promises: "csv" for .csv, .tsv, .txt, "json" for .json, .jsonl, .ndjson; empty else.
QString formatOfFile(const QString &path);

} // namespace turnstone
