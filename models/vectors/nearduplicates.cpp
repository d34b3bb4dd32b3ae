// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/nearduplicates.h"

#include "models/similarity/kernels.h"
#include "models/similarity/pairsearch.h"
#include "models/vectors/vectorkey.h"
#include "models/vectors/vectorreader.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <thread>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;

constexpr std::size_t pairsAtOnce = 512; // their vectors are in memory at once

struct DuplicatesText
{
    Q_DECLARE_TR_FUNCTIONS(NearDuplicates)
};

/// Real vectors by row, fetched when they are wanted.
class RealVectors
{
public:
    RealVectors(Connection &connection, const VectorColumn &column, const VectorCopy &copy) : m_column(column), m_copy(copy), m_reader(connection, column) {}

    Result<> fetch(std::span<const std::size_t> rows)
    {
        m_vectors.clear();
        std::vector<RowKey> keys;
        std::unordered_map<std::string, std::size_t> rowOf;
        for (const std::size_t row : rows) {
            RowKey key = VectorStore::keyOf(m_copy, row);
            if (rowOf.emplace(encodedKey(key), row).second)
                keys.push_back(std::move(key));
        }
        VectorDecoder texts(VectorForm::Text);
        return m_reader.fetch(keys, [&](const RowBlock &block, int at) {
            const ValueRef cell = block.at(at, static_cast<int>(m_reader.keySize()));
            const auto row = rowOf.find(encodedKey(m_reader.keyOf(block, at)));
            VectorDecoder blobs(formOf(cell));
            VectorDecoder &decoder = cell.type() == ValueType::Text ? texts : blobs;
            if (row == rowOf.end() || decoder.decode({cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size())}) != DecodeStatus::Ok)
                return;
            const auto values = decoder.doubles();
            m_vectors[row->second].assign(values.begin(), values.end());
        });
    }

    double cosine(std::size_t a, std::size_t b) const
    {
        const auto first = m_vectors.find(a);
        const auto second = m_vectors.find(b);
        if (first == m_vectors.end() || second == m_vectors.end())
            return NAN;
        return ExactQuery(Metric::Cosine, first->second).closeness(std::span<const double>(second->second));
    }

private:
    VectorForm formOf(const ValueRef &cell) const
    {
        const auto size = static_cast<std::size_t>(cell.bytes().size());
        if (m_column.form != VectorForm::Float32Blob || size == 4 * m_copy.dimension())
            return m_column.form;
        return size == 2 * m_copy.dimension() ? VectorForm::Float16Blob : VectorForm::Float64Blob;
    }

    const VectorColumn &m_column;
    const VectorCopy &m_copy;
    VectorReader m_reader;
    std::unordered_map<std::size_t, std::vector<double>> m_vectors;
};

/// The dimension that the first vectors have.
Result<std::size_t> dimensionOf(Connection &connection, const VectorColumn &column)
{
    if (column.dimension > 0)
        return column.dimension;
    std::map<std::size_t, int> counts;
    VectorReader reader(connection, column);
    const Result<> read = reader.scan([&](RowBlock &&block) -> std::optional<RowBlock> {
        for (int row = 0; row < block.rowCount(); ++row) {
            const ValueRef cell = block.at(row, static_cast<int>(reader.keySize()));
            VectorDecoder decoder(cell.type() == ValueType::Text ? VectorForm::Text : column.form);
            if (decoder.decode({cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size())}) == DecodeStatus::Ok)
                ++counts[decoder.dimension()];
        }
        return std::nullopt;
    });
    if (!read && counts.empty())
        return failure(read);
    std::size_t best = 0;
    for (const auto &[dimension, count] : counts)
        best = best == 0 || count > counts[best] ? dimension : best;
    return best;
}

