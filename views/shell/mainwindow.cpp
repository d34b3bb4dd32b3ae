// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/mainwindow.h"

#include "models/connections/connectionstore.h"
#include "models/connections/secretstore.h"
#include "models/profiles/pricelist.h"
#include "views/browse/tablepanel.h"
#include "views/panels/placearguments.h"
#include "views/record/recordpanel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/databases.h"
#include "views/shell/findfield.h"
#include "views/shell/panelkinds.h"
#include "views/shell/taskbar.h"
#include "views/shell/welcomepage.h"
#include "views/tree/treepanel.h"
#include "views/widgets/icons.h"
#include "views/widgets/messagebar.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFutureWatcher>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QScopeGuard>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int layoutVersion = 2;
constexpr int pathDelayMs = 150;
constexpr int treeDelayMs = 400;
constexpr int firstPaintMs = 100;

} // namespace

MainWindow::MainWindow(const WindowServices &services, QWidget *parent) : MainWindow(services, allPanelKinds(), allWindowCommands(), parent) {}

MainWindow::MainWindow(const WindowServices &services, std::vector<PanelKind> kinds, std::vector<WindowCommand> commands, QWidget *parent)
    : QMainWindow(parent), m_services(services), m_settings(services.settings), m_actions(new ActionRegistry(m_settings, this)), m_tasks(new TaskBar(this)),
      m_panelServices{services.settings, services.workers, services.secrets, *m_tasks, services.dataFolder, services.cacheFolder},
      m_panelKinds(std::move(kinds)), m_commands(std::move(commands)),
      m_databases(new Databases(services.profiles, services.workers, services.secrets, *m_tasks, this)),
      m_pathTimer(new QTimer(this)), m_treeTimer(new QTimer(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Turnstone"_s);
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    resize(1280, 800);
    m_isTreeInStep = m_settings.value(u"treeInStep"_s, true).toBool();
    m_zone = m_settings.value(u"zone"_s).toString() == u"local" ? ShownZone::Local : ShownZone::Utc;
    buildMiddle();
    buildDocks();
    buildActions();
    buildPanelActions();
    buildHelp();
    buildPathBar();
    buildStatusBar();
    m_pathTimer->setSingleShot(true);
    m_pathTimer->setInterval(pathDelayMs);
    connect(m_pathTimer, &QTimer::timeout, this, [this] {
        findPath();
        updateCommands();
    });
    m_treeTimer->setSingleShot(true);
    m_treeTimer->setInterval(treeDelayMs);
    connect(m_treeTimer, &QTimer::timeout, this, &MainWindow::revealInTree);
    m_welcome->setRecent(m_services.connections.recentPlaces());
    // Others wait for the same future, so nothing may be taken out of it.
    auto *profiles = new QFutureWatcher<std::shared_ptr<const ProfileRegistry>>(this);
    connect(profiles, &QFutureWatcherBase::finished, this, [this, profiles] {
        m_welcome->setSystems(*profiles->result());
        addSampleActions(*profiles->result());
    });
    profiles->setFuture(m_services.profiles);
    connect(m_databases, &Databases::opened, this, &MainWindow::acceptDatabase);
    connect(m_databases, &Databases::failed, this, [this](int id, const DatabaseUrl &, const Error &error) {
        m_restoring.remove(id);
        if (error.code != ErrorCode::Cancelled)
            reportFailure(error);
        else if (m_databases->all().empty() && !m_databases->isOpening()) {
            m_pages->setCurrentWidget(m_welcome);
            updateStatus();
        }
    });
    connect(m_databases, &Databases::counted, m_tree, &TreePanel::setCount);
    connect(m_databases, &Databases::recounted, m_tree, &TreePanel::recountRoots);
    connect(m_databases, &Databases::dataChanged, this, &MainWindow::acceptChange);
    connect(m_databases, &Databases::rereadDone, this, &MainWindow::acceptReread);
    connect(m_databases, &Databases::schemaChanged, this, [this](int id) {
        const OpenDatabase *of = m_databases->database(id);
        m_changedSchema = id;
        m_message->showNote(tr("The schema of %1 has changed.").arg(of->title()), tr("Read it again"));
    });
    connect(m_databases, &Databases::waiting, this, [this](int, const QString &name, const QString &sentence) {
        m_lockNote = name + u": "_s + sentence + u' ' + tr("Waiting until it is free.");
        m_message->showNote(m_lockNote);
    });
    connect(m_databases, &Databases::released, this, [this] {
        if (m_message->text() == m_lockNote)
            m_message->clear();
    });
    connect(m_message, &MessageBar::actionTriggered, this, [this] {
        m_message->clear();
        m_databases->reread(m_changedSchema);
    });
    connect(&m_services.secrets, &SecretStore::noteRaised, this, [this](const QString &note) { m_message->showNote(note); });
    updateStatus();
    restoreGeometry(m_settings.value(u"geometry"_s).toByteArray());
    restoreState(m_settings.value(u"layout"_s).toByteArray(), layoutVersion);
    setZoom(m_settings.value(u"zoom"_s, 1.0).toDouble());
}

MainWindow::~MainWindow()
{
    // Panels read through the pools of the databases, so they go first.
    m_tabs->disconnect(this);
    delete m_record;
    delete m_tabs;
    delete m_tree;
    delete m_databases;
}

void MainWindow::buildMiddle()
{
    m_message = new MessageBar(this);
    m_pages = new QStackedWidget(this);
    m_welcome = new WelcomePage(this);
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"tabs"_s);
    m_tabs->setAccessibleName(tr("Open views"));
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_tabs);
    auto *middle = new QWidget(this);
    auto *layout = new QVBoxLayout(middle);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_pages, 1);
    setCentralWidget(middle);
    connect(m_welcome, &WelcomePage::openTriggered, this, &MainWindow::askForFile);
    connect(m_welcome, &WelcomePage::connectTriggered, this, &MainWindow::askForServer);
    connect(m_welcome, &WelcomePage::databaseChosen, this, [this](const QString &place) { openPlace(place, false); });
    connect(m_welcome, &WelcomePage::demoChosen, this, [this](const QString &system) { m_databases->openDemo(system, m_services.sampleFolder); });
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        updateStatus();
        visitCurrent();
        showCurrentRecord();
        followInTree();
        if (m_isFollowing && currentView() != nullptr)
            currentView()->refresh(); // it was not looked at while others changed
    });
}

