// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace turnstone {

// Never log row data or secrets: statements without their values, counts, durations only.
Q_DECLARE_LOGGING_CATEGORY(databaseLog) // turnstone.database
Q_DECLARE_LOGGING_CATEGORY(catalogLog)  // turnstone.catalog
Q_DECLARE_LOGGING_CATEGORY(profilesLog) // turnstone.profiles
Q_DECLARE_LOGGING_CATEGORY(transferLog) // turnstone.transfer
Q_DECLARE_LOGGING_CATEGORY(windowLog)   // turnstone.window

} // namespace turnstone
