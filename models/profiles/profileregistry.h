// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/profileloader.h"

#include <memory>
#include <vector>

namespace turnstone {

/// The profiles at hand: those built in, and the user's own, which take the place of a built-in
/// one of the same id. Filled once, then only read (from any thread).
class ProfileRegistry
{
public:
    /// Blocks on the disk. A broken file of the user is reported in problems() and left out.
    /// `userFolder` may be empty or missing.
    [[nodiscard]] static ProfileRegistry load(const QString &userFolder = {});

    /// Ordered by id.
    const std::vector<std::shared_ptr<const Profile>> &profiles() const { return m_profiles; }
    std::shared_ptr<const Profile> profile(const QString &id) const;
    const std::vector<ProfileProblem> &problems() const { return m_problems; }

    /// Takes the place of one with the same id.
    void add(Profile profile);

private:
    void loadFolder(const QString &folder, ProfileLoader::Checks checks);

    std::vector<std::shared_ptr<const Profile>> m_profiles;
    std::vector<ProfileProblem> m_problems;
};

} // namespace turnstone
