// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/newdatabase.h"

#include "models/catalog/catalogreader.h"
#include "models/migration/migrationfolder.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct NewdatabaseText
{
    Q_DECLARE_TR_FUNCTIONS(NewDatabase)
};

QString idsOf(const ProfileRegistry &registry)
{
    QStringList ids;
    for (const auto &profile : registry.profiles())
        ids.append(profile->id());
    return ids.join(u", "_s);
}

/// The variant to make: the one asked for, else the default, else the first that this engine has.
Result<const ProfileVariant *> variantFor(const Profile &profile, const QString &wanted, Engine engine)
{
    const QString engineName = engine == Engine::Sqlite ? u"SQLite"_s : u"PostgreSQL"_s;
    if (!wanted.isEmpty()) {
        const ProfileVariant *variant = profile.variant(wanted);
        if (!variant) {
            QStringList ids;
            for (const ProfileVariant &known : profile.variants())
                ids.append(known.id);
            return failure(ErrorCode::InvalidInput,
                           NewdatabaseText::tr("%1 has no variant \"%2\"; there are %3").arg(profile.id(), wanted, ids.join(u", "_s)));
        }
        if (variant->schemaFolder(engine).isEmpty())
            return failure(ErrorCode::Unsupported, NewdatabaseText::tr("the variant %1 of %2 does not exist on %3").arg(wanted, profile.id(), engineName));
        return variant;
    }
    if (!profile.defaultVariant().schemaFolder(engine).isEmpty())
        return &profile.defaultVariant();
    for (const ProfileVariant &variant : profile.variants()) {
        if (!variant.schemaFolder(engine).isEmpty())
            return &variant;
    }
    return failure(ErrorCode::Unsupported, NewdatabaseText::tr("%1 does not exist on %2").arg(profile.id(), engineName));
}

} // namespace

NewDatabase::~NewDatabase()
{
    m_connection.reset();
    if (!m_madeFile.isEmpty()) {
        for (const QString &suffix : {QString(), u"-journal"_s, u"-wal"_s, u"-shm"_s})
            QFile::remove(m_madeFile + suffix);
    }
}

Result<> NewDatabase::create(const DatabaseArgument &where, const ProfileRegistry &registry, const QString &system,
                             const QString &variant, std::stop_token stop)
{
    const auto profile = registry.profile(system);
    if (!profile)
        return failure(ErrorCode::InvalidInput, NewdatabaseText::tr("there is no system \"%1\"; there are %2").arg(system, idsOf(registry)));
    const Result<DatabaseUrl> url = where.url();
    if (!url)
        return failure(url);
    const Result<const ProfileVariant *> chosen = variantFor(*profile, variant, url->engine());
    if (!chosen)
        return failure(chosen);
    m_variant = (*chosen)->id;
    const Result<MigrationFolder> schema = MigrationFolder::bundled((*chosen)->schemaFolder(url->engine()));
    if (!schema)
        return failure(schema);

    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    if (url->engine() == Engine::Sqlite) {
        if (!QFileInfo::exists(url->filePath())) {
            if (!QFileInfo(QFileInfo(url->filePath()).absolutePath()).isDir())
                return failure(ErrorCode::NotFound, NewdatabaseText::tr("there is no folder \"%1\"").arg(QFileInfo(url->filePath()).absolutePath()));
            m_madeFile = url->filePath();
        }
    }
    auto connection = where.open(options, stop);
    if (!connection)
        return failure(connection);
    m_connection = std::move(*connection);
    const StopGuard guard(*m_connection, stop);
    const Result<Catalog> catalog = readCatalog(*m_connection);
    if (!catalog)
        return failure(catalog);
    const QString schemaName = url->engine() == Engine::Sqlite ? QString() : u"public"_s;
    for (const CatalogTable &table : catalog->tables) {
        if (schemaName.isEmpty() || table.schema == schemaName) {
            return failure(ErrorCode::Constraint,
                           NewdatabaseText::tr("%1 already holds tables (%2, …); a new database is made only in an empty place")
                               .arg(url->displayText(), table.name));
        }
    }
    return schema->install(*m_connection);
}

} // namespace turnstone::cli
