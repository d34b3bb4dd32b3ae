// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/copysegment.h"

#include "models/similarity/bytehash.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include <fcntl.h>
#include <unistd.h>

namespace turnstone::similarity {

namespace {

struct CopyText
{
    Q_DECLARE_TR_FUNCTIONS(VectorCopy)
};

constexpr char magic[8] = {'T', 'S', 'V', 'E', 'C', '0', '0', '2'};
constexpr std::uint32_t byteOrderMark = 0x01020304;
constexpr std::size_t headerBytes = 4096;
constexpr std::size_t chunkBytes = 1 << 18; // stays in the second cache while it is filled, hashed and written
constexpr std::size_t longestText = 1500; // identity and stamp share the header's page

/// The first page. Behind it, without gaps: codes in groups (see CodesView), rows, texts of keys (padded to 8), dead rows, checksums of the chunks of all
/// that. In the byte order of the machine, which the mark tells.
struct Header
{
    char magic[8];
    std::uint32_t byteOrder;
    std::uint32_t hasTextKeys;
    std::uint64_t id;
    std::uint64_t baseId;
    std::uint64_t dimension;
    std::uint64_t count;
    std::uint64_t heapBytes;
    std::uint64_t deadCount;
    CopyCounts counts;
    std::uint64_t chunksHash;
    std::uint32_t identityBytes;
    std::uint32_t stampBytes;
    char texts[2 * longestText];
    std::uint64_t headerHash; // of everything before it
};
static_assert(sizeof(Header) <= headerBytes);

std::uint64_t newId()
{
    std::random_device random;
    std::uint64_t id = 0;
    while (id == 0)
        id = (static_cast<std::uint64_t>(random()) << 32) | random();
    return id;
}

std::size_t padded(std::size_t size)
{
    return (size + 7) / 8 * 8;
}

} // namespace

SegmentWriter::SegmentWriter(QString path, QString temporaryPath, int file, std::size_t dimension, bool hasTextKeys)
    : m_path(std::move(path)), m_temporaryPath(std::move(temporaryPath)), m_file(file), m_dimension(dimension), m_hasTextKeys(hasTextKeys)
{
    m_chunk.reserve(chunkBytes);
}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(const QString &path, std::size_t dimension, bool hasTextKeys)
{
    QByteArray name = QFile::encodeName(path) + ".XXXXXX";
    const int file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) {
        return failure(ErrorCode::Io, CopyText::tr("The copy of the vectors cannot be written in the cache folder. Searching works without it, only slower."),
                       QString::fromLocal8Bit(std::strerror(errno)));
    }
    return std::unique_ptr<SegmentWriter>(new SegmentWriter(path, QFile::decodeName(name), file, dimension, hasTextKeys));
}

SegmentWriter::~SegmentWriter()
{
    if (m_file >= 0) {
        ::close(m_file);
        ::unlink(QFile::encodeName(m_temporaryPath).constData());
    }
}

void SegmentWriter::append(const void *data, std::size_t size)
{
    const char *bytes = static_cast<const char *>(data);
    while (size > 0) {
        const std::size_t part = std::min(size, chunkBytes - m_chunk.size());
        m_chunk.insert(m_chunk.end(), bytes, bytes + part);
        bytes += part;
        size -= part;
        if (m_chunk.size() == chunkBytes)
            flushChunk();
    }
}

void SegmentWriter::flushChunk()
{
    m_hashes.push_back(byteHash(m_chunk.data(), m_chunk.size()));
    std::size_t done = 0;
    while (done < m_chunk.size() && m_errno == 0) {
        const ssize_t written = ::pwrite(m_file, m_chunk.data() + done, m_chunk.size() - done, static_cast<off_t>(headerBytes + m_written + done));
        if (written < 0 && errno != EINTR)
            m_errno = errno;
        else if (written > 0)
            done += static_cast<std::size_t>(written);
    }
    m_written += m_chunk.size();
    m_chunk.clear();
}

/// The second plane of the rows whose first one was written.
void SegmentWriter::endGroup()
{
    append(m_low.data(), m_low.size());
    m_low.clear();
}

void SegmentWriter::add(const CodedRow &row, std::string_view key, CodePlanes codes)
{
    const std::size_t half = strideOf(m_dimension) / 2;
    append(codes.high, half);
    m_low.insert(m_low.end(), codes.low, codes.low + half);
    if (m_low.size() == groupRows * half)
        endGroup();
    CodedRow &kept = m_rows.emplace_back(row);
    if (!m_hasTextKeys)
        return;
    kept.key = static_cast<std::int64_t>(m_heap.size());
    const std::uint32_t size = static_cast<std::uint32_t>(key.size());
    const char *bytes = reinterpret_cast<const char *>(&size);
    m_heap.insert(m_heap.end(), bytes, bytes + sizeof size);
    m_heap.insert(m_heap.end(), key.begin(), key.end());
}

Result<> SegmentWriter::writeError() const
{
    return failure(ErrorCode::Io, CopyText::tr("The copy of the vectors cannot be written. Searching works without it, only slower."),
                   QString::fromLocal8Bit(std::strerror(m_errno)));
}

