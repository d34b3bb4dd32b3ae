// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/vectordecoder.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace turnstone::similarity {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void skipSpace(const char *&at, const char *end)
{
    while (at < end && isSpace(*at))
        ++at;
}

/// A number as JSON, PostgreSQL and pgvector write it, NaN and Infinity included.
bool readNumber(const char *&at, const char *end, double &value)
{
    skipSpace(at, end);
    if (at < end && *at == '+')
        ++at;
    const auto [rest, error] = std::from_chars(at, end, value);
    if (error == std::errc::result_out_of_range) { // too small or too large for a double: as strtod has it
        const std::string_view token(at, static_cast<std::size_t>(rest - at));
        const std::size_t e = token.find_first_of("eE");
        const bool isTiny = e != std::string_view::npos ? token.find('-', e) != std::string_view::npos : token.find('.') != std::string_view::npos;
        value = isTiny ? 0.0 : HUGE_VAL;
    } else if (error != std::errc()) {
        return false;
    }
    at = rest;
    return true;
}

template<typename T>
T bigEndian(const char *bytes)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
    return value;
}

bool isPlausible(float value)
{
    return value == 0 || (std::abs(value) > 1e-12F && std::abs(value) < 1e6F);
}

} // namespace

DecodeStatus VectorDecoder::useFloats(const char *bytes, std::size_t count)
{
    if (count > mostDimensions)
        return DecodeStatus::TooLong;
    m_count = count;
    if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(float) == 0) {
        m_direct = reinterpret_cast<const float *>(bytes);
        return DecodeStatus::Ok;
    }
    m_floats.resize(count);
    std::memcpy(m_floats.data(), bytes, count * sizeof(float));
    return DecodeStatus::Ok;
}

DecodeStatus VectorDecoder::decode(std::string_view bytes)
{
    m_isWide = false;
    m_direct = nullptr;
    m_count = 0;
    m_hasFloats = true;
    switch (m_form) {
    case VectorForm::Float32Blob:
        return checked(bytes.empty() || bytes.size() % 4 != 0 ? DecodeStatus::Malformed : useFloats(bytes.data(), bytes.size() / 4));
    case VectorForm::Float16Blob: {
        if (bytes.empty() || bytes.size() % 2 != 0)
            return DecodeStatus::Malformed;
        m_count = bytes.size() / 2;
        if (m_count > mostDimensions)
            return DecodeStatus::TooLong;
        std::vector<std::uint16_t> halves(m_count);
        std::memcpy(halves.data(), bytes.data(), bytes.size());
        m_floats.resize(m_count);
        kernels::halfToFloat(halves.data(), m_count, m_floats.data());
        return checked(DecodeStatus::Ok);
    }
    case VectorForm::Float64Blob:
        if (bytes.empty() || bytes.size() % 8 != 0)
            return DecodeStatus::Malformed;
        if (bytes.size() / 8 > mostDimensions)
            return DecodeStatus::TooLong;
        m_isWide = true;
        m_doubles.resize(bytes.size() / 8);
        std::memcpy(m_doubles.data(), bytes.data(), bytes.size());
        return checked(DecodeStatus::Ok);
    case VectorForm::Text: return checked(decodeText(bytes));
    case VectorForm::PgVector: {
        const std::size_t count = bytes.size() < 4 ? 0 : bigEndian<std::uint16_t>(bytes.data());
        if (count == 0 || bytes.size() != 4 + 4 * count)
            return DecodeStatus::Malformed;
        m_floats.resize(m_count = count);
        kernels::bigEndianFloats(reinterpret_cast<const unsigned char *>(bytes.data()) + 4, count, m_floats.data());
        return checked(DecodeStatus::Ok);
    }
    case VectorForm::PgHalfVector: {
        const std::size_t count = bytes.size() < 4 ? 0 : bigEndian<std::uint16_t>(bytes.data());
        if (count == 0 || bytes.size() != 4 + 2 * count)
            return DecodeStatus::Malformed;
        std::vector<std::uint16_t> halves(m_count = count);
        for (std::size_t i = 0; i < count; ++i)
            halves[i] = bigEndian<std::uint16_t>(bytes.data() + 4 + 2 * i);
        m_floats.resize(count);
        kernels::halfToFloat(halves.data(), count, m_floats.data());
        return checked(DecodeStatus::Ok);
    }
    case VectorForm::PgSparseVector: return checked(decodePgSparse(bytes));
    case VectorForm::PgFloat4Array:
    case VectorForm::PgFloat8Array: return checked(decodePgArray(bytes));
    }
    return DecodeStatus::Malformed;
}

