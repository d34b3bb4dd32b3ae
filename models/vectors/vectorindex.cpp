// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorindex.h"

#include "models/vectors/vectorkey.h"

#include <QCoreApplication>

#include <unordered_set>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using similarity::Metric;
using Storage = VectorColumn::Storage;

QString classOf(const VectorColumn &column, Metric metric)
{
    const QString type = column.storage == Storage::PgHalfVector ? u"halfvec"_s : column.storage == Storage::PgSparseVector ? u"sparsevec"_s : u"vector"_s;
    switch (metric) {
    case Metric::Cosine: return type + u"_cosine_ops"_s;
    case Metric::L2: return type + u"_l2_ops"_s;
    case Metric::InnerProduct: return type + u"_ip_ops"_s;
    case Metric::L1: return type + u"_l1_ops"_s;
    }
    return {};
}

Metric metricOfClass(const QString &name)
{
    return name.endsWith(u"_l2_ops"_s) ? Metric::L2 : name.endsWith(u"_ip_ops"_s) ? Metric::InnerProduct : name.endsWith(u"_l1_ops"_s) ? Metric::L1 : Metric::Cosine;
}

QString literal(QString text)
{
    return u'\'' + text.replace(u'\'', u"''"_s) + u'\'';
}

QString tableOid(const VectorColumn &column)
{
    return literal(Connection::quoted(column.schema, column.table)) + u"::regclass"_s;
}

} // namespace

Result<std::vector<VectorIndex>> readVectorIndexes(Connection &connection, const VectorColumn &column)
{
    std::vector<VectorIndex> indexes;
    if (connection.engine() != Engine::PostgreSql)
        return indexes;
    const QString sql = u"SELECT c.relname, am.amname, o.opcname, COALESCE(array_to_string(c.reloptions, ', '), ''), i.indisvalid, pg_relation_size(c.oid)::text "
                        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam JOIN pg_opclass o ON o.oid = i.indclass[0] "
                        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
                        "WHERE i.indrelid = %1 AND a.attname = %2 AND am.amname IN ('hnsw', 'ivfflat') ORDER BY 1"_s.arg(tableOid(column), literal(column.column));
    const Result<> read = connection.forEachRow(sql, {}, [&](const RowBlock &block, int row) {
        const auto text = [&](int i) { return QString::fromUtf8(block.at(row, i).bytes()); };
        indexes.push_back({text(0), text(1), metricOfClass(text(2)), text(3), text(4) == u"t", text(5).toLongLong()});
        return true;
    });
    if (!read)
        return failure(read);
    return indexes;
}

QString createIndexStatement(const VectorColumn &column, const QString &name, Metric metric, int m, int efConstruction)
{
    return u"CREATE INDEX CONCURRENTLY %1 ON %2 USING hnsw (%3 %4) WITH (m = %5, ef_construction = %6)"_s.arg(
        Connection::quoted(name), Connection::quoted(column.schema, column.table), Connection::quoted(column.column), classOf(column, metric), QString::number(m), QString::number(efConstruction));
}

Result<> createVectorIndex(Connection &connection, const VectorColumn &column, const QString &name, Metric metric, int m, int efConstruction)
{
    const auto made = connection.execute(createIndexStatement(column, name, metric, m, efConstruction));
    if (made)
        return {};
    // Of an index that was there before nothing is dropped: only what this statement left invalid.
    connection.setStopToken({});
    const auto invalid = connection.queryValue(u"SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = %1 AND i.indrelid = %2 AND NOT i.indisvalid"_s.arg(literal(name), tableOid(column)));
    if (invalid && !invalid->isNull())
        (void)connection.execute(u"DROP INDEX CONCURRENTLY IF EXISTS %1"_s.arg(Connection::quoted(column.schema, name)));
    return failure(made);
}

Result<std::optional<IndexProgress>> readIndexProgress(Connection &connection, const VectorColumn &column)
{
    std::optional<IndexProgress> progress;
    const QString sql = u"SELECT phase, blocks_done::text, blocks_total::text, tuples_done::text, tuples_total::text FROM pg_stat_progress_create_index WHERE relid = %1 LIMIT 1"_s.arg(tableOid(column));
    const Result<> read = connection.forEachRow(sql, {}, [&](const RowBlock &block, int row) {
        const auto number = [&](int i) { return block.at(row, i).bytes().toByteArray().toDouble(); };
        progress = IndexProgress{QString::fromUtf8(block.at(row, 0).bytes()), -1};
        if (number(4) > 0)
            progress->fraction = number(3) / number(4);
        else if (number(2) > 0)
            progress->fraction = number(1) / number(2);
        return true;
    });
    if (!read)
        return failure(read);
    return progress;
}

Result<RecallSample> sampleRecall(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store, const VectorColumn &column,
                                  const SimilarityQuestion &options, int queries, const std::stop_token &stop, const VectorProgress &progress)
{
    const SimilaritySearch search(catalog, profile, store);
    QStringList names;
    for (const QString &name : column.key)
        names.append(Connection::quoted(name) + u"::text"_s);
    std::vector<RowKey> keys;
    const Result<> chosen = connection.forEachRow(u"SELECT %1 FROM %2 WHERE %3 IS NOT NULL ORDER BY random() LIMIT %4"_s.arg(names.join(u", "_s), Connection::quoted(column.schema, column.table),
                                                                                                                            Connection::quoted(column.column), QString::number(queries)),
                                                  {}, [&](const RowBlock &block, int row) {
                                                      RowKey key;
                                                      for (int i = 0; i < static_cast<int>(column.key.size()); ++i)
                                                          key.emplace_back(block.at(row, i));
                                                      keys.push_back(std::move(key));
                                                      return true;
                                                  });
    if (!chosen)
        return failure(chosen);
    RecallSample sample;
    double found = 0;
    double wanted = 0;
    for (const RowKey &key : keys) {
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled, QCoreApplication::translate("VectorIndex", "Stopped."));
        SimilarityQuestion question = options;
        question.rows = {key};
        question.table = column.table;
        question.leastScore.reset();
        question.exact = false;
        const auto quick = search.ask(connection, column, question, stop);
        if (!quick)
            return failure(quick);
        question.exact = true;
        const auto exact = search.ask(connection, column, question, stop);
        if (!exact)
            return failure(exact);
        std::unordered_set<std::string> hits;
        for (const SimilarityHit &hit : quick->hits)
            hits.insert(encodedKey(hit.vectorKey));
        for (const SimilarityHit &hit : exact->hits)
            found += hits.contains(encodedKey(hit.vectorKey)) ? 1 : 0;
        wanted += static_cast<double>(exact->hits.size());
        sample.indexMs += quick->milliseconds;
        sample.exactMs += exact->milliseconds;
        ++sample.queries;
        if (progress)
            progress(static_cast<double>(sample.queries) / static_cast<double>(keys.size()), 0);
    }
    if (sample.queries > 0) {
        sample.recall = wanted > 0 ? found / wanted : 1;
        sample.indexMs /= sample.queries;
        sample.exactMs /= sample.queries;
    }
    return sample;
}

} // namespace turnstone
