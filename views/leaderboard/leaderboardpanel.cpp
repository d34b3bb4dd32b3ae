// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/leaderboardpanel.h"

#include "models/core/async.h"
#include "models/leaderboard/boardmodel.h"
#include "views/charts/chartwidget.h"
#include "views/leaderboard/boardcharts.h"
#include "views/leaderboard/boardcontrols.h"
#include "views/leaderboard/boardtable.h"
#include "views/leaderboard/comparepage.h"
#include "views/leaderboard/driftpage.h"
#include "views/leaderboard/pairsview.h"
#include "views/panels/tasks.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t bestShown = 5;
constexpr int progressMs = 100;
/// Charts of as many are made in less time than it takes to ask another thread.
constexpr std::size_t fewRows = 500;

std::vector<const Lens *> boardsOf(const ResolvedProfile &profile)
{
    std::vector<const Lens *> result;
    for (const Lens &lens : profile.lenses) {
        if (lens.kind == u"leaderboard")
            result.push_back(&lens);
    }
    return result;
}

} // namespace

PanelKind leaderboardPanelKind()
{
    PanelKind kind;
    kind.id = u"leaderboard"_s;
    kind.title = LeaderboardPanel::tr("&Leaderboard");
    kind.icon = u"ranking"_s;
    kind.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B);
    kind.applies = [](const DatabaseContext &context) { return !boardsOf(*context.profile).empty(); };
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        for (const Lens *lens : boardsOf(*context.profile)) {
            if (lens->parts.value(u"competitors"_s)[u"table"_s].toString() == table)
                return LeaderboardPanel::tr("Show on the leaderboard");
        }
        return QString();
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new LeaderboardPanel(services, context, arguments, parent);
    };
    return kind;
}

LeaderboardPanel::LeaderboardPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_wanted(keyOf(arguments)), m_progressTimer(new QTimer(this)), m_model(new BoardModel(this))
{
    setObjectName(u"leaderboardPanel"_s);
    const std::vector<const Lens *> boards = boardsOf(*Panel::context().profile);
    const QString asked = arguments.value(u"board"_s).toString();
    m_boardId = !asked.isEmpty() ? asked : boards.empty() ? QString() : boards.front()->id;
    buildTop();
    buildPages();
    std::vector<std::pair<QString, QString>> titles;
    for (const Lens *lens : boards)
        titles.emplace_back(lens->id, lens->title);
    m_controls->setBoards(titles, m_boardId);
    m_controls->setVisible(!boards.empty());
    connectPages();
    m_progressTimer->setInterval(progressMs);
    // Once the window has given its state back.
    QTimer::singleShot(0, this, &LeaderboardPanel::read);
}

LeaderboardPanel::~LeaderboardPanel()
{
    m_stop.request_stop();
    m_usageStop.request_stop();
    if (m_task != 0)
        m_services.tasks.end(m_task);
}