void MainWindow::buildDocks()
{
    m_tree = new TreePanel(this);
    m_record = new RecordPanel(m_services.workers, this);
    const auto add = [this](const QString &name, const QString &title, QWidget *panel, Qt::DockWidgetArea area) {
        auto *dock = new QDockWidget(title, this);
        dock->setObjectName(name);
        dock->setWidget(panel);
        dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
        addDockWidget(area, dock);
        return dock;
    };
    m_treeDock = add(u"databasesDock"_s, tr("Databases"), m_tree, Qt::LeftDockWidgetArea);
    m_recordDock = add(u"recordDock"_s, tr("Record"), m_record, Qt::RightDockWidgetArea);
    resizeDocks({m_treeDock, m_recordDock}, {260, 380}, Qt::Horizontal);
    m_record->setShownZone(m_zone);
    connect(m_record, &RecordPanel::placeRequested, this, [this](int id, const TablePlace &place) { showPlace(id, place); });
    connect(m_record, &RecordPanel::previousRequested, this, [this] { m_actions->action(u"go.previous"_s)->trigger(); });
    connect(m_record, &RecordPanel::nextRequested, this, [this] { m_actions->action(u"go.next"_s)->trigger(); });
    connect(m_tree, &TreePanel::tableActivated, this, &MainWindow::showTable);
    connect(m_tree, &TreePanel::groupActivated, this, [this](int id, const TreePath &, const TablePlace &place) { showPlace(id, place); });
    connect(m_tree, &TreePanel::recordActivated, this,
            [this](int id, const TreePath &, const TablePlace &siblings, const RowKey &key) { showPlace(id, siblings, key); });
    connect(m_tree, &TreePanel::recordMenuOpening, this, &MainWindow::addRecordActions);
    m_tree->setPriceList(PriceList::pathBeside(m_settings.fileName()));
    connect(m_tree, &TreePanel::totalsRequested, this, [this](int id, const TreePath &path, const QString &table, const RowKey &key) {
        showPanel(id, u"totals"_s, !key.empty() ? recordArguments(table, key) : path.isEmpty() ? QVariantMap() : placeArguments(path.toString()));
    });
    connect(m_tree, &TreePanel::closeRequested, this, &MainWindow::closeDatabase);
    connect(m_tree, &TreePanel::failed, m_message, [this](const Error &error) { m_message->showError(error); });
}

