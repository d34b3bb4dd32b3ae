// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalogreader.h"
#include "models/migration/migrationoverview.h"
#include "models/migration/migrationplan.h"
#include "models/migration/migrationrun.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace turnstone {

/// A database, a folder of migrations, and what one does with them.
class MigrationPlace
{
public:
    /// Empty: a SQLite file of its own.
    explicit MigrationPlace(const QString &url = {}) : m_url(url.isEmpty() ? file() : url) { reopen(); }

    QString file() const { return m_folder.filePath(QStringLiteral("x.db")); }
    QString folder() const { return m_folder.filePath(QStringLiteral("migrations")); }
    QTemporaryDir &temporary() { return m_folder; }
    Connection &connection() { return *m_connection; }
    void reopen()
    {
        ConnectionOptions options;
        options.readOnly = false;
        options.createFile = true;
        auto opened = Connection::open(*DatabaseUrl::parse(m_url), options);
        if (!opened)
            qFatal("%s %s", qPrintable(opened.error().message), qPrintable(opened.error().detail));
        m_connection = std::move(*opened);
    }

    void add(const QString &name, const QByteArray &content)
    {
        QDir().mkpath(folder());
        QFile out(QDir(folder()).filePath(name));
        if (!out.open(QIODevice::WriteOnly))
            qFatal("%s", qPrintable(out.errorString()));
        out.write(content);
    }
    /// Without a folder of its own: the request's system or what the database is recognised as.
    Result<MigrationOverview> look(MigrationRequest request = {})
    {
        static const ProfileRegistry registry = ProfileRegistry::load();
        if (request.system.isEmpty() && request.folder.isEmpty() && QDir(folder()).exists())
            request.folder = folder();
        return readMigrationOverview(*m_connection, registry, request);
    }
    Result<MigrationOutcome> run(const MigrationOverview &overview, const Result<MigrationPlan> &plan, MigrationRunOptions options = {})
    {
        if (!plan)
            return failure(plan);
        if (!options.now.isValid())
            options.now = QDateTime(QDate(2026, 3, 1), QTime(9, 15), Qt::UTC);
        if (options.backupFolder.isEmpty())
            options.backupFolder = m_folder.path();
        return runMigrations(*m_connection, overview.history, overview.state, *plan, options);
    }
    Result<MigrationOutcome> up(const QString &to = {}, const MigrationRequest &request = {}, const MigrationRunOptions &options = {}, const MigrationPlanOptions &planning = {})
    {
        const Result<MigrationOverview> overview = look(request);
        if (!overview)
            return failure(overview);
        return run(*overview, planUp(overview->history, overview->state, m_connection->engine(), to, planning), options);
    }
    Result<MigrationOutcome> down(const QString &to = {}, const MigrationRequest &request = {}, const MigrationRunOptions &options = {})
    {
        const Result<MigrationOverview> overview = look(request);
        if (!overview)
            return failure(overview);
        return run(*overview, planDown(overview->history, overview->state, m_connection->engine(), to), options);
    }
    QString value(const QString &sql)
    {
        const Result<Value> found = m_connection->queryValue(sql);
        return found ? found->toDisplayText() : QStringLiteral("error: ") + found.error().message;
    }

private:
    QTemporaryDir m_folder;
    const QString m_url;
    std::unique_ptr<Connection> m_connection;
};

inline const char *said(const Result<MigrationOutcome> &outcome)
{
    static QByteArray text;
    text = outcome ? QByteArray() : (outcome.error().message + QLatin1String(" / ") + outcome.error().detail).toUtf8();
    return text.constData();
}

} // namespace turnstone
