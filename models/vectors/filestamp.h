// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>

namespace turnstone {

/// FAT counts two seconds at a time.
inline constexpr std::chrono::milliseconds coarsestFileTimes{2100};

/// The state of a SQLite file as its directory entries tell it: device, inode, size and times of the file and of its WAL. Two equal
/// stamps that are not empty mean that nobody wrote in between: every commit writes to one of the two files. Empty while the last
/// change is so fresh that another one could bear the same time.
///
/// `settled`: how coarse the times of the file system may be.
///
/// Take it before the transaction that reads what is to be remembered, and inside of the one that relies on it. Opens nothing.
QByteArray fileStamp(const QString &path, std::chrono::nanoseconds settled = coarsestFileTimes);

} // namespace turnstone
