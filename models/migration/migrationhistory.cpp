// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationhistory.h"

#include "models/profiles/derivedprofile.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationHistoryText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationHistory)
};

/// The one asked for, else the one found, else the default; the last two only if this engine has them.
Result<const ProfileVariant *> variantOf(const Profile &profile, const QString &asked, const QString &found, Engine engine)
{
    if (!asked.isEmpty()) {
        if (const ProfileVariant *variant = profile.variant(asked))
            return variant;
        QStringList ids;
        for (const ProfileVariant &known : profile.variants())
            ids.append(known.id);
        return failure(ErrorCode::InvalidInput, MigrationHistoryText::tr("%1 has no variant \"%2\"; there are %3.").arg(profile.id(), asked, ids.join(u", "_s)));
    }
    const ProfileVariant *variant = found.isEmpty() ? nullptr : profile.variant(found);
    if (variant && !variant->schemaFolder(engine).isEmpty())
        return variant;
    if (!profile.defaultVariant().schemaFolder(engine).isEmpty())
        return &profile.defaultVariant();
    for (const ProfileVariant &other : profile.variants()) {
        if (!other.schemaFolder(engine).isEmpty())
            return &other;
    }
    return nullptr;
}

/// Folders "<from>-to-<to>" below "<system>/<engine>/conversions", of those that concern `found`.
Result<std::vector<MigrationConversion>> conversionsOf(const Profile &profile, const QString &found, Engine engine)
{
    std::vector<MigrationConversion> conversions;
    const QString parent = u"%1/%2/conversions"_s.arg(profile.id(), engine == Engine::Sqlite ? u"sqlite"_s : u"postgresql"_s);
    for (const QString &name : MigrationFolder::bundledFolders(parent)) {
        const qsizetype between = name.indexOf("-to-"_L1);
        const QString from = name.left(between);
        const QString to = name.mid(between + 4);
        if (between < 0 || (from != found && to != found))
            continue;
        const Result<MigrationFolder> folder = MigrationFolder::bundled(parent + u'/' + name);
        if (!folder)
            return failure(folder);
        MigrationFile file = folder->files().front();
        file.fileName = name + ".sql"_L1; // the name that messages and backups show
        conversions.push_back({from, to, file.title, file});
    }
    return conversions;
}

} // namespace

Result<MigrationHistory> findHistory(const Catalog &catalog, const std::vector<Recognition> &recognitions, const ProfileRegistry &registry,
                                     const MigrationRequest &request)
{
    MigrationHistory history;
    std::shared_ptr<const Profile> profile;
    if (!request.system.isEmpty()) {
        profile = registry.profile(request.system);
        if (!profile) {
            QStringList ids;
            for (const auto &known : registry.profiles())
                ids.append(known->id());
            return failure(ErrorCode::InvalidInput, MigrationHistoryText::tr("There is no system \"%1\"; there are %2.").arg(request.system, ids.join(u", "_s)));
        }
    }
    for (const Recognition &recognition : recognitions) {
        if (profile && recognition.profile->id() != profile->id())
            continue;
        profile = recognition.profile;
        history.found = recognition.variant;
        history.schema = catalog.engine == Engine::Sqlite ? QString() : recognition.schema;
        break;
    }
    if (profile) {
        const Result<const ProfileVariant *> variant = variantOf(*profile, request.variant, history.found, catalog.engine);
        if (!variant)
            return failure(variant);
        history.system = profile->id();
        if (*variant) {
            history.variant = (*variant)->id;
            history.profile = profile->resolve(history.variant, catalog.engine, history.found.isEmpty() ? nullptr : &catalog, history.schema);
            const QString path = (*variant)->schemaFolder(catalog.engine);
            if (!path.isEmpty() && request.folder.isEmpty()) {
                Result<MigrationFolder> folder = MigrationFolder::bundled(path);
                if (!folder)
                    return failure(folder);
                history.folder = std::move(*folder);
            }
        }
        Result<std::vector<MigrationConversion>> conversions = conversionsOf(*profile, history.found, catalog.engine);
        if (!conversions)
            return failure(conversions);
        if (request.folder.isEmpty())
            history.conversions = std::move(*conversions);
    } else {
        history.profile = deriveProfile(catalog);
        history.profile.migrations = {};
    }
    if (!request.folder.isEmpty()) {
        Result<MigrationFolder> folder = MigrationFolder::load(request.folder);
        if (!folder)
            return failure(folder);
        history.folder = std::move(*folder);
        history.isUsers = true;
        history.tracking = MigrationTracking::ofFolder(catalog, history.profile);
    } else {
        history.tracking = MigrationTracking::ofProfile(catalog, history.profile);
    }
    return history;
}

} // namespace turnstone
