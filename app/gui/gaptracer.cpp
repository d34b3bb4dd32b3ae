// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/gaptracer.h"

#include "models/items/tablerowmodel.h"

#include <QAbstractEventDispatcher>
#include <QEvent>
#include <QMetaEnum>
#include <QPointer>
#include <QString>
#include <QTableView>
#include <QThread>

#include <algorithm>
#include <numeric>

namespace turnstone {

namespace {
constexpr double nsPerMs = 1e6;
constexpr double longMs = 16;
constexpr qint64 noticedNs = 1'000'000;
constexpr std::size_t eventsNamed = 6;
/// A key that does nothing to the rows is forgotten after this.
constexpr qint64 forgottenNs = 500'000'000;
/// Between going to wait and the next event, if there was nothing to wait for.
constexpr qint64 noWaitNs = 50'000;
}

GapTracer::GapTracer(QObject *parent) : QObject(parent)
{
    m_sinceStart.start();
    const auto *dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &GapTracer::awake);
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &GapTracer::pause);
}

/// The queue of the window system was looked through just now. What came of its events is done in this round, so they and
/// their consequences are one gap.
void GapTracer::awake()
{
    if (!m_wasInput && m_pausedAt < 0 && m_busy.isValid())
        end(m_busy.nsecsElapsed());
    m_wasInput = false;
}

void GapTracer::pause()
{
    if (m_busy.isValid() && m_pausedAt < 0)
        m_pausedAt = m_busy.nsecsElapsed();
}

void GapTracer::beginEvent(bool isInput)
{
    const qint64 now = m_busy.isValid() ? m_busy.nsecsElapsed() : 0;
    const bool hasWaited = m_pausedAt >= 0 && now - m_pausedAt > noWaitNs;
    if (m_busy.isValid() && (hasWaited || isInput))
        end(hasWaited ? m_pausedAt : now);
    m_pausedAt = -1;
    m_wasInput = m_wasInput || isInput;
    if (!m_busy.isValid())
        m_busy.start();
}

void GapTracer::noteEvent(const QObject &receiver, int type, int depth, qint64 ns)
{
    if (ns < noticedNs)
        return;
    const char *name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    QString who = QString::fromLatin1(receiver.metaObject()->className()) + u' ' + receiver.objectName();
    if (receiver.objectName().isEmpty() && receiver.parent() != nullptr)
        who += QStringLiteral("of ") + QString::fromLatin1(receiver.parent()->metaObject()->className()) + u' ' + receiver.parent()->objectName();
    const QString text = QStringLiteral("%1%2 to %3").arg(QString(depth, u'>'), name == nullptr ? QString::number(type) : QString::fromLatin1(name), who.trimmed());
    m_events.insert(std::ranges::find_if(m_events, [ns](const Event &each) { return each.ns < ns; }), {ns, text});
    if (m_events.size() > eventsNamed)
        m_events.pop_back();
}

void GapTracer::end(qint64 ns)
{
    m_busy.invalidate();
    m_pausedAt = -1;
    ++m_count;
    m_longestNs = std::max(m_longestNs, ns);
    const auto step = static_cast<std::size_t>(static_cast<double>(ns) / nsPerMs * stepsPerMs);
    ++m_steps[std::min(step, m_steps.size() - 1)];
    if (static_cast<double>(ns) > longMs * nsPerMs && m_named.size() < maximumNamed) {
        QString line = QStringLiteral("at %1 ms: %2 ms").arg(m_sinceStart.elapsed() - ns / 1'000'000).arg(static_cast<double>(ns) / nsPerMs, 0, 'f', 1);
        for (const Event &each : m_events)
            line += QStringLiteral("; %1 ms %2").arg(static_cast<double>(each.ns) / nsPerMs, 0, 'f', 1).arg(each.text);
        m_named.append(line);
    }
    m_events.clear();
}

void GapTracer::beginKey()
{
    if (!m_key.isValid() || m_key.nsecsElapsed() > forgottenNs)
        m_key.start();
}

void GapTracer::notePainted(const QObject &receiver)
{
    if (!m_key.isValid() || m_key.nsecsElapsed() > forgottenNs)
        return;
    const auto *view = qobject_cast<const QTableView *>(receiver.parent());
    if (view == nullptr || view->viewport() != &receiver || qobject_cast<const TableRowModel *>(view->model()) == nullptr)
        return;
    const int first = view->rowAt(0);
    const int last = view->rowAt(view->viewport()->height() - 1);
    for (const int row : {first, last < 0 ? view->model()->rowCount() - 1 : last}) {
        if (view->model()->index(row, 0).data(TableRowModel::LoadStateRole).value<TableRowModel::LoadState>() != TableRowModel::LoadState::Ready)
            return; // painted again when they are read
    }
    m_paintedNs.push_back(m_key.nsecsElapsed());
    m_key.invalidate();
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
    const QString lines = m_named.isEmpty() ? QString() : m_named.join(u'\n') + u'\n';
    QString keys;
    if (!m_paintedNs.empty()) {
        std::vector<qint64> sorted = m_paintedNs;
        std::ranges::sort(sorted);
        const auto at = [&sorted](std::size_t percent) { return static_cast<double>(sorted[std::min(sorted.size() * percent / 100, sorted.size() - 1)]) / nsPerMs; };
        keys = QStringLiteral("\nkeys %1, to their rows painted p50 %2 ms, p99 %3 ms, longest %4 ms").arg(sorted.size()).arg(at(50), 0, 'f', 1).arg(at(99), 0, 'f', 1).arg(at(100), 0, 'f', 1);
    }
    return lines + QStringLiteral("gaps %1, longest %2 ms, p99 %3 ms, p99.9 %4 ms, above 16 ms %5, above 50 ms %6")
        .arg(m_count)
        .arg(static_cast<double>(m_longestNs) / nsPerMs, 0, 'f', 1)
        .arg(quantile(0.99), 0, 'f', 1)
        .arg(quantile(0.999), 0, 'f', 1)
        .arg(above(16))
        .arg(above(50)) + keys;
}

bool TracedApplication::notify(QObject *receiver, QEvent *event)
{
    if (m_tracer == nullptr || QThread::currentThread() != thread()) // the loops of the sessions come here, too
        return QApplication::notify(receiver, event);
    if (m_depth == 0)
        m_tracer->beginEvent(event->spontaneous());
    if (m_depth == 0 && event->spontaneous() && event->type() == QEvent::KeyPress)
        m_tracer->beginKey();
    const int type = event->type(); // the receiver may be gone afterwards, and so may the event
    const QPointer<QObject> kept(receiver);
    QElapsedTimer taken;
    taken.start();
    ++m_depth;
    const bool isHandled = QApplication::notify(receiver, event);
    --m_depth;
    if (type == QEvent::Paint && kept != nullptr)
        m_tracer->notePainted(*kept);
    m_tracer->noteEvent(kept == nullptr ? *this : *kept, type, m_depth, taken.nsecsElapsed());
    return isHandled;
}

} // namespace turnstone
