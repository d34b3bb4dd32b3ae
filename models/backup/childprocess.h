// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <map>
#include <stop_token>

namespace turnstone {

/// Runs another program to its end in the calling thread, without an event loop. Its standard output goes nowhere unless
/// `output` asks for it; each line of its standard error is handed on.
struct ChildProcess
{
    QString program; ///< a path
    QStringList arguments;
    /// Added to the environment. Secrets belong here and never among the arguments, which every user of the machine can see.
    std::map<QByteArray, QByteArray> environment;
    std::function<void(const QString &line)> onErrorLine;
    QByteArray *output = nullptr;

    /// Its exit code. A stop ends it by SIGTERM and waits for it; that is Cancelled. Errors: NotFound, Io.
    [[nodiscard]] Result<int> run(std::stop_token stop = {}) const;
};

} // namespace turnstone
