// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/jsonitemmodel.h"

#include "models/items/celltext.h"

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shownCharacters = 400;
}

struct JsonItemModel::Node
{
    std::shared_ptr<const JsonIndex> document;
    JsonItem item;
    Node *parent = nullptr;
    int row = 0;
    QString key; ///< of an array's element its number
    std::vector<std::unique_ptr<Node>> children;
    qsizetype next = 0; ///< -1: all children are made
    /// A string was looked into for JSON.
    bool isExamined = false;
    /// The document that a string holds.
    std::shared_ptr<const JsonIndex> nested;

    bool isOpenable() const { return item.isContainer() || nested != nullptr; }
    const JsonIndex &childDocument() const { return nested != nullptr ? *nested : *document; }
    JsonItem container() const { return nested != nullptr ? nested->root() : item; }
};

JsonItemModel::JsonItemModel(QObject *parent) : QAbstractItemModel(parent)
{
}

JsonItemModel::~JsonItemModel() = default;

void JsonItemModel::setDocument(std::shared_ptr<const JsonIndex> document)
{
    beginResetModel();
    m_root.reset();
    if (document != nullptr) {
        m_root = std::make_unique<Node>();
        m_root->document = document;
        m_root->item = document->root();
        if (!m_root->item.isContainer()) { // one row for the scalar
            auto scalar = std::make_unique<Node>();
            scalar->document = document;
            scalar->item = document->root();
            scalar->parent = m_root.get();
            m_root->children.push_back(std::move(scalar));
            m_root->next = -1;
        }
    }
    if (m_root != nullptr && m_root->next == 0)
        makeChildren(*m_root, m_root->document->children(m_root->item, 0, childrenPerPage));
    endResetModel();
}

void JsonItemModel::makeChildren(Node &node, const JsonChildren &page)
{
    node.next = page.next;
    for (const JsonItem &item : page.nodes) {
        auto child = std::make_unique<Node>();
        child->document = node.nested != nullptr ? node.nested : node.document;
        child->item = item;
        child->parent = &node;
        child->row = static_cast<int>(node.children.size());
        child->key = item.keyStart < 0 ? QString::number(child->row) : node.childDocument().key(item);
        node.children.push_back(std::move(child));
    }
}

JsonItemModel::Node *JsonItemModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

/// Looks into a string once.
void JsonItemModel::openNested(Node &node) const
{
    if (node.isExamined || node.item.kind != JsonKind::String || node.item.length > maxNestedBytes)
        return;
    node.isExamined = true;
    const QByteArrayView quoted = QByteArrayView(node.document->bytes()).sliced(node.item.start, node.item.length);
    const QByteArrayView inside = quoted.sliced(1).trimmed();
    if (!inside.startsWith('{') && !inside.startsWith('['))
        return;
    Result<JsonIndex> document = JsonIndex::build(JsonIndex::decoded(quoted).toUtf8());
    if (document && document->root().isContainer())
        node.nested = std::make_shared<JsonIndex>(std::move(*document));
}

QModelIndex JsonItemModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (node == nullptr || row < 0 || row >= static_cast<int>(node->children.size()) || column < 0 || column > 1 || parent.column() > 0)
        return {};
    return createIndex(row, column, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex JsonItemModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    Node *above = nodeOf(child)->parent;
    return above == nullptr || above == m_root.get() ? QModelIndex() : createIndex(above->row, 0, above);
}

int JsonItemModel::rowCount(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node == nullptr || parent.column() > 0 ? 0 : static_cast<int>(node->children.size());
}

int JsonItemModel::columnCount(const QModelIndex &) const
{
    return 2;
}

bool JsonItemModel::hasChildren(const QModelIndex &parent) const
{
    Node *node = nodeOf(parent);
    if (node == nullptr || parent.column() > 0)
        return false;
    if (!node->children.empty())
        return true;
    openNested(*node);
    return node->next == 0 && node->isOpenable() && !node->childDocument().children(node->container(), 0, 1).nodes.empty();
}

bool JsonItemModel::canFetchMore(const QModelIndex &parent) const
{
    Node *node = nodeOf(parent);
    if (node == nullptr || parent.column() > 0)
        return false;
    openNested(*node);
    return node->isOpenable() && node->next >= 0;
}

void JsonItemModel::fetchMore(const QModelIndex &parent)
{
    Node *node = nodeOf(parent);
    if (!canFetchMore(parent))
        return;
    const JsonIndex &document = node->childDocument();
    const JsonChildren page = document.children(node->container(), node->next, childrenPerPage);
    if (page.nodes.empty()) {
        node->next = page.next;
        return;
    }
    const int first = static_cast<int>(node->children.size());
    beginInsertRows(parent, first, first + static_cast<int>(page.nodes.size()) - 1);
    makeChildren(*node, page);
    endInsertRows();
}

void JsonItemModel::makeThrough(const QModelIndex &parent, int row)
{
    Node *node = nodeOf(parent);
    const auto made = static_cast<int>(node->children.size());
    if (row < made || !canFetchMore(parent))
        return;
    // All at once: a view lays itself out with every insertion.
    const JsonChildren page = node->childDocument().children(node->container(), node->next, std::max(row + 1 - made, childrenPerPage));
    if (page.nodes.empty())
        return;
    beginInsertRows(parent, made, made + static_cast<int>(page.nodes.size()) - 1);
    makeChildren(*node, page);
    endInsertRows();
}

QModelIndex JsonItemModel::indexOf(const JsonPlace &place)
{
    if (m_root == nullptr)
        return {};
    if (place.empty())
        return index(0, 0);
    QModelIndex at;
    for (const int row : place) {
        if (row >= mostMade)
            return at;
        makeThrough(at, row);
        const QModelIndex below = index(row, 0, at);
        if (!below.isValid())
            return at;
        at = below;
    }
    return at;
}

QString JsonItemModel::valueText(const Node &node) const
{
    switch (node.item.kind) {
    case JsonKind::Object: return u"{…} "_s + sizeText(node.item.length);
    case JsonKind::Array: return u"[…] "_s + sizeText(node.item.length);
    case JsonKind::String: {
        // A long string is decoded as far as it is shown; six bytes make the longest character.
        const qsizetype bytes = std::min(node.item.length, shownCharacters * 6);
        QByteArray quoted = node.document->bytes().mid(node.item.start, bytes);
        if (bytes < node.item.length)
            quoted += '"';
        QString text = JsonIndex::decoded(quoted).left(shownCharacters);
        text.replace(u'\n', u'↵').replace(u'\t', u' ');
        return node.item.length > shownCharacters ? text + u"… "_s + sizeText(node.item.length) : text;
    }
    default: return QString::fromUtf8(node.document->text(node.item));
    }
}

QVariant JsonItemModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node &node = *nodeOf(index);
    switch (role) {
    case Qt::DisplayRole: return index.column() == 0 ? node.key : valueText(node);
    case TokenRole: return node.document->text(node.item);
    case KindRole: return static_cast<int>(node.item.kind);
    default: return {};
    }
}

QVariant JsonItemModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Key") : tr("Value");
}

QString JsonItemModel::path(const QModelIndex &index) const
{
    QStringList keys;
    for (QModelIndex at = index; at.isValid(); at = at.parent())
        keys.prepend(nodeOf(at)->key);
    return keys.join(u'.');
}

} // namespace turnstone
