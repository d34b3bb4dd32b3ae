// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/columnmeaning.h"
#include "models/items/record.h"
#include "views/panels/panelkind.h"
#include "views/panels/windowcommand.h"
#include "views/shell/navigationhistory.h"
#include "views/shell/opendatabase.h"
#include "views/widgets/theme.h"

#include <QHash>
#include <QMainWindow>
#include <QVariantMap>

#include <functional>
#include <vector>

class QDockWidget;
class QLabel;
class QLineEdit;
class QMenu;
class QSettings;
class QStackedWidget;
class QTabWidget;
class QThreadPool;
class QTimer;
class QToolButton;

namespace turnstone {

class ActionRegistry;
class CommandPalette;
class ConnectionStore;
class Databases;
class InlineEditing;
class FindField;
class MessageBar;
class RecordPanel;
class SecretStore;
class Panel;
class TablePanel;
class TaskBar;
class TreePanel;
class WelcomePage;
class ProfileRegistry;
struct PaletteEntry;

/// What the window works with; made and owned by the program, and all of it outlives the window.
struct WindowServices
{
    ProfilesFuture profiles;
    QSettings &settings;
    QThreadPool &workers;
    ConnectionStore &connections;
    SecretStore &secrets;
    /// Where samples are written.
    QString sampleFolder;
    /// See PanelServices.
    QString dataFolder;
    QString cacheFolder;
};

/// The window: wires panels, actions, places and what is remembered of them.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// With every panel and command that there is.
    MainWindow(const WindowServices &services, QWidget *parent = nullptr);
    MainWindow(const WindowServices &services, std::vector<PanelKind> kinds, std::vector<WindowCommand> commands, QWidget *parent = nullptr);
    ~MainWindow() override;

    void setThemeMode(ThemeMode mode);
    /// Whatever is opened from now on cannot be changed.
    void forbidChanges();
    /// Paints nothing until the first rows are here or a moment is over: a start then paints once, not twice.
    void paintOnceReady();
    /// Opens a path or URL in the background. `view` names the table to show; empty: the first sensible one.
    void openPlace(const QString &place, bool readOnly, const QString &view = {});
    /// Opens several at once. The first stays in front, whichever of them is there first.
    void openPlaces(const QStringList &places, bool readOnly, const QString &view = {});
    /// Opens what was open when the window was closed.
    void restoreSession();
    /// Whether rows are still being counted or a database opened.
    bool isBusy() const;
    /// A place as it stands in the path bar, of the current database: `games/412/players` or `tables/games/412`.
    void goToPath(const QString &path);

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
    // mainwindow.cpp
    void buildMiddle();
    void buildDocks();
    void buildPathBar();
    void buildStatusBar();
    void acceptDatabase(int id, const QString &view);
    void reportFailure(const Error &error);
    void rememberRecent(const DatabaseUrl &url);
    void updateStatus();
    OpenDatabase *currentDatabase() const;
    /// The current tab, whatever it shows; null if there is none.
    Panel *currentView() const;
    Panel *view(int tab) const;
    /// The current tab if it shows rows.
    TablePanel *currentPanel() const;

    // mainwindowplaces.cpp: tables, places, history, paths
    TablePanel *panelFor(int databaseId, const CatalogTable &table);
    TablePanel *addPanel(OpenDatabase &of, const CatalogTable &table);
    void addTab(Panel &panel, const OpenDatabase &of);
    void showTable(int databaseId, int tableIndex);
    void showPlace(int databaseId, const TablePlace &place, const RowKey &key = {});
    void showVisited(const std::optional<VisitedPlace> &place);
    void visitCurrent();
    void showRecord(Panel &panel, const Record &record);
    void showCurrentRecord();
    void clearRecord();
    void findPath();
    void showPath(const QString &path);
    void findAnywhere(const QString &text, bool isFinished);
    void revealInTree();
    void followInTree();
    void closeTab(int index);
    void removeTab(int index);
    QStringList reasonsToStay(const std::function<bool(const Panel &)> &isMeant) const;
    void leaveIfWanted(const QStringList &reasons, const QString &question, const QString &button, std::function<void()> leave);
    void closeDatabase(int id);
    void removeDatabase(int id);
    void acceptChange(int id);
    void acceptReread(int id);

