// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/outputfile.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone {

namespace {

constexpr qint64 writeBackBytes = 4 * 1024 * 1024;
constexpr qint64 reservedBytes = 64 * 1024 * 1024;
constexpr qint64 nothingReservedBelow = 8 * 1024 * 1024;

struct OutputFileText
{
    Q_DECLARE_TR_FUNCTIONS(OutputFile)
};

} // namespace

OutputFile::OutputFile(QString path) : m_path(std::move(path)), m_file(m_path) {}

OutputFile::~OutputFile()
{
    if (m_streamHandle >= 0)
        ::close(m_streamHandle);
    m_file.cancelWriting();
}

Result<> OutputFile::open()
{
    const QFileInfo info(m_path);
    if (info.isDir())
        return failure(ErrorCode::Io, OutputFileText::tr("\"%1\" is a folder.").arg(m_path));
    if (info.exists() && !info.isFile()) {
        m_streamHandle = ::open(QFile::encodeName(m_path).constData(), O_WRONLY | O_CLOEXEC);
        if (m_streamHandle >= 0)
            return {};
        return failure(ErrorCode::Io, OutputFileText::tr("\"%1\" cannot be written: %2.").arg(m_path, QString::fromLocal8Bit(std::strerror(errno))));
    }
    if (!m_file.open(QIODevice::WriteOnly))
        return failure(ErrorCode::Io, OutputFileText::tr("\"%1\" cannot be written: %2.").arg(m_path, m_file.errorString()));
    m_handle = m_file.handle();
    return {};
}

Error OutputFile::writeError(int code) const
{
    if (code == ENOSPC || code == EDQUOT)
        return {ErrorCode::Io, OutputFileText::tr("\"%1\" cannot be written: the disk is full.").arg(m_path), QString::fromLocal8Bit(std::strerror(code)), -1};
    return {ErrorCode::Io, OutputFileText::tr("\"%1\" cannot be written: %2.").arg(m_path, QString::fromLocal8Bit(std::strerror(code))), {}, -1};
}

Result<> OutputFile::write(QByteArrayView bytes, qint64 offset)
{
    const qint64 end = offset + bytes.size();
    reserve(end);
    while (!bytes.isEmpty()) {
        const auto size = static_cast<std::size_t>(bytes.size());
        const ssize_t written = m_streamHandle >= 0 ? ::write(m_streamHandle, bytes.data(), size) : ::pwrite(m_handle, bytes.data(), size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return tl::unexpected(writeError(written < 0 ? errno : ENOSPC));
        offset += written;
        bytes = bytes.sliced(written);
    }
    startWriteBack(end);
    return {};
}

void OutputFile::reserve(qint64 end)
{
#ifdef __linux__
    qint64 reserved = m_reserved.load(std::memory_order_relaxed);
    if (m_handle < 0 || end <= std::max(reserved, nothingReservedBelow) || !m_reserved.compare_exchange_strong(reserved, end + reservedBytes, std::memory_order_relaxed))
        return;
    // Where it cannot be had, the writes take the space themselves, or tell that there is none.
    static_cast<void>(::fallocate(m_handle, FALLOC_FL_KEEP_SIZE, reserved, end + reservedBytes - reserved));
#else
    static_cast<void>(end);
#endif
}

void OutputFile::startWriteBack(qint64 end)
{
#ifdef __linux__
    qint64 begun = m_writeBackBegun.load(std::memory_order_relaxed);
    if (m_handle < 0 || end - begun < writeBackBytes || !m_writeBackBegun.compare_exchange_strong(begun, end, std::memory_order_relaxed))
        return;
    // Only a hint: whatever it does not do, commit() does.
    static_cast<void>(::sync_file_range(m_handle, begun, end - begun, SYNC_FILE_RANGE_WRITE));
#else
    static_cast<void>(end);
#endif
}

Result<> OutputFile::commit()
{
    if (m_streamHandle >= 0) {
        const int closed = ::close(std::exchange(m_streamHandle, -1));
        return closed == 0 ? Result<>() : Result<>(tl::unexpected(writeError(errno)));
    }
    if (struct stat facts = {}; m_reserved > 0 && (::fstat(m_handle, &facts) != 0 || ::ftruncate(m_handle, facts.st_size) != 0)) // what was too much goes back
        return tl::unexpected(writeError(errno));
    // Some file systems tell only now that there was no room.
    if (::fsync(m_handle) != 0 && errno != EINVAL)
        return tl::unexpected(writeError(errno));
    if (!m_file.commit())
        return failure(ErrorCode::Io, OutputFileText::tr("\"%1\" cannot be written: %2.").arg(m_path, m_file.errorString()));
    return {};
}

} // namespace turnstone
