// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace turnstone {

/// A path below the project's folder: sourcePath("migrations"). The only test code that knows where the project lies, so
/// that a copy of the project elsewhere compiles to the same objects.
QString sourcePath(const QString &name = {});

} // namespace turnstone
