// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/rowimageread.h"

#include "models/database/connection.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QString imageColumns(const CatalogTable &table, const RowIdentity &identity, QStringList &names, const QString &alias)
{
    const QString before = alias.isEmpty() ? QString() : Connection::quoted(alias) + u'.';
    QStringList list;
    for (const QString &column : identity.columns)
        list.append(before + Connection::quoted(column));
    for (const CatalogColumn &column : table.columns) {
        if (column.hidden)
            continue;
        names.append(column.name);
        list.append(before + Connection::quoted(column.name));
    }
    return list.join(u", "_s);
}

RowImage imageFrom(const CatalogTable &table, const RowIdentity &identity, const QStringList &names, const RowBlock &block, int row)
{
    RowImage image{{table.schema, table.name, {}, 0}, identity.columns, {}, {}};
    int at = 0;
    for (; at < identity.columns.size(); ++at)
        image.address.key.emplace_back(block.at(row, at));
    for (const QString &name : names)
        image.values.emplace(name, Value(block.at(row, at++)));
    if (identity.kind == RowIdentity::Kind::Rowid && table.rowidAlias().isEmpty())
        image.witnessColumns = table.identityColumns();
    return image;
}

} // namespace turnstone
