// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/xlsxcheck.h"

#include <QByteArray>
#include <QFile>
#include <QtEndian>

#include <algorithm>
#include <array>

#include <zlib.h>

namespace turnstone {

namespace {

// The pieces of a ZIP archive that matter here (APPNOTE.TXT of PKWARE, 4.3 and 4.5.3).
constexpr qint64 endBytes = 22;
constexpr qint64 locatorBytes = 20;
constexpr qint64 entryBytes = 46;
constexpr qint64 headerBytes = 30;
constexpr quint16 deflated = 8;
constexpr quint32 inZip64 = 0xFFFFFFFF;
constexpr qsizetype chunkBytes = 256 * 1024;

struct Entry
{
    QByteArray name;
    quint64 packed = 0;
    quint64 unpacked = 0;
    quint64 place = 0;
    quint32 checksum = 0;
    quint16 method = 0;
};

template<typename Number>
Number at(const QByteArray &bytes, qint64 place)
{
    return place + static_cast<qint64>(sizeof(Number)) <= bytes.size() ? qFromLittleEndian<Number>(bytes.constData() + place) : Number(0);
}

QByteArray readAt(QFile &file, qint64 place, qint64 size)
{
    return place >= 0 && file.seek(place) ? file.read(size) : QByteArray();
}

/// Where the list of entries is.
bool findDirectory(QFile &file, quint64 &place, quint64 &size)
{
    const QByteArray end = readAt(file, file.size() - endBytes, endBytes);
    if (!end.startsWith("PK\x05\x06"))
        return false;
    size = at<quint32>(end, 12);
    place = at<quint32>(end, 16);
    if (place != inZip64 && size != inZip64)
        return true;
    const QByteArray locator = readAt(file, file.size() - endBytes - locatorBytes, locatorBytes);
    const QByteArray end64 = readAt(file, static_cast<qint64>(at<quint64>(locator, 8)), 56);
    if (!end64.startsWith("PK\x06\x06"))
        return false;
    size = at<quint64>(end64, 40);
    place = at<quint64>(end64, 48);
    return true;
}

/// Sizes that do not fit 32 bits stand in the extra field, in this order, those that are needed.
void readZip64(const QByteArray &extra, Entry &entry)
{
    for (qint64 place = 0; place + 4 <= extra.size(); place += 4 + at<quint16>(extra, place + 2)) {
        if (at<quint16>(extra, place) != 1)
            continue;
        qint64 value = place + 4;
        for (quint64 *number : {&entry.unpacked, &entry.packed, &entry.place}) {
            if (*number == inZip64) {
                *number = at<quint64>(extra, value);
                value += 8;
            }
        }
        return;
    }
}

/// Counts the rows of a sheet; -1 if it is not whole.
std::int64_t countRows(QFile &file, const Entry &entry)
{
    const QByteArray header = readAt(file, static_cast<qint64>(entry.place), headerBytes);
    if (!header.startsWith("PK\x03\x04") || entry.method != deflated)
        return -1;
    if (!file.seek(static_cast<qint64>(entry.place) + headerBytes + at<quint16>(header, 26) + at<quint16>(header, 28)))
        return -1;
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return -1;
    struct End
    {
        z_stream &stream;
        ~End() { inflateEnd(&stream); }
    } const atTheEnd{stream};
    static const QByteArray mark("<row ");
    QByteArray out(chunkBytes, '\0');
    QByteArray tail;
    quint64 left = entry.packed;
    uLong checksum = crc32(0, nullptr, 0);
    std::int64_t rows = 0;
    int status = Z_OK;
    while (status == Z_OK && left > 0) {
        QByteArray in = file.read(static_cast<qint64>(std::min<quint64>(left, chunkBytes)));
        if (in.isEmpty())
            return -1;
        left -= static_cast<quint64>(in.size());
        stream.next_in = reinterpret_cast<Bytef *>(in.data());
        stream.avail_in = static_cast<uInt>(in.size());
        do {
            stream.next_out = reinterpret_cast<Bytef *>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            status = inflate(&stream, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                return -1;
            const qsizetype got = out.size() - static_cast<qsizetype>(stream.avail_out);
            checksum = crc32(checksum, reinterpret_cast<const Bytef *>(out.constData()), static_cast<uInt>(got));
            tail += out.left(got);
            rows += tail.count(mark);
            tail = tail.right(mark.size() - 1);
            if (status == Z_BUF_ERROR)
                status = Z_OK;
        } while (stream.avail_out == 0 && status == Z_OK);
    }
    const bool isWhole = status == Z_STREAM_END && checksum == entry.checksum && stream.total_out == entry.unpacked;
    return isWhole ? rows : -1;
}

} // namespace

bool isWholeWorkbook(const QString &path, std::int64_t rows)
{
    QFile file(path);
    quint64 place = 0;
    quint64 size = 0;
    if (!file.open(QIODevice::ReadOnly) || !findDirectory(file, place, size))
        return false;
    const QByteArray directory = readAt(file, static_cast<qint64>(place), static_cast<qint64>(size));
    std::int64_t found = 0;
    std::int64_t sheets = 0;
    for (qint64 offset = 0; offset + entryBytes <= directory.size();) {
        if (!directory.sliced(offset).startsWith("PK\x01\x02"))
            return false;
        Entry entry;
        entry.method = at<quint16>(directory, offset + 10);
        entry.checksum = at<quint32>(directory, offset + 16);
        entry.packed = at<quint32>(directory, offset + 20);
        entry.unpacked = at<quint32>(directory, offset + 24);
        const qint64 nameBytes = at<quint16>(directory, offset + 28);
        const qint64 extraBytes = at<quint16>(directory, offset + 30);
        entry.place = at<quint32>(directory, offset + 42);
        entry.name = directory.mid(offset + entryBytes, nameBytes);
        readZip64(directory.mid(offset + entryBytes + nameBytes, extraBytes), entry);
        offset += entryBytes + nameBytes + extraBytes + at<quint16>(directory, offset + 32);
        if (!entry.name.startsWith("xl/worksheets/sheet"))
            continue;
        const std::int64_t counted = countRows(file, entry);
        if (counted < 1)
            return false;
        found += counted - 1; // the names
        ++sheets;
    }
    return sheets > 0 && found == rows;
}

} // namespace turnstone
