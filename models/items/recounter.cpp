// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/recounter.h"

#include <algorithm>
#include <utility>

namespace turnstone {

namespace {

constexpr int soonMs = 200;
constexpr int quietMs = 3'000;
constexpr qint64 shortestPauseMs = 1'000;
constexpr qint64 longestPauseMs = 24 * 3'600'000;

} // namespace

Recounter::Recounter(SessionPool &pool, std::shared_ptr<const Catalog> catalog, QObject *parent) : QObject(parent), m_pool(pool), m_catalog(std::move(catalog))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_isPausing = false;
        if (m_due)
            start();
    });
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(quietMs);
    connect(&m_quiet, &QTimer::timeout, this, &Recounter::countAll);
}

void Recounter::noteChange()
{
    request(TableCounter::Pass::Small);
    m_quiet.start();
}

void Recounter::countAll()
{
    m_quiet.stop();
    request(TableCounter::Pass::Again);
}

void Recounter::request(TableCounter::Pass pass)
{
    if (m_due != TableCounter::Pass::Again)
        m_due = pass;
    if (!m_isPausing && !m_counter && !m_timer.isActive())
        m_timer.start(soonMs);
}

void Recounter::start()
{
    const TableCounter::Pass pass = *std::exchange(m_due, std::nullopt);
    m_took.start();
    m_counter = std::make_unique<TableCounter>(m_pool, *m_catalog, pass);
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
