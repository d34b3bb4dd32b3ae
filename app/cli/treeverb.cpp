// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/treeverb.h"

#include "app/cli/keyjson.h"
#include "app/cli/recogniser.h"

#include <QCoreApplication>
#include <QLocale>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct TreeverbText
{
    Q_DECLARE_TR_FUNCTIONS(TreeVerb)
};

QString oneLine(QString text)
{
    text = text.simplified();
    return text.size() > 100 ? text.left(99) + QChar(0x2026) : text;
}

} // namespace

void TreeVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("--path", m_path, "Where to begin, such as games/412/players")->type_name("PATH");
    command.add_option("--depth", m_depth, "How many levels; groups and rows are a level each")
        ->check(CLI::Range(0, 100))->capture_default_str();
    command.add_option("--limit", m_limit, "How many rows of each group")->check(CLI::Range(1, 10'000'000))->capture_default_str();
    command.add_flag("--json", m_json, "Print JSON");
}

Result<TreeVerb::Item> TreeVerb::groupItem(Hierarchy &hierarchy, const TreeGroupInfo &group, int depth)
{
    Item item;
    item.label = group.title;
    item.table = group.table;
    item.count = group.count;
    item.isExact = group.isExact;
    if (depth <= 0)
        return item;
    std::vector<Value> cursor;
    for (int left = m_limit; left > 0;) {
        const Result<TreePage> page = hierarchy.children(group.path, std::min(left, 500), cursor);
        if (!page)
            return failure(page);
        for (const TreeNode &node : page->nodes) {
            Result<Item> child = rowItem(hierarchy, node, depth - 1);
            if (!child)
                return child;
            item.children.push_back(std::move(*child));
        }
        left -= static_cast<int>(page->nodes.size());
        item.more = page->more;
        if (!page->more || page->nodes.empty())
            break;
        cursor = page->nodes.back().cursor;
    }
    return item;
}

Result<TreeVerb::Item> TreeVerb::rowItem(Hierarchy &hierarchy, const TreeNode &node, int depth)
{
    Item item;
    item.label = node.label;
    item.table = node.table;
    item.key = node.key;
    item.keyColumns = node.keyColumns;
    for (const TreeBadge &badge : node.badges) {
        if (!badge.value.isNull())
            item.badges.append(badge.value.toDisplayText());
    }
    item.count = 0;
    for (const TreeGroupInfo &group : node.groups) {
        item.count += std::max<std::int64_t>(group.count, 0);
        item.isExact = item.isExact && group.isExact;
    }
    if (depth <= 0)
        return item;
    for (const TreeGroupInfo &group : node.groups) {
        Result<Item> child = groupItem(hierarchy, group, depth - 1);
        if (!child)
            return child;
        item.children.push_back(std::move(*child));
    }
    return item;
}

Result<TreeVerb::Item> TreeVerb::start(Hierarchy &hierarchy, const QString &title)
{
    const Result<TreePath> path = TreePath::parse(QString::fromStdString(m_path));
    if (!m_path.empty() && !path)
        return failure(path);
    if (m_path.empty() || path->isEmpty()) {
        const auto roots = hierarchy.roots();
        if (!roots)
            return failure(roots);
        Item item;
        item.label = title;
        item.count = static_cast<std::int64_t>(roots->size());
        for (const TreeGroupInfo &group : *roots) {
            Result<Item> child = m_depth > 0 ? groupItem(hierarchy, group, m_depth - 1) : Result<Item>(Item());
            if (!child)
                return child;
            if (m_depth > 0)
                item.children.push_back(std::move(*child));
        }
        return item;
    }
    if (path->isGroup()) {
        const Result<TreeGroupInfo> group = hierarchy.group(*path);
        if (!group)
            return failure(group);
        return groupItem(hierarchy, *group, m_depth);
    }
    const Result<TreeNode> node = hierarchy.node(*path);
    if (!node)
        return failure(node);
    return rowItem(hierarchy, *node, m_depth);
}

void TreeVerb::writeJson(JsonWriter &json, const Item &item, const Catalog &catalog) const
{
    json.beginObject();
    json.key(u"label");
    json.string(item.label);
    json.key(u"table");
    if (item.table.isEmpty())
        json.null();
    else
        json.string(item.table);
    json.key(u"key");
    writeKey(json, item.key, item.keyColumns, item.table.isEmpty() ? nullptr : catalog.table(item.table));
    json.key(u"count");
    if (item.count < 0)
        json.null();
    else
        json.integer(item.count);
    if (!item.isExact) {
        json.key(u"count_is_at_least");
        json.boolean(true);
    }
    if (!item.badges.isEmpty()) {
        json.key(u"badges");
        json.beginArray();
        for (const QString &badge : item.badges)
            json.string(badge);
        json.endArray();
    }
    if (item.more) {
        json.key(u"more");
        json.boolean(true);
    }
    json.key(u"children");
    json.beginArray();
    for (const Item &child : item.children)
        writeJson(json, child, catalog);
    json.endArray();
    json.endObject();
}

void TreeVerb::writeText(QString &out, const Item &item, int indent) const
{
    QString line(indent * 2, u' ');
    line += oneLine(item.label);
    const bool isRow = !item.key.empty();
    if (!item.badges.isEmpty())
        line += u"  ["_s + item.badges.join(u", "_s) + u']';
    if (item.count > 0 || (!isRow && item.count == 0))
        line += u"  "_s + QLocale::c().toString(static_cast<qlonglong>(item.count)) + (item.isExact ? QString() : u"+"_s);
    out += line + u'\n';
    for (const Item &child : item.children)
        writeText(out, child, indent + 1);
    if (item.more)
        out += QString((indent + 1) * 2, u' ') + TreeverbText::tr("… more; see --limit") + u'\n';
}

Result<> TreeVerb::run(VerbContext &context)
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    Hierarchy hierarchy(**connection, std::move(known->catalog), std::move(known->profile));
    const Result<Item> top = start(hierarchy, (*connection)->url().displayText());
    if (!top)
        return failure(top);
    if (m_json) {
        QByteArray out;
        JsonWriter json(out, 2);
        writeJson(json, *top, hierarchy.catalog());
        out += '\n';
        return context.streams.out(out);
    }
    QString out;
    writeText(out, *top, 0);
    return context.streams.out(out.toUtf8());
}

} // namespace turnstone::cli
