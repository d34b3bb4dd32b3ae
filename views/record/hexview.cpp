// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/hexview.h"

#include "views/widgets/theme.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int perLine = 16;
constexpr int offsetDigits = 8;
// offset, two spaces, hex with spaces, one more in the middle, two spaces, characters
constexpr int lineCharacters = offsetDigits + 2 + perLine * 3 + 1 + 1 + perLine;

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
    verticalScrollBar()->setValue(0);
    updateBars();
    viewport()->update();
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
    const int left = metrics::space3 - horizontalScrollBar()->value();
    int y = fontMetrics().ascent() + metrics::space1;
    for (qsizetype offset = static_cast<qsizetype>(verticalScrollBar()->value()) * perLine; offset < m_bytes.size() && y < viewport()->height() + lineHeight();
         offset += perLine) {
        painter.setPen(tokens.muted);
        painter.drawText(left, y, QString::number(offset, 16).rightJustified(offsetDigits, u'0'));
        const QByteArrayView line = QByteArrayView(m_bytes).sliced(offset, std::min<qsizetype>(perLine, m_bytes.size() - offset));
        painter.setPen(tokens.text);
        QString characters;
        for (int i = 0; i < static_cast<int>(line.size()); ++i) {
            const auto byte = static_cast<unsigned char>(line[i]);
            const int column = offsetDigits + 2 + i * 3 + (i >= perLine / 2 ? 1 : 0);
            painter.drawText(left + column * advance, y, QString::number(byte, 16).rightJustified(2, u'0'));
            characters += byte >= 0x20 && byte < 0x7f ? QChar(static_cast<char16_t>(byte)) : QChar(u'·');
        }
        painter.setPen(tokens.muted);
        painter.drawText(left + (offsetDigits + 2 + perLine * 3 + 2) * advance, y, characters);
        y += lineHeight();
    }
}

} // namespace turnstone
