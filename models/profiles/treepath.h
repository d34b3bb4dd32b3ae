// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/value.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace turnstone {

/// A place in a hierarchy as text: `games/412/players/3/turns`. Ids of groups and keys of rows take
/// turns; keys of several columns are joined by commas; commas, slashes and other awkward
/// characters inside a key are percent-encoded. A path that ends with an id is a group, one that
/// ends with a key is a row. A group may be narrowed to one of its folders: `blocks?Phase 1%2FCommon/12`.
class TreePath
{
public:
    struct Step
    {
        QString group;
        /// Empty if the path ends with this group.
        QStringList key;
        /// As the rows have it, without slashes around it; with one at the end it means all folders below, too.
        std::optional<QString> folder = std::nullopt;
        friend bool operator==(const Step &, const Step &) = default;
    };

    TreePath() = default;
    /// Errors: InvalidInput, naming the part.
    [[nodiscard]] static Result<TreePath> parse(const QString &text);
    QString toString() const;

    const std::vector<Step> &steps() const { return m_steps; }
    bool isEmpty() const { return m_steps.empty(); }
    bool isGroup() const { return !m_steps.empty() && m_steps.back().key.isEmpty(); }
    bool isRow() const { return !m_steps.empty() && !m_steps.back().key.isEmpty(); }

    /// Of a row: one of its groups. Of an empty path: a root.
    TreePath group(const QString &id) const;
    /// Of a group: those of its rows that stand in a folder.
    TreePath inFolder(const QString &folder) const;
    /// Of a group: one of its rows.
    TreePath row(const QStringList &key) const;
    /// The row of a group, the group of a row; empty at the top.
    TreePath parent() const;

    /// A key's value as it stands in a path, and back (x'00ff' is a blob).
    static QString keyText(const ValueRef &value);
    static Value keyValue(const QString &text);

    friend bool operator==(const TreePath &, const TreePath &) = default;

private:
    std::vector<Step> m_steps;
};

} // namespace turnstone
