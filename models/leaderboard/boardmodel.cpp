// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/boardmodel.h"

#include "models/core/jsonwriter.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using What = BoardModel::Column::What;
using Kind = BoardModel::Kind;

constexpr int mostSideColumns = 8;
constexpr double sigmas = 3;

QString figure(double value, int decimals = 2)
{
    return QLocale().toString(value, 'f', decimals);
}

QString percent(double share)
{
    return QLocale().toString(100 * share, 'f', 1) + u" %"_s;
}

rating::Tally operator+(rating::Tally a, const rating::Tally &b)
{
    a.contests += b.contests;
    a.wins += b.wins;
    a.draws += b.draws;
    return a;
}

bool isNumeric(Kind kind)
{
    return kind != Kind::Name && kind != Kind::Text && kind != Kind::Flag;
}

QByteArray csvText(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    if (!bytes.contains(',') && !bytes.contains('"') && !bytes.contains('\n') && !bytes.contains('\r'))
        return bytes;
    return '"' + bytes.replace('"', "\"\"") + '"';
}

} // namespace

void BoardModel::setBoard(std::shared_ptr<const BoardView> view, std::shared_ptr<const LeaderboardUsage> usage)
{
    beginResetModel();
    const What sorted = m_columns.empty() ? What::Rank : m_columns[static_cast<std::size_t>(m_sortColumn)].what;
    m_view = std::move(view);
    m_usage = std::move(usage);
    m_groupUsage.clear();
    if (m_usage && m_view && m_view->settings.groupBy >= 0) {
        QHash<QString, CompetitorUsage> sums;
        for (const LeaderboardRow &member : m_view->board->rows) {
            if (member.number < m_usage->of.size())
                sums[member.groups.value(m_view->settings.groupBy)] += m_usage->of[member.number];
        }
        m_groupUsage.resize(m_view->places.size());
        for (const LeaderboardRow &row : m_view->rows)
            m_groupUsage[row.number] = sums.value(row.label);
    }
    buildColumns();
    m_sortColumn = std::max(columnOf(sorted), 0);
    m_axisLow = 0;
    m_axisHigh = 1;
    bool isFirst = true;
    for (std::size_t i = 0; m_view && i < m_view->rows.size(); ++i) {
        const LeaderboardRow &row = m_view->rows[i];
        if (!row.chosen)
            continue;
        const double low = row.chosen->mu - sigmas * row.chosen->sigma;
        const double high = row.chosen->mu + sigmas * row.chosen->sigma;
        m_axisLow = isFirst ? low : std::min(m_axisLow, low);
        m_axisHigh = isFirst ? high : std::max(m_axisHigh, high);
        isFirst = false;
    }
    m_order.resize(m_view ? m_view->rows.size() : 0);
    std::iota(m_order.begin(), m_order.end(), 0);
    reorder();
    endResetModel();
}

int BoardModel::columnOf(Column::What what) const
{
    const auto it = std::ranges::find(m_columns, what, &Column::what);
    return it == m_columns.end() ? -1 : static_cast<int>(it - m_columns.begin());
}

