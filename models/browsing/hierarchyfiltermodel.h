// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/hierarchymodel.h"

#include <memory>
#include <vector>

class QTimer;

namespace turnstone {

/// The items of a HierarchyModel whose titles hold a text, with what stands above them. Looks only at what is loaded and
/// loads nothing, so it is quick however large the levels are; what is loaded later joins. At most `maxItems`.
/// Made anew (model reset) when the text or the items change. GUI thread only.
class HierarchyFilterModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    static constexpr int maxItems = 2'000;

    /// Does not own `source`, which must outlive it.
    explicit HierarchyFilterModel(HierarchyModel &source, QObject *parent = nullptr);
    ~HierarchyFilterModel() override;

    void setText(const QString &text);
    QString text() const { return m_text; }
    QModelIndex mapToSource(const QModelIndex &index) const;
    QModelIndex mapFromSource(const QModelIndex &source) const;
    /// Whether it is there for its own title.
    bool isMatch(const QModelIndex &index) const;
    /// The first item that holds the text itself.
    QModelIndex firstMatch() const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Item;

    Item *itemOf(const QModelIndex &index) const;
    bool collect(Item &into, const QModelIndex &source);
    void rebuild();
    void passOn(const QModelIndex &first, const QModelIndex &last);

    HierarchyModel &m_source;
    QString m_text;
    std::unique_ptr<Item> m_root;
    int m_items = 0;
    QTimer *m_later;
};

} // namespace turnstone
