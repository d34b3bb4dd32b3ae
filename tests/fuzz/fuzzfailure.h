// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdio>
#include <cstdlib>

namespace turnstone {

/// Ends the program if there is something to say; libFuzzer then keeps the input.
inline void failIf(const QString &broken)
{
    if (broken.isEmpty())
        return;
    std::fprintf(stderr, "broken: %s\n", qPrintable(broken));
    std::abort();
}

} // namespace turnstone
