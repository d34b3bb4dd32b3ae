// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/json/jsonindex.h"

#include <QString>

#include <stop_token>
#include <vector>

namespace turnstone {

/// Where something stands in a document: the number of the child at each level, from the root down; empty for a scalar root.
using JsonPlace = std::vector<int>;

/// The keys and scalar values that hold `words`, whatever their case, in the document's order, at most `limit` of them.
/// A number is compared as it is written. Linear, takes no stack; for a worker thread.
std::vector<JsonPlace> findInJson(const JsonIndex &document, const QString &words, int limit, const std::stop_token &stop = {});

} // namespace turnstone
