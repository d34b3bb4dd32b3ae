// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/recognition.h"

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool isThere(const Catalog &catalog, const QString &schema, const QString &name)
{
    const CatalogTable *table = catalog.table(name.section(u'.', 0, 0), schema);
    return table && (!name.contains(u'.') || table->hasColumn(name.section(u'.', 1)));
}

qsizetype countThere(const Catalog &catalog, const QString &schema, const QStringList &names)
{
    return std::count_if(names.begin(), names.end(), [&](const QString &name) { return isThere(catalog, schema, name); });
}

bool ruleHolds(const RecogniseRule &rule, const Catalog &catalog, const QString &schema)
{
    return countThere(catalog, schema, rule.must) == rule.must.size() && countThere(catalog, schema, rule.of) >= rule.atLeast;
}

bool ruleHoldsPartly(const RecogniseRule &rule, const Catalog &catalog, const QString &schema)
{
    return !rule.incomplete.isEmpty() && countThere(catalog, schema, rule.incomplete) == rule.incomplete.size();
}

bool isSystemOwn(const CatalogTable &table)
{
    return table.kind == TableKind::Shadow || table.name.startsWith(u"sqlite_");
}

/// Fills matched, missing, extra; returns the share of the expected columns that is there.
double compare(Recognition &recognition, const Catalog &catalog)
{
    const ResolvedProfile expected = recognition.profile->resolve(recognition.variant, catalog.engine);
    double wanted = 0;
    double there = 0;
    for (const TableProfile &table : expected.tables) {
        const CatalogTable *actual = catalog.table(table.name, recognition.schema);
        if (!actual) {
            if (!table.optional) {
                recognition.missing.append(table.name);
                wanted += static_cast<double>(table.columns.size());
            }
            continue;
        }
        recognition.matched.append(actual->name);
        for (const ColumnProfile &column : table.columns) {
            if (actual->hasColumn(column.name)) {
                ++wanted;
                ++there;
            } else if (!column.optional) {
                ++wanted;
                recognition.missing.append(table.name + u'.' + column.name);
            }
        }
        for (const CatalogColumn &column : actual->columns) {
            if (!column.hidden && !table.column(column.name))
                recognition.extraColumns.append(actual->name + u'.' + column.name);
        }
    }
    for (const CatalogTable &table : catalog.tables) {
        if (table.schema == recognition.schema && !isSystemOwn(table) && !recognition.matched.contains(table.name))
            recognition.extra.append(table.name);
    }
    return wanted > 0 ? there / wanted : 1.0;
}

std::optional<Recognition> recogniseProfile(const std::shared_ptr<const Profile> &profile, const Catalog &catalog, const QString &schema)
{
    Recognition recognition;
    recognition.profile = profile;
    recognition.schema = schema;
    const auto &variants = profile->variants();
    const auto fits = [&](const ProfileVariant &variant) { return variant.when.holds(catalog, schema); };
    auto found = std::find_if(variants.begin(), variants.end(), [&](const ProfileVariant &variant) { return ruleHolds(variant.recognise, catalog, schema) && fits(variant); });
    if (found == variants.end()) {
        // the marks of the system are there, but of no variant: the default one is nearest
        found = std::find_if(variants.begin(), variants.end(), [&](const ProfileVariant &variant) { return ruleHoldsPartly(variant.recognise, catalog, schema) && fits(variant); });
        if (found == variants.end() && (ruleHolds(profile->defaultVariant().recognise, catalog, schema) || ruleHoldsPartly(profile->defaultVariant().recognise, catalog, schema)))
            found = std::find_if(variants.begin(), variants.end(), [&](const ProfileVariant &variant) { return variant.id == profile->defaultVariant().id; });
        recognition.incomplete = true;
    }
    if (found == variants.end())
        return {};
    recognition.variant = found->id;
    const double columns = compare(recognition, catalog);
    const RecogniseRule &rule = found->recognise;
    const qsizetype marks = rule.of.size() + rule.votes.size();
    const double voted = marks == 0 ? 1.0 : static_cast<double>(countThere(catalog, schema, rule.of) + countThere(catalog, schema, rule.votes)) / static_cast<double>(marks);
    recognition.confidence = recognition.incomplete ? 0.1 + 0.3 * columns : 0.5 + 0.3 * columns + 0.2 * voted;
    return recognition;
}

} // namespace

ResolvedProfile Recognition::resolve(const Catalog &catalog) const
{
    return profile->resolve(variant, catalog.engine, &catalog, schema);
}

std::vector<Recognition> recognise(const Catalog &catalog, const ProfileRegistry &registry)
{
    std::vector<Recognition> found;
    for (const QString &schema : catalog.schemas) {
        for (const std::shared_ptr<const Profile> &profile : registry.profiles()) {
            if (std::optional<Recognition> recognition = recogniseProfile(profile, catalog, schema))
                found.push_back(std::move(*recognition));
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Recognition &a, const Recognition &b) { return a.confidence > b.confidence; });
    return found;
}

} // namespace turnstone
