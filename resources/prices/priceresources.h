// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace turnstone {

/// Makes ":/prices/prices.json" readable; a static library's resources are not there by themselves.
/// May be called more than once.
void registerPriceResources();

} // namespace turnstone
