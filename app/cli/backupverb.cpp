// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/backupverb.h"

#include "app/cli/progressline.h"
#include "models/backup/postgresdump.h"
#include "models/backup/sqliterestore.h"
#include "models/core/jsonwriter.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace turnstone::cli {

using namespace Qt::StringLiterals;

namespace {

struct BackupVerbText
{
    Q_DECLARE_TR_FUNCTIONS(BackupVerb)
};

QString sizeText(std::int64_t bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

SqliteBackupOptions sqliteOptions(VerbContext &context, ProgressLine &line)
{
    SqliteBackupOptions options;
    options.stop = context.stop;
    options.progress = [&line](const BackupProgress &at) {
        line.show(at.isVerifying ? BackupVerbText::tr("checking the copy")
                                 : BackupVerbText::tr("%1 of %2").arg(sizeText(at.doneBytes), sizeText(at.totalBytes)));
    };
    return options;
}

DumpProgressSink dumpProgress(ProgressLine &line)
{
    return [&line](const DumpProgress &at) {
        line.show(at.ofTables > 0 ? BackupVerbText::tr("table %1 of %2: %3").arg(at.tables).arg(at.ofTables).arg(at.what) : BackupVerbText::tr("table %1: %2").arg(at.tables).arg(at.what));
    };
}

QByteArray listText(const std::vector<BackupFile> &files, bool asJson)
{
    QByteArray out;
    if (!asJson) {
        for (const BackupFile &file : files)
            out += u"%1  %2  %3\n"_s.arg(file.modifiedUtc.toString(Qt::ISODate), sizeText(file.bytes).rightJustified(10), file.path).toUtf8();
        return out;
    }
    JsonWriter json(out);
    json.beginArray();
    for (const BackupFile &file : files) {
        json.beginObject();
        json.key(u"path");
        json.string(file.path);
        json.key(u"bytes");
        json.integer(file.bytes);
        json.key(u"modified");
        json.string(file.modifiedUtc.toString(Qt::ISODate));
        json.endObject();
    }
    json.endArray();
    return out + '\n';
}

} // namespace

void BackupVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("FILE", m_file, "Where the copy goes");
    command.add_flag("--overwrite", m_overwrite, "Replace a file that is there, once the copy is whole");
    command.add_flag("--list", m_list, "List the backups beside the file (or the dumps in the folder FILE) instead");
    command.add_flag("--json", m_json, "Print what was done as JSON");
}

Result<> BackupVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_file});
    const Result<DatabaseUrl> url = m_database.url();
    if (!url)
        return failure(url);
    const bool isFile = url->engine() == Engine::Sqlite;
    if (m_list)
        return context.streams.out(listText(isFile ? backupsBeside(url->filePath()) : dumpsIn(m_file.empty() ? u"."_s : QString::fromStdString(m_file)), m_json));
    if (m_file.empty())
        return failure(ErrorCode::InvalidInput, BackupVerbText::tr("FILE is missing: where the copy goes"));
    const QString target = QString::fromStdString(m_file);
    std::int64_t bytes = 0;
    {
        ProgressLine line(context.streams);
        if (isFile) {
            SqliteBackupOptions options = sqliteOptions(context, line);
            options.overwrite = m_overwrite;
            const auto done = backupSqlite(*url, target, options);
            if (!done)
                return failure(done);
            bytes = done->bytes;
        } else {
            const auto done = dumpPostgres(*url, target, m_overwrite, context.stop, dumpProgress(line));
            if (!done)
                return failure(done);
            bytes = done->bytes;
        }
    }
    if (m_json) {
        QByteArray out;
        JsonWriter json(out);
        json.beginObject();
        json.key(u"path");
        json.string(target);
        json.key(u"bytes");
        json.integer(bytes);
        json.endObject();
        return context.streams.out(out + '\n');
    }
    context.streams.error(BackupVerbText::tr("%1: %2").arg(target, sizeText(bytes)));
    return {};
}

void RestoreVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("FILE", m_file, "The backup: a SQLite file, or a dump of pg_dump");
    command.add_flag("--json", m_json, "Print what was done as JSON");
}

Result<> RestoreVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_file});
    if (m_file.empty())
        return failure(ErrorCode::InvalidInput, BackupVerbText::tr("FILE is missing: the backup"));
    const Result<DatabaseUrl> url = m_database.url();
    if (!url)
        return failure(url);
    const QString source = QString::fromStdString(m_file);
    QString restored;
    QString kept;
    int tables = 0;
    {
        ProgressLine line(context.streams);
        if (url->engine() == Engine::Sqlite) {
            const auto done = restoreSqlite(source, url->filePath(), QDateTime::currentDateTimeUtc(), sqliteOptions(context, line));
            if (!done)
                return failure(done);
            restored = done->path;
            kept = done->kept;
            tables = done->tables;
        } else {
            const auto done = restorePostgres(source, *url, QDateTime::currentDateTimeUtc(), context.stop, dumpProgress(line));
            if (!done)
                return failure(done);
            restored = done->database;
            kept = done->kept;
            tables = done->tables;
        }
    }
    if (m_json) {
        QByteArray out;
        JsonWriter json(out);
        json.beginObject();
        json.key(u"restored");
        json.string(restored);
        json.key(u"tables");
        json.integer(tables);
        json.key(u"kept");
        if (kept.isEmpty())
            json.null();
        else
            json.string(kept);
        json.endObject();
        return context.streams.out(out + '\n');
    }
    context.streams.error(kept.isEmpty() ? BackupVerbText::tr("%1: %L2 tables").arg(restored).arg(tables)
                                         : BackupVerbText::tr("%1: %L2 tables; what was there is kept as %3").arg(restored).arg(tables).arg(kept));
    return {};
}

} // namespace turnstone::cli
