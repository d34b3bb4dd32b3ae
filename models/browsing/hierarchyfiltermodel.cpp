// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchyfiltermodel.h"

#include <QTimer>

namespace turnstone {

struct HierarchyFilterModel::Item
{
    QPersistentModelIndex source;
    Item *above = nullptr;
    int row = 0;
    bool matches = false;
    std::vector<std::unique_ptr<Item>> items;
};

HierarchyFilterModel::HierarchyFilterModel(HierarchyModel &source, QObject *parent)
    : QAbstractItemModel(parent), m_source(source), m_root(std::make_unique<Item>()), m_later(new QTimer(this))
{
    m_later->setSingleShot(true);
    m_later->setInterval(0);
    connect(m_later, &QTimer::timeout, this, &HierarchyFilterModel::rebuild);
    const auto rebuildLater = [this] {
        if (!m_text.isEmpty())
            m_later->start();
    };
    connect(&source, &QAbstractItemModel::rowsInserted, this, rebuildLater);
    connect(&source, &QAbstractItemModel::rowsRemoved, this, rebuildLater);
    connect(&source, &QAbstractItemModel::dataChanged, this, &HierarchyFilterModel::passOn);
}

HierarchyFilterModel::~HierarchyFilterModel() = default;

void HierarchyFilterModel::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    rebuild();
}

void HierarchyFilterModel::rebuild()
{
    m_later->stop();
    beginResetModel();
    m_root = std::make_unique<Item>();
    m_items = 0;
    if (!m_text.isEmpty())
        collect(*m_root, {});
    endResetModel();
}

/// Whether something below `source` is shown.
bool HierarchyFilterModel::collect(Item &into, const QModelIndex &source)
{
    for (const int row : m_source.loadedRows(source)) {
        if (m_items >= maxItems)
            break;
        const QModelIndex each = m_source.index(row, 0, source);
        const auto kind = each.data(HierarchyModel::KindRole).value<HierarchyModel::Kind>();
        auto item = std::make_unique<Item>();
        item->source = each;
        item->above = &into;
        item->row = static_cast<int>(into.items.size());
        // What only gathers others is shown for their sake.
        const bool canMatch = kind != HierarchyModel::Kind::Database && kind != HierarchyModel::Kind::Tables;
        item->matches = canMatch && each.data().toString().contains(m_text, Qt::CaseInsensitive);
        ++m_items;
        if (collect(*item, each) || item->matches)
            into.items.push_back(std::move(item));
        else
            --m_items;
    }
    return !into.items.empty();
}

void HierarchyFilterModel::passOn(const QModelIndex &first, const QModelIndex &last)
{
    if (m_text.isEmpty())
        return;
    // A page that came in has titles that nobody looked at yet.
    if (last.row() - first.row() > 0) {
        m_later->start();
        return;
    }
    const QModelIndex own = mapFromSource(first);
    if (own.isValid())
        emit dataChanged(own, own);
}

HierarchyFilterModel::Item *HierarchyFilterModel::itemOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Item *>(index.internalPointer()) : m_root.get();
}

QModelIndex HierarchyFilterModel::mapToSource(const QModelIndex &index) const
{
    return index.isValid() ? QModelIndex(itemOf(index)->source) : QModelIndex();
}

QModelIndex HierarchyFilterModel::mapFromSource(const QModelIndex &source) const
{
    if (!source.isValid())
        return {};
    const QModelIndex above = source.parent().isValid() ? mapFromSource(source.parent()) : QModelIndex();
    if (source.parent().isValid() && !above.isValid())
        return {};
    for (const auto &item : itemOf(above)->items) {
        if (item->source == source)
            return createIndex(item->row, 0, item.get());
    }
    return {};
}

bool HierarchyFilterModel::isMatch(const QModelIndex &index) const
{
    return index.isValid() && itemOf(index)->matches;
}

QModelIndex HierarchyFilterModel::firstMatch() const
{
    const Item *item = m_root.get();
    while (!item->matches && !item->items.empty())
        item = item->items.front().get();
    return item == m_root.get() ? QModelIndex() : createIndex(item->row, 0, item);
}

QModelIndex HierarchyFilterModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, itemOf(parent)->items[static_cast<std::size_t>(row)].get());
}

QModelIndex HierarchyFilterModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    Item *above = itemOf(child)->above;
    return above == nullptr || above == m_root.get() ? QModelIndex() : createIndex(above->row, 0, above);
}

int HierarchyFilterModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(itemOf(parent)->items.size());
}

int HierarchyFilterModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant HierarchyFilterModel::data(const QModelIndex &index, int role) const
{
    return m_source.data(mapToSource(index), role);
}

} // namespace turnstone
