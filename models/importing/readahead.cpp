// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/readahead.h"

namespace turnstone {

namespace {

constexpr std::size_t maxBlocks = 4;

} // namespace

ReadAhead::ReadAhead(RecordReader &reader) : m_reader(reader), m_thread([this] { run(); }) {}

ReadAhead::~ReadAhead()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

double ReadAhead::fraction() const
{
    const std::lock_guard lock(m_mutex);
    return m_fraction;
}

Result<bool> ReadAhead::next(RecordBlock &block)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_full.empty() || m_ended; });
    if (m_full.empty()) {
        if (m_error)
            return tl::unexpected(*m_error);
        return false;
    }
    std::swap(block, m_full.front());
    m_empty.push_back(std::move(m_full.front()));
    m_full.pop_front();
    lock.unlock();
    m_changed.notify_all();
    return true;
}

void ReadAhead::run()
{
    for (;;) {
        RecordBlock block;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_full.size() < maxBlocks || m_stopping; });
            if (m_stopping)
                return;
            if (!m_empty.empty()) {
                block = std::move(m_empty.back());
                m_empty.pop_back();
            }
        }
        const Result<bool> more = m_reader.read(block);
        const std::lock_guard lock(m_mutex);
        if (m_reader.bytesTotal() > 0)
            m_fraction = static_cast<double>(m_reader.bytesRead()) / static_cast<double>(m_reader.bytesTotal());
        if (!block.lines.empty())
            m_full.push_back(std::move(block));
        if (!more)
            m_error = more.error();
        m_ended = !more || !*more;
        m_changed.notify_all();
        if (m_ended)
            return;
    }
}

} // namespace turnstone
