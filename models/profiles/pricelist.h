// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/profiles/resolvedprofile.h"

#include <optional>
#include <vector>

namespace turnstone {

/// What models cost, in US dollars for a million tokens, from a day on. A model that nothing matches has no known price, which is
/// not the same as costing nothing. In layers: where the user's list knows a model, the profile's is not asked, nor the built-in one
/// where the profile's does.
class PriceList
{
public:
    PriceList() = default;
    explicit PriceList(std::vector<ModelPrice> prices) : m_prices(std::move(prices)), m_layers{m_prices.size()} {}

    const std::vector<ModelPrice> &prices() const { return m_prices; }
    bool isEmpty() const { return m_prices.empty(); }
    /// Where a price was published; empty if it is not told.
    QString source(std::size_t index) const { return index < m_sources.size() ? m_sources[index] : QString(); }

    /// Of a file: {"prices": [{"model", "from", "input", "output"}]}, or "lists" of such with their "source"; "models" names several
    /// at once. Errors: InvalidInput, naming the entry; nothing is taken then.
    [[nodiscard]] static Result<PriceList> parse(const QByteArray &json);
    QByteArray toJson() const;
    /// A file that is not there is an empty list. Blocks. Errors: Io, InvalidInput.
    [[nodiscard]] static Result<PriceList> read(const QString &path);
    [[nodiscard]] Result<> write(const QString &path) const;
    /// What is wrong with an entry in one sentence; empty if nothing is.
    static QString mistakeIn(const ModelPrice &price);
    /// Where the user's list stands: beside the settings.
    static QString pathBeside(const QString &settingsFile);

    /// Public list prices that come with the program.
    static const PriceList &builtIn();
    /// The user's list over a profile's.
    static PriceList merged(const PriceList &user, const std::vector<ModelPrice> &profile);
    /// What holds for a database: the user's file over the profile's prices over the built-in ones. Blocks. Errors as of read().
    [[nodiscard]] static Result<PriceList> inUse(const QString &path, const std::vector<ModelPrice> &profile);

    /// The price of a model on a day (ISO; empty: the newest). The closest pattern wins, then the newest day that has come. Null if unknown.
    const ModelPrice *priceOf(const QString &model, const QString &day) const;

private:
    void addLayer(const PriceList &list);
    const ModelPrice *priceIn(std::size_t first, std::size_t last, const QString &model, const QString &day) const;

    std::vector<ModelPrice> m_prices;
    std::vector<QString> m_sources;    ///< by index; shorter where it is not known
    std::vector<std::size_t> m_layers; ///< where each ends
};

/// US dollars.
double costOf(const ModelPrice &price, double tokensIn, double tokensOut);

} // namespace turnstone
