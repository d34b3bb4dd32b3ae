// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/panelkind.h"

#include "models/profiles/treepath.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QVariantMap recordArguments(const QString &table, const RowKey &key)
{
    QVariantList parts;
    for (const Value &value : key)
        parts.append(TreePath::keyText(value.ref()));
    return {{u"table"_s, table}, {u"key"_s, parts}};
}

QString tableOf(const QVariantMap &arguments)
{
    return arguments.value(u"table"_s).toString();
}

RowKey keyOf(const QVariantMap &arguments)
{
    RowKey key;
    for (const QVariant &part : arguments.value(u"key"_s).toList())
        key.push_back(TreePath::keyValue(part.toString()));
    return key;
}

} // namespace turnstone
