// SPDX-License-Identifier: GPL-3.0-or-later
// The window's actions, menus and palette.
#include "models/connections/connectionstore.h"
#include "models/demo/demomapping.h"
#include "models/profiles/profileregistry.h"
#include "views/browse/tablepanel.h"
#include "views/dialogs/connectiondialog.h"
#include "views/record/recordpanel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/cheatsheet.h"
#include "views/shell/commandpalette.h"
#include "views/shell/databases.h"
#include "views/shell/mainwindow.h"
#include "views/shell/shortcutdialog.h"
#include "views/shell/taskbar.h"
#include "views/tree/treepanel.h"
#include "views/widgets/icons.h"
#include "views/widgets/messagebar.h"

#include <QAbstractItemView>
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QTabWidget>

#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr double zoomStep = 1.1;

} // namespace

void MainWindow::buildActions()
{
    const auto onView = [this](auto method) {
        return [this, method] {
            if (Panel *panel = currentView())
                (panel->*method)();
        };
    };
    const auto onPanel = [this](auto method) {
        return [this, method] {
            if (TablePanel *panel = currentPanel())
                (panel->*method)();
        };
    };
    const auto add = [this](QMenu *menu, const QString &id, const QString &text, const QList<QKeySequence> &keys, std::function<void()> run) {
        QAction *action = m_actions->add(id, text, keys, std::move(run));
        menu->addAction(action);
        return action;
    };
    QMenu *file = menuOf(u"file"_s);
    add(file, u"file.open"_s, tr("&Open a file…"), {QKeySequence::Open}, [this] { askForFile(); });
    add(file, u"file.connect"_s, tr("&Connect to PostgreSQL…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_O}, [this] { askForServer(); });
    file->addSeparator();
    add(file, u"file.closeTab"_s, tr("C&lose tab"), {QKeySequence::Close}, [this] { closeTab(m_tabs->currentIndex()); });
    add(file, u"file.closeDatabase"_s, tr("Close &database"), {Qt::CTRL | Qt::SHIFT | Qt::Key_W}, [this] {
        if (const OpenDatabase *of = currentDatabase())
            closeDatabase(of->id);
    });
    file->addSeparator()->setObjectName(u"fileEnd"_s);
    add(file, u"file.quit"_s, tr("&Quit"), {QKeySequence::Quit}, [this] { close(); });

    QMenu *edit = menuOf(u"edit"_s);
    add(edit, u"edit.copyRows"_s, tr("&Copy rows"), {QKeySequence::Copy}, [this] {
        if (Panel *panel = currentView())
            panel->copy({});
    })->setShortcutContext(Qt::WidgetWithChildrenShortcut); // texts and fields copy what is marked in them
    m_tabs->addAction(m_actions->action(u"edit.copyRows"_s));
    removeAction(m_actions->action(u"edit.copyRows"_s));
    add(edit, u"edit.copyCell"_s, tr("Copy &value"), {Qt::CTRL | Qt::SHIFT | Qt::Key_C}, onPanel(&TablePanel::copyCell));
    for (const auto &[format, text] : {std::pair(u"csv"_s, tr("Copy rows as CS&V")), std::pair(u"json"_s, tr("Copy rows as &JSON")),
                                       std::pair(u"markdown"_s, tr("Copy rows as &Markdown")), std::pair(u"sql"_s, tr("Copy rows as &SQL"))})
        add(edit, u"edit.copy."_s + format, text, {}, [this, asFormat = format] {
            if (Panel *panel = currentView())
                panel->copy(asFormat);
        });
    add(edit, u"edit.copyPath"_s, tr("Copy &path of this place"), {Qt::CTRL | Qt::ALT | Qt::Key_C}, [this] {
        QApplication::clipboard()->setText(m_path->text());
        m_tasks->note(tr("%1 copied").arg(m_path->text()));
    });
    edit->addSeparator();
    buildEditActions(*edit);
    edit->addSeparator();
    add(edit, u"edit.shortcuts"_s, tr("&Keyboard shortcuts…"), {}, [this] { (new ShortcutDialog(*m_actions, this))->open(); });

    QMenu *go = menuOf(u"go"_s);
    add(go, u"go.back"_s, tr("&Back"), {Qt::ALT | Qt::Key_Left, Qt::Key_Back}, [this] { showVisited(m_history.back()); });
    add(go, u"go.forward"_s, tr("&Forward"), {Qt::ALT | Qt::Key_Right, Qt::Key_Forward}, [this] { showVisited(m_history.forward()); });
    add(go, u"go.reference"_s, tr("F&ollow the reference"), {Qt::CTRL | Qt::Key_Return}, onPanel(&TablePanel::followReference));
    add(go, u"go.row"_s, tr("To ro&w number…"), {Qt::CTRL | Qt::Key_G}, [this] { askForRow(); });
    add(go, u"go.previous"_s, tr("&Previous record"), {Qt::ALT | Qt::Key_Up}, [this] {
        if (TablePanel *panel = currentPanel())
            panel->stepRecord(-1);
    });
    add(go, u"go.next"_s, tr("&Next record"), {Qt::ALT | Qt::Key_Down}, [this] {
        if (TablePanel *panel = currentPanel())
            panel->stepRecord(1);
    });
    add(go, u"go.reveal"_s, tr("Show in the &tree"), {Qt::CTRL | Qt::Key_T}, [this] { revealInTree(); });
    go->addSeparator();
    add(go, u"go.tree"_s, tr("Go to the &list of tables"), {Qt::Key_F2}, [this] { m_tree->focusTree(); });
    add(go, u"go.rows"_s, tr("Go to the r&ows"), {Qt::Key_F3}, [this] {
        if (TablePanel *panel = currentPanel())
            panel->findChild<RowTableView *>()->setFocus();
        else if (Panel *other = currentView()) {
            if (other->focusProxy() == nullptr) {
                for (QAbstractItemView *rows : other->findChildren<QAbstractItemView *>()) {
                    if (rows->isVisible() && rows->focusPolicy() != Qt::NoFocus) { // headers, say, take none
                        rows->setFocus();
                        return;
                    }
                }
            }
            other->setFocus(); // its text, list or field
        }
    });
    add(go, u"go.record"_s, tr("Go to the re&cord"), {Qt::Key_F4}, [this] { m_record->focusFields(); });
    add(go, u"go.path"_s, tr("Go to the pat&h"), {Qt::Key_F6}, [this] {
        m_path->setFocus();
        m_path->selectAll();
    });
    add(go, u"go.filterTables"_s, tr("&Filter tables"), {Qt::CTRL | Qt::Key_L}, [this] { m_tree->focusFilter(); });

    QMenu *view = menuOf(u"view"_s);
    add(view, u"view.palette"_s, tr("Command &palette…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_P, Qt::CTRL | Qt::Key_K}, [this] { openPalette(); });
    add(view, u"view.reload"_s, tr("&Reload"), {Qt::Key_F5}, [this] {
        Panel *panel = currentView();
        if (panel == nullptr)
            return;
        panel->reload();
        m_databases->recount(panel->context().id);
    });
    QAction *follow = add(view, u"view.follow"_s, tr("&Live"), {Qt::CTRL | Qt::SHIFT | Qt::Key_L}, [this] { setFollowing(!m_isFollowing); });
    follow->setCheckable(true);
    follow->setToolTip(tr("Follow the database: new rows appear as they are written"));
    view->addSeparator();
    add(view, u"view.filterRows"_s, tr("&Find, or filter rows"), {QKeySequence::Find}, onView(&Panel::find));
    add(view, u"view.facets"_s, tr("Values of this &column…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_V}, onPanel(&TablePanel::showFacets));
    add(view, u"view.order"_s, tr("&Order by this column"), {Qt::CTRL | Qt::Key_Up}, onPanel(&TablePanel::sortByCurrentColumn));
    view->addSeparator();
    add(view, u"view.zoomIn"_s, tr("Zoom &in"), {QKeySequence::ZoomIn, Qt::CTRL | Qt::Key_Equal}, [this] { zoomTo(zoom() * zoomStep); });
    add(view, u"view.zoomOut"_s, tr("Zoom o&ut"), {QKeySequence::ZoomOut}, [this] { zoomTo(zoom() / zoomStep); });
    add(view, u"view.zoomReset"_s, tr("&Usual size"), {Qt::CTRL | Qt::Key_0}, [this] { zoomTo(1); });

    QAction *inStep = add(view, u"view.treeInStep"_s, tr("Tree shows the chosen &record"), {}, [this] {
        m_isTreeInStep = !m_isTreeInStep;
        m_settings.setValue(u"treeInStep"_s, m_isTreeInStep);
    });
    inStep->setCheckable(true);
    inStep->setChecked(m_isTreeInStep);

    const auto choices = [this, view](const QString &title) {
        auto *menu = view->addMenu(title);
        auto *group = new QActionGroup(this);
        return std::pair(menu, group);
    };
    const auto choice = [&](const std::pair<QMenu *, QActionGroup *> &of, const QString &id, const QString &text, bool isChosen, std::function<void()> run) {
        QAction *action = add(of.first, id, text, {}, std::move(run));
        action->setCheckable(true);
        action->setChecked(isChosen);
        of.second->addAction(action);
    };
    const auto rows = choices(tr("Row &height"));
    for (const auto &[value, id, text] : {std::tuple(Density::Compact, u"compact"_s, tr("&Compact")), std::tuple(Density::Normal, u"normal"_s, tr("&Normal")),
                                          std::tuple(Density::Roomy, u"roomy"_s, tr("&Roomy"))}) {
        const bool isChosen = m_settings.value(u"density"_s, u"normal"_s).toString() == id;
        if (isChosen)
            setDensity(value);
        choice(rows, u"view.density."_s + id, text, isChosen, [this, densityValue = value, densityId = id] {
            setDensity(densityValue);
            m_settings.setValue(u"density"_s, densityId);
        });
    }
    const auto zones = choices(tr("&Times"));
    choice(zones, u"view.zone.utc"_s, tr("In &UTC"), m_zone == ShownZone::Utc, [this] { setShownZone(ShownZone::Utc); });
    choice(zones, u"view.zone.local"_s, tr("In this computer's &zone"), m_zone == ShownZone::Local, [this] { setShownZone(ShownZone::Local); });
    const auto themes = choices(tr("Th&eme"));
    const QString chosen = m_settings.value(u"theme"_s, u"system"_s).toString();
    for (const auto &[mode, id, text] : {std::tuple(ThemeMode::System, u"system"_s, tr("As the de&sktop")), std::tuple(ThemeMode::Light, u"light"_s, tr("&Light")),
                                         std::tuple(ThemeMode::Dark, u"dark"_s, tr("&Dark"))})
        choice(themes, u"view.theme."_s + id, text, id == chosen, [this, themeMode = mode, themeId = id] {
            setThemeMode(themeMode);
            m_settings.setValue(u"theme"_s, themeId);
        });
}

void MainWindow::buildHelp()
{
    QMenu *help = menuOf(u"help"_s);
    help->addAction(m_actions->add(u"help.keys"_s, tr("&Keys on one page"), {Qt::CTRL | Qt::Key_F1}, [this] {
        auto *sheet = findChild<CheatSheet *>();
        if (sheet == nullptr)
            sheet = new CheatSheet(*menuBar(), this);
        sheet->show();
        sheet->raise();
    }));
    help->addAction(m_actions->add(u"help.about"_s, tr("&About Turnstone"), {}, [this] { showAbout(); }));
}

void MainWindow::showAbout()
{
    auto *about = new QMessageBox(QMessageBox::NoIcon, tr("About Turnstone"), u"Turnstone "_s + QApplication::applicationVersion(), QMessageBox::Close, this);
    about->setObjectName(u"aboutBox"_s);
    about->setAttribute(Qt::WA_DeleteOnClose);
    about->setIconPixmap(themedIcon(u"turnstone"_s, &Tokens::text).pixmap(QSize(48, 48), devicePixelRatioF()));
    about->setInformativeText(tr("A browser for the databases of LLM applications.\n\nFree software under the GNU General Public License 3 or later. "
                                 "Built with Qt %1.\nTrueSkill is a trademark of Microsoft.")
                                  .arg(QString::fromLatin1(qVersion())));
    about->open();
}

void MainWindow::addSampleActions(const ProfileRegistry &registry)
{
    auto *samples = new QMenu(tr("Open a &sample"), this);
    samples->setObjectName(u"samples"_s);
    const QStringList known = DemoMapping::systems();
    for (const auto &profile : registry.profiles()) {
        if (!known.contains(profile->id()))
            continue;
        QAction *action = m_actions->add(u"help.sample."_s + profile->id(), tr("Sample: %1").arg(profile->title()), {},
                                         [this, id = profile->id()] { m_databases->openDemo(id, m_services.sampleFolder); });
        action->setToolTip(profile->about());
        samples->addAction(action);
    }
    QMenu *help = menuOf(u"help"_s);
    help->insertMenu(m_actions->action(u"help.about"_s), samples);
}

void MainWindow::openPalette()
{
    std::vector<PaletteEntry> entries;
    addObjects(entries);
    for (const QAction *action : m_actions->actions()) {
        if (!action->isEnabled() || action->objectName() == u"view.palette")
            continue;
        QString title = action->text();
        title.remove(u'&');
        entries.push_back({title, tr("action"), action->shortcut().toString(QKeySequence::NativeText), u"panel"_s, [run = const_cast<QAction *>(action)] { run->trigger(); }});
    }
    if (m_palette == nullptr)
        m_palette = new CommandPalette(this);
    m_palette->open(std::move(entries));
}

void MainWindow::addObjects(std::vector<PaletteEntry> &entries)
{
    for (const auto &of : m_databases->all()) {
        const int id = of->id;
        for (const TreeGroup &tree : of->facts.profile->trees)
            entries.push_back({tree.title, tr("in %1").arg(of->title()), {}, u"system"_s, [this, path = tree.id] { goToPath(path); }});
        for (std::size_t i = 0; i < of->facts.catalog->tables.size(); ++i) {
            const CatalogTable &table = of->facts.catalog->tables[i];
            if (table.kind != TableKind::Shadow)
                entries.push_back({table.name, tr("table in %1").arg(of->title()), {}, table.kind == TableKind::View ? u"view"_s : u"table"_s,
                                   [this, id, index = static_cast<int>(i)] { showTable(id, index); }});
        }
    }
    addProfileActions(entries);
    for (const QString &place : m_services.connections.recentPlaces())
        entries.push_back({place, tr("recent"), {}, u"recent"_s, [this, place] { openPlace(place, false); }});
}

void MainWindow::askForFile()
{
    auto *dialog = new QFileDialog(this, tr("Open a database file"), QString(), tr("SQLite databases (*.db *.sqlite *.sqlite3 *.db3);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { openPlace(path, false); });
    dialog->open();
}

void MainWindow::askForServer()
{
    auto *dialog = new ConnectionDialog(m_services.connections, m_services.secrets, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConnectionDialog::connectRequested, this, [this](const DatabaseUrl &url, const ConnectionOptions &options, const PoolOptions &pool) {
        m_message->clear();
        m_databases->open(url, options, pool);
    });
    dialog->open();
}

void MainWindow::askForRow()
{
    TablePanel *panel = currentPanel();
    if (panel == nullptr)
        return;
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"rowNumberDialog"_s);
    dialog->setWindowTitle(tr("Go to a row"));
    dialog->setLabelText(tr("Number of the row, from 1"));
    dialog->setOkButtonText(tr("Go"));
    connect(dialog, &QInputDialog::textValueSelected, panel, [this, panel](const QString &text) {
        bool isNumber = false;
        const qint64 row = QString(text).remove(u',').remove(u' ').toLongLong(&isNumber);
        if (isNumber && row > 0)
            panel->goToRow(row - 1);
        else
            m_message->showError({ErrorCode::InvalidInput, tr("\"%1\" is no row number.").arg(text), {}, -1});
    });
    dialog->open();
}

void MainWindow::setFollowing(bool isFollowing)
{
    constexpr int followMs = 1'000;
    constexpr int watchMs = 5'000;
    m_isFollowing = isFollowing;
    m_actions->action(u"view.follow"_s)->setChecked(isFollowing);
    for (const auto &of : m_databases->all())
        of->watcher->setInterval(isFollowing ? followMs : watchMs);
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (Panel *panel = view(i))
            panel->setFollowing(isFollowing);
    }
    if (isFollowing && currentView() != nullptr)
        currentView()->refresh();
}

void MainWindow::setShownZone(ShownZone zone)
{
    m_zone = zone;
    m_settings.setValue(u"zone"_s, zone == ShownZone::Local ? u"local"_s : u"utc"_s);
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (Panel *panel = view(i))
            panel->setShownZone(zone);
    }
    m_record->setShownZone(zone);
}

void MainWindow::zoomTo(double factor)
{
    setZoom(factor);
    m_settings.setValue(u"zoom"_s, zoom());
}

} // namespace turnstone
