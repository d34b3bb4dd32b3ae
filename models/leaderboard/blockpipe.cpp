// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/blockpipe.h"

#include <array>
#include <atomic>
#include <thread>

namespace turnstone {

namespace {

/// Enough that neither thread waits for a hiccup of the other, few enough to stay in the processor's cache.
constexpr std::size_t blocks = 6;

/// A ring of blocks: the reader fills the next one, the worker takes the oldest. The counters are all that both touch.
struct Ring
{
    std::array<RowBlock, blocks> ring;
    alignas(64) std::atomic<std::size_t> filled = 0; ///< ever, twice; odd: there will be no more
    alignas(64) std::atomic<std::size_t> taken = 0;  ///< ever
};

} // namespace

Result<> readOverlapped(RowReader &reader, const std::function<void(const RowBlock &)> &take, const std::function<void(std::int64_t)> &read)
{
    Ring shared;
    std::jthread worker([&shared, &take] {
        for (std::size_t next = 0;; ++next) {
            std::size_t filled = shared.filled.load(std::memory_order_acquire);
            for (; filled == 2 * next; filled = shared.filled.load(std::memory_order_acquire))
                shared.filled.wait(filled, std::memory_order_acquire);
            if (filled / 2 == next)
                return;
            take(shared.ring[next % blocks]);
            shared.taken.store(next + 1, std::memory_order_release);
            shared.taken.notify_one();
        }
    });
    Result<> result;
    std::int64_t rows = 0;
    std::size_t filled = 0;
    for (bool hasMore = true; hasMore;) {
        for (std::size_t taken = shared.taken; filled - taken == blocks; taken = shared.taken)
            shared.taken.wait(taken, std::memory_order_acquire);
        RowBlock &block = shared.ring[filled % blocks];
        const Result<bool> more = reader.read(block);
        if (!more) {
            result = failure(more);
            break;
        }
        hasMore = *more;
        rows += block.rowCount();
        shared.filled.store(2 * ++filled, std::memory_order_release);
        shared.filled.notify_one();
        if (read)
            read(rows);
    }
    shared.filled.store(2 * filled + 1, std::memory_order_release);
    shared.filled.notify_one();
    worker.join();
    return result;
}

} // namespace turnstone
