// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/backgroundwriter.h"

namespace turnstone {

namespace {

constexpr std::size_t maxWaiting = 4;
constexpr qsizetype keptBytes = 8 * 1024 * 1024; // one huge value should not be remembered for ever

} // namespace

BackgroundWriter::BackgroundWriter(ByteSink sink) : m_sink(std::move(sink)), m_thread([this] { run(); }) {}

BackgroundWriter::~BackgroundWriter()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_full.clear();
    }
    m_changed.notify_all();
    m_thread.join();
}

Result<> BackgroundWriter::put(OutputBuffer &buffer)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_full.size() < maxWaiting || !m_outcome; });
    if (!m_outcome)
        return m_outcome;
    m_full.push_back(std::move(buffer));
    buffer = OutputBuffer();
    if (!m_empty.empty()) {
        buffer = std::move(m_empty.back());
        m_empty.pop_back();
    }
    lock.unlock();
    m_changed.notify_all();
    return {};
}

Result<> BackgroundWriter::finish()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return (m_full.empty() && !m_writing) || !m_outcome; });
    return m_outcome;
}

void BackgroundWriter::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return !m_full.empty() || m_ending; });
        if (m_full.empty())
            return;
        OutputBuffer buffer = std::move(m_full.front());
        m_full.pop_front();
        m_writing = true;
        lock.unlock();
        Result<> written = m_sink(buffer.view());
        lock.lock();
        m_writing = false;
        if (!written) {
            m_outcome = std::move(written);
            m_full.clear();
        }
        if (buffer.size() <= keptBytes) {
            buffer.clear();
            m_empty.push_back(std::move(buffer));
        }
        m_changed.notify_all();
    }
}

} // namespace turnstone
