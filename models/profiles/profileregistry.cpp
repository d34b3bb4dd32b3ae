// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profileregistry.h"

#include "resources/profiles/profileresources.h"

#include <QDir>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

ProfileRegistry ProfileRegistry::load(const QString &userFolder)
{
    registerProfileResources();
    ProfileRegistry registry;
    registry.loadFolder(u":/profiles"_s, ProfileLoader::Checks::HeadOnly);
    if (!userFolder.isEmpty())
        registry.loadFolder(userFolder, ProfileLoader::Checks::Everything);
    return registry;
}

void ProfileRegistry::loadFolder(const QString &folder, ProfileLoader::Checks checks)
{
    const QDir dir(folder);
    const QStringList files = dir.entryList({u"*.json"_s}, QDir::Files | QDir::Readable, QDir::Name);
    for (const QString &file : files) {
        if (file.endsWith(u".schema.json"))
            continue;
        ProfileLoader::Loaded loaded = ProfileLoader::loadFile(dir.filePath(file), checks);
        if (loaded)
            add(std::move(*loaded));
        else
            m_problems.insert(m_problems.end(), loaded.error().begin(), loaded.error().end());
    }
}

void ProfileRegistry::add(Profile profile)
{
    const QString id = profile.id();
    auto shared = std::make_shared<const Profile>(std::move(profile));
    const auto place = std::lower_bound(m_profiles.begin(), m_profiles.end(), id, [](const auto &entry, const QString &wanted) { return entry->id() < wanted; });
    if (place != m_profiles.end() && (*place)->id() == id)
        *place = std::move(shared);
    else
        m_profiles.insert(place, std::move(shared));
}

std::shared_ptr<const Profile> ProfileRegistry::profile(const QString &id) const
{
    for (const auto &candidate : m_profiles) {
        if (candidate->id() == id)
            return candidate;
    }
    return nullptr;
}

} // namespace turnstone
