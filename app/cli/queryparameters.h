// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/recogniser.h"
#include "models/core/result.h"
#include "models/database/databaseurl.h"
#include "models/database/value.h"

#include <string>
#include <vector>

namespace turnstone::cli {

/// From words such as n=5: what stands before "=" is the name; a value that is an int64 or a real binds as one on SQLite,
/// where 1 and '1' differ; everything else as text. Errors: InvalidInput.
[[nodiscard]] Result<Parameters> parametersFrom(const std::vector<std::string> &words, Engine engine);

/// The table called so, or SCHEMA.TABLE. Errors: NotFound, with names that are close.
[[nodiscard]] Result<const CatalogTable *> tableNamed(const KnownDatabase &known, const QString &name);

} // namespace turnstone::cli
