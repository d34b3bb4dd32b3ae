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
    connect(m_source.get(), &RowSource::extentChanged, this, &TableRowModel::acceptExtent);
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
    const RowColumn &column = m_source->columns()[static_cast<std::size_t>(index.column())];
    if (role == TypeRole)
        return column.typeName;
    if (role == LoadStateRole)
        return QVariant::fromValue(loadState(index.row()));
    const auto section = static_cast<std::size_t>(index.column());
    if (role == LinkRole)
        return section < m_links.size() && m_links[section];
    const bool isLook = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == ToneRole || role == FractionRole;
    const bool isRead = section < m_readers.size() && m_readers[section] != nullptr;
    const bool isOverlaid = m_overlay != nullptr && !m_overlay->isEmpty();
    const bool asksOverlay = role == StagedRole || role == ChangedRole || role == Qt::ToolTipRole;
    if (asksOverlay ? !isOverlaid && !(isLook && isRead) : isLook ? role != Qt::DisplayRole && !isRead : role < ValueRole || role > WholeRole)
        return {};

    const qint64 position = m_first + index.row();
    const Page *of = page(position);
    const int row = static_cast<int>(position % RowSource::rowsPerPage);
    if (of == nullptr || of->state != LoadState::Ready || row >= of->rows.rowCount())
        return {};
    ValueRef value = of->rows.value(row, index.column());
    bool isWhole = of->rows.isWhole(row, index.column());
    qint64 fullBytes = of->rows.fullBytes(row, index.column());
    if (isOverlaid) {
        const RowKey key = of->rows.key(row);
        const Value *staged = m_overlay->value(key, column.name);
        if (role == StagedRole)
            return static_cast<int>(m_overlay->state(key));
        if (role == ChangedRole)
            return staged != nullptr;
        if (const QString problem = role == Qt::ToolTipRole ? m_overlay->problem(key, column.name) : QString(); !problem.isEmpty())
            return problem;
        if (staged != nullptr) {
            value = staged->ref();
            isWhole = true;
            fullBytes = textOf(value).size();
        }
    }
    if (isLook && isRead && !value.isNull()) {
        if (const std::optional<CellLook> look = m_readers[section](value, isWhole))
            return role == Qt::DisplayRole ? QVariant(look->text) : role == Qt::ToolTipRole ? QVariant(look->detail)
                : role == ToneRole         ? QVariant(look->tone) : QVariant(look->fraction);
    }
    switch (role) {
    case Qt::DisplayRole: {
        const CellText text = CellText::of(value, column.typeName, isWhole);
        if (text.kind == CellKind::Bytes || text.kind == CellKind::Undecodable)
            return u"bytes · %1"_s.arg(storedBytes(fullBytes, column.typeName));
        return text.kind == CellKind::Null ? QVariant(u"NULL"_s) : QVariant(text.text);
    }
    case ValueRole: return QVariant::fromValue(Value(value));
    case KindRole: return QVariant::fromValue(CellText::of(value, column.typeName, isWhole).kind);
    case FullBytesRole: return storedBytes(fullBytes, column.typeName);
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
        if (m_rows > 0)
            emit dataChanged(index(0, 0), index(m_rows - 1, columnCount() - 1));
    };
    if (m_overlay != nullptr)
        connect(m_overlay, &RowOverlay::changed, this, tell);
    tell();
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
        if (isOther)
            announce(number);
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
    return Record::fromPage(tableName, m_source->columns(), page(position)->rows, static_cast<int>(position % RowSource::rowsPerPage),
                            m_source->hasKeys());
}

void TableRowModel::shrink()
{
    for (auto page = m_pages.begin(); page != m_pages.end();) {
        if (page->first * RowSource::rowsPerPage < m_total || page->second.isAsked) {
            ++page;
            continue;
        }
        m_cachedBytes -= page->second.bytes;
        m_byAge.erase(page->second.age);
        page = m_pages.erase(page);
    }
    setWindowFirst(m_first);
    const int rows = static_cast<int>(std::min<qint64>(m_total - m_first, m_limits.windowRows));
    if (rows < m_rows) {
        beginRemoveRows({}, rows, m_rows - 1);
        m_rows = rows;
        endRemoveRows();
    }
}

void TableRowModel::acceptExtent()
{
    const qint64 total = m_source->rowCount();
    if (total < m_total) {
        m_total = total;
        shrink();
        emit extentChanged();
        return;
    }
    // The page at the end was read when it was shorter.
    if (total > m_total && m_total % RowSource::rowsPerPage != 0) {
        if (const auto found = m_pages.find(m_total / RowSource::rowsPerPage); found != m_pages.end())
            found->second.version = 0;
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

void TableRowModel::forgetAll()
{
    ++m_generation;
    m_inFlight = 0;
    m_pages.clear();
    m_byAge.clear();
    m_wanted.clear();
    m_cachedBytes = 0;
    m_total = 0;
    m_first = 0;
    m_rows = 0;
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
    m_rows = static_cast<int>(std::min<qint64>(m_total, m_limits.windowRows));
    if (m_total > 0) {
        Page &page = m_pages[0];
        page.age = m_byAge.insert(m_byAge.end(), 0);
        // The source may have learnt more meanwhile.
        page.version = first.rowCount() == std::min<qint64>(m_total, RowSource::rowsPerPage) ? m_version : 0;
        store(page, std::move(first));
    }
    endResetModel();
    emit sourceChanged();
    emit extentChanged();
}

} // namespace turnstone
