// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/similaritysearch.h"

namespace turnstone {

/// What a text falls back to where nothing can embed it: the records whose text holds most of its words, ties by their key. The score is the
/// share of the words that were found. Only records with a vector. Blocks; the connection's thread.
[[nodiscard]] Result<SimilarityAnswer> searchWords(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store,
                                                   const VectorColumn &column, const QString &text, const SimilarityQuestion &question);

} // namespace turnstone
