// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treejson.h"

#include "models/core/jsonwriter.h"
#include "models/transfer/profiletraits.h"

namespace turnstone {

using namespace Qt::StringLiterals;

JsonFormat &TreeJson::formatOf(const TreePlan::Node &node, const TreeRows &rows)
{
    std::unique_ptr<JsonFormat> &format = m_formats[&node];
    if (!format) {
        std::vector<ColumnTraits> traits;
        const TableProfile *table = m_profile.table(node.table->name);
        const QHash<QString, ColumnTraits> known = table ? traitsOf(*table) : QHash<QString, ColumnTraits>();
        for (const ResultColumn &column : rows.columns) {
            const auto found = known.constFind(column.name);
            traits.push_back(found == known.constEnd() ? traitsOf(column, m_engine) : *found);
        }
        format = std::make_unique<JsonFormat>(m_options, rows.columns, m_engine, std::move(traits));
    }
    return *format;
}

void TreeJson::appendObject(OutputBuffer &out, const TreePlan::Node &node, const TreeRows &rows, int row)
{
    m_values.resize(rows.columns.size());
    for (std::size_t i = 0; i < rows.columns.size(); ++i)
        m_values[i] = rows.rows.at(row, static_cast<int>(i));
    out.append('{');
    formatOf(node, rows).appendMembers(out, m_values.data());
    for (std::size_t i = 0; i < node.children.size(); ++i)
        appendChildren(out, *node.children[i], rows.children[i], row, node.children[i]->key, node.children[i]->isSingle);
    if (rows.self)
        appendChildren(out, node, *rows.self, row, node.selfKey, false);
    out.append('}');
}

void TreeJson::appendChildren(OutputBuffer &out, const TreePlan::Node &node, const TreeRows &rows, int parent, const QString &key, bool isSingle)
{
    out.append(',');
    QByteArray quoted;
    JsonWriter::appendQuoted(quoted, key.toUtf8());
    out.append(quoted).append(':');
    const int first = rows.begins[static_cast<std::size_t>(parent)];
    const int last = rows.begins[static_cast<std::size_t>(parent) + 1];
    if (isSingle) {
        if (first == last)
            out.append("null", 4);
        else
            appendObject(out, node, rows, rows.order[static_cast<std::size_t>(first)]);
        return;
    }
    out.append('[');
    for (int i = first; i < last; ++i) {
        if (i > first)
            out.append(',');
        appendObject(out, node, rows, rows.order[static_cast<std::size_t>(i)]);
    }
    out.append(']');
}

QStringList TreeJson::takeUndecodable()
{
    QStringList places;
    for (const auto &[node, format] : m_formats) {
        for (const RowFormat::Undecodable &place : format->takeUndecodable())
            places.append(u"%1.%2"_s.arg(node->table->name, format->columns()[static_cast<std::size_t>(place.column)].name));
    }
    places.removeDuplicates();
    return places;
}

} // namespace turnstone
