// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"

#include <functional>

namespace turnstone {

/// Reads all rows of `reader` in the calling thread while another thread works on those read before, so that a scan takes as
/// long as the longer of both. `take` is called for one block after the other, in order, never at the same time; everything it
/// did is visible when the function returns. `read` is called in the calling thread with the rows read so far.
[[nodiscard]] Result<> readOverlapped(RowReader &reader, const std::function<void(const RowBlock &)> &take, const std::function<void(std::int64_t)> &read = {});

} // namespace turnstone
