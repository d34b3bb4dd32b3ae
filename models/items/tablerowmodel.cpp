// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowmodel.h"

#include "models/core/async.h"
#include "models/items/celltext.h"

#include <algorithm>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxInFlight = 4;
// While somebody scrolls past, pages asked for earlier are no longer of interest.
constexpr std::size_t maxWanted = 8;
constexpr int pagesOnScreen = 3;

} // namespace

TableRowModel::TableRowModel(std::unique_ptr<RowSource> source, QObject *parent) : TableRowModel(std::move(source), Limits(), parent) {}

TableRowModel::TableRowModel(std::unique_ptr<RowSource> source, Limits limits, QObject *parent)
    : QAbstractTableModel(parent), m_source(std::move(source)), m_limits(limits)
{
    connectSource();
    m_source->start();
}

void TableRowModel::connectSource()
{
    connect(m_source.get(), &RowSource::extentChanged, this, [this] { applyExtent(m_source->rowCount(), m_added); });
    connect(m_source.get(), &RowSource::rowsChanged, this, &TableRowModel::expirePages);
    connect(m_source.get(), &RowSource::progressed, this, &TableRowModel::progressed);
    connect(m_source.get(), &RowSource::failed, this, &TableRowModel::failed);
}

TableRowModel::~TableRowModel() = default;

int TableRowModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int TableRowModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_source->columns().size());
}

Qt::ItemFlags TableRowModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags plain = QAbstractTableModel::flags(index);
    return m_isEditable && index.isValid() ? plain | Qt::ItemIsEditable : plain;
}

QVariant TableRowModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == TypeRole)
        return m_source->columns()[static_cast<std::size_t>(index.column())].typeName;
    if (role == LoadStateRole)
        return QVariant::fromValue(loadState(index.row()));
    const auto section = static_cast<std::size_t>(index.column());
    if (role == LinkRole)
        return section < m_links.size() && m_links[section];
    const qint64 position = m_first + index.row();
    if (position >= m_total)
        return addedData(static_cast<int>(position - m_total), index.column(), role);
    const bool isLook = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == ToneRole || role == FractionRole;
    const bool isRead = section < m_readers.size() && m_readers[section] != nullptr;
    const bool isOverlaid = m_overlay != nullptr && !m_overlay->isEmpty();
    const bool asksOverlay = role == StagedRole || role == ChangedRole || role == Qt::ToolTipRole;
    if (asksOverlay ? !isOverlaid && !(isLook && isRead) : isLook ? role != Qt::DisplayRole && !isRead : role < ValueRole || role > WholeRole)
        return {};

    const Page *of = page(position);
    const int row = rowInPage(position);
    if (of == nullptr || of->state != LoadState::Ready || row >= of->rows.rowCount())
        return {};
    if (isOverlaid) {
        const Value *staged = m_overlay->value(of->rows, row, index.column());
        if (role == StagedRole)
            return static_cast<int>(m_overlay->state(of->rows, row));
        if (role == ChangedRole)
            return staged != nullptr;
        if (const QString problem = role == Qt::ToolTipRole ? m_overlay->problem(of->rows, row, index.column()) : QString(); !problem.isEmpty())
            return problem;
        if (staged != nullptr)
            return valueData(staged->ref(), true, textOf(staged->ref()).size(), index.column(), role);
    }
    return valueData(of->rows.value(row, index.column()), of->rows.isWhole(row, index.column()), of->rows.fullBytes(row, index.column()), index.column(), role);
}

QVariant TableRowModel::addedData(int added, int column, int role) const
{
    const Value *value = m_overlay->addedValue(added, column);
    const QString problem = role == StagedRole || role == Qt::ToolTipRole ? m_overlay->addedProblem(added, column) : QString();
    if (role == StagedRole)
        return static_cast<int>(problem.isEmpty() ? RowOverlay::State::Added : RowOverlay::State::Refused);
    if (role == ChangedRole)
        return true;
    if (!problem.isEmpty())
        return problem;
    if (value != nullptr)
        return valueData(value->ref(), true, textOf(value->ref()).size(), column, role);
    return role == Qt::DisplayRole ? QVariant(tr("default")) : QVariant();
}