void LeaderboardPanel::buildTop()
{
    m_message = new MessageBar(this);
    m_controls = new BoardControls(this);
    m_stack = new QStackedWidget(this);
    m_sentence = new QLabel(this);
    m_sentence->setObjectName(u"boardSentence"_s);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setForegroundRole(QPalette::PlaceholderText);
    m_table = new BoardTable(*m_model, this);
    m_splitter = new QSplitter(Qt::Vertical, this);
    m_splitter->setObjectName(u"boardSplitter"_s);
    m_splitter->setChildrenCollapsible(false);
    m_stack->addWidget(m_sentence);
    m_stack->addWidget(m_splitter);

    m_summary = new QLabel(this);
    m_summary->setObjectName(u"boardSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_bar = new QProgressBar(this);
    m_bar->setObjectName(u"boardProgress"_s);
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setMaximumSize(120, metrics::space3);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_stopButton = new QToolButton(this);
    m_stopButton->setObjectName(u"stopReplay"_s);
    m_stopButton->setText(tr("Stop"));
    m_stopButton->setAccessibleName(tr("Stop replaying"));
    m_menu = new QToolButton(this);
    m_menu->setObjectName(u"boardMenu"_s);
    m_menu->setText(u"⋯"_s);
    m_menu->setAutoRaise(true);
    m_menu->setPopupMode(QToolButton::InstantPopup);
    m_menu->setAccessibleName(tr("Copy or save the table"));
    m_menu->setToolTip(tr("Copy or save the table"));
    auto *menu = new QMenu(m_menu);
    for (const QString &format : {u"csv"_s, u"json"_s}) {
        menu->addAction(tr("Copy the table as %1").arg(format.toUpper()), this, [this, format] { copy(format); })->setObjectName(u"board.copy."_s + format);
        menu->addAction(tr("Save the table as %1…").arg(format.toUpper()), this, [this, format] { saveTable(format); })->setObjectName(u"board.save."_s + format);
    }
    menu->addSeparator();
    menu->addAction(tr("Copy the matrix as CSV"), this, [this] {
        QApplication::clipboard()->setText(QString::fromUtf8(m_pairs->pairs().toCsv()));
        emit noted(tr("The matrix was copied"));
    });
    menu->addSeparator();
    menu->addAction(tr("Edit prices…"), this, &LeaderboardPanel::editPrices)->setObjectName(u"board.prices"_s);
    m_menu->setMenu(menu);

    auto *foot = new QHBoxLayout;
    foot->setSpacing(metrics::space2);
    foot->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    foot->addWidget(m_summary, 1);
    foot->addWidget(m_bar);
    foot->addWidget(m_stopButton);
    foot->addWidget(m_menu);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_controls);
    layout->addWidget(m_stack, 1);
    layout->addLayout(foot);
    m_bar->hide();
    m_stopButton->hide();
    m_menu->hide();
}

void LeaderboardPanel::buildPages()
{
    m_pages = new QTabWidget(this);
    m_pages->setObjectName(u"boardPages"_s);
    m_pages->setDocumentMode(true);
    m_pages->setAccessibleName(tr("What lies behind the ratings"));
    m_history = new ChartWidget(this);
    m_history->setObjectName(u"historyChart"_s);
    m_pairs = new PairsView(this);
    m_distributionPage = new QWidget(this);
    m_distribution = new ChartWidget(this);
    m_distribution->setObjectName(u"distributionChart"_s);
    m_groups = new ChartWidget(this);
    m_groups->setObjectName(u"groupChart"_s);
    auto *both = new QHBoxLayout(m_distributionPage);
    both->setContentsMargins(0, 0, 0, 0);
    both->addWidget(m_distribution, 1);
    both->addWidget(m_groups, 1);
    m_balance = new ChartWidget(this);
    m_balance->setObjectName(u"balanceChart"_s);
    m_compare = new ComparePage(m_services.workers, this);
    m_drift = new DriftPage(this);
    m_pages->addTab(m_history, tr("History"));
    m_pages->addTab(m_pairs, tr("Head to head"));
    m_pages->addTab(m_distributionPage, tr("Distribution"));
    m_pages->addTab(m_balance, tr("Balance"));
    m_pages->addTab(m_compare, tr("Compare"));
    m_pages->addTab(m_drift, tr("Drift"));
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_pages);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
}

