// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/importing/importoptions.h"
#include "models/transfer/jsonscanner.h"

#include <QByteArrayView>

namespace turnstone {

/// A value of JSON as it goes into a column: strings decoded, numbers and nested values as their own text.
struct JsonCell
{
    enum class Form { Absent, Null, String, Number, True, False, Nested };
    Form form = Form::Absent;
    qsizetype start = 0; ///< in the text that it was read into
    qsizetype size = 0;

    /// Reads the value that begins here, appending its text. False: see the scanner's problem.
    [[nodiscard]] bool read(JsonScanner &scanner, OutputBuffer &text);
    /// Adds it to a row as the column wants it.
    void addTo(RowBlock &rows, QByteArrayView text, CellKind kind, bool keepsBooleanWords) const;
};

/// Adds a text to a row as its column wants it. `isQuoted`: it said by itself that it is a text.
void addTextCell(RowBlock &rows, QByteArrayView text, CellKind kind, bool isQuoted);

} // namespace turnstone
