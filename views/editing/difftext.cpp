// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/difftext.h"

#include "views/widgets/theme.h"

#include <QPalette>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype around = 160; // characters of what is the same, before and behind a difference

} // namespace

DiffFormats DiffFormats::of(const QPalette &palette)
{
    const Tokens &tokens = Tokens::of(palette);
    const auto tinted = [](QColor color) {
        QTextCharFormat format;
        color.setAlphaF(0.2F);
        format.setBackground(color);
        return format;
    };
    DiffFormats formats{tinted(tokens.bad), tinted(tokens.good)};
    formats.removed.setFontStrikeOut(true);
    formats.added.setFontUnderline(true);
    return formats;
}

QString shortenedSame(const QString &same, bool isFirst, bool isLast)
{
    if (same.size() <= 3 * around)
        return same;
    const QString begin = isFirst ? QString() : same.left(around);
    const QString end = isLast ? QString() : same.right(around);
    return begin + u"\n⋯\n"_s + end;
}

} // namespace turnstone
