// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/find/findplan.h"

#include <QFuture>

#include <functional>
#include <memory>
#include <stop_token>

namespace turnstone {

/// What a search tells on its way. Called from the sessions' threads, never from two at once.
struct FindObserver
{
    /// Hits as they come; their `order` says how they stand among all.
    std::function<void(std::vector<FindHit> hits)> found;
    /// Pieces of work done of all.
    std::function<void(int done, int total)> progressed;
};

/// Searches a database on up to `readers` sessions at once. The first hits come at once, the rest as they are found; the
/// future ends with the summary. Pieces of work are taken in their order, so that the first hits by `order` are the
/// same each time. `pool` must outlive the future.
[[nodiscard]] QFuture<Result<FindSummary>> startFind(SessionPool &pool, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile,
                                                     const FindQuery &query, FindObserver observer, std::stop_token stop = {}, int readers = 0);

} // namespace turnstone