void LeaderboardPanel::connectPages()
{
    connect(m_controls, &BoardControls::changed, this, &LeaderboardPanel::rate);
    connect(m_controls, &BoardControls::boardChosen, this, [this](const QString &id) {
        m_boardId = id;
        m_isFitted = false;
        m_lastChosen.clear();
        m_board.reset();
        read();
    });
    connect(m_message, &MessageBar::actionTriggered, this, &LeaderboardPanel::reload);
    connect(m_stopButton, &QToolButton::clicked, this, &LeaderboardPanel::stopWork);
    connect(m_table, &BoardTable::chosenChanged, this, &LeaderboardPanel::showChosen);
    connect(m_table, &BoardTable::contestsRequested, this, &LeaderboardPanel::openRow);
    connect(m_table, &BoardTable::menuRequested, this, &LeaderboardPanel::showRowMenu);
    connect(m_pages, &QTabWidget::currentChanged, this, &LeaderboardPanel::showPage);
    connect(m_history, &ChartWidget::pointActivated, this, [this](qint64 contest) { openContest(static_cast<std::size_t>(contest)); });
    connect(m_balance, &ChartWidget::pointActivated, this, [this](qint64 at) {
        const rating::BalanceStretch stretch = m_view->balance[static_cast<std::size_t>(at)];
        ContestChoice choice;
        choice.total = stretch.last - stretch.first;
        for (std::size_t index = stretch.last; index-- > stretch.first;)
            choice.contests.push_back(index);
        openChoice(choice, tr("of that time"));
    });
    connect(m_distribution, &ChartWidget::pointActivated, this, [this](qint64 bin) { m_table->choose(competitorsInBin(*m_view, bin)); });
    connect(m_drift->chart(), &ChartWidget::pointActivated, this, [this](qint64 competitor) { m_table->choose({static_cast<std::uint32_t>(competitor)}); });
    const auto openPair = [this](std::uint32_t one, std::uint32_t other) {
        openContests([one, other](const rating::ContestLog &log) { return contestsBetween(log, one, other, std::numeric_limits<std::size_t>::max()); },
                     tr("of %1 against %2").arg(m_view->rowOf(one)->label.simplified(), m_view->rowOf(other)->label.simplified()));
    };
    connect(m_pairs, &PairsView::pairRequested, this, openPair);
    connect(m_compare, &ComparePage::pairRequested, this, openPair);
    connect(m_drift, &DriftPage::writeRequested, this, &LeaderboardPanel::askToWrite);
    linkHovering();
    for (ChartWidget *chart : {m_history, m_distribution, m_groups, m_balance, m_compare->chart(), m_drift->chart()}) {
        connect(chart, &ChartWidget::failed, this, [this](const Error &error) { m_message->showError(error); });
        connect(chart, &ChartWidget::noted, this, &LeaderboardPanel::noted);
    }
}

void LeaderboardPanel::linkHovering()
{
    const auto single = [](qint64 competitor) { return competitor < 0 ? std::vector<std::uint32_t>() : std::vector{static_cast<std::uint32_t>(competitor)}; };
    connect(m_table, &BoardTable::hovered, this, &LeaderboardPanel::emphasise);
    connect(m_history, &ChartWidget::hovered, this, [this, single](qint64 competitor) { m_table->mark(single(competitor)); });
    connect(m_compare->chart(), &ChartWidget::hovered, this, [this, single](qint64 competitor) { m_table->mark(single(competitor)); });
    connect(m_drift->chart(), &ChartWidget::hovered, this, [this, single](qint64, qint64 competitor) { m_table->mark(single(competitor)); });
    connect(m_pairs, &PairsView::hovered, m_table, &BoardTable::mark);
    connect(m_distribution, &ChartWidget::hovered, this,
            [this](qint64, qint64 bin) { m_table->mark(bin < 0 || !m_view ? std::vector<std::uint32_t>() : competitorsInBin(*m_view, bin)); });
    connect(m_groups, &ChartWidget::hovered, this, [this](qint64 member) {
        std::vector<std::uint32_t> members;
        const LeaderboardRow *one = member < 0 || !m_view ? nullptr : m_view->rowOf(static_cast<std::uint32_t>(member));
        for (std::size_t i = 0; one != nullptr && i < m_view->rows.size(); ++i) {
            if (m_view->rows[i].groups.value(m_shownGroup) == one->groups.value(m_shownGroup))
                members.push_back(m_view->rows[i].number);
        }
        m_table->mark(members);
    });
}

