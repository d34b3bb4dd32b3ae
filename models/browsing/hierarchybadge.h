// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/hierarchy.h"

#include <QString>

#include <vector>

namespace turnstone {

enum class BadgeTone { Neutral, Good, Warn, Bad };

/// A short word about a record, with what to think of it.
struct HierarchyBadge
{
    QString text;
    BadgeTone tone = BadgeTone::Neutral;

    friend bool operator==(const HierarchyBadge &, const HierarchyBadge &) = default;
};

/// The badges of a row in the words and tones of its profile: numbers with a unit or a name, a true boolean by its name,
/// a false one only if it has a tone. What is NULL, empty, or already said in the label is left out.
[[nodiscard]] std::vector<HierarchyBadge> badgesOf(const TreeNode &node, const Catalog &catalog, const ResolvedProfile &profile);

} // namespace turnstone
