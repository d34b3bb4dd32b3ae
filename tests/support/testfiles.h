// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace turnstone {

/// Runs any number of statements against a SQLite file, which comes into being if need be, through SQLite's C interface
/// and nothing of ours. Returns SQLite's message, empty when all went well.
[[nodiscard]] QString executeSql(const QString &path, const QString &sql);

/// The first column of the first row as text; null when there is none, when it is NULL, or on an error.
QString sqlValue(const QString &path, const QString &sql);

/// The path of a file below tests/data. A file that is not there ends the program with its name.
QString testDataPath(const QString &name);
QByteArray testData(const QString &name);

} // namespace turnstone
