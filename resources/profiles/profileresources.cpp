// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/profiles/profileresources.h"

#include <QDir>

// Q_INIT_RESOURCE must stand outside of any namespace.
static void initialise()
{
    Q_INIT_RESOURCE(turnstone_profiles);
}

namespace turnstone {

void registerProfileResources()
{
    initialise();
}

} // namespace turnstone
