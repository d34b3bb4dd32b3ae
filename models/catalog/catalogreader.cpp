// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"

#include "models/catalog/postgrescatalogreader.h"
#include "models/catalog/sqlitecatalogreader.h"
#include "models/core/logging.h"

#include <QElapsedTimer>

namespace turnstone {

Result<Catalog> readCatalog(Connection &connection)
{
    QElapsedTimer timer;
    timer.start();
    Result<Catalog> catalog = connection.engine() == Engine::Sqlite ? SqliteCatalogReader(connection).read()
                                                                    : PostgresCatalogReader(connection).read();
    if (!catalog)
        return catalog;
    catalog->indexTables();
    qCDebug(catalogLog) << catalog->tables.size() << "tables read in" << timer.elapsed() << "ms";
    return catalog;
}

Result<std::vector<TableSize>> readTableSizes(Connection &connection)
{
    return connection.engine() == Engine::Sqlite ? SqliteCatalogReader(connection).readSizes()
                                                 : PostgresCatalogReader(connection).readSizes();
}

} // namespace turnstone
