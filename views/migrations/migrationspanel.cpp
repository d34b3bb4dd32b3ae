// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/migrationspanel.h"

#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTextBrowser>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int listWidth = 340;
constexpr int pageWidth = 620;
constexpr int progressMs = 100;

QPlainTextEdit *readOnlyText(const QString &name, const QString &accessible, QWidget *parent)
{
    auto *text = new QPlainTextEdit(parent);
    text->setObjectName(name);
    text->setAccessibleName(accessible);
    text->setReadOnly(true);
    text->setFont(fixedFont());
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFrameShape(QFrame::NoFrame);
    text->document()->setDocumentMargin(metrics::space3);
    return text;
}

QListWidget *lines(const QString &name, const QString &accessible, QWidget *parent)
{
    auto *list = new QListWidget(parent);
    list->setObjectName(name);
    list->setAccessibleName(accessible);
    list->setFrameShape(QFrame::NoFrame);
    list->setWordWrap(true);
    list->setSpacing(metrics::space1);
    list->setUniformItemSizes(false);
    return list;
}

} // namespace

PanelKind migrationsPanelKind()
{
    PanelKind kind;
    kind.id = u"migrations"_s;
    kind.title = MigrationsPanel::tr("&Migrations");
    kind.icon = u"migrations"_s;
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new MigrationsPanel(services, context, arguments, parent);
    };
    return kind;
}

MigrationsPanel::MigrationsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_folder(arguments.value(u"folder"_s).toString()), m_model(new StationModel(this)), m_timer(new QTimer(this))
{
    setObjectName(u"migrationsPanel"_s);
    m_message = new MessageBar(this);
    onWriteAccessChanged(Panel::context(), this, [this] { applyAccess(); });
    m_list = new QListView(this);
    m_list->setObjectName(u"migrationStations"_s);
    m_list->setAccessibleName(tr("Migrations in their order"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new StationDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QListView::ScrollPerPixel);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setObjectName(u"migrationSplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_list);
    splitter->addWidget(buildPages());
    splitter->setSizes({scaled(listWidth), scaled(pageWidth)});
    splitter->setStretchFactor(1, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildTop());
    layout->addWidget(m_message);
    layout->addWidget(buildBar());
    layout->addWidget(splitter, 1);
    m_timer->setInterval(progressMs);
    connect(m_timer, &QTimer::timeout, this, &MigrationsPanel::showProgress);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &MigrationsPanel::showStation);
    connect(m_list, &QListView::activated, this, [this] { prepare(false); });
    connect(m_message, &MessageBar::actionTriggered, this, &MigrationsPanel::reload);
    QTimer::singleShot(0, this, &MigrationsPanel::reload);
}

MigrationsPanel::~MigrationsPanel()
{
    m_readStop.request_stop();
    m_stop.request_stop();
    if (m_task != 0)
        m_services.tasks.end(m_task);
}

QWidget *MigrationsPanel::buildTop()
{
    auto *top = new QWidget(this);
    m_heading = new QLabel(top);
    m_heading->setObjectName(u"migrationHeading"_s);
    m_heading->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_state = new QLabel(top);
    m_state->setObjectName(u"migrationState"_s);
    m_state->setWordWrap(true);
    m_migrate = new QPushButton(tr("Migrate here…"), top);
    m_migrate->setObjectName(u"migrateHere"_s);
    m_migrate->setAccessibleName(tr("Migrate to the chosen station"));
    m_stampButton = new QPushButton(tr("Stamp…"), top);
    m_stampButton->setObjectName(u"stampHere"_s);
    m_stampButton->setAccessibleName(tr("Record the chosen station without running anything"));
    m_stampButton->setToolTip(tr("Record this level without running anything"));
    m_folderButton = new QToolButton(top);
    m_folderButton->setObjectName(u"migrationFolder"_s);
    m_folderButton->setText(tr("Folder…"));
    m_folderButton->setAccessibleName(tr("Choose a folder of migrations"));
    m_folderButton->setToolTip(tr("Look at your own migrations: NNN_name.sql files or an Alembic directory"));
    auto *words = new QVBoxLayout;
    words->setSpacing(metrics::space1);
    words->addWidget(m_heading);
    words->addWidget(m_state);
    auto *layout = new QHBoxLayout(top);
    layout->setContentsMargins(metrics::space4, metrics::space3, metrics::space4, metrics::space3);
    layout->setSpacing(metrics::space2);
    layout->addLayout(words, 1);
    layout->addWidget(m_folderButton);
    layout->addWidget(m_stampButton);
    layout->addWidget(m_migrate);
    connect(m_migrate, &QPushButton::clicked, this, [this] { prepare(false); });
    connect(m_stampButton, &QPushButton::clicked, this, [this] { prepare(true); });
    connect(m_folderButton, &QToolButton::clicked, this, &MigrationsPanel::chooseFolder);
    return top;
}

/// What will happen, and the button that makes it happen; below it how far it is.
QWidget *MigrationsPanel::buildBar()
{
    auto *both = new QWidget(this);
    m_bar = new QWidget(both);
    m_bar->setObjectName(u"migrationPlan"_s);
    m_bar->setAutoFillBackground(true);
    m_bar->setBackgroundRole(QPalette::AlternateBase);
    m_barText = new QLabel(m_bar);
    m_barText->setObjectName(u"migrationPlanText"_s);
    m_barText->setWordWrap(true);
    m_backup = new QCheckBox(tr("Back up first"), m_bar);
    m_backup->setObjectName(u"migrationBackup"_s);
    m_backup->setAccessibleName(tr("Back up first"));
    m_backup->setChecked(true);
    m_go = new QPushButton(m_bar);
    m_go->setObjectName(u"migrationGo"_s);
    m_cancel = new QPushButton(tr("Not now"), m_bar);
    m_cancel->setObjectName(u"migrationNotNow"_s);
    m_cancel->setAccessibleName(tr("Change nothing"));
    auto *row = new QHBoxLayout(m_bar);
    row->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, metrics::space2);
    row->addWidget(m_barText, 1);
    row->addWidget(m_backup);
    row->addWidget(m_cancel);
    row->addWidget(m_go);
    m_progressRow = new QWidget(both);
    m_progressText = new QLabel(m_progressRow);
    m_progressText->setObjectName(u"migrationProgressText"_s);
    m_progress = new QProgressBar(m_progressRow);
    m_progress->setObjectName(u"migrationProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the migration"));
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(metrics::space3);
    m_stopButton = new QPushButton(tr("Stop"), m_progressRow);
    m_stopButton->setObjectName(u"migrationStop"_s);
    m_stopButton->setAccessibleName(tr("Stop the migration"));
    auto *progress = new QHBoxLayout(m_progressRow);
    progress->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, metrics::space2);
    progress->addWidget(m_progressText);
    progress->addWidget(m_progress, 1);
    progress->addWidget(m_stopButton);
    auto *layout = new QVBoxLayout(both);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_progressRow);
    m_bar->hide();
    m_progressRow->hide();
    connect(m_go, &QPushButton::clicked, this, [this] { m_stampTo.isEmpty() ? run() : stamp(); });
    connect(m_cancel, &QPushButton::clicked, this, &MigrationsPanel::hidePlan);
    connect(m_stopButton, &QPushButton::clicked, this, [this] { m_stop.request_stop(); });
    return both;
}

