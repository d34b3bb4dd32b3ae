// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codesearch.h"
#include "models/similarity/vectorcopy.h"
#include "models/vectors/filestamp.h"
#include "models/vectors/vectorcolumn.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <unordered_set>

namespace turnstone {

/// How far: a fraction from 0 to 1, below 0 if unknown, and the vectors read so far. Called in any thread, by one at a time.
using VectorProgress = std::function<void(double fraction, std::size_t rows)>;

/// Rows that take part in a search.
struct VectorKeySet
{
    std::unordered_set<std::int64_t> numbers;
    std::unordered_set<std::string> texts; // encodedKey()
};

/// Searches columns of vectors exactly, without the server's help, and keeps 8-bit copies of them in a folder.
///
/// nearest() works in one read transaction. If the copy was made in the very state that the transaction sees (fileStamp), it
/// answers from the copy and fetches a few real vectors, whose bytes must still have the copy's checksums. Otherwise the whole
/// column is read once, on SQLite by two readers (VectorScan): compared with the copy by checksums and what has changed quantised
/// anew, or, without a copy, searched while it is read and quantised. On PostgreSQL a row counts as unchanged while the transaction that wrote it is the
/// same. So the answer is always that of the database, whatever happened to it or to the copy. A copy that another program cuts or
/// overwrites while it is in use is noticed after reading (MappedFile), thrown away, and the question answered anew.
///
/// Columns of fewer than `fewestForCopy` vectors, and the L1 metric, are searched by reading. Thread-safe.
class VectorStore
{
public:
    static constexpr std::size_t fewestForCopy = 1000;

    /// `folder` may be empty: then nothing is kept. `settled`: see fileStamp().
    explicit VectorStore(QString folder, std::chrono::nanoseconds settled = coarsestFileTimes);

    struct Nearest
    {
        RowKey key;
        double closeness = 0;
    };
    /// The nearest so far, best first; `rows` vectors were read.
    using Preliminary = std::function<void(std::vector<Nearest> nearest, std::size_t rows)>;
    struct Request
    {
        const similarity::ExactQuery *query = nullptr;
        std::size_t count = 10;
        double leastCloseness = -std::numeric_limits<double>::infinity();
        const VectorKeySet *allowed = nullptr; ///< null: all
        std::vector<RowKey> excluded;
        /// Called while the column is read, in any thread, and never after nearest() has returned: first with what an older copy
        /// and the rows behind its last one say, then with what was read so far, each time that it changed and `preliminaryEvery` has passed.
        Preliminary preliminary;
        std::chrono::milliseconds preliminaryEvery{150};
    };
    struct Answer
    {
        std::vector<Nearest> nearest;
        similarity::CopyCounts counts;
        std::size_t vectors = 0; ///< that could be searched
        std::size_t fetched = 0; ///< real vectors that were looked at; 0: all
        bool fromCopy = false;
    };
    /// In the connection's thread, which must not be in a transaction.
    [[nodiscard]] Result<Answer> nearest(Connection &connection, const VectorColumn &column, const Request &request, const std::stop_token &stop,
                                         const VectorProgress &progress = {});

    /// The copy of a column as it is now, and the transaction it was read in left open for fetching real vectors.
    [[nodiscard]] Result<std::shared_ptr<const similarity::VectorCopy>> current(Connection &connection, const VectorColumn &column, std::size_t dimension,
                                                                                 const std::stop_token &stop, const VectorProgress &progress = {});
    /// Key of a row of a copy.
    static RowKey keyOf(const similarity::VectorCopy &copy, std::size_t row);
    static QByteArray identityOf(const Connection &connection, const VectorColumn &column, std::size_t dimension);

    const QString &folder() const { return m_folder; }
    /// Drops what is in memory and on disk of a column.
    void forget(const Connection &connection, const VectorColumn &column, std::size_t dimension);

private:
    std::shared_ptr<const similarity::VectorCopy> copyOf(const QByteArray &identity);
    Result<std::shared_ptr<const similarity::VectorCopy>> updated(Connection &connection, const VectorColumn &column, std::size_t dimension,
                                                                  const QByteArray &stampBefore, const std::stop_token &stop, const VectorProgress &progress);
    void keep(const QByteArray &identity, std::shared_ptr<const similarity::VectorCopy> copy);
    enum class Belief { OnlyIfTrue, AsItIs };
    Result<std::optional<Answer>> fromCopy(Connection &connection, const VectorColumn &column, const similarity::VectorCopy &copy, const Request &request,
                                           const std::stop_token &stop, Belief belief = Belief::OnlyIfTrue);
    Result<> tellFromOldCopy(Connection &connection, const VectorColumn &column, const similarity::VectorCopy &copy, const Request &request, const std::stop_token &stop);
    void removeOld() const;

    QByteArray stampOf(const Connection &connection) const;

    const QString m_folder;
    const std::chrono::nanoseconds m_settled;
    std::mutex m_mutex; // guards m_copies
    std::map<QByteArray, std::shared_ptr<const similarity::VectorCopy>> m_copies;
};

} // namespace turnstone
