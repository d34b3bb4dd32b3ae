// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>

namespace turnstone {

/// One migration as a file holds it: a title and a description in the comments at its top, then
/// `-- migrate:up` and `-- migrate:down`, each marker alone on its line.
struct MigrationFile
{
    QString fileName; ///< "0001_initial.sql"
    int number = 0;
    QString name; ///< "initial"
    QString title;
    QString description;
    QString up;
    QString down;
    int upLine = 0;   ///< line of the file on which `up` begins, from 1, for error messages
    int downLine = 0;
    QByteArray checksum; ///< SHA-256 of the file, in hex

    /// Accepts a byte order mark and CRLF line ends. Errors: InvalidInput, naming file and line.
    [[nodiscard]] static Result<MigrationFile> parse(const QString &fileName, const QByteArray &content);
};

} // namespace turnstone
