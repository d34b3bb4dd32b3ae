// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/mainwindow.h"

#include "models/core/async.h"
#include "models/items/databasetreemodel.h"
#include "views/browse/tablepanel.h"
#include "views/record/recordpanel.h"
#include "views/shell/treedelegate.h"
#include "views/shell/welcomepage.h"
#include "views/widgets/icons.h"
#include "views/widgets/messagebar.h"

#include <QAbstractButton>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxRecent = 10;
constexpr int layoutVersion = 1;

} // namespace

MainWindow::MainWindow(const ProfileRegistry &profiles, QSettings &settings, QThreadPool &workers, QWidget *parent)
    : QMainWindow(parent), m_profiles(profiles), m_settings(settings), m_workers(workers), m_tree(new DatabaseTreeModel(this)),
      m_message(new MessageBar(this)), m_pages(new QStackedWidget(this)), m_welcome(new WelcomePage(workers, this)), m_tabs(new QTabWidget(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Turnstone"_s);
    setAcceptDrops(true);
    resize(1280, 800);
    m_tabs->setObjectName(u"tabs"_s);
    m_tabs->setAccessibleName(tr("Open tables"));
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
    buildDocks();
    buildActions();
    buildStatusBar();
    m_welcome->setRecent(m_settings.value(u"recent"_s).toStringList());
    connect(m_welcome, &WelcomePage::openTriggered, this, &MainWindow::askForFile);
    connect(m_welcome, &WelcomePage::connectTriggered, this, &MainWindow::askForServer);
    connect(m_welcome, &WelcomePage::databaseChosen, this, [this](const QString &place) { openPlace(place, true); });
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        updateStatus();
        TablePanel *panel = currentPanel();
        const std::optional<Record> record = panel == nullptr ? std::nullopt : panel->currentRecord();
        if (record)
            m_record->showRecord(panel->pool(), panel->catalogTable(), *record);
        else
            m_record->clear();
    });
    updateStatus();
    restoreGeometry(m_settings.value(u"geometry"_s).toByteArray());
    restoreState(m_settings.value(u"layout"_s).toByteArray(), layoutVersion);
}

MainWindow::~MainWindow()
{
    // Panels read through the pools of the databases, so they go first.
    m_tabs->disconnect(this);
    delete m_record;
    delete m_tabs;
    for (const auto &database : m_databases)
        database->counter.reset();
}

void MainWindow::buildDocks()
{
    auto *left = new QWidget(this);
    auto *layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::space1);
    m_filter = new QLineEdit(left);
    m_filter->setObjectName(u"treeFilter"_s);
    m_filter->setAccessibleName(tr("Filter tables by name"));
    m_filter->setPlaceholderText(tr("Filter tables"));
    m_filter->setClearButtonEnabled(true);
    if (auto *clear = m_filter->findChild<QAbstractButton *>())
        clear->setAccessibleName(tr("Clear the filter")); // Qt gives the button no name of its own
    m_filter->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    m_treeView = new QTreeView(left);
    m_treeView->setObjectName(u"databaseTree"_s);
    m_treeView->setAccessibleName(tr("Databases and tables"));
    m_treeView->setHeaderHidden(true);
    m_treeView->setUniformRowHeights(true);
    m_treeView->setIndentation(metrics::space4);
    m_treeView->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_treeView->setItemDelegate(new TreeDelegate(m_treeView));
    auto *filtered = new QSortFilterProxyModel(m_treeView);
    filtered->setRecursiveFilteringEnabled(true);
    filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    filtered->setSourceModel(m_tree);
    m_treeView->setModel(filtered);
    connect(m_filter, &QLineEdit::textChanged, filtered, &QSortFilterProxyModel::setFilterFixedString);
    auto *filterRow = new QVBoxLayout;
    filterRow->setContentsMargins(metrics::space2, 0, metrics::space2, metrics::space1);
    filterRow->addWidget(m_filter);
    layout->addLayout(filterRow);
    layout->addWidget(m_treeView, 1);
    const auto showIndex = [this](const QModelIndex &index) {
        if (index.isValid() && index.data(DatabaseTreeModel::TableIndexRole).toInt() >= 0)
            showTable(index.data(DatabaseTreeModel::DatabaseIdRole).toInt(), index.data(DatabaseTreeModel::TableIndexRole).toInt());
    };
    connect(m_treeView, &QTreeView::activated, this, showIndex);
    connect(m_treeView, &QTreeView::clicked, this, showIndex);

    m_treeDock = new QDockWidget(tr("Databases"), this);
    m_treeDock->setObjectName(u"databasesDock"_s);
    m_treeDock->setWidget(left);
    m_treeDock->setFeatures(QDockWidget::DockWidgetMovable);
    addDockWidget(Qt::LeftDockWidgetArea, m_treeDock);
    m_record = new RecordPanel(m_workers, this);
    m_recordDock = new QDockWidget(tr("Record"), this);
    m_recordDock->setObjectName(u"recordDock"_s);
    m_recordDock->setWidget(m_record);
    m_recordDock->setFeatures(QDockWidget::DockWidgetMovable);
    addDockWidget(Qt::RightDockWidgetArea, m_recordDock);
    resizeDocks({m_treeDock, m_recordDock}, {230, 360}, Qt::Horizontal);
}

