// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace turnstone {

struct HelpPage
{
    /// A panel's id, or a word of its own.
    QString topic;
    QString title;
    QString markdown;
};

/// Every page, "start" first, the others by title.
std::vector<HelpPage> helpPages();

/// Whether every word of `text` stands on the page, whatever its case.
bool hasWords(const HelpPage &page, const QString &text);

} // namespace turnstone