void BoardModel::buildColumns()
{
    m_columns.clear();
    if (!m_view)
        return;
    const Leaderboard &board = *m_view->board;
    const bool isGrouped = m_view->settings.groupBy >= 0;
    const auto add = [this](What what, int index, Kind kind, const QString &title, const QString &about = {}) { m_columns.push_back({what, index, kind, title, about}); };
    add(What::Rank, 0, Kind::Rank, tr("#"), tr("Rank by the conservative rating"));
    add(What::Name, 0, Kind::Name, isGrouped ? board.groupTitles.value(m_view->settings.groupBy) : tr("Name"));
    add(What::Interval, 0, Kind::Interval, tr("Skill"), tr("The dot is mu, the bar reaches from mu − 3 sigma to mu + 3 sigma"));
    add(What::Conservative, 0, Kind::Figure, tr("Rating"), tr("mu − 3 sigma: a skill that it has very likely at least"));
    add(What::Games, 0, Kind::Count, tr("Games"), tr("Contests that count"));
    add(What::Wins, 0, Kind::Count, tr("Wins"));
    add(What::WinRate, 0, Kind::Share, tr("Win rate"), tr("With the 95 % interval of Wilson"));
    if (isGrouped)
        add(What::Members, 0, Kind::Count, tr("Members"));
    const int sides = static_cast<int>(board.contests.sides.size());
    const bool hasRoles = sides > 1 && sides <= mostSideColumns && !board.lens.teams.empty();
    if (hasRoles) {
        for (int i = 0; i < static_cast<int>(board.lens.teams.size()); ++i)
            add(What::Team, i, Kind::Share, tr("Wins as %1").arg(board.lens.teams[static_cast<std::size_t>(i)].first), tr("Win rate on this team"));
        for (int i = 0; i < sides; ++i) {
            const bool isTeam = std::ranges::any_of(board.lens.teams, [&](const auto &team) { return team.second.size() == 1 && team.second.front() == board.contests.sides[i]; });
            if (!isTeam)
                add(What::Side, i, Kind::Share, tr("as %1").arg(board.contests.sides[i]), tr("Win rate in this role"));
        }
    }
    add(What::Mu, 0, Kind::Figure, tr("mu"), tr("Mean of what is believed of the skill"));
    add(What::Sigma, 0, Kind::Figure, tr("sigma"), tr("How uncertain that is"));
    for (int i = 0; i < board.groupTitles.size() && !isGrouped; ++i)
        add(What::Group, i, Kind::Text, board.groupTitles[i]);
    if (board.lens.competitors && board.lens.competitors->active && !isGrouped)
        add(What::Active, 0, Kind::Flag, tr("Active"));
    if (m_usage && hasUsage(board.lens)) {
        add(What::Tokens, 0, Kind::Figure, tr("Tokens / game"), tr("Mean of all its games, whatever became of them"));
        add(What::Latency, 0, Kind::Milliseconds, tr("Response time"), tr("Mean of all its turns"));
        if (m_usage->hasCosts)
            add(What::Cost, 0, Kind::Dollars, tr("Cost / game"), tr("US dollars at list prices; unknown if no price of its models is known, ≥ if some are"));
    }
    if (board.lens.stored && !isGrouped) {
        add(What::Stored, 0, Kind::Figure, tr("Stored mu"), tr("As the application holds it"));
        add(What::Drift, 0, Kind::Figure, tr("Drift"), tr("Stored mu − replayed mu"));
    }
}

const CompetitorUsage *BoardModel::usageOf(const LeaderboardRow &row) const
{
    if (!m_usage)
        return nullptr;
    const std::vector<CompetitorUsage> &all = m_view->settings.groupBy >= 0 ? m_groupUsage : m_usage->of;
    return row.number < all.size() ? &all[row.number] : nullptr;
}

rating::Tally BoardModel::tallyAt(const LeaderboardRow &row, const Column &column) const
{
    if (column.what == What::WinRate)
        return row.total;
    rating::Tally sum;
    for (std::size_t i = 0; i < row.sides.size(); ++i) {
        const bool isIn = column.what == What::Side ? static_cast<int>(i) == column.index
                                                    : m_view->board->lens.teams[static_cast<std::size_t>(column.index)].second.contains(m_view->board->contests.sides[static_cast<qsizetype>(i)]);
        if (isIn)
            sum = sum + row.sides[i];
    }
    return sum;
}

BoardModel::Span BoardModel::spanAt(const LeaderboardRow &row, const Column &column) const
{
    if (column.kind == Kind::Interval) {
        if (!row.chosen)
            return {};
        return {row.chosen->mu, row.chosen->mu - sigmas * row.chosen->sigma, row.chosen->mu + sigmas * row.chosen->sigma, true};
    }
    const rating::Tally tally = tallyAt(row, column);
    const rating::Share share = rating::wilsonShare(tally.wins, tally.contests);
    return {share.value, share.low, share.high, tally.contests > 0};
}

QVariant BoardModel::numberAt(const LeaderboardRow &row, const Column &column) const
{
    const auto optional = [](const std::optional<double> &value) { return value ? QVariant(*value) : QVariant(); };
    const CompetitorUsage *usage = usageOf(row);
    switch (column.what) {
    case What::Rank: return row.rank > 0 ? QVariant(row.rank) : QVariant();
    case What::Conservative: return row.chosen ? QVariant(row.conservative) : QVariant();
    case What::Mu: return row.chosen ? QVariant(row.chosen->mu) : QVariant();
    case What::Sigma: return row.chosen ? QVariant(row.chosen->sigma) : QVariant();
    case What::Games: return row.total.contests;
    case What::Wins: return row.total.wins;
    case What::Members: return row.members;
    case What::Stored: return row.stored ? QVariant(row.stored->mu) : QVariant();
    case What::Drift: return row.stored && row.replayed ? QVariant(row.stored->mu - row.replayed->mu) : QVariant();
    case What::Tokens: return usage ? optional(usage->tokensPerContest()) : QVariant();
    case What::Latency: return usage ? optional(usage->meanLatencyMs()) : QVariant();
    case What::Cost: return usage ? optional(usage->dollarsPerContest()) : QVariant();
    case What::Interval:
    case What::WinRate:
    case What::Team:
    case What::Side: {
        const Span span = spanAt(row, column);
        return span.isThere ? QVariant(span.value) : QVariant();
    }
    case What::Name:
    case What::Group:
    case What::Active: break;
    }
    return {};
}

