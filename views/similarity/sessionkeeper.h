// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/session.h"

#include <QCoreApplication>
#include <QFutureWatcher>

namespace turnstone {

/// A writing session for one long job beside the pool's, so that edits are saved meanwhile. It lives until `job` is done, also when the
/// panel that began it is closed before; then `stop` had better be requested. GUI thread only.
template<typename Job>
auto runOnSessionOfItsOwn(const DatabaseUrl &url, Job job, std::stop_token stop)
{
    ConnectionOptions writing;
    writing.readOnly = false;
    auto session = std::make_shared<Session>(url, writing);
    auto future = session->run(std::move(job), std::move(stop));
    auto *watcher = new QFutureWatcher<std::invoke_result_t<Job, Connection &>>(QCoreApplication::instance());
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, session] { watcher->deleteLater(); });
    watcher->setFuture(future);
    return future;
}

} // namespace turnstone
