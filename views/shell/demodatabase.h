// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/profiles/profileregistry.h"

#include <QString>

#include <functional>
#include <stop_token>

namespace turnstone {

/// Writes the sample database of a system as a SQLite file, unless `path` is there already: schema, then rows. The file
/// appears under its name when it is complete. `progress` gets rows done and expected. Blocks; for a worker.
[[nodiscard]] Result<> makeDemoDatabase(const Profile &profile, const QString &path, std::stop_token stop,
                                        const std::function<void(std::int64_t done, std::int64_t expected)> &progress);

} // namespace turnstone
