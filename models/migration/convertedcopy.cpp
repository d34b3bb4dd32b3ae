// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/convertedcopy.h"

#include "models/backup/sqlitebackup.h"
#include "models/migration/migrationoverview.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ConvertedCopyText
{
    Q_DECLARE_TR_FUNCTIONS(ConvertedCopy)
};

/// The copy in the making, gone with everything that SQLite laid beside it unless it was kept.
class Making
{
public:
    explicit Making(const QString &target) : m_target(target), m_path(u"%1.converting-%2"_s.arg(target, QUuid::createUuid().toString(QUuid::Id128).left(8))) {}
    ~Making()
    {
        for (const QLatin1String suffix : {""_L1, "-journal"_L1, "-wal"_L1, "-shm"_L1})
            QFile::remove(m_path + suffix);
    }
    Q_DISABLE_COPY_MOVE(Making)

    const QString &path() const { return m_path; }
    Result<> keep()
    {
        const QByteArray from = QFile::encodeName(m_path);
        const QByteArray to = QFile::encodeName(m_target);
        // link() refuses a name that exists, whoever made it since we looked; not every file system has it.
        if (::link(from.constData(), to.constData()) == 0)
            return {};
        if (errno == EEXIST || QFileInfo::exists(m_target))
            return failure(ErrorCode::InvalidInput, ConvertedCopyText::tr("There is a file \"%1\" already.").arg(m_target));
        if (std::rename(from.constData(), to.constData()) == 0)
            return {};
        return failure(ErrorCode::Io, ConvertedCopyText::tr("\"%1\" cannot be written.").arg(m_target));
    }

private:
    const QString m_target;
    const QString m_path;
};

tl::unexpected<Error> nothingLeads(const MigrationHistory &history, const QString &to)
{
    if (history.found.isEmpty())
        return failure(ErrorCode::Unsupported, ConvertedCopyText::tr("This database is of no system whose old schemas are known."));
    return failure(ErrorCode::Unsupported, to.isEmpty() ? ConvertedCopyText::tr("Nothing leads from the schema \"%1\" to another one.").arg(history.found)
                                                        : ConvertedCopyText::tr("Nothing leads from the schema \"%1\" to \"%2\".").arg(history.found, to));
}

Result<MigrationOutcome> convert(const QString &path, const ProfileRegistry &registry, const QString &to, const MigrationRunOptions &options)
{
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(DatabaseUrl::forFile(path), writing);
    if (!connection)
        return failure(connection);
    (*connection)->setStopToken(options.stop);
    const Result<MigrationOverview> overview = readMigrationOverview(**connection, registry, {});
    if (!overview)
        return failure(overview);
    const Result<MigrationPlan> plan = planConversion(overview->history, overview->state, Engine::Sqlite, to);
    if (!plan)
        return failure(plan);
    Result<MigrationOutcome> outcome = runMigrations(**connection, overview->history, overview->state, *plan, options);
    if (!outcome)
        return outcome;
    // The tables of the old schema have left holes.
    for (const QString &sql : {u"VACUUM"_s, u"PRAGMA journal_mode = DELETE"_s}) {
        const Result<> done = (*connection)->forEachRow(sql, {}, [](const RowBlock &, int) { return true; });
        if (!done)
            return failure(done);
    }
    const Result<Value> check = (*connection)->queryValue(u"PRAGMA quick_check(1)"_s);
    if (!check)
        return failure(check);
    if (check->bytes() != "ok")
        return failure(ErrorCode::Corrupt, ConvertedCopyText::tr("The converted copy did not pass SQLite's check; nothing is kept of it."), check->toDisplayText());
    return outcome;
}

} // namespace

Result<QStringList> conversionsOf(Connection &source, const ProfileRegistry &registry)
{
    const Result<MigrationOverview> overview = readMigrationOverview(source, registry, {});
    if (!overview)
        return failure(overview);
    QStringList variants;
    for (const MigrationConversion &conversion : overview->history.conversions) {
        if (conversion.from == overview->history.found)
            variants.append(conversion.to);
    }
    if (variants.isEmpty())
        return nothingLeads(overview->history, {});
    return variants;
}

Result<ConvertedCopy> convertCopy(Connection &source, const ProfileRegistry &registry, const QString &target, const QString &toVariant, MigrationRunOptions options)
{
    if (source.engine() != Engine::Sqlite)
        return failure(ErrorCode::Unsupported, ConvertedCopyText::tr("Only a SQLite file can be converted into a new file; a server's database is converted in its place, after a backup."));
    if (QFileInfo::exists(target))
        return failure(ErrorCode::InvalidInput, ConvertedCopyText::tr("There is a file \"%1\" already.").arg(target));
    const Result<MigrationOverview> overview = readMigrationOverview(source, registry, {});
    if (!overview)
        return failure(overview);
    const MigrationHistory &history = overview->history;
    QString to;
    for (const MigrationConversion &conversion : history.conversions) {
        if (conversion.from == history.found && (toVariant.isEmpty() || conversion.to == toVariant))
            to = conversion.to;
    }
    if (to.isEmpty())
        return nothingLeads(history, toVariant);
    ConvertedCopy copy{target, history.found, to, {}};
    Making making(target);
    SqliteBackupOptions copying;
    copying.stop = options.stop;
    copying.progress = [&options](const BackupProgress &at) {
        if (options.progress)
            options.progress({MigrationProgress::Phase::Backup, 0, 1, at.doneBytes, at.totalBytes});
    };
    if (options.log)
        options.log(ConvertedCopyText::tr("Copying the database"));
    if (const auto copied = backupSqlite(source, making.path(), copying); !copied)
        return failure(copied);
    options.backup = false; // the source is one
    options.trial = false;  // so is the copy
    Result<MigrationOutcome> outcome = convert(making.path(), registry, to, options);
    if (!outcome)
        return failure(outcome);
    copy.outcome = std::move(*outcome);
    if (const Result<> kept = making.keep(); !kept)
        return failure(kept);
    return copy;
}

} // namespace turnstone
