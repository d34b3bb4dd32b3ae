// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/findbar.h"

#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QToolButton>

namespace turnstone {

using namespace Qt::StringLiterals;

FindBar::FindBar(QWidget *parent) : QWidget(parent), m_field(new QLineEdit(this)), m_count(new QLabel(this)), m_previous(new QToolButton(this)), m_next(new QToolButton(this))
{
    setObjectName(u"findBar"_s);
    m_field->setObjectName(u"findField"_s);
    m_field->setAccessibleName(tr("Find in the value"));
    m_field->setPlaceholderText(tr("Find in the value"));
    m_field->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    m_count->setObjectName(u"findCount"_s);
    m_count->setFont(sizedFont(font(), metrics::captionPx));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_previous->setObjectName(u"findPrevious"_s);
    m_previous->setText(u"↑"_s);
    m_previous->setAccessibleName(tr("Previous match"));
    m_previous->setToolTip(tr("Previous match (Shift+Enter)"));
    m_next->setObjectName(u"findNext"_s);
    m_next->setText(u"↓"_s);
    m_next->setAccessibleName(tr("Next match"));
    m_next->setToolTip(tr("Next match (Enter)"));
    auto *close = new QToolButton(this);
    close->setObjectName(u"findClose"_s);
    close->setIcon(themedIcon(u"close"_s, &Tokens::muted));
    close->setIconSize({metrics::space3, metrics::space3});
    close->setAccessibleName(tr("Close the search"));
    close->setToolTip(tr("Close (Escape)"));
    for (QToolButton *button : {m_previous, m_next, close})
        button->setAutoRaise(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    layout->setSpacing(metrics::space1);
    layout->addWidget(m_field, 1);
    layout->addWidget(m_count);
    layout->addWidget(m_previous);
    layout->addWidget(m_next);
    layout->addWidget(close);
    hide();
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &FindBar::wordsChanged);
    connect(m_previous, &QToolButton::clicked, this, [this] { emit stepped(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { emit stepped(1); });
    connect(close, &QToolButton::clicked, this, &FindBar::closed);
    showMatches(-1, 0, true);
}

void FindBar::open()
{
    show();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

QString FindBar::words() const
{
    return isHidden() ? QString() : m_field->text();
}

void FindBar::showMatches(int current, int count, bool isAll)
{
    const QLocale locale;
    const QString all = locale.toString(count) + (isAll ? QString() : u"+"_s);
    m_count->setText(m_field->text().isEmpty() ? QString() : count == 0 ? tr("not there") : tr("%1 of %2").arg(locale.toString(current + 1), all));
    m_previous->setEnabled(count > 0);
    m_next->setEnabled(count > 0);
}

void FindBar::showSearching()
{
    m_count->setText(tr("looking…"));
}

bool FindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter: emit stepped(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1); return true;
    case Qt::Key_Down: emit stepped(1); return true;
    case Qt::Key_Up: emit stepped(-1); return true;
    case Qt::Key_Escape: emit closed(); return true;
    default: return false;
    }
}

} // namespace turnstone
