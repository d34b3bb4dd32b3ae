// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/hexview.h"

#include "views/widgets/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int perLine = 16;
constexpr int offsetDigits = 8;
// offset, two spaces, hex with spaces, one more in the middle, two spaces, characters
constexpr int charactersAt = offsetDigits + 2 + perLine * 3 + 2;
constexpr int lineCharacters = charactersAt + perLine;
// What a clipboard can be asked to hold.
constexpr qsizetype copiedBytes = 16 * 1024 * 1024;

int hexColumn(int byte)
{
    return offsetDigits + 2 + byte * 3 + (byte >= perLine / 2 ? 1 : 0);
}

QChar shownCharacter(char byte)
{
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x20 && code < 0x7f ? QChar(static_cast<char16_t>(code)) : QChar(u'·');
}

} // namespace

HexView::HexView(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFont(fixedFont(metrics::bodyPx - 1));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
}

void HexView::setBytes(const QByteArray &bytes)
{
    m_bytes = bytes;
    m_anchor = -1;
    m_cursor = -1;
    verticalScrollBar()->setValue(0);
    updateBars();
    viewport()->update();
}

QByteArray HexView::markedBytes() const
{
    return m_anchor < 0 ? m_bytes : m_bytes.mid(markedFirst(), markedLast() - markedFirst() + 1);
}

void HexView::mark(qsizetype first, qsizetype last)
{
    if (m_bytes.isEmpty())
        return;
    m_anchor = std::clamp<qsizetype>(first, 0, m_bytes.size() - 1);
    moveCursor(last, true);
}

QString HexView::lineText(qsizetype offset, qsizetype from, qsizetype to) const
{
    QString line = QString::number(offset, 16).rightJustified(offsetDigits, u'0').leftJustified(lineCharacters, u' ');
    for (qsizetype at = std::max(from, offset); at <= std::min(to, offset + perLine - 1); ++at) {
        const auto column = static_cast<int>(at - offset);
        line.replace(hexColumn(column), 2, QString::number(static_cast<unsigned char>(m_bytes[at]), 16).rightJustified(2, u'0'));
        line[charactersAt + column] = shownCharacter(m_bytes[at]);
    }
    return line;
}

QString HexView::copiedText(CopyForm form) const
{
    const QByteArray marked = markedBytes().left(copiedBytes);
    if (form == CopyForm::Hex)
        return QString::fromLatin1(marked.toHex(' '));
    if (form == CopyForm::Text)
        return QString::fromUtf8(marked);
    const qsizetype from = m_anchor < 0 ? 0 : markedFirst();
    const qsizetype to = from + marked.size() - 1;
    QStringList lines;
    for (qsizetype offset = from / perLine * perLine; offset <= to; offset += perLine)
        lines.append(lineText(offset, from, to));
    return lines.join(u'\n');
}

void HexView::copy(CopyForm form) const
{
    QGuiApplication::clipboard()->setText(copiedText(form));
}

void HexView::moveCursor(qsizetype to, bool isExtending)
{
    if (m_bytes.isEmpty())
        return;
    m_cursor = std::clamp<qsizetype>(to, 0, m_bytes.size() - 1);
    if (!isExtending || m_anchor < 0)
        m_anchor = m_cursor;
    const auto line = static_cast<int>(m_cursor / perLine);
    QScrollBar *bar = verticalScrollBar();
    if (line < bar->value())
        bar->setValue(line);
    else if (line >= bar->value() + bar->pageStep())
        bar->setValue(line - bar->pageStep() + 1);
    setAccessibleDescription(tr("Bytes %1 to %2 are marked").arg(markedFirst()).arg(markedLast()));
    viewport()->update();
}

qsizetype HexView::byteAt(const QPoint &place) const
{
    const int advance = fontMetrics().horizontalAdvance(u'0');
    const int character = (place.x() - left()) / std::max(advance, 1);
    int byte = 0;
    if (character >= charactersAt)
        byte = character - charactersAt;
    else
        while (byte + 1 < perLine && character >= hexColumn(byte + 1))
            ++byte;
    const qsizetype line = verticalScrollBar()->value() + std::max((place.y() - metrics::space1) / lineHeight(), 0);
    return line * perLine + std::min(byte, perLine - 1);
}

void HexView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        moveCursor(byteAt(event->position().toPoint()), event->modifiers().testFlag(Qt::ShiftModifier));
}

void HexView::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons().testFlag(Qt::LeftButton))
        moveCursor(byteAt(event->position().toPoint()), true);
}

