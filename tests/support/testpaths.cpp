// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testpaths.h"

namespace turnstone {

QString sourcePath(const QString &name)
{
    const QString root = QStringLiteral(TURNSTONE_SOURCE_DIR);
    return name.isEmpty() ? root : root + u'/' + name;
}

} // namespace turnstone
