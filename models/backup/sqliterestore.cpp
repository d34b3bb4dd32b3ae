// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/sqliterestore.h"

#include "models/database/sqliteconnection.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <sqlite3.h>

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

/// A copy of the backup beside the target, with the same rows.
Result<RowCounts> checkedCopy(const QString &backup, const QString &target, const QString &fresh, const SqliteBackupOptions &options)
{
    if (QFileInfo(backup).canonicalFilePath() == QFileInfo(target).canonicalFilePath() && QFileInfo::exists(target))
        return failure(ErrorCode::InvalidInput, RestoreText::tr("\"%1\" is the database itself.").arg(backup));
    const Result<RowCounts> wanted = countRows(backup);
    if (!wanted)
        return wanted;
    if (const auto copied = backupSqlite(DatabaseUrl::forFile(backup), fresh, options); !copied)
        return failure(copied);
    Result<RowCounts> got = countRows(fresh);
    if (got && *got != *wanted)
        got = failure(ErrorCode::Corrupt, RestoreText::tr("The copy of \"%1\" does not have the same rows; nothing was replaced.").arg(backup));
    if (got && options.stop.stop_requested())
        got = failure(ErrorCode::Cancelled, RestoreText::tr("The work was stopped."));
    if (!got)
        QFile::remove(fresh);
    return got;
}

QString freshBeside(const QString &target)
{
    return u"%1.restore-%2"_s.arg(target, QUuid::createUuid().toString(QUuid::Id128).left(8));
}

SqliteRestoreOutcome outcomeOf(const QString &target, const RowCounts &counts)
{
    SqliteRestoreOutcome outcome;
    outcome.path = target;
    outcome.tables = static_cast<int>(counts.size());
    for (const auto &[table, rows] : counts)
        outcome.rows += rows;
    return outcome;
}

/// All pages of `from` over those of `to`, in one transaction.
Result<> overwrite(SqliteConnection &to, const QString &from)
{
    auto source = Connection::open(DatabaseUrl::forFile(from));
    if (!source)
        return failure(source);
    sqlite3 *const reading = static_cast<SqliteConnection &>(**source).handle();
    sqlite3_backup *backup = sqlite3_backup_init(to.handle(), "main", reading, "main");
    int status = backup ? SQLITE_OK : sqlite3_errcode(to.handle());
    constexpr int patience = 300;
    for (int i = 0; backup && i < patience; ++i) {
        status = sqlite3_backup_step(backup, -1);
        if (status != SQLITE_BUSY && status != SQLITE_LOCKED)
            break;
        sqlite3_sleep(100); // somebody writes
    }
    const int finished = backup ? sqlite3_backup_finish(backup) : status;
    if (status == SQLITE_DONE && finished == SQLITE_OK)
        return {};
    const QString detail = u"SQLite %1: %2"_s.arg(QString::number(status), QString::fromUtf8(sqlite3_errmsg(to.handle())));
    if (status == SQLITE_BUSY || status == SQLITE_LOCKED)
        return failure(ErrorCode::Busy, RestoreText::tr("Somebody else writes to the database all the time. Nothing was replaced; try again."), detail);
    if (status == SQLITE_READONLY)
        return failure(ErrorCode::Unsupported, RestoreText::tr("The backup's pages have another size than the database's, so it cannot take its place while the database is open. Restore it to a new file, or close the database and use turnstone-cli restore."), detail);
    return failure(ErrorCode::Io, RestoreText::tr("The database could not be overwritten; it is as it was."), detail);
}

} // namespace

Result<SqliteRestoreOutcome> restoreSqliteInto(Connection &target, const QString &backup, const QDateTime &nowUtc, const SqliteBackupOptions &options)
{
    if (target.engine() != Engine::Sqlite)
        return failure(ErrorCode::InvalidInput, RestoreText::tr("This is no SQLite database."));
    const QString path = target.url().filePath();
    const QString fresh = freshBeside(path);
    const Result<RowCounts> counts = checkedCopy(backup, path, fresh, options);
    if (!counts)
        return failure(counts);
    SqliteRestoreOutcome outcome = outcomeOf(path, *counts);
    outcome.kept = backupPathBeside(path, u"before-restore"_s, nowUtc);
    SqliteBackupOptions keeping = options;
    keeping.overwrite = false;
    Result<> done;
    if (const auto kept = backupSqlite(target.url(), outcome.kept, keeping); !kept)
        done = failure(kept);
    if (done) {
        done = overwrite(static_cast<SqliteConnection &>(target), fresh);
        if (!done)
            QFile::remove(outcome.kept);
    }
    QFile::remove(fresh);
    if (!done)
        return failure(done);
    return outcome;
}

Result<SqliteRestoreOutcome> restoreSqlite(const QString &backup, const QString &target, const QDateTime &nowUtc, const SqliteBackupOptions &options)
{
    const QString fresh = freshBeside(target);
    const Result<RowCounts> got = checkedCopy(backup, target, fresh, options);
    if (!got)
        return failure(got);
    const auto giveUp = [&](const Error &error) {
        QFile::remove(fresh);
        return tl::unexpected(error);
    };
    SqliteRestoreOutcome outcome = outcomeOf(target, *got);
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
