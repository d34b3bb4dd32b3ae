// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/vectorcopy.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <xxhash.h>

#include <algorithm>

namespace turnstone::similarity {

namespace {

using namespace Qt::StringLiterals;

QString nameOf(const QByteArray &identity)
{
    const XXH128_hash_t hash = XXH3_128bits(identity.constData(), static_cast<std::size_t>(identity.size()));
    return u"%1%2"_s.arg(static_cast<qulonglong>(hash.high64), 16, 16, QChar(u'0')).arg(static_cast<qulonglong>(hash.low64), 16, 16, QChar(u'0'));
}

tl::unexpected<Error> tamperedError()
{
    return failure(ErrorCode::Corrupt, QCoreApplication::translate("VectorCopy", "The copy of the vectors was changed by another program and is made anew."));
}

} // namespace

QString VectorCopy::basePath(const QString &folder, const QByteArray &identity)
{
    return folder + u'/' + nameOf(identity) + u".base"_s;
}

QString VectorCopy::deltaPath(const QString &folder, const QByteArray &identity)
{
    return folder + u'/' + nameOf(identity) + u".delta"_s;
}

void VectorCopy::remove(const QString &folder, const QByteArray &identity)
{
    QFile::remove(deltaPath(folder, identity));
    QFile::remove(basePath(folder, identity));
}

std::shared_ptr<const VectorCopy> VectorCopy::compose(std::shared_ptr<const CopySegment> base, std::shared_ptr<const CopySegment> delta)
{
    std::shared_ptr<VectorCopy> copy(new VectorCopy);
    copy->m_liveCount = base->count();
    if (delta) {
        const CopyInfo &info = delta->info();
        if (info.identity != base->info().identity || info.baseId != base->info().id || info.dimension != base->info().dimension
            || info.hasTextKeys != base->info().hasTextKeys)
            return nullptr;
        if (!delta->dead().empty())
            copy->m_live.assign((base->count() + 63) / 64, ~std::uint64_t(0));
        for (const std::uint64_t row : delta->dead()) {
            if (row >= base->count())
                return nullptr;
            copy->m_live[row / 64] &= ~(std::uint64_t(1) << (row % 64));
        }
        copy->m_liveCount += delta->count() - delta->dead().size();
    }
    copy->m_base = std::move(base);
    copy->m_delta = std::move(delta);
    return copy;
}

std::shared_ptr<const VectorCopy> VectorCopy::open(const QString &folder, const QByteArray &identity)
{
    auto base = CopySegment::open(basePath(folder, identity));
    if (!base || (*base)->info().identity != identity || !(*base)->dead().empty()) {
        if (base || base.error().code == ErrorCode::Corrupt)
            remove(folder, identity);
        return nullptr;
    }
    auto delta = CopySegment::open(deltaPath(folder, identity));
    if (delta) {
        if (auto copy = compose(*base, *delta))
            return copy;
    }
    // Damaged, or of another base: a program died between renaming the one and removing the other.
    if (delta || delta.error().code == ErrorCode::Corrupt)
        QFile::remove(deltaPath(folder, identity));
    return compose(std::move(*base), nullptr);
}

std::vector<CodesView> VectorCopy::views() const
{
    std::vector<CodesView> views{m_base->view()};
    if (!m_live.empty())
        views.front().live = m_live.data();
    if (m_delta)
        views.push_back(m_delta->view());
    return views;
}

bool VectorCopy::isLive(std::size_t row) const
{
    return row >= m_base->count() || m_live.empty() || ((m_live[row / 64] >> (row % 64)) & 1) != 0;
}

std::optional<std::int64_t> VectorCopy::lastNumber() const
{
    std::optional<std::int64_t> last;
    for (const CopySegment *segment : {m_base.get(), m_delta.get()}) {
        if (segment == nullptr || segment->count() == 0)
            continue;
        if (!segment->isSorted())
            return std::nullopt;
        const std::int64_t own = segment->rows().back().key;
        last = std::max(last.value_or(own), own);
    }
    return last;
}

const CodedRow &VectorCopy::row(std::size_t row) const
{
    return row < m_base->count() ? m_base->rows()[row] : m_delta->rows()[row - m_base->count()];
}

std::string_view VectorCopy::keyText(std::size_t row) const
{
    return row < m_base->count() ? m_base->keyText(row) : m_delta->keyText(row - m_base->count());
}

CodePlanes VectorCopy::planes(std::size_t row) const
{
    return row < m_base->count() ? m_base->planes(row) : m_delta->planes(row - m_base->count());
}

CopyUpdate::CopyUpdate(QString folder, QByteArray identity, std::shared_ptr<const VectorCopy> old, std::size_t dimension, bool hasTextKeys)
    : m_folder(std::move(folder)), m_identity(std::move(identity)), m_old(std::move(old)), m_dimension(dimension), m_hasTextKeys(hasTextKeys)
{
    if (m_old && (m_old->dimension() != dimension || m_old->info().hasTextKeys != hasTextKeys))
        m_old.reset();
    if (!m_old)
        return;
    m_seen.resize(m_old->rowCount());
    if (hasTextKeys || !m_old->m_base->isSorted())
        index(*m_old->m_base, 0);
    if (m_old->m_delta && (hasTextKeys || !m_old->m_delta->isSorted()))
        index(*m_old->m_delta, m_old->m_base->count());
}

void CopyUpdate::index(const CopySegment &segment, std::size_t firstRow)
{
    for (std::size_t row = 0; row < segment.count(); ++row) {
        if (!m_old->isLive(firstRow + row))
            continue;
        if (m_hasTextKeys)
            m_texts.emplace(segment.keyText(row), firstRow + row);
        else
            m_numbers.emplace(segment.rows()[row].key, firstRow + row);
    }
}

/// Rows mostly come in the order of the file: then the cursor is there already.
std::optional<std::size_t> CopyUpdate::findSorted(const CopySegment &segment, std::size_t &cursor, std::int64_t key)
{
    const auto rows = segment.rows();
    if (cursor >= rows.size() || rows[cursor].key != key) {
        const auto found = std::lower_bound(rows.begin(), rows.end(), key, [](const CodedRow &row, std::int64_t wanted) { return row.key < wanted; });
        cursor = static_cast<std::size_t>(found - rows.begin());
    }
    if (cursor >= rows.size() || rows[cursor].key != key)
        return std::nullopt;
    return cursor++;
}

std::optional<std::size_t> CopyUpdate::find(std::int64_t key, std::string_view keyText, Cursor &cursor) const
{
    if (m_hasTextKeys) {
        const auto found = m_texts.find(keyText);
        return found == m_texts.end() ? std::nullopt : std::optional(found->second);
    }
    if (const auto found = m_numbers.find(key); found != m_numbers.end())
        return found->second;
    if (m_old->m_delta && m_old->m_delta->isSorted()) {
        if (const auto row = findSorted(*m_old->m_delta, cursor.delta, key))
            return m_old->m_base->count() + *row;
    }
    if (!m_old->m_base->isSorted())
        return std::nullopt;
    const auto row = findSorted(*m_old->m_base, cursor.base, key);
    return row && m_old->isLive(*row) ? row : std::nullopt;
}

bool CopyUpdate::isKnown(std::int64_t key, std::string_view keyText, std::uint64_t hash, Cursor &cursor)
{
    if (!m_old)
        return false;
    const auto row = find(key, keyText, cursor);
    if (!row || m_old->row(*row).hash != hash)
        return false;
    m_seen[*row] = 1;
    return true;
}

Result<SegmentWriter *> CopyUpdate::writer()
{
    if (!m_writer) {
        QDir().mkpath(m_folder);
        auto created = SegmentWriter::create(m_old ? VectorCopy::deltaPath(m_folder, m_identity) : VectorCopy::basePath(m_folder, m_identity), m_dimension, m_hasTextKeys);
        if (!created)
            return failure(created);
        m_writer = std::move(*created);
    }
    return m_writer.get();
}

Result<> CopyUpdate::add(const CodedRow &row, std::string_view keyText, CodePlanes codes)
{
    const auto into = writer();
    if (!into)
        return failure(into);
    (*into)->add(row, keyText, codes);
    ++m_added;
    return {};
}

Result<std::shared_ptr<const VectorCopy>> CopyUpdate::finish(const CopyCounts &counts, const QByteArray &stamp)
{
    CopyInfo info;
    info.identity = m_identity;
    info.stamp = stamp;
    info.counts = counts;
    if (!m_old)
        return finishWhole(info);
    std::size_t kept = 0;
    for (std::size_t row = 0; row < m_seen.size(); ++row) {
        kept += m_seen[row];
        info.counts.zero += m_seen[row] != 0 && !(m_old->row(row).norm > 0) ? 1 : 0;
    }
    m_gone = m_old->liveCount() - kept;
    if (!m_old->isIntact())
        return tamperedError();
    const std::size_t base = m_old->m_base->count();
    std::size_t keptOfBase = 0;
    for (std::size_t row = 0; row < base; ++row)
        keptOfBase += m_seen[row];
    const std::size_t changed = m_added + (kept - keptOfBase) + (base - keptOfBase);
    return changed * 4 > base ? finishWhole(info) : finishDelta(info);
}

/// Old rows that are still there and new ones, numbers in order.
void CopyUpdate::mergeInto(SegmentWriter &all, const CopySegment *fresh) const
{
    const std::size_t oldRows = m_old->rowCount();
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t row = 0; row < oldRows; ++row) {
        if (m_seen[row] != 0)
            order.emplace_back(m_old->row(row).key, row);
    }
    for (std::size_t row = 0; fresh != nullptr && row < fresh->count(); ++row)
        order.emplace_back(fresh->rows()[row].key, oldRows + row);
    if (!m_hasTextKeys)
        std::sort(order.begin(), order.end());
    for (const auto &[key, row] : order) {
        const bool isOld = row < oldRows;
        const std::size_t own = isOld ? row : row - oldRows;
        const std::string_view text = !m_hasTextKeys ? std::string_view() : isOld ? m_old->keyText(own) : fresh->keyText(own);
        all.add(isOld ? m_old->row(own) : fresh->rows()[own], text, isOld ? m_old->planes(own) : fresh->planes(own));
    }
}

