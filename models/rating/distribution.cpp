// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/distribution.h"

#include "models/rating/normal.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace turnstone::rating {

namespace {

double roundWidth(double wanted)
{
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (wanted <= step * power)
            return step * power;
    }
    return 10 * power;
}

/// From 1; equal values share the mean of their places.
std::vector<double> ranks(const std::vector<double> &values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::sort(order, {}, [&values](std::size_t i) { return values[i]; });
    std::vector<double> result(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]])
            ++end;
        for (std::size_t i = begin; i < end; ++i)
            result[order[i]] = (static_cast<double>(begin + end) + 1) / 2;
        begin = end;
    }
    return result;
}

} // namespace

Histogram histogram(std::vector<double> values, int bins)
{
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty() || bins < 1)
        return {};
    const auto [least, greatest] = std::ranges::minmax(values);
    Histogram result;
    result.width = greatest > least ? roundWidth((greatest - least) / bins) : 1;
    const double first = std::floor(least / result.width);
    result.low = first * result.width;
    result.counts.resize(static_cast<std::size_t>(std::floor(greatest / result.width) - first) + 1);
    for (const double value : values) {
        const auto bin = static_cast<std::size_t>(std::max(0.0, std::floor(value / result.width) - first));
        ++result.counts[std::min(bin, result.counts.size() - 1)];
    }
    return result;
}

FiveNumbers fiveNumbers(std::vector<double> values)
{
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty())
        return {};
    std::ranges::sort(values);
    const auto at = [&values](double share) {
        const double place = share * static_cast<double>(values.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, values.size() - 1);
        return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
    };
    return {values.front(), at(0.25), at(0.5), at(0.75), values.back(), values.size()};
}

std::vector<double> skillDensity(const std::vector<Rating> &ratings, double low, double high, std::size_t points)
{
    std::vector<double> density(points, 0.0);
    if (ratings.empty() || points < 2 || !(high > low))
        return density;
    const double step = (high - low) / static_cast<double>(points - 1);
    for (const Rating &rating : ratings) {
        if (!(rating.sigma > 0))
            continue;
        // Beyond 5 deviations a density is nothing that can be seen.
        const double reach = 5 * rating.sigma;
        const double last = static_cast<double>(points - 1);
        const auto first = static_cast<std::size_t>(std::clamp(std::ceil((rating.mu - reach - low) / step), 0.0, last));
        const auto end = static_cast<std::size_t>(std::clamp(std::floor((rating.mu + reach - low) / step), 0.0, last));
        for (std::size_t i = first; i <= end; ++i)
            density[i] += normalDensity((low + step * static_cast<double>(i) - rating.mu) / rating.sigma) / rating.sigma;
    }
    for (double &value : density)
        value /= static_cast<double>(ratings.size());
    return density;
}

double rankCorrelation(const std::vector<double> &a, const std::vector<double> &b)
{
    const std::size_t count = std::min(a.size(), b.size());
    if (count < 2)
        return 0;
    const std::vector<double> first = ranks({a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count)});
    const std::vector<double> second = ranks({b.begin(), b.begin() + static_cast<std::ptrdiff_t>(count)});
    const double mean = (static_cast<double>(count) + 1) / 2;
    double together = 0;
    double firstAlone = 0;
    double secondAlone = 0;
    for (std::size_t i = 0; i < count; ++i) {
        together += (first[i] - mean) * (second[i] - mean);
        firstAlone += (first[i] - mean) * (first[i] - mean);
        secondAlone += (second[i] - mean) * (second[i] - mean);
    }
    return firstAlone > 0 && secondAlone > 0 ? together / std::sqrt(firstAlone * secondAlone) : 0;
}

double coverage(const std::vector<Rating> &ratings, const std::vector<double> &truths, double deviations)
{
    const std::size_t count = std::min(ratings.size(), truths.size());
    std::size_t covered = 0;
    for (std::size_t i = 0; i < count; ++i)
        covered += std::abs(ratings[i].mu - truths[i]) <= deviations * ratings[i].sigma ? 1 : 0;
    return count > 0 ? static_cast<double>(covered) / static_cast<double>(count) : 0;
}

} // namespace turnstone::rating
