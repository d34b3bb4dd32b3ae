// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/profiles/resolvedprofile.h"

#include <optional>
#include <vector>

namespace turnstone {

/// What models cost, in US dollars for a million tokens, from a day on. A model that nothing matches has no known price, which is
/// not the same as costing nothing.
class PriceList
{
public:
    PriceList() = default;
    explicit PriceList(std::vector<ModelPrice> prices) : m_prices(std::move(prices)) {}

    const std::vector<ModelPrice> &prices() const { return m_prices; }
    bool isEmpty() const { return m_prices.empty(); }

    /// Of a file: {"prices": [{"model", "from", "input", "output"}]}. Errors: InvalidInput, naming the entry; nothing is taken then.
    [[nodiscard]] static Result<PriceList> parse(const QByteArray &json);
    QByteArray toJson() const;
    /// A file that is not there is an empty list. Blocks. Errors: Io, InvalidInput.
    [[nodiscard]] static Result<PriceList> read(const QString &path);
    [[nodiscard]] Result<> write(const QString &path) const;
    /// What is wrong with an entry in one sentence; empty if nothing is.
    static QString mistakeIn(const ModelPrice &price);

    /// The user's list over a profile's: where the user's knows a model, the other is not asked.
    static PriceList merged(const PriceList &user, const std::vector<ModelPrice> &profile);
    /// The price of a model on a day (ISO; empty: the newest). The closest pattern wins, then the newest day that has come. Null if unknown.
    const ModelPrice *priceOf(const QString &model, const QString &day) const;

private:
    const ModelPrice *priceIn(std::size_t first, std::size_t last, const QString &model, const QString &day) const;

    std::vector<ModelPrice> m_prices;
    std::size_t m_userCount = 0; ///< the first ones come before the rest
};

} // namespace turnstone
