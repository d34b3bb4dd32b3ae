// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/pairsearch.h"

#include "models/similarity/codekernels.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

namespace turnstone::similarity {

namespace {

constexpr std::size_t blockRows = 64;  // widened codes of a block stay in the second cache
constexpr std::size_t blockColumns = 32;
constexpr std::size_t mostPairs = 1 << 20; // kept in doubt before they are decided: 16 MB

/// Sets of rows that hang together, with path halving.
class Components
{
public:
    explicit Components(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), std::size_t(0)); }

    std::size_t find(std::size_t row)
    {
        while (m_parent[row] != row)
            row = m_parent[row] = m_parent[m_parent[row]];
        return row;
    }

    void unite(std::size_t a, std::size_t b)
    {
        a = find(a);
        b = find(b);
        if (a != b)
            m_parent[std::max(a, b)] = std::min(a, b);
    }

    std::vector<std::vector<std::size_t>> groups()
    {
        std::vector<std::vector<std::size_t>> byRoot(m_parent.size());
        for (std::size_t row = 0; row < m_parent.size(); ++row)
            byRoot[find(row)].push_back(row);
        std::erase_if(byRoot, [](const std::vector<std::size_t> &group) { return group.size() < 2; });
        std::stable_sort(byRoot.begin(), byRoot.end(), [](const auto &a, const auto &b) { return a.size() > b.size(); });
        return byRoot;
    }

private:
    std::vector<std::size_t> m_parent;
};

/// One run: what the threads share.
class PairRun
{
public:
    PairRun(const PairSearch &search, std::stop_token stop)
        : m_search(search), m_stop(std::move(stop)), m_stride(strideOf(search.dimension)), m_factor(search.rows.size()), m_error(search.rows.size()), m_sets(search.rows.size())
    {
        for (std::size_t i = 0; i < search.rows.size(); ++i) {
            const CodedRow &row = search.rows[i];
            const bool hasDirection = row.norm > 0;
            m_factor[i] = hasDirection ? static_cast<double>(row.scale) / row.norm : 0;
            // A row without direction is near to nothing: no bound reaches the bar.
            m_error[i] = hasDirection ? static_cast<double>(row.error) / row.norm + 1e-12 : -4;
        }
    }

    /// Helpers go through the pairs; this thread decides what they leave in doubt.
    bool go()
    {
        std::vector<std::jthread> helpers;
        m_running = std::max(1U, m_search.threads);
        for (unsigned i = 0; i < std::max(1U, m_search.threads); ++i)
            helpers.emplace_back([this] {
                work();
                const std::lock_guard lock(m_mutex);
                --m_running;
                m_changed.notify_all();
            });
        bool isGood = true;
        for (bool isLast = false; !isLast && isGood;) {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_running == 0 || m_doubtful.size() > mostPairs; });
            isLast = m_running == 0;
            std::vector<DoubtfulPair> pairs = std::exchange(m_doubtful, {});
            m_changed.notify_all();
            lock.unlock();
            isGood = !m_stop.stop_requested() && decide(std::move(pairs));
            m_isOver = m_isOver || !isGood;
        }
        m_changed.notify_all();
        helpers.clear(); // joins
        return isGood && !m_stop.stop_requested();
    }

    std::vector<std::vector<std::size_t>> groups() { return m_sets.groups(); }

private:
    void work()
    {
        const std::size_t count = m_search.rows.size();
        std::vector<std::int16_t> a(blockRows * m_stride);
        std::vector<std::int16_t> b(blockColumns * m_stride);
        std::vector<std::int32_t> dots(blockRows * blockColumns);
        for (std::size_t block = m_nextBlock++; block * blockRows < count; block = m_nextBlock++) {
            const std::size_t first = block * blockRows;
            const std::size_t rows = std::min(blockRows, count - first);
            widen(first, rows, a.data());
            for (std::size_t column = first; column < count; column += blockColumns) {
                if (m_isOver || m_stop.stop_requested())
                    return;
                const std::size_t columns = std::min(blockColumns, count - column);
                widen(column, columns, b.data());
                kernels::tile(a.data(), rows, b.data(), columns, m_stride, dots.data());
                sift(first, rows, column, columns, dots.data());
            }
            report(count - first, rows);
        }
    }

    void widen(std::size_t first, std::size_t rows, std::int16_t *out) const
    {
        for (std::size_t i = 0; i < rows; ++i)
            kernels::widenCodes(m_search.codesOf(first + i), m_stride, out + i * m_stride);
    }

    /// |cos − f·f'·⟨c, c'⟩| ≤ ε + (1 + ε)·ε', errors relative to the norms.
    void sift(std::size_t first, std::size_t rows, std::size_t column, std::size_t columns, const std::int32_t *dots)
    {
        std::vector<DoubtfulPair> near;
        std::vector<DoubtfulPair> doubtful;
        for (std::size_t i = 0; i < rows; ++i) {
            const double factor = m_factor[first + i];
            const double error = m_error[first + i];
            for (std::size_t j = 0; j < columns; ++j) {
                const double estimate = factor * m_factor[column + j] * static_cast<double>(dots[i * columns + j]);
                const double off = error + (1 + error) * m_error[column + j];
                if (estimate + off < m_search.least || column + j <= first + i || error < 0 || m_error[column + j] < 0)
                    continue;
                (estimate - off >= m_search.least ? near : doubtful).push_back({first + i, column + j});
            }
        }
        if (near.empty() && doubtful.empty())
            return;
        std::unique_lock lock(m_mutex);
        for (const DoubtfulPair &pair : near)
            m_sets.unite(pair.first, pair.second);
        for (const DoubtfulPair &pair : doubtful) {
            if (m_sets.find(pair.first) != m_sets.find(pair.second))
                m_doubtful.push_back(pair);
        }
        if (m_doubtful.size() <= mostPairs)
            return;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_doubtful.size() <= mostPairs || m_isOver; });
    }

    bool decide(std::vector<DoubtfulPair> pairs)
    {
        {
            const std::lock_guard lock(m_mutex);
            std::erase_if(pairs, [this](const DoubtfulPair &pair) { return m_sets.find(pair.first) == m_sets.find(pair.second); });
        }
        std::vector<bool> isNear(pairs.size());
        if (!pairs.empty() && !m_search.decide(pairs, isNear))
            return false;
        const std::lock_guard lock(m_mutex);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (isNear[i])
                m_sets.unite(pairs[i].first, pairs[i].second);
        }
        return true;
    }

    void report(std::size_t columns, std::size_t rows)
    {
        if (!m_search.progress)
            return;
        const std::lock_guard lock(m_mutex);
        m_done += static_cast<double>(columns) * static_cast<double>(rows);
        const double count = static_cast<double>(m_search.rows.size());
        m_search.progress(std::min(1.0, m_done / (count * (count + 1) / 2)));
    }

    const PairSearch &m_search;
    const std::stop_token m_stop;
    const std::size_t m_stride;
    std::vector<double> m_factor;
    std::vector<double> m_error;
    std::atomic<std::size_t> m_nextBlock = 0;
    std::atomic<bool> m_isOver = false;
    std::mutex m_mutex; // guards everything below
    std::condition_variable m_changed;
    unsigned m_running = 0;
    Components m_sets;
    std::vector<DoubtfulPair> m_doubtful;
    double m_done = 0;
};

} // namespace

std::optional<std::vector<std::vector<std::size_t>>> PairSearch::run(std::stop_token stop) const
{
    PairRun run(*this, std::move(stop));
    if (!run.go())
        return std::nullopt;
    return run.groups();
}

} // namespace turnstone::similarity
