// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace turnstone {

/// Rows that a step must carry over: two questions, one asked before it and one after, whose answers are equal.
struct MigrationCount
{
    QString title;
    QString lower; ///< on the schema before the step
    QString upper; ///< on the schema after it
};

/// One migration as a file holds it, in one of three forms:
/// - ours and dbmate's: comments, `-- migrate:up`, `-- migrate:down`, each marker alone on its line (dbmate's
///   `transaction:false` may follow);
/// - plain SQL, with or without BEGIN and COMMIT, the way down in comments after `-- Rollback:`.
struct MigrationFile
{
    enum class Form { Marked, Plain };

    QString fileName; ///< "0001_initial.sql"
    qint64 number = 0;
    QString version; ///< the number as it is written: "0001", "20260301091500"
    QString name;    ///< "initial"
    QString title;
    QString description;
    Form form = Form::Marked;
    QString up;
    QString down;
    int upLine = 0;   ///< line of the file on which `up` begins, from 1, for error messages
    int downLine = 0; ///< 0 if there is no way down
    bool upInTransaction = true;
    bool downInTransaction = true;
    /// From lines `-- count Title: SELECT … => SELECT …` at the top.
    std::vector<MigrationCount> counts;
    QByteArray checksum; ///< SHA-256 of the file, in hex

    bool hasDown() const { return downLine > 0 && !down.trimmed().isEmpty(); }
    /// "0001_initial"
    QString stem() const { return fileName.chopped(4); }

    /// Accepts a byte order mark, CRLF line ends and a last line without an end. Errors: InvalidInput, naming file and line.
    [[nodiscard]] static Result<MigrationFile> parse(const QString &fileName, const QByteArray &content);
};

} // namespace turnstone
