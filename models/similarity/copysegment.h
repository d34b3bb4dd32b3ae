// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/similarity/codes.h"
#include "models/similarity/mappedfile.h"

#include <QByteArray>
#include <QString>

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace turnstone::similarity {

/// Rows of the column that cannot be searched, and why.
struct CopyCounts
{
    std::uint64_t nulls = 0;
    std::uint64_t malformed = 0;
    std::uint64_t otherDimension = 0;
    std::uint64_t notFinite = 0;
    /// These are searched, but not by the cosine: they have no direction.
    std::uint64_t zero = 0;
    /// One of the other dimensions, for the message.
    std::uint64_t anotherDimension = 0;
};

/// What a file of a copy says of itself.
struct CopyInfo
{
    /// Which column of which table of which database; opaque, compared whole.
    QByteArray identity;
    /// In which state of the database it was read; opaque. Empty: not good for telling that nothing has changed.
    QByteArray stamp;
    std::size_t dimension = 0;
    /// Whether rows are known by text and not by a 64-bit number.
    bool hasTextKeys = false;
    CopyCounts counts;
    /// Of the file itself, and of the one that it goes with (0: it stands alone).
    std::uint64_t id = 0;
    std::uint64_t baseId = 0;
};

/// Writes a file of a copy row by row, in pieces with checksums, under a name of its own; finish() gives it its real name, so a
/// program that dies while writing leaves nothing behind that counts. One thread at a time, which writes as it goes: another one would
/// take the processor from those who read. Holds 40 bytes a row, the texts of keys, a group's second plane and a piece.
class SegmentWriter
{
public:
    [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> create(const QString &path, std::size_t dimension, bool hasTextKeys);
    /// Removes the file if it was not finished.
    ~SegmentWriter();
    SegmentWriter(const SegmentWriter &) = delete;
    SegmentWriter &operator=(const SegmentWriter &) = delete;

    /// `row.key` counts if keys are numbers, `key` if they are texts.
    void add(const CodedRow &row, std::string_view key, CodePlanes codes);
    std::size_t count() const { return m_rows.size(); }
    /// `dead`: rows of the base that are gone or replaced. Errors: Io (disk full …). `info` gets the new id.
    [[nodiscard]] Result<> finish(CopyInfo &info, std::span<const std::uint64_t> dead = {});

private:
    SegmentWriter(QString path, QString temporaryPath, int file, std::size_t dimension, bool hasTextKeys);
    void append(const void *data, std::size_t size);
    void endGroup();
    void flushChunk();
    Result<> writeError() const;

    const QString m_path;
    const QString m_temporaryPath;
    int m_file;
    const std::size_t m_dimension;
    const bool m_hasTextKeys;
    std::vector<CodedRow> m_rows;
    std::vector<char> m_heap;
    std::vector<std::uint8_t> m_low; // of the group that is being written
    std::vector<char> m_chunk;
    std::vector<std::uint64_t> m_hashes;
    std::uint64_t m_written = 0;
    int m_errno = 0;
};

/// A file of a copy, mapped into memory and checked to the last byte. Immutable; any thread. Files are replaced by renaming and
/// never changed by us, so what is mapped stays as it is; should somebody else cut or overwrite it, isIntact() tells.
class CopySegment
{
public:
    enum class Trust { Nothing, JustWritten };
    /// Errors: NotFound; Corrupt (whatever is wrong with it). The checksums of what this program has just written are not
    /// computed again.
    [[nodiscard]] static Result<std::shared_ptr<const CopySegment>> open(const QString &path, Trust trust = Trust::Nothing);
    CopySegment(const CopySegment &) = delete;
    CopySegment &operator=(const CopySegment &) = delete;

    const CopyInfo &info() const { return m_info; }
    /// False: whatever was read from it since it was opened may be nonsense.
    bool isIntact() const { return m_mapped->isIntact(); }
    std::size_t count() const { return m_count; }
    std::span<const CodedRow> rows() const { return {m_rows, m_count}; }
    CodePlanes planes(std::size_t row) const { return view().planes(row); }
    CodesView view() const { return {m_rows, m_codes, m_count, m_info.dimension, strideOf(m_info.dimension), nullptr}; }
    std::string_view keyText(std::size_t row) const;
    std::span<const std::uint64_t> dead() const { return {m_dead, m_deadCount}; }
    bool isSorted() const { return m_isSorted; }
    std::size_t sizeBytes() const { return m_mapped->size(); }

private:
    CopySegment() = default;
    bool check(Trust trust);

    std::shared_ptr<const MappedFile> m_mapped;
    CopyInfo m_info;
    std::size_t m_count = 0;
    const CodedRow *m_rows = nullptr;
    const std::uint8_t *m_codes = nullptr;
    const char *m_heap = nullptr;
    std::size_t m_heapSize = 0;
    const std::uint64_t *m_dead = nullptr;
    std::size_t m_deadCount = 0;
    bool m_isSorted = false;
};

} // namespace turnstone::similarity
