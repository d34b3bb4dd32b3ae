// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/sqliterestore.h"

#include "models/database/connection.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <algorithm>
#include <map>

#include <unistd.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct RestoreText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteRestore)
};

using RowCounts = std::map<QString, std::int64_t>;

Result<RowCounts> countRows(const QString &path)
{
    auto connection = Connection::open(DatabaseUrl::forFile(path));
    if (!connection)
        return failure(connection);
    QStringList tables;
    const Result<> read = (*connection)->forEachRow(u"SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"_s, {},
                                                    [&](const RowBlock &block, int row) {
                                                        tables.append(QString::fromUtf8(block.at(row, 0).bytes()));
                                                        return true;
                                                    });
    if (!read)
        return failure(read);
    RowCounts counts;
    for (const QString &table : std::as_const(tables)) {
        const Result<Value> count = (*connection)->queryValue(u"SELECT count(*) FROM "_s + Connection::quoted(table));
        if (!count)
            return failure(count);
        counts[table] = count->integer();
    }
    return counts;
}

/// Nobody else may have it open while names change hands: they would go on with the old file.
Result<> takeOutOfUse(const QString &path)
{
    ConnectionOptions options;
    options.readOnly = false;
    options.lockTimeout = std::chrono::milliseconds(1000);
    auto connection = Connection::open(DatabaseUrl::forFile(path), options);
    if (!connection)
        return {}; // damaged, or no database: the reason to restore
    // Leaving WAL mode needs to be alone, and leaves no -wal file behind. The copy that is kept says so.
    const Result<Value> mode = (*connection)->queryValue(u"PRAGMA journal_mode = DELETE"_s);
    Result<> alone = mode ? Result<>() : Result<>(failure(mode));
    if (alone) {
        const auto locked = (*connection)->execute(u"BEGIN EXCLUSIVE"_s);
        alone = locked ? Result<>() : Result<>(failure(locked));
        (*connection)->rollback();
    }
    if (alone && QFileInfo::exists(path + u"-wal"_s) && QFileInfo(path + u"-wal"_s).size() > 0)
        return failure(ErrorCode::Busy, RestoreText::tr("\"%1\" is open somewhere else. Close it there first.").arg(path));
    if (!alone)
        return failure(ErrorCode::Busy, RestoreText::tr("\"%1\" is open somewhere else. Close it there first. %2").arg(path, alone.error().message), alone.error().detail);
    return {};
}

} // namespace

Result<SqliteRestoreOutcome> restoreSqlite(const QString &backup, const QString &target, const QDateTime &nowUtc, const SqliteBackupOptions &options)
{
    if (QFileInfo(backup).canonicalFilePath() == QFileInfo(target).canonicalFilePath() && QFileInfo::exists(target))
        return failure(ErrorCode::InvalidInput, RestoreText::tr("\"%1\" is the database itself.").arg(backup));
    const Result<RowCounts> wanted = countRows(backup);
    if (!wanted)
        return failure(wanted);
    const QString fresh = u"%1.restore-%2"_s.arg(target, QUuid::createUuid().toString(QUuid::Id128).left(8));
    const auto copied = backupSqlite(DatabaseUrl::forFile(backup), fresh, options);
    if (!copied)
        return failure(copied);
    const auto giveUp = [&](const Error &error) {
        QFile::remove(fresh);
        return tl::unexpected(error);
    };
    const Result<RowCounts> got = countRows(fresh);
    if (!got)
        return giveUp(got.error());
    if (*got != *wanted)
        return giveUp({ErrorCode::Corrupt, RestoreText::tr("The copy of \"%1\" does not have the same rows; nothing was replaced.").arg(backup), {}, -1});
    if (options.stop.stop_requested())
        return giveUp({ErrorCode::Cancelled, RestoreText::tr("The work was stopped."), {}, -1});
    SqliteRestoreOutcome outcome;
    outcome.path = target;
    outcome.tables = static_cast<int>(got->size());
    for (const auto &[table, rows] : *got)
        outcome.rows += rows;
    if (QFileInfo::exists(target)) {
        if (const Result<> free = takeOutOfUse(target); !free)
            return giveUp(free.error());
        const QString kept = backupPathBeside(target, u"before-restore"_s, nowUtc);
        // A second name for the old file first, then one rename: at no moment is there no database.
        if (::link(QFile::encodeName(target).constData(), QFile::encodeName(kept).constData()) != 0 && !QFile::copy(target, kept))
            return giveUp({ErrorCode::Io, RestoreText::tr("\"%1\" cannot be kept under another name; nothing was replaced.").arg(target), {}, -1});
        outcome.kept = kept;
    }
    if (::rename(QFile::encodeName(fresh).constData(), QFile::encodeName(target).constData()) != 0)
        return giveUp({ErrorCode::Io, RestoreText::tr("\"%1\" cannot be written; nothing was replaced.").arg(target), {}, -1});
    return outcome;
}

std::vector<BackupFile> backupsBeside(const QString &sqliteFile)
{
    const QFileInfo file(sqliteFile);
    std::vector<BackupFile> files;
    const QFileInfoList beside = file.dir().entryInfoList({file.completeBaseName() + u".backup-*"_s}, QDir::Files, QDir::Time);
    for (const QFileInfo &found : beside) {
        if (!found.fileName().endsWith(u"-wal"_s) && !found.fileName().endsWith(u"-shm"_s) && !found.fileName().endsWith(u"-journal"_s))
            files.push_back({found.filePath(), found.size(), found.lastModified().toUTC()});
    }
    return files;
}

std::vector<BackupFile> dumpsIn(const QString &folder)
{
    std::vector<BackupFile> files;
    for (const QFileInfo &found : QDir(folder).entryInfoList({u"*.dump"_s, u"*.sql"_s}, QDir::Files, QDir::Time))
        files.push_back({found.filePath(), found.size(), found.lastModified().toUTC()});
    return files;
}

} // namespace turnstone
