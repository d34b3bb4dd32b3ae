// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace turnstone {

/// Bytes on their way out: a QByteArray whose append is inlined and never looks whether it is shared. Movable only.
class OutputBuffer
{
public:
    OutputBuffer() = default;
    OutputBuffer(OutputBuffer &&other) noexcept
        : m_data(std::move(other.m_data)), m_size(std::exchange(other.m_size, 0)), m_capacity(std::exchange(other.m_capacity, 0))
    {
    }
    OutputBuffer &operator=(OutputBuffer &&other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        std::swap(m_capacity, other.m_capacity);
        return *this;
    }

    qsizetype size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }
    QByteArrayView view() const { return QByteArrayView(m_data.get(), m_size); }
    void clear() { m_size = 0; }
    void truncate(qsizetype size) { m_size = size; }

    /// Room for `extra` bytes at the end; write there and call finish() with the place after the last one.
    char *room(qsizetype extra)
    {
        if (m_size + extra > m_capacity)
            grow(extra);
        return m_data.get() + m_size;
    }
    void finish(const char *end) { m_size = end - m_data.get(); }

    OutputBuffer &append(char c)
    {
        *room(1) = c;
        ++m_size;
        return *this;
    }
    OutputBuffer &append(const char *data, qsizetype size)
    {
        if (size > 0)
            std::memcpy(room(size), data, static_cast<std::size_t>(size));
        m_size += size;
        return *this;
    }
    OutputBuffer &append(QByteArrayView bytes) { return append(bytes.data(), bytes.size()); }
    void appendInteger(std::int64_t value)
    {
        char *start = room(24);
        finish(std::to_chars(start, start + 24, value).ptr);
    }

private:
    void grow(qsizetype extra)
    {
        qsizetype capacity = m_capacity < 4096 ? 4096 : m_capacity;
        while (capacity < m_size + extra)
            capacity += capacity / 2;
        std::unique_ptr<char[]> bigger(new char[static_cast<std::size_t>(capacity)]);
        if (m_size > 0)
            std::memcpy(bigger.get(), m_data.get(), static_cast<std::size_t>(m_size));
        m_data = std::move(bigger);
        m_capacity = capacity;
    }

    std::unique_ptr<char[]> m_data;
    qsizetype m_size = 0;
    qsizetype m_capacity = 0;
};

} // namespace turnstone
