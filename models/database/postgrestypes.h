// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace turnstone {

/// The name of a type as format_type(oid, modifier) prints it, for the built-in types; for others
/// `otherName` with the modifier in brackets where it has one ("vector(1536)"), or "oid 12345".
QString postgresTypeName(unsigned oid, int modifier, const QString &otherName);

/// A double in the text form that PostgreSQL reads back as the same value.
QByteArray postgresReal(double value);

} // namespace turnstone
