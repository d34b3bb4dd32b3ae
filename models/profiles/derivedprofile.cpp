// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/derivedprofile.h"

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maximumDepth = 4;
/// Deep trees of a schema in which everything points to everything would be endless.
constexpr int maximumGroups = 2000;

bool isListed(const CatalogTable &table, const QString &schema)
{
    return table.problem.isEmpty() && table.kind != TableKind::Shadow && !table.name.startsWith(u"sqlite_") && (schema.isEmpty() || table.schema == schema);
}

bool isTextType(const QString &type)
{
    return type.contains(u"char"_s, Qt::CaseInsensitive) || type.contains(u"text"_s, Qt::CaseInsensitive) || type.contains(u"clob"_s, Qt::CaseInsensitive);
}

bool isKeyColumn(const CatalogTable &table, const QString &column)
{
    if (table.primaryKey.contains(column, Qt::CaseInsensitive))
        return true;
    return std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(), [&](const CatalogForeignKey &key) { return key.columns.contains(column, Qt::CaseInsensitive); });
}

/// The column by which people would call a row: a telling name first, else the first short text.
QString labelColumn(const CatalogTable &table)
{
    static const QStringList telling{u"title"_s, u"name"_s, u"label"_s, u"display_name"_s, u"full_name"_s, u"alias"_s, u"username"_s, u"subject"_s, u"email"_s, u"slug"_s, u"headline"_s, u"summary"_s,
                                     u"description"_s, u"prompt"_s, u"text"_s, u"content"_s};
    for (const QString &word : telling) {
        if (const CatalogColumn *column = table.column(word))
            return column->name;
    }
    for (const CatalogColumn &column : table.columns) {
        if (column.name.endsWith(u"name"_s, Qt::CaseInsensitive) || column.name.endsWith(u"title"_s, Qt::CaseInsensitive))
            return column.name;
    }
    for (const CatalogColumn &column : table.columns) {
        if (isTextType(column.type) && !isKeyColumn(table, column.name))
            return column.name;
    }
    return {};
}

LabelTemplate labelOf(const CatalogTable &table)
{
    const auto field = [](const QString &column) {
        FieldRef ref;
        ref.column = column;
        return ref;
    };
    std::vector<LabelTemplate::Part> parts;
    const QString named = labelColumn(table);
    QStringList key = table.identityColumns();
    if (!named.isEmpty()) {
        LabelTemplate::Part part{{}, {field(named)}, 80};
        if (key.size() == 1 && key.front() != named)
            part.alternatives.push_back(field(key.front()));
        return LabelTemplate({part});
    }
    if (key.isEmpty() && !table.columns.empty())
        key.append(table.columns.front().name);
    for (const QString &column : std::as_const(key)) {
        if (!parts.empty())
            parts.push_back({u" · "_s, {}, 0});
        parts.push_back({{}, {field(column)}, 80});
    }
    return LabelTemplate(std::move(parts));
}

QString meaningOf(const CatalogColumn &column)
{
    const QString type = column.type.toLower();
    if (type.startsWith(u"json"))
        return u"json"_s;
    if (type.startsWith(u"bool"))
        return u"boolean"_s;
    if (type.startsWith(u"timestamp with time zone") || type == u"timestamptz")
        return u"zoned-time"_s;
    if (type.startsWith(u"timestamp") || type.startsWith(u"datetime"))
        return u"utc-text"_s;
    if (type == u"uuid")
        return u"uuid"_s;
    if (type.startsWith(u"vector") || type.startsWith(u"halfvec") || type.startsWith(u"sparsevec"))
        return u"vector"_s;
    const QString name = column.name.toLower();
    if (name.contains(u"password"_s) || name.contains(u"secret"_s) || name.contains(u"api_key"_s) || name.contains(u"access_token"_s))
        return u"secret"_s;
    if (!column.enumLabels.isEmpty())
        return u"enum"_s;
    return {};
}

TableProfile tableProfile(const CatalogTable &table)
{
    TableProfile profile;
    profile.name = table.name;
    profile.bodyName = table.name;
    profile.title = table.name;
    profile.singular = table.name;
    profile.about = table.comment;
    profile.label = labelOf(table);
    for (const CatalogColumn &column : table.columns) {
        if (column.hidden)
            continue;
        ColumnProfile out;
        out.name = column.name;
        out.meaning = meaningOf(column);
        out.about = column.comment;
        for (const QString &label : column.enumLabels)
            out.values.emplace_back(label, label);
        for (const CatalogForeignKey &key : table.foreignKeys) {
            if (key.columns.size() == 1 && key.referencedColumns.size() == 1 && key.columns.front().compare(column.name, Qt::CaseInsensitive) == 0) {
                out.referencedTable = key.referencedTable;
                out.referencedColumn = key.referencedColumns.front();
            }
        }
        profile.columns.push_back(std::move(out));
    }
    return profile;
}

