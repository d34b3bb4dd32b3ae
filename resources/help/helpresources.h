// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace turnstone {

/// Makes ":/help/*.md" readable; a static library's resources are not there by themselves.
/// May be called more than once.
void registerHelpResources();

} // namespace turnstone
