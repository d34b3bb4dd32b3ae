// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorreader.h"
#include "models/vectors/vectorstore.h"

#include <memory>

namespace turnstone {

/// One pass over a column: the connection's thread reads, a second one decodes, compares with the old copy, quantises and searches.
class VectorScan
{
public:
    struct Plan
    {
        std::size_t dimension = 0;
        const VectorStore::Request *request = nullptr; ///< null: no search
        similarity::CopyUpdate *update = nullptr;      ///< null: no copy
        VectorProgress progress;
    };
    struct Outcome
    {
        std::vector<VectorStore::Nearest> nearest;
        similarity::CopyCounts counts;
        std::size_t vectors = 0;
        /// Writing the copy failed: the search is right all the same.
        std::optional<Error> copyError;
    };

    [[nodiscard]] static Result<Outcome> run(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop);
    /// PostgreSQL: reads which transactions wrote the rows, and the vectors of those only that the copy does not know.
    [[nodiscard]] static Result<Outcome> runByVersion(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop);
};

} // namespace turnstone
