// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/recounter.h"

#include <algorithm>

namespace turnstone {

namespace {

constexpr int soonMs = 200;
constexpr qint64 shortestPauseMs = 1'000;
constexpr qint64 longestPauseMs = 24 * 3'600'000;

} // namespace

Recounter::Recounter(SessionPool &pool, std::shared_ptr<const Catalog> catalog, QObject *parent) : QObject(parent), m_pool(pool), m_catalog(std::move(catalog))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_isPausing = false;
        if (m_isDue)
            start();
    });
}

void Recounter::request()
{
    m_isDue = true;
    if (!m_isPausing && !m_counter && !m_timer.isActive())
        m_timer.start(soonMs);
}

void Recounter::start()
{
    m_isDue = false;
    m_took.start();
    m_counter = std::make_unique<TableCounter>(m_pool, *m_catalog, TableCounter::Pass::Again);
    connect(m_counter.get(), &TableCounter::counted, this, &Recounter::counted);
    connect(m_counter.get(), &TableCounter::finished, this, &Recounter::end, Qt::QueuedConnection);
    m_counter->start();
}

void Recounter::end()
{
    m_counter.reset();
    m_isPausing = true;
    m_timer.start(static_cast<int>(std::clamp(m_took.elapsed() * timesLonger, shortestPauseMs, longestPauseMs)));
    emit finished();
}

} // namespace turnstone
