// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace turnstone::similarity {

/// XXH3 of 64 bits, by the best instructions of the processor. The same number everywhere. Any thread.
std::uint64_t byteHash(const void *bytes, std::size_t size, std::uint64_t seed = 0);

} // namespace turnstone::similarity
