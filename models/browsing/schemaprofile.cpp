// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/schemaprofile.h"

#include "models/profiles/derivedprofile.h"

namespace turnstone {

bool speaksOf(const DatabaseContext &context, const CatalogTable &table)
{
    const CatalogTable *meant = context.catalog->table(table.name, context.profile->schema);
    return meant != nullptr && meant->schema == table.schema;
}

DatabaseContext contextOfSchema(const DatabaseContext &context, const QString &schema)
{
    DatabaseContext own = context;
    own.profile = std::make_shared<const ResolvedProfile>(deriveProfile(*context.catalog, schema));
    return own;
}

} // namespace turnstone