QWidget *MigrationsPanel::buildPages()
{
    m_pages = new QTabWidget(this);
    m_pages->setObjectName(u"migrationPages"_s);
    m_pages->setDocumentMode(true);
    m_about = new QTextBrowser(m_pages);
    m_about->setObjectName(u"migrationAbout"_s);
    m_about->setAccessibleName(tr("What the migration does"));
    m_about->setFrameShape(QFrame::NoFrame);
    m_about->setOpenLinks(false);
    m_about->document()->setDocumentMargin(metrics::space4);
    m_about->setFont(sizedFont(font(), metrics::readingPx));
    m_up = readOnlyText(u"migrationUp"_s, tr("SQL of the way up"), m_pages);
    m_down = readOnlyText(u"migrationDown"_s, tr("SQL of the way down"), m_pages);
    m_changes = lines(u"migrationChanges"_s, tr("What changes in the schema"), m_pages);
    m_driftPage = new QWidget(m_pages);
    m_driftList = lines(u"migrationDrift"_s, tr("Differences from what the migrations make"), m_driftPage);
    m_driftList->setContextMenuPolicy(Qt::CustomContextMenu);
    m_repair = new QPushButton(tr("Write a migration that repairs this…"), m_driftPage);
    m_repair->setObjectName(u"migrationRepair"_s);
    m_repair->setAccessibleName(tr("Write a migration that takes the differences away"));
    auto *drift = new QVBoxLayout(m_driftPage);
    drift->setContentsMargins(0, 0, 0, 0);
    drift->setSpacing(0);
    drift->addWidget(m_driftList, 1);
    auto *repair = new QHBoxLayout;
    repair->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, metrics::space2);
    repair->addStretch(1);
    repair->addWidget(m_repair);
    drift->addLayout(repair);
    m_log = readOnlyText(u"migrationLog"_s, tr("Log of the runs"), m_pages);
    m_log->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_log->setPlaceholderText(tr("Nothing has been run from here yet."));
    m_pages->addTab(m_about, tr("About"));
    m_pages->addTab(m_changes, tr("Schema"));
    m_pages->addTab(m_up, tr("Up"));
    m_pages->addTab(m_down, tr("Down"));
    m_pages->addTab(m_driftPage, tr("Drift"));
    m_pages->addTab(m_log, tr("Log"));
    connect(m_pages, &QTabWidget::currentChanged, this, &MigrationsPanel::showStation);
    connect(m_driftList, &QListWidget::customContextMenuRequested, this, &MigrationsPanel::showDriftMenu);
    connect(m_driftList, &QListWidget::itemActivated, this, [this](const QListWidgetItem *item) {
        const QString table = item->data(Qt::UserRole).toString();
        if (!table.isEmpty())
            emit placeRequested(context().id, TablePlace{m_overview ? m_overview->history.schema : QString(), table, {}}, {});
    });
    connect(m_repair, &QPushButton::clicked, this, &MigrationsPanel::writeRepair);
    return m_pages;
}

