// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QString>

#include <functional>
#include <optional>

namespace turnstone {

/// How a value looks to one who knows what its column means. Never stored, never copied.
struct CellLook
{
    QString text;
    /// What is stored, where `text` is something else; for a tool tip.
    QString detail;
    /// "good", "warn", "bad", "neutral" or empty.
    QString tone;
    /// 0 … 1 for a bar behind the figure; below 0 for none.
    double fraction = -1;
};

/// Nothing: the value is shown as any other. Called on the GUI thread for every cell that is painted.
using CellReader = std::function<std::optional<CellLook>(const ValueRef &value, bool isWhole)>;

} // namespace turnstone
