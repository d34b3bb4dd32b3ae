// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorstore.h"

#include "models/similarity/bytehash.h"
#include "models/vectors/vectorkey.h"
#include "models/vectors/vectorscan.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;

constexpr int daysUnused = 60;
constexpr std::size_t fewestFetched = 16; // at once
constexpr std::size_t mostLookedAtFirst = 10'000; // rows that are new since the copy was made

/// One state of the database for everything that a search reads; ended by going out of scope.
class ReadTransaction
{
public:
    explicit ReadTransaction(Connection &connection) : m_connection(connection) {}
    ~ReadTransaction()
    {
        if (m_isOpen && m_connection.isInTransaction())
            m_connection.rollback();
    }
    Q_DISABLE_COPY_MOVE(ReadTransaction)

    Result<> begin()
    {
        if (const Result<> begun = m_connection.begin(); !begun)
            return begun;
        m_isOpen = true;
        // SQLite's snapshot is taken by the first read.
        const bool onServer = m_connection.engine() == Engine::PostgreSql;
        const auto first = onServer ? m_connection.execute(u"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"_s).map([](const ExecuteOutcome &) { return Value(); })
                                    : m_connection.queryValue(u"SELECT count(*) FROM sqlite_schema"_s);
        return first ? Result<>() : Result<>(tl::unexpected(first.error()));
    }

private:
    Connection &m_connection;
    bool m_isOpen = false;
};

Error stoppedError()
{
    return {ErrorCode::Cancelled, QCoreApplication::translate("VectorStore", "Stopped."), {}, -1};
}

} // namespace

VectorStore::VectorStore(QString folder, std::chrono::nanoseconds settled) : m_folder(std::move(folder)), m_settled(settled)
{
    removeOld();
}

/// Empty on a server, where versions of rows tell of changes.
QByteArray VectorStore::stampOf(const Connection &connection) const
{
    return connection.engine() == Engine::PostgreSql ? QByteArray() : fileStamp(connection.url().filePath(), m_settled);
}

/// Copies of databases that nobody opens any more, and what programs left that died while writing.
void VectorStore::removeOld() const
{
    if (m_folder.isEmpty())
        return;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const QFileInfo &file : QDir(m_folder).entryInfoList({u"*.base*"_s, u"*.delta*"_s}, QDir::Files)) {
        const bool isPart = file.suffix() != u"base" && file.suffix() != u"delta";
        if (file.lastModified().daysTo(now) >= (isPart ? 1 : daysUnused))
            QFile::remove(file.filePath());
    }
}

QByteArray VectorStore::identityOf(const Connection &connection, const VectorColumn &column, std::size_t dimension)
{
    return connection.url().identity().toUtf8() + '\n' + column.schema.toUtf8() + '\n' + column.table.toUtf8() + '\n' + column.column.toUtf8() + '\n'
        + QByteArray::number(static_cast<qulonglong>(dimension)) + '\n' + QByteArray::number(static_cast<int>(column.form));
}

std::shared_ptr<const VectorCopy> VectorStore::copyOf(const QByteArray &identity)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_copies.find(identity); found != m_copies.end()) {
        if (found->second->isIntact())
            return found->second;
        m_copies.erase(found); // the files may be good ones of another start of the program
    }
    if (m_folder.isEmpty())
        return nullptr;
    auto copy = VectorCopy::open(m_folder, identity);
    if (copy)
        m_copies.emplace(identity, copy);
    return copy;
}

void VectorStore::keep(const QByteArray &identity, std::shared_ptr<const VectorCopy> copy)
{
    const std::lock_guard lock(m_mutex);
    m_copies[identity] = std::move(copy);
}

void VectorStore::forget(const Connection &connection, const VectorColumn &column, std::size_t dimension)
{
    const QByteArray identity = identityOf(connection, column, dimension);
    const std::lock_guard lock(m_mutex);
    m_copies.erase(identity);
    if (!m_folder.isEmpty())
        VectorCopy::remove(m_folder, identity);
}

RowKey VectorStore::keyOf(const VectorCopy &copy, std::size_t row)
{
    if (copy.info().hasTextKeys)
        return decodedKey(copy.keyText(row));
    return {Value::integer(copy.row(row).key)};
}

