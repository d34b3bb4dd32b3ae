// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profile.h"

#include "models/profiles/profilewalker.h"
#include "models/profiles/variantbody.h"

#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

const CatalogColumn *columnOf(const Catalog &catalog, const QString &schema, const QString &name)
{
    const CatalogTable *table = catalog.table(name.section(u'.', 0, 0), schema);
    return table ? table->column(name.section(u'.', 1)) : nullptr;
}

bool hasName(const Catalog &catalog, const QString &schema, const QString &name)
{
    if (name.contains(u'.'))
        return columnOf(catalog, schema, name) != nullptr;
    return catalog.table(name, schema) != nullptr;
}

bool hasConstraint(const Catalog &catalog, const QString &schema, const QString &name)
{
    const auto named = [&](const auto &entry) { return entry.name == name; };
    return std::any_of(catalog.tables.begin(), catalog.tables.end(), [&](const CatalogTable &table) {
        return (schema.isEmpty() || table.schema == schema)
               && (std::any_of(table.checks.begin(), table.checks.end(), named) || std::any_of(table.indexes.begin(), table.indexes.end(), named)
                   || std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(), named));
    });
}

bool cascadesFrom(const Catalog &catalog, const QString &schema, const QString &name)
{
    const CatalogTable *table = catalog.table(name.section(u'.', 0, 0), schema);
    return table && std::any_of(table->foreignKeys.begin(), table->foreignKeys.end(), [&](const CatalogForeignKey &key) {
        return key.onDelete == ForeignKeyAction::Cascade && key.columns == QStringList{name.section(u'.', 1)};
    });
}

bool typeMatches(const QString &type, const QString &wanted)
{
    const auto pattern = QRegularExpression::wildcardToRegularExpression(wanted, QRegularExpression::UnanchoredWildcardConversion);
    // format_type() puts the schema in front of types outside the search path
    const QString bare = type.section(u'.', -1).remove(u'"');
    const QRegularExpression expression(QRegularExpression::anchoredPattern(pattern), QRegularExpression::CaseInsensitiveOption);
    return expression.match(type).hasMatch() || expression.match(bare).hasMatch();
}

} // namespace

QString ProfileProblem::toText() const
{
    return u"%1:%2:%3: %4%5"_s.arg(file).arg(line).arg(column).arg(reason, path.isEmpty() ? QString() : u" ("_s + path + u')');
}

bool CatalogCondition::holds(const Catalog &catalog, const QString &schema) const
{
    const auto all = [](const QStringList &names, auto &&test) { return std::all_of(names.begin(), names.end(), test); };
    return all(has, [&](const QString &name) { return hasName(catalog, schema, name); })
           && all(hasNot, [&](const QString &name) { return !hasName(catalog, schema, name); })
           && all(enums, [&](const QString &name) { return catalog.enumType(name, schema) != nullptr; })
           && all(hasNotEnums, [&](const QString &name) { return catalog.enumType(name, schema) == nullptr; })
           && all(notNull, [&](const QString &name) { const CatalogColumn *column = columnOf(catalog, schema, name); return column && column->notNull; })
           && all(nullable, [&](const QString &name) { const CatalogColumn *column = columnOf(catalog, schema, name); return column && !column->notNull; })
           && all(constraints, [&](const QString &name) { return hasConstraint(catalog, schema, name); })
           && all(cascades, [&](const QString &name) { return cascadesFrom(catalog, schema, name); })
           && std::all_of(types.begin(), types.end(), [&](const auto &entry) { const CatalogColumn *column = columnOf(catalog, schema, entry.first); return column && typeMatches(column->type, entry.second); })
           && (any.empty() || std::any_of(any.begin(), any.end(), [&](const CatalogCondition &alternative) { return alternative.holds(catalog, schema); }));
}

CatalogCondition conditionFromJson(const QJsonObject &object)
{
    const auto names = [&object](const QString &key) { return object.value(key).toVariant().toStringList(); };
    CatalogCondition condition;
    condition.has = names(u"has"_s);
    condition.hasNot = names(u"hasNot"_s);
    condition.enums = names(u"enums"_s);
    condition.hasNotEnums = names(u"hasNotEnums"_s);
    condition.notNull = names(u"notNull"_s);
    condition.nullable = names(u"nullable"_s);
    condition.constraints = names(u"constraints"_s);
    condition.cascades = names(u"cascades"_s);
    const QJsonObject types = object.value(u"type"_s).toObject();
    for (auto it = types.begin(); it != types.end(); ++it)
        condition.types.emplace_back(it.key(), it.value().toString());
    const QJsonArray alternatives = object.value(u"any"_s).toArray();
    for (const QJsonValue &alternative : alternatives)
        condition.any.push_back(conditionFromJson(alternative.toObject()));
    return condition;
}

const ProfileVariant *Profile::variant(const QString &variantId) const
{
    for (const ProfileVariant &candidate : m_variants) {
        if (candidate.id == variantId)
            return &candidate;
    }
    return nullptr;
}

const ProfileVariant &Profile::defaultVariant() const
{
    const ProfileVariant *chosen = variant(m_default);
    return chosen ? *chosen : m_variants.back();
}

ResolvedProfile Profile::resolve(const QString &variantId, Engine engine, const Catalog *catalog, const QString &schema) const
{
    const ProfileVariant *chosen = variant(variantId);
    if (!chosen)
        chosen = &defaultVariant();
    ResolvedProfile resolved;
    resolved.profileId = m_id;
    resolved.profileTitle = m_title;
    resolved.variantId = chosen->id;
    resolved.variantTitle = chosen->title;
    resolved.engine = engine;
    resolved.schema = schema;
    const VariantBody body(*m_document, chosen->id);
    ProfileWalker walker(body.names(catalog, schema), engine, schema);
    walker.walk(body.body(), resolved);
    return resolved;
}

} // namespace turnstone
