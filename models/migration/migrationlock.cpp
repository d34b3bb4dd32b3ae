// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationlock.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationLockText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationLock)
};

class FileLock final : public MigrationLock
{
public:
    FileLock(int descriptor, QByteArray path) : m_descriptor(descriptor), m_path(std::move(path)) {}
    ~FileLock() override
    {
        ::unlink(m_path.constData()); // while it is locked, so that nobody locks a file without a name for good
        ::close(m_descriptor);
    }

    static Result<std::unique_ptr<MigrationLock>> take(const QString &database)
    {
        const QString name = database + ".migrating"_L1;
        const QByteArray path = QFile::encodeName(name);
        for (;;) {
            const int descriptor = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            if (descriptor < 0)
                return failure(ErrorCode::Io, MigrationLockText::tr("\"%1\" cannot be made; without it two migrations could run at once.").arg(name),
                               QString::fromLocal8Bit(std::strerror(errno)));
            if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
                char holder[32] = {};
                const ssize_t length = ::read(descriptor, holder, sizeof holder - 1);
                ::close(descriptor);
                return failure(ErrorCode::Busy, MigrationLockText::tr("Another migration of \"%1\" is running (process %2).")
                                                    .arg(database, length > 0 ? QString::fromLatin1(holder).trimmed() : u"?"_s));
            }
            // Whoever had it before may have taken the name away between our opening and locking.
            struct stat ours = {};
            struct stat named = {};
            if (::fstat(descriptor, &ours) == 0 && ::stat(path.constData(), &named) == 0 && ours.st_ino == named.st_ino) {
                const QByteArray pid = QByteArray::number(static_cast<qint64>(::getpid())) + '\n';
                if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.constData(), static_cast<std::size_t>(pid.size()), 0) < 0)
                    errno = 0; // only for the message that another one would show
                return std::make_unique<FileLock>(descriptor, path);
            }
            ::close(descriptor);
        }
    }

private:
    const int m_descriptor;
    const QByteArray m_path;
};

/// "turnston" and "migrate": the two halves of the key, the same for every program of ours.
constexpr auto advisoryKey = 0x7475726e6d696772LL;

class AdvisoryLock final : public MigrationLock
{
public:
    explicit AdvisoryLock(Connection &connection) : m_connection(connection) {}
    ~AdvisoryLock() override
    {
        m_connection.setStopToken({}); // a stopped run must let go, too
        (void)m_connection.queryValue(u"SELECT pg_advisory_unlock(%1)"_s.arg(advisoryKey));
    }

    static Result<std::unique_ptr<MigrationLock>> take(Connection &connection)
    {
        const Result<Value> taken = connection.queryValue(u"SELECT pg_try_advisory_lock(%1)"_s.arg(advisoryKey));
        if (!taken)
            return failure(taken);
        if (taken->toDisplayText().startsWith(u't'))
            return std::make_unique<AdvisoryLock>(connection);
        const Result<Value> holder = connection.queryValue(u"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = %1 AND objid::bigint = %2"
                                                           " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"_s
                                                               .arg(advisoryKey >> 32).arg(advisoryKey & 0xffffffffLL));
        return failure(ErrorCode::Busy, MigrationLockText::tr("Another migration of this database is running (server process %1).")
                                            .arg(holder && !holder->isNull() ? holder->toDisplayText() : u"?"_s));
    }

private:
    Connection &m_connection;
};

} // namespace

Result<std::unique_ptr<MigrationLock>> MigrationLock::take(Connection &connection)
{
    return connection.engine() == Engine::Sqlite ? FileLock::take(connection.url().filePath()) : AdvisoryLock::take(connection);
}

} // namespace turnstone