    // mainwindowpanels.cpp: what other folders bring along
    void buildPanelActions();
    QMenu *menuOf(const QString &name);
    static QVariantMap argumentsOf(const Panel &panel);
    const PanelKind *panelKind(const QString &id) const;
    Panel *showPanel(int databaseId, const QString &kind, const QVariantMap &arguments);
    Panel *addPanel(OpenDatabase &of, const PanelKind &kind, const QVariantMap &arguments);
    void addRecordActions(QMenu *menu, int databaseId, const QString &table, const RowKey &key);
    void offerRecordPanels(const Panel &panel, const QString &table, const RowKey &key);
    CommandTarget commandTarget();
    void updatePanelActions();
    void updateCommands();

    // mainwindowediting.cpp: edits, how careful writing is, the profile's actions
    void buildEditing();
    void buildEditActions(QMenu &menu);
    void startEditing(OpenDatabase &of);
    void updateEditing();
    void saveEdits();
    void setAccess(WriteAccess access);
    void fillActions(QMenu &menu);
    void addProfileActions(std::vector<PaletteEntry> &entries);
    void addProfileActions(QMenu &menu, int databaseId, const QString &table, const std::vector<RowKey> &keys);
    void runProfileAction(int databaseId, const ProfileAction &action, const std::vector<RowKey> &keys);

    // mainwindowactions.cpp
    void buildActions();
    void buildHelp();
    void showAbout();
    void openPalette();
    void addSampleActions(const ProfileRegistry &registry);
    void addObjects(std::vector<PaletteEntry> &entries);
    void askForFile();
    void askForServer();
    void askForRow();
    void setFollowing(bool isFollowing);
    void setShownZone(ShownZone zone);
    void zoomTo(double factor);

    // mainwindowsession.cpp
    void saveSession();
    void restoreDatabase(int id, const QVariantMap &state);
    void moveToPosition(Panel &panel, int position);
    /// With the pool of a saved connection to the same place, and read-only if that is or it is asked for.
    int openAsSaved(const DatabaseUrl &url, bool readOnly, const QString &view = {});
    QString columnsKey(const TablePanel &panel) const;
    void rememberColumns(const TablePanel &panel);

    const WindowServices m_services;
    QSettings &m_settings;
    ActionRegistry *m_actions;
    TaskBar *m_tasks;
    const PanelServices m_panelServices;
    const std::vector<PanelKind> m_panelKinds;
    const std::vector<WindowCommand> m_commands;
    Databases *m_databases;
    CommandPalette *m_palette = nullptr; // made when it is first wanted
    TreePanel *m_tree = nullptr;
    QDockWidget *m_treeDock = nullptr;
    QDockWidget *m_recordDock = nullptr;
    RecordPanel *m_record = nullptr;
    MessageBar *m_message = nullptr;
    QStackedWidget *m_pages = nullptr;
    WelcomePage *m_welcome = nullptr;
    QTabWidget *m_tabs = nullptr;
    QLineEdit *m_path = nullptr;
    FindField *m_find = nullptr;
    QToolButton *m_back = nullptr;
    QToolButton *m_forward = nullptr;
    QToolButton *m_live = nullptr;
    QLabel *m_engine = nullptr;
    QLabel *m_system = nullptr;
    QToolButton *m_access = nullptr;
    QToolButton *m_staged = nullptr;
    InlineEditing *m_editing = nullptr;
    QTimer *m_pathTimer = nullptr;
    QTimer *m_treeTimer = nullptr;
    NavigationHistory m_history;
    QHash<int, QVariantMap> m_restoring; // by the id that the database will have
    std::vector<int> m_openedTogether; // ids of the last places that were opened at once, the one to stay in front first
    ShownZone m_zone = ShownZone::Utc;
    RowKey m_recordKey;      // of the record panel's record, the application's
    QString m_openingsOf;    // database and table that the record panel offers panels for
    QString m_lockNote;      // what the message bar says of a lock
    int m_changedSchema = 0;             // id of the database that the message bar speaks of
    bool m_isFollowing = false;
    bool m_isTreeInStep = true;          // the tree shows the record that is chosen among the rows
    bool m_isLeaving = false;            // somebody said that what is lost may be lost
    bool m_isTravelling = false;         // a place is being shown: it is no new visit
};

} // namespace turnstone
