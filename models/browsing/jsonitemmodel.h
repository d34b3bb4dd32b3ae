// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/json/jsonfind.h"
#include "models/json/jsonindex.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace turnstone {

/// A JSON document as a tree: key and value. Children are made page by page when somebody looks. Numbers keep their text.
/// A string that holds JSON itself can be opened like an object. GUI thread only.
class JsonItemModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    static constexpr int childrenPerPage = 500;
    /// Strings up to so many bytes are looked into for JSON.
    static constexpr qsizetype maxNestedBytes = 128 * 1024;

    enum Role {
        TokenRole = Qt::UserRole + 1, ///< QByteArray: the value as it stands in the document
        KindRole                      ///< int of JsonKind
    };

    explicit JsonItemModel(QObject *parent = nullptr);
    ~JsonItemModel() override;

    /// The whole document shows as its members; a scalar as one row.
    void setDocument(std::shared_ptr<const JsonIndex> document);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// `games.0.players` of an item, for copying.
    QString path(const QModelIndex &index) const;

    /// The item at a place that findInJson() told; children on the way are made. Beyond `mostMade` children of one container
    /// the container itself.
    QModelIndex indexOf(const JsonPlace &place);
    static constexpr int mostMade = 200'000;

private:
    struct Node;

    void makeThrough(const QModelIndex &parent, int row);

    Node *nodeOf(const QModelIndex &index) const;
    void openNested(Node &node) const;
    static void makeChildren(Node &node, const JsonChildren &page);
    QString valueText(const Node &node) const;

    std::unique_ptr<Node> m_root;
};

} // namespace turnstone
