// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/variantbody.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Profiles", text);
}

/// The member, made if it is missing.
JsonNode &memberOf(JsonNode &object, const QString &key, JsonNode::Kind kind)
{
    if (JsonNode *found = object.member(key))
        return *found;
    JsonMember member;
    member.key = key;
    member.value.kind = kind;
    object.members.push_back(std::move(member));
    return object.members.back().value;
}

void mergeMembers(JsonNode &into, const JsonNode &from)
{
    for (const JsonMember &member : from.members) {
        if (JsonNode *present = into.member(member.key))
            *present = member.value;
        else
            into.members.push_back(member);
    }
}

void mergeTables(JsonNode &into, const JsonNode &from)
{
    for (const JsonMember &table : from.members) {
        JsonNode *present = into.member(table.key);
        if (!present || !present->isObject() || !table.value.isObject()) {
            mergeMembers(into, JsonNode{JsonNode::Kind::Object, false, {}, {}, {table}, 0});
            continue;
        }
        for (const JsonMember &entry : table.value.members) {
            JsonNode *old = present->member(entry.key);
            if (entry.key == u"columns" && old && old->isObject() && entry.value.isObject())
                mergeMembers(*old, entry.value);
            else if (old)
                *old = entry.value;
            else
                present->members.push_back(entry);
        }
    }
}

QString idOf(const JsonNode &node)
{
    const JsonNode *id = node.member(u"id"_s);
    return id ? id->text : QString();
}

void mergeList(JsonNode &into, const JsonNode &from)
{
    const std::size_t before = into.items.size();
    for (const JsonNode &item : from.items) {
        const QString id = idOf(item);
        const auto old = std::find_if(into.items.begin(), into.items.begin() + static_cast<std::ptrdiff_t>(before), [&](const JsonNode &other) { return !id.isEmpty() && idOf(other) == id; });
        if (old != into.items.begin() + static_cast<std::ptrdiff_t>(before))
            *old = item;
        else
            into.items.push_back(item);
    }
}

} // namespace

const QStringList &bodyKeys()
{
    static const QStringList keys{u"tables"_s, u"trees"_s, u"lenses"_s, u"actions"_s, u"checks"_s, u"queries"_s, u"prices"_s, u"migrations"_s, u"sqlite"_s};
    return keys;
}

VariantBody::VariantBody(const JsonNode &document, const QString &variantId)
{
    m_body.kind = JsonNode::Kind::Object;
    // From the variant down to what it extends; then applied from the bottom up.
    std::vector<std::pair<const JsonNode *, QString>> layers;
    bool standalone = false;
    QStringList seen;
    const JsonNode *variants = document.member(u"variants"_s);
    for (QString id = variantId; variants && !id.isEmpty() && !standalone && !seen.contains(id);) {
        seen.append(id);
        QString next;
        for (std::size_t i = 0; i < variants->items.size(); ++i) {
            const JsonNode &variant = variants->items[i];
            if (idOf(variant) != id)
                continue;
            layers.emplace_back(&variant, u"variants[%1]"_s.arg(i));
            const JsonNode *alone = variant.member(u"standalone"_s);
            standalone = alone && alone->boolean;
            const JsonNode *extends = variant.member(u"extends"_s);
            next = extends ? extends->text : QString();
        }
        id = next;
    }
    if (!standalone)
        layers.emplace_back(&document, QString());
    std::for_each(layers.rbegin(), layers.rend(), [this](const auto &layer) { addLayer(*layer.first, layer.second); });
}

void VariantBody::addLayer(const JsonNode &layer, const QString &path)
{
    for (const QString &key : bodyKeys()) {
        const JsonNode *part = layer.member(key);
        if (!part)
            continue;
        JsonNode *present = m_body.member(key);
        if (!present || present->kind != part->kind)
            memberOf(m_body, key, part->kind) = *part;
        else if (key == u"tables")
            mergeTables(*present, *part);
        else if (part->isArray())
            mergeList(*present, *part);
        else
            *present = *part;
    }
    if (const JsonNode *rename = layer.member(u"rename"_s)) {
        for (const JsonMember &member : rename->members)
            m_renames.push_back({member.key, member.value.text, member.keyOffset, path + u".rename"_s});
    }
    if (const JsonNode *without = layer.member(u"without"_s)) {
        for (const JsonNode &item : without->items)
            m_without.push_back({item.text, {}, item.offset, path + u".without"_s});
    }
}

VariantNames VariantBody::names(const Catalog *catalog, const QString &schema) const
{
    VariantNames names;
    const JsonNode *tables = m_body.member(u"tables"_s);
    if (!tables)
        return names;
    for (const JsonMember &member : tables->members) {
        VariantNames::Table &table = names.tables[member.key];
        table.name = member.key;
        const JsonNode *columns = member.value.member(u"columns"_s);
        if (!columns)
            continue;
        for (const JsonMember &column : columns->members) {
            const JsonNode *is = column.value.isObject() ? column.value.member(u"is"_s) : nullptr;
            const JsonNode *references = column.value.isObject() ? column.value.member(u"references"_s) : nullptr;
            table.meanings[column.key] = column.value.isObject() ? (is ? is->text : QString()) : column.value.text;
            if (references)
                table.references[column.key] = references->text;
            table.columns[column.key] = column.key;
            table.order.append(column.key);
        }
    }
    for (const NamedAt &rename : m_renames) {
        const auto table = names.tables.find(rename.name.section(u'.', 0, 0));
        if (table == names.tables.end())
            continue;
        if (!rename.name.contains(u'.'))
            table->second.name = rename.value;
        else if (const auto column = table->second.columns.find(rename.name.section(u'.', 1)); column != table->second.columns.end())
            column->second = rename.value;
    }
    for (const NamedAt &without : m_without) {
        const auto table = names.tables.find(without.name.section(u'.', 0, 0));
        if (table == names.tables.end())
            continue;
        if (!without.name.contains(u'.'))
            table->second.present = false;
        else
            table->second.columns.erase(without.name.section(u'.', 1));
    }
    if (!catalog)
        return names;
    for (auto &[name, table] : names.tables) {
        const CatalogTable *actual = catalog->table(table.name, schema);
        table.present = table.present && actual != nullptr;
        if (!actual)
            continue;
        std::erase_if(table.columns, [&](const auto &column) { return !actual->hasColumn(column.second); });
    }
    return names;
}

std::vector<WalkProblem> VariantBody::problems() const
{
    std::vector<WalkProblem> found;
    const JsonNode *tables = m_body.member(u"tables"_s);
    const auto check = [&](const NamedAt &entry) {
        const QString tableName = entry.name.section(u'.', 0, 0);
        const JsonNode *table = tables ? tables->member(tableName) : nullptr;
        if (!table) {
            QStringList names;
            for (std::size_t i = 0; tables && i < tables->members.size(); ++i)
                names.append(tables->members[i].key);
            const QString near = nearestWord(tableName, names);
            found.push_back({entry.offset, entry.path,
                             tr("There is no table \"%1\" in \"tables\".").arg(tableName) + (near.isEmpty() ? QString() : u' ' + tr("Did you mean \"%1\"?").arg(near))});
            return;
        }
        const JsonNode *columns = table->member(u"columns"_s);
        const QString column = entry.name.section(u'.', 1);
        if (!column.isEmpty() && (!columns || !columns->member(column)))
            found.push_back({entry.offset, entry.path, tr("The table \"%1\" has no column \"%2\".").arg(tableName, column)});
    };
    std::for_each(m_renames.begin(), m_renames.end(), check);
    std::for_each(m_without.begin(), m_without.end(), check);
    return found;
}

} // namespace turnstone
