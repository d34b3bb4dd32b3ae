// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/resolvedprofile.h"

namespace turnstone {

/// The newest price of a model on a day (ISO; empty: now); null if the profile knows none.
const ModelPrice *priceOf(const std::vector<ModelPrice> &prices, const QString &model, const QString &day);
/// US dollars.
double costOf(const ModelPrice &price, double tokensIn, double tokensOut);

} // namespace turnstone