/// Nothing if a real vector is not what the copy says. As it is, a copy of an older state gives an answer that may be wrong.
Result<std::optional<VectorStore::Answer>> VectorStore::fromCopy(Connection &connection, const VectorColumn &column, const VectorCopy &copy, const Request &request,
                                                                 const std::stop_token &stop, Belief belief)
{
    std::unordered_set<std::string> excluded;
    for (const RowKey &key : request.excluded)
        excluded.insert(encodedKey(key));
    const auto isAllowed = [&](std::size_t row) {
        if (!excluded.empty() && excluded.contains(encodedKey(keyOf(copy, row))))
            return false;
        if (!request.allowed)
            return true;
        return copy.info().hasTextKeys ? request.allowed->texts.contains(std::string(copy.keyText(row))) : request.allowed->numbers.contains(copy.row(row).key);
    };
    CodeSearch search(*request.query, request.count, request.leastCloseness);
    std::size_t first = 0;
    for (const CodesView &view : copy.views()) {
        if (!search.scan(view, [&](std::size_t row) { return isAllowed(first + row); }, stop))
            return tl::unexpected(stoppedError());
        first += view.count;
    }
    VectorReader reader(connection, column);
    VectorDecoder blobs(column.form);
    VectorDecoder texts(VectorForm::Text);
    bool isTrue = true;
    const bool mustBeTrue = belief == Belief::OnlyIfTrue;
    const bool byBytes = connection.engine() == Engine::Sqlite && mustBeTrue;
    for (auto rows = search.wanted(std::max(fewestFetched, request.count)); !rows.empty(); rows = search.wanted(fewestFetched)) {
        std::vector<RowKey> keys;
        std::unordered_map<std::string, std::uint64_t> rowOf;
        for (const std::uint64_t row : rows) {
            keys.push_back(keyOf(copy, row));
            rowOf.emplace(encodedKey(keys.back()), row);
        }
        std::size_t found = 0;
        const Result<> fetched = reader.fetch(keys, [&](const RowBlock &block, int row) {
            const auto known = rowOf.find(encodedKey(reader.keyOf(block, row)));
            const ValueRef cell = block.at(row, static_cast<int>(reader.keySize()));
            const std::string_view bytes(cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size()));
            if (known == rowOf.end())
                return;
            ++found;
            if (byBytes && byteHash(bytes.data(), bytes.size(), static_cast<std::uint64_t>(cell.type())) != copy.row(known->second).hash) {
                isTrue = false;
                return;
            }
            VectorDecoder *decoder = cell.type() == ValueType::Text ? &texts : &blobs;
            if (cell.type() == ValueType::Blob && column.form == VectorForm::Float32Blob && bytes.size() != 4 * copy.dimension())
                blobs = VectorDecoder(bytes.size() == 2 * copy.dimension() ? VectorForm::Float16Blob : VectorForm::Float64Blob);
            if (decoder->decode(bytes) == DecodeStatus::Ok)
                search.add(known->second, decoder->isWide() ? request.query->closeness(decoder->doubles()) : request.query->closeness(decoder->floats()));
        });
        if (!fetched)
            return failure(fetched);
        if (!isTrue || (mustBeTrue && found != rows.size()))
            return std::optional<Answer>();
        if (!mustBeTrue) // the likeliest will do
            break;
    }
    if (!copy.isIntact())
        return std::optional<Answer>();
    Answer answer;
    for (const TopK::Entry &entry : search.result())
        answer.nearest.push_back({keyOf(copy, entry.id), entry.closeness});
    answer.counts = copy.info().counts;
    answer.vectors = copy.liveCount();
    answer.fetched = search.fetched();
    answer.fromCopy = true;
    return std::optional(std::move(answer));
}

/// What is nearest in the copy as it is and among the rows behind its last one, as most new rows are. Changes elsewhere are not seen.
Result<> VectorStore::tellFromOldCopy(Connection &connection, const VectorColumn &column, const VectorCopy &copy, const Request &request, const std::stop_token &stop)
{
    auto old = fromCopy(connection, column, copy, request, stop, Belief::AsItIs);
    if (!old)
        return failure(old);
    if (!*old)
        return {};
    std::vector<Nearest> nearest = std::move((*old)->nearest);
    if (const auto last = copy.lastNumber()) {
        Request silent = request;
        silent.preliminary = {};
        VectorScan::Plan plan;
        plan.dimension = request.query->dimension();
        plan.request = &silent;
        const auto added = VectorScan::runBehind(connection, column, plan, *last, mostLookedAtFirst, stop);
        if (!added)
            return failure(added);
        nearest.insert(nearest.end(), added->nearest.begin(), added->nearest.end());
        std::stable_sort(nearest.begin(), nearest.end(), [](const Nearest &a, const Nearest &b) { return a.closeness > b.closeness; });
        nearest.resize(std::min(nearest.size(), request.count));
    }
    request.preliminary(std::move(nearest), 0);
    return {};
}