void MainWindow::buildActions()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&Open a file…"), QKeySequence::Open, this, &MainWindow::askForFile);
    file->addAction(tr("&Connect to PostgreSQL…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this, &MainWindow::askForServer);
    file->addSeparator();
    file->addAction(tr("C&lose table"), QKeySequence::Close, this, [this] { closeTab(m_tabs->currentIndex()); });
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addAction(tr("&Reload"), QKeySequence(Qt::Key_F5), this, [this] {
        if (TablePanel *panel = currentPanel())
            panel->reload();
    });
    view->addAction(tr("Filter &rows"), QKeySequence(Qt::CTRL | Qt::Key_F), this, [this] {
        if (TablePanel *panel = currentPanel())
            panel->writeFilter();
    });
    view->addAction(tr("&Order by this column"), QKeySequence(Qt::CTRL | Qt::Key_Up), this, [this] {
        if (TablePanel *panel = currentPanel())
            panel->sortByCurrentColumn();
    });
    view->addAction(tr("Go to the &list of tables"), QKeySequence(Qt::Key_F2), m_treeView, qOverload<>(&QWidget::setFocus));
    view->addAction(tr("Go to the r&ows"), QKeySequence(Qt::Key_F3), this, [this] {
        if (TablePanel *panel = currentPanel())
            panel->findChild<RowTableView *>()->setFocus();
    });
    view->addAction(tr("Go to the re&cord"), QKeySequence(Qt::Key_F4), this, [this] { m_record->findChild<QWidget *>(u"recordFields"_s)->setFocus(); });
    view->addAction(tr("&Filter tables"), QKeySequence(Qt::CTRL | Qt::Key_L), m_filter, qOverload<>(&QWidget::setFocus));
    view->addSeparator();
    QMenu *theme = view->addMenu(tr("&Theme"));
    auto *group = new QActionGroup(this);
    const QString chosen = m_settings.value(u"theme"_s, u"system"_s).toString();
    for (const auto &[mode, id, text] : {std::tuple(ThemeMode::System, u"system"_s, tr("As the &desktop")), std::tuple(ThemeMode::Light, u"light"_s, tr("&Light")),
                                         std::tuple(ThemeMode::Dark, u"dark"_s, tr("&Dark"))}) {
        QAction *action = theme->addAction(text, this, [this, themeMode = mode, themeId = id] {
            setThemeMode(themeMode);
            m_settings.setValue(u"theme"_s, themeId);
        });
        action->setCheckable(true);
        action->setChecked(id == chosen);
        group->addAction(action);
    }
}

void MainWindow::buildStatusBar()
{
    statusBar()->setSizeGripEnabled(false);
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
    m_work = add(u"statusWork"_s, 0);
    m_access = add(u"statusAccess"_s, 0);
}

void MainWindow::setThemeMode(ThemeMode mode)
{
    applyTheme(*qApp, mode);
}

void MainWindow::askForFile()
{
    auto *dialog = new QFileDialog(this, tr("Open a database file"), QString(), tr("SQLite databases (*.db *.sqlite *.sqlite3 *.db3);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { openPlace(path, true); });
    dialog->open();
}

void MainWindow::askForServer()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Connect to PostgreSQL"));
    dialog->setLabelText(tr("Address, for example postgresql://user@host/database"));
    dialog->setOkButtonText(tr("Connect"));
    dialog->resize(480, dialog->height());
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &text) { openPlace(text, true); });
    dialog->open();
}

void MainWindow::openPlace(const QString &place, bool readOnly, const QString &view)
{
    const Result<DatabaseUrl> url = DatabaseUrl::parse(place);
    if (!url) {
        reportFailure(url.error());
        return;
    }
    m_message->clear();
    m_work->setText(tr("Opening %1…").arg(url->displayText()));
    auto opened = std::make_shared<std::unique_ptr<OpenDatabase>>(std::make_unique<OpenDatabase>());
    (*opened)->id = m_nextId++;
    ConnectionOptions options;
    options.readOnly = readOnly;
    (*opened)->pool = std::make_unique<SessionPool>(*url, options);
    SessionPool &pool = *(*opened)->pool;
    onResult(readFacts(pool, m_profiles), this, [this, opened, view](Result<DatabaseFacts> facts) {
        m_work->clear();
        if (!facts) {
            reportFailure(facts.error());
            return;
        }
        (*opened)->facts = std::move(*facts);
        acceptDatabase(std::move(*opened), view);
    });
}

void MainWindow::reportFailure(const Error &error)
{
    m_message->showError(error);
    emit openFailed(error);
}

void MainWindow::rememberRecent(const QString &place)
{
    QStringList recent = m_settings.value(u"recent"_s).toStringList();
    recent.removeAll(place);
    recent.prepend(place);
    recent = recent.mid(0, maxRecent);
    m_settings.setValue(u"recent"_s, recent);
    m_welcome->setRecent(recent);
}

