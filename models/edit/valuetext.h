// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/value.h"

#include <QString>

namespace turnstone {

/// What a column takes, by its declared type (on SQLite its affinity).
enum class ColumnKind { Any, Text, Integer, Number, Boolean, Bytes, Json };
ColumnKind columnKind(const CatalogTable &table, const QString &column, const QString &meaning = {});

/// The value that `text` stands for in that column, with all its digits. `stored` is what stands there now: a column that takes
/// anything keeps its kind where the text allows it. Errors: InvalidInput, as a sentence. Never NULL: that is no text.
[[nodiscard]] Result<Value> valueFromText(const QString &text, const CatalogTable &table, const QString &column, const QString &meaning = {}, const Value &stored = {});

/// The text in which a value is edited: what is stored, in full; valueFromText() gives it back.
QString editableText(const Value &value);

} // namespace turnstone
