// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/recordtitles.h"

namespace turnstone {

using namespace Qt::StringLiterals;

Result<QStringList> readRecordTitles(const LensScope &scope, const QString &tableName, const std::vector<RowKey> &keys)
{
    QStringList titles(static_cast<qsizetype>(keys.size()));
    const CatalogTable *table = scope.sql.table(tableName);
    const TableProfile *known = scope.profile.table(tableName);
    if (table == nullptr || known == nullptr)
        return titles;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        LensSelect select(scope, *table, u"r"_s);
        const int title = select.addTemplate(known->label, *table, u"r"_s);
        if (title < 0)
            return titles;
        const QString condition = identityCondition(scope, *table, u"r"_s, keys[i], select.values());
        const QString sql = select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition + u" LIMIT 1"_s);
        const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
            titles[static_cast<qsizetype>(i)] = lensTitle(known->label, block, row, title).simplified();
            return false;
        });
        if (!read)
            return failure(read);
    }
    return titles;
}

} // namespace turnstone
