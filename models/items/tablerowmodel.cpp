// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowmodel.h"

#include "models/core/async.h"
#include "models/items/celltext.h"

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxInFlight = 4;
// While somebody scrolls past, pages asked for earlier are no longer of interest.
constexpr std::size_t maxWanted = 8;

} // namespace

TableRowModel::TableRowModel(std::unique_ptr<RowSource> source, QObject *parent) : TableRowModel(std::move(source), Limits(), parent) {}

TableRowModel::TableRowModel(std::unique_ptr<RowSource> source, Limits limits, QObject *parent)
    : QAbstractTableModel(parent), m_source(std::move(source)), m_limits(limits)
{
    connect(m_source.get(), &RowSource::extentChanged, this, &TableRowModel::acceptExtent);
    connect(m_source.get(), &RowSource::failed, this, &TableRowModel::failed);
    m_source->start();
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

QVariant TableRowModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RowColumn &column = m_source->columns()[static_cast<std::size_t>(index.column())];
    if (role == TypeRole)
        return column.typeName;
    if (role == LoadStateRole)
        return QVariant::fromValue(loadState(index.row()));
    if (role != Qt::DisplayRole && (role < ValueRole || role > WholeRole))
        return {};

    const qint64 position = m_first + index.row();
    const Page *of = page(position);
    const int row = static_cast<int>(position % RowSource::rowsPerPage);
    if (of == nullptr || of->state != LoadState::Ready || row >= of->rows.rowCount())
        return {};
    const ValueRef value = of->rows.value(row, index.column());
    switch (role) {
    case Qt::DisplayRole: {
        const CellText text = CellText::of(value, column.typeName, of->rows.isWhole(row, index.column()));
        if (text.kind == CellKind::Bytes || text.kind == CellKind::Undecodable)
            return u"bytes · %1"_s.arg(storedBytes(of->rows.fullBytes(row, index.column()), column.typeName));
        return text.kind == CellKind::Null ? QVariant(u"NULL"_s) : QVariant(text.text);
    }
    case ValueRole: return QVariant::fromValue(Value(value));
    case KindRole: return QVariant::fromValue(CellText::of(value, column.typeName, of->rows.isWhole(row, index.column())).kind);
    case FullBytesRole: return storedBytes(of->rows.fullBytes(row, index.column()), column.typeName);
    case WholeRole: return of->rows.isWhole(row, index.column());
    default: return {};
    }
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
        if (m_pages.contains(number) || number * RowSource::rowsPerPage >= m_total)
            continue;
        Page pending;
        pending.age = m_byAge.insert(m_byAge.end(), number);
        m_pages.emplace(number, std::move(pending));
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
        if (result) {
            page.state = LoadState::Ready;
            page.rows = std::move(*result);
            page.bytes = page.rows.rows.allocatedBytes();
            m_cachedBytes += page.bytes;
        } else {
            page.state = LoadState::Failed;
        }
        const qint64 first = std::max<qint64>(number * RowSource::rowsPerPage - m_first, 0);
        const qint64 last = std::min<qint64>((number + 1) * RowSource::rowsPerPage - m_first, m_rows) - 1;
        evict();
        if (first <= last && columnCount() > 0)
            emit dataChanged(index(static_cast<int>(first), 0), index(static_cast<int>(last), columnCount() - 1));
    }
    if (!result && result.error().code != ErrorCode::Cancelled)
        emit failed(result.error());
    requestWanted();
}

void TableRowModel::evict()
{
    for (auto oldest = m_byAge.begin(); m_cachedBytes > m_limits.cacheBytes && oldest != m_byAge.end() && *oldest != m_byAge.back();) {
        const auto found = m_pages.find(*oldest);
        if (found->second.state == LoadState::Pending) { // its answer is under way
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
    const Page *of = page(position);
    if (of == nullptr)
        return LoadState::Pending;
    return of->state == LoadState::Ready && position % RowSource::rowsPerPage >= of->rows.rowCount() ? LoadState::Gone : of->state;
}

std::optional<Record> TableRowModel::record(int row, const QString &tableName) const
{
    if (row < 0 || row >= m_rows || loadState(row) != LoadState::Ready)
        return {};
    const qint64 position = m_first + row;
    return Record::fromPage(tableName, m_source->columns(), page(position)->rows, static_cast<int>(position % RowSource::rowsPerPage),
                            m_source->hasKeys());
}

void TableRowModel::acceptExtent()
{
    const qint64 total = m_source->rowCount();
    if (total < m_total) { // it began anew
        beginResetModel();
        m_total = total;
        m_first = 0;
        m_rows = static_cast<int>(std::min<qint64>(total, m_limits.windowRows));
        endResetModel();
        emit extentChanged();
        return;
    }
    // The page at the end was read when it was shorter.
    if (const qint64 last = m_total / RowSource::rowsPerPage; total > m_total && m_total % RowSource::rowsPerPage != 0) {
        if (const auto found = m_pages.find(last); found != m_pages.end() && found->second.state != LoadState::Pending) {
            m_cachedBytes -= found->second.bytes;
            m_byAge.erase(found->second.age);
            m_pages.erase(found);
        }
    }
    const int rows = static_cast<int>(std::min<qint64>(total - m_first, m_limits.windowRows));
    m_total = total;
    if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_rows = rows;
        endInsertRows();
    }
    emit extentChanged();
}

void TableRowModel::setWindowFirst(qint64 first)
{
    first = std::clamp<qint64>(first, 0, std::max<qint64>(m_total - m_limits.windowRows, 0));
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

void TableRowModel::reload()
{
    beginResetModel();
    ++m_generation;
    m_inFlight = 0;
    m_pages.clear();
    m_byAge.clear();
    m_wanted.clear();
    m_cachedBytes = 0;
    m_total = 0;
    m_first = 0;
    m_rows = 0;
    endResetModel();
    m_source->start();
    emit extentChanged();
}

} // namespace turnstone