DecodeStatus VectorDecoder::checked(DecodeStatus status)
{
    m_hasFloats = !m_isWide;
    if (status != DecodeStatus::Ok)
        return status;
    if (!m_isWide) {
        m_magnitude = kernels::magnitudeOf(floats().data(), m_count);
        return std::isfinite(m_magnitude.squares) ? status : DecodeStatus::NotFinite;
    }
    // What float32 cannot hold counts as infinite: nothing could be computed with it.
    for (const double value : m_doubles) {
        if (!(std::abs(value) <= 3.4e38))
            return DecodeStatus::NotFinite;
    }
    return status;
}

kernels::Magnitude VectorDecoder::magnitude()
{
    return m_isWide ? kernels::magnitudeOf(floats().data(), floats().size()) : m_magnitude;
}

std::span<const float> VectorDecoder::floats()
{
    if (!m_isWide)
        return {m_direct != nullptr ? m_direct : m_floats.data(), m_count};
    if (!m_hasFloats) {
        m_floats.resize(m_doubles.size());
        kernels::narrow(m_doubles.data(), m_doubles.size(), m_floats.data());
        m_hasFloats = true;
    }
    return m_floats;
}

std::span<const double> VectorDecoder::doubles()
{
    if (!m_isWide) {
        m_doubles.resize(m_count);
        kernels::widen(floats().data(), m_count, m_doubles.data());
    }
    return m_doubles;
}

DecodeStatus VectorDecoder::decodeText(std::string_view text)
{
    const char *at = text.data();
    const char *end = at + text.size();
    skipSpace(at, end);
    if (at == end || (*at != '[' && *at != '{'))
        return DecodeStatus::Malformed;
    if (*at == '{' && text.find('/') != std::string_view::npos)
        return decodeSparseText(text);
    const char closing = *at == '[' ? ']' : '}';
    m_isWide = true;
    m_doubles.clear();
    ++at;
    for (;;) {
        double value = 0;
        if (!readNumber(at, end, value))
            return DecodeStatus::Malformed; // an empty one, and an array with NULL, too
        if (m_doubles.size() == mostDimensions)
            return DecodeStatus::TooLong;
        m_doubles.push_back(value);
        skipSpace(at, end);
        if (at == end)
            return DecodeStatus::Malformed;
        if (*at == closing)
            break;
        if (*at++ != ',')
            return DecodeStatus::Malformed;
    }
    ++at;
    skipSpace(at, end);
    return at == end ? DecodeStatus::Ok : DecodeStatus::Malformed;
}

/// `{1:0.5,4:2}/5`, places counted from 1.
DecodeStatus VectorDecoder::decodeSparseText(std::string_view text)
{
    const std::size_t slash = text.rfind('/');
    const char *at = text.data() + slash + 1;
    const char *end = text.data() + text.size();
    double dimension = 0;
    if (!readNumber(at, end, dimension) || !(dimension >= 1))
        return DecodeStatus::Malformed;
    if (dimension > static_cast<double>(mostDimensions))
        return DecodeStatus::TooLong;
    m_isWide = true;
    m_doubles.assign(static_cast<std::size_t>(dimension), 0.0);
    at = text.data();
    end = text.data() + slash;
    skipSpace(at, end);
    ++at; // the brace
    skipSpace(at, end);
    while (at < end && *at != '}') {
        double place = 0;
        double value = 0;
        if (!readNumber(at, end, place) || at == end || *at++ != ':' || !readNumber(at, end, value) || !(place >= 1 && place <= dimension))
            return DecodeStatus::Malformed;
        m_doubles[static_cast<std::size_t>(place) - 1] = value;
        skipSpace(at, end);
        if (at < end && *at == ',')
            ++at;
    }
    return at < end ? DecodeStatus::Ok : DecodeStatus::Malformed;
}

