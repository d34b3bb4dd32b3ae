// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextCharFormat>

class QPalette;

namespace turnstone {

/// How words that are gone and words that are new look in the difference of two texts.
struct DiffFormats
{
    QTextCharFormat removed;
    QTextCharFormat added;

    static DiffFormats of(const QPalette &palette);
};

/// What is the same in both, cut to the lines near the differences.
QString shortenedSame(const QString &same, bool isFirst, bool isLast);

} // namespace turnstone
