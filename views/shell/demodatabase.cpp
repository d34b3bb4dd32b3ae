// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/demodatabase.h"

#include "models/database/connection.h"
#include "models/demo/demowriter.h"
#include "models/migration/migrationfolder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString words(const char *text)
{
    return QCoreApplication::translate("DemoDatabase", text);
}

const ProfileVariant *sqliteVariant(const Profile &profile)
{
    if (!profile.defaultVariant().schemaFolder(Engine::Sqlite).isEmpty())
        return &profile.defaultVariant();
    for (const ProfileVariant &variant : profile.variants()) {
        if (!variant.schemaFolder(Engine::Sqlite).isEmpty())
            return &variant;
    }
    return nullptr;
}

Result<> writeInto(const QString &path, const Profile &profile, const ProfileVariant &variant, std::stop_token stop, const DemoProgress &progress)
{
    const Result<MigrationFolder> schema = MigrationFolder::bundled(variant.schemaFolder(Engine::Sqlite));
    if (!schema)
        return failure(schema);
    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    auto connection = Connection::open(DatabaseUrl::forFile(path), options);
    if (!connection)
        return failure(connection);
    if (Result<> made = schema->install(**connection); !made)
        return made;
    DemoOptions demo;
    demo.system = profile.id();
    demo.variant = variant.id;
    const Result<DemoReport> written = writeDemo(**connection, demo, stop, progress);
    return written ? Result<>() : failure(written);
}

} // namespace

Result<> makeDemoDatabase(const Profile &profile, const QString &path, std::stop_token stop,
                          const std::function<void(std::int64_t, std::int64_t)> &progress)
{
    if (QFileInfo::exists(path))
        return {};
    const ProfileVariant *variant = sqliteVariant(profile);
    if (variant == nullptr)
        return failure(ErrorCode::Unsupported, words("%1 does not exist on SQLite, so there is no sample file of it.").arg(profile.title()));
    if (!QDir().mkpath(QFileInfo(path).absolutePath()))
        return failure(ErrorCode::Io, words("The folder %1 could not be made.").arg(QFileInfo(path).absolutePath()));
    const QString unfinished = path + u".part"_s;
    const auto removeUnfinished = [&unfinished] {
        for (const QString &suffix : {QString(), u"-journal"_s, u"-wal"_s, u"-shm"_s})
            QFile::remove(unfinished + suffix);
    };
    removeUnfinished();
    Result<> written = writeInto(unfinished, profile, *variant, std::move(stop), progress);
    if (written && !QFile::rename(unfinished, path))
        written = failure(ErrorCode::Io, words("%1 could not be written.").arg(path));
    removeUnfinished();
    return written;
}

} // namespace turnstone
