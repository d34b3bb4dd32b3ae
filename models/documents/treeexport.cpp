// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treeexport.h"

#include "models/database/twinreaders.h"
#include "models/documents/treejson.h"
#include "models/documents/treerows.h"
#include "models/transfer/backgroundwriter.h"

#include <QCoreApplication>

#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int firstBatch = 16;
constexpr int maxBatch = 500;
constexpr qsizetype bigBatchBytes = 1536 * 1024; // rows held at once; half of it asks for more, more than it leaves the cache
constexpr std::size_t maxWaiting = 4;

/// Reads and writes a whole hierarchy, by one thread or several: each takes the next records of the root under a lock, reads
/// what is below them by itself, and hands the text on in its turn.
class TreeExport
{
public:
    TreeExport(const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const TreePlan &plan, const ByteSink &sink, const ExportProgressSink &progress)
        : m_catalog(catalog), m_profile(profile), m_request(request), m_plan(plan), m_progress(progress), m_isArray(request.format.format == u"json"), m_writer(sink)
    {
    }

    void work(Connection &connection)
    {
        TreeRowsReader reader(connection, m_catalog, m_profile, m_plan);
        TreeJson json(m_plan, m_profile, m_request.format, connection.engine());
        for (;;) {
            int turn = 0;
            Result<TreeRows> rows = take(reader, turn);
            if (!rows)
                return fail(rows.error());
            if (rows->rows.isEmpty())
                return;
            if (const Result<> below = reader.readBelow(*rows); !below)
                return fail(below.error());
            adapt(rows->bytes());
            OutputBuffer text = spare();
            for (int row = 0; row < rows->rows.rowCount(); ++row) {
                if (m_isArray)
                    text.append(turn == 0 && row == 0 ? QByteArrayView("\n ") : QByteArrayView(",\n "));
                json.append(text, *rows, row);
                if (!m_isArray)
                    text.append('\n');
            }
            if (!handOn(turn, std::move(text), rows->count(), json.takeUndecodable()))
                return;
        }
    }

    Result<ExportReport> run(Connection &connection, std::stop_token stop)
    {
        OutputBuffer start;
        if (m_isArray)
            start.append('[');
        if (const Result<> put = m_writer.put(start); !put)
            return failure(put);
        const Result<int> readers = runTwins(connection, std::move(stop), [this](Connection &reading, int) { work(reading); });
        if (!readers)
            return failure(readers);
        if (m_error)
            return tl::unexpected(*m_error);
        m_report.readers = *readers;
        OutputBuffer end;
        if (m_isArray)
            end.append(m_report.rows > 0 ? QByteArrayView("\n]\n") : QByteArrayView("]\n"));
        m_report.bytes += end.size() + (m_isArray ? 1 : 0);
        if (const Result<> put = m_writer.put(end); !put)
            return failure(put);
        if (const Result<> written = m_writer.finish(); !written)
            return failure(written);
        m_report.undecodable.removeDuplicates();
        return m_report;
    }

private:
    Result<TreeRows> take(TreeRowsReader &reader, int &turn)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_waiting.size() < maxWaiting || m_error; });
        if (m_error || m_atEnd)
            return TreeRows();
        Result<TreeRows> rows = reader.next(m_after, m_batch, m_request.where, m_nextTurn == 0);
        if (rows) {
            m_atEnd = m_after.empty();
            turn = m_nextTurn++;
        }
        return rows;
    }

    void adapt(qsizetype bytes)
    {
        const std::lock_guard lock(m_mutex);
        if (bytes > bigBatchBytes)
            m_batch = std::max(1, m_batch / 2);
        else if (bytes < bigBatchBytes / 2)
            m_batch = std::min(maxBatch, m_batch * 2);
    }

    void fail(const Error &error)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_error)
            m_error = error;
        m_changed.notify_all();
    }

    /// A buffer that has been used before: new memory costs as much as filling it.
    OutputBuffer spare()
    {
        const std::lock_guard lock(m_mutex);
        OutputBuffer buffer;
        if (!m_spare.empty()) {
            buffer = std::move(m_spare.back());
            m_spare.pop_back();
        }
        return buffer;
    }

    bool handOn(int turn, OutputBuffer text, qint64 rows, const QStringList &undecodable)
    {
        std::unique_lock lock(m_mutex);
        m_waiting.emplace(turn, std::move(text));
        m_report.rows += rows;
        m_report.undecodable += undecodable;
        for (auto next = m_waiting.find(m_nextWritten); next != m_waiting.end(); next = m_waiting.find(m_nextWritten)) {
            m_report.bytes += next->second.size();
            if (const Result<> put = m_writer.put(next->second); !put) {
                m_error = put.error();
                break;
            }
            if (m_spare.size() < maxWaiting)
                m_spare.push_back(std::move(next->second)); // the writer has put an empty one in its place
            m_waiting.erase(next);
            ++m_nextWritten;
        }
        const auto now = std::chrono::steady_clock::now();
        if (m_progress && now - m_told > std::chrono::milliseconds(100)) {
            m_told = now;
            m_progress({m_report.rows, m_report.bytes, -1});
        }
        m_changed.notify_all();
        return !m_error;
    }

    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const DocumentRequest &m_request;
    const TreePlan &m_plan;
    const ExportProgressSink &m_progress;
    const bool m_isArray;

    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::vector<Value> m_after;
    bool m_atEnd = false;
    int m_batch = firstBatch;
    int m_nextTurn = 0;
    int m_nextWritten = 0;
    std::map<int, OutputBuffer> m_waiting;
    std::vector<OutputBuffer> m_spare;
    ExportReport m_report;
    std::optional<Error> m_error;
    std::chrono::steady_clock::time_point m_told = std::chrono::steady_clock::now();
    BackgroundWriter m_writer;
};

Result<ExportReport> exportRecord(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const TreePlan &plan, const ByteSink &sink)
{
    TreeRowsReader reader(connection, catalog, profile, plan);
    const Result<std::vector<Value>> key = keyParts(request.key, reader.key());
    if (!key)
        return failure(key);
    const Result<TreeRows> rows = reader.record(*key);
    if (!rows)
        return failure(rows);
    TreeJson json(plan, profile, request.format, connection.engine());
    OutputBuffer text;
    json.append(text, *rows, 0);
    text.append('\n');
    ExportReport report;
    report.rows = rows->count();
    report.bytes = text.size();
    report.undecodable = json.takeUndecodable();
    if (const Result<> written = sink(text.view()); !written)
        return failure(written);
    return report;
}

} // namespace

Result<std::vector<Value>> keyParts(const QString &text, const QStringList &columns)
{
    const QStringList parts = columns.size() == 1 ? QStringList{text} : text.split(u',');
    if (parts.size() != columns.size())
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("TreeExport", "A key here has %L1 parts: %2.").arg(columns.size()).arg(columns.join(u", "_s)));
    std::vector<Value> values;
    for (const QString &part : parts)
        values.push_back(Value::text(part));
    return values;
}

Result<ExportReport> exportTree(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const ByteSink &sink,
                                std::stop_token stop, const ExportProgressSink &progress)
{
    const Result<TreePlan> plan = TreePlan::make(catalog, profile, request.root, request.isTable);
    if (!plan)
        return failure(plan);
    if (!request.key.isEmpty())
        return exportRecord(connection, catalog, profile, request, *plan, sink);
    return TreeExport(catalog, profile, request, *plan, sink, progress).run(connection, std::move(stop));
}

} // namespace turnstone
