// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QObject>
#include <QStringList>

#include <array>
#include <vector>

namespace turnstone {

/// Measures the gaps of the GUI thread's event loop: the time from one chance of input to be heard to the next, which is
/// how long a key press may have to wait. What the window system sends is heard one event after the other, then all that
/// was posted is done, then the loop waits; timers and sockets follow. A histogram in steps of a tenth of a millisecond,
/// and the long ones by name. Made and used in the GUI thread, once its loop exists.
class GapTracer final : public QObject
{
    Q_OBJECT

public:
    explicit GapTracer(QObject *parent = nullptr);

    /// The loop hands out an event; `isInput`: of the window system.
    void beginEvent(bool isInput);
    /// An event took `ns`, or one that it caused, `depth` below it; the longest of a gap name it.
    void noteEvent(const QObject &receiver, int type, int depth, qint64 ns);
    /// A key was pressed; the time runs until the rows in sight are painted, all of them read. A key before that changes nothing.
    void beginKey();
    /// `receiver` was painted.
    void notePainted(const QObject &receiver);
    /// "gaps 1234, longest 12.3 ms, p99 1.2 ms, p99.9 8.1 ms, above 16 ms 0, above 50 ms 0", before it a line for each of
    /// the gaps above 16 ms: when, how long, and what took longest in it. Then, if rows were painted after keys,
    /// "keys 123, to their rows painted p50 3.1 ms, p99 9.8 ms, longest 12.0 ms".
    QString report() const;

private:
    void awake();
    void pause();
    void end(qint64 ns);
    double quantile(double share) const;

    static constexpr int stepsPerMs = 10;
    static constexpr qsizetype maximumNamed = 200;
    std::array<qint64, 10'000> m_steps{}; // the last one: a second and more
    qint64 m_count = 0;
    qint64 m_longestNs = 0;
    QElapsedTimer m_busy;
    qint64 m_pausedAt = -1; // of m_busy
    bool m_wasInput = false;
    QElapsedTimer m_sinceStart;
    struct Event
    {
        qint64 ns;
        QString text;
    };
    std::vector<Event> m_events; // of this round, the longest first
    QStringList m_named;
    QElapsedTimer m_key;             // runs from a key that has not been answered by rows
    std::vector<qint64> m_paintedNs; // from keys to their rows
};

/// An application that tells a tracer about every event that the loop hands out.
class TracedApplication final : public QApplication
{
    Q_OBJECT

public:
    using QApplication::QApplication;
    void setTracer(GapTracer *tracer) { m_tracer = tracer; }
    bool notify(QObject *receiver, QEvent *event) override;

private:
    GapTracer *m_tracer = nullptr;
    int m_depth = 0;
};

} // namespace turnstone
