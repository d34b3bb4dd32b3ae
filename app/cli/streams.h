// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <functional>

namespace turnstone::cli {

/// Where a verb writes: data to `out`, everything else to `err`. Tests put buffers here.
struct Streams
{
    std::function<Result<>(QByteArrayView)> out;
    std::function<void(QByteArrayView)> err;
    /// Progress is shown only to a terminal.
    bool errIsTerminal = false;

    /// The process's own standard output and standard error.
    static Streams ofProcess();

    void error(const QString &line) const { err(line.toUtf8() + '\n'); }
};

} // namespace turnstone::cli
