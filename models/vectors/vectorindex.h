// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/similaritysearch.h"

namespace turnstone {

/// An approximate index of pgvector on a column.
struct VectorIndex
{
    QString name;
    QString method; ///< "hnsw", "ivfflat"
    similarity::Metric metric = similarity::Metric::Cosine;
    QString options; ///< "m=16, ef_construction=64"
    bool isValid = true;
    qint64 sizeBytes = 0;
};

/// Of a column on a server with pgvector; empty elsewhere. Blocks, like everything here; the connection's thread.
[[nodiscard]] Result<std::vector<VectorIndex>> readVectorIndexes(Connection &connection, const VectorColumn &column);

/// `CREATE INDEX CONCURRENTLY … USING hnsw (… vector_cosine_ops) WITH (m = …, ef_construction = …)`; for showing and for running.
QString createIndexStatement(const VectorColumn &column, const QString &name, similarity::Metric metric, int m, int efConstruction);
/// Runs it on a writing connection outside of a transaction. If it fails or is stopped, the half-made index is dropped again.
[[nodiscard]] Result<> createVectorIndex(Connection &connection, const VectorColumn &column, const QString &name, similarity::Metric metric, int m, int efConstruction);
/// On another connection: what a running CREATE INDEX on the table does, and how far it is (0 … 1; below 0 unknown). No value: none runs.
struct IndexProgress
{
    QString phase;
    double fraction = -1;
};
[[nodiscard]] Result<std::optional<IndexProgress>> readIndexProgress(Connection &connection, const VectorColumn &column);

/// How much of the exact top `count` the index finds, over some of the stored vectors.
struct RecallSample
{
    int queries = 0;
    double recall = 1;
    double indexMs = 0; ///< mean of a query
    double exactMs = 0;
};
[[nodiscard]] Result<RecallSample> sampleRecall(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store, const VectorColumn &column,
                                                const SimilarityQuestion &options, int queries, const std::stop_token &stop, const VectorProgress &progress = {});

} // namespace turnstone