const Station *MigrationsPanel::chosen() const
{
    return m_model->at(m_list->currentIndex());
}

const MigrationFile *MigrationsPanel::fileOf(const Station &station) const
{
    if (!m_overview || station.index < 0)
        return nullptr;
    const auto at = static_cast<std::size_t>(station.index);
    if (station.kind == Station::Kind::Conversion)
        return &m_overview->history.conversions[at].file;
    return m_overview->history.folder ? &m_overview->history.folder->files()[at] : nullptr;
}

std::vector<Station> MigrationsPanel::stationsOf() const
{
    std::vector<Station> stations;
    const MigrationState &state = m_overview->state;
    const auto add = [&](Station::Kind kind, const QString &revision, const QString &title, const QString &badge, std::size_t index) {
        stations.push_back({kind, revision, title, badge, 0, static_cast<int>(index)});
    };
    if (m_overview->alembic) {
        const auto &revisions = m_overview->alembic->revisions();
        for (std::size_t i = 0; i < revisions.size(); ++i) {
            const bool isApplied = state.applied.contains(revisions[i].revision);
            const bool isCurrent = state.recorded.contains(revisions[i].revision);
            add(isCurrent ? Station::Kind::Current : isApplied ? Station::Kind::Applied : Station::Kind::Pending, revisions[i].revision, revisions[i].title,
                revisions[i].branchLabels.join(u", "_s), i);
        }
    } else if (m_overview->history.folder) {
        const auto &files = m_overview->history.folder->files();
        for (std::size_t i = 0; i < files.size(); ++i) {
            const bool isApplied = i < state.isApplied.size() && state.isApplied[i];
            const bool isCurrent = static_cast<std::ptrdiff_t>(i) == state.newest();
            const QString badge = state.edited.contains(files[i].fileName) ? tr("edited since") : files[i].hasDown() ? QString() : tr("no way down");
            add(isCurrent ? Station::Kind::Current : isApplied ? Station::Kind::Applied : Station::Kind::Pending, files[i].stem(), files[i].title, badge, i);
        }
    }
    for (const QString &word : state.unknown)
        stations.push_back({Station::Kind::Unknown, word, tr("Recorded, but not in this history"), {}, 0, -1});
    const auto &conversions = m_overview->history.conversions;
    for (std::size_t i = 0; i < conversions.size(); ++i) {
        const bool leadsAway = conversions[i].from == m_overview->history.found;
        if (leadsAway || conversions[i].file.hasDown())
            add(Station::Kind::Conversion, leadsAway ? tr("to %1").arg(conversions[i].to) : tr("back to %1").arg(conversions[i].from), conversions[i].title, {}, i);
    }
    return stations;
}

void MigrationsPanel::showOverview()
{
    const QString before = chosen() ? chosen()->revision : QString();
    m_model->setStations(stationsOf());
    int row = m_model->currentRow();
    // What is most likely wanted: the newest that is pending.
    if (before.isEmpty() && m_overview->state.pending && !m_overview->state.pending->isEmpty() && !m_overview->alembic && m_overview->history.folder)
        row = static_cast<int>(m_overview->history.folder->files().size()) - 1;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        if (m_model->stations()[static_cast<std::size_t>(i)].revision == before)
            row = i;
    }
    m_list->setCurrentIndex(m_model->index(std::max(row, 0)));
    showState();
    showStation();
}