QVariant TableRowModel::valueData(const ValueRef &value, bool isWhole, qint64 fullBytes, int column, int role) const
{
    const auto section = static_cast<std::size_t>(column);
    const QString &typeName = m_source->columns()[section].typeName;
    const bool isLook = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == ToneRole || role == FractionRole;
    if (isLook && section < m_readers.size() && m_readers[section] != nullptr && !value.isNull()) {
        if (const std::optional<CellLook> look = m_readers[section](value, isWhole))
            return role == Qt::DisplayRole ? QVariant(look->text) : role == Qt::ToolTipRole ? QVariant(look->detail)
                : role == ToneRole         ? QVariant(look->tone) : QVariant(look->fraction);
    }
    switch (role) {
    case Qt::DisplayRole: {
        const CellText text = CellText::of(value, typeName, isWhole);
        if (text.kind == CellKind::Bytes || text.kind == CellKind::Undecodable)
            return u"bytes · %1"_s.arg(storedBytes(fullBytes, typeName));
        return text.kind == CellKind::Null ? QVariant(u"NULL"_s) : QVariant(text.text);
    }
    case ValueRole: return QVariant::fromValue(Value(value));
    case KindRole: return QVariant::fromValue(CellText::of(value, typeName, isWhole).kind);
    case FullBytesRole: return storedBytes(fullBytes, typeName);
    case WholeRole: return isWhole;
    default: return {};
    }
}

void TableRowModel::setReaders(std::vector<CellReader> readers)
{
    m_readers = std::move(readers);
    if (m_rows > 0)
        emit dataChanged(index(0, 0), index(m_rows - 1, columnCount() - 1));
}

void TableRowModel::setOverlay(const RowOverlay *overlay)
{
    if (m_overlay != nullptr)
        m_overlay->disconnect(this);
    m_overlay = overlay;
    const auto tell = [this] {
        const int added = m_overlay != nullptr ? m_overlay->addedCount() : 0;
        if (added != m_added)
            applyExtent(m_total, added);
        shuffle();
        if (m_rows > 0)
            emit dataChanged(index(0, 0), index(m_rows - 1, columnCount() - 1));
    };
    if (m_overlay != nullptr)
        connect(m_overlay, &RowOverlay::changed, this, tell);
    tell();
}

int TableRowModel::rowInPage(qint64 position) const
{
    const auto row = static_cast<std::size_t>(position % RowSource::rowsPerPage);
    return row < m_shuffle.size() ? m_shuffle[row] : static_cast<int>(row);
}

qint64 TableRowModel::shownPosition(qint64 stored) const
{
    const auto found = std::ranges::find(m_shuffle, stored);
    return found == m_shuffle.end() ? stored : found - m_shuffle.begin();
}

// Rows that are ordered by hand are few: only where all rows are one page they are shown in their new order.
void TableRowModel::shuffle()
{
    const auto only = m_total > 0 && m_total <= RowSource::rowsPerPage ? m_pages.find(0) : m_pages.end();
    std::vector<int> order;
    if (m_overlay != nullptr && only != m_pages.end() && only->second.rows.rowCount() == m_total)
        order = m_overlay->order(only->second.rows);
    if (order == m_shuffle)
        return;
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    std::vector<int> inPage;
    for (const QModelIndex &each : before)
        inPage.push_back(each.row() < m_total ? rowInPage(each.row()) : -1);
    m_shuffle = std::move(order);
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const int stored = inPage[static_cast<std::size_t>(i)];
        after.append(index(stored < 0 ? before[i].row() : static_cast<int>(shownPosition(stored)), before[i].column()));
    }
    changePersistentIndexList(before, after);
    emit layoutChanged();
}

