// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helppages.h"

#include "resources/help/helpresources.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

std::vector<HelpPage> helpPages()
{
    registerHelpResources();
    std::vector<HelpPage> pages;
    for (const QFileInfo &info : QDir(u":/help"_s).entryInfoList({u"*.md"_s})) {
        QFile file(info.filePath());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QString text = QString::fromUtf8(file.readAll());
        pages.push_back({info.completeBaseName(), text.section(u'\n', 0, 0).mid(1).trimmed(), text});
    }
    std::ranges::sort(pages, [](const HelpPage &a, const HelpPage &b) {
        const bool aStarts = a.topic == u"start";
        const bool bStarts = b.topic == u"start";
        return aStarts != bStarts ? aStarts : a.title.localeAwareCompare(b.title) < 0;
    });
    return pages;
}

bool hasWords(const HelpPage &page, const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    return std::ranges::all_of(words, [&](const QString &word) { return page.markdown.contains(word, Qt::CaseInsensitive); });
}

} // namespace turnstone
