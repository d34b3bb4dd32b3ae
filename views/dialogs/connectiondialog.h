// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/connectionstore.h"
#include "models/connections/secretstore.h"
#include "views/dialogs/connectionform.h"

#include <QDialog>

#include <optional>
#include <stop_token>
#include <vector>

class QPushButton;
class QVBoxLayout;

namespace turnstone {

class ConnectionList;
class ConnectionReportView;

/// Chooses, edits, tests and saves connections to PostgreSQL. Shown by open(); never blocks: servers and files are asked in the
/// background, and closing the dialog ends what is under way.
///
/// A connection with a name is saved when one connects or says so; without one it is used once. The password goes to the
/// SecretStore on Connect only, and leaves it when "keep" is not checked any more or the connection is removed. What the
/// keyring cannot do is told by SecretStore::noteRaised, also after the dialog is gone: the window shows it.
class ConnectionDialog final : public QDialog
{
    Q_OBJECT

public:
    /// Both must outlive the dialog.
    ConnectionDialog(ConnectionStore &store, SecretStore &secrets, QWidget *parent = nullptr);
    ~ConnectionDialog() override;

    /// Shows the connection that is saved for this place, else a new one with what the URL says.
    void editUrl(const DatabaseUrl &url);
    /// Reads a .env file in the background; what it says becomes a new connection.
    void importEnvFile(const QString &path);

    void done(int result) override;

signals:
    /// The user wants to connect; the dialog closes. `url` holds the password, if there is one.
    void connectRequested(turnstone::DatabaseUrl url, turnstone::ConnectionOptions options, turnstone::PoolOptions pool);

private:
    struct Entry
    {
        ConnectionDraft draft;
        std::optional<SavedConnection> stored;
        bool isChanged = false;
        bool askedForPassword = false;
    };

    void buildButtons(QVBoxLayout *layout);
    void addEntry(Entry entry);
    Entry &current() { return m_entries[static_cast<size_t>(m_current)]; }
    void showEntry(int row);
    void noteEdit();
    void updateTitle(int row);
    void askKeyring();

    void addNew();
    void duplicate();
    void remove();
    void undoRemove();
    void settleRemoval();
    void chooseEnvFile();
    void acceptImport(const QString &path, const Result<DatabaseUrl> &url);

    bool save();
    void test();
    void stopTest();
    void connectToServer();
    void forgetUnused(const SavedConnection &gone);

    ConnectionStore &m_store;
    SecretStore &m_secrets;
    std::vector<Entry> m_entries;
    std::optional<Entry> m_removed; // can still be taken back
    int m_removedRow = 0;
    int m_current = -1;
    std::stop_source m_stop;
    bool m_isTesting = false;

    ConnectionList *m_list;
    ConnectionForm *m_form;
    ConnectionReportView *m_report;
    QPushButton *m_test;
    QPushButton *m_connect;
};

} // namespace turnstone
