// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/profiles/resolvedprofile.h"
#include "models/similarity/metric.h"
#include "models/similarity/vectordecoder.h"

#include <optional>
#include <vector>

namespace turnstone {

/// A column that holds vectors, and what is known of the rows around it. A value type.
struct VectorColumn
{
    enum class Storage {
        Values,    ///< SQLite: blobs or texts, as each row has it
        Vec0,      ///< SQLite: shadow tables of sqlite-vec, read without it
        PgVector,
        PgHalfVector,
        PgSparseVector,
        PgFloat4Array,
        PgFloat8Array
    };

    QString schema;
    QString table;
    QString column;
    Storage storage = Storage::Values;
    /// Of blobs, and of PostgreSQL's binary form.
    similarity::VectorForm form = similarity::VectorForm::Float32Blob;
    /// 0 where neither type nor profile tell.
    std::size_t dimension = 0;
    /// What rows are read and found again by: SQLite's rowid where there is one.
    QStringList key;
    bool isKeyRowid = false;
    similarity::Metric metric = similarity::Metric::Cosine;
    /// A score from which the application calls two texts similar; 0 if it does not say.
    double threshold = 0;
    QString title;

    // Fields of the row, where they are known.
    std::optional<FieldRef> text;
    std::optional<FieldRef> model;
    std::optional<FieldRef> group;
    std::optional<FieldRef> speaker;
    std::optional<FieldRef> time;
    /// The column that holds the key of what was embedded, and where that is; empty if it is the row itself.
    QString record;
    QString recordTable;
    QString recordColumn;
    /// Rows that should have a vector: table and link to this one; empty if that is not known.
    QString expectedTable;
    ColumnLink expectedLink;

    /// Whether the server's pgvector can compute with it.
    bool isServerSide = false;
    /// "embeddings.embedding"
    QString name() const { return table + u'.' + column; }
};

/// The columns of vectors of a database: those that the profile's lenses name, then those whose type says so, then on SQLite those
/// whose first values look like it. Blocks; the connection's thread.
[[nodiscard]] Result<std::vector<VectorColumn>> readVectorColumns(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile);
/// The same without looking at values.
std::vector<VectorColumn> declaredVectorColumns(const Catalog &catalog, const ResolvedProfile &profile);

/// Whether the extension that computes on the server is there.
bool hasVectorExtension(const Catalog &catalog);
/// "0.8.0"; empty without it.
QString vectorExtensionVersion(const Catalog &catalog);

} // namespace turnstone
