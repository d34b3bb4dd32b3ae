// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/schemadiff/schemadiff.h"

namespace turnstone {

/// A migration from one schema to another, both ways, to be read before it is run.
struct SchemaMigration
{
    QString up;
    QString down;
    /// What the two parts cannot do or somebody has to decide, a sentence each.
    QStringList remarks;

    /// As a file: title, remarks, the two parts.
    QString toFile(const QString &title) const;
};

/// Errors: InvalidInput (the two are of different engines, an answer names nothing that could be renamed). Questions without
/// an answer count as "not renamed": show them first.
[[nodiscard]] Result<SchemaMigration> writeSchemaMigration(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options = {});

} // namespace turnstone
