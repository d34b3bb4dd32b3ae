// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/edit/editbuffer.h"
#include "models/edit/stagedrow.h"
#include "models/profiles/resolvedprofile.h"

#include <chrono>
#include <functional>
#include <map>
#include <vector>

namespace turnstone {

/// Why a staged row was not saved.
struct SaveProblem
{
    enum class Kind {
        Changed,    ///< somebody changed it meanwhile: `now` has the columns at issue
        Gone,       ///< somebody deleted it meanwhile
        Constraint, ///< the database refuses it
        GoesAlong,  ///< more or fewer rows belong to it than were agreed to be deleted
    };
    RowAddress row;
    Kind kind = Kind::Constraint;
    /// The column at fault; empty if it is not one.
    QString column;
    /// The constraint's name, or what it is.
    QString constraint;
    QString sentence;
    std::map<QString, Value> now;
    std::vector<GoesAlong> goesAlongNow;
};

/// What became of a save: all of it or nothing.
struct SaveReport
{
    bool isSaved = false;
    /// With the keys that new rows have now.
    std::vector<SavedRow> rows;
    std::vector<SaveProblem> problems;
    /// Between BEGIN and COMMIT, both included: for so long others could not write.
    std::chrono::microseconds locked{0};
};

/// What a save needs besides the rows.
struct SaveOptions
{
    /// Called right before COMMIT with the rows as they will be. An error ends the save.
    std::function<Result<>(const std::vector<SavedRow> &rows)> beforeCommit;
    /// Does everything, then takes it back.
    bool isRehearsal = false;
};

/// Saves staged rows in one short transaction: each must be as it was when it was edited, and each statement meets exactly one
/// row. Otherwise nothing is saved, and the report names every row at fault. Errors are for what is not about a row: Busy,
/// ReadOnly, ConnectionLost, OutcomeUnknown (then ask isSaved()). Blocks; in the connection's thread.
[[nodiscard]] Result<SaveReport> saveEdits(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const std::vector<StagedRow> &rows,
                                           const SaveOptions &options = {});

/// Whether a save whose end is unknown has happened. It either has for all rows or for none.
[[nodiscard]] Result<bool> isSaved(Connection &connection, const Catalog &catalog, const std::vector<StagedRow> &rows, const std::vector<SavedRow> &saving);

/// What would be written, statement by statement, for reading: values as literals. Deletes of belonging rows are not in it.
QStringList previewSql(const Catalog &catalog, const std::vector<StagedRow> &rows);

} // namespace turnstone