void HexView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy(CopyForm::Hex);
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        mark(0, m_bytes.size() - 1);
        return;
    }
    const qsizetype page = static_cast<qsizetype>(verticalScrollBar()->pageStep()) * perLine;
    const bool isFar = event->modifiers().testFlag(Qt::ControlModifier);
    const qsizetype at = std::max<qsizetype>(m_cursor, 0);
    qsizetype to = at;
    switch (event->key()) {
    case Qt::Key_Left: to = at - 1; break;
    case Qt::Key_Right: to = m_cursor < 0 ? 0 : at + 1; break;
    case Qt::Key_Up: to = at >= perLine ? at - perLine : at; break;
    case Qt::Key_Down: to = m_cursor < 0 ? 0 : at + perLine < m_bytes.size() ? at + perLine : at; break;
    case Qt::Key_PageUp: to = at - page; break;
    case Qt::Key_PageDown: to = at + page; break;
    case Qt::Key_Home: to = isFar ? 0 : at / perLine * perLine; break;
    case Qt::Key_End: to = isFar ? m_bytes.size() - 1 : at / perLine * perLine + perLine - 1; break;
    default: QAbstractScrollArea::keyPressEvent(event); return;
    }
    moveCursor(to, event->modifiers().testFlag(Qt::ShiftModifier));
}

void HexView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"hexMenu"_s);
    menu->addAction(tr("Copy as hex"), this, [this] { copy(CopyForm::Hex); });
    menu->addAction(tr("Copy as text"), this, [this] { copy(CopyForm::Text); });
    menu->addAction(tr("Copy the lines as shown"), this, [this] { copy(CopyForm::Lines); });
    menu->addSeparator();
    menu->addAction(tr("Mark all"), this, [this] { mark(0, m_bytes.size() - 1); });
    menu->popup(event->globalPos());
}

int HexView::left() const
{
    return metrics::space3 - horizontalScrollBar()->value();
}

int HexView::lineHeight() const
{
    return fontMetrics().height() + 2;
}

void HexView::updateBars()
{
    const auto lines = static_cast<int>((m_bytes.size() + perLine - 1) / perLine);
    const int visible = std::max(viewport()->height() / lineHeight(), 1);
    verticalScrollBar()->setRange(0, std::max(lines - visible, 0));
    verticalScrollBar()->setPageStep(visible);
    const int width = fontMetrics().horizontalAdvance(u'0') * lineCharacters + 2 * metrics::space3;
    horizontalScrollBar()->setRange(0, std::max(width - viewport()->width(), 0));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void HexView::resizeEvent(QResizeEvent *)
{
    updateBars();
}

void HexView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateBars();
}

void HexView::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Tokens::of(palette());
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), tokens.ground);
    painter.setFont(font());
    const int advance = fontMetrics().horizontalAdvance(u'0');
    int y = fontMetrics().ascent() + metrics::space1;
    for (qsizetype offset = static_cast<qsizetype>(verticalScrollBar()->value()) * perLine; offset < m_bytes.size() && y < viewport()->height() + lineHeight();
         offset += perLine) {
        painter.setPen(tokens.muted);
        painter.drawText(left(), y, QString::number(offset, 16).rightJustified(offsetDigits, u'0'));
        const QByteArrayView line = QByteArrayView(m_bytes).sliced(offset, std::min<qsizetype>(perLine, m_bytes.size() - offset));
        QString characters;
        for (int i = 0; i < static_cast<int>(line.size()); ++i) {
            const int x = left() + hexColumn(i) * advance;
            if (m_anchor >= 0 && offset + i >= markedFirst() && offset + i <= markedLast()) {
                const int top = y - fontMetrics().ascent() - 1;
                const bool isJoined = i + 1 < perLine && offset + i < markedLast();
                painter.fillRect(x, top, (isJoined ? hexColumn(i + 1) - hexColumn(i) : 2) * advance, lineHeight(), tokens.selection);
                painter.fillRect(left() + (charactersAt + i) * advance, top, advance, lineHeight(), tokens.selection);
            }
            painter.setPen(tokens.text);
            painter.drawText(x, y, QString::number(static_cast<unsigned char>(line[i]), 16).rightJustified(2, u'0'));
            characters += shownCharacter(line[i]);
        }
        painter.setPen(tokens.muted);
        painter.drawText(left() + charactersAt * advance, y, characters);
        y += lineHeight();
    }
}

} // namespace turnstone
