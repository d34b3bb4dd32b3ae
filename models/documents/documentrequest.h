// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/formatoptions.h"

#include <QString>

namespace turnstone {

/// Which records become documents: those of a hierarchy or of a table, all of them or one.
struct DocumentRequest
{
    QString root; ///< id of a tree, or a table
    bool isTable = false;
    QString key;   ///< as in paths: parts joined by commas; empty: all
    QString where; ///< SQL over the table's columns; empty: all
    FormatOptions format;
};

} // namespace turnstone
