// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorreader.h"
#include "models/vectors/vectorstore.h"

#include <memory>

namespace turnstone {

/// One pass over a column, in an open transaction: every row is decoded, compared with the old copy, quantised and searched. Rows of a
/// SQLite table are shared by two readers, each of which does everything with its rows; this begins the transaction anew and leaves it
/// open. Elsewhere the connection's thread reads and a second one works.
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
    /// Up to `most` rows of a SQLite table behind a rowid, for a first look. The transaction stays as it is.
    [[nodiscard]] static Result<Outcome> runBehind(Connection &connection, const VectorColumn &column, const Plan &plan, std::int64_t rowid, std::size_t most,
                                                   const std::stop_token &stop);
    /// PostgreSQL: reads which transactions wrote the rows, and the vectors of those only that the copy does not know.
    [[nodiscard]] static Result<Outcome> runByVersion(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop);
};

} // namespace turnstone
