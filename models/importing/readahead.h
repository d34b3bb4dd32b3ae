// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/importing/recordreader.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace turnstone {

/// Reads the blocks of a file in a thread of its own while the ones before are written. Holds a few blocks.
class ReadAhead
{
public:
    /// The reader is used by the other thread only, as long as this lives.
    explicit ReadAhead(RecordReader &reader);
    ~ReadAhead();
    Q_DISABLE_COPY_MOVE(ReadAhead)

    /// The next block, which goes into `block` (its memory is used again); false at the end. Errors: the reader's, in
    /// their turn, after the rows before.
    [[nodiscard]] Result<bool> next(RecordBlock &block);
    /// Of the file, 0 … 1.
    double fraction() const;

private:
    void run();

    RecordReader &m_reader;
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::deque<RecordBlock> m_full;
    std::vector<RecordBlock> m_empty;
    std::optional<Error> m_error;
    double m_fraction = 0;
    bool m_ended = false;
    bool m_stopping = false;
    std::thread m_thread; // last: it uses the others
};

} // namespace turnstone
