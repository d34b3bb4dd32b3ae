// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqlitefile.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QtEndian>

#include <array>
#include <cmath>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace turnstone {

namespace {

struct SqliteFileText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteFile)
};

/// Encrypted pages look like noise: every byte value about equally frequent (SQLCipher encrypts
/// the header too, so there is no better sign). Text and other formats stay well below.
bool looksEncrypted(const QByteArray &start, qint64 size)
{
    if (size < 512 || size % 512 != 0 || start.size() < 512)
        return false;
    std::array<int, 256> counts{};
    for (const char c : start)
        ++counts[static_cast<unsigned char>(c)];
    double entropy = 0;
    for (const int count : counts) {
        if (count > 0) {
            const double p = static_cast<double>(count) / static_cast<double>(start.size());
            entropy -= p * std::log2(p);
        }
    }
    return entropy > 7.4;
}

} // namespace

Result<SqliteFileFacts> inspectSqliteFile(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists() && !info.isSymLink())
        return failure(ErrorCode::NotFound, SqliteFileText::tr("There is no file \"%1\".").arg(path));
    if (!info.exists())
        return failure(ErrorCode::NotFound, SqliteFileText::tr("\"%1\" is a link to a file that is not there.").arg(path));
    if (info.isDir())
        return failure(ErrorCode::NotADatabase, SqliteFileText::tr("\"%1\" is a folder, not a database file.").arg(path));
    if (!info.isFile())
        return failure(ErrorCode::NotADatabase, SqliteFileText::tr("\"%1\" is a device or a pipe, not a database file.").arg(path));
    if (::access(QFile::encodeName(path).constData(), R_OK) != 0)
        return failure(ErrorCode::Permission, SqliteFileText::tr("There is no permission to read \"%1\".").arg(path));
    SqliteFileFacts facts;
    facts.sizeBytes = info.size();
    facts.hasWal = QFileInfo(path + QLatin1String("-wal")).size() > 0;
    facts.hasWalFiles = QFileInfo::exists(path + QLatin1String("-wal")) || QFileInfo::exists(path + QLatin1String("-shm"));
    facts.folderIsWritable = ::access(QFile::encodeName(info.absolutePath()).constData(), W_OK) == 0;
    if (facts.sizeBytes == 0)
        return failure(ErrorCode::NotADatabase, SqliteFileText::tr("\"%1\" is empty (0 bytes): there is no database in it yet.").arg(path));
    return facts;
}

Result<bool> inspectSqliteHeader(const QString &path, const QByteArray &start, const SqliteFileFacts &facts)
{
    if (!start.startsWith(QByteArrayView("SQLite format 3\0", 16))) {
        if (looksEncrypted(start, facts.sizeBytes)) {
            return failure(ErrorCode::NotADatabase,
                           SqliteFileText::tr("\"%1\" is no plain SQLite database; its content looks encrypted.").arg(path));
        }
        return failure(ErrorCode::NotADatabase, SqliteFileText::tr("\"%1\" is not a SQLite database.").arg(path));
    }
    if (start.size() < 100) {
        return failure(ErrorCode::Corrupt,
                       SqliteFileText::tr("\"%1\" is cut off: it ends after %2 bytes, within its header.").arg(path).arg(start.size()));
    }
    const auto number = [&](int offset) { return qFromBigEndian<quint32>(start.constData() + offset); };
    const quint16 storedPageSize = qFromBigEndian<quint16>(start.constData() + 16);
    const qint64 pageSize = storedPageSize == 1 ? 65536 : storedPageSize;
    // The page count of the header counts only if both change counters agree (file format, 1.3.7).
    const qint64 pages = number(28);
    if (!facts.hasWal && number(24) == number(92) && pages > 0 && pages * pageSize > facts.sizeBytes) {
        return failure(ErrorCode::Corrupt,
                       SqliteFileText::tr("\"%1\" is cut off: it has %2 of the %3 bytes that its header promises.")
                           .arg(path).arg(facts.sizeBytes).arg(pages * pageSize));
    }
    return start.at(18) == 2 || start.at(19) == 2;
}

QString sqliteLockHolder(const QString &path)
{
    struct stat status {};
    if (::stat(QFile::encodeName(path).constData(), &status) != 0)
        return {};
    QFile locks(QStringLiteral("/proc/locks"));
    if (!locks.open(QIODevice::ReadOnly))
        return {};
    // "1: POSIX  ADVISORY  WRITE 4711 08:01:131104 1073741824 1073742335"; device numbers in hex.
    const QByteArray place = QByteArray::number(static_cast<uint>(major(status.st_dev)), 16).rightJustified(2, '0') + ':'
                             + QByteArray::number(static_cast<uint>(minor(status.st_dev)), 16).rightJustified(2, '0') + ':'
                             + QByteArray::number(static_cast<qulonglong>(status.st_ino));
    for (const QByteArray &line : locks.readAll().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        const qsizetype at = words.indexOf(place);
        if (at < 1)
            continue;
        const QByteArray pid = words.at(at - 1);
        if (pid.toLongLong() <= 0 || pid.toLongLong() == ::getpid())
            continue;
        QFile comm(QStringLiteral("/proc/%1/comm").arg(QString::fromLatin1(pid)));
        const QString name = comm.open(QIODevice::ReadOnly) ? QString::fromUtf8(comm.readAll().trimmed()) : QString();
        return name.isEmpty() ? SqliteFileText::tr("process %1").arg(QString::fromLatin1(pid))
                              : QStringLiteral("%1 (%2)").arg(name, QString::fromLatin1(pid));
    }
    return {};
}

} // namespace turnstone
