// SPDX-License-Identifier: GPL-3.0-or-later
// How a reading view looks.
#include "models/core/async.h"
#include "views/reading/readingview.h"

#include <QAbstractTextDocumentLayout>
#include <QLocale>
#include <QPainter>
#include <QPaintEvent>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTextDocument>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 longestLayoutMs = 6;
constexpr qsizetype placeholderLength = 400;

QString initials(const QString &name)
{
    QString letters;
    for (const QString &word : name.split(QRegularExpression(u"[^\\p{L}\\p{M}\\p{N}'’]+"_s), Qt::SkipEmptyParts)) {
        if (letters.size() < 2 && word[0].isLetterOrNumber())
            letters += word[0].toUpper();
    }
    return letters.isEmpty() ? name.left(1).toUpper() : letters;
}

/// As many of the facts as fit, whole: the last ones go first. Of one that is too long by itself, what fits.
QString fittingFacts(const QString &facts, const QFontMetrics &measure, int width)
{
    QString fitting = facts;
    for (qsizetype end = fitting.size(); measure.horizontalAdvance(fitting) > width && end > 0;) {
        end = fitting.lastIndexOf(u" · "_s);
        if (end <= 0)
            return measure.elidedText(fitting, Qt::ElideRight, width);
        fitting.truncate(end);
    }
    return fitting;
}

} // namespace

void ReadingView::paintDisc(QPainter &painter, QPoint right, const QColor &colour, const QString &said) const
{
    const int disc = scaled(metrics::bigIcon + metrics::space1);
    const QRect avatar(right.x() - disc, right.y() - disc / 2, disc, disc);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(avatar);
    painter.setBrush(Qt::NoBrush);
    painter.setFont(sizedFont(font(), metrics::captionPx - 1, QFont::DemiBold));
    painter.setPen(colour.lightnessF() > 0.6 || Tokens::of(palette()).isDark ? Tokens::light().text : Tokens::light().ground);
    painter.drawText(avatar, Qt::AlignCenter, said);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ReadingView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const Tokens &tokens = Tokens::of(palette());
    painter.fillRect(event->rect(), tokens.ground);
    if (m_items.empty()) {
        painter.setPen(tokens.muted);
        painter.setFont(sizedFont(font(), metrics::bodyPx));
        painter.drawText(viewport()->rect().adjusted(scaled(metrics::space5), scaled(metrics::space5), -scaled(metrics::space5), 0), Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap, m_emptyText);
        checkSettled();
        return;
    }
    m_frame.start();
    m_isLate = false;
    const int first = firstVisible();
    int y = static_cast<int>(top(first)) - verticalScrollBar()->value();
    bool isChanged = false;
    int index = first;
    for (; index < count() && y < viewport()->height(); ++index) {
        Item &item = m_items[static_cast<std::size_t>(index)];
        const int before = item.height;
        wantBody(index);
        paintItem(painter, index, y);
        updateHeight(index);
        isChanged = isChanged || item.height != before;
        y += before;
    }
    for (int next = index; next < std::min(index + 6, count()); ++next) // what comes next is ready when it is scrolled to
        wantBody(next);
    paintSticky(painter);
    if (isChanged || m_isLate) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                keepPlace();
                viewport()->update();
            },
            Qt::QueuedConnection);
    }
    if (first != m_lastFirst) {
        m_lastFirst = first;
        QMetaObject::invokeMethod(this, [this] { emit firstVisibleChanged(firstVisible()); }, Qt::QueuedConnection);
    }
    m_ask->start();
}

void ReadingView::paintItem(QPainter &painter, int index, int y)
{
    Item &item = m_items[static_cast<std::size_t>(index)];
    const Tokens &tokens = Tokens::of(palette());
    const Geometry at = column();
    paintRail(painter, index, y);
    if (item.head.kind == ReadingHead::Kind::Chapter) {
        painter.setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
        painter.setPen(tokens.text);
        const QRect rect(at.left, y + scaled(metrics::space5), at.width, scaled(metrics::rowHeight));
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(item.head.title, Qt::ElideRight, rect.width()));
        painter.setPen(tokens.line);
        painter.drawLine(at.left, rect.bottom() + scaled(metrics::space1), at.left + at.width, rect.bottom() + scaled(metrics::space1));
        return;
    }
    if (item.head.kind == ReadingHead::Kind::Line) {
        painter.setFont(sizedFont(font(), metrics::bodyPx - 1));
        painter.setPen(item.head.isBad ? tokens.bad : tokens.muted);
        const QRect rect(at.left, y, at.width, item.height);
        if (item.head.rail != ReadingHead::Rail::Gap) {
            const int mark = scaled(metrics::space1);
            painter.setBrush(painter.pen().color());
            painter.drawEllipse(QPoint(at.left - scaled(metrics::space3), rect.center().y()), mark / 2 + 1, mark / 2 + 1);
            painter.setBrush(Qt::NoBrush);
        }
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(item.head.title, Qt::ElideRight, rect.width()));
        return;
    }
    if (index == m_current && hasFocus()) {
        painter.setPen(QPen(tokens.accent, scaled(metrics::focusRing)));
        const int x = scaled(metrics::space1);
        painter.drawLine(x, y + scaled(metrics::space3), x, y + item.height - scaled(metrics::space1));
    }
    paintHead(painter, item, y);
    int partTop = y + headHeight(item);
    if (!item.hasBody) {
        painter.setFont(sizedFont(font(), metrics::readingPx));
        painter.setPen(tokens.muted);
        painter.drawText(QRect(at.left, partTop, at.width, estimatedTextHeight(item.head.length)), Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, item.head.start);
        return;
    }
    for (std::size_t i = 0; i < item.parts.size(); ++i)
        partTop += paintPart(painter, index, static_cast<int>(i), partTop);
}

