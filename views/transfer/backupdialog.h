// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backup/sqliterestore.h"
#include "models/browsing/databasecontext.h"
#include "models/core/result.h"
#include "models/database/databaseurl.h"
#include "views/panels/panelservices.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace turnstone {

class MessageBar;
class TransferProgress;

/// Makes a backup of a database, lists those there are with size and date, and restores one: in the database's place, where what was
/// there is kept beside it (SQLite) or under another name (PostgreSQL), or a SQLite file to a new file. Nothing changes hands before
/// the copy is checked. Nothing blocks; closing the dialog stops what runs, and no half file stays.
class BackupDialog final : public QDialog
{
    Q_OBJECT

public:
    BackupDialog(const PanelServices &services, DatabaseContext context, QWidget *parent = nullptr);

    void done(int result) override;

signals:
    /// A database that was restored, or a backup to look into.
    void openRequested(const QString &path);
    /// The database at hand has other contents now.
    void restored();

private:
    void build();
    void reload();
    void chooseFile();
    void backUp();
    /// Asks first where what an existing database holds gives way.
    void askToRestore();
    bool isRefused();
    void restoreInPlace();
    void restoreBeside();
    SqliteBackupOptions sqliteOptions();
    void finished(const Result<QString> &outcome, bool opens);
    QString chosen() const;
    void setBusy(bool busy);

    const PanelServices m_services;
    const DatabaseContext m_context;
    const DatabaseUrl m_database;
    const bool m_isFile;
    QLineEdit *m_file = nullptr;
    QTableWidget *m_list = nullptr;
    QLabel *m_empty = nullptr;
    MessageBar *m_message = nullptr;
    TransferProgress *m_progress = nullptr;
    QPushButton *m_backUp = nullptr;
    QPushButton *m_restore = nullptr;
    QPushButton *m_restoreBeside = nullptr;
    QPushButton *m_open = nullptr;
    QString m_opens; ///< what the message bar's button opens
};

} // namespace turnstone
