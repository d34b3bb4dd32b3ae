// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <stop_token>
#include <vector>

namespace turnstone {

/// A stretch of two texts: in both, only in the first, only in the second.
struct DiffRun
{
    enum class Kind { Same, Removed, Added };
    Kind kind = Kind::Same;
    qsizetype firstStart = 0, firstLength = 0;
    qsizetype secondStart = 0, secondLength = 0;
    friend bool operator==(const DiffRun &, const DiffRun &) = default;
};

struct TextDiff
{
    std::vector<DiffRun> runs;
    /// The texts differ in so much that the middle was not compared word by word.
    bool isCoarse = false;
    /// 0 … 1: how much of both is common.
    double likeness = 1;
};

/// The difference of two texts by words. Common beginnings and ends are cut off, lines and then words that occur once in both and in the
/// same order anchor the rest (patience), and what lies between is compared by Myers' algorithm in linear space. Its work is bounded: a
/// stretch that would take more than `budget` steps is reported as replaced whole, so that two texts of 5 MB without anything in common
/// take no longer than reading them. Words are runs of letters and digits, runs of white space, single other characters.
/// Pure; for a worker; stops early (coarse) when told to.
TextDiff diffTexts(const QString &first, const QString &second, std::stop_token stop = {}, qint64 budget = 20'000'000);

} // namespace turnstone