DecodeStatus VectorDecoder::decodePgSparse(std::string_view bytes)
{
    if (bytes.size() < 12)
        return DecodeStatus::Malformed;
    const std::uint32_t dimension = bigEndian<std::uint32_t>(bytes.data());
    const std::uint32_t count = bigEndian<std::uint32_t>(bytes.data() + 4);
    if (dimension == 0 || count > dimension || bytes.size() != 12 + std::size_t(8) * count)
        return DecodeStatus::Malformed;
    if (dimension > mostDimensions)
        return DecodeStatus::TooLong;
    m_count = dimension;
    m_floats.assign(dimension, 0.0F);
    std::vector<float> values(count);
    kernels::bigEndianFloats(reinterpret_cast<const unsigned char *>(bytes.data()) + 12 + std::size_t(4) * count, count, values.data());
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t place = bigEndian<std::uint32_t>(bytes.data() + 12 + std::size_t(4) * i);
        if (place >= dimension)
            return DecodeStatus::Malformed;
        m_floats[place] = values[i];
    }
    return DecodeStatus::Ok;
}

/// One dimension, no NULL: dimensions, flags, element type, (length, lower bound), then length and bytes of each element.
DecodeStatus VectorDecoder::decodePgArray(std::string_view bytes)
{
    const bool isDouble = m_form == VectorForm::PgFloat8Array;
    const std::size_t width = isDouble ? 8 : 4;
    if (bytes.size() < 20 || bigEndian<std::uint32_t>(bytes.data()) != 1)
        return DecodeStatus::Malformed;
    const std::size_t count = bigEndian<std::uint32_t>(bytes.data() + 12);
    if (count > mostDimensions)
        return DecodeStatus::TooLong;
    if (count == 0 || bytes.size() != 20 + count * (4 + width))
        return DecodeStatus::Malformed; // shorter with a NULL
    m_isWide = isDouble;
    m_count = count;
    isDouble ? m_doubles.resize(count) : m_floats.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const char *element = bytes.data() + 20 + i * (4 + width);
        if (bigEndian<std::uint32_t>(element) != width)
            return DecodeStatus::Malformed;
        if (isDouble) {
            const std::uint64_t bits = bigEndian<std::uint64_t>(element + 4);
            std::memcpy(&m_doubles[i], &bits, sizeof bits);
        } else {
            const std::uint32_t bits = bigEndian<std::uint32_t>(element + 4);
            std::memcpy(&m_floats[i], &bits, sizeof bits);
        }
    }
    return DecodeStatus::Ok;
}

bool looksLikeVectorText(std::string_view text)
{
    VectorDecoder decoder(VectorForm::Text);
    return decoder.decode(text) == DecodeStatus::Ok && decoder.dimension() >= 8;
}

bool looksLikeFloat32Blob(std::string_view bytes)
{
    VectorDecoder decoder(VectorForm::Float32Blob);
    if (bytes.size() < 32 || decoder.decode(bytes) != DecodeStatus::Ok)
        return false;
    std::size_t other = 0;
    for (const float value : decoder.floats())
        other += value != 0 ? 1 : 0;
    for (const float value : decoder.floats()) {
        if (!isPlausible(value))
            return false;
    }
    return other * 4 >= decoder.dimension();
}

bool looksLikeFloat16Blob(std::string_view bytes)
{
    VectorDecoder decoder(VectorForm::Float16Blob);
    if (bytes.size() < 32 || decoder.decode(bytes) != DecodeStatus::Ok)
        return false;
    // Any two bytes are a number; those of embeddings are below 16, and of either sign.
    bool hasNegative = false;
    bool hasPositive = false;
    for (const float value : decoder.floats()) {
        if (std::abs(value) >= 16)
            return false;
        hasNegative = hasNegative || value < 0;
        hasPositive = hasPositive || value > 0;
    }
    return hasNegative && hasPositive;
}

} // namespace turnstone::similarity
