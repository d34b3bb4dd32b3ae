// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sqliteconnection.h"
#include "models/transfer/exportjob.h"
#include "models/transfer/outputfile.h"
#include "models/transfer/rowformat.h"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <stop_token>

namespace turnstone {

class SqlitePieceScan;

/// Writes a rowid table of a SQLite file by two readers at once.
///
/// The range of rowids is a list of pieces in their order. A reader takes the first one that nobody has, of a width that
/// should fill one buffer going by how densely the rows lay before it; what does not fit goes back as a piece behind it. So
/// gaps of any size cost a few looks and crowded places are shared. A finished buffer's place in the file is known once
/// all before it are finished; then whoever finished last writes it. Both readers see the same state of the database
/// (twinreaders.h).
class RangeExport
{
public:
    RangeExport(Connection &connection, const ExportSource &source, const FormatOptions &format, OutputFile &file, std::stop_token stop,
                const ExportProgressSink &progress);

    [[nodiscard]] Result<ExportReport> run();

private:
    struct Piece
    {
        enum class State { Free, Taken, Done };
        std::int64_t first = 0;
        std::int64_t last = 0;
        State state = State::Free;
        OutputBuffer buffer;
        qint64 rows = 0;
        std::vector<RowFormat::Undecodable> undecodable;
    };
    using PieceList = std::list<Piece>;
    struct Write
    {
        OutputBuffer buffer;
        qint64 offset;
        qsizetype skip;
    };
    class Visitor;

    Result<> start(SqliteConnection &connection);
    Result<bool> readRange(SqliteConnection &connection);
    Result<> readPieces(SqliteConnection &connection);
    Result<> readPiece(SqlitePieceScan &scan, RowFormat &format, PieceList::iterator piece);
    /// The next piece to read; nothing when there is none left or somebody failed.
    PieceList::iterator take(std::unique_lock<std::mutex> &lock);
    Result<> finish(PieceList::iterator piece);
    Result<> write(std::unique_lock<std::mutex> &lock);
    void giveBack(PieceList::iterator piece, std::int64_t from);
    void fail(const Error &error);
    void tellProgress(std::int64_t rowid);
    QStringList quotedColumns() const;

    SqliteConnection &m_connection;
    const ExportSource &m_source;
    const FormatOptions &m_format;
    OutputFile &m_file;
    const std::stop_token m_stop;
    const ExportProgressSink &m_progress;
    std::int64_t m_first = 0;
    std::int64_t m_last = -1;
    std::vector<ResultColumn> m_columns;

    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    bool m_started = false;
    PieceList m_pieces;
    std::uint64_t m_width = 512;
    qsizetype m_waitingBytes = 0; // finished, but not written
    std::deque<Write> m_toWrite;
    bool m_isWriting = false;
    std::vector<OutputBuffer> m_spare;
    qint64 m_offset = 0;
    ExportReport m_report;
    std::optional<Error> m_error;
    std::chrono::steady_clock::time_point m_told;
};

} // namespace turnstone
