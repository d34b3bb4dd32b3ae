// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/rangeexport.h"

#include "models/database/sqlitepiecescan.h"
#include "models/database/twinreaders.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype pieceBytes = 768 * 1024; // what one write takes; more leaves the processor's cache
constexpr qsizetype aimedBytes = 512 * 1024;
constexpr qsizetype maxWaitingBytes = 16 * 1024 * 1024;
constexpr qsizetype keptBytes = 4 * 1024 * 1024;
constexpr std::int64_t aloneBelow = 4000; // rowids; a second connection costs more than it saves
constexpr double aimedSeconds = 0.05;

} // namespace

class RangeExport::Visitor final : public RowVisitor
{
public:
    Visitor(RowFormat &format, OutputBuffer &buffer, std::size_t rowid) : m_format(format), m_buffer(buffer), m_rowid(rowid) {}
    bool visit(const ValueRef *values) override
    {
        m_format.append(m_buffer, values);
        last = values[m_rowid].integer();
        ++rows;
        return m_buffer.size() < pieceBytes;
    }
    std::int64_t last = 0;
    qint64 rows = 0;

private:
    RowFormat &m_format;
    OutputBuffer &m_buffer;
    const std::size_t m_rowid;
};

RangeExport::RangeExport(Connection &connection, const ExportSource &source, const FormatOptions &format, OutputFile &file, std::stop_token stop,
                         const ExportProgressSink &progress)
    : m_connection(static_cast<SqliteConnection &>(connection)), m_source(source), m_format(format), m_file(file), m_stop(std::move(stop)), m_progress(progress)
{
}

QStringList RangeExport::quotedColumns() const
{
    QStringList columns;
    const Result<QStringList> names = exportedColumns(*m_source.rows);
    for (const QString &name : names.value_or(QStringList()))
        columns.append(Connection::quoted(name));
    return columns;
}

Result<bool> RangeExport::readRange(SqliteConnection &connection)
{
    const CatalogTable &table = m_source.rows->table;
    const QString from = Connection::quoted(table.schema, table.name);
    bool hasRows = false;
    const Result<> read = connection.forEachRow(u"SELECT (SELECT min(%1) FROM %2), (SELECT max(%1) FROM %2)"_s.arg(table.rowidName(), from), {}, [&](const RowBlock &block, int row) {
        hasRows = block.at(row, 0).type() == ValueType::Integer;
        m_first = block.at(row, 0).integer();
        m_last = block.at(row, 1).integer();
        return true;
    });
    if (!read)
        return failure(read);
    return hasRows;
}

/// By whoever comes first: what is to be read, and the header.
Result<> RangeExport::start(SqliteConnection &connection)
{
    const std::lock_guard lock(m_mutex);
    if (std::exchange(m_started, true))
        return {};
    const Result<bool> hasRows = readRange(connection);
    if (!hasRows)
        return failure(hasRows);
    const CatalogTable &table = m_source.rows->table;
    const auto reader = connection.query(u"SELECT %1 FROM %2"_s.arg(quotedColumns().join(u", "_s), Connection::quoted(table.schema, table.name)));
    if (!reader)
        return failure(reader);
    m_columns = (*reader)->columns();
    OutputBuffer header;
    const auto format = RowFormat::make(m_format, m_columns, Engine::Sqlite, exportTraits(m_source, m_columns, Engine::Sqlite));
    if (!format)
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("ExportJob", "There is no format %1 for rows.").arg(m_format.format));
    format->appendHeader(header);
    m_offset = header.size();
    if (*hasRows)
        m_pieces.push_back({.first = m_first, .last = m_last, .buffer = {}, .undecodable = {}});
    return m_file.write(header.view(), 0);
}

Result<ExportReport> RangeExport::run()
{
    m_told = std::chrono::steady_clock::now();
    const Result<bool> hasRows = readRange(m_connection);
    if (!hasRows)
        return failure(hasRows);
    const bool isSmall = !*hasRows || static_cast<std::uint64_t>(m_last) - static_cast<std::uint64_t>(m_first) < static_cast<std::uint64_t>(aloneBelow);
    const Result<int> readers = runTwins(m_connection, m_stop, [this](Connection &connection, int) {
        auto &reading = static_cast<SqliteConnection &>(connection);
        Result<> read = start(reading);
        if (read)
            read = readPieces(reading);
        if (!read)
            fail(read.error());
    }, isSmall);
    if (!readers)
        return failure(readers);
    if (m_error)
        return tl::unexpected(*m_error);
    m_report.readers = *readers;
    OutputBuffer footer;
    if (const auto format = RowFormat::make(m_format, m_columns, Engine::Sqlite))
        format->appendFooter(footer, m_report.rows > 0);
    if (const Result<> written = m_file.write(footer.view(), m_offset); !written)
        return failure(written);
    m_report.bytes = m_offset + footer.size();
    if (m_progress)
        m_progress({m_report.rows, m_report.bytes, 1});
    return m_report;
}

void RangeExport::fail(const Error &error)
{
    const std::lock_guard lock(m_mutex);
    if (!m_error)
        m_error = error;
    m_changed.notify_all();
}

