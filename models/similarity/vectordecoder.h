// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/kernels.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace turnstone::similarity {

/// How vectors are stored.
enum class VectorForm : std::uint8_t {
    Float32Blob, ///< little-endian, as sqlite-vec and numpy write them
    Float16Blob,
    Float64Blob,
    Text,          ///< `[1,2]` (JSON, pgvector's text), `{1,2}` (arrays), `{1:0.5,4:2}/5` (sparse)
    PgVector,      ///< PostgreSQL's binary forms
    PgHalfVector,
    PgSparseVector,
    PgFloat4Array,
    PgFloat8Array
};

enum class DecodeStatus : std::uint8_t {
    Ok,
    Malformed,
    NotFinite, ///< NaN or infinite somewhere
    TooLong    ///< more than mostDimensions
};

constexpr std::size_t mostDimensions = 1 << 16;

/// Makes numbers of stored vectors; reuses its memory from one to the next. Any bytes are safe. One thread.
class VectorDecoder
{
public:
    explicit VectorDecoder(VectorForm form) : m_form(form) {}

    VectorForm form() const { return m_form; }
    /// After Ok and NotFinite, floats() and doubles() hold the vector until the next call.
    DecodeStatus decode(std::string_view bytes);
    /// Rounded to float32 where more is stored (Float64Blob, Text, PgFloat8Array).
    std::span<const float> floats();
    /// As stored.
    std::span<const double> doubles();
    /// Of floats().
    kernels::Magnitude magnitude();
    std::size_t dimension() const { return m_isWide ? m_doubles.size() : m_count; }
    /// Whether more than float32 is stored.
    bool isWide() const { return m_isWide; }

private:
    DecodeStatus decodeText(std::string_view text);
    DecodeStatus decodeSparseText(std::string_view text);
    DecodeStatus decodePgSparse(std::string_view bytes);
    DecodeStatus decodePgArray(std::string_view bytes);
    DecodeStatus checked(DecodeStatus status);
    DecodeStatus useFloats(const char *bytes, std::size_t count);

    VectorForm m_form;
    bool m_isWide = false;
    bool m_hasFloats = false;
    const float *m_direct = nullptr; // into the caller's bytes where they can be used as they are
    std::size_t m_count = 0;
    kernels::Magnitude m_magnitude; // unless m_isWide
    std::vector<float> m_floats;
    std::vector<double> m_doubles;
};

/// What a value looks like, from its bytes alone: a text that is a vector, or a blob of `dimension` numbers (0: unknown, then of at
/// least 8 plausible float32). Nothing if it is no vector.
bool looksLikeVectorText(std::string_view text);
bool looksLikeFloat32Blob(std::string_view bytes);
bool looksLikeFloat16Blob(std::string_view bytes);

} // namespace turnstone::similarity
