// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/exactquery.h"

#include "models/similarity/kernels.h"

#include <cmath>
#include <limits>

namespace turnstone::similarity {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template<typename T>
double minusSquaredDistance(std::span<const double> q, std::span<const T> x)
{
    double sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 <= q.size(); i += 4) {
        for (std::size_t j = 0; j < 4; ++j) {
            const double difference = q[i + j] - static_cast<double>(x[i + j]);
            sums[j] += difference * difference;
        }
    }
    for (; i < q.size(); ++i) {
        const double difference = q[i] - static_cast<double>(x[i]);
        sums[0] += difference * difference;
    }
    return -(sums[0] + sums[1] + sums[2] + sums[3]);
}

template<typename T>
double minusAbsoluteDistance(std::span<const double> q, std::span<const T> x)
{
    double sum = 0;
    for (std::size_t i = 0; i < q.size(); ++i)
        sum += std::abs(q[i] - static_cast<double>(x[i]));
    return -sum;
}

} // namespace

ExactQuery::ExactQuery(Metric metric, std::vector<double> query)
    : m_metric(metric), m_query(std::move(query)), m_rounded(m_query.size()),
      m_norm(std::sqrt(kernels::dotExact(m_query.data(), m_query.data(), m_query.size())))
{
    kernels::narrow(m_query.data(), m_query.size(), m_rounded.data());
    double lost = 0;
    for (std::size_t i = 0; i < m_query.size(); ++i) {
        const double difference = m_query[i] - static_cast<double>(m_rounded[i]);
        lost += difference * difference;
    }
    m_roundingLoss = std::sqrt(lost);
}

bool ExactQuery::isUsable() const
{
    return !m_query.empty() && std::isfinite(m_norm) && (m_metric != Metric::Cosine || m_norm > 0);
}

double ExactQuery::fromProduct(double product, double norm) const
{
    if (m_metric == Metric::Cosine)
        return norm > 0 ? product / (m_norm * norm) : nan;
    return product;
}

double ExactQuery::closeness(std::span<const double> x) const
{
    if (x.size() != m_query.size())
        return nan;
    if (m_metric == Metric::L2)
        return minusSquaredDistance(values(), x);
    if (m_metric == Metric::L1)
        return minusAbsoluteDistance(values(), x);
    const double norm = m_metric == Metric::Cosine ? std::sqrt(kernels::dotExact(x.data(), x.data(), x.size())) : 0;
    return fromProduct(kernels::dotExact(m_query.data(), x.data(), x.size()), norm);
}

double ExactQuery::closeness(std::span<const float> x) const
{
    if (x.size() != m_query.size())
        return nan;
    if (m_metric == Metric::L2)
        return minusSquaredDistance(values(), x);
    if (m_metric == Metric::L1)
        return minusAbsoluteDistance(values(), x);
    const double norm = m_metric == Metric::Cosine ? std::sqrt(kernels::squaredNorm(x.data(), x.size())) : 0;
    return fromProduct(kernels::dotExact(m_query.data(), x.data(), x.size()), norm);
}

double ExactQuery::upperBound(std::span<const float> x, double norm) const
{
    if (m_metric == Metric::L1 || x.size() != m_query.size())
        return infinity;
    const double product = static_cast<double>(kernels::dot(m_rounded.data(), x.data(), x.size()));
    const double error = (kernels::dotErrorFactor(x.size()) * m_norm * 1.0001 + m_roundingLoss) * norm;
    const double most = product + error;
    if (!std::isfinite(most))
        return infinity;
    switch (m_metric) {
    case Metric::Cosine: return norm > 0 ? most / (m_norm * norm) * (1 + 1e-12) + 1e-12 : -infinity;
    case Metric::InnerProduct: return most + 1e-12 * (m_norm * norm);
    case Metric::L2: return 2 * most - (m_norm * m_norm + norm * norm) * (1 - 1e-12);
    case Metric::L1: break;
    }
    return infinity;
}

} // namespace turnstone::similarity
