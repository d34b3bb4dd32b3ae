// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/queryplan.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <functional>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct PlanText
{
    Q_DECLARE_TR_FUNCTIONS(QueryPlan)
};

PlanNode fromJson(const QJsonObject &object)
{
    PlanNode node;
    node.title = object.value(u"Node Type"_s).toString();
    node.isScan = node.title.contains(u"Seq Scan");
    const QString relation = object.value(u"Relation Name"_s).toString();
    const QString index = object.value(u"Index Name"_s).toString();
    if (!relation.isEmpty())
        node.title += u" on "_s + relation;
    if (!index.isEmpty())
        node.title += u" using "_s + index;
    QStringList details;
    for (const QString &key : {u"Index Cond"_s, u"Recheck Cond"_s, u"Filter"_s, u"Hash Cond"_s, u"Merge Cond"_s, u"Join Filter"_s, u"Rows Removed by Filter"_s, u"Sort Method"_s,
                               u"Shared Hit Blocks"_s, u"Shared Read Blocks"_s}) {
        const QJsonValue value = object.value(key);
        if (!value.isUndefined() && !(value.isDouble() && value.toDouble() == 0))
            details.append(key + u": "_s + value.toVariant().toString());
    }
    if (const QJsonValue keys = object.value(u"Sort Key"_s); keys.isArray()) {
        QStringList words;
        for (const QJsonValue &word : keys.toArray())
            words.append(word.toString());
        details.append(u"Sort Key: "_s + words.join(u", "_s));
    }
    node.detail = details.join(u" · "_s);
    node.cost = object.value(u"Total Cost"_s).toDouble(-1);
    node.expectedRows = object.value(u"Plan Rows"_s).toDouble(-1);
    const double loops = object.value(u"Actual Loops"_s).toDouble(1);
    if (object.contains(u"Actual Rows"_s))
        node.rows = object.value(u"Actual Rows"_s).toDouble() * loops;
    if (object.contains(u"Actual Total Time"_s))
        node.ms = object.value(u"Actual Total Time"_s).toDouble() * loops;
    for (const QJsonValue &child : object.value(u"Plans"_s).toArray())
        node.children.push_back(fromJson(child.toObject()));
    return node;
}

Result<PlanNode> postgresPlan(const std::vector<QStringList> &rows)
{
    const QJsonDocument document = rows.empty() ? QJsonDocument() : QJsonDocument::fromJson(rows.front().value(0).toUtf8());
    const QJsonObject answer = document.array().first().toObject();
    if (!answer.contains(u"Plan"_s))
        return failure(ErrorCode::Syntax, PlanText::tr("The server's plan could not be read."));
    PlanNode root;
    const double planning = answer.value(u"Planning Time"_s).toDouble(-1);
    const double execution = answer.value(u"Execution Time"_s).toDouble(-1);
    root.title = execution >= 0 ? PlanText::tr("Planned in %1 ms, run in %2 ms").arg(planning, 0, 'f', 2).arg(execution, 0, 'f', 2) : PlanText::tr("The plan, not run");
    root.children.push_back(fromJson(answer.value(u"Plan"_s).toObject()));
    return root;
}

Result<PlanNode> sqlitePlan(const std::vector<QStringList> &rows)
{
    struct Entry
    {
        int parent;
        QString text;
    };
    std::map<int, Entry> entries;
    std::vector<int> order;
    for (const QStringList &row : rows) {
        if (row.size() < 4)
            return failure(ErrorCode::Syntax, PlanText::tr("The engine's plan could not be read."));
        entries[row[0].toInt()] = {row[1].toInt(), row[3]};
        order.push_back(row[0].toInt());
    }
    const std::function<std::vector<PlanNode>(int)> below = [&](int parent) {
        std::vector<PlanNode> nodes;
        for (const int id : order) {
            const Entry &entry = entries.at(id);
            if (entry.parent != parent || id == parent)
                continue;
            PlanNode node;
            node.title = entry.text;
            node.isScan = entry.text.startsWith(u"SCAN ") && !entry.text.contains(u"USING INDEX") && !entry.text.contains(u"USING COVERING");
            node.children = below(id);
            nodes.push_back(std::move(node));
        }
        return nodes;
    };
    PlanNode root;
    root.title = PlanText::tr("How SQLite runs it");
    root.children = below(0);
    return root;
}

} // namespace

Result<PlanNode> planFromRows(Engine engine, const std::vector<QStringList> &rows)
{
    return engine == Engine::Sqlite ? sqlitePlan(rows) : postgresPlan(rows);
}

} // namespace turnstone
