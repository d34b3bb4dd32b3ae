// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfolder.h"

#include "models/database/session.h"
#include "models/migration/migrationpart.h"
#include "models/migration/migrationstate.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QHash>

#include <algorithm>

static void initMigrationResources()
{
    Q_INIT_RESOURCE(migrations); // a static library's resources are not there by themselves
}

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

const QString root = u":/migrations/"_s;

struct MigrationfolderText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationFolder)
};

/// Name → checksum; empty if there is no such file.
QHash<QString, QByteArray> readChecksums(const QString &path)
{
    QHash<QString, QByteArray> known;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return known;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const qsizetype space = line.indexOf(' ');
        if (space != 64)
            continue;
        QString name = QString::fromUtf8(line.mid(space + 1)).trimmed();
        if (name.startsWith(u'*')) // sha256sum -b
            name.remove(0, 1);
        if (name.startsWith("./"_L1))
            name.remove(0, 2);
        known.insert(name, line.left(space).toLower());
    }
    return known;
}

Result<> checkReleased(const std::vector<MigrationFile> &files, const QHash<QString, QByteArray> &released, const QString &prefix)
{
    for (const MigrationFile &file : files) {
        const auto known = released.constFind(prefix + file.fileName);
        if (known != released.cend() && *known != file.checksum) {
            return failure(ErrorCode::InvalidInput,
                           MigrationfolderText::tr("%1 was changed after its release: its checksum is no longer the one that \"checksums\" records. "
                                                   "Take the change back and put it into a new migration.").arg(file.fileName));
        }
    }
    return {};
}

/// Numbers that count must leave none out; numbers that are times need not.
Result<> checkNumbers(const std::vector<MigrationFile> &files)
{
    constexpr qint64 isTime = 10'000'000;
    for (std::size_t i = 1; i < files.size(); ++i) {
        if (files[i].number == files[i - 1].number)
            return failure(ErrorCode::InvalidInput, MigrationfolderText::tr("%1 and %2 have the same number.").arg(files[i - 1].fileName, files[i].fileName));
        if (files[i].number < isTime && files[i].number != files[i - 1].number + 1)
            return failure(ErrorCode::InvalidInput, MigrationfolderText::tr("Between %1 and %2 a number is missing.").arg(files[i - 1].fileName, files[i].fileName));
    }
    return {};
}

} // namespace

Result<MigrationFolder> MigrationFolder::load(const QString &folder)
{
    const QDir dir(folder);
    if (!dir.exists())
        return failure(ErrorCode::NotFound, MigrationfolderText::tr("There is no folder of migrations \"%1\".").arg(folder));
    MigrationFolder migrations;
    migrations.m_path = folder;
    for (const QString &name : dir.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return failure(ErrorCode::Io, MigrationfolderText::tr("\"%1\" cannot be read.").arg(file.fileName()), file.errorString());
        auto parsed = MigrationFile::parse(name, file.readAll());
        if (!parsed)
            return failure(parsed);
        migrations.m_files.push_back(std::move(*parsed));
    }
    auto &files = migrations.m_files;
    if (files.empty())
        return failure(ErrorCode::NotFound, MigrationfolderText::tr("There is no migration in \"%1\".").arg(folder));
    std::stable_sort(files.begin(), files.end(), [](const auto &a, const auto &b) { return a.number < b.number; });
    if (const Result<> good = checkNumbers(files); !good)
        return failure(good);
    const bool isBundled = folder.startsWith(root);
    const QString prefix = isBundled ? folder.mid(root.size()) + u'/' : QString();
    if (const Result<> good = checkReleased(files, readChecksums(isBundled ? root + u"checksums"_s : dir.filePath(u"checksums"_s)), prefix); !good)
        return failure(good);
    return migrations;
}

Result<MigrationFolder> MigrationFolder::bundled(const QString &path)
{
    initMigrationResources();
    return load(root + path);
}

QStringList MigrationFolder::bundledFolders(const QString &path)
{
    initMigrationResources();
    return QDir(root + path).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
}

std::ptrdiff_t MigrationFolder::find(const QString &word) const
{
    std::ptrdiff_t found = -1;
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        const bool isNamed = word.compare(m_files[i].name, Qt::CaseInsensitive) == 0;
        if (!isNamed && !isRevisionOf(word, m_files[i]))
            continue;
        if (found >= 0)
            return -1;
        found = static_cast<std::ptrdiff_t>(i);
    }
    return found;
}

Result<> MigrationFolder::install(Connection &connection) const
{
    auto all = [this](Connection &target) -> Result<> {
        for (const MigrationFile &file : m_files) {
            const Result<MigrationPart> part = prepareMigration(file, MigrationDirection::Up, target.engine());
            if (!part)
                return failure(part);
            for (const MigrationStatement &statement : part->statements) {
                if (const Result<> done = runStatement(target, file, statement); !done)
                    return done;
            }
        }
        return {};
    };
    return Session::inTransaction(connection, all);
}

} // namespace turnstone