void MainWindow::buildPathBar()
{
    auto *bar = new QToolBar(tr("Path"), this);
    bar->setObjectName(u"pathBar"_s);
    bar->setMovable(false);
    bar->setIconSize({metrics::icon, metrics::icon});
    const auto button = [this, bar](const QString &action, const QString &name) {
        auto *added = new QToolButton(bar);
        added->setDefaultAction(m_actions->action(action));
        added->setObjectName(name);
        added->setAccessibleName(QString(m_actions->action(action)->text()).remove(u'&'));
        added->setAutoRaise(true);
        bar->addWidget(added);
        return added;
    };
    m_back = button(u"go.back"_s, u"goBack"_s);
    m_forward = button(u"go.forward"_s, u"goForward"_s);
    m_path = new QLineEdit(bar);
    m_path->setObjectName(u"path"_s);
    m_path->setAccessibleName(tr("Path of this place"));
    m_path->setPlaceholderText(tr("A path such as games/412/players, or tables/games"));
    bar->addWidget(m_path);
    m_find = new FindField(bar);
    bar->addWidget(m_find);
    m_live = button(u"view.follow"_s, u"live"_s);
    m_live->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button(u"view.palette"_s, u"openPalette"_s);
    addToolBar(bar);
    for (const auto &[id, icon] : {std::pair(u"go.back"_s, u"back"_s), std::pair(u"go.forward"_s, u"forward"_s), std::pair(u"view.follow"_s, u"live"_s),
                                   std::pair(u"view.palette"_s, u"search"_s)})
        m_actions->action(id)->setIcon(themedIcon(icon, &Tokens::text));
    m_path->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    connect(m_path, &QLineEdit::returnPressed, this, [this] { goToPath(m_path->text()); });
    connect(m_find, &FindField::wanted, this, &MainWindow::findAnywhere);
}

void MainWindow::buildStatusBar()
{
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(0, 0, metrics::space2, 0);
    const auto add = [this](const QString &name, int stretch) {
        auto *label = new QLabel(this);
        label->setObjectName(name);
        label->setFont(sizedFont(font(), metrics::captionPx));
        label->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
        statusBar()->addWidget(label, stretch);
        return label;
    };
    m_engine = add(u"statusEngine"_s, 0);
    m_system = add(u"statusSystem"_s, 1);
    statusBar()->addPermanentWidget(m_tasks);
    buildEditing();
}

void MainWindow::setThemeMode(ThemeMode mode)
{
    applyTheme(*qApp, mode);
}

bool MainWindow::isBusy() const
{
    return m_databases->isOpening() || m_databases->isCounting();
}

void MainWindow::paintOnceReady()
{
    setUpdatesEnabled(false);
    const auto paint = [this] { setUpdatesEnabled(true); };
    connect(this, &MainWindow::viewReady, this, paint);
    connect(this, &MainWindow::openFailed, this, paint);
    QTimer::singleShot(firstPaintMs, this, paint);
}

void MainWindow::openPlace(const QString &place, bool readOnly, const QString &view)
{
    openPlaces({place}, readOnly, view);
}

void MainWindow::openPlaces(const QStringList &places, bool readOnly, const QString &view)
{
    m_message->clear();
    m_openedTogether.clear();
    for (const QString &place : places) {
        const Result<DatabaseUrl> url = DatabaseUrl::parse(place);
        if (!url)
            reportFailure(url.error());
        else
            m_openedTogether.push_back(openAsSaved(*url, readOnly, view));
    }
    if (!m_openedTogether.empty() && m_pages->currentWidget() == m_welcome) {
        // What comes is laid out already when it comes.
        m_pages->setCurrentWidget(m_tabs);
        updateStatus();
    }
}

int MainWindow::openAsSaved(const DatabaseUrl &url, bool readOnly, const QString &view)
{
    const std::optional<SavedConnection> saved = m_services.connections.connectionTo(url);
    ConnectionOptions options = saved ? saved->options() : ConnectionOptions();
    options.readOnly = readOnly || (saved && saved->readOnly);
    return m_databases->open(url, options, saved ? saved->pool : PoolOptions(), view);
}

void MainWindow::reportFailure(const Error &error)
{
    if (m_databases->all().empty() && !m_databases->isOpening()) {
        m_pages->setCurrentWidget(m_welcome);
        updateStatus();
    }
    m_message->showError(error);
    emit openFailed(error);
}

void MainWindow::rememberRecent(const DatabaseUrl &url)
{
    m_services.connections.addRecentPlace(url);
    m_welcome->setRecent(m_services.connections.recentPlaces());
}

