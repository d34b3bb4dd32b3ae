// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/icons/iconresources.h"

#include <QDir>

// Q_INIT_RESOURCE must stand outside of any namespace.
static void initialise()
{
    Q_INIT_RESOURCE(turnstone_icons);
}

namespace turnstone {

void registerIconResources()
{
    initialise();
}

} // namespace turnstone
