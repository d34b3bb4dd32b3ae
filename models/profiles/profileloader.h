// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/profile.h"

#include <tl/expected.hpp>

namespace turnstone {

/// Reads profiles. A mistake is told with file, line, column and reason, all mistakes at once
/// unless the text is no JSON at all. Unknown keys are mistakes, with the nearest known one named.
class ProfileLoader
{
public:
    using Loaded = tl::expected<Profile, std::vector<ProfileProblem>>;

    /// What is looked at for mistakes. The bodies of all variants are most of the work, and those of the built-in profiles
    /// are known to be right: the tests look at them.
    enum class Checks { Everything, HeadOnly };

    /// `source` is what problems and Profile::source() call the file.
    [[nodiscard]] static Loaded load(const QByteArray &text, const QString &source, Checks checks = Checks::Everything);
    /// Blocks on the disk.
    [[nodiscard]] static Loaded loadFile(const QString &path, Checks checks = Checks::Everything);
};

} // namespace turnstone
