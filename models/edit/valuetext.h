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
/// anything keeps its kind where the text allows it. Errors: InvalidInput, as a sentence; of JSON with the position in UTF-8 bytes.
/// Never NULL: that is no text.
[[nodiscard]] Result<Value> valueFromText(const QString &text, const CatalogTable &table, const QString &column, const QString &meaning = {}, const Value &stored = {});

/// What became of `original` in an editor that knows only one kind of line end: `edited` with the line ends of the original
/// (CR, CR LF, U+2029) where nothing was written, and with CR LF in what was written if the original has only those.
QString textWithLineEnds(const QString &original, const QString &edited);

/// The text in which a value is edited: what is stored, in full; valueFromText() gives it back.
QString editableText(const Value &value);

} // namespace turnstone