void MigrationsPanel::showState()
{
    const MigrationHistory &history = m_overview->history;
    const MigrationState &state = m_overview->state;
    const ResolvedProfile &profile = *context().profile;
    QString heading = tr("No history is known for this database");
    if (!m_folder.isEmpty())
        heading = m_folder;
    else if (!history.system.isEmpty())
        heading = history.profile.variantTitle.isEmpty() ? profile.profileTitle : tr("%1 · %2").arg(profile.profileTitle, history.profile.variantTitle);
    m_heading->setText(heading);
    QStringList words;
    if (!state.current.isEmpty())
        words.append(state.isInferred ? tr("At %1, read off the schema").arg(state.current) : tr("At %1, recorded in %2").arg(state.current, state.tracking));
    else if (!state.head.isEmpty())
        words.append(tr("None of these migrations has been run"));
    else
        words.append(tr("Choose a folder of migrations to compare it with"));
    if (!state.unknown.isEmpty())
        words.append(tr("newer than this history: nothing will be touched"));
    else if (state.pending && !state.pending->isEmpty())
        words.append(tr("%n pending", nullptr, static_cast<int>(state.pending->size())));
    else if (state.pending && !state.head.isEmpty())
        words.append(tr("nothing pending"));
    if (!history.found.isEmpty() && history.found != history.variant && m_folder.isEmpty())
        words.append(tr("the database looks like the variant %1, which has no history on this engine").arg(history.found));
    m_state->setText(words.join(u" · "_s));
    m_folderButton->setToolTip(m_folder.isEmpty() ? tr("Look at your own migrations: NNN_name.sql files or an Alembic directory") : m_folder);
}

void MigrationsPanel::showStation()
{
    const Station *station = chosen();
    const bool isFree = m_overview && !m_isRunning && canWrite();
    const bool isOurs = m_overview && !m_overview->alembic && m_overview->state.unknown.isEmpty();
    m_migrate->setEnabled(station && isFree && isOurs && station->kind != Station::Kind::Unknown && station->kind != Station::Kind::Current);
    m_migrate->setToolTip(!canWrite() ? writeRefusal(context()) : m_overview && m_overview->alembic ? tr("Alembic's revisions are Python, which Turnstone does not run") : QString());
    m_stampButton->setEnabled(m_migrate->isEnabled() && station->kind != Station::Kind::Conversion && m_overview->history.tracking.style() != MigrationTracking::Style::None);
    const bool goesDown = station && station->kind == Station::Kind::Applied;
    m_migrate->setText(station && station->kind == Station::Kind::Conversion ? tr("Convert…") : goesDown ? tr("Go back to here…") : tr("Migrate to here…"));
    if (!station)
        return;
    showAbout(*station);
    showSql(*station);
    if (m_pages->currentWidget() == m_changes)
        readChanges(*station);
}

void MigrationsPanel::showAbout(const Station &station)
{
    QString html = u"<h3>%1</h3>"_s.arg((station.title.isEmpty() ? station.revision : station.title).toHtmlEscaped());
    if (m_overview->alembic && station.index >= 0) {
        const AlembicRevision &revision = m_overview->alembic->revisions()[static_cast<std::size_t>(station.index)];
        html += u"<p>%1</p>"_s.arg(revision.description.toHtmlEscaped());
        html += u"<p>%1</p>"_s.arg(tr("Revision %1 in %2, after %3. Alembic runs it, not Turnstone.")
                                       .arg(revision.revision, revision.fileName, revision.downRevisions.isEmpty() ? tr("nothing") : revision.downRevisions.join(u", "_s)).toHtmlEscaped());
    } else if (const MigrationFile *file = fileOf(station)) {
        html += u"<p>%1</p><p><code>%2</code></p>"_s.arg(file->description.toHtmlEscaped(), file->fileName.toHtmlEscaped());
        if (!file->hasDown())
            html += u"<p>%1</p>"_s.arg(tr("There is no way down; the backup is the way back."));
        QStringList counted;
        for (const MigrationCount &count : file->counts)
            counted.append(count.title);
        if (!counted.isEmpty())
            html += u"<p>%1</p>"_s.arg(tr("Counted before and after, and stopped if they differ: %1.").arg(counted.join(u", "_s)).toHtmlEscaped());
        if (const auto part = prepareMigration(*file, MigrationDirection::Up, m_overview->catalog.engine); part) {
            for (const QString &warning : part->warnings)
                html += u"<p><b>%1</b></p>"_s.arg(warning.toHtmlEscaped());
        } else {
            html += u"<p><b>%1</b></p>"_s.arg(part.error().message.toHtmlEscaped());
        }
    } else {
        html += u"<p>%1</p>"_s.arg(tr("The database records \"%1\". No file at hand stands for it, so nothing here will move this database.").arg(station.revision).toHtmlEscaped());
    }
    m_about->setHtml(html);
}

