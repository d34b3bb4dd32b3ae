// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/copysegment.h"

#include <optional>
#include <unordered_map>

namespace turnstone::similarity {

/// The quantised copy of one column of vectors as it was at one moment: a big file, and beside it a small one with what was
/// added, changed and deleted since. Immutable; any thread. Rows are numbered through both files.
class VectorCopy
{
public:
    /// A copy in `folder`, or none: missing, damaged, of something else. What is damaged is removed.
    static std::shared_ptr<const VectorCopy> open(const QString &folder, const QByteArray &identity);
    static void remove(const QString &folder, const QByteArray &identity);
    /// The files of a copy, for tests and for counting bytes.
    static QString basePath(const QString &folder, const QByteArray &identity);
    static QString deltaPath(const QString &folder, const QByteArray &identity);

    const CopyInfo &info() const { return m_delta ? m_delta->info() : m_base->info(); }
    std::size_t dimension() const { return m_base->info().dimension; }
    /// Vectors that can be searched.
    std::size_t liveCount() const { return m_liveCount; }
    std::size_t rowCount() const { return m_base->count() + (m_delta ? m_delta->count() : 0); }
    std::size_t sizeBytes() const { return m_base->sizeBytes() + (m_delta ? m_delta->sizeBytes() : 0); }
    /// To be scanned in this order.
    std::vector<CodesView> views() const;
    /// Whether nobody has cut or overwritten the files since they were opened. Asked after reading: no means that what was
    /// computed from the copy is void.
    bool isIntact() const { return m_base->isIntact() && (!m_delta || m_delta->isIntact()); }
    bool isLive(std::size_t row) const;
    /// The largest key; nothing if keys are texts or not in order.
    std::optional<std::int64_t> lastNumber() const;
    const CodedRow &row(std::size_t row) const;
    std::string_view keyText(std::size_t row) const;
    CodePlanes planes(std::size_t row) const;

private:
    friend class CopyUpdate;
    VectorCopy() = default;
    /// Null if they do not go together.
    static std::shared_ptr<const VectorCopy> compose(std::shared_ptr<const CopySegment> base, std::shared_ptr<const CopySegment> delta);

    std::shared_ptr<const CopySegment> m_base;
    std::shared_ptr<const CopySegment> m_delta;
    std::vector<std::uint64_t> m_live; // of the base; empty: all
    std::size_t m_liveCount = 0;
};

/// Brings a copy up to date while the column is read: the caller offers every row, and quantises those that are new or have
/// changed. Nothing is visible before finish().
class CopyUpdate
{
public:
    /// `old` may be null. Rows come by ascending number best, else they are looked up.
    CopyUpdate(QString folder, QByteArray identity, std::shared_ptr<const VectorCopy> old, std::size_t dimension, bool hasTextKeys);

    /// Where one thread has last found a row: the next one is likely to lie behind it.
    struct Cursor
    {
        std::size_t base = 0;
        std::size_t delta = 0;
    };
    /// Whether the copy has this row with this hash, so that nothing need be done for it. Each row is offered once, by any thread.
    bool isKnown(std::int64_t key, std::string_view keyText, std::uint64_t hash, Cursor &cursor);
    /// A row that is not known; by ascending number best. One thread at a time.
    [[nodiscard]] Result<> add(const CodedRow &row, std::string_view keyText, CodePlanes codes);

    /// After every row was offered: rows that were not are gone. `counts` are those of the rows that were added. Writes as little as
    /// can be: nothing but the stamp if nothing changed, else what changed, else everything when that is more than a quarter.
    /// Errors: Io; Corrupt (the old copy was tampered with meanwhile).
    [[nodiscard]] Result<std::shared_ptr<const VectorCopy>> finish(const CopyCounts &counts, const QByteArray &stamp);

    std::size_t added() const { return m_added; }
    std::size_t gone() const { return m_gone; }

private:
    std::optional<std::size_t> find(std::int64_t key, std::string_view keyText, Cursor &cursor) const;
    static std::optional<std::size_t> findSorted(const CopySegment &segment, std::size_t &cursor, std::int64_t key);
    void index(const CopySegment &segment, std::size_t firstRow);
    Result<SegmentWriter *> writer();
    void mergeInto(SegmentWriter &all, const CopySegment *fresh) const;
    Result<std::shared_ptr<const VectorCopy>> finishWhole(CopyInfo info);
    Result<std::shared_ptr<const VectorCopy>> finishDelta(CopyInfo info);

    const QString m_folder;
    const QByteArray m_identity;
    std::shared_ptr<const VectorCopy> m_old;
    const std::size_t m_dimension;
    const bool m_hasTextKeys;
    std::vector<std::uint8_t> m_seen; // rows of the old copy; bytes, which threads may write side by side
    std::unordered_map<std::string_view, std::size_t> m_texts;
    std::unordered_map<std::int64_t, std::size_t> m_numbers; // of files whose keys are not sorted
    std::unique_ptr<SegmentWriter> m_writer;
    std::size_t m_added = 0;
    std::size_t m_gone = 0;
};

} // namespace turnstone::similarity
