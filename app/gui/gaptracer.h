// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>

#include <array>

namespace turnstone {

/// Measures for how long the event loop of the GUI thread is busy without a pause: that is how long a key press may have
/// to wait. A histogram in steps of a tenth of a millisecond. Made and used in the GUI thread, once its loop exists.
class GapTracer final : public QObject
{
    Q_OBJECT

public:
    explicit GapTracer(QObject *parent = nullptr);

    /// Forgets what was measured.
    void restart();
    /// "gaps 1234, longest 12.3 ms, p99 1.2 ms, p99.9 8.1 ms, above 16 ms 0, above 50 ms 0".
    QString report() const;

private:
    void end();
    double quantile(double share) const;

    static constexpr int stepsPerMs = 10;
    std::array<qint64, 10'000> m_steps{}; // the last one: a second and more
    qint64 m_count = 0;
    qint64 m_longestNs = 0;
    QElapsedTimer m_busy;
};

} // namespace turnstone
