// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/documents/treeplan.h"
#include "models/documents/treerows.h"
#include "models/transfer/jsonformat.h"

#include <map>
#include <memory>

namespace turnstone {

/// Writes rows of a plan as nested JSON. One object belongs to one thread.
class TreeJson
{
public:
    TreeJson(const TreePlan &plan, const ResolvedProfile &profile, FormatOptions options, Engine engine)
        : m_plan(plan), m_profile(profile), m_options(std::move(options)), m_engine(engine)
    {
    }

    /// One row of the root as an object.
    void append(OutputBuffer &out, const TreeRows &rows, int row) { appendObject(out, *m_plan.root, rows, row); }
    /// "games.game_info" for texts that are no UTF-8.
    QStringList takeUndecodable();

private:
    void appendObject(OutputBuffer &out, const TreePlan::Node &node, const TreeRows &rows, int row);
    void appendChildren(OutputBuffer &out, const TreePlan::Node &node, const TreeRows &rows, int parent, const QString &key, bool isSingle);
    JsonFormat &formatOf(const TreePlan::Node &node, const TreeRows &rows);

    const TreePlan &m_plan;
    const ResolvedProfile &m_profile;
    const FormatOptions m_options;
    const Engine m_engine;
    std::map<const TreePlan::Node *, std::unique_ptr<JsonFormat>> m_formats;
    std::vector<ValueRef> m_values;
};

} // namespace turnstone