void ReadingView::paintRail(QPainter &painter, int index, int y) const
{
    using Rail = ReadingHead::Rail;
    const Item &item = m_items[static_cast<std::size_t>(index)];
    if (item.head.rail == Rail::None)
        return;
    const auto isOn = [this](int at) { return at >= 0 && at < count() && m_items[static_cast<std::size_t>(at)].head.rail != Rail::None; };
    const Tokens &tokens = Tokens::of(palette());
    const int x = column().left - scaled(metrics::space3 + metrics::bigIcon + metrics::space2);
    const bool isEntry = item.head.kind == ReadingHead::Kind::Entry;
    const int middle = y + (isEntry ? (item.head.joins ? 0 : scaled(metrics::space4)) + (item.head.joins ? headHeight(item) : scaled(metrics::rowHeight)) / 2 : item.height / 2);
    const int top = isOn(index - 1) ? std::max(y, -1) : middle;
    const int bottom = isOn(index + 1) ? std::min(y + item.height, viewport()->height() + 1) : middle;
    painter.setPen(item.head.rail == Rail::Gap ? QPen(tokens.muted, 1, Qt::DotLine) : QPen(tokens.line, 1));
    painter.drawLine(x, top, x, bottom);
    if (item.head.rail != Rail::Mark)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens.muted, 1));
    painter.setBrush(tokens.ground);
    const qreal radius = scaled(metrics::space1) / 2.0;
    painter.drawEllipse(QPointF(x + 0.5, middle + 0.5), radius, radius);
    painter.setBrush(Qt::NoBrush);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ReadingView::paintHead(QPainter &painter, const Item &item, int y) const
{
    const Tokens &tokens = Tokens::of(palette());
    const Geometry at = column();
    const ReadingHead &head = item.head;
    const QColor colour = head.colour < 0 ? tokens.muted : seriesColor(head.colour, tokens);
    const QRect line(at.left, y + (head.joins ? 0 : scaled(metrics::space4)), at.width, head.joins ? headHeight(item) : scaled(metrics::rowHeight));
    int right = line.right();
    for (const auto &[rect, id] : linkRects(item, y))
        right = std::min(right, rect.left() - scaled(metrics::space3));
    painter.setFont(sizedFont(font(), metrics::captionPx));
    painter.setPen(tokens.muted);
    const int gap = scaled(metrics::space2);
    const int chipWanted = head.chip.isEmpty() || head.joins ? 0 : painter.fontMetrics().horizontalAdvance(head.chip) + 2 * gap;
    if (!head.meta.isEmpty()) {
        // The facts take what title and chip leave, and two fifths of the line in any case.
        const int titleWanted = head.joins ? 0 : QFontMetrics(sizedFont(font(), metrics::bodyPx, QFont::DemiBold)).horizontalAdvance(head.title) + gap;
        const int most = std::max(line.width() * 2 / 5, right - line.left() - titleWanted - chipWanted - gap);
        const QString facts = fittingFacts(head.meta, painter.fontMetrics(), most);
        const int width = painter.fontMetrics().horizontalAdvance(facts) + 2;
        painter.drawText(QRect(right - width, line.top(), width, line.height()), Qt::AlignRight | Qt::AlignVCenter, facts);
        right -= width + scaled(metrics::space3);
    }
    paintLinks(painter, item, y);
    int x = line.left();
    if (!head.joins) {
        const QString said = head.disc.isNull() ? initials(head.title.section(u" · "_s, 0, 0)) : head.disc;
        if (!said.isEmpty())
            paintDisc(painter, {at.left - scaled(metrics::space3), line.center().y()}, colour, said);
        painter.setFont(sizedFont(font(), metrics::bodyPx, QFont::DemiBold));
        painter.setPen(tokens.text);
        // A long title leaves the chip its room.
        const int titleWidth = painter.fontMetrics().horizontalAdvance(head.title);
        const int chipRoom = chipWanted == 0 ? 0 : std::min(chipWanted + gap, std::max((right - x) / 3, right - x - titleWidth));
        const QString name = painter.fontMetrics().elidedText(head.title, Qt::ElideRight, std::max(scaled(60), right - x - chipRoom));
        painter.drawText(QRect(x, line.top(), right - x, line.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += painter.fontMetrics().horizontalAdvance(name) + scaled(metrics::space2);
    }
    painter.setFont(sizedFont(font(), metrics::captionPx));
    if (!head.chip.isEmpty() && !head.joins && right - x > 3 * scaled(metrics::space2)) {
        const int width = std::min(painter.fontMetrics().horizontalAdvance(head.chip) + 2 * scaled(metrics::space2), right - x);
        const QRect chip(x, line.center().y() - scaled(9), width, scaled(18));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(colour);
        painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), scaled(9), scaled(9));
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(tokens.text);
        painter.drawText(chip, Qt::AlignCenter, painter.fontMetrics().elidedText(head.chip, Qt::ElideRight, width - scaled(metrics::space2)));
        x += width + scaled(metrics::space2);
    }
    constexpr int leastOfNote = 72; // of a word cut after three letters nobody has anything
    if (const int wanted = painter.fontMetrics().horizontalAdvance(head.note); wanted > 0 && right - x >= std::min(wanted, scaled(leastOfNote))) {
        painter.setPen(tokens.muted);
        painter.drawText(QRect(x, line.top(), right - x, line.height()), Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(head.note, Qt::ElideRight, right - x));
    }
}

