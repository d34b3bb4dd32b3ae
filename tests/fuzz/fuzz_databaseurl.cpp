// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzzfailure.h"
#include "tests/fuzz/urlinvariants.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace turnstone;
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size));
    failIf(brokenUrlInvariant(text));
    // The same as the inside of a password.
    const QString secret = QStringLiteral("hunter2");
    if (!text.contains(QStringLiteral("/db")) && !text.contains(QChar(u'\n')))
        failIf(leakedSecret(QStringLiteral("postgresql://me:x") + text + secret + QStringLiteral("@host/db"), secret));
    return 0;
}
