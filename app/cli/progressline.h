// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/streams.h"

#include <QString>

#include <chrono>

namespace turnstone::cli {

/// One line on a terminal's standard error that tells how far long work is: rows, rows a second, time left. Prints
/// nothing elsewhere. The line goes when this object does.
class ProgressLine
{
public:
    explicit ProgressLine(const Streams &streams) : m_streams(streams) {}
    ~ProgressLine();
    Q_DISABLE_COPY_MOVE(ProgressLine)

    /// `fraction` 0 … 1; below 0 if unknown. May be called from any thread, one at a time.
    void show(qint64 rows, double fraction);
    void show(const QString &text);

private:
    const Streams &m_streams;
    const std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    bool m_shown = false;
};

} // namespace turnstone::cli
