// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/commandpalette.h"

#include "views/shell/fuzzymatch.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int paletteWidth = 620;
constexpr int visibleRows = 11;

enum Role { DetailRole = Qt::UserRole + 1, ShortcutRole };

class EntryDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &tokens = Tokens::of(option.palette);
        painter->save();
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, tokens.selection);
        QRect area = option.rect.adjusted(metrics::space3, 0, -metrics::space3, 0);
        index.data(Qt::DecorationRole).value<QIcon>().paint(painter, QRect(area.left(), area.center().y() - metrics::icon / 2 + 1, metrics::icon, metrics::icon));
        area.setLeft(area.left() + metrics::icon + metrics::space2);
        painter->setFont(sizedFont(option.font, metrics::captionPx));
        painter->setPen(tokens.muted);
        const QString shortcut = index.data(ShortcutRole).toString();
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, shortcut);
        area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(shortcut) - metrics::space3);
        painter->setFont(sizedFont(option.font, metrics::bodyPx));
        painter->setPen(tokens.text);
        const QString text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, area.width());
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, text);
        area.setLeft(area.left() + painter->fontMetrics().horizontalAdvance(text) + metrics::space3);
        painter->setFont(sizedFont(option.font, metrics::captionPx));
        painter->setPen(tokens.muted);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, painter->fontMetrics().elidedText(index.data(DetailRole).toString(), Qt::ElideMiddle, area.width()));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {0, scaled(metrics::roomyRow)}; }
};

} // namespace

CommandPalette::CommandPalette(QWidget *window) : QFrame(window), m_field(new QLineEdit(this)), m_list(new QListWidget(this))
{
    setObjectName(u"commandPalette"_s);
    setAccessibleName(tr("Command palette"));
    setFrameShape(QFrame::StyledPanel);
    setProperty(floatingProperty, true);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Button); // raised
    m_field->setObjectName(u"paletteField"_s);
    m_field->setAccessibleName(tr("Action, table or place"));
    m_field->setPlaceholderText(tr("An action, a table, a place…"));
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setUniformItemSizes(true);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space2, metrics::space2, metrics::space2, metrics::space2);
    layout->setSpacing(metrics::space2);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    hide();
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
}

void CommandPalette::open(std::vector<PaletteEntry> entries)
{
    m_entries = std::move(entries);
    if (!isVisible())
        m_before = QApplication::focusWidget();
    m_field->clear();
    filter();
    const int width = std::min(scaled(paletteWidth), parentWidget()->width() - 2 * metrics::space5);
    const int height = std::min(scaled(metrics::roomyRow) * visibleRows + m_field->sizeHint().height() + 4 * metrics::space2, parentWidget()->height() - 2 * metrics::space5);
    setGeometry((parentWidget()->width() - width) / 2, scaled(72), width, height);
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::filter()
{
    const QString typed = m_field->text().trimmed();
    std::vector<std::pair<int, int>> scored; // -score, index
    for (int i = 0; i < static_cast<int>(m_entries.size()); ++i) {
        const PaletteEntry &entry = m_entries[static_cast<std::size_t>(i)];
        int score = fuzzyScore(typed, entry.text);
        if (score < 0) // "games arena": the words may stand in the detail
            score = fuzzyScore(typed, entry.text + u' ' + entry.detail) / 2 - 20;
        if (score >= 0)
            scored.emplace_back(-score, i);
    }
    if (typed.isEmpty())
        std::ranges::sort(scored, {}, &std::pair<int, int>::second);
    else
        std::ranges::sort(scored);
    m_list->clear();
    m_shown.clear();
    for (const auto &[score, i] : scored) {
        if (static_cast<int>(m_shown.size()) == shownEntries)
            break;
        const PaletteEntry &entry = m_entries[static_cast<std::size_t>(i)];
        m_shown.push_back(i);
        auto *item = new QListWidgetItem(themedIcon(entry.icon.isEmpty() ? u"panel"_s : entry.icon, &Tokens::muted), entry.text, m_list);
        item->setData(DetailRole, entry.detail);
        item->setData(ShortcutRole, entry.shortcut);
        item->setData(Qt::AccessibleTextRole, entry.detail.isEmpty() ? entry.text : entry.text + u", "_s + entry.detail);
    }
    if (m_shown.empty()) {
        auto *item = new QListWidgetItem(tr("Nothing has these letters in its name."), m_list);
        item->setFlags(Qt::NoItemFlags);
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= static_cast<int>(m_shown.size()))
        return;
    const std::function<void()> run = m_entries[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])].run;
    dismiss();
    run();
}

void CommandPalette::dismiss()
{
    if (!isVisible())
        return;
    hide();
    if (m_before != nullptr && (QApplication::focusWidget() == nullptr || isAncestorOf(QApplication::focusWidget()) || QApplication::focusWidget() == m_field))
        m_before->setFocus(Qt::PopupFocusReason);
    m_before = nullptr;
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut && isVisible()) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const int rows = m_list->count();
    switch (key->key()) {
    case Qt::Key_Escape: dismiss(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: runCurrent(); return true;
    case Qt::Key_Down: m_list->setCurrentRow((m_list->currentRow() + 1) % std::max(rows, 1)); return true;
    case Qt::Key_Up: m_list->setCurrentRow((m_list->currentRow() + rows - 1) % std::max(rows, 1)); return true;
    case Qt::Key_PageDown: m_list->setCurrentRow(std::min(m_list->currentRow() + visibleRows, rows - 1)); return true;
    case Qt::Key_PageUp: m_list->setCurrentRow(std::max(m_list->currentRow() - visibleRows, 0)); return true;
    default: return false;
    }
}

} // namespace turnstone