std::vector<std::pair<QRect, QString>> ReadingView::linkRects(const Item &item, int y) const
{
    std::vector<std::pair<QRect, QString>> rects;
    if (item.head.kind != ReadingHead::Kind::Entry)
        return rects;
    const Geometry at = column();
    const QFontMetrics caption(sizedFont(font(), metrics::captionPx));
    int right = at.left + at.width;
    const int top = y + (item.head.joins ? 0 : scaled(metrics::space4));
    const int height = item.head.joins ? headHeight(item) : scaled(metrics::rowHeight);
    for (auto link = item.head.links.rbegin(); link != item.head.links.rend(); ++link) {
        const int width = caption.horizontalAdvance(link->second) + scaled(metrics::space2);
        rects.emplace_back(QRect(right - width, top, width, height), link->first);
        right -= width + scaled(metrics::space1);
    }
    return rects;
}

void ReadingView::paintLinks(QPainter &painter, const Item &item, int y) const
{
    painter.setFont(sizedFont(font(), metrics::captionPx));
    painter.setPen(Tokens::of(palette()).accent);
    const auto rects = linkRects(item, y);
    for (std::size_t i = 0; i < rects.size(); ++i)
        painter.drawText(rects[i].first, Qt::AlignRight | Qt::AlignVCenter, item.head.links[item.head.links.size() - 1 - i].second);
}

QString ReadingView::moreText(const Part &part) const
{
    qsizetype rest = 0;
    for (std::size_t i = part.shown; i < part.pieces.size(); ++i)
        rest += part.pieces[i].text.length;
    const QString count = QLocale().toString(rest);
    return part.wanted >= 1'000'000 ? tr("%1 more characters stand in the record").arg(count) : tr("Show more · %1 characters").arg(count);
}

