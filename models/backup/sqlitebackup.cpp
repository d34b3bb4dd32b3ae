// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/sqlitebackup.h"

#include "models/database/sqliteconnection.h"
#include "models/database/statementwatch.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStorageInfo>
#include <QThread>

#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct SqliteBackupText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteBackup)
};

struct HandleCloser
{
    void operator()(sqlite3 *handle) const { sqlite3_close(handle); }
};
using OwnedHandle = std::unique_ptr<sqlite3, HandleCloser>;

QString systemError()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

Error errorOf(sqlite3 *handle, int code, const QString &path)
{
    const QString text = QString::fromUtf8(code == SQLITE_OK ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
    const QString detail = u"SQLite %1: %2"_s.arg(QString::number(code), QString::fromUtf8(sqlite3_errmsg(handle)));
    switch (code & 0xff) {
    case SQLITE_FULL: return {ErrorCode::Io, SqliteBackupText::tr("The disk is full: \"%1\" could not be written.").arg(path), detail, -1};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {ErrorCode::Busy, SqliteBackupText::tr("The backup waited too long for somebody else who writes the database."), detail, -1};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {ErrorCode::Corrupt, SqliteBackupText::tr("The database is damaged and cannot be copied: %1.").arg(text), detail, -1};
    default: return {ErrorCode::Io, SqliteBackupText::tr("The backup \"%1\" could not be written: %2.").arg(path, text), detail, -1};
    }
}

Error stopped()
{
    return {ErrorCode::Cancelled, SqliteBackupText::tr("The backup was stopped; nothing of it is left."), {}, -1};
}

/// The first value of a statement's first row; null where there is none.
std::optional<QString> firstValue(sqlite3 *handle, const char *sql, StatementWatch watch)
{
    sqlite3_stmt *statement = nullptr;
    std::optional<QString> value;
    const bool isPrepared = sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK;
    const int status = isPrepared ? sqlite3_step(statement) : SQLITE_ERROR;
    if (status == SQLITE_ROW)
        value = QString::fromUtf8(reinterpret_cast<const char *>(sqlite3_column_text(statement, 0)));
    const Error error{ErrorCode::Io, QString::fromUtf8(sqlite3_errmsg(handle)), {}, -1};
    watch.add(value ? 1 : 0, status == SQLITE_ROW || status == SQLITE_DONE ? nullptr : &error);
    sqlite3_finalize(statement);
    return value;
}

std::optional<QString> firstValue(const SqliteConnection &connection, const char *sql)
{
    return firstValue(connection.handle(), sql, StatementWatch(connection, QString::fromLatin1(sql)));
}

std::int64_t pragmaNumber(const SqliteConnection &connection, const char *sql)
{
    return firstValue(connection, sql).value_or(QString()).toLongLong();
}

/// Whatever the connection's stop token says: for the ends of transactions.
bool runStatement(const SqliteConnection &connection, const char *sql)
{
    StatementWatch watch(connection, QString::fromLatin1(sql));
    const int status = sqlite3_exec(connection.handle(), sql, nullptr, nullptr, nullptr);
    const Error error{ErrorCode::Io, QString::fromUtf8(sqlite3_errmsg(connection.handle())), {}, -1};
    watch.add(0, status == SQLITE_OK ? nullptr : &error);
    return status == SQLITE_OK;
}

/// Writes to the disk what the file or folder holds.
bool syncPath(const QString &path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool done = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return done;
}

/// The copy in the making: "target.part" with the source's permissions, gone unless it was kept.
class PartFile
{
public:
    explicit PartFile(const QString &target) : m_target(target), m_path(target + ".part"_L1) {}
    ~PartFile()
    {
        if (m_made)
            remove();
    }
    Q_DISABLE_COPY_MOVE(PartFile)

    const QString &path() const { return m_path; }

    Result<> make(const QString &source)
    {
        struct stat facts = {};
        const mode_t mode = ::stat(QFile::encodeName(source).constData(), &facts) == 0 ? facts.st_mode & 0666 : 0600;
        remove(); // of an attempt that was killed
        const int descriptor = ::open(QFile::encodeName(m_path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor < 0)
            return failure(ErrorCode::Io, SqliteBackupText::tr("The backup \"%1\" cannot be made here.").arg(m_target), systemError());
        m_made = true;
        ::fchmod(descriptor, mode); // whatever the umask says
        ::close(descriptor);
        return {};
    }

    Result<> keep(bool overwrite)
    {
        if (!syncPath(m_path))
            return failure(ErrorCode::Io, SqliteBackupText::tr("The backup \"%1\" could not be written to the disk.").arg(m_target), systemError());
        const QByteArray from = QFile::encodeName(m_path);
        const QByteArray to = QFile::encodeName(m_target);
        // link() refuses a name that exists, whoever made it since we looked; not every file system has it.
        const bool linked = !overwrite && ::link(from.constData(), to.constData()) == 0;
        if (!overwrite && !linked && errno == EEXIST)
            return failure(ErrorCode::InvalidInput, SqliteBackupText::tr("There is a file \"%1\" already.").arg(m_target));
        if (!linked && std::rename(from.constData(), to.constData()) != 0)
            return failure(ErrorCode::Io, SqliteBackupText::tr("The backup \"%1\" cannot be made here.").arg(m_target), systemError());
        if (!linked)
            m_made = false;
        syncPath(QFileInfo(m_target).absolutePath());
        return {};
    }

private:
    void remove() const
    {
        for (const QLatin1String suffix : {""_L1, "-journal"_L1, "-wal"_L1, "-shm"_L1})
            QFile::remove(m_path + suffix);
    }

    const QString m_target;
    const QString m_path;
    bool m_made = false;
};

/// A read transaction on a database in WAL mode: the copy is of one moment and nobody waits for it.
class WalSnapshot
{
public:
    explicit WalSnapshot(const SqliteConnection &connection) : m_connection(connection)
    {
        if (sqlite3_get_autocommit(connection.handle()) == 0 || firstValue(connection, "PRAGMA main.journal_mode") != u"wal"_s)
            return;
        m_held = runStatement(connection, "BEGIN");
        runStatement(connection, "SELECT count(*) FROM sqlite_schema");
    }
    ~WalSnapshot()
    {
        if (m_held)
            runStatement(m_connection, "ROLLBACK");
    }
    Q_DISABLE_COPY_MOVE(WalSnapshot)

private:
    const SqliteConnection &m_connection;
    bool m_held = false;
};

class Copying
{
public:
    Copying(sqlite3 *from, sqlite3 *to, std::int64_t pageSize, const QString &target, const SqliteBackupOptions &options)
        : m_from(from), m_to(to), m_pageSize(pageSize), m_target(target), m_options(options)
    {
    }

    Result<int> run()
    {
        m_backup = sqlite3_backup_init(m_to, "main", m_from, "main");
        if (!m_backup)
            return tl::unexpected(errorOf(m_to, sqlite3_errcode(m_to), m_target));
        const Result<> copied = steps();
        const int finished = sqlite3_backup_finish(m_backup);
        if (!copied)
            return failure(copied);
        if (finished != SQLITE_OK)
            return tl::unexpected(errorOf(m_to, finished, m_target));
        return m_restarts;
    }

private:
    Result<> steps()
    {
        QDeadlineTimer patience(m_options.lockTimeout);
        int before = 0;
        for (;;) {
            if (m_options.stop.stop_requested())
                return tl::unexpected(stopped());
            const bool inOneStep = m_restarts >= m_options.restartsBeforeOneStep;
            const int status = sqlite3_backup_step(m_backup, inOneStep ? -1 : qMax(1, m_options.pagesPerStep));
            const int total = sqlite3_backup_pagecount(m_backup);
            const int done = total - sqlite3_backup_remaining(m_backup);
            if (status == SQLITE_DONE || status == SQLITE_OK) {
                if (done < before)
                    ++m_restarts;
                before = done;
                if (m_options.progress)
                    m_options.progress({done * m_pageSize, total * m_pageSize, false});
                if (status == SQLITE_DONE)
                    return {};
                patience.setRemainingTime(m_options.lockTimeout);
                QThread::yieldCurrentThread(); // the lock is free for a moment: let writers have it
                continue;
            }
            if (status != SQLITE_BUSY && status != SQLITE_LOCKED)
                return tl::unexpected(m_options.stop.stop_requested() ? stopped() : errorOf(m_to, status, m_target));
            if (patience.hasExpired())
                return tl::unexpected(errorOf(m_to, status, m_target));
            QThread::msleep(5);
        }
    }

    sqlite3 *const m_from;
    sqlite3 *const m_to;
    const std::int64_t m_pageSize;
    const QString m_target;
    const SqliteBackupOptions &m_options;
    sqlite3_backup *m_backup = nullptr;
    int m_restarts = 0;
};

Result<> verify(const SqliteConnection &source, sqlite3 *copy, const QString &target, const SqliteBackupOptions &options)
{
    const auto look = [](void *stop) { return static_cast<const std::stop_token *>(stop)->stop_requested() ? 1 : 0; };
    std::stop_token stop = options.stop;
    sqlite3_progress_handler(copy, 10'000, look, &stop);
    const char *check = "PRAGMA quick_check(1)";
    StatementWatch watch(source, QString::fromLatin1(check));
    watch.setParameters({SqliteBackupText::tr("in the copy \"%1\"").arg(target)});
    const std::optional<QString> row = firstValue(copy, check, std::move(watch));
    const QString answer = row ? *row : QString::fromUtf8(sqlite3_errmsg(copy));
    sqlite3_progress_handler(copy, 0, nullptr, nullptr);
    if (stop.stop_requested())
        return tl::unexpected(stopped());
    if (answer != "ok"_L1)
        return failure(ErrorCode::Corrupt, SqliteBackupText::tr("The copy \"%1\" does not pass SQLite's check and was thrown away; the database itself is probably damaged.").arg(target), answer);
    return {};
}

Result<> checkPlaces(const QString &source, const QString &target, const SqliteBackupOptions &options)
{
    const QFileInfo place(target);
    if (!place.dir().exists())
        return failure(ErrorCode::Io, SqliteBackupText::tr("There is no folder \"%1\" for the backup.").arg(place.absolutePath()));
    if (place.exists() && place.canonicalFilePath() == QFileInfo(source).canonicalFilePath())
        return failure(ErrorCode::InvalidInput, SqliteBackupText::tr("A database cannot be backed up into itself."));
    if (place.exists() && !options.overwrite)
        return failure(ErrorCode::InvalidInput, SqliteBackupText::tr("There is a file \"%1\" already.").arg(target));
    return {};
}

Result<> checkSpace(std::int64_t bytes, const QString &target)
{
    const QStorageInfo disk(QFileInfo(target).absolutePath());
    if (!disk.isValid() || disk.bytesAvailable() < 0 || bytes <= disk.bytesAvailable())
        return {};
    const QLocale locale;
    return failure(ErrorCode::Io, SqliteBackupText::tr("The backup needs %1, but only %2 are free on the disk of \"%3\".")
                                      .arg(locale.formattedDataSize(bytes), locale.formattedDataSize(disk.bytesAvailable()), target));
}

} // namespace

Result<SqliteBackupOutcome> backupSqlite(Connection &source, const QString &target, const SqliteBackupOptions &options)
{
    const auto *sqlite = dynamic_cast<const SqliteConnection *>(&source);
    if (!sqlite)
        return failure(ErrorCode::InvalidInput, SqliteBackupText::tr("Only a SQLite database can be copied in this way."));
    const QString path = source.url().filePath();
    if (const Result<> good = checkPlaces(path, target, options); !good)
        return failure(good);
    sqlite3 *from = sqlite->handle();
    const WalSnapshot snapshot(*sqlite);
    const std::int64_t pageSize = pragmaNumber(*sqlite, "PRAGMA page_size");
    const std::int64_t bytes = pragmaNumber(*sqlite, "PRAGMA page_count") * pageSize;
    if (const Result<> fits = checkSpace(bytes, target); !fits)
        return failure(fits);
    PartFile part(target);
    if (const Result<> made = part.make(path); !made)
        return failure(made);
    int restarts = 0;
    {
        sqlite3 *opened = nullptr;
        const int status = sqlite3_open_v2(part.path().toUtf8().constData(), &opened, SQLITE_OPEN_READWRITE, nullptr);
        const OwnedHandle copy(opened);
        if (status != SQLITE_OK)
            return tl::unexpected(errorOf(opened, status, target));
        const Result<int> copied = Copying(from, opened, pageSize, target, options).run();
        if (!copied)
            return failure(copied);
        restarts = *copied;
        if (options.verify) {
            if (options.progress)
                options.progress({bytes, bytes, true});
            if (const Result<> good = verify(*sqlite, opened, target, options); !good)
                return failure(good);
        }
    }
    if (const Result<> kept = part.keep(options.overwrite); !kept)
        return failure(kept);
    return SqliteBackupOutcome{target, QFileInfo(target).size(), restarts};
}

Result<SqliteBackupOutcome> backupSqlite(const DatabaseUrl &source, const QString &target, const SqliteBackupOptions &options)
{
    ConnectionOptions reading;
    reading.lockTimeout = options.lockTimeout;
    const Result<std::unique_ptr<Connection>> connection = Connection::open(source, reading);
    if (!connection)
        return failure(connection);
    (*connection)->setStopToken(options.stop);
    return backupSqlite(**connection, target, options);
}

QString backupPathBeside(const QString &file, const QString &reason, const QDateTime &now)
{
    static const QRegularExpression unwelcome(u"[^A-Za-z0-9._-]+"_s);
    const QFileInfo place(file);
    QString words = reason;
    words.replace(unwelcome, u"-"_s);
    const QString suffix = place.suffix().isEmpty() ? QString() : u'.' + place.suffix();
    QString stem = u"%1/%2.backup-%3"_s.arg(place.absolutePath(), suffix.isEmpty() ? place.fileName() : place.completeBaseName(),
                                           now.toUTC().toString(u"yyyy-MM-dd'T'hhmmss'Z'"_s));
    if (!words.isEmpty())
        stem += u'-' + words.left(80);
    QString path = stem + suffix;
    for (int i = 2; QFileInfo::exists(path); ++i)
        path = u"%1-%2%3"_s.arg(stem, QString::number(i), suffix);
    return path;
}

} // namespace turnstone
