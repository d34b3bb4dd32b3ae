// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace turnstone {

struct DemoOptions
{
    QString system;
    /// Empty: the variant that writeDemo() finds usual for the engine.
    QString variant;
    std::uint64_t seed = 1;
    /// 1 to 100,000; multiplies the rows.
    int scale = 1;
};

struct DemoReport
{
    struct Table
    {
        QString name;
        std::int64_t rows = 0;
    };
    QString variant;
    std::vector<Table> tables;
    std::int64_t rows = 0;
};

/// Called now and then with the rows written and the rows expected, which is an estimate.
using DemoProgress = std::function<void(std::int64_t done, std::int64_t expected)>;

/// The variant that is written when none is named. Errors: NotFound.
[[nodiscard]] Result<QString> usualDemoVariant(const QString &system, Engine engine);

/// Fills the empty tables of one application with a believable sample. The tables must be there
/// (see migrations/), the connection writable and outside of a transaction. Up to 50,000 rows go
/// into one transaction; a bigger sample is committed in such pieces, so a failure or a stop
/// leaves the pieces written so far. Same options, same rows. Blocks; run it in the connection's thread.
/// Errors: NotFound, InvalidInput, Unsupported, Cancelled, and those of the database.
[[nodiscard]] Result<DemoReport> writeDemo(Connection &connection, const DemoOptions &options, std::stop_token stop = {},
                                           const DemoProgress &progress = {});

} // namespace turnstone
