// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

#include <functional>

namespace turnstone {

/// Every check of a database: of the engine, of keys, of what columns hold, of texts, of vectors, and those
/// that the profile names. A list of steps, each a statement or a few, so that whoever runs them can show
/// findings as they come and stop between them. A value; steps may run in any order and thread.
class DatabaseChecks
{
public:
    struct Options
    {
        /// Leaves out what reads every page of the database for the engine's sake (integrity_check, amcheck).
        bool isQuick = false;
    };

    DatabaseChecks(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc, Options options);
    DatabaseChecks(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile);

    const std::vector<CheckStep> &steps() const { return m_steps; }

private:
    std::vector<CheckStep> m_steps;
};

/// What all checks together say.
struct CheckReport
{
    std::vector<Finding> findings; ///< errors and warnings, errors first
    std::vector<Finding> notes;
    std::vector<SkippedCheck> skipped;
    int checked = 0;

    /// Takes in what a step found. False if there is no use in going on: stopped, or the connection is lost.
    [[nodiscard]] Result<> add(const CheckStep &step, Result<std::vector<Finding>> found);
};

/// Runs all steps on one connection. Errors: Cancelled, ConnectionLost; what else fails is among `skipped`.
[[nodiscard]] Result<CheckReport> runChecks(Connection &connection, const DatabaseChecks &checks,
                                            const std::function<void(int done, int total, const QString &title)> &progress = {});

} // namespace turnstone
