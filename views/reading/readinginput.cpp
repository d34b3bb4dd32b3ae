// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do in a reading view.
#include "views/reading/readingview.h"

#include <QAbstractTextDocumentLayout>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolTip>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostShown = 1'000'000;

} // namespace

ReadingView::Hit ReadingView::hitAt(const QPoint &position) const
{
    Hit hit;
    if (m_items.empty())
        return hit;
    const int index = itemAt(verticalScrollBar()->value() + position.y());
    const Item &item = m_items[static_cast<std::size_t>(index)];
    hit.place.item = index;
    hit.what = Hit::What::Head;
    const int itemTop = rectOf(index).top();
    for (const auto &[rect, id] : linkRects(item, itemTop)) {
        if (rect.contains(position)) {
            hit.what = Hit::What::Link;
            hit.link = id;
            return hit;
        }
    }
    if (item.head.kind != ReadingHead::Kind::Entry || !item.hasBody)
        return hit;
    const Geometry at = column();
    int y = itemTop + headHeight(item);
    for (std::size_t p = 0; p < item.parts.size(); ++p) {
        const Part &part = item.parts[p];
        hit.place.part = static_cast<int>(p);
        if (!part.part.title.isEmpty()) {
            if (position.y() >= y && position.y() < y + scaled(metrics::rowHeight)) {
                hit.what = Hit::What::Fold;
                return hit;
            }
            y += scaled(metrics::rowHeight);
        }
        for (std::size_t i = 0; part.part.isOpen && part.isCut && i < part.shown; ++i) {
            const Piece &piece = part.pieces[i];
            const int padding = piece.text.kind == TextPiece::Kind::Code ? scaled(metrics::space2) : 0;
            const int indent = part.part.title.isEmpty() ? 0 : scaled(metrics::space3);
            const int height = (piece.height > 0 ? piece.height : estimatedTextHeight(piece.text.length)) + 2 * padding + scaled(metrics::space2);
            if (position.y() >= y && position.y() < y + height) {
                hit.what = Hit::What::Text;
                hit.place.piece = static_cast<int>(i);
                hit.inPiece = position - QPoint(at.left + indent + padding, y + padding);
                return hit;
            }
            y += height;
        }
        if (part.part.isOpen && part.isCut && part.shown < part.pieces.size()) {
            if (position.y() >= y && position.y() < y + scaled(metrics::rowHeight)) {
                hit.what = Hit::What::More;
                return hit;
            }
            y += scaled(metrics::rowHeight);
        } else if (part.part.isOpen && !part.isCut) {
            y += estimatedTextHeight(part.part.text.size());
        }
    }
    return hit;
}

void ReadingView::toggle(const Place &place)
{
    Part &part = m_items[static_cast<std::size_t>(place.item)].parts[static_cast<std::size_t>(place.part)];
    part.part.isOpen = !part.part.isOpen;
    updateHeight(place.item);
    keepPlace();
    viewport()->update();
}

void ReadingView::activate(int entry)
{
    if (entry < 0 || entry >= count())
        return;
    Item &item = m_items[static_cast<std::size_t>(entry)];
    const bool open = std::any_of(item.parts.begin(), item.parts.end(), [](const Part &part) { return !part.part.title.isEmpty() && !part.part.isOpen; });
    for (std::size_t i = 0; i < item.parts.size(); ++i) {
        if (!item.parts[i].part.title.isEmpty() && item.parts[i].part.isOpen != open)
            toggle({entry, static_cast<int>(i), -1});
    }
}