Result<> SegmentWriter::finish(CopyInfo &info, std::span<const std::uint64_t> dead)
{
    endGroup();
    append(m_rows.data(), m_rows.size() * sizeof(CodedRow));
    m_heap.resize(padded(m_heap.size()));
    append(m_heap.data(), m_heap.size());
    append(dead.data(), dead.size_bytes());
    if (!m_chunk.empty())
        flushChunk();
    info.id = newId();
    info.dimension = m_dimension;
    info.hasTextKeys = m_hasTextKeys;
    Header header;
    std::memset(static_cast<void *>(&header), 0, sizeof header);
    std::memcpy(header.magic, magic, sizeof magic);
    header.byteOrder = byteOrderMark;
    header.hasTextKeys = m_hasTextKeys ? 1 : 0;
    header.id = info.id;
    header.baseId = info.baseId;
    header.dimension = m_dimension;
    header.count = m_rows.size();
    header.heapBytes = m_heap.size();
    header.deadCount = dead.size();
    header.counts = info.counts;
    header.identityBytes = static_cast<std::uint32_t>(std::min<qsizetype>(info.identity.size(), longestText));
    header.stampBytes = info.stamp.size() > static_cast<qsizetype>(longestText) ? 0 : static_cast<std::uint32_t>(info.stamp.size());
    std::memcpy(header.texts, info.identity.constData(), header.identityBytes);
    std::memcpy(header.texts + longestText, info.stamp.constData(), header.stampBytes);
    header.chunksHash = byteHash(m_hashes.data(), m_hashes.size() * sizeof(std::uint64_t));
    header.headerHash = byteHash(&header, offsetof(Header, headerHash));
    std::vector<char> page(headerBytes);
    std::memcpy(page.data(), &header, sizeof header);
    const std::size_t tail = m_hashes.size() * sizeof(std::uint64_t);
    if (m_errno == 0 && ::pwrite(m_file, m_hashes.data(), tail, static_cast<off_t>(headerBytes + m_written)) != static_cast<ssize_t>(tail))
        m_errno = errno;
    if (m_errno == 0 && ::pwrite(m_file, page.data(), page.size(), 0) != static_cast<ssize_t>(page.size()))
        m_errno = errno;
    if (m_errno == 0 && ::rename(QFile::encodeName(m_temporaryPath).constData(), QFile::encodeName(m_path).constData()) != 0)
        m_errno = errno;
    if (m_errno != 0)
        return writeError();
    ::close(m_file);
    m_file = -1;
    return {};
}

Result<std::shared_ptr<const CopySegment>> CopySegment::open(const QString &path, Trust trust)
{
    if (!QFile::exists(path))
        return failure(ErrorCode::NotFound, CopyText::tr("There is no copy of these vectors yet."), path);
    std::shared_ptr<CopySegment> segment(new CopySegment);
    segment->m_mapped = MappedFile::open(path);
    if (!segment->m_mapped || segment->m_mapped->size() < headerBytes || !segment->check(trust) || !segment->isIntact())
        return failure(ErrorCode::Corrupt, CopyText::tr("The copy of the vectors is damaged and is made anew."), path);
    return std::shared_ptr<const CopySegment>(std::move(segment));
}

/// Nothing of the file is believed before the checksums are.
bool CopySegment::check(Trust trust)
{
    Header header;
    std::memcpy(static_cast<void *>(&header), m_mapped->data(), sizeof header);
    if (std::memcmp(header.magic, magic, sizeof magic) != 0 || header.byteOrder != byteOrderMark
        || header.headerHash != byteHash(&header, offsetof(Header, headerHash)))
        return false;
    constexpr std::uint64_t sane = std::uint64_t(1) << 40;
    if (header.dimension == 0 || header.dimension > (1U << 24) || header.count > sane || header.heapBytes > sane || header.deadCount > sane
        || header.identityBytes > longestText || header.stampBytes > longestText)
        return false;
    const std::uint64_t stride = strideOf(header.dimension);
    const std::uint64_t body = header.count * (stride + sizeof(CodedRow)) + header.heapBytes + header.deadCount * 8;
    const std::uint64_t chunks = (body + chunkBytes - 1) / chunkBytes;
    if (m_mapped->size() != headerBytes + body + chunks * 8)
        return false;
    const char *start = m_mapped->data() + headerBytes;
    if (header.chunksHash != byteHash(start + body, chunks * 8))
        return false;
    for (std::uint64_t i = 0; i < chunks && trust == Trust::Nothing; ++i) {
        std::uint64_t expected;
        std::memcpy(&expected, start + body + i * 8, sizeof expected);
        if (expected != byteHash(start + i * chunkBytes, std::min<std::uint64_t>(chunkBytes, body - i * chunkBytes)))
            return false;
    }
    m_count = header.count;
    m_codes = reinterpret_cast<const std::uint8_t *>(start);
    m_rows = reinterpret_cast<const CodedRow *>(start + m_count * stride);
    m_heap = reinterpret_cast<const char *>(m_rows + m_count);
    m_heapSize = header.heapBytes;
    m_dead = reinterpret_cast<const std::uint64_t *>(m_heap + m_heapSize);
    m_deadCount = header.deadCount;
    m_info.identity = QByteArray(header.texts, header.identityBytes);
    m_info.stamp = QByteArray(header.texts + longestText, header.stampBytes);
    m_info.dimension = header.dimension;
    m_info.hasTextKeys = header.hasTextKeys != 0;
    m_info.counts = header.counts;
    m_info.id = header.id;
    m_info.baseId = header.baseId;
    m_isSorted = !m_info.hasTextKeys && std::is_sorted(m_rows, m_rows + m_count, [](const CodedRow &a, const CodedRow &b) { return a.key < b.key; });
    return true;
}

std::string_view CopySegment::keyText(std::size_t row) const
{
    const auto offset = static_cast<std::uint64_t>(m_rows[row].key);
    std::uint32_t size = 0;
    if (offset + sizeof size > m_heapSize)
        return {};
    std::memcpy(&size, m_heap + offset, sizeof size);
    if (offset + sizeof size + size > m_heapSize)
        return {};
    return {m_heap + offset + sizeof size, size};
}

} // namespace turnstone::similarity