/// A word for paths from any table name.
QString pathWord(const QString &name)
{
    QString word;
    for (const QChar c : name)
        word += c.isLetterOrNumber() || c == u'_' || c == u'-' ? c : QChar(u'_');
    return word;
}

class Deriver
{
public:
    Deriver(const Catalog &catalog, const QString &schema) : m_schema(schema)
    {
        for (const CatalogTable &table : catalog.tables) {
            if (isListed(table, schema) && !m_tables.contains(table.name)) // of two schemas, the first on the path
                m_tables[table.name] = &table;
        }
        for (const auto &[name, table] : m_tables) {
            for (const CatalogForeignKey &key : table->foreignKeys) {
                if (key.columns.size() == key.referencedColumns.size() && !key.columns.isEmpty() && m_tables.contains(key.referencedTable))
                    m_children[key.referencedTable].emplace_back(table, &key);
            }
        }
    }

    void derive(ResolvedProfile &profile)
    {
        for (const auto &[name, table] : m_tables)
            profile.tables.push_back(tableProfile(*table));
        for (const auto &[name, table] : m_tables) {
            if (!isRoot(*table))
                continue;
            TreeGroup group = groupFor(*table, profile);
            group.id = uniqueId(pathWord(name), profile.trees);
            QStringList above{name};
            addChildren(group, profile, above);
            profile.trees.push_back(std::move(group));
        }
    }

private:
    /// Not pure junctions and leaves, which are found below others; whatever belongs to a cycle is.
    bool isRoot(const CatalogTable &table) const
    {
        const bool pointsElsewhere = std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(),
                                                 [&](const CatalogForeignKey &key) { return key.referencedTable != table.name && m_tables.contains(key.referencedTable); });
        return !pointsElsewhere || m_children.contains(table.name);
    }

    TreeGroup groupFor(const CatalogTable &table, const ResolvedProfile &profile) const
    {
        TreeGroup group;
        group.title = table.name;
        group.table = table.name;
        if (const TableProfile *known = profile.table(table.name))
            group.label = known->label;
        for (const CatalogForeignKey &key : table.foreignKeys) {
            if (key.referencedTable == table.name && key.columns.size() == key.referencedColumns.size() && group.selfLink.empty()) {
                for (qsizetype i = 0; i < key.columns.size(); ++i)
                    group.selfLink.emplace_back(key.columns[i], key.referencedColumns[i]);
                group.selfId = u"below"_s;
            }
        }
        return group;
    }

    static QString uniqueId(const QString &wanted, const std::vector<TreeGroup> &siblings)
    {
        QString id = wanted;
        const auto taken = [&](const QString &word) { return std::any_of(siblings.begin(), siblings.end(), [&](const TreeGroup &other) { return other.id == word || other.selfId == word; }); };
        for (int n = 2; taken(id); ++n)
            id = wanted + u'-' + QString::number(n);
        return id;
    }

    void addChildren(TreeGroup &group, const ResolvedProfile &profile, QStringList &above)
    {
        const auto found = m_children.find(group.table);
        if (found == m_children.end() || above.size() > maximumDepth)
            return;
        for (const auto &[table, key] : found->second) {
            if (above.contains(table->name) || ++m_groups > maximumGroups)
                continue;
            TreeGroup child = groupFor(*table, profile);
            child.selfLink.clear();
            child.selfId.clear();
            const auto sameTable = [wanted = table](const auto &other) { return other.first == wanted; };
            const bool several = std::count_if(found->second.begin(), found->second.end(), sameTable) > 1;
            child.id = uniqueId(pathWord(several ? table->name + u'-' + key->columns.join(u'-') : table->name), group.children);
            if (several)
                child.title = table->name + u" ("_s + key->columns.join(u", "_s) + u')';
            for (qsizetype i = 0; i < key->columns.size(); ++i)
                child.link.emplace_back(key->columns[i], key->referencedColumns[i]);
            above.append(table->name);
            addChildren(child, profile, above);
            above.removeLast();
            group.children.push_back(std::move(child));
        }
    }

    QString m_schema;
    std::map<QString, const CatalogTable *> m_tables;
    std::map<QString, std::vector<std::pair<const CatalogTable *, const CatalogForeignKey *>>> m_children;
    int m_groups = 0;
};

} // namespace

ResolvedProfile deriveProfile(const Catalog &catalog, const QString &schema)
{
    ResolvedProfile profile;
    profile.profileId = u"derived"_s;
    profile.engine = catalog.engine;
    profile.schema = schema;
    Deriver(catalog, schema).derive(profile);
    return profile;
}

} // namespace turnstone
