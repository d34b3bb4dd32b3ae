// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/envinvariants.h"
#include "tests/fuzz/fuzzfailure.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace turnstone;
    failIf(brokenEnvInvariant(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size))));
    return 0;
}
