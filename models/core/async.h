// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <utility>

namespace turnstone {

/// Calls `handler(result)` in `receiver`'s thread once `future` has a result. Nothing is called
/// if the future is cancelled or if `receiver` is destroyed first. Call from receiver's thread.
///
/// The watcher belongs to the receiver: closing a panel silently ends the call.
template<typename T, typename Handler>
void onResult(const QFuture<T> &future, QObject *receiver, Handler handler)
{
    auto *watcher = new QFutureWatcher<T>(receiver);
    QObject::connect(watcher, &QFutureWatcherBase::finished, receiver,
                     [watcher, handler = std::move(handler)]() mutable {
                         watcher->deleteLater();
                         if (!watcher->isCanceled() && watcher->future().resultCount() > 0)
                             handler(watcher->future().takeResult());
                     });
    watcher->setFuture(future);
}

} // namespace turnstone
