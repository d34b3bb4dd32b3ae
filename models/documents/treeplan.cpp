// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treeplan.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct TreePlanText
{
    Q_DECLARE_TR_FUNCTIONS(TreePlan)
};

/// A group of a table that stands as high or higher, and whose link no row of the table lacks.
struct Cover
{
    const CatalogTable *table;
    const TreeGroup *group;
};

class Planner
{
public:
    Planner(const Catalog &catalog, const ResolvedProfile &profile) : m_profile(profile), m_sql(catalog, profile) {}

    std::unique_ptr<TreePlan::Node> node(const CatalogTable &table, const QString &key) const
    {
        auto made = std::make_unique<TreePlan::Node>();
        made->table = &table;
        made->key = key;
        for (const CatalogColumn &column : table.columns) {
            if (!column.hidden && (!column.generated || column.identity))
                made->columns.append(column.name);
        }
        return made;
    }

    void addChildren(TreePlan::Node &above, const TreeGroup &group, std::vector<Cover> covers) const
    {
        std::vector<const TreeGroup *> wanted;
        for (const TreeGroup &child : group.children) {
            if (isUsable(child) && !isCovered(child, covers))
                wanted.push_back(&child);
        }
        for (const TreeGroup *child : wanted) {
            if (covers.empty() || isCovering(*child))
                covers.push_back({m_sql.table(child->table), child});
        }
        for (const TreeGroup *child : wanted)
            above.children.push_back(child->via ? junctionNode(above, *child, covers) : groupNode(above, *child, covers));
    }

private:
    QString freeKey(const TreePlan::Node &above, const QString &wanted) const
    {
        QString key = wanted;
        while (above.columns.contains(key))
            key += u"_rows"_s;
        return key;
    }

    bool isUsable(const TreeGroup &group) const
    {
        return m_sql.table(group.table) && (!group.via || m_sql.table(group.via->table));
    }

    bool isCovering(const TreeGroup &group) const
    {
        const CatalogTable *table = m_sql.table(group.table);
        if (group.via || !group.where.empty())
            return false;
        return std::all_of(group.link.begin(), group.link.end(), [&](const auto &link) {
            const CatalogColumn *column = table->column(link.first);
            return column && column->notNull;
        });
    }

    bool isCovered(const TreeGroup &group, const std::vector<Cover> &covers) const
    {
        const CatalogTable *table = m_sql.table(group.table);
        return !group.via && std::any_of(covers.begin(), covers.end(), [&](const Cover &cover) { return cover.table == table && cover.group != &group; });
    }

    std::unique_ptr<TreePlan::Node> groupNode(const TreePlan::Node &above, const TreeGroup &group, const std::vector<Cover> &covers) const
    {
        auto made = node(*m_sql.table(group.table), freeKey(above, group.id));
        made->link = group.link;
        made->order = group.order;
        made->where = group.where;
        addChildren(*made, group, covers);
        return made;
    }

    std::unique_ptr<TreePlan::Node> junctionNode(const TreePlan::Node &above, const TreeGroup &group, const std::vector<Cover> &covers) const
    {
        auto junction = node(*m_sql.table(group.via->table), freeKey(above, group.id));
        junction->isJunction = true;
        junction->link = group.via->link;
        junction->order = group.via->order;
        auto target = node(*m_sql.table(group.table), QString());
        target->key = freeKey(*junction, group.table);
        target->isSingle = true;
        for (const auto &[column, key] : group.via->to)
            target->link.emplace_back(key, column);
        addChildren(*target, group, covers);
        junction->children.push_back(std::move(target));
        return junction;
    }

    const ResolvedProfile &m_profile;
    const RowSql m_sql;
};

} // namespace

Result<TreePlan> TreePlan::make(const Catalog &catalog, const ResolvedProfile &profile, const QString &name, bool isTable)
{
    const Planner planner(catalog, profile);
    const RowSql sql(catalog, profile);
    TreePlan plan;
    const TreeGroup *tree = isTable ? nullptr : profile.tree(name);
    const CatalogTable *table = tree ? sql.table(tree->table) : isTable ? catalog.table(name, profile.schema) : nullptr;
    if (!table) {
        QStringList known;
        for (const TreeGroup &group : profile.trees)
            known.append(group.id);
        return failure(ErrorCode::NotFound, TreePlanText::tr("There is no hierarchy %1; there is: %2.").arg(name, known.join(u", "_s)));
    }
    plan.root = planner.node(*table, QString());
    if (tree) {
        plan.root->where = tree->where;
        plan.root->selfLink = tree->selfLink;
        if (!tree->selfLink.empty()) {
            plan.root->selfKey = tree->selfId;
            while (plan.root->columns.contains(plan.root->selfKey))
                plan.root->selfKey += u"_rows"_s;
        }
        planner.addChildren(*plan.root, *tree, {});
    }
    return plan;
}

} // namespace turnstone
