// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/boardcontrols.h"

#include "models/rating/ratingsystems.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QDateEdit>
#include <QDateTime>
#include <QLabel>
#include <QMenu>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr std::int64_t day = 86'400LL * 1'000'000;
/// A menu with more is no help.
constexpr qsizetype mostValues = 200;
enum Period { AllTime, Last7, Last30, Last90, Between };

std::int64_t startOf(const QDate &date)
{
    return QDateTime(date, QTime(0, 0), Qt::UTC).toMSecsSinceEpoch() * 1000;
}

} // namespace

BoardControls::BoardControls(QWidget *parent) : QWidget(parent)
{
    setObjectName(u"boardControls"_s);
    auto *layout = new FlowLayout(this);
    layout->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    layout->setSpacing(metrics::space2);
    m_boards = addCombo(u"boardChoice"_s, tr("Leaderboard"));
    m_source = addCombo(u"ratingSource"_s, tr("Ratings"));
    m_source->addItem(tr("Stored ratings"), static_cast<int>(RatingSource::Stored));
    m_source->addItem(tr("Replayed ratings"), static_cast<int>(RatingSource::Replayed));
    m_system = addCombo(u"ratingSystem"_s, tr("Rating system"));
    for (const rating::RatingSystemKind &kind : rating::ratingSystemKinds()) {
        m_system->addItem(QString::fromUtf8(kind.title.data(), static_cast<qsizetype>(kind.title.size())),
                          QString::fromUtf8(kind.id.data(), static_cast<qsizetype>(kind.id.size())));
    }
    m_groupBy = addCombo(u"groupBy"_s, tr("Rate by"));
    m_period = addCombo(u"period"_s, tr("Time"));
    for (const QString &text : {tr("All time"), tr("Last 7 days"), tr("Last 30 days"), tr("Last 90 days"), tr("Between…")})
        m_period->addItem(text);
    for (QDateEdit **edit : {&m_from, &m_until}) {
        *edit = new QDateEdit(this);
        (*edit)->setCalendarPopup(true);
        (*edit)->setDisplayFormat(u"yyyy-MM-dd"_s);
        (*edit)->hide();
        layout->addWidget(*edit);
        connect(*edit, &QDateEdit::dateChanged, this, &BoardControls::applyPeriod);
    }
    m_from->setObjectName(u"from"_s);
    m_from->setAccessibleName(tr("From the day"));
    m_until->setObjectName(u"until"_s);
    m_until->setAccessibleName(tr("To the day, included"));
    m_fewest = new QSpinBox(this);
    m_fewest->setObjectName(u"fewestGames"_s);
    m_fewest->setAccessibleName(tr("Fewest games"));
    m_fewest->setToolTip(tr("Who has played fewer is not shown: its rating says little"));
    m_fewest->setRange(0, 99'999);
    m_fewest->setPrefix(tr("≥ "));
    m_fewest->setSuffix(tr(" games"));
    m_fewest->setKeyboardTracking(false);
    layout->addWidget(m_fewest);
    m_filters = new QToolButton(this);
    m_filters->setObjectName(u"boardFilters"_s);
    m_filters->setPopupMode(QToolButton::InstantPopup);
    m_filters->setAccessibleName(tr("Filters"));
    m_filterMenu = new QMenu(m_filters);
    m_filters->setMenu(m_filterMenu);
    layout->addWidget(m_filters);
    showFilterCount();

    connect(m_boards, &QComboBox::activated, this, [this] { emit boardChosen(m_boards->currentData().toString()); });
    connect(m_source, &QComboBox::activated, this, [this] {
        m_isSourceChosen = true;
        change([this](BoardSettings &settings) { settings.source = static_cast<RatingSource>(m_source->currentData().toInt()); });
    });
    connect(m_system, &QComboBox::activated, this, [this] {
        change([this](BoardSettings &settings) {
            settings.system = m_system->currentData().toString().toStdString();
            // What is stored was made by one system; another one has to replay.
            if (m_system->currentIndex() > 0)
                settings.source = RatingSource::Replayed;
        });
        m_source->setCurrentIndex(m_source->findData(static_cast<int>(m_settings.source)));
    });
    connect(m_groupBy, &QComboBox::activated, this, [this] { change([this](BoardSettings &settings) { settings.groupBy = m_groupBy->currentData().toInt(); }); });
    connect(m_period, &QComboBox::activated, this, &BoardControls::applyPeriod);
    connect(m_fewest, &QSpinBox::valueChanged, this, [this](int value) { change([value](BoardSettings &settings) { settings.fewestContests = static_cast<std::uint32_t>(value); }); });
}

QComboBox *BoardControls::addCombo(const QString &name, const QString &label)
{
    auto *combo = new QComboBox(this);
    combo->setObjectName(name);
    combo->setAccessibleName(label);
    combo->setToolTip(label);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    layout()->addWidget(combo);
    return combo;
}

void BoardControls::change(const std::function<void(BoardSettings &)> &edit)
{
    const BoardSettings before = m_settings;
    edit(m_settings);
    if (!m_isFilling && !(m_settings == before))
        emit changed();
}

void BoardControls::setBoards(const std::vector<std::pair<QString, QString>> &boards, const QString &current)
{
    m_boards->clear();
    for (const auto &[id, title] : boards)
        m_boards->addItem(title, id);
    m_boards->setCurrentIndex(std::max(m_boards->findData(current), 0));
    m_boards->setVisible(boards.size() > 1);
}

void BoardControls::setLeaderboard(const std::shared_ptr<const Leaderboard> &board)
{
    const QScopedValueRollback filling(m_isFilling, true);
    m_board = board;
    m_source->setVisible(board->lens.stored.has_value());
    // Where the application has rated nobody yet, its ratings would be an empty table.
    const bool isUnrated = board->lens.stored && std::ranges::none_of(board->rows, [](const LeaderboardRow &row) { return row.stored.has_value(); });
    if (isUnrated && !m_isSourceChosen && board->contests.log.size() > 0) {
        m_settings.source = RatingSource::Replayed;
        m_source->setCurrentIndex(m_source->findData(static_cast<int>(m_settings.source)));
    }
    const qsizetype groups = board->groupTitles.size();
    m_settings.shownGroups.resize(static_cast<std::size_t>(groups));
    if (!m_wanted.isEmpty()) {
        m_settings.groupBy = static_cast<int>(board->groupTitles.indexOf(m_wanted.value(u"groupBy"_s).toString()));
        const QVariantMap shown = m_wanted.value(u"shown"_s).toMap();
        for (qsizetype i = 0; i < groups; ++i)
            m_settings.shownGroups[static_cast<std::size_t>(i)] = shown.value(board->groupTitles[i]).toStringList();
        m_wanted.clear();
    }
    if (m_settings.groupBy >= groups)
        m_settings.groupBy = -1;
    fillGroups();
    fillFilters();
    const rating::ContestLog &log = board->contests.log;
    const bool hasTimes = log.size() > 0 && log.times.back() != rating::ContestLog::noTime;
    m_period->setVisible(hasTimes);
    if (hasTimes && m_period->currentIndex() != Between) {
        const auto dateOf = [](std::int64_t time) { return QDateTime::fromMSecsSinceEpoch(time / 1000, Qt::UTC).date(); };
        const auto first = std::ranges::upper_bound(log.times, rating::ContestLog::noTime);
        m_from->setDate(dateOf(*first));
        m_until->setDate(dateOf(log.times.back()));
        applyPeriod();
    }
}

void BoardControls::fillGroups()
{
    m_groupBy->clear();
    m_groupBy->addItem(tr("Each by itself"), -1);
    for (int i = 0; i < m_board->groupTitles.size(); ++i)
        m_groupBy->addItem(tr("By %1").arg(m_board->groupTitles[i]), i);
    m_groupBy->setCurrentIndex(m_settings.groupBy + 1);
    m_groupBy->setVisible(m_groupBy->count() > 1);
}

void BoardControls::fillFilters()
{
    m_filterMenu->clear();
    if (m_board->lens.competitors && m_board->lens.competitors->active) {
        QAction *active = m_filterMenu->addAction(tr("Only active ones"));
        active->setObjectName(u"onlyActive"_s);
        active->setCheckable(true);
        active->setChecked(m_settings.active == true);
        connect(active, &QAction::toggled, this, [this](bool isOn) {
            change([isOn](BoardSettings &settings) { settings.active = isOn ? std::optional(true) : std::nullopt; });
            showFilterCount();
        });
        m_filterMenu->addSeparator();
    }
    for (int group = 0; group < m_board->groupTitles.size(); ++group) {
        QStringList values;
        for (const LeaderboardRow &row : m_board->rows)
            values.append(row.groups.value(group));
        std::ranges::sort(values);
        values.erase(std::unique(values.begin(), values.end()), values.end());
        QMenu *menu = m_filterMenu->addMenu(m_board->groupTitles[group]);
        menu->setObjectName(u"filter."_s + m_board->groupTitles[group]);
        const qsizetype count = values.size();
        for (const QString &value : values.mid(0, mostValues)) {
            QAction *action = menu->addAction(value.isEmpty() ? tr("(none)") : QString(value).replace(u'&', u"&&"_s));
            action->setCheckable(true);
            action->setChecked(m_settings.shownGroups[static_cast<std::size_t>(group)].contains(value));
            connect(action, &QAction::toggled, this, [this, group, value](bool isOn) {
                change([&](BoardSettings &settings) {
                    QStringList &shown = settings.shownGroups[static_cast<std::size_t>(group)];
                    isOn ? shown.append(value) : static_cast<void>(shown.removeAll(value));
                });
                showFilterCount();
            });
        }
        if (count > mostValues)
            menu->addAction(tr("… and %1 more").arg(count - mostValues))->setEnabled(false);
    }
    m_filterMenu->addSeparator();
    connect(m_filterMenu->addAction(tr("No filters")), &QAction::triggered, this, [this] {
        change([](BoardSettings &settings) {
            settings.active.reset();
            std::ranges::fill(settings.shownGroups, QStringList());
        });
        fillFilters();
    });
    m_filters->setVisible(m_filterMenu->actions().size() > 2);
    showFilterCount();
}

void BoardControls::showFilterCount()
{
    const auto count = std::ranges::count_if(m_settings.shownGroups, [](const QStringList &shown) { return !shown.isEmpty(); }) + (m_settings.active ? 1 : 0);
    m_filters->setText(count == 0 ? tr("Filters") : tr("Filters · %1").arg(count));
}

void BoardControls::applyPeriod()
{
    const int period = m_period->currentIndex();
    m_from->setVisible(period == Between);
    m_until->setVisible(period == Between);
    change([&](BoardSettings &settings) {
        settings.from = std::numeric_limits<std::int64_t>::min();
        settings.until = std::numeric_limits<std::int64_t>::max();
        if (period == Between) {
            settings.from = startOf(m_from->date());
            settings.until = startOf(m_until->date().addDays(1));
        } else if (period != AllTime && m_board && !m_board->contests.log.times.empty()) {
            // Days before the newest contest, which may be long ago.
            settings.from = m_board->contests.log.times.back() - (period == Last7 ? 7 : period == Last30 ? 30 : 90) * day;
        }
    });
}

QVariantMap BoardControls::save() const
{
    QVariantMap shown;
    for (std::size_t i = 0; m_board && i < m_settings.shownGroups.size(); ++i) {
        if (!m_settings.shownGroups[i].isEmpty())
            shown.insert(m_board->groupTitles[static_cast<qsizetype>(i)], m_settings.shownGroups[i]);
    }
    return {{u"source"_s, m_settings.source == RatingSource::Stored ? u"stored"_s : u"replayed"_s},
            {u"system"_s, QString::fromStdString(m_settings.system)},
            {u"groupBy"_s, m_board && m_settings.groupBy >= 0 ? m_board->groupTitles.value(m_settings.groupBy) : QString()},
            {u"fewest"_s, m_settings.fewestContests},
            {u"active"_s, m_settings.active.value_or(false)},
            {u"period"_s, m_period->currentIndex()},
            {u"from"_s, m_from->date().toString(Qt::ISODate)},
            {u"until"_s, m_until->date().toString(Qt::ISODate)},
            {u"shown"_s, shown}};
}

void BoardControls::restore(const QVariantMap &state)
{
    const QScopedValueRollback filling(m_isFilling, true);
    m_settings.source = state.value(u"source"_s) == u"replayed"_s ? RatingSource::Replayed : RatingSource::Stored;
    m_source->setCurrentIndex(m_source->findData(static_cast<int>(m_settings.source)));
    m_isSourceChosen = true;
    m_system->setCurrentIndex(std::max(m_system->findData(state.value(u"system"_s)), 0));
    m_settings.system = m_system->currentData().toString().toStdString();
    m_fewest->setValue(std::max(state.value(u"fewest"_s).toInt(), 0));
    m_settings.active = state.value(u"active"_s).toBool() ? std::optional(true) : std::nullopt;
    m_period->setCurrentIndex(std::clamp(state.value(u"period"_s).toInt(), 0, m_period->count() - 1));
    if (m_period->currentIndex() == Between) {
        m_from->setDate(QDate::fromString(state.value(u"from"_s).toString(), Qt::ISODate));
        m_until->setDate(QDate::fromString(state.value(u"until"_s).toString(), Qt::ISODate));
    }
    applyPeriod();
    m_wanted = state;
}

void BoardControls::takeFocus()
{
    m_fewest->setFocus(Qt::ShortcutFocusReason);
}

void BoardControls::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // Narrow windows drop what has a menu of its own first.
    m_system->setMaximumWidth(width() < scaled(900) ? scaled(110) : QWIDGETSIZE_MAX);
}

} // namespace turnstone
