// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/prices/priceresources.h"

#include <QDir>

// Q_INIT_RESOURCE must stand outside of any namespace.
static void initialise()
{
    Q_INIT_RESOURCE(turnstone_prices);
}

namespace turnstone {

void registerPriceResources()
{
    initialise();
}

} // namespace turnstone
