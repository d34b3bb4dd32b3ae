// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/windowcommand.h"

namespace turnstone {

/// "Export…": the rows or the record at hand, in any format.
WindowCommand exportCommand();
/// "Import…": a file into a table.
WindowCommand importCommand();
/// "Backups…": make one, see those there are, restore one.
WindowCommand backupCommand();
/// "Convert to a newer schema…": a SQLite database of an old schema into a new file.
WindowCommand convertCommand();

} // namespace turnstone
