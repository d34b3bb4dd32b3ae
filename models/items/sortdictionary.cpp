// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortdictionary.h"

#include <QHashFunctions>

#include <algorithm>
#include <bit>

namespace turnstone {

namespace {

constexpr std::size_t fewestSlots = 1024;
constexpr std::uint32_t numberMask = (std::uint32_t(1) << SortDictionary::numberBits) - 1;

bool isSame(const ValueRef &a, const ValueRef &b)
{
    if (a.type() != b.type())
        return false;
    switch (a.type()) {
    case ValueType::Null: return true;
    case ValueType::Integer: return a.integer() == b.integer();
    case ValueType::Real: return std::bit_cast<std::uint64_t>(a.real()) == std::bit_cast<std::uint64_t>(b.real());
    default: return a.bytes() == b.bytes();
    }
}

} // namespace

KnownValues::KnownValues(const std::vector<ValueRef> &sample, TextOrder order, bool isReversed)
    : m_order(order)
    , m_isReversed(isReversed)
{
    std::vector<ValueRef> values = sample;
    std::ranges::sort(values, [this](const ValueRef &a, const ValueRef &b) { return compare(a, b) < 0; });
    const auto again = std::ranges::unique(values, [this](const ValueRef &a, const ValueRef &b) { return compare(a, b) == 0; });
    values.erase(again.begin(), again.end());
    m_values.clear(1);
    for (const ValueRef &value : values) {
        m_values.add(value);
        m_values.endRow();
    }
}

int KnownValues::compare(const ValueRef &a, const ValueRef &b) const
{
    return m_isReversed ? compareValues(b, a, m_order) : compareValues(a, b, m_order);
}

std::uint32_t KnownValues::placeOf(const ValueRef &value) const
{
    int from = 0;
    int behind = m_values.rowCount();
    while (from < behind) {
        const int middle = from + (behind - from) / 2;
        const int order = compare(value, m_values.at(middle, 0));
        if (order == 0)
            return 2 * static_cast<std::uint32_t>(middle) + 1;
        (order < 0 ? behind : from) = order < 0 ? middle : middle + 1;
    }
    return 2 * static_cast<std::uint32_t>(from);
}

SortDictionary::SortDictionary(std::shared_ptr<const KnownValues> known, std::size_t limit, int share)
    : m_known(std::move(known))
    , m_limit(std::min(limit, mostValues / static_cast<std::size_t>(share)))
    , m_limitBytes(mostBytes / share)
    , m_seed(QHashSeed::globalSeed())
    , m_slots(fewestSlots)
{
    m_values.clear(1);
}

std::size_t SortDictionary::hashOf(const ValueRef &value) const
{
    const std::size_t seed = m_seed ^ static_cast<std::size_t>(value.type());
    switch (value.type()) {
    case ValueType::Null: return 0;
    case ValueType::Integer: return qHash(static_cast<quint64>(value.integer()), seed);
    case ValueType::Real: return qHash(std::bit_cast<quint64>(value.real()), seed);
    default: return qHashBits(value.bytes().data(), static_cast<std::size_t>(value.bytes().size()), seed);
    }
}

std::optional<std::uint32_t> SortDictionary::codeOf(const ValueRef &value)
{
    const std::size_t hash = hashOf(value);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t at = hash & mask; m_slots[at].behind != 0; at = (at + 1) & mask) {
        const std::uint32_t index = m_slots[at].behind - 1;
        if (m_slots[at].hash == static_cast<std::uint32_t>(hash) && isSame(m_values.at(static_cast<int>(index), 0), value))
            return m_slots[at].code;
    }
    return add(value, hash);
}

std::optional<std::uint32_t> SortDictionary::add(const ValueRef &value, std::size_t hash)
{
    if (m_codes.size() >= m_limit || m_values.payloadBytes() + value.bytes().size() > m_limitBytes)
        return {};
    const std::uint32_t place = m_known->placeOf(value);
    const std::uint32_t number = KnownValues::isAmongThem(place) ? 0 : ++m_count;
    m_values.add(value);
    m_values.endRow();
    m_hashes.push_back(static_cast<std::uint32_t>(hash));
    m_codes.push_back(place << numberBits | number);
    if (m_codes.size() * 2 > m_slots.size()) {
        m_slots.assign(m_slots.size() * 4, {});
        for (std::size_t i = 0; i < m_codes.size(); ++i)
            this->place(static_cast<std::uint32_t>(i));
    } else {
        this->place(static_cast<std::uint32_t>(m_codes.size() - 1));
    }
    return m_codes.back();
}

void SortDictionary::place(std::uint32_t index)
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = m_hashes[index] & mask;
    while (m_slots[at].behind != 0)
        at = (at + 1) & mask;
    m_slots[at] = {m_hashes[index], index + 1, m_codes[index]};
}

void SortDictionary::settle(const std::vector<SortDictionary *> &all)
{
    struct Numbered
    {
        SortDictionary *dictionary;
        std::size_t index;
        std::uint32_t code() const { return dictionary->m_codes[index]; }
        ValueRef value() const { return dictionary->m_values.at(static_cast<int>(index), 0); }
    };
    std::vector<Numbered> values;
    for (SortDictionary *dictionary : all) {
        for (std::size_t i = 0; i < dictionary->m_codes.size(); ++i) {
            if ((dictionary->m_codes[i] & numberMask) != 0)
                values.push_back({dictionary, i});
        }
        dictionary->m_settled.assign(dictionary->m_count + 1, 0);
    }
    const auto compare = [](const Numbered &a, const Numbered &b) {
        const std::uint32_t place = a.code() >> numberBits;
        const std::uint32_t other = b.code() >> numberBits;
        return place != other ? (place < other ? -1 : 1) : a.dictionary->m_known->compare(a.value(), b.value());
    };
    std::ranges::sort(values, [&compare](const Numbered &a, const Numbered &b) { return compare(a, b) < 0; });
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        rank += i == 0 || compare(values[i - 1], values[i]) != 0 ? 1 : 0;
        values[i].dictionary->m_settled[values[i].code() & numberMask] = rank;
    }
}

} // namespace turnstone