int ReadingView::paintPart(QPainter &painter, int index, int partIndex, int y)
{
    Part &part = m_items[static_cast<std::size_t>(index)].parts[static_cast<std::size_t>(partIndex)];
    const Tokens &tokens = Tokens::of(palette());
    const Geometry at = column();
    const int start = y;
    const int line = scaled(metrics::rowHeight);
    const bool isAside = !part.part.title.isEmpty();
    if (isAside) {
        painter.setFont(sizedFont(font(), metrics::captionPx, QFont::Medium));
        painter.setPen(tokens.muted);
        const QString length = tr("%1 characters").arg(QLocale().toString(part.part.text.size()));
        painter.drawText(QRect(at.left, y, at.width, line), Qt::AlignLeft | Qt::AlignVCenter, (part.part.isOpen ? u"▾ "_s : u"▸ "_s) + part.part.title + u" · "_s + length);
        y += line;
    }
    if (!part.part.isOpen || part.part.text.isEmpty())
        return partHeight(part);
    if (!part.isCut) {
        cutPart(index, partIndex);
        painter.setFont(sizedFont(font(), isAside ? metrics::bodyPx : metrics::readingPx));
        painter.setPen(isAside ? tokens.muted : tokens.text);
        painter.drawText(QRect(at.left, y, at.width, estimatedTextHeight(part.part.text.size())), Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, part.part.text.left(placeholderLength));
        return partHeight(part);
    }
    const int indent = isAside ? scaled(metrics::space3) : 0;
    for (std::size_t i = 0; i < part.shown; ++i) {
        Piece &piece = part.pieces[i];
        const bool isCode = piece.text.kind == TextPiece::Kind::Code;
        const int padding = isCode ? scaled(metrics::space2) : 0;
        const int width = at.width - indent - 2 * padding;
        const int guess = piece.height > 0 ? piece.height : estimatedTextHeight(piece.text.length);
        if (y > viewport()->height() + scaled(metrics::space5) || y + guess + 2 * padding < -scaled(metrics::space5)) {
            y += guess + 2 * padding + scaled(metrics::space2);
            continue;
        }
        if (piece.document == nullptr) {
            wantDocument({index, partIndex, static_cast<int>(i)});
        } else if (piece.width != width && m_frame.elapsed() > longestLayoutMs) {
            m_isLate = true;
        } else if (piece.width != width) {
            piece.document->setTextWidth(width);
            piece.height = static_cast<int>(std::ceil(piece.document->size().height()));
            piece.width = width;
        }
        const int height = piece.height > 0 ? piece.height : guess;
        if (isCode) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(tokens.surface);
            painter.drawRoundedRect(QRect(at.left + indent, y, width + 2 * padding, height + 2 * padding), metrics::radius, metrics::radius);
            painter.setBrush(Qt::NoBrush);
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
        if (piece.document == nullptr || piece.width != width) {
            painter.setFont(isCode ? fixedFont(metrics::bodyPx - 1) : sizedFont(font(), isAside ? metrics::bodyPx : metrics::readingPx));
            painter.setPen(isAside ? tokens.muted : tokens.text);
            painter.drawText(QRect(at.left + indent + padding, y + padding, width, height), Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, piece.text.text.left(placeholderLength));
        } else {
            QAbstractTextDocumentLayout::PaintContext context;
            context.palette = palette();
            context.palette.setColor(QPalette::Text, isAside ? tokens.muted : tokens.text);
            context.clip = QRectF(0, -y - padding, width, viewport()->height());
            if (m_selection == Place{index, partIndex, static_cast<int>(i)} && m_selectionFrom != m_selectionTo) {
                QAbstractTextDocumentLayout::Selection selection;
                selection.cursor = QTextCursor(piece.document.get());
                selection.cursor.setPosition(m_selectionFrom);
                selection.cursor.setPosition(m_selectionTo, QTextCursor::KeepAnchor);
                selection.format.setBackground(tokens.selection);
                context.selections.append(selection);
            }
            painter.save();
            painter.translate(at.left + indent + padding, y + padding);
            painter.setClipRect(context.clip);
            piece.document->documentLayout()->draw(&painter, context);
            painter.restore();
        }
        y += height + 2 * padding + scaled(metrics::space2);
    }
    if (isAside) {
        painter.setPen(tokens.line);
        painter.drawLine(at.left + scaled(metrics::space1), start + line, at.left + scaled(metrics::space1), y - scaled(metrics::space2));
    }
    if (part.shown < part.pieces.size()) {
        painter.setFont(sizedFont(font(), metrics::captionPx, QFont::Medium));
        painter.setPen(tokens.accent);
        painter.drawText(QRect(at.left + indent, y, at.width, line), Qt::AlignLeft | Qt::AlignVCenter, moreText(part));
    }
    return partHeight(part);
}

void ReadingView::paintSticky(QPainter &painter) const
{
    const int first = firstVisible();
    int chapter = first;
    while (chapter >= 0 && m_items[static_cast<std::size_t>(chapter)].head.kind != ReadingHead::Kind::Chapter)
        --chapter;
    if (chapter < 0 || (chapter == first && rectOf(first).top() > -scaled(metrics::space5)))
        return;
    const Tokens &tokens = Tokens::of(palette());
    const Geometry at = column();
    const QRect band(0, 0, viewport()->width(), scaled(metrics::rowHeight));
    painter.fillRect(band, tokens.surface);
    painter.setPen(tokens.line);
    painter.drawLine(band.bottomLeft(), band.bottomRight());
    painter.setFont(sizedFont(font(), metrics::captionPx, QFont::DemiBold));
    painter.setPen(tokens.muted);
    painter.drawText(band.adjusted(at.left, 0, -scaled(metrics::space4), 0), Qt::AlignLeft | Qt::AlignVCenter, m_items[static_cast<std::size_t>(chapter)].head.title);
}

} // namespace turnstone