/// What the charts have of a row of the table.
void LeaderboardPanel::emphasise(qint64 competitor)
{
    m_pairs->mark(competitor);
    const std::vector<std::int64_t> ids = competitor < 0 ? std::vector<std::int64_t>() : std::vector<std::int64_t>{competitor};
    m_history->emphasise(ids, {});
    m_compare->chart()->emphasise(ids, {});
    m_drift->chart()->emphasise({}, ids);
    if (m_pages->currentWidget() != m_distributionPage)
        return;
    const LeaderboardRow *row = competitor < 0 || !m_view ? nullptr : m_view->rowOf(static_cast<std::uint32_t>(competitor));
    std::vector<std::int64_t> groupIds;
    for (const ChartLine &line : m_groups->spec().lines) {
        const LeaderboardRow *member = row == nullptr || line.id < 0 ? nullptr : m_view->rowOf(static_cast<std::uint32_t>(line.id));
        if (member != nullptr && member->groups.value(m_shownGroup) == row->groups.value(m_shownGroup))
            groupIds.push_back(line.id);
    }
    m_groups->emphasise(groupIds, {});
    m_distribution->emphasise({}, row == nullptr ? std::vector<std::int64_t>() : std::vector<std::int64_t>{binOf(*m_view, row->number)});
}

/// Of many competitors in the pool; a few are there at once.
void LeaderboardPanel::draw(ChartWidget &chart, std::function<ChartSpec()> make)
{
    if (m_view->rows.size() <= fewRows) {
        chart.setSpec(make());
        return;
    }
    ++m_drawing;
    onResult(QtConcurrent::run(&m_services.workers, std::move(make)), this, [this, at = &chart, view = m_view](ChartSpec spec) {
        --m_drawing;
        if (view == m_view)
            at->setSpec(std::move(spec));
        tellSettled();
    });
}

void LeaderboardPanel::tellSettled()
{
    if (m_drawing == 0 && std::exchange(m_isSettling, false))
        emit settled();
}

void LeaderboardPanel::showState(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_stack->setCurrentWidget(m_sentence);
    m_menu->hide();
    m_summary->clear();
}

QString LeaderboardPanel::contestWords(std::size_t count) const
{
    const TableProfile *table = context().profile->table(m_board->lens.table);
    const QString name = table != nullptr && !table->title.isEmpty() ? table->title.toLower() : tr("contests");
    return QLocale().toString(static_cast<qint64>(count)) + u' ' + (m_board->contests.recordOf.empty() ? name : tr("contests"));
}

QString LeaderboardPanel::summary() const
{
    const QLocale locale;
    QStringList parts{tr("%1 shown").arg(locale.toString(static_cast<qint64>(m_view->rows.size())))};
    if (m_view->hidden > 0)
        parts.append(tr("%1 hidden").arg(locale.toString(static_cast<qint64>(m_view->hidden))));
    const QString system = m_view->settings.system == "trueskill" ? tr("TrueSkill") : tr("OpenSkill");
    const QString games = contestWords(m_view->log->size());
    parts.append(m_view->source == RatingSource::Stored ? tr("ratings as stored, %1").arg(games) : tr("%1 replayed from %2").arg(system, games));
    std::size_t left = 0;
    for (const auto &[why, count] : m_board->contests.leftOut)
        left += static_cast<std::size_t>(count);
    if (left > 0)
        parts.append(tr("%1 left out").arg(locale.toString(static_cast<qint64>(left))));
    QStringList weights;
    for (const auto &[side, weight] : m_board->lens.weights)
        weights.append(tr("%1 counts %2").arg(side, locale.toString(weight)));
    return (parts + weights).join(u" · "_s);
}