/// Of a competitor whose cost is not known in full.
QString BoardModel::incompleteCost(const LeaderboardRow &row) const
{
    const CompetitorUsage *usage = usageOf(row);
    if (usage == nullptr || usage->contests == 0)
        return u"–"_s;
    const std::optional<double> least = usage->leastDollarsPerContest();
    return least ? tr("≥ $%1").arg(QLocale().toString(*least, 'g', 3)) : tr("unknown");
}

QString BoardModel::textAt(const LeaderboardRow &row, const Column &column) const
{
    if (column.what == What::Name)
        return row.label;
    if (column.what == What::Group)
        return row.groups.value(column.index);
    if (column.what == What::Active)
        return !row.active ? QString() : *row.active ? u"✓"_s : u"–"_s;
    const QVariant number = numberAt(row, column);
    if (!number.isValid())
        return column.what == What::Cost ? incompleteCost(row) : u"–"_s;
    const double value = number.toDouble();
    switch (column.kind) {
    case Kind::Rank: return QString::number(number.toInt());
    case Kind::Count: return QLocale().toString(number.toLongLong());
    case Kind::Share: return percent(value);
    case Kind::Milliseconds: return value < 10'000 ? QLocale().toString(std::lround(value)) + tr(" ms") : figure(value / 1000, 1) + tr(" s");
    case Kind::Dollars: return u"$"_s + QLocale().toString(value, 'g', 3);
    default: return column.what == What::Tokens ? QLocale().toString(std::lround(value)) : figure(value);
    }
}

QString BoardModel::tipAt(const LeaderboardRow &row, const Column &column) const
{
    if (column.kind == Kind::Interval && row.chosen) {
        const Span span = spanAt(row, column);
        return tr("%1\nmu %2, sigma %3\nmu ± 3 sigma: %4 to %5\n%6 games").arg(row.label, figure(span.value), figure(row.chosen->sigma), figure(span.low), figure(span.high), QLocale().toString(row.total.contests));
    }
    if (column.kind == Kind::Share) {
        const rating::Tally tally = tallyAt(row, column);
        if (tally.contests == 0)
            return tr("No games");
        const Span span = spanAt(row, column);
        const QString text = tr("%1 of %2 won: %3, with 95 % certainty from %4 to %5").arg(QLocale().toString(tally.wins), QLocale().toString(tally.contests), percent(span.value), percent(span.low), percent(span.high));
        return tally.draws > 0 ? text + tr("; %1 drawn").arg(QLocale().toString(tally.draws)) : text;
    }
    const CompetitorUsage *usage = usageOf(row);
    if (column.what == What::Cost && usage != nullptr && usage->unpriced > 0)
        return tr("%1 of %2 calls have no known cost: no price of their model, or no count of tokens")
            .arg(QLocale().toString(static_cast<qlonglong>(usage->unpriced)), QLocale().toString(static_cast<qlonglong>(usage->unpriced + usage->priced)));
    return column.kind == Kind::Name || column.kind == Kind::Text ? textAt(row, column) : QString();
}

int BoardModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int BoardModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant BoardModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LeaderboardRow &of = row(index.row());
    const Column &column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole: return textAt(of, column);
    case Qt::ToolTipRole: return tipAt(of, column);
    case Qt::TextAlignmentRole: return QVariant(Qt::AlignVCenter | (isNumeric(column.kind) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole: return column.kind == Kind::Interval || column.kind == Kind::Share ? tipAt(of, column) : textAt(of, column);
    case KindRole: return QVariant::fromValue(column.kind);
    case NumberRole: return numberAt(of, column);
    case LowRole:
    case HighRole: {
        if (column.kind != Kind::Interval && column.kind != Kind::Share)
            return {};
        const Span span = spanAt(of, column);
        return span.isThere ? QVariant(role == LowRole ? span.low : span.high) : QVariant();
    }
    default: return {};
    }
}