Result<NearDuplicates> findOnce(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store, const VectorColumn &column,
                                double leastScore, const SimilarityQuestion &question, const std::stop_token &stop, const VectorProgress &progress)
{
    const Result<std::size_t> dimension = dimensionOf(connection, column);
    if (!dimension)
        return failure(dimension);
    NearDuplicates result;
    if (*dimension == 0)
        return result;
    const SimilaritySearch search(catalog, profile, store);
    struct End
    {
        Connection &connection;
        ~End()
        {
            if (connection.isInTransaction())
                connection.rollback();
        }
    } end{connection};
    // Reading is the smaller part of the work.
    const auto reading = [&](double fraction, std::size_t rows) {
        if (progress)
            progress(fraction < 0 ? -1 : fraction * 0.2, rows);
    };
    const auto copy = store.current(connection, column, *dimension, stop, reading);
    if (!copy)
        return failure(copy);
    const Result<std::optional<VectorKeySet>> allowed = search.allowedRows(connection, column, question);
    if (!allowed)
        return failure(allowed);

    std::vector<std::size_t> rowOf;
    std::vector<CodedRow> rows;
    for (std::size_t row = 0; row < (*copy)->rowCount(); ++row) {
        if (!(*copy)->isLive(row))
            continue;
        if (*allowed) {
            const bool isIn = (*copy)->info().hasTextKeys ? (*allowed)->texts.contains(std::string((*copy)->keyText(row))) : (*allowed)->numbers.contains((*copy)->row(row).key);
            if (!isIn)
                continue;
        }
        rowOf.push_back(row);
        rows.push_back((*copy)->row(row));
    }
    result.vectors = rows.size();
    result.notes = notesOf((*copy)->info().counts, Metric::Cosine, *dimension);
    RealVectors real(connection, column, **copy);
    std::optional<Error> trouble;
    PairSearch pairs;
    pairs.dimension = *dimension;
    pairs.rows = rows;
    pairs.codesOf = [&](std::size_t i) { return (*copy)->planes(rowOf[i]); };
    pairs.least = closenessOf(Metric::Cosine, distanceOfScore(Metric::Cosine, leastScore));
    pairs.threads = std::max(1U, std::thread::hardware_concurrency());
    pairs.progress = [&](double done) {
        if (progress)
            progress(0.2 + 0.8 * done, rows.size());
    };
    pairs.decide = [&](std::span<const DoubtfulPair> doubtful, std::vector<bool> &isNear) {
        for (std::size_t from = 0; from < doubtful.size(); from += pairsAtOnce) {
            const std::size_t to = std::min(doubtful.size(), from + pairsAtOnce);
            std::vector<std::size_t> wanted;
            for (std::size_t i = from; i < to; ++i) {
                wanted.push_back(rowOf[doubtful[i].first]);
                wanted.push_back(rowOf[doubtful[i].second]);
            }
            if (stop.stop_requested())
                return false;
            if (const Result<> fetched = real.fetch(wanted); !fetched) {
                trouble = fetched.error();
                return false;
            }
            for (std::size_t i = from; i < to; ++i)
                isNear[i] = real.cosine(rowOf[doubtful[i].first], rowOf[doubtful[i].second]) >= pairs.least;
        }
        return true;
    };
    const auto groups = pairs.run(stop);
    if (!groups) {
        return tl::unexpected(trouble ? *trouble : Error{ErrorCode::Cancelled, DuplicatesText::tr("Stopped."), {}, -1});
    }
    result.groupCount = groups->size();
    for (const std::vector<std::size_t> &group : *groups) {
        result.rowCount += group.size();
        if (result.groups.size() == NearDuplicates::shownGroups)
            continue;
        std::vector<std::size_t> shown;
        std::vector<RowKey> keys;
        for (std::size_t i = 0; i < std::min(group.size(), NearDuplicates::shownMembers); ++i) {
            shown.push_back(rowOf[group[i]]);
            keys.push_back(VectorStore::keyOf(**copy, shown.back()));
        }
        if (const Result<> fetched = real.fetch(shown); !fetched)
            return failure(fetched);
        auto hits = search.describe(connection, column, keys, question.table);
        if (!hits)
            return failure(hits);
        for (std::size_t i = 0; i < shown.size(); ++i) {
            (*hits)[i].distance = i == 0 ? 0 : distanceOf(Metric::Cosine, real.cosine(shown.front(), shown[i]));
            (*hits)[i].score = scoreOf(Metric::Cosine, (*hits)[i].distance);
        }
        result.groups.push_back({std::move(*hits), group.size()});
    }
    if (!(*copy)->isIntact())
        return failure(ErrorCode::Corrupt, DuplicatesText::tr("The copy of the vectors was changed by another program while they were compared. Ask again."));
    return result;
}

} // namespace

Result<NearDuplicates> findNearDuplicates(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store, const VectorColumn &column,
                                          double leastScore, const SimilarityQuestion &question, const std::stop_token &stop, const VectorProgress &progress)
{
    auto found = findOnce(connection, catalog, profile, store, column, leastScore, question, stop, progress);
    if (!found && found.error().code == ErrorCode::Corrupt) // a copy that somebody has damaged; the store makes a new one
        found = findOnce(connection, catalog, profile, store, column, leastScore, question, stop, progress);
    return found;
}

} // namespace turnstone