void LeaderboardPanel::showView()
{
    m_lastChosen = m_table->chosen().empty() ? m_lastChosen : m_table->chosen();
    {
        const QSignalBlocker quiet(m_table);
        m_model->setBoard(m_view, m_usage);
    }
    m_table->horizontalHeader()->setSortIndicator(m_model->sortColumn(), m_model->sortOrder());
    if (m_view->rows.empty()) {
        showState(m_view->hidden > 0        ? tr("Nobody passes these filters.")
                  : m_board->rows.empty() ? tr("This database has no competitors yet.")
                                          : tr("No contest counts yet, so there is nobody to rate."));
    } else {
        m_stack->setCurrentWidget(m_splitter);
        m_menu->show();
    }
    m_summary->setText(summary());
    QStringList reasons;
    for (const auto &[why, count] : m_board->contests.leftOut)
        reasons.append(tr("%1 left out: %2").arg(QLocale().toString(count), why));
    m_summary->setToolTip(reasons.join(u'\n'));
    if (!std::exchange(m_isFitted, true)) {
        m_table->fitColumns();
        m_pages->setTabVisible(m_pages->indexOf(m_drift), m_board->lens.stored.has_value());
    }
    if (!m_wanted.empty()) {
        // A key from a path is text, whatever the engine stores.
        const auto row = std::ranges::find(m_view->rows, m_wanted.front().toDisplayText(), [](const LeaderboardRow &each) { return each.competitor.toDisplayText(); });
        if (row != m_view->rows.end())
            m_lastChosen = {row->number};
        else
            m_message->showNote(tr("That one is not on the leaderboard as it is filtered now."));
        m_wanted.clear();
    }
    m_table->choose(m_lastChosen);
    showPage();
}

std::vector<std::uint32_t> LeaderboardPanel::chosenOrBest() const
{
    std::vector<std::uint32_t> chosen = m_table->chosen();
    for (std::size_t i = 0; chosen.empty() && i < std::min(bestShown, m_view->rows.size()); ++i) {
        for (std::size_t j = 0; j < std::min(bestShown, m_view->rows.size()); ++j)
            chosen.push_back(m_view->rows[j].number);
    }
    return chosen;
}

void LeaderboardPanel::showChosen()
{
    if (!m_view)
        return;
    const QWidget *page = m_pages->currentWidget();
    if (page == m_history || page == m_compare)
        showPage();
}

void LeaderboardPanel::showPage()
{
    if (!m_view || m_view->rows.empty())
        return;
    // Only what can be seen is drawn.
    const QWidget *page = m_pages->currentWidget();
    if (page == m_history)
        m_history->setSpec(historyChart(*m_view, chosenOrBest())); // of a few, whatever there is
    else if (page == m_pairs)
        m_pairs->setBoard(m_view);
    else if (page == m_distributionPage)
        showDistribution();
    else if (page == m_balance)
        m_balance->setSpec(balanceChart(*m_view));
    else if (page == m_compare)
        m_compare->setBoard(m_view, m_table->chosen());
    else if (page == m_drift) {
        m_drift->setBoard(m_view);
        draw(*m_drift->chart(), [view = m_view] { return driftChart(*view); });
    }
}

void LeaderboardPanel::showDistribution()
{
    draw(*m_distribution, [view = m_view] { return distributionChart(*view); });
    const bool hasGroups = m_view->settings.groupBy < 0 && !m_board->groupTitles.isEmpty();
    m_groups->setVisible(hasGroups);
    if (!hasGroups)
        return;
    // The group whose filter is set, else the one with the fewest values that are more than one.
    int best = 0;
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (int group = 0; group < m_board->groupTitles.size(); ++group) {
        QSet<QString> values;
        for (const LeaderboardRow &row : m_view->rows)
            values.insert(row.groups.value(group));
        const auto count = static_cast<std::size_t>(values.size());
        if (count > 1 && count < fewest) {
            fewest = count;
            best = group;
        }
    }
    m_shownGroup = best;
    draw(*m_groups, [view = m_view, best] { return groupChart(*view, best); });
}

void LeaderboardPanel::showRowMenu(int row, int column, const QPoint &globalPlace)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"boardRowMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const LeaderboardRow &of = m_model->row(row);
    menu->addAction(tr("Games of %1").arg(of.label.simplified().left(40)), this, [this, row] { openRow(row, 0); })->setObjectName(u"board.games"_s);
    const BoardModel::Column &at = m_model->columns()[static_cast<std::size_t>(column)];
    if (at.what == BoardModel::Column::What::Side || at.what == BoardModel::Column::What::Team)
        menu->addAction(tr("Games of this column: %1").arg(at.title), this, [this, row, column] { openRow(row, column); });
    menu->addAction(tr("Rating history"), this, [this] { m_pages->setCurrentWidget(m_history); });
    menu->addAction(tr("Compare"), this, [this] { m_pages->setCurrentWidget(m_compare); });
    if (m_board->lens.competitors && m_view->settings.groupBy < 0) {
        menu->addSeparator();
        const QString table = m_board->lens.competitors->table;
        const RowKey key{of.competitor};
        menu->addAction(tr("Show the record"), this, [this, table, key] {
            const CatalogTable *catalogTable = context().catalog->table(table, context().profile->schema);
            if (catalogTable != nullptr)
                emit placeRequested(context().id, {catalogTable->schema, catalogTable->name, {}}, key);
        });
        emit recordMenuOpening(menu, table, key);
    }
    menu->popup(globalPlace);
}

