// SPDX-License-Identifier: GPL-3.0-or-later
// Reading, replaying and writing in the background; the way from what is shown to its contests.
#include "models/core/async.h"
#include "models/leaderboard/boardmodel.h"
#include "views/leaderboard/boardcontrols.h"
#include "views/leaderboard/driftpage.h"
#include "views/leaderboard/leaderboardpanel.h"
#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/prices/pricedialog.h"
#include "views/widgets/messagebar.h"

#include <QLocale>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// More contests than this are shown as the newest of them: a filter that names each must stay one that can be handled.
constexpr std::size_t mostContests = 500;
constexpr int progressSteps = 1000;

} // namespace

void LeaderboardPanel::beginWork(const QString &text)
{
    endWork();
    m_stop = {};
    ++m_generation;
    m_progress = std::make_shared<std::atomic<int>>(0);
    m_task = m_services.tasks.begin(text, [this] { stopWork(); });
    m_bar->setValue(0);
    m_progressTimer->disconnect(this);
    connect(m_progressTimer, &QTimer::timeout, this, [this] {
        // What is done at once shows no bar.
        m_bar->show();
        m_stopButton->show();
        m_bar->setValue(m_progress->load());
        m_services.tasks.setProgress(m_task, m_progress->load(), progressSteps);
    });
    m_progressTimer->start();
}

void LeaderboardPanel::endWork()
{
    m_progressTimer->stop();
    m_bar->hide();
    m_stopButton->hide();
    if (m_task != 0)
        m_services.tasks.end(std::exchange(m_task, 0));
}

void LeaderboardPanel::stopWork()
{
    m_stop.request_stop();
}

void LeaderboardPanel::reload()
{
    m_message->clear();
    m_board.reset();
    read();
}

void LeaderboardPanel::refresh()
{
    if (m_task == 0)
        read();
}

void LeaderboardPanel::read()
{
    const Result<LeaderboardLens> lens = leaderboardOf(*context().profile, m_boardId);
    if (!lens) {
        showState(lens.error().message);
        emit settled();
        return;
    }
    m_stop.request_stop();
    beginWork(tr("Replaying contests"));
    if (!m_board)
        showState(tr("Reading and replaying contests…"));
    const auto job = [context = context(), lens = *lens, stop = m_stop.get_token(), progress = m_progress](Connection &connection) -> Result<std::shared_ptr<const Leaderboard>> {
        Result<Leaderboard> board = readLeaderboard(connection, *context.catalog, *context.profile, lens, {}, stop,
                                                    [&progress](double done) { progress->store(static_cast<int>(done * progressSteps)); });
        if (!board)
            return failure(board);
        return std::make_shared<const Leaderboard>(std::move(*board));
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, generation = m_generation](Result<std::shared_ptr<const Leaderboard>> board) {
        if (generation != m_generation)
            return;
        endWork();
        if (!board) {
            showState(board.error().code == ErrorCode::Cancelled ? tr("Stopped. Nothing was rated.") : tr("The contests could not be read."));
            m_message->showError(board.error(), tr("Try again"));
            emit failed(board.error());
            return;
        }
        m_message->clear();
        m_board = std::move(*board);
        m_usage.reset();
        m_controls->setLeaderboard(m_board);
        rate();
        readUsageOf(m_board);
    });
}

void LeaderboardPanel::rate()
{
    if (!m_board)
        return;
    m_stop.request_stop();
    beginWork(tr("Rating"));
    const auto job = [board = m_board, settings = m_controls->settings(), stop = m_stop.get_token(), progress = m_progress] {
        return makeBoardView(board, settings, stop, [&progress](double done) { progress->store(static_cast<int>(done * progressSteps)); });
    };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this, generation = m_generation](Result<std::shared_ptr<const BoardView>> view) {
        if (generation != m_generation)
            return;
        endWork();
        if (!view) {
            m_message->showError(view.error(), tr("Try again"));
            return;
        }
        m_view = std::move(*view);
        m_isSettling = true;
        showView();
        tellSettled();
    });
}

void LeaderboardPanel::readUsageOf(const std::shared_ptr<const Leaderboard> &board)
{
    if (!hasUsage(board->lens))
        return;
    m_usageStop.request_stop();
    m_usageStop = {};
    const auto job = [context = context(), board, path = PriceList::pathBeside(m_services.settings.fileName())](Connection &connection) -> Result<std::shared_ptr<const LeaderboardUsage>> {
        const Result<PriceList> prices = PriceList::inUse(path, context.profile->prices);
        if (!prices)
            return failure(prices);
        Result<LeaderboardUsage> usage = readUsage(connection, *context.catalog, *context.profile, *board, *prices);
        if (!usage)
            return failure(usage);
        return std::make_shared<const LeaderboardUsage>(std::move(*usage));
    };
    onResult(context().pool->read(job, m_usageStop.get_token()), this, [this, board](Result<std::shared_ptr<const LeaderboardUsage>> usage) {
        if (board != m_board)
            return;
        if (!usage) {
            if (usage.error().code != ErrorCode::Cancelled)
                m_message->showError(usage.error());
            return;
        }
        m_usage = std::move(*usage);
        if (m_view && m_view->board == m_board) {
            m_isFitted = false;
            showView();
        }
    });
}

void LeaderboardPanel::editPrices()
{
    auto *dialog = new PriceDialog(m_services.workers, PriceList::pathBeside(m_services.settings.fileName()), this);
    connect(dialog, &PriceDialog::saved, this, [this] {
        if (m_board)
            readUsageOf(m_board);
    });
    dialog->open();
}

