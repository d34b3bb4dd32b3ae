// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/blockpipe.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace turnstone {

namespace {

/// Enough that neither thread waits for a hiccup of the other.
constexpr std::size_t blocks = 8;

/// A ring of blocks: the reader fills the next one, the worker takes the oldest.
struct Ring
{
    std::array<RowBlock, blocks> ring;
    std::mutex mutex; // guards what follows
    std::condition_variable changed;
    std::size_t filled = 0; // ever
    std::size_t taken = 0;  // ever
    bool isEnded = false;
};

} // namespace

Result<> readOverlapped(RowReader &reader, const std::function<void(const RowBlock &)> &take, const std::function<void(std::int64_t)> &read)
{
    Ring shared;
    std::jthread worker([&shared, &take] {
        for (std::size_t next = 0;; ++next) {
            {
                std::unique_lock lock(shared.mutex);
                // Once idle it sleeps until there is a heap to do: waking a thread takes as long as a block does.
                if (shared.filled == next)
                    shared.changed.wait(lock, [&] { return shared.filled >= next + blocks / 2 || shared.isEnded; });
                if (shared.filled == next)
                    return;
            }
            take(shared.ring[next % blocks]);
            {
                const std::lock_guard lock(shared.mutex);
                shared.taken = next + 1;
            }
            shared.changed.notify_all();
        }
    });
    Result<> result;
    std::int64_t rows = 0;
    for (std::size_t next = 0, hasMore = 1; hasMore != 0; ++next) {
        {
            std::unique_lock lock(shared.mutex);
            shared.changed.wait(lock, [&] { return next - shared.taken < blocks; });
        }
        RowBlock &block = shared.ring[next % blocks];
        const Result<bool> more = reader.read(block);
        if (!more) {
            result = failure(more);
            break;
        }
        hasMore = *more ? 1 : 0;
        rows += block.rowCount();
        {
            const std::lock_guard lock(shared.mutex);
            shared.filled = next + 1;
        }
        shared.changed.notify_all();
        if (read)
            read(rows);
    }
    {
        const std::lock_guard lock(shared.mutex);
        shared.isEnded = true;
    }
    shared.changed.notify_all();
    worker.join();
    return result;
}

} // namespace turnstone
