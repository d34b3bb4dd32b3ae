// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/error.h"
#include "models/edit/stagedrow.h"
#include "models/profiles/resolvedprofile.h"

namespace turnstone {

/// A refusal of the database, understood.
struct ConstraintWords
{
    QString sentence;
    /// The column at fault, if it is one of the row's.
    QString column;
    /// The constraint's name, or what it is.
    QString constraint;
    /// A foreign key whose value the caller may look for, where the engine does not say which it was.
    bool isForeignKey = false;
};

/// Explains an Error of the code Constraint (and of types that do not fit) that saving `row` has met. Reads nothing.
ConstraintWords explainConstraint(const Error &error, const CatalogTable &table, const TableProfile *profile, const StagedRow &row);

} // namespace turnstone
