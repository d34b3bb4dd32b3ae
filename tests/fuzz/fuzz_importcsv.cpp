// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzzfailure.h"
#include "tests/fuzz/importinvariants.h"

#include <QDir>

#include <cstddef>
#include <cstdint>

#include <unistd.h>

// Every input is read as CSV and as JSON; the seeds here are csv.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace turnstone;
    static const QString path = QDir::tempPath() + QStringLiteral("/turnstone-fuzz-csv-%1").arg(::getpid());
    failIf(brokenImportInvariant(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)), path));
    return 0;
}
