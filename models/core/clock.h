// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>

namespace turnstone {

/// The time, injected so that tests can set it. Thread-safe if the implementation is; ours are.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Wall clock in UTC.
    virtual QDateTime nowUtc() const = 0;
    /// Never goes back; for durations.
    virtual std::chrono::steady_clock::time_point steadyNow() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock
{
public:
    QDateTime nowUtc() const override { return QDateTime::currentDateTimeUtc(); }
    std::chrono::steady_clock::time_point steadyNow() const override { return std::chrono::steady_clock::now(); }
};

} // namespace turnstone