void MainWindow::acceptDatabase(std::unique_ptr<OpenDatabase> opened, const QString &view)
{
    OpenDatabase &added = *m_databases.emplace_back(std::move(opened));
    rememberRecent(added.pool->url().displayText());
    const QModelIndex root = m_tree->addDatabase(added.id, added.title(), added.pool->url().displayText(), added.facts.catalog);
    const auto *proxy = static_cast<const QSortFilterProxyModel *>(m_treeView->model());
    m_treeView->expand(proxy->mapFromSource(root));
    added.counter = std::make_unique<TableCounter>(*added.pool, added.facts.catalog);
    connect(added.counter.get(), &TableCounter::counted, this,
            [this, id = added.id](int table, qint64 rows, bool exact) { m_tree->setCount(id, table, rows, exact); });
    connect(added.counter.get(), &TableCounter::finished, this, [this] {
        --m_counting;
        updateStatus();
    });
    ++m_counting;
    m_pages->setCurrentWidget(m_tabs);
    emit databaseOpened();

    int table = added.facts.firstTable;
    if (!view.isEmpty()) {
        const CatalogTable *named = added.facts.catalog.table(view);
        if (named == nullptr) {
            reportFailure({ErrorCode::NotFound, tr("There is no table or view \"%1\" in %2.").arg(view, added.title()), {}, -1});
            table = -1;
        } else {
            table = static_cast<int>(named - added.facts.catalog.tables.data());
        }
    }
    if (table >= 0)
        showTable(added.id, table);
    else if (view.isEmpty())
        m_message->showNote(tr("%1 holds no tables yet.").arg(added.title()));
    added.counter->start();
    updateStatus();
    if (table < 0 && view.isEmpty())
        emit viewReady();
}

void MainWindow::showTable(int databaseId, int tableIndex)
{
    OpenDatabase *of = database(databaseId);
    if (of == nullptr)
        return;
    const CatalogTable &table = of->facts.catalog.tables[static_cast<std::size_t>(tableIndex)];
    const auto *proxy = static_cast<const QSortFilterProxyModel *>(m_treeView->model());
    m_treeView->setCurrentIndex(proxy->mapFromSource(m_tree->indexOf(databaseId, tableIndex)));
    if (!table.problem.isEmpty()) {
        m_message->showError({ErrorCode::Unsupported, tr("%1 cannot be read.").arg(table.name), table.problem, -1});
        return;
    }
    for (int i = 0; i < m_tabs->count(); ++i) {
        auto *panel = qobject_cast<TablePanel *>(m_tabs->widget(i));
        if (panel != nullptr && &panel->pool() == of->pool.get() && panel->catalogTable().name == table.name && panel->catalogTable().schema == table.schema) {
            m_tabs->setCurrentIndex(i);
            return;
        }
    }
    auto *panel = new TablePanel(*of->pool, table, m_tabs);
    connect(panel, &TablePanel::recordSelected, this, [this, panel](const Record &record) {
        if (panel == currentPanel())
            m_record->showRecord(panel->pool(), panel->catalogTable(), record);
    });
    connect(panel, &TablePanel::settled, this, &MainWindow::viewReady);
    connect(panel, &TablePanel::failed, this, &MainWindow::openFailed);
    m_tabs->setCurrentIndex(m_tabs->addTab(panel, table.name));
}

void MainWindow::closeTab(int index)
{
    QWidget *panel = m_tabs->widget(index);
    if (panel == nullptr)
        return;
    m_tabs->removeTab(index);
    delete panel;
}

OpenDatabase *MainWindow::database(int id)
{
    for (const auto &open : m_databases) {
        if (open->id == id)
            return open.get();
    }
    return nullptr;
}

TablePanel *MainWindow::currentPanel() const
{
    return qobject_cast<TablePanel *>(m_tabs->currentWidget());
}

OpenDatabase *MainWindow::databaseOf(const TablePanel *panel)
{
    for (const auto &open : m_databases) {
        if (panel != nullptr && open->pool.get() == &panel->pool())
            return open.get();
    }
    return m_databases.empty() ? nullptr : m_databases.back().get();
}

void MainWindow::updateStatus()
{
    OpenDatabase *of = databaseOf(currentPanel());
    const bool isOpen = of != nullptr;
    for (QWidget *dock : {static_cast<QWidget *>(m_treeDock), static_cast<QWidget *>(m_recordDock)})
        dock->setVisible(isOpen);
    m_engine->setText(isOpen ? of->engineText() : QString());
    m_system->setText(isOpen ? of->systemText() : QString());
    m_access->setText(!isOpen ? QString() : of->pool->isReadOnly() ? tr("read-only") : tr("read-write"));
    m_work->setText(m_counting > 0 ? tr("Counting rows…") : QString());
    setWindowTitle(isOpen ? u"Turnstone · "_s + of->title() : u"Turnstone"_s);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            openPlace(url.toLocalFile(), true);
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_settings.setValue(u"geometry"_s, saveGeometry());
    m_settings.setValue(u"layout"_s, saveState(layoutVersion));
    event->accept();
}

} // namespace turnstone