QVariant BoardModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column &column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    if (role == Qt::ToolTipRole)
        return column.about.isEmpty() ? QVariant() : column.about;
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (isNumeric(column.kind) && column.kind != Kind::Interval ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

void BoardModel::reorder()
{
    if (!m_columns.empty()) {
        const Column &column = m_columns[static_cast<std::size_t>(m_sortColumn)];
        const bool isDown = m_sortOrder == Qt::DescendingOrder;
        // Keys first: comparing must not work them out each time.
        const bool isText = !isNumeric(column.kind);
        std::vector<double> numbers(m_order.size());
        std::vector<QString> texts(isText ? m_order.size() : 0);
        for (std::size_t i = 0; i < m_view->rows.size(); ++i) {
            const QVariant number = numberAt(m_view->rows[i], column);
            numbers[i] = number.isValid() ? number.toDouble() : std::numeric_limits<double>::quiet_NaN();
            if (isText)
                texts[i] = textAt(m_view->rows[i], column);
        }
        std::iota(m_order.begin(), m_order.end(), 0);
        std::ranges::stable_sort(m_order, [&](int a, int b) {
            const auto x = static_cast<std::size_t>(a);
            const auto y = static_cast<std::size_t>(b);
            if (isText)
                return isDown ? QString::localeAwareCompare(texts[y], texts[x]) < 0 : QString::localeAwareCompare(texts[x], texts[y]) < 0;
            if (std::isnan(numbers[x]) || std::isnan(numbers[y]))
                return !std::isnan(numbers[x]) && std::isnan(numbers[y]); // what is not there comes last, either way
            return isDown ? numbers[y] < numbers[x] : numbers[x] < numbers[y];
        });
    }
    m_places.assign(m_order.size(), 0);
    for (std::size_t i = 0; i < m_order.size(); ++i)
        m_places[static_cast<std::size_t>(m_order[i])] = static_cast<int>(i);
}

void BoardModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount() || (column == m_sortColumn && order == m_sortOrder))
        return;
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> rows;
    for (const QModelIndex &index : before)
        rows.push_back(m_order[static_cast<std::size_t>(index.row())]);
    m_sortColumn = column;
    m_sortOrder = order;
    reorder();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after.append(createIndex(m_places[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])], before[i].column()));
    changePersistentIndexList(before, after);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int BoardModel::placeOf(std::uint32_t competitor) const
{
    const int at = m_view && competitor < m_view->places.size() ? m_view->places[competitor] : -1;
    return at < 0 ? -1 : m_places[static_cast<std::size_t>(at)];
}

QByteArray BoardModel::toCsv() const
{
    QByteArray out;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const bool hasSpan = m_columns[i].kind == Kind::Interval || m_columns[i].kind == Kind::Share;
        const QByteArray title = csvText(m_columns[i].title);
        out += (i > 0 ? "," : "") + title + (hasSpan ? "," + title + " low," + title + " high" : QByteArray());
    }
    out += '\n';
    const auto number = [](const QVariant &value) { return value.isValid() ? QByteArray::number(value.toDouble(), 'g', 17) : QByteArray(); };
    for (int at = 0; at < rowCount(); ++at) {
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const Column &column = m_columns[i];
            if (i > 0)
                out += ',';
            if (isNumeric(column.kind))
                out += number(numberAt(row(at), column));
            else
                out += csvText(column.kind == Kind::Flag ? (!row(at).active ? QString() : *row(at).active ? u"1"_s : u"0"_s) : textAt(row(at), column));
            if (column.kind == Kind::Interval || column.kind == Kind::Share)
                out += ',' + number(data(index(at, static_cast<int>(i)), LowRole)) + ',' + number(data(index(at, static_cast<int>(i)), HighRole));
        }
        out += '\n';
    }
    return out;
}

QByteArray BoardModel::toJson() const
{
    QByteArray out;
    JsonWriter json(out, 2);
    const auto number = [&json](const QString &key, const QVariant &value) {
        json.key(key);
        value.isValid() ? json.real(value.toDouble()) : json.null();
    };
    json.beginArray();
    for (int at = 0; at < rowCount(); ++at) {
        json.beginObject();
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const Column &column = m_columns[i];
            if (column.kind == Kind::Rank || column.kind == Kind::Count) {
                json.key(column.title);
                const QVariant value = numberAt(row(at), column);
                value.isValid() ? json.integer(value.toLongLong()) : json.null();
            } else if (isNumeric(column.kind)) {
                number(column.title, numberAt(row(at), column));
            } else if (column.kind == Kind::Flag) {
                json.key(column.title);
                row(at).active ? json.boolean(*row(at).active) : json.null();
            } else {
                json.key(column.title);
                json.string(textAt(row(at), column));
            }
            if (column.kind == Kind::Interval || column.kind == Kind::Share) {
                number(column.title + u" low"_s, data(index(at, static_cast<int>(i)), LowRole));
                number(column.title + u" high"_s, data(index(at, static_cast<int>(i)), HighRole));
            }
        }
        json.endObject();
    }
    json.endArray();
    return out + '\n';
}

} // namespace turnstone
