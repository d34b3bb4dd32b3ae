// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/transfer/outputbuffer.h"
#include "models/transfer/rowwriter.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace turnstone {

/// Hands buffers to a sink in a thread of its own, in order, so that formatting goes on meanwhile. Holds a few buffers and
/// makes put() wait beyond that. The sink is called in that thread only.
class BackgroundWriter
{
public:
    explicit BackgroundWriter(ByteSink sink);
    /// Waits for the buffer being written; the others are dropped.
    ~BackgroundWriter();
    Q_DISABLE_COPY_MOVE(BackgroundWriter)

    /// Takes the buffer's bytes and gives an empty one with memory back. Errors: the sink's, of earlier buffers too.
    [[nodiscard]] Result<> put(OutputBuffer &buffer);
    /// Waits until everything is written.
    [[nodiscard]] Result<> finish();

private:
    void run();

    const ByteSink m_sink;
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::deque<OutputBuffer> m_full;
    std::vector<OutputBuffer> m_empty;
    Result<> m_outcome;
    bool m_writing = false;
    bool m_ending = false;
    std::thread m_thread; // last: it uses the others
};

} // namespace turnstone
