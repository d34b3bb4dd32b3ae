// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QString>

namespace turnstone {

/// What a cell is to the eye.
enum class CellKind { Null, Empty, Number, Boolean, Text, Code, Bytes, Undecodable };

/// How a value reads in a table. Pure.
struct CellText
{
    CellKind kind = CellKind::Null;
    /// One line; line ends and tabs as spaces. Empty for Null, Empty, Bytes and Undecodable.
    QString text;

    /// `typeName` as declared. `isWhole` is false if `value` is only the beginning of what is stored.
    static CellText of(const ValueRef &value, const QString &typeName, bool isWhole = true);
};

/// Whether values of the declared type are figures, to be set at the right.
bool isNumericType(const QString &typeName);
/// Whether values of the type are set in the fixed font: ids, JSON, vectors.
bool isCodeType(const QString &typeName);
/// The text if `utf8` is well-formed, apart from a character cut off at the end if not `isWhole`; else null.
QString decodedText(QByteArrayView utf8, bool isWhole = true);
/// Length as stored, from that of the delivered form: PostgreSQL writes bytea with two digits a byte after "\x".
qint64 storedBytes(qint64 deliveredBytes, const QString &typeName);
/// For the clipboard: the value as it is, x'hex' for bytes and for a text that is no UTF-8, nothing for NULL.
QString copiedText(const ValueRef &value);
/// "41 kB"
QString sizeText(qint64 bytes);

} // namespace turnstone
