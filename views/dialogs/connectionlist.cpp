// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dialogs/connectionlist.h"

#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QToolButton>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int placeRole = Qt::UserRole;

/// The title, and below it where the connection leads to.
class ConnectionDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {0, metrics::bodyPx + metrics::captionPx + metrics::space5};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &given, const QModelIndex &index) const override
    {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        const QStyle *style = option.widget->style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        painter->save();
        const Tokens &tokens = Tokens::of(option.palette);
        const QRect inner = option.rect.adjusted(metrics::space3, metrics::space1, -metrics::space3, -metrics::space1);
        const QString place = index.data(placeRole).toString();
        const auto line = [&](const QRect &where, const QFont &font, const QColor &color, const QString &text) {
            painter->setFont(font);
            painter->setPen(color);
            painter->drawText(where, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(text, Qt::ElideRight, where.width()));
        };
        const QFont body = sizedFont(option.font, metrics::bodyPx);
        const QRect upper(inner.topLeft(), QSize(inner.width(), inner.height() * 11 / 20));
        line(place.isEmpty() ? inner : upper, body, tokens.text, option.text);
        line(QRect(QPoint(inner.left(), upper.bottom()), inner.bottomRight()), sizedFont(option.font, metrics::captionPx), tokens.muted, place);
        painter->restore();
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            QStyleOptionFocusRect focus;
            focus.QStyleOption::operator=(option);
            style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
        }
    }
};

} // namespace

ConnectionList::ConnectionList(QWidget *parent) : QWidget(parent), m_list(new QListWidget(this)), m_undoRow(new QWidget(this)), m_removed(new QLabel(this))
{
    setObjectName(u"connectionListPane"_s);
    m_list->setObjectName(u"connectionList"_s);
    m_list->setAccessibleName(tr("Saved connections"));
    m_list->setUniformItemSizes(true);
    m_list->setItemDelegate(new ConnectionDelegate(m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_list, &QListWidget::currentRowChanged, this, &ConnectionList::currentRowChanged);
    // Not itemActivated: the Enter key goes on to the dialog's default button.
    connect(m_list, &QListWidget::itemDoubleClicked, this, &ConnectionList::chosen);

    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space2);
    buttons->setSpacing(metrics::space1);
    QToolButton *add = addButton(u"newConnection"_s, tr("New"), tr("New connection"));
    QToolButton *copy = addButton(u"duplicateConnection"_s, tr("Duplicate"), tr("Duplicate the connection"));
    QToolButton *remove = addButton(u"removeConnection"_s, tr("Remove"), tr("Remove the connection"));
    connect(add, &QToolButton::clicked, this, &ConnectionList::newRequested);
    connect(copy, &QToolButton::clicked, this, &ConnectionList::duplicateRequested);
    connect(remove, &QToolButton::clicked, this, &ConnectionList::removeRequested);
    auto *removeKey = new QShortcut(QKeySequence::Delete, m_list);
    removeKey->setContext(Qt::WidgetShortcut);
    connect(removeKey, &QShortcut::activated, this, &ConnectionList::removeRequested);
    for (QToolButton *button : {add, copy, remove})
        buttons->addWidget(button);
    buttons->addStretch(1);

    m_removed->setObjectName(u"removedConnection"_s);
    m_removed->setTextFormat(Qt::PlainText);
    m_removed->setWordWrap(true);
    QToolButton *undo = addButton(u"undoRemove"_s, tr("Undo"), tr("Take the removal back"));
    connect(undo, &QToolButton::clicked, this, &ConnectionList::undoRequested);
    auto *undoLayout = new QHBoxLayout(m_undoRow);
    undoLayout->setContentsMargins(metrics::space3, metrics::space1, metrics::space2, metrics::space1);
    undoLayout->addWidget(m_removed, 1);
    undoLayout->addWidget(undo);
    m_undoRow->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_undoRow);
    layout->addLayout(buttons);
}

QToolButton *ConnectionList::addButton(const QString &name, const QString &text, const QString &accessibleName)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setAccessibleName(accessibleName);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

int ConnectionList::currentRow() const
{
    return m_list->currentRow();
}

void ConnectionList::setCurrentRow(int row)
{
    m_list->setCurrentRow(row);
}

void ConnectionList::insertEntry(int row, const QString &title)
{
    m_list->insertItem(row, title);
}

void ConnectionList::removeEntry(int row)
{
    delete m_list->takeItem(row);
}

void ConnectionList::setEntry(int row, const QString &title, const QString &place, bool isSaved)
{
    QListWidgetItem *item = m_list->item(row);
    item->setText(isSaved ? title : title + u" •"_s);
    item->setData(placeRole, place == title ? QString() : place);
    item->setToolTip(place);
    item->setData(Qt::AccessibleTextRole, isSaved ? title : tr("%1, not saved").arg(title));
    item->setData(Qt::AccessibleDescriptionRole, place);
}

void ConnectionList::offerUndo(const QString &title)
{
    m_removed->setText(title.isEmpty() ? QString() : tr("“%1” was removed.").arg(title));
    m_undoRow->setVisible(!title.isEmpty());
}

} // namespace turnstone

#include "connectionlist.moc"