void TableRowModel::setColumnNotes(QStringList notes)
{
    m_notes = std::move(notes);
    if (columnCount() > 0)
        emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

void TableRowModel::setLinks(std::vector<bool> links)
{
    m_links = std::move(links);
}

QVariant TableRowModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole && section >= 0 && section < m_rows ? QVariant(m_first + section + 1) : QVariant();
    if (section < 0 || section >= columnCount())
        return {};
    const RowColumn &column = m_source->columns()[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole: return column.name;
    case Qt::ToolTipRole: {
        QString tip = column.typeName.isEmpty() ? column.name : column.name + u" · "_s + column.typeName;
        if (!column.references.isEmpty())
            tip += u" → "_s + column.references;
        if (const QString note = m_notes.value(section); !note.isEmpty())
            tip += u'\n' + note;
        return tip;
    }
    case Qt::TextAlignmentRole: return QVariant::fromValue((isNumericType(column.typeName) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case TypeRole: return column.typeName;
    case KeyRole: return column.isKey;
    default: return {};
    }
}

const TableRowModel::Page *TableRowModel::page(qint64 position) const
{
    const qint64 number = position / RowSource::rowsPerPage;
    const auto found = m_pages.find(number);
    if (found == m_pages.end()) {
        want(number);
        return nullptr;
    }
    m_byAge.splice(m_byAge.end(), m_byAge, found->second.age);
    if (found->second.version < m_version && !found->second.isAsked)
        want(number);
    return &found->second;
}

void TableRowModel::want(qint64 page) const
{
    m_wanted.remove(page);
    m_wanted.push_back(page);
    if (m_wanted.size() > maxWanted)
        m_wanted.pop_front();
    if (m_requestPosted)
        return;
    m_requestPosted = true;
    QMetaObject::invokeMethod(const_cast<TableRowModel *>(this), &TableRowModel::requestWanted, Qt::QueuedConnection);
}

void TableRowModel::requestWanted()
{
    m_requestPosted = false;
    while (m_inFlight < maxInFlight && !m_wanted.empty()) {
        const qint64 number = m_wanted.back();
        m_wanted.pop_back();
        if (number * RowSource::rowsPerPage >= m_total)
            continue;
        const auto [found, isNew] = m_pages.try_emplace(number);
        Page &page = found->second;
        if (isNew)
            page.age = m_byAge.insert(m_byAge.end(), number);
        else if (page.isAsked || page.version == m_version)
            continue;
        page.isAsked = true;
        page.version = m_version;
        ++m_inFlight;
        onResult(m_source->readPage(number), this, [this, number, generation = m_generation](Result<RowPage> result) {
            acceptPage(number, generation, std::move(result));
        });
    }
}

void TableRowModel::acceptPage(qint64 number, quint64 generation, Result<RowPage> result)
{
    if (generation != m_generation)
        return;
    --m_inFlight;
    const auto found = m_pages.find(number);
    if (found != m_pages.end()) {
        Page &page = found->second;
        page.isAsked = false;
        const bool isOther = page.state != LoadState::Ready || (result && !page.rows.holdsSame(*result));
        if (result && isOther)
            store(page, std::move(*result));
        else if (!result && page.state == LoadState::Pending)
            page.state = LoadState::Failed;
        evict();
        if (isOther) {
            shuffle();
            announce(number);
        }
    }
    if (!result && result.error().code != ErrorCode::Cancelled)
        emit failed(result.error());
    requestWanted();
}

void TableRowModel::store(Page &page, RowPage rows)
{
    m_cachedBytes -= page.bytes;
    page.state = LoadState::Ready;
    page.rows = std::move(rows);
    page.bytes = page.rows.rows.allocatedBytes();
    m_cachedBytes += page.bytes;
}

void TableRowModel::announce(qint64 page)
{
    const qint64 first = std::max<qint64>(page * RowSource::rowsPerPage - m_first, 0);
    const qint64 last = std::min<qint64>((page + 1) * RowSource::rowsPerPage - m_first, m_rows) - 1;
    if (first <= last && columnCount() > 0)
        emit dataChanged(index(static_cast<int>(first), 0), index(static_cast<int>(last), columnCount() - 1));
}

void TableRowModel::evict()
{
    for (auto oldest = m_byAge.begin(); m_cachedBytes > m_limits.cacheBytes && oldest != m_byAge.end() && *oldest != m_byAge.back();) {
        const auto found = m_pages.find(*oldest);
        if (found->second.isAsked) { // its answer is under way
            ++oldest;
            continue;
        }
        m_cachedBytes -= found->second.bytes;
        m_pages.erase(found);
        oldest = m_byAge.erase(oldest);
    }
}

TableRowModel::LoadState TableRowModel::loadState(int row) const
{
    const qint64 position = m_first + row;
    if (position >= m_total && position < totalRows())
        return LoadState::Ready;
    const Page *of = page(position);
    if (of == nullptr)
        return LoadState::Pending;
    if (of->state != LoadState::Ready || position % RowSource::rowsPerPage < of->rows.rowCount())
        return of->state;
    return of->version < m_version || of->isAsked ? LoadState::Pending : LoadState::Gone;
}

std::optional<Record> TableRowModel::record(int row, const QString &tableName) const
{
    if (row < 0 || row >= m_rows || loadState(row) != LoadState::Ready)
        return {};
    const qint64 position = m_first + row;
    if (position >= m_total) {
        const int added = static_cast<int>(position - m_total);
        Record record{{}, tableName, {}, m_overlay->added(added), {}};
        for (int column = 0; column < columnCount(); ++column) {
            const Value *value = m_overlay->addedValue(added, column);
            const Value shown = value != nullptr ? *value : Value::null();
            const qint64 bytes = shown.bytes().size();
            record.fields.push_back({m_source->columns()[static_cast<std::size_t>(column)], shown, bytes});
        }
        return record;
    }
    return Record::fromPage(tableName, m_source->columns(), page(position)->rows, rowInPage(position),
                            m_source->hasKeys());
}

void TableRowModel::forgetPagesFrom(qint64 stored)
{
    for (auto page = m_pages.begin(); page != m_pages.end();) {
        if (page->first * RowSource::rowsPerPage < stored || page->second.isAsked) {
            ++page;
            continue;
        }
        m_cachedBytes -= page->second.bytes;
        m_byAge.erase(page->second.age);
        page = m_pages.erase(page);
    }
}

// The window shows some stored rows and then some new ones. Rows leave and come at the end of either, so that indexes keep
// to their rows; in the end the window slides back if the table has become too short for it.
void TableRowModel::applyExtent(qint64 stored, int added)
{
    const auto storedIn = [this](qint64 total) { return static_cast<int>(std::clamp<qint64>(total - m_first, 0, m_limits.windowRows)); };
    const int storedBefore = std::min(storedIn(m_total), m_rows);
    const int addedBefore = m_rows - storedBefore;
    const int storedAfter = storedIn(stored);
    const int addedAfter = storedIn(stored + added) - storedAfter;
    // The page at the end was read when it was shorter.
    if (stored > m_total && m_total % RowSource::rowsPerPage != 0) {
        if (const auto found = m_pages.find(m_total / RowSource::rowsPerPage); found != m_pages.end())
            found->second.version = 0;
    }
    if (stored < m_first) { // nothing of what is shown is left where it was
        if (m_rows > 0)
            beginRemoveRows({}, 0, m_rows - 1);
        const bool isCleared = std::exchange(m_rows, 0) > 0;
        forgetPagesFrom(stored);
        m_total = stored;
        m_added = added;
        if (isCleared)
            endRemoveRows();
    } else if (addedAfter < addedBefore) {
        beginRemoveRows({}, storedBefore + addedAfter, m_rows - 1);
        m_rows = storedBefore + addedAfter;
        m_added = added;
        endRemoveRows();
    }
    const bool isElsewhere = stored < m_first;
    if (!isElsewhere && storedAfter < storedBefore)
        beginRemoveRows({}, storedAfter, storedBefore - 1);
    else if (!isElsewhere && storedAfter > storedBefore)
        beginInsertRows({}, storedBefore, storedAfter - 1);
    if (stored < m_total)
        forgetPagesFrom(stored);
    m_total = stored;
    m_rows += isElsewhere ? 0 : storedAfter - storedBefore;
    if (!isElsewhere && storedAfter < storedBefore)
        endRemoveRows();
    else if (!isElsewhere && storedAfter > storedBefore)
        endInsertRows();
    if (!isElsewhere && addedAfter > addedBefore) {
        beginInsertRows({}, m_rows, storedAfter + addedAfter - 1);
        m_rows = storedAfter + addedAfter;
        m_added = added;
        endInsertRows();
    }
    m_added = added;
    const qint64 first = std::clamp<qint64>(m_first, 0, std::max<qint64>(totalRows() - m_limits.windowRows, 0));
    if (const int rows = static_cast<int>(std::min<qint64>(totalRows() - first, m_limits.windowRows)); first < m_first && rows > m_rows) {
        beginInsertRows({}, 0, rows - m_rows - 1);
        m_first = first;
        m_rows = rows;
        endInsertRows();
    }
    m_first = first;
    shuffle();
    emit extentChanged();
}

void TableRowModel::setWindowFirst(qint64 first)
{
    first = std::clamp<qint64>(first, 0, std::max<qint64>(totalRows() - m_limits.windowRows, 0));
    const qint64 moved = first - m_first;
    if (moved == 0)
        return;
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    m_first = first;
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex &old : before) {
        const qint64 row = old.row() - moved;
        after.append(row >= 0 && row < m_rows ? index(static_cast<int>(row), old.column()) : QModelIndex());
    }
    changePersistentIndexList(before, after);
    emit layoutChanged();
}

void TableRowModel::forgetAll()
{
    ++m_generation;
    m_inFlight = 0;
    m_pages.clear();
    m_byAge.clear();
    m_wanted.clear();
    m_shuffle.clear();
    m_cachedBytes = 0;
    m_total = 0;
    m_first = 0;
    m_rows = std::min(m_added, m_limits.windowRows);
}

void TableRowModel::reload()
{
    beginResetModel();
    forgetAll();
    endResetModel();
    m_source->start();
    emit extentChanged();
}

void TableRowModel::refresh()
{
    m_source->refresh();
    expirePages();
}

void TableRowModel::expirePages()
{
    ++m_version;
    // What is on the screen was asked for last; the rest follows when somebody looks at it.
    auto recent = m_byAge.rbegin();
    for (int i = 0; i < pagesOnScreen && recent != m_byAge.rend(); ++i, ++recent)
        want(*recent);
}

void TableRowModel::setSource(std::unique_ptr<RowSource> source)
{
    cancelSource();
    m_next = std::move(source);
    m_isFirstAsked = false;
    connect(m_next.get(), &RowSource::extentChanged, this, &TableRowModel::readFirstOfNext);
    connect(m_next.get(), &RowSource::progressed, this, &TableRowModel::progressed);
    connect(m_next.get(), &RowSource::failed, this, [this](const Error &error) {
        cancelSource();
        emit failed(error);
    });
    m_next->start();
}

void TableRowModel::cancelSource()
{
    if (!m_next)
        return;
    m_next->disconnect(this);
    m_next.release()->deleteLater(); // it may be the one who calls
}

void TableRowModel::readFirstOfNext()
{
    if (m_next->rowCount() == 0) {
        if (m_next->isComplete())
            adoptNext({});
        return;
    }
    if (std::exchange(m_isFirstAsked, true))
        return;
    onResult(m_next->readPage(0), this, [this, asked = m_next.get()](Result<RowPage> first) {
        if (asked != m_next.get())
            return;
        if (first) {
            adoptNext(std::move(*first));
            return;
        }
        cancelSource();
        emit failed(first.error());
    });
}

void TableRowModel::adoptNext(RowPage first)
{
    m_next->disconnect(this);
    beginResetModel();
    forgetAll();
    m_source = std::move(m_next);
    connectSource();
    m_total = m_source->rowCount();
    m_rows = static_cast<int>(std::min<qint64>(totalRows(), m_limits.windowRows));
    if (m_total > 0) {
        Page &page = m_pages[0];
        page.age = m_byAge.insert(m_byAge.end(), 0);
        // The source may have learnt more meanwhile.
        page.version = first.rowCount() == std::min<qint64>(m_total, RowSource::rowsPerPage) ? m_version : 0;
        store(page, std::move(first));
    }
    endResetModel();
    emit sourceChanged();
    shuffle();
    emit extentChanged();
}

} // namespace turnstone
