// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzzfailure.h"
#include "tests/fuzz/sqlinvariants.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace turnstone;
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size));
    failIf(brokenSqlInvariant(text, SqlDialect::Sqlite));
    failIf(brokenSqlInvariant(text, SqlDialect::PostgreSql));
    return 0;
}
