// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/timeeditor.h"

#include "models/edit/valuetext.h"
#include "views/widgets/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QToolButton>

namespace turnstone {

using namespace Qt::StringLiterals;

TimeEditor::TimeEditor(const EditTarget &target, const Value &now, const StoredTime &form, QWidget *parent)
    : QLineEdit(parent), m_now(now), m_form(form), m_zone(target.zone), m_check(checkOf(target)), m_zoneButton(new QToolButton(this)), m_stored(new QLabel(this))
{
    setObjectName(u"valueEditor"_s);
    setAccessibleName(tr("Time of %1").arg(target.column));
    setFrame(false);
    setAutoFillBackground(true);
    setPlaceholderText(now.isNull() ? u"NULL"_s : QString());
    m_zoneButton->setObjectName(u"editedZone"_s);
    m_zoneButton->setAutoRaise(true);
    m_zoneButton->setFocusPolicy(Qt::NoFocus);
    m_zoneButton->setCursor(Qt::ArrowCursor);
    m_zoneButton->setFont(sizedFont(font(), metrics::captionPx));
    m_zoneButton->setToolTip(tr("The zone in which the time is written (Ctrl+T for the other)"));
    m_stored->setObjectName(u"storedTime"_s);
    m_stored->setFont(fixedFont(metrics::captionPx));
    m_stored->setTextFormat(Qt::PlainText);
    m_stored->setForegroundRole(QPalette::PlaceholderText);
    m_stored->setCursor(Qt::ArrowCursor);
    m_stored->setToolTip(tr("As it is stored"));
    connect(m_zoneButton, &QToolButton::clicked, this, [this] { setZone(m_zone == ShownZone::Utc ? ShownZone::Local : ShownZone::Utc); });
    connect(this, &QLineEdit::textEdited, this, [this] {
        m_isTouched = true;
        check();
    });
    if (!now.isNull())
        setText(m_form.textIn(zone()));
    check();
    selectAll();
}

QTimeZone TimeEditor::zone() const
{
    return m_zone == ShownZone::Utc ? QTimeZone::utc() : QTimeZone::systemTimeZone();
}

void TimeEditor::setZone(ShownZone other)
{
    const Result<Value> now = value();
    m_zone = other;
    // What is written so far means the same time in the other zone; what is no time yet stays as it is.
    if (now && !now->isNull()) {
        if (const std::optional<StoredTime> time = StoredTime::read(*now, m_form.unit()))
            setText(time->textIn(zone()));
    }
    check();
}

Result<Value> TimeEditor::value() const
{
    if (!m_isTouched)
        return m_now;
    if (text().trimmed().isEmpty())
        return failure(ErrorCode::InvalidInput, tr("A time cannot be empty. NULL has a key of its own in the menu Edit."));
    return m_form.withText(text(), zone());
}

void TimeEditor::check()
{
    const Result<Value> now = value();
    showBreach(*this, now ? (m_isTouched ? m_check(*now) : std::nullopt) : std::optional(RuleBreach{{}, {}, now.error().message, false}));
    m_zoneButton->setText(m_zone == ShownZone::Utc ? u"UTC"_s : QString::fromUtf8(QTimeZone::systemTimeZoneId()));
    m_stored->setText(!now ? QString() : now->isNull() ? u"NULL"_s : editableText(*now));
    place();
}

void TimeEditor::place()
{
    const QSize button = m_zoneButton->sizeHint();
    const QSize stored = m_stored->sizeHint();
    const int inside = std::max(height() - 2, 0);
    int right = width() - metrics::space2;
    m_stored->setGeometry(right - stored.width(), 1, stored.width(), inside);
    right -= stored.width() + metrics::space2;
    m_zoneButton->setGeometry(right - button.width(), 1, button.width(), inside);
    setTextMargins(0, 0, width() - (right - button.width()), 0);
}

QSize TimeEditor::minimumSizeHint() const
{
    QSize size = QLineEdit::minimumSizeHint();
    const int longest = std::max(fontMetrics().horizontalAdvance(u"2025-10-21 09:14:00.123456"_s), fontMetrics().horizontalAdvance(text()));
    size.setWidth(longest + m_zoneButton->sizeHint().width() + m_stored->sizeHint().width() + 8 * metrics::space2);
    return size;
}

void TimeEditor::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    place();
}

bool TimeEditor::event(QEvent *event)
{
    const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    const auto *key = isKey ? static_cast<QKeyEvent *>(event) : nullptr;
    if (key == nullptr || key->key() != Qt::Key_T || key->modifiers() != Qt::ControlModifier)
        return QLineEdit::event(event);
    if (event->type() == QEvent::KeyPress)
        m_zoneButton->click();
    event->accept();
    return true;
}

} // namespace turnstone
