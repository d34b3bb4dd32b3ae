// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/help/helpresources.h"

#include <QDir>

// Q_INIT_RESOURCE must stand outside of any namespace.
static void initialise()
{
    Q_INIT_RESOURCE(turnstone_help);
}

namespace turnstone {

void registerHelpResources()
{
    initialise();
}

} // namespace turnstone
