// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/recogniser.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"

#include <QStandardPaths>

namespace turnstone::cli {

QString userProfileFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/turnstone/profiles");
}

ProfileRegistry loadRegistry(const std::function<void(const QString &)> &warn)
{
    ProfileRegistry registry = ProfileRegistry::load(userProfileFolder());
    for (const ProfileProblem &problem : registry.problems())
        warn(problem.toText());
    return registry;
}

Result<KnownDatabase> readAndRecognise(Connection &connection, const ProfileRegistry &registry)
{
    Result<Catalog> catalog = readCatalog(connection);
    if (!catalog)
        return failure(catalog);
    KnownDatabase known;
    known.catalog = std::move(*catalog);
    known.recognitions = recognise(known.catalog, registry);
    known.profile = known.recognitions.empty() ? deriveProfile(known.catalog) : known.recognitions.front().resolve(known.catalog);
    return known;
}

} // namespace turnstone::cli