void ReadingView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Hit hit = hitAt(event->position().toPoint());
    if (hit.place.item >= 0)
        setCurrent(hit.place.item);
    m_selection = {};
    m_isSelecting = false;
    switch (hit.what) {
    case Hit::What::Fold: toggle(hit.place); break;
    case Hit::What::More: {
        Part &part = m_items[static_cast<std::size_t>(hit.place.item)].parts[static_cast<std::size_t>(hit.place.part)];
        part.wanted = std::min(part.wanted * 8, mostShown);
        showMore(hit.place);
        break;
    }
    case Hit::What::Link: emit linkActivated(hit.place.item, hit.link); break;
    case Hit::What::Text: {
        const Piece &piece = m_items[static_cast<std::size_t>(hit.place.item)].parts[static_cast<std::size_t>(hit.place.part)].pieces[static_cast<std::size_t>(hit.place.piece)];
        if (piece.document == nullptr)
            break;
        if (const QString link = piece.document->documentLayout()->anchorAt(hit.inPiece); !link.isEmpty()) {
            emit linkActivated(hit.place.item, u"url:"_s + link);
            break;
        }
        m_selection = hit.place;
        m_selectionFrom = m_selectionTo = std::max(0, piece.document->documentLayout()->hitTest(hit.inPiece, Qt::FuzzyHit));
        m_isSelecting = true;
        break;
    }
    case Hit::What::Head:
    case Hit::What::Nothing: break;
    }
    viewport()->update();
}

void ReadingView::mouseMoveEvent(QMouseEvent *event)
{
    const Hit hit = hitAt(event->position().toPoint());
    if (m_isSelecting) {
        if (hit.what == Hit::What::Text && hit.place == m_selection) {
            const Piece &piece = m_items[static_cast<std::size_t>(hit.place.item)].parts[static_cast<std::size_t>(hit.place.part)].pieces[static_cast<std::size_t>(hit.place.piece)];
            if (piece.document != nullptr)
                m_selectionTo = std::max(0, piece.document->documentLayout()->hitTest(hit.inPiece, Qt::FuzzyHit));
            viewport()->update();
        }
        return;
    }
    const bool isButton = hit.what == Hit::What::Fold || hit.what == Hit::What::More || hit.what == Hit::What::Link;
    viewport()->setCursor(isButton ? Qt::PointingHandCursor : hit.what == Hit::What::Text ? Qt::IBeamCursor : Qt::ArrowCursor);
}

void ReadingView::mouseReleaseEvent(QMouseEvent *)
{
    m_isSelecting = false;
}

void ReadingView::contextMenuEvent(QContextMenuEvent *event)
{
    const Hit hit = hitAt(viewport()->mapFromGlobal(event->globalPos()));
    if (hit.place.item >= 0) {
        setCurrent(hit.place.item);
        emit menuRequested(hit.place.item, event->globalPos());
    }
}

void ReadingView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    const auto walk = [this](int step) {
        int to = m_current < 0 ? firstVisible() : m_current + step;
        while (to >= 0 && to < count() && m_items[static_cast<std::size_t>(to)].head.kind != ReadingHead::Kind::Entry)
            to += step;
        if (to < 0 || to >= count())
            return;
        setCurrent(to);
        const QRect rect = rectOf(to);
        if (rect.top() < 0 || rect.bottom() > viewport()->height())
            scrollTo(to);
    };
    switch (event->key()) {
    case Qt::Key_Down: walk(1); return;
    case Qt::Key_Up: walk(-1); return;
    case Qt::Key_Home: scrollTo(0); return;
    case Qt::Key_End: verticalScrollBar()->setValue(verticalScrollBar()->maximum()); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: activate(m_current); return;
    case Qt::Key_PageDown: verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd); return;
    case Qt::Key_PageUp: verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub); return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

bool ReadingView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Hit hit = hitAt(help->pos());
        QString tip = hit.what == Hit::What::Head && hit.place.item >= 0 ? m_items[static_cast<std::size_t>(hit.place.item)].head.tip : QString();
        if (hit.what == Hit::What::Text) {
            const Piece &piece = m_items[static_cast<std::size_t>(hit.place.item)].parts[static_cast<std::size_t>(hit.place.part)].pieces[static_cast<std::size_t>(hit.place.piece)];
            if (piece.document != nullptr)
                tip = piece.document->documentLayout()->formatAt(hit.inPiece).property(QTextFormat::TextToolTip).toString();
        }
        if (tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), tip, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace turnstone
