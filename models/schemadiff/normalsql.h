// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"

#include <QString>

namespace turnstone {

/// A spelling that two texts of the same SQL share: one space between tokens, words in lower case, names without
/// needless quotes, no comments, no outer parentheses, no final semicolon, and without `schema` before names.
QString normalSql(const QString &sql, Engine engine, const QString &schema = {});

/// A text without `schema.` before names; all else as it is.
QString withoutSchema(const QString &sql, const QString &schema);

} // namespace turnstone
