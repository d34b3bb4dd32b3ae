// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/rowblock.h"
#include "models/importing/importoptions.h"
#include "models/importing/inputfile.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace turnstone {

/// Rows of a file and the lines in which they begin, from 1.
struct RecordBlock
{
    RowBlock rows;
    std::vector<qint64> lines;
};

/// Reads the rows of a file, block by block, in memory that does not grow with the file. Every mistake in it is an Error
/// (Syntax) that names line and column. Not thread-safe.
class RecordReader
{
public:
    virtual ~RecordReader() = default;

    /// Errors: NotFound, Io, InvalidInput (no such format), Syntax (a bad first line).
    [[nodiscard]] static Result<std::unique_ptr<RecordReader>> open(const QString &path, const ReadOptions &options);

    /// The columns. JSON: the keys of the first rows.
    const QStringList &names() const { return m_names; }
    /// As many as names(); without it, all are Text.
    void setKinds(std::vector<CellKind> kinds) { m_kinds = std::move(kinds); }
    /// JSON: a key that is no name yet becomes one, instead of being refused. For a look through the whole file.
    void setCollecting(bool collects) { m_collects = collects; }

    /// Clears the block and fills it; false at the end, when the block may still hold the last rows. A row has a value for
    /// each of names() as of the call.
    [[nodiscard]] Result<bool> read(RecordBlock &block, int maxRows = 1024);

    qint64 bytesRead() const { return m_file->bytesTaken(); }
    qint64 bytesTotal() const { return m_file->bytesTotal(); }

protected:
    enum class Outcome { Row, Skipped, End, NeedMore, Failed, BlockEnds };

    RecordReader(std::unique_ptr<InputFile> file, ReadOptions options) : m_file(std::move(file)), m_options(std::move(options)) {}

    /// Takes one row off the file's buffer into `block`. NeedMore leaves everything as it was, and so does BlockEnds: the
    /// row has more columns than those before it.
    virtual Outcome readRow(RecordBlock &block) = 0;
    [[nodiscard]] virtual Result<> start() = 0;
    /// Fails with the place `at` in the buffer; a sentence without a full stop.
    Outcome failAt(const char *at, const QString &what);
    CellKind kindOf(std::size_t column) const { return column < m_kinds.size() ? m_kinds[column] : CellKind::Text; }

    std::unique_ptr<InputFile> m_file;
    const ReadOptions m_options;
    QStringList m_names;
    std::vector<CellKind> m_kinds;
    bool m_collects = false;
    Error m_error;
    bool m_ended = false;
};

} // namespace turnstone
