// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/gaptracer.h"

#include <QAbstractEventDispatcher>
#include <QString>

#include <algorithm>
#include <numeric>

namespace turnstone {

namespace {
constexpr double nsPerMs = 1e6;
}

GapTracer::GapTracer(QObject *parent) : QObject(parent)
{
    const auto *dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, [this] {
        if (!m_busy.isValid())
            m_busy.start();
    });
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &GapTracer::end);
}

void GapTracer::restart()
{
    m_steps.fill(0);
    m_count = 0;
    m_longestNs = 0;
}

void GapTracer::end()
{
    if (!m_busy.isValid())
        return;
    const qint64 ns = m_busy.nsecsElapsed();
    m_busy.invalidate();
    ++m_count;
    m_longestNs = std::max(m_longestNs, ns);
    const auto step = static_cast<std::size_t>(static_cast<double>(ns) / nsPerMs * stepsPerMs);
    ++m_steps[std::min(step, m_steps.size() - 1)];
}

double GapTracer::quantile(double share) const
{
    const auto wanted = static_cast<qint64>(share * static_cast<double>(m_count));
    qint64 seen = 0;
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        seen += m_steps[i];
        if (seen > wanted)
            return static_cast<double>(i + 1) / stepsPerMs;
    }
    return static_cast<double>(m_longestNs) / nsPerMs;
}

QString GapTracer::report() const
{
    const auto above = [this](int ms) { return std::accumulate(m_steps.begin() + ms * stepsPerMs, m_steps.end(), qint64(0)); };
    return QStringLiteral("gaps %1, longest %2 ms, p99 %3 ms, p99.9 %4 ms, above 16 ms %5, above 50 ms %6")
        .arg(m_count)
        .arg(static_cast<double>(m_longestNs) / nsPerMs, 0, 'f', 1)
        .arg(quantile(0.99), 0, 'f', 1)
        .arg(quantile(0.999), 0, 'f', 1)
        .arg(above(16))
        .arg(above(50));
}

} // namespace turnstone
