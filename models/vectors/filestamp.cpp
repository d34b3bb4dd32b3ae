// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/filestamp.h"

#include <QFile>

#include <algorithm>
#include <ctime>

#include <sys/stat.h>

namespace turnstone {

namespace {

std::int64_t nanoseconds(const timespec &time)
{
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// Adds what there is to know of a file; the time of its latest change, 0 if it is not there.
std::int64_t describe(const QByteArray &path, QByteArray &text)
{
    struct stat status = {};
    if (::stat(path.constData(), &status) != 0) {
        text += "none;";
        return 0;
    }
    for (const std::int64_t number : {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
                                      nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)})
        text += QByteArray::number(static_cast<qlonglong>(number)) + ',';
    text += ';';
    return std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
}

} // namespace

QByteArray fileStamp(const QString &path, std::chrono::nanoseconds settled)
{
    const QByteArray name = QFile::encodeName(path);
    QByteArray text;
    const std::int64_t latest = std::max(describe(name, text), describe(name + "-wal", text));
    timespec now = {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return latest == 0 || nanoseconds(now) - latest < settled.count() ? QByteArray() : text;
}

} // namespace turnstone
