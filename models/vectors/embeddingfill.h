// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/embeddingclient.h"
#include "models/vectors/similaritysearch.h"

#include <QDateTime>

namespace turnstone {

/// Texts that have no vector yet: rows of the column's table whose vector is NULL, and rows that the profile expects to have one and that have none.
struct MissingEmbeddings
{
    qint64 empty = 0;   ///< NULL beside a text
    qint64 absent = 0;  ///< no row in the table of vectors
    qint64 total() const { return empty + absent; }
};
[[nodiscard]] Result<MissingEmbeddings> countMissingEmbeddings(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const VectorColumn &column);

/// One batch of filling them in: reads some texts that have no vector, has them embedded while no transaction is open, and writes the vectors in one
/// short transaction that touches no row that got a vector meanwhile. Called until nothing is left; what was written stays, so it can be stopped and
/// taken up again at any time.
struct FilledBatch
{
    int written = 0;
    /// Others were faster, or the text is gone.
    int skipped = 0;
    bool isLast = false;
};
/// `connection` may write and is in no transaction. Errors: InvalidInput (another dimension than the column's), Unsupported (a column of new rows that
/// nothing tells how to fill), those of embedTexts() and of the database; then nothing of this batch was written.
[[nodiscard]] Result<FilledBatch> fillEmbeddings(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const VectorColumn &column,
                                                 const EmbeddingEndpoint &endpoint, int batch, const QDateTime &nowUtc, const std::stop_token &stop);

} // namespace turnstone
