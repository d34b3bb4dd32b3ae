// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/rowsql.h"
#include "models/vectors/vectorstore.h"

#include <QStringList>

namespace turnstone {

/// What is asked: records, a vector, or both (their mean).
struct SimilarityQuestion
{
    /// Keys as the application has them, of `table`.
    std::vector<RowKey> rows;
    /// The record's table or the one with the vectors; empty: the record's, if there is one.
    QString table;
    std::vector<double> vector;
    int count = 10;
    /// Only hits of at least this score; no value: all.
    std::optional<double> leastScore;
    std::optional<similarity::Metric> metric;
    /// Without an index on the server.
    bool exact = false;
    /// A condition in SQL on the table with the vectors.
    QString where;
    /// Only rows of this conversation.
    std::optional<Value> group;
    /// hnsw.ef_search and ivfflat.probes; 0: the server's.
    int efSearch = 0;
    int probes = 0;
};

struct SimilarityHit
{
    /// The record that the vector is of, by its application's key.
    QString table;
    RowKey key;
    /// The row with the vector, as VectorColumn::key has it.
    RowKey vectorKey;
    double distance = 0;
    double score = 0;
    QString text;
    QString speaker;
    QString time;
    /// The conversation: its key, and how it is called.
    Value group;
    QString groupLabel;
};

struct SimilarityAnswer
{
    similarity::Metric metric = similarity::Metric::Cosine;
    bool exact = true;
    /// Words were compared, not vectors: scores are shares of words.
    bool isByWords = false;
    /// The server's index that was used; empty: none.
    QString index;
    std::vector<SimilarityHit> hits;
    /// Sentences on what the reader should know: vectors that could not be searched, mixed models.
    QStringList notes;
    /// "8-bit copy", "read from the table", "server, index …"
    QString how;
    double milliseconds = 0;
};

/// Searches one column of vectors: on the server with pgvector where it can, else with a VectorStore. Blocks; the thread of the
/// connection that it is given. Keeps references to its arguments.
class SimilaritySearch
{
public:
    SimilaritySearch(const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store) : m_catalog(catalog), m_profile(profile), m_store(store), m_sql(catalog, profile) {}

    /// What is nearest while vectors are still read, as VectorStore::Request has it; the server's own searches have none.
    struct Preliminary
    {
        std::function<void(similarity::Metric metric, std::vector<VectorStore::Nearest> nearest)> show;
        std::chrono::milliseconds every{150};
    };
    [[nodiscard]] Result<SimilarityAnswer> ask(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const std::stop_token &stop,
                                               const VectorProgress &progress, const Preliminary &preliminary) const;
    [[nodiscard]] Result<SimilarityAnswer> ask(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const std::stop_token &stop,
                                               const VectorProgress &progress = {}) const
    {
        return ask(connection, column, question, stop, progress, Preliminary());
    }

    /// The mean of the vectors of some records (of directions, if the metric is the cosine), and the rows they stand in.
    /// Errors: NotFound (no such record, or without a vector), InvalidInput (their dimensions differ).
    struct Asked
    {
        std::vector<double> vector;
        std::vector<RowKey> vectorKeys;
    };
    [[nodiscard]] Result<Asked> vectorOf(Connection &connection, const VectorColumn &column, const QString &table, const std::vector<RowKey> &rows,
                                         similarity::Metric metric) const;
    /// What is known of the rows with these vectors, in the same order; those that are gone have no key.
    [[nodiscard]] Result<std::vector<SimilarityHit>> describe(Connection &connection, const VectorColumn &column, const std::vector<RowKey> &vectorKeys,
                                                              const QString &table = {}) const;
    /// The same with their distances and scores, without those that are gone.
    [[nodiscard]] Result<std::vector<SimilarityHit>> hitsOf(Connection &connection, const VectorColumn &column, similarity::Metric metric,
                                                            const std::vector<VectorStore::Nearest> &nearest, const QString &table = {}) const;
    /// The statement that the server runs, with the vector as `$1`; for showing. `condition` may be empty.
    static QString serverStatement(const VectorColumn &column, similarity::Metric metric, std::size_t dimension, const QString &condition, int count, bool hasLimit);
    static QByteArray vectorText(const std::vector<double> &vector);
    /// The models whose vectors stand in the column, with their numbers; empty if no column tells.
    [[nodiscard]] Result<std::vector<std::pair<QString, qint64>>> models(Connection &connection, const VectorColumn &column) const;

    /// `where` and `group` of a question in SQL on the alias `r`; empty: none.
    QString condition(const VectorColumn &column, const SimilarityQuestion &question, SqlValues &values) const;
    /// The rows that they let through; no value: all.
    [[nodiscard]] Result<std::optional<VectorKeySet>> allowedRows(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question) const;

    /// The table whose records the hits are.
    static QString subjectOf(const VectorColumn &column, const QString &wanted) { return wanted.isEmpty() && !column.recordTable.isEmpty() ? column.recordTable : wanted.isEmpty() ? column.table : wanted; }

private:
    Result<SimilarityAnswer> askServer(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const Asked &asked, similarity::Metric metric,
                                       const QString &condition, SqlValues &values) const;
    Result<SimilarityAnswer> askStore(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const Asked &asked, similarity::Metric metric,
                                      const std::stop_token &stop, const VectorProgress &progress, const Preliminary &preliminary) const;
    std::optional<FieldRef> groupLabel(const VectorColumn &column, const CatalogTable &table) const;
    QString keyColumns(const VectorColumn &column) const;

    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    VectorStore &m_store;
    const RowSql m_sql;
};

/// What of a column could not be searched, as sentences.
QStringList notesOf(const similarity::CopyCounts &counts, similarity::Metric metric, std::size_t dimension);

} // namespace turnstone