void MigrationsPanel::showSql(const Station &station)
{
    constexpr qsizetype mostShown = 500'000; // a text of megabytes takes the window's time
    const MigrationFile *file = fileOf(station);
    const auto shown = [&](const QString &sql, const QString &none) {
        const QString text = sql.trimmed();
        return text.isEmpty() ? none : text.size() > mostShown ? text.left(mostShown) + tr("\n-- … and so on") : text;
    };
    const QString none = m_overview->alembic ? tr("-- Alembic keeps it in Python") : tr("-- nothing");
    m_up->setPlainText(shown(file ? file->up : QString(), none));
    m_down->setPlainText(shown(file ? file->down : QString(), file ? tr("-- no way down") : none));
}

void MigrationsPanel::showDrift()
{
    m_driftList->clear();
    const bool isKnown = m_drift.has_value();
    const int count = isKnown ? static_cast<int>(m_drift->changes.size()) : 0;
    m_model->setDrift(count);
    m_pages->setTabText(m_pages->indexOf(m_driftPage), count > 0 ? tr("Drift %1").arg(count) : tr("Drift"));
    m_repair->setVisible(count > 0);
    if (!isKnown)
        return;
    for (const SchemaChange &change : m_drift->changes) {
        auto *item = new QListWidgetItem(change.sentence(), m_driftList);
        const bool isThere = m_overview->catalog.table(change.table, m_overview->history.schema) != nullptr;
        item->setData(Qt::UserRole, isThere ? change.table : QString());
        item->setForeground(Tokens::of(palette()).warn);
    }
    if (count == 0)
        new QListWidgetItem(tr("The schema is exactly what these migrations make."), m_driftList);
}

void MigrationsPanel::showDriftMenu(const QPoint &place)
{
    const QListWidgetItem *item = m_driftList->itemAt(place);
    if (!item)
        return;
    const QString table = item->data(Qt::UserRole).toString();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!table.isEmpty()) {
        menu->addAction(tr("Show %1").arg(table), this, [this, table] { emit placeRequested(context().id, TablePlace{m_overview->history.schema, table, {}}, {}); });
    }
    menu->addAction(tr("Copy"), this, [text = item->text()] { QGuiApplication::clipboard()->setText(text); });
    menu->addAction(tr("Write a migration that repairs this…"), this, &MigrationsPanel::writeRepair);
    menu->popup(m_driftList->viewport()->mapToGlobal(place));
}

void MigrationsPanel::showPlan()
{
    QStringList sentences;
    if (!m_stampTo.isEmpty()) {
        sentences.append(tr("Record %1 in %2 and run nothing.").arg(m_stampTo, m_overview->history.tracking.table()));
        m_go->setText(tr("Stamp"));
    } else {
        QStringList titles;
        for (const MigrationStep &step : m_plan->steps)
            titles.append(step.title());
        sentences.append(tr("Will run %1.").arg(titles.join(u", "_s)));
        sentences += m_plan->warnings;
        m_go->setText(tr("Run %n migrations", nullptr, static_cast<int>(m_plan->steps.size())));
    }
    m_go->setAccessibleName(m_go->text());
    m_barText->setText(sentences.join(u' '));
    m_backup->setVisible(m_stampTo.isEmpty());
    m_bar->show();
    m_go->setFocus();
}

void MigrationsPanel::hidePlan()
{
    m_plan.reset();
    m_stampTo.clear();
    m_bar->hide();
}

void MigrationsPanel::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Choose a folder of migrations"), m_folder);
    dialog->setObjectName(u"migrationFolderDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &folder) {
        m_folder = folder;
        reload();
    });
    dialog->open();
}

QString MigrationsPanel::reasonToStay() const
{
    return m_isRunning ? tr("A migration is running.") : QString();
}

QVariantMap MigrationsPanel::saveState() const
{
    return {{u"folder"_s, m_folder}};
}

void MigrationsPanel::copy(const QString &)
{
    if (auto *text = qobject_cast<QPlainTextEdit *>(m_pages->currentWidget()))
        QGuiApplication::clipboard()->setText(text->textCursor().hasSelection() ? text->textCursor().selectedText().replace(QChar::ParagraphSeparator, u'\n') : text->toPlainText());
    else if (const Station *station = chosen())
        QGuiApplication::clipboard()->setText(station->revision);
}

} // namespace turnstone
