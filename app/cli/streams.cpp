// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/streams.h"

#include <QCoreApplication>

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace turnstone::cli {

namespace {

Result<> writeAll(int descriptor, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            return failure(ErrorCode::Io, QCoreApplication::translate("Streams", "The output cannot be written"),
                           QString::fromLocal8Bit(std::strerror(errno)));
        }
        bytes = bytes.sliced(written);
    }
    return {};
}

} // namespace

Streams Streams::ofProcess()
{
    Streams streams;
    streams.out = [](QByteArrayView bytes) { return writeAll(STDOUT_FILENO, bytes); };
    streams.err = [](QByteArrayView bytes) { (void)writeAll(STDERR_FILENO, bytes); };
    streams.errIsTerminal = ::isatty(STDERR_FILENO) != 0;
    return streams;
}

} // namespace turnstone::cli
