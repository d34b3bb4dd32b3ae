// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demowriter.h"
#include "models/lenses/lenssource.h"
#include "models/profiles/hierarchy.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QTemporaryDir>

namespace turnstone {

/// A demo database of one variant of a system, and a connection to it. The problem is empty if all went well.
struct LensDatabase
{
    QTemporaryDir folder;
    QString problem;
    std::unique_ptr<OpenedSystem> system;
    std::unique_ptr<Connection> connection;

    explicit LensDatabase(const QString &id, const QString &variant = {})
    {
        const QString path = folder.filePath(QStringLiteral("lens.db"));
        const QString schema = variant.isEmpty() ? schemaOfSystem(id, QStringLiteral("sqlite")) : schemaOfSystem(id, QStringLiteral("sqlite/") + variant);
        problem = executeSql(path, schema);
        if (!problem.isEmpty())
            return;
        ConnectionOptions options;
        options.readOnly = false;
        auto writer = Connection::open(DatabaseUrl::forFile(path), options);
        const Result<DemoReport> written = writeDemo(**writer, {id, variant, 1, 1});
        if (!written) {
            problem = written.error().message + written.error().detail;
            return;
        }
        writer->reset();
        open(path);
    }
    explicit LensDatabase(const QStringList &statements)
    {
        const QString path = folder.filePath(QStringLiteral("lens.db"));
        problem = executeSql(path, statements.join(QLatin1Char('\n')));
        if (problem.isEmpty())
            open(path);
    }

    /// On a PostgreSQL server.
    LensDatabase(const TestDatabase &database, const QString &id, const QString &variant)
    {
        const QString engine = QStringLiteral("postgresql") + (variant.isEmpty() ? QString() : QLatin1Char('/') + variant);
        problem = database.execute(schemaOfSystem(id, engine));
        if (!problem.isEmpty())
            return;
        const DatabaseUrl url = *DatabaseUrl::parse(database.url());
        ConnectionOptions options;
        options.readOnly = false;
        auto writer = Connection::open(url, options);
        const Result<DemoReport> written = writer ? writeDemo(**writer, {id, variant, 1, 1}) : Result<DemoReport>(failure(writer));
        if (!written) {
            problem = written.error().message + written.error().detail;
            return;
        }
        system = std::make_unique<OpenedSystem>(url);
        connection = std::move(*Connection::open(url));
    }

    LensScope scope() const { return {*connection, *system->context.catalog, *system->context.profile}; }
    /// The key of the first row of a table, by its identity.
    RowKey firstKey(const QString &table) const { return keyWhere(table, {}); }
    RowKey keyWhere(const QString &table, const QString &condition) const
    {
        const LensScope here = scope();
        const CatalogTable *known = here.sql.table(table);
        QStringList columns;
        for (const QString &column : here.sql.identity(*known))
            columns.append(Connection::quoted(column));
        RowKey key;
        (void)connection->forEachRow(QStringLiteral("SELECT %1 FROM %2 %3 ORDER BY 1 LIMIT 1").arg(columns.join(QLatin1Char(',')), here.sql.tableName(*known), condition), {},
                                     [&](const RowBlock &block, int row) {
                                         for (int i = 0; i < block.columnCount(); ++i)
                                             key.emplace_back(block.at(row, i));
                                         return false;
                                     });
        return key;
    }
    QString text(const QString &sql) const
    {
        const Result<Value> value = connection->queryValue(sql);
        return value ? value->toDisplayText() : value.error().message + value.error().detail;
    }

private:
    void open(const QString &path)
    {
        system = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path));
        connection = std::move(*Connection::open(DatabaseUrl::forFile(path)));
    }
};

} // namespace turnstone
