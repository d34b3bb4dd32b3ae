// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace turnstone {

/// How well `text` answers what was typed; -1 if it does not: the letters of `typed` must occur in it in order, without
/// regard to case. Letters in a row, at the beginning of words and in short texts count more. Linear in the lengths.
int fuzzyScore(QStringView typed, QStringView text);

} // namespace turnstone