Result<VectorStore::Answer> VectorStore::nearest(Connection &connection, const VectorColumn &column, const Request &request, const std::stop_token &stop,
                                                 const VectorProgress &progress)
{
    const bool onServer = connection.engine() == Engine::PostgreSql;
    const std::size_t dimension = request.query->dimension();
    const QByteArray identity = identityOf(connection, column, dimension);
    // Before the transaction: what changes in between makes the copy look old, never young.
    const QByteArray stampBefore = stampOf(connection);
    ReadTransaction transaction(connection);
    if (const Result<> begun = transaction.begin(); !begun)
        return failure(begun);
    const bool mayCopy = !m_folder.isEmpty() && request.query->metric() != Metric::L1;
    std::shared_ptr<const VectorCopy> copy = mayCopy ? copyOf(identity) : nullptr;
    if (copy && !copy->info().stamp.isEmpty() && copy->info().stamp == stampOf(connection)) {
        auto answer = fromCopy(connection, column, *copy, request, stop);
        if (!answer)
            return failure(answer);
        if (*answer)
            return std::move(**answer);
    }
    if (copy && !copy->isIntact()) {
        forget(connection, column, dimension);
        copy.reset();
    }
    if (copy && request.preliminary) {
        if (const Result<> told = tellFromOldCopy(connection, column, *copy, request, stop); !told)
            return failure(told);
    }
    CopyUpdate update(m_folder, identity, copy, dimension, !column.isKeyRowid);
    VectorScan::Plan plan;
    plan.dimension = dimension;
    plan.update = mayCopy ? &update : nullptr;
    plan.request = copy ? nullptr : &request; // what the copy has need not be searched twice
    plan.progress = progress;
    const bool byVersion = onServer && mayCopy;
    const auto outcome = byVersion ? VectorScan::runByVersion(connection, column, plan, stop) : VectorScan::run(connection, column, plan, stop);
    if (!outcome)
        return failure(outcome);
    if (mayCopy && !outcome->copyError && (copy || outcome->vectors >= fewestForCopy)) {
        auto updated = update.finish(outcome->counts, stampBefore);
        if (updated) {
            keep(identity, *updated);
            if (copy) {
                auto answer = fromCopy(connection, column, **updated, request, stop);
                if (!answer)
                    return failure(answer);
                if (*answer)
                    return std::move(**answer);
            }
        }
    }
    if (copy) { // the copy is of no use any more
        forget(connection, column, dimension);
        plan.update = nullptr;
        plan.request = &request;
        const auto again = VectorScan::run(connection, column, plan, stop);
        if (!again)
            return failure(again);
        return Answer{again->nearest, again->counts, again->vectors, 0, false};
    }
    return Answer{outcome->nearest, outcome->counts, outcome->vectors, 0, false};
}

Result<std::shared_ptr<const VectorCopy>> VectorStore::current(Connection &connection, const VectorColumn &column, std::size_t dimension, const std::stop_token &stop,
                                                               const VectorProgress &progress)
{
    const bool onServer = connection.engine() == Engine::PostgreSql;
    const QByteArray identity = identityOf(connection, column, dimension);
    const QByteArray stampBefore = stampOf(connection);
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    const auto first = onServer ? connection.execute(u"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"_s).map([](const ExecuteOutcome &) { return Value(); })
                                : connection.queryValue(u"SELECT count(*) FROM sqlite_schema"_s);
    if (!first)
        return failure(first);
    if (const auto copy = copyOf(identity); copy && !copy->info().stamp.isEmpty() && copy->info().stamp == stampOf(connection))
        return copy;
    auto made = updated(connection, column, dimension, stampBefore, stop, progress);
    if (!made && made.error().code == ErrorCode::Corrupt) {
        forget(connection, column, dimension);
        made = updated(connection, column, dimension, stampBefore, stop, progress);
    }
    return made;
}

/// In a transaction.
Result<std::shared_ptr<const VectorCopy>> VectorStore::updated(Connection &connection, const VectorColumn &column, std::size_t dimension, const QByteArray &stampBefore,
                                                               const std::stop_token &stop, const VectorProgress &progress)
{
    const QByteArray identity = identityOf(connection, column, dimension);
    CopyUpdate update(m_folder, identity, copyOf(identity), dimension, !column.isKeyRowid);
    VectorScan::Plan plan;
    plan.dimension = dimension;
    plan.update = &update;
    plan.progress = progress;
    const auto outcome = connection.engine() == Engine::PostgreSql ? VectorScan::runByVersion(connection, column, plan, stop) : VectorScan::run(connection, column, plan, stop);
    if (!outcome)
        return failure(outcome);
    if (outcome->copyError)
        return tl::unexpected(*outcome->copyError);
    auto copy = update.finish(outcome->counts, stampBefore);
    if (copy)
        keep(identity, *copy);
    return copy;
}

} // namespace turnstone
