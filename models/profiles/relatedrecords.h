// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/profiles/rowsql.h"

#include <QStringList>

#include <cstdint>
#include <vector>

namespace turnstone {

/// What one record points to and what points to it, by declared and by virtual keys.
struct RelatedRecords
{
    struct Reference
    {
        QStringList columns; ///< of the record
        QString table;
        QString schema;
        QStringList referencedColumns;
        RowKey values;
        QString label;
        bool exists = false;
        bool isVirtual = false; ///< the database does not declare it
    };
    struct Referrer
    {
        QString table;
        QString schema;
        QStringList columns; ///< of that table
        QStringList referencedColumns;
        RowKey values;
        std::int64_t count = 0;
        bool isExact = true;
        bool isVirtual = false;
        /// What the database does on delete; NoAction for virtual keys.
        ForeignKeyAction onDelete = ForeignKeyAction::NoAction;
    };
    std::vector<Reference> references;
    std::vector<Referrer> referencedBy;
};

/// Errors: NotFound if there is no such record. Counts stop at `countLimit`. Blocks.
[[nodiscard]] Result<RelatedRecords> readRelatedRecords(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const QString &table, const RowKey &key, std::int64_t countLimit);

} // namespace turnstone
