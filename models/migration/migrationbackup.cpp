// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationbackup.h"

#include "models/backup/sqlitebackup.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // NOLINT: POSIX declares it so

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

/// The newest pg_dump of the usual places: one that is older than the server refuses it.
QString findPgDump()
{
    QDir versions(u"/usr/lib/postgresql"_s);
    QStringList names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    std::sort(names.begin(), names.end(), [](const QString &a, const QString &b) { return a.toInt() > b.toInt(); });
    for (const QString &name : names) {
        const QString path = versions.filePath(name + "/bin/pg_dump"_L1);
        if (QFileInfo(path).isExecutable())
            return path;
    }
    return QStandardPaths::findExecutable(u"pg_dump"_s);
}

/// Runs a program to its end; what it says on standard error is returned in `said`. Waits by poll, so that a stop ends it.
bool runProgram(const std::vector<QByteArray> &words, const QByteArray &password, const std::stop_token &stop, QString &said)
{
    int channel[2];
    if (::pipe2(channel, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, channel[1], 2);
    std::vector<char *> arguments;
    for (const QByteArray &word : words)
        arguments.push_back(const_cast<char *>(word.constData())); // NOLINT: execve's own type
    arguments.push_back(nullptr);
    // The password goes by the environment, which only the same user can read; never on a command line.
    const QByteArray secret = "PGPASSWORD=" + password;
    std::vector<char *> environment;
    for (char **entry = environ; *entry; ++entry)
        environment.push_back(*entry);
    if (!password.isEmpty())
        environment.push_back(const_cast<char *>(secret.constData())); // NOLINT
    environment.push_back(nullptr);
    pid_t child = 0;
    const int started = ::posix_spawn(&child, words.front().constData(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(channel[1]);
    if (started != 0) {
        ::close(channel[0]);
        said = QString::fromLocal8Bit(std::strerror(started));
        return false;
    }
    QByteArray text;
    for (bool isStopped = false;;) {
        pollfd readable{channel[0], POLLIN, 0};
        const int ready = ::poll(&readable, 1, 200);
        if (stop.stop_requested() && !isStopped) {
            ::kill(child, SIGTERM);
            isStopped = true;
        }
        if (ready <= 0)
            continue;
        char bytes[4096];
        const ssize_t length = ::read(channel[0], bytes, sizeof bytes);
        if (length <= 0)
            break;
        if (text.size() < 16'384)
            text.append(bytes, length);
    }
    ::close(channel[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    said = QString::fromLocal8Bit(text).trimmed();
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Result<QString> dumpServer(Connection &connection, const QString &reason, const MigrationRunOptions &options)
{
    const QString program = findPgDump();
    if (program.isEmpty())
        return failure(ErrorCode::NotFound, MigrationBackupText::tr("pg_dump was not found, so there is no backup. Install postgresql-client, or go on without a backup if you have one."));
    QString target = options.backupFile;
    if (target.isEmpty()) {
        const Result<Value> name = connection.queryValue(u"SELECT current_database()"_s);
        QDir().mkpath(options.backupFolder);
        target = backupPathBeside(QDir(options.backupFolder).filePath((name ? name->toDisplayText() : u"database"_s) + ".dump"_L1), reason, options.now);
    }
    if (QFileInfo::exists(target))
        return failure(ErrorCode::InvalidInput, MigrationBackupText::tr("There is a file \"%1\" already.").arg(target));
    DatabaseUrl url = connection.url();
    const QByteArray password = url.password().toUtf8();
    url.setPassword({});
    const QString part = target + ".part"_L1;
    QString said;
    const bool done = runProgram({QFile::encodeName(program), "--format=custom", "--no-password", "--file=" + QFile::encodeName(part), "--dbname=" + url.toUrlWithSecrets().toUtf8()},
                                 password, options.stop, said);
    if (options.stop.stop_requested() || !done)
        QFile::remove(part);
    if (options.stop.stop_requested())
        return failure(ErrorCode::Cancelled, MigrationBackupText::tr("The backup was stopped; nothing of it is left."));
    if (!done)
        return failure(said.contains("version mismatch"_L1) ? ErrorCode::Unsupported : ErrorCode::Io,
                       MigrationBackupText::tr("pg_dump could not save the database: %1. Nothing was changed; go on without a backup only if you have one.").arg(said.section(u'\n', 0, 0)), said);
    QFile::setPermissions(part, QFile::ReadOwner | QFile::WriteOwner);
    if (!QFile::rename(part, target))
        return failure(ErrorCode::Io, MigrationBackupText::tr("The backup \"%1\" cannot be made here.").arg(target));
    return target;
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
