// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <span>
#include <vector>

namespace turnstone {

/// Vectors of 1,536 numbers and length 1 in which related texts lie close, made without any model.
///
/// Each word, without its ending, is hashed to 64 of the dimensions with signs; the vectors of all
/// words but the most common ones are added, and a vector of the subject joins them with a weight.
/// So the cosine of two texts rises with the share of words that they have in common; texts on the
/// same subject begin at about 0.3, others at 0, and only those that repeat each other are above 0.7. Only additions and a square root: equal on all machines.
class TextEmbedding
{
public:
    static constexpr int dimensions = 1536;

    /// `subject` is any text that stands for what this is about; it may be empty.
    static std::vector<float> of(QByteArrayView text, QByteArrayView subject);
    /// Of two vectors of length 1.
    static double cosine(std::span<const float> one, std::span<const float> two);
};

} // namespace turnstone
