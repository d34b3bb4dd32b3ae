// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/catalog/catalogreader.h"
#include "models/demo/demowriter.h"
#include "models/profiles/derivedprofile.h"
#include "models/profiles/recognition.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"

#include <QDir>
#include <QFile>

#include <memory>

namespace turnstone {

/// The statements that make an empty schema of a system's usual variant, as `new` makes it.
inline QString schemaOfSystem(const QString &system, const QString &engine)
{
    const QDir folder(sourcePath(QStringLiteral("migrations/%1/%2")).arg(system, engine));
    QString sql;
    for (const QString &name : folder.entryList({QStringLiteral("*.sql")}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            sql += QString::fromUtf8(file.readAll()).section(QStringLiteral("-- migrate:up\n"), 1).section(QStringLiteral("-- migrate:down\n"), 0, 0);
    }
    return sql;
}

/// Fills the tables that are there with the demo of a system; what went wrong, or nothing.
inline QString fillWithDemo(const DatabaseUrl &url, const QString &system)
{
    ConnectionOptions options;
    options.readOnly = false;
    const auto connection = Connection::open(url, options);
    if (!connection)
        return connection.error().message;
    const Result<DemoReport> written = writeDemo(**connection, {system, {}, 1, 1});
    return written ? QString() : written.error().message + written.error().detail;
}

/// A SQLite file with the demo of a system; what went wrong, or nothing.
inline QString makeDemoFile(const QString &path, const QString &system)
{
    const QString problem = executeSql(path, schemaOfSystem(system, QStringLiteral("sqlite")));
    return problem.isEmpty() ? fillWithDemo(DatabaseUrl::forFile(path), system) : problem;
}

/// An open database as panels get it.
struct OpenedSystem
{
    std::unique_ptr<SessionPool> pool;
    DatabaseContext context;

    explicit OpenedSystem(const DatabaseUrl &url, int id = 1, bool isReadOnly = true)
    {
        auto connection = Connection::open(url);
        if (!connection)
            qFatal("%s", qPrintable(connection.error().message));
        Catalog catalog = readCatalog(**connection).value();
        static const ProfileRegistry registry = ProfileRegistry::load();
        const std::vector<Recognition> found = recognise(catalog, registry);
        ResolvedProfile profile = found.empty() || found.front().incomplete ? deriveProfile(catalog) : found.front().resolve(catalog);
        ConnectionOptions options;
        options.readOnly = isReadOnly;
        pool = std::make_unique<SessionPool>(url, options);
        context = {id, pool.get(), std::make_shared<const Catalog>(std::move(catalog)), std::make_shared<const ResolvedProfile>(std::move(profile))};
    }
};

} // namespace turnstone
