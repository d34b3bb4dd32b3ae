// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/similaritysearch.h"

namespace turnstone {

/// Records that say nearly the same: chains of pairs of which each reaches a score.
struct NearDuplicates
{
    struct Group
    {
        /// The first is the one that the scores of the others refer to. At most `shownMembers`.
        std::vector<SimilarityHit> members;
        std::size_t size = 0;
    };
    static constexpr std::size_t shownMembers = 50;
    static constexpr std::size_t shownGroups = 200;

    /// Largest first, at most `shownGroups`.
    std::vector<Group> groups;
    std::size_t groupCount = 0;
    std::size_t rowCount = 0; ///< in all groups
    std::size_t vectors = 0;  ///< that were compared
    QStringList notes;
};

/// Compares all vectors of a column with each other by the cosine: exactly. `leastScore` is 1 − distance/2; `question` may restrict the
/// rows by `where` and `group`. Blocks; the connection's thread.
[[nodiscard]] Result<NearDuplicates> findNearDuplicates(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store,
                                                        const VectorColumn &column, double leastScore, const SimilarityQuestion &question, const std::stop_token &stop,
                                                        const VectorProgress &progress = {});

} // namespace turnstone