Result<std::shared_ptr<const VectorCopy>> CopyUpdate::finishWhole(CopyInfo info)
{
    const QString path = VectorCopy::basePath(m_folder, m_identity);
    if (!m_old) { // the rows went straight where they belong
        if (const auto into = writer(); !into)
            return failure(into);
        if (const Result<> done = m_writer->finish(info); !done)
            return failure(done);
    } else {
        std::shared_ptr<const CopySegment> fresh;
        auto whole = SegmentWriter::create(path, m_dimension, m_hasTextKeys);
        if (!whole)
            return failure(whole);
        if (m_writer) {
            CopyInfo temporary = info;
            if (const Result<> done = m_writer->finish(temporary); !done)
                return failure(done);
            // It was written as a delta; as such it belongs to no base, and is only read from here.
            auto opened = CopySegment::open(VectorCopy::deltaPath(m_folder, m_identity), CopySegment::Trust::JustWritten);
            if (!opened)
                return failure(opened);
            fresh = std::move(*opened);
        }
        mergeInto(**whole, fresh.get());
        if (!m_old->isIntact())
            return tamperedError();
        if (const Result<> done = (*whole)->finish(info); !done)
            return failure(done);
    }
    QFile::remove(VectorCopy::deltaPath(m_folder, m_identity));
    m_writer.reset();
    auto base = CopySegment::open(path, CopySegment::Trust::JustWritten);
    if (!base)
        return failure(base);
    return VectorCopy::compose(std::move(*base), nullptr);
}

Result<std::shared_ptr<const VectorCopy>> CopyUpdate::finishDelta(CopyInfo info)
{
    const auto into = writer();
    if (!into)
        return failure(into);
    const std::size_t base = m_old->m_base->count();
    // Rows of the old delta that are still there go along.
    for (std::size_t row = base; row < m_old->rowCount(); ++row) {
        if (m_seen[row] != 0)
            m_writer->add(m_old->row(row), m_hasTextKeys ? m_old->keyText(row) : std::string_view(), m_old->planes(row));
    }
    if (!m_old->isIntact())
        return tamperedError();
    std::vector<std::uint64_t> dead;
    for (std::size_t row = 0; row < base; ++row) {
        if (m_seen[row] == 0)
            dead.push_back(row);
    }
    info.baseId = m_old->m_base->info().id;
    if (const Result<> done = m_writer->finish(info, dead); !done)
        return failure(done);
    m_writer.reset();
    auto delta = CopySegment::open(VectorCopy::deltaPath(m_folder, m_identity), CopySegment::Trust::JustWritten);
    if (!delta)
        return failure(delta);
    return VectorCopy::compose(m_old->m_base, std::move(*delta));
}

} // namespace turnstone::similarity
