// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"
#include "models/core/jsonwriter.h"
#include "models/profiles/hierarchy.h"

namespace turnstone::cli {

/// `tree DB`: the hierarchies of a database as the profile sees them, from the top or from a path.
class TreeVerb final : public Verb
{
public:
    const char *name() const override { return "tree"; }
    const char *summary() const override { return "Print the hierarchy, from the top or from a path"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    /// One line of the output: a group of rows or a row.
    struct Item
    {
        QString label;
        QString table;
        RowKey key;
        QStringList keyColumns;
        QStringList badges;
        std::int64_t count = -1;
        bool isExact = true;
        bool more = false; ///< rows beyond --limit
        std::vector<Item> children;
    };
    [[nodiscard]] Result<Item> groupItem(Hierarchy &hierarchy, const TreeGroupInfo &group, int depth);
    [[nodiscard]] Result<Item> rowItem(Hierarchy &hierarchy, const TreeNode &node, int depth);
    [[nodiscard]] Result<Item> start(Hierarchy &hierarchy, const QString &title);
    void writeJson(JsonWriter &json, const Item &item, const Catalog &catalog) const;
    void writeText(QString &out, const Item &item, int indent) const;

    DatabaseArgument m_database;
    std::string m_path;
    int m_depth = 2;
    int m_limit = 50;
    bool m_json = false;
};

} // namespace turnstone::cli