void MainWindow::acceptDatabase(int id, const QString &view)
{
    const OpenDatabase &added = *m_databases->database(id);
    const Panel *shown = currentView();
    const bool firstIsShown = shown != nullptr && !m_openedTogether.empty() && shown->context().id == m_openedTogether.front();
    const bool staysBehind = firstIsShown && std::ranges::find(m_openedTogether, id) != m_openedTogether.end();
    const auto bringBack = qScopeGuard([this, front = staysBehind ? m_tabs->currentWidget() : nullptr] {
        if (front != nullptr)
            m_tabs->setCurrentWidget(front);
    });
    rememberRecent(added.pool->url());
    startEditing(*m_databases->database(id));
    m_tree->addDatabase(added.context(), added.title(), added.pool->url().displayText());
    m_pages->setCurrentWidget(m_tabs);
    emit databaseOpened();

    if (m_restoring.contains(id)) {
        restoreDatabase(id, m_restoring.take(id));
        updateStatus();
        return;
    }
    const Catalog &catalog = *added.facts.catalog;
    int table = added.facts.firstTable;
    if (!view.isEmpty()) {
        const CatalogTable *named = catalog.table(view);
        if (named == nullptr && panelKind(view) != nullptr) {
            showPanel(id, view, {});
            updateStatus();
            return;
        }
        if (named == nullptr) {
            reportFailure({ErrorCode::NotFound, tr("There is no table or view \"%1\" in %2.").arg(view, added.title()), {}, -1});
            table = -1;
        } else {
            table = static_cast<int>(named - catalog.tables.data());
        }
    }
    const auto first = std::ranges::find_if(m_panelKinds, [&added](const PanelKind &kind) { return kind.opensFirst && kind.opensFirst(added.context()); });
    if (view.isEmpty() && first != m_panelKinds.end()) {
        showPanel(id, first->id, {});
        updateStatus();
        return;
    }
    if (table >= 0)
        showTable(id, table);
    else if (view.isEmpty())
        m_message->showNote(tr("%1 holds no tables yet.").arg(added.title()));
    updateStatus();
    if (table < 0 && view.isEmpty())
        emit viewReady();
}

OpenDatabase *MainWindow::currentDatabase() const
{
    if (const Panel *panel = currentView())
        return m_databases->database(panel->context().id);
    return m_databases->all().empty() ? nullptr : m_databases->all().back().get();
}

Panel *MainWindow::currentView() const
{
    return qobject_cast<Panel *>(m_tabs->currentWidget());
}

Panel *MainWindow::view(int tab) const
{
    return qobject_cast<Panel *>(m_tabs->widget(tab));
}

TablePanel *MainWindow::currentPanel() const
{
    return qobject_cast<TablePanel *>(m_tabs->currentWidget());
}

void MainWindow::updateStatus()
{
    const OpenDatabase *of = currentDatabase();
    const bool isOpen = of != nullptr;
    const bool hasDocks = isOpen || m_databases->isOpening();
    m_treeDock->setVisible(hasDocks);
    const Panel *panel = currentView();
    m_recordDock->setVisible(hasDocks && (panel == nullptr || panel->showsRecords()));
    if (auto *bar = findChild<QToolBar *>(u"pathBar"_s))
        bar->setVisible(isOpen || m_databases->isOpening());
    if (m_engine == nullptr)
        return;
    m_engine->setText(isOpen ? of->engineText() : QString());
    m_system->setText(isOpen ? of->systemText() : QString());
    updateEditing();
    updatePanelActions();
    m_actions->action(u"go.back"_s)->setEnabled(m_history.canGoBack());
    m_actions->action(u"go.forward"_s)->setEnabled(m_history.canGoForward());
    setWindowTitle(isOpen ? u"Turnstone · "_s + of->title() : u"Turnstone"_s);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    QStringList files;
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            files.append(url.toLocalFile());
    }
    openPlaces(files, false);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const QStringList reasons = m_isLeaving ? QStringList() : reasonsToStay([](const Panel &) { return true; });
    if (!reasons.isEmpty()) {
        event->ignore();
        leaveIfWanted(reasons, tr("Quit Turnstone?"), tr("Quit"), [this] {
            m_isLeaving = true;
            close();
        });
        return;
    }
    m_settings.setValue(u"geometry"_s, saveGeometry());
    m_settings.setValue(u"layout"_s, saveState(layoutVersion));
    saveSession();
    event->accept();
}

} // namespace turnstone
