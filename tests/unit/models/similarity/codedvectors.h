// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codekernels.h"

#include <vector>

namespace turnstone {

/// Vectors quantised in memory, in groups as in the file of a copy.
struct CodedVectors
{
    std::size_t dimension = 0;
    std::vector<similarity::CodedRow> rows;
    std::vector<std::uint8_t> codes;

    CodedVectors() = default;
    CodedVectors(const std::vector<float> &values, std::size_t numbers) : dimension(numbers), rows(values.size() / numbers)
    {
        using namespace similarity;
        const std::size_t stride = strideOf(dimension);
        codes.resize(rows.size() * stride);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const CodePlanes planes = view().planes(i);
            std::uint8_t *high = codes.data() + (planes.high - codes.data());
            const QuantisedRow row = kernels::quantise(&values[i * dimension], dimension, stride, high, codes.data() + (planes.low - codes.data()));
            rows[i] = {static_cast<std::int64_t>(i), 0, row.norm, row.scale, row.error, row.coarseError};
        }
    }

    similarity::CodesView view() const { return {rows.data(), codes.data(), rows.size(), dimension, similarity::strideOf(dimension), nullptr}; }
};

} // namespace turnstone
