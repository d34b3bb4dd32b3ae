// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/messagebar.h"

#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace turnstone {

using namespace Qt::StringLiterals;

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)), m_details(new QLabel(this)), m_showDetails(new QToolButton(this)),
      m_action(new QPushButton(this))
{
    setObjectName(u"messageBar"_s);
    m_text->setObjectName(u"messageText"_s);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_details->setWordWrap(true);
    m_details->setTextFormat(Qt::PlainText);
    m_details->setFont(fixedFont(metrics::captionPx));
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_showDetails->setText(tr("Details"));
    m_showDetails->setCheckable(true);
    m_showDetails->setAutoRaise(true);
    m_action->setObjectName(u"messageAction"_s);

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    grid->setHorizontalSpacing(metrics::space2);
    grid->addWidget(m_icon, 0, 0, Qt::AlignTop);
    grid->addWidget(m_text, 0, 1);
    grid->addWidget(m_showDetails, 0, 2);
    grid->addWidget(m_action, 0, 3);
    grid->addWidget(m_details, 1, 1, 1, 3);
    grid->setColumnStretch(1, 1);
    connect(m_showDetails, &QToolButton::toggled, m_details, &QWidget::setVisible);
    connect(m_action, &QPushButton::clicked, this, &MessageBar::actionTriggered);
    clear();
}

void MessageBar::showError(const Error &error, const QString &action)
{
    m_isError = true;
    show(error.message, error.detail, action);
}

void MessageBar::showNote(const QString &text, const QString &action)
{
    m_isError = false;
    show(text, {}, action);
}

void MessageBar::show(const QString &text, const QString &details, const QString &action)
{
    m_text->setText(text);
    m_details->setText(details);
    m_details->hide();
    m_showDetails->setChecked(false);
    m_showDetails->setVisible(!details.isEmpty());
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    updateIcon();
    setVisible(true);
}

void MessageBar::clear()
{
    m_text->clear();
    hide();
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::updateIcon()
{
    const Tokens &tokens = Tokens::of(palette());
    m_icon->setPixmap(themedIcon(m_isError ? u"warning"_s : u"info"_s, m_isError ? tokens.bad : tokens.muted)
                          .pixmap(QSize(metrics::icon, metrics::icon), devicePixelRatioF()));
}

void MessageBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        updateIcon();
    QFrame::changeEvent(event);
}

void MessageBar::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Tokens::of(palette());
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    QColor tint = m_isError ? tokens.bad : tokens.accent;
    tint.setAlphaF(0.10F);
    painter.fillRect(rect(), tint);
    painter.setPen(tokens.line);
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

} // namespace turnstone
