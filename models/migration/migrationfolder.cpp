// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfolder.h"

#include "models/database/session.h"
#include "models/sql/sqlscript.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <algorithm>

static void initMigrationResources()
{
    Q_INIT_RESOURCE(migrations); // a static library's resources are not there by themselves
}

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationfolderText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationFolder)
};

Result<> runUp(Connection &connection, const MigrationFile &file)
{
    const SqlDialect dialect = connection.engine() == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
    for (const SqlStatement &statement : SqlScript::split(file.up, dialect)) {
        if (const auto done = connection.execute(statement.text); !done) {
            Error error = done.error();
            error.message = MigrationfolderText::tr("%1, line %2: %3").arg(file.fileName, QString::number(file.upLine + statement.line - 1), error.message);
            return tl::unexpected(error);
        }
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
    for (const QString &name : dir.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return failure(ErrorCode::Io, MigrationfolderText::tr("\"%1\" cannot be read.").arg(file.fileName()), file.errorString());
        auto parsed = MigrationFile::parse(name, file.readAll());
        if (!parsed)
            return failure(parsed);
        migrations.m_files.push_back(std::move(*parsed));
    }
    if (migrations.m_files.empty())
        return failure(ErrorCode::NotFound, MigrationfolderText::tr("There is no migration in \"%1\".").arg(folder));
    auto &files = migrations.m_files;
    std::stable_sort(files.begin(), files.end(), [](const auto &a, const auto &b) { return a.number < b.number; });
    for (std::size_t i = 1; i < files.size(); ++i) {
        if (files[i].number == files[i - 1].number) {
            return failure(ErrorCode::InvalidInput, MigrationfolderText::tr("%1 and %2 have the same number.").arg(files[i - 1].fileName, files[i].fileName));
        }
        if (files[i].number != files[i - 1].number + 1) {
            return failure(ErrorCode::InvalidInput, MigrationfolderText::tr("Between %1 and %2 a number is missing.").arg(files[i - 1].fileName, files[i].fileName));
        }
    }
    return migrations;
}

Result<MigrationFolder> MigrationFolder::bundled(const QString &path)
{
    initMigrationResources();
    return load(u":/migrations/"_s + path);
}

Result<> MigrationFolder::install(Connection &connection) const
{
    auto all = [this](Connection &target) -> Result<> {
        for (const MigrationFile &file : m_files) {
            if (const Result<> run = runUp(target, file); !run)
                return run;
        }
        return {};
    };
    return Session::inTransaction(connection, all);
}

} // namespace turnstone