void LeaderboardPanel::copy(const QString &format)
{
    if (!m_view)
        return;
    onResult(tableBytes(format), this, [this, rows = m_model->rowCount()](const QByteArray &bytes) {
        QApplication::clipboard()->setText(QString::fromUtf8(bytes));
        emit noted(tr("%1 rows copied").arg(QLocale().toString(rows)));
    });
}

QFuture<QByteArray> LeaderboardPanel::tableBytes(const QString &format) const
{
    const auto job = [view = m_view, usage = m_usage, column = m_model->sortColumn(), order = m_model->sortOrder(), format] {
        BoardModel model; // of the worker's own
        model.setBoard(view, usage);
        model.sort(column, order);
        return format == u"json" ? model.toJson() : model.toCsv();
    };
    return QtConcurrent::run(&m_services.workers, job);
}

void LeaderboardPanel::saveTable(const QString &ending)
{
    auto *dialog = new QFileDialog(window(), tr("Save leaderboard"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending);
    dialog->setNameFilter(u"%1 (*.%2)"_s.arg(ending.toUpper(), ending));
    dialog->selectFile(u"leaderboard."_s + ending);
    connect(dialog, &QFileDialog::fileSelected, this, [this, ending](const QString &path) {
        const auto save = [this, path](const QByteArray &bytes) {
            const auto job = [path, bytes]() -> Result<> {
                QSaveFile file(path);
                if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
                    return {};
                return failure(ErrorCode::Io, tr("The leaderboard could not be saved as %1.").arg(path), file.errorString());
            };
            onResult(QtConcurrent::run(&m_services.workers, job), this, [this, path](const Result<> &saved) {
                if (saved)
                    emit noted(tr("Saved %1").arg(path));
                else
                    m_message->showError(saved.error());
            });
        };
        onResult(tableBytes(ending), this, save);
    });
    dialog->open();
}

void LeaderboardPanel::find()
{
    m_controls->takeFocus();
}

std::optional<TablePlace> LeaderboardPanel::subject() const
{
    const CatalogTable *table = m_board ? context().catalog->table(m_board->lens.table, context().profile->schema) : nullptr;
    return table != nullptr ? std::optional(TablePlace{table->schema, table->name, {}}) : std::nullopt;
}

QString LeaderboardPanel::reasonToStay() const
{
    return m_isWriting ? tr("Ratings are being written.") : QString();
}

QVariantMap LeaderboardPanel::saveState() const
{
    QVariantMap state = m_controls->save();
    state.insert(u"board"_s, m_boardId);
    state.insert(u"page"_s, m_pages->currentIndex());
    state.insert(u"splitter"_s, QString::fromLatin1(m_splitter->saveState().toBase64()));
    return state;
}

void LeaderboardPanel::restoreState(const QVariantMap &state)
{
    m_controls->restore(state);
    if (const QString id = state.value(u"board"_s).toString(); !id.isEmpty() && id != m_boardId) {
        m_boardId = id;
        m_board.reset();
    }
    m_pages->setCurrentIndex(std::clamp(state.value(u"page"_s).toInt(), 0, m_pages->count() - 1));
    m_splitter->restoreState(QByteArray::fromBase64(state.value(u"splitter"_s).toString().toLatin1()));
    if (m_generation > 0) // else the first reading is still to come
        read();
}

} // namespace turnstone
