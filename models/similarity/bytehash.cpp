// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/bytehash.h"

#include <xxhash.h>
#ifdef TURNSTONE_HAS_XXHASH_DISPATCH
#include <xxh_x86dispatch.h> // its macros lead to the functions that choose
#endif

namespace turnstone::similarity {

std::uint64_t byteHash(const void *bytes, std::size_t size, std::uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}

} // namespace turnstone::similarity
