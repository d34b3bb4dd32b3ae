// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationbackup.h"

#include "models/backup/postgresdump.h"
#include "models/backup/sqlitebackup.h"

#include <QCoreApplication>
#include <QDir>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationBackupText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationBackup)
};

bool isEmpty(Connection &connection)
{
    const Result<Value> tables = connection.queryValue(
        connection.engine() == Engine::Sqlite ? u"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"_s
                                              : u"SELECT count(*) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace NOT IN"
                                                " (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')"_s);
    return tables && tables->toDisplayText() == "0"_L1;
}

Result<QString> dumpServer(Connection &connection, const QString &reason, const MigrationRunOptions &options)
{
    QString target = options.backupFile;
    if (target.isEmpty()) {
        const Result<Value> name = connection.queryValue(u"SELECT current_database()"_s);
        QDir().mkpath(options.backupFolder);
        target = backupPathBeside(QDir(options.backupFolder).filePath((name ? name->toDisplayText() : u"database"_s) + ".dump"_L1), reason, options.now);
    }
    const auto show = [&](const DumpProgress &progress) {
        if (options.progress)
            options.progress({MigrationProgress::Phase::Backup, 0, 0, progress.tables, progress.ofTables});
    };
    const Result<DumpOutcome> dumped = dumpPostgres(connection.url(), target, false, options.stop, show);
    if (dumped)
        return dumped->path;
    Error error = dumped.error();
    if (error.code != ErrorCode::Cancelled)
        error.message += MigrationBackupText::tr(" Nothing was changed; go on without a backup only if you have one.");
    return tl::unexpected(error);
}

} // namespace

Result<QString> backupBefore(Connection &connection, const QString &reason, const MigrationRunOptions &options)
{
    if (isEmpty(connection))
        return QString();
    if (connection.engine() == Engine::PostgreSql)
        return dumpServer(connection, reason, options);
    SqliteBackupOptions copying;
    copying.stop = options.stop;
    if (options.progress) {
        copying.progress = [&](const BackupProgress &progress) {
            options.progress({MigrationProgress::Phase::Backup, 0, 0, progress.doneBytes, progress.totalBytes});
        };
    }
    const QString target = options.backupFile.isEmpty() ? backupPathBeside(connection.url().filePath(), reason, options.now) : options.backupFile;
    const Result<SqliteBackupOutcome> copied = backupSqlite(connection, target, copying);
    if (!copied)
        return failure(copied);
    return copied->path;
}

} // namespace turnstone
