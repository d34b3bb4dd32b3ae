// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace turnstone {

// Engines count in other units than QString: PostgreSQL's error positions are code points,
// SQLite's sqlite3_error_offset() is bytes of UTF-8. All offsets count from 0; one beyond the text
// gives the text's length.

/// Offset in UTF-16 units of a code point.
qsizetype offsetOfCodePoint(QStringView text, qsizetype codePoint);

/// Offset in UTF-16 units of the character that holds this byte of the UTF-8 form.
qsizetype offsetOfUtf8Byte(QStringView text, qsizetype byte);

/// Both from 1; the column counts UTF-16 units.
struct LineAndColumn
{
    int line = 1;
    int column = 1;
};
LineAndColumn lineAndColumn(QStringView text, qsizetype offset);

} // namespace turnstone
