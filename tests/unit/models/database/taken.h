// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFuture>

namespace turnstone {

/// The result of a future whose work needs this thread's events meanwhile; a failure after a minute.
template<typename T>
T taken(QFuture<T> future)
{
    QElapsedTimer patience;
    patience.start();
    while (!future.isFinished() && patience.elapsed() < 60'000)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    if (!future.isFinished() || future.resultCount() == 0)
        return failure(ErrorCode::Cancelled, QStringLiteral("no result"));
    return future.takeResult();
}

} // namespace turnstone