void LeaderboardPanel::openContests(std::function<ContestChoice(const rating::ContestLog &)> choose, const QString &what)
{
    if (!m_view)
        return;
    onResult(QtConcurrent::run(&m_services.workers, [log = m_view->log, choose = std::move(choose)] { return choose(*log); }), this,
             [this, what, view = m_view](const ContestChoice &choice) {
                 if (view == m_view)
                     openChoice(choice, what);
             });
}

void LeaderboardPanel::openChoice(const ContestChoice &choice, const QString &what)
{
    const CatalogTable *table = context().catalog->table(m_board->lens.table, context().profile->schema);
    const QStringList key = table != nullptr ? table->identityColumns() : QStringList();
    if (choice.contests.empty()) {
        m_message->showNote(tr("There are no games %1.").arg(what));
        return;
    }
    if (key.size() != 1) {
        m_message->showNote(tr("The games cannot be shown: they are not identified by one column."));
        return;
    }
    RowFilter filter{key.front(), FilterOperator::In, {}, false};
    for (const std::size_t index : choice.contests) {
        const std::optional<Value> value = m_board->contests.recordKey(index < m_view->log->size() ? m_view->log->ids[index] : 0);
        if (!value || filter.values.size() == mostContests)
            break;
        // Several contests may belong to one record.
        if (std::ranges::find(filter.values, *value) == filter.values.end())
            filter.values.push_back(*value);
    }
    if (filter.values.empty())
        return;
    if (filter.values.size() == 1)
        filter.op = FilterOperator::Equals;
    if (filter.values.size() == mostContests && choice.total > mostContests)
        emit noted(tr("The newest %1 of %2 games").arg(QLocale().toString(static_cast<qint64>(mostContests)), QLocale().toString(static_cast<qint64>(choice.total))));
    emit placeRequested(context().id, {table->schema, table->name, {{filter}, {}}}, {});
}

void LeaderboardPanel::openContest(std::size_t index)
{
    const CatalogTable *table = context().catalog->table(m_board->lens.table, context().profile->schema);
    const std::optional<Value> key = index < m_view->log->size() ? m_board->contests.recordKey(m_view->log->ids[index]) : std::nullopt;
    if (table != nullptr && key)
        emit placeRequested(context().id, {table->schema, table->name, {}}, {*key});
}

void LeaderboardPanel::openRow(int row, int column)
{
    const LeaderboardRow &of = m_model->row(row);
    const std::uint32_t number = of.number;
    const BoardModel::Column &at = m_model->columns()[static_cast<std::size_t>(column)];
    constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    if (at.what == BoardModel::Column::What::Side) {
        const auto side = static_cast<std::uint16_t>(at.index);
        openContests([number, side](const rating::ContestLog &log) { return contestsOf(log, number, side, all); }, tr("of %1 %2").arg(of.label.simplified(), at.title));
        return;
    }
    if (at.what == BoardModel::Column::What::Team) {
        const auto team = static_cast<std::uint16_t>(at.index);
        openContests(
            [number, team](const rating::ContestLog &log) {
                ContestChoice choice;
                for (std::size_t index = log.size(); index-- > 0;) {
                    if (std::ranges::any_of(log.contest(index), [=](const rating::ContestLog::Entry &entry) { return entry.competitor == number && entry.team == team; }))
                        choice.contests.push_back(index);
                }
                choice.total = choice.contests.size();
                return choice;
            },
            tr("of %1 as %2").arg(of.label.simplified(), m_view->teamName(team)));
        return;
    }
    openContests([number](const rating::ContestLog &log) { return contestsOf(log, number, std::nullopt, all); }, tr("of %1").arg(of.label.simplified()));
}

void LeaderboardPanel::askToWrite()
{
    if (!m_view || m_isWriting || !reasonNotToWrite(*m_view).isEmpty())
        return;
    if (const QString no = writeRefusal(context()); !no.isEmpty()) {
        m_message->showNote(no);
        return;
    }
    auto *question = new QMessageBox(QMessageBox::Question, tr("Write ratings"), tr("Write %1 replayed ratings into %2?").arg(QLocale().toString(static_cast<qint64>(ratingsToWrite(*m_view).size())), m_board->lens.stored->table),
                                     QMessageBox::Cancel, this);
    question->setObjectName(u"writeQuestion"_s);
    question->setInformativeText(tr("The application's own ratings are replaced, all in one transaction. If somebody has changed one since they were read, nothing is written."));
    QPushButton *write = question->addButton(tr("Write ratings"), QMessageBox::AcceptRole);
    write->setObjectName(u"confirmWrite"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QMessageBox::buttonClicked, this, [this, write](const QAbstractButton *clicked) {
        if (clicked == write)
            LeaderboardPanel::write();
    });
    question->open();
}

void LeaderboardPanel::write()
{
    // The question may have stood open while the level was changed.
    if (const QString no = writeRefusal(context()); !no.isEmpty()) {
        m_message->showNote(no);
        return;
    }
    m_isWriting = true;
    m_drift->setWriting(true);
    const auto job = [context = context(), view = m_view](Connection &connection) {
        return StoredRatings(*context.catalog, *context.profile, *view->board->lens.stored).write(connection, view->board->stored, ratingsToWrite(*view), QDateTime::currentDateTimeUtc());
    };
    onResult(context().pool->runOnWriter(job), this, [this](const Result<int> &written) {
        m_isWriting = false;
        m_drift->setWriting(false);
        if (!written) {
            m_message->showError(written.error());
            return;
        }
        emit noted(tr("%1 ratings written").arg(QLocale().toString(*written)));
        read();
    });
}

} // namespace turnstone
