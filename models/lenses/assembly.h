// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/transcript.h"

namespace turnstone {

/// A prompt as an application puts it together.
struct Assembly
{
    /// A stretch of the assembled text.
    struct Mark
    {
        enum class Kind { Placeholder, Missing, Mention, Variable };
        Kind kind = Kind::Placeholder;
        qsizetype start = 0;
        qsizetype length = 0;
        QString name;
    };
    struct Part
    {
        QString title;
        QString text; ///< placeholders filled in
        std::vector<Mark> marks;
    };
    struct Stage
    {
        QString title;
        QStringList names;
    };
    struct Use
    {
        QString table;
        QString title;
        RowKey key;
    };

    QString title;
    std::vector<Part> parts; ///< the blocks in their order, or the template alone
    QString separator;
    std::vector<Stage> stages;
    std::vector<Use> usedIn;
    /// What the values of placeholders can be taken from (runs), newest first; empty if they are not told apart.
    QStringList groups;
    QString group; ///< the one that was taken

    QString whole() const;
    int missing() const;
};

/// Opened on what is assembled, or on a member of a library: then only its text and where it is used.
const Lens *assemblyLensFor(const ResolvedProfile &profile, const QString &table);
/// Blocks. `group` chooses where values come from; empty: the newest. Errors: NotFound.
[[nodiscard]] Result<Assembly> readAssembly(const LensScope &scope, const Lens &lens, const RowKey &key, const QString &group = {});

} // namespace turnstone
