// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/lenssource.h"

namespace turnstone {

/// A block that prompts are made of, without its text.
struct LibraryItem
{
    RowKey key;
    QString title;
    QString folder; ///< "Phase 1/Instructions"; empty at the top
    QStringList tags;
    qint64 length = 0;
    /// Rows that use it; -1 if the application does not tell.
    std::int64_t uses = -1;
};

struct Library
{
    QString title;
    QString table;
    bool hasFolders = false;
    bool hasTags = false;
    std::vector<LibraryItem> items; ///< by folder and title
    bool isCut = false;

    static constexpr std::size_t most = 50'000;

    /// Every tag once, in order, with how many items have it.
    std::vector<std::pair<QString, int>> tags() const;
};

/// A row whose text names another one: `@module` in a persona's template.
struct MentionUse
{
    QString table;
    QString title;
    RowKey key;
};

/// The profile's lenses of kind `library`.
std::vector<const Lens *> librariesOf(const ResolvedProfile &profile);
/// Blocks.
[[nodiscard]] Result<Library> readLibrary(const LensScope &scope, const Lens &lens);
/// The rows whose texts name a row of the table, by the name they use; of one row if `only` is its identity. Blocks.
[[nodiscard]] Result<std::map<QString, std::vector<MentionUse>>> readMentions(const LensScope &scope, const QString &table, const RowKey &only = {});
/// Tags as stored: a list in JSON, or words between commas.
QStringList tagsFrom(const QString &stored);

} // namespace turnstone