RangeExport::PieceList::iterator RangeExport::take(std::unique_lock<std::mutex> &lock)
{
    for (;;) {
        if (m_error)
            return m_pieces.end();
        bool isBeingRead = false;
        auto piece = m_pieces.begin();
        for (; piece != m_pieces.end() && piece->state != Piece::State::Free; ++piece)
            isBeingRead = isBeingRead || piece->state == Piece::State::Taken;
        const bool mustWait = m_waitingBytes > maxWaitingBytes && (isBeingRead || m_isWriting);
        if (piece != m_pieces.end() && !mustWait) {
            const auto span = static_cast<std::uint64_t>(piece->last) - static_cast<std::uint64_t>(piece->first);
            if (span >= m_width) {
                Piece rest;
                rest.first = static_cast<std::int64_t>(static_cast<std::uint64_t>(piece->first) + m_width);
                rest.last = piece->last;
                piece->last = rest.first - 1;
                m_pieces.insert(std::next(piece), std::move(rest));
            }
            piece->state = Piece::State::Taken;
            if (!m_spare.empty()) {
                piece->buffer = std::move(m_spare.back());
                m_spare.pop_back();
            }
            return piece;
        }
        if (!isBeingRead && !mustWait)
            return m_pieces.end();
        m_changed.wait(lock); // what is being read may give something back
    }
}

Result<> RangeExport::readPieces(SqliteConnection &connection)
{
    const CatalogTable &table = m_source.rows->table;
    auto scan = SqlitePieceScan::prepare(connection, quotedColumns(), table.rowidName(), Connection::quoted(table.schema, table.name));
    if (!scan)
        return failure(scan);
    const auto format = RowFormat::make(m_format, m_columns, Engine::Sqlite, exportTraits(m_source, m_columns, Engine::Sqlite));
    if (!format)
        return {}; // said already
    for (;;) {
        PieceList::iterator piece;
        {
            std::unique_lock lock(m_mutex);
            piece = take(lock);
            if (piece == m_pieces.end())
                return {};
        }
        if (const Result<> read = readPiece(**scan, *format, piece); !read)
            return read;
    }
}

void RangeExport::giveBack(PieceList::iterator piece, std::int64_t from)
{
    const auto next = std::next(piece);
    if (next != m_pieces.end() && next->state == Piece::State::Free) {
        next->first = from;
    } else {
        Piece rest;
        rest.first = from;
        rest.last = piece->last;
        m_pieces.insert(next, std::move(rest));
    }
    piece->last = from - 1;
}

Result<> RangeExport::readPiece(SqlitePieceScan &scan, RowFormat &format, PieceList::iterator piece)
{
    const auto started = std::chrono::steady_clock::now();
    Visitor visitor(format, piece->buffer, m_columns.size());
    const Result<bool> more = scan.visit(piece->first, piece->last, visitor);
    if (!more)
        return failure(more);
    piece->rows = visitor.rows;
    piece->undecodable = format.takeUndecodable();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    {
        const std::lock_guard lock(m_mutex);
        if (*more && visitor.last < piece->last)
            giveBack(piece, visitor.last + 1);
        const double span = static_cast<double>(static_cast<std::uint64_t>(piece->last) - static_cast<std::uint64_t>(piece->first)) + 1;
        double width = piece->buffer.isEmpty() ? span * 8 : span * static_cast<double>(aimedBytes) / static_cast<double>(piece->buffer.size());
        if (seconds > aimedSeconds)
            width = std::min(width, span * aimedSeconds / seconds);
        m_width = static_cast<std::uint64_t>(std::clamp(width, 16.0, 4e18));
    }
    return finish(piece);
}

/// The pieces that are in their turn go to the file. One reader writes at a time: the other one would only wait for the
/// file's lock, so it leaves what it has to the first and goes on reading.
Result<> RangeExport::finish(PieceList::iterator piece)
{
    std::unique_lock lock(m_mutex);
    piece->state = Piece::State::Done;
    m_waitingBytes += piece->buffer.size();
    const std::int64_t reached = piece->last;
    const qsizetype separator = m_format.format == u"json" ? 1 : 0;
    for (auto front = m_pieces.begin(); front != m_pieces.end() && front->state == Piece::State::Done; front = m_pieces.erase(front)) {
        for (const RowFormat::Undecodable &place : front->undecodable) {
            if (m_report.undecodable.size() < static_cast<qsizetype>(RowFormat::maxUndecodable)) {
                m_report.undecodable.append(QCoreApplication::translate("ExportJob", "row %1, column %2")
                                                .arg(m_report.rows + place.row + 1).arg(m_columns[static_cast<std::size_t>(place.column)].name));
            }
        }
        const qsizetype skip = m_report.rows == 0 && front->rows > 0 ? separator : 0;
        m_report.rows += front->rows;
        m_toWrite.push_back({std::move(front->buffer), m_offset, skip});
        m_offset += m_toWrite.back().buffer.size() - skip;
    }
    m_report.bytes = m_offset;
    tellProgress(reached);
    m_changed.notify_all();
    return write(lock);
}

Result<> RangeExport::write(std::unique_lock<std::mutex> &lock)
{
    if (m_isWriting)
        return {};
    m_isWriting = true;
    Result<> written;
    while (written && !m_toWrite.empty()) {
        Write next = std::move(m_toWrite.front());
        m_toWrite.pop_front();
        lock.unlock();
        written = m_file.write(next.buffer.view().sliced(next.skip), next.offset);
        lock.lock();
        m_waitingBytes -= next.buffer.size();
        if (next.buffer.size() <= keptBytes) {
            next.buffer.clear();
            m_spare.push_back(std::move(next.buffer));
        }
        m_changed.notify_all();
    }
    m_isWriting = false;
    return written;
}

void RangeExport::tellProgress(std::int64_t rowid)
{
    const auto now = std::chrono::steady_clock::now();
    if (!m_progress || now - m_told < std::chrono::milliseconds(100))
        return;
    m_told = now;
    const double span = static_cast<double>(static_cast<std::uint64_t>(m_last) - static_cast<std::uint64_t>(m_first)) + 1;
    const double done = static_cast<double>(static_cast<std::uint64_t>(rowid) - static_cast<std::uint64_t>(m_first)) + 1;
    m_progress({m_report.rows, m_report.bytes, std::clamp(done / span, 0.0, 1.0)});
}

} // namespace turnstone
