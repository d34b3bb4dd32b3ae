// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/logging.h"

namespace turnstone {

Q_LOGGING_CATEGORY(databaseLog, "turnstone.database", QtWarningMsg)
Q_LOGGING_CATEGORY(catalogLog, "turnstone.catalog", QtWarningMsg)
Q_LOGGING_CATEGORY(profilesLog, "turnstone.profiles", QtWarningMsg)
Q_LOGGING_CATEGORY(transferLog, "turnstone.transfer", QtWarningMsg)
Q_LOGGING_CATEGORY(windowLog, "turnstone.window", QtWarningMsg)

} // namespace turnstone
