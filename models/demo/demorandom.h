// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>
#include <cstdint>
#include <vector>

namespace turnstone {

/// A generator (xoshiro256**) with its own distributions, so that one seed gives the same numbers
/// with every compiler and library; the standard distributions promise no such thing.
///
/// Draw twice in one expression only where the order is fixed (never on both sides of a +): the
/// compiler may choose it. A purpose and an index make independent sequences from one seed. Not thread-safe.
class DemoRandom
{
public:
    explicit DemoRandom(std::uint64_t seed, QByteArrayView purpose = {}, std::uint64_t index = 0)
    {
        std::uint64_t state = mixed(seed ^ hashOf(purpose)) + index * 0x9e3779b97f4a7c15ULL;
        for (std::uint64_t &word : m_state)
            word = mixed(state += 0x9e3779b97f4a7c15ULL);
    }

    std::uint64_t next()
    {
        const std::uint64_t result = rotated(m_state[1] * 5, 7) * 9;
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = rotated(m_state[3], 45);
        return result;
    }
    /// 0 … bound − 1; bound must be at least 1.
    int below(int bound)
    {
        return static_cast<int>(((next() >> 32) * static_cast<std::uint64_t>(bound)) >> 32);
    }
    int between(int low, int high) { return low + below(high - low + 1); }
    /// 0 ≤ x < 1.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    bool chance(double probability) { return uniform() < probability; }
    /// Mean 0, deviation 1: the sum of twelve uniform numbers, which needs no function of the
    /// mathematical library whose last bit could differ.
    double normal()
    {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i)
            sum += uniform();
        return sum;
    }
    /// `items` must not be empty.
    template<typename Item>
    const Item &pick(const std::vector<Item> &items)
    {
        return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
    }
    template<typename Container>
    void shuffle(Container &items)
    {
        for (int i = static_cast<int>(items.size()) - 1; i > 0; --i)
            std::swap(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(below(i + 1))]);
    }

    /// One step of splitmix64: a good 64-bit hash of a number.
    static std::uint64_t mixed(std::uint64_t value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
        return value ^ (value >> 31);
    }
    /// FNV-1a of the bytes, mixed.
    static std::uint64_t hashOf(QByteArrayView bytes)
    {
        std::uint64_t hash = 0xcbf29ce484222325ULL;
        for (const char byte : bytes)
            hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
        return mixed(hash);
    }

private:
    static std::uint64_t rotated(std::uint64_t value, int bits) { return (value << bits) | (value >> (64 - bits)); }

    std::array<std::uint64_t, 4> m_state{};
};

} // namespace turnstone
