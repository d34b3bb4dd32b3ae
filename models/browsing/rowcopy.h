// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/sessionpool.h"

#include <QFuture>
#include <QStringList>

#include <stop_token>
#include <vector>

namespace turnstone {

/// As many rows go to the clipboard at most; an export has no such bound.
constexpr int maxCopiedRows = 100'000;

/// The rows of these keys with whole values, in the order given, as "tsv", "csv", "json", "markdown" or "sql". `columns`
/// are the names wanted, in order. A row that is gone meanwhile is left out. Errors: NotFound for an unknown format or
/// column, InvalidInput beyond maxCopiedRows, and those of the database. `pool` must outlive the future.
[[nodiscard]] QFuture<Result<QByteArray>> copyRows(SessionPool &pool, const CatalogTable &table, std::vector<RowKey> keys, const QStringList &columns,
                                                   const QString &format, std::stop_token stop = {});

} // namespace turnstone
