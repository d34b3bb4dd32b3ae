// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/placearguments.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QVariantMap placeArguments(const QString &path)
{
    return {{u"place"_s, path}};
}

QString placeOf(const QVariantMap &arguments)
{
    return arguments.value(u"place"_s).toString();
}

} // namespace turnstone
