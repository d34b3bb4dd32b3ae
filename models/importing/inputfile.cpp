// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/inputfile.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cstring>

namespace turnstone {

namespace {

struct InputFileText
{
    Q_DECLARE_TR_FUNCTIONS(InputFile)
};

constexpr qsizetype chunkBytes = 512 * 1024;
/// A row has to fit; SQLite and PostgreSQL take no value beyond a gigabyte.
constexpr qsizetype maxBytes = qsizetype(2) * 1024 * 1024 * 1024;

qint64 characters(const char *from, const char *to)
{
    return std::count_if(from, to, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

} // namespace

Result<std::unique_ptr<InputFile>> InputFile::open(const QString &path)
{
    std::unique_ptr<InputFile> file(new InputFile(path));
    const QFileInfo info(path);
    if (!info.exists())
        return failure(ErrorCode::NotFound, InputFileText::tr("There is no file \"%1\".").arg(path));
    if (info.isDir())
        return failure(ErrorCode::Io, InputFileText::tr("\"%1\" is a folder.").arg(path));
    if (!file->m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, InputFileText::tr("\"%1\" cannot be read: %2.").arg(path, file->m_file.errorString()));
    file->m_total = info.size();
    if (const Result<> read = file->more(); !read)
        return failure(read);
    const QByteArrayView start(file->begin(), std::min<qsizetype>(4, file->end() - file->begin()));
    if (start.startsWith("\xEF\xBB\xBF"))
        file->take(file->begin() + 3, 0);
    file->m_column = 0;
    if (start.startsWith("\xFF\xFE") || start.startsWith("\xFE\xFF"))
        return failure(ErrorCode::Syntax, InputFileText::tr("\"%1\", line 1, column 1: the file is UTF-16; save it as UTF-8.").arg(path));
    return file;
}

Result<> InputFile::more()
{
    if (m_atEnd)
        return {};
    if (m_start > 0) {
        std::memmove(m_data.get(), m_data.get() + m_start, static_cast<std::size_t>(m_size - m_start));
        m_size -= m_start;
        m_start = 0;
    }
    const qsizetype wanted = std::max(chunkBytes, m_size); // doubles where one row is long
    if (m_size + wanted > maxBytes)
        return failure(ErrorCode::Unsupported, InputFileText::tr("\"%1\", line %2: one row is longer than two gigabytes.").arg(path()).arg(m_line));
    if (m_size + wanted > m_capacity) {
        std::unique_ptr<char[]> bigger(new char[static_cast<std::size_t>(m_size + wanted)]);
        if (m_size > 0)
            std::memcpy(bigger.get(), m_data.get(), static_cast<std::size_t>(m_size));
        m_data = std::move(bigger);
        m_capacity = m_size + wanted;
    }
    const qint64 got = m_file.read(m_data.get() + m_size, wanted);
    if (got < 0)
        return failure(ErrorCode::Io, InputFileText::tr("\"%1\" cannot be read: %2.").arg(path(), m_file.errorString()));
    m_atEnd = got == 0;
    m_size += got;
    return {};
}

void InputFile::take(const char *to, qint64 breaks)
{
    if (breaks == 0) {
        m_column += characters(begin(), to);
    } else {
        const char *p = to;
        while (p > begin() && p[-1] != m_break)
            --p;
        m_column = characters(p, to);
    }
    m_line += breaks;
    m_taken += to - begin();
    m_start = to - m_data.get();
}

std::pair<qint64, qint64> InputFile::placeOf(const char *at) const
{
    const qint64 breaks = std::count(begin(), at, m_break);
    if (breaks == 0)
        return {m_line, m_column + characters(begin(), at) + 1};
    const char *p = at;
    while (p[-1] != m_break)
        --p;
    return {m_line + breaks, characters(p, at) + 1};
}

} // namespace turnstone
