// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/opendatabase.h"
#include "views/widgets/theme.h"

#include <QMainWindow>

#include <memory>
#include <vector>

class QDockWidget;
class QLabel;
class QLineEdit;
class QSettings;
class QStackedWidget;
class QTabWidget;
class QThreadPool;
class QTreeView;

namespace turnstone {

class DatabaseTreeModel;
class MessageBar;
class RecordPanel;
class TablePanel;
class WelcomePage;

/// The window: wires panels, menus and shortcuts. The services must outlive it.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(const ProfileRegistry &profiles, QSettings &settings, QThreadPool &workers, QWidget *parent = nullptr);
    ~MainWindow() override;

    void setThemeMode(ThemeMode mode);
    /// Opens a path or URL in the background. `view` names the table to show; empty: the first sensible one.
    void openPlace(const QString &place, bool readOnly, const QString &view = {});
    /// Number of rows whose counting is still under way, in databases.
    bool isCounting() const { return m_counting > 0; }

signals:
    void databaseOpened();
    /// The view asked for shows its data.
    void viewReady();
    void openFailed(const turnstone::Error &error);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void buildActions();
    void buildDocks();
    void buildStatusBar();
    void askForFile();
    void askForServer();
    void acceptDatabase(std::unique_ptr<OpenDatabase> database, const QString &view);
    void reportFailure(const Error &error);
    void rememberRecent(const QString &place);
    void showTable(int databaseId, int tableIndex);
    void closeTab(int index);
    void updateStatus();
    OpenDatabase *database(int id);
    OpenDatabase *databaseOf(const TablePanel *panel);
    TablePanel *currentPanel() const;

    const ProfileRegistry &m_profiles;
    QSettings &m_settings;
    QThreadPool &m_workers;
    std::vector<std::unique_ptr<OpenDatabase>> m_databases;
    DatabaseTreeModel *m_tree;
    QTreeView *m_treeView = nullptr;
    QLineEdit *m_filter = nullptr;
    QDockWidget *m_treeDock = nullptr;
    QDockWidget *m_recordDock = nullptr;
    RecordPanel *m_record = nullptr;
    MessageBar *m_message;
    QStackedWidget *m_pages;
    WelcomePage *m_welcome;
    QTabWidget *m_tabs;
    QLabel *m_engine = nullptr;
    QLabel *m_system = nullptr;
    QLabel *m_access = nullptr;
    QLabel *m_work = nullptr;
    int m_nextId = 1;
    int m_counting = 0;
};

} // namespace turnstone
