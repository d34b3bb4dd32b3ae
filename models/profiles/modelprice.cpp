// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/modelprice.h"

#include <QRegularExpression>

namespace turnstone {

const ModelPrice *priceOf(const std::vector<ModelPrice> &prices, const QString &model, const QString &day)
{
    const ModelPrice *best = nullptr;
    for (const ModelPrice &price : prices) {
        if ((!day.isEmpty() && price.from > day) || (best != nullptr && price.from < best->from))
            continue;
        if (QRegularExpression::fromWildcard(price.model, Qt::CaseInsensitive).match(model).hasMatch())
            best = &price;
    }
    return best;
}

double costOf(const ModelPrice &price, double tokensIn, double tokensOut)
{
    return (tokensIn * price.input + tokensOut * price.output) / 1e6; // prices are for a million
}

} // namespace turnstone
