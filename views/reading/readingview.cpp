// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reading/readingview.h"

#include "models/core/async.h"
#include "views/reading/readingaccess.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QThreadPool>
#include <QtConcurrent>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// Of a text so much is shown at first; each "Show more" shows eight times as much.
constexpr qsizetype firstShown = 8'000;
// What is kept of what cannot be seen.
constexpr qsizetype keptDocuments = 400;
constexpr qsizetype keptCharacters = 24'000'000;
constexpr int keptAround = 24;

/// Those that touch the piece.
std::vector<TextMark> marksOf(const std::vector<TextMark> &sorted, const TextPiece &piece)
{
    std::vector<TextMark> marks;
    auto first = std::ranges::lower_bound(sorted, piece.start, {}, &TextMark::start);
    while (first != sorted.begin() && std::prev(first)->start + std::prev(first)->length > piece.start)
        --first;
    for (; first != sorted.end() && first->start < piece.start + piece.length; ++first)
        marks.push_back(*first);
    return marks;
}

} // namespace

ReadingView::ReadingView(QThreadPool &workers, QWidget *parent) : QAbstractScrollArea(parent), m_workers(workers), m_ask(new QTimer(this))
{
    installReadingAccess();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    verticalScrollBar()->setSingleStep(lineHeight() * 3);
    verticalScrollBar()->setAccessibleName(tr("Position in the text"));
    m_ask->setSingleShot(true);
    m_ask->setInterval(0);
    connect(m_ask, &QTimer::timeout, this, [this] {
        askForBodies();
        askForDocuments();
        forgetFarDocuments();
        approachGoal();
        checkSettled();
    });
}

ReadingView::~ReadingView() = default;

void ReadingView::setHeads(std::vector<ReadingHead> heads, bool keep)
{
    ++m_generation;
    m_items.clear();
    m_items.reserve(heads.size());
    m_wantedBodies.clear();
    m_wantedDocuments.clear();
    m_selection = {};
    m_documents = 0;
    m_bodyCharacters = 0;
    m_goal = {};
    for (ReadingHead &head : heads) {
        Item &item = m_items.emplace_back();
        item.head = std::move(head);
        item.height = measure(item);
    }
    rebuildSums();
    if (!keep || m_anchorItem >= count()) {
        m_anchorItem = 0;
        m_anchorOffset = 0;
        m_current = -1;
    }
    m_current = std::min(m_current, count() - 1);
    m_wasSettled = false;
    m_lastFirst = -1;
    updateScrollBar();
    keepPlace();
    viewport()->update();
    m_ask->start();
}

void ReadingView::setBody(int entry, std::vector<ReadingPart> parts)
{
    if (entry < 0 || entry >= count())
        return;
    Item &item = m_items[static_cast<std::size_t>(entry)];
    item.parts.clear();
    for (ReadingPart &each : parts) {
        m_bodyCharacters += each.text.size();
        Part &part = item.parts.emplace_back();
        part.part = std::move(each);
        std::ranges::stable_sort(part.part.marks, {}, &TextMark::start);
        part.wanted = firstShown;
    }
    item.hasBody = true;
    item.isAsked = false;
    updateHeight(entry);
    keepPlace();
    viewport()->update();
}

void ReadingView::forgetBodies()
{
    ++m_generation;
    m_selection = {};
    for (Item &item : m_items) {
        item.parts.clear();
        item.hasBody = false;
        item.isAsked = false;
    }
    m_documents = 0;
    m_bodyCharacters = 0;
    m_wasSettled = false;
    m_wantedBodies.clear();
    m_wantedDocuments.clear();
    viewport()->update();
}

void ReadingView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

// Heights

ReadingView::Geometry ReadingView::column() const
{
    const int gutter = scaled(metrics::space5 + metrics::bigIcon + metrics::space3);
    const QFontMetrics reading(sizedFont(font(), metrics::readingPx));
    const int room = viewport()->width() - gutter - scaled(metrics::space5);
    const int width = std::max(scaled(120), std::min(room, reading.averageCharWidth() * metrics::readingCharacters + scaled(metrics::space5)));
    return {gutter + std::max(0, (room - width) / 3), width};
}

int ReadingView::lineHeight() const
{
    return static_cast<int>(std::lround(QFontMetrics(sizedFont(font(), metrics::readingPx)).height() * 1.4));
}

int ReadingView::headHeight(const Item &item) const
{
    if (!item.head.joins)
        return scaled(metrics::space4) + scaled(metrics::rowHeight);
    return item.head.meta.isEmpty() && item.head.links.empty() && item.head.note.isEmpty() ? scaled(metrics::space2) : scaled(metrics::compactRow);
}

int ReadingView::estimatedTextHeight(qint64 characters) const
{
    const int perLine = std::max(20, column().width / std::max(1, QFontMetrics(sizedFont(font(), metrics::readingPx)).averageCharWidth()));
    const qint64 shown = std::min<qint64>(characters, firstShown);
    return static_cast<int>((shown / perLine + 1) * lineHeight()) + (characters > firstShown ? scaled(metrics::rowHeight) : 0);
}

int ReadingView::partHeight(const Part &part) const
{
    int height = part.part.title.isEmpty() ? 0 : scaled(metrics::rowHeight);
    if (!part.part.isOpen)
        return height;
    if (!part.isCut)
        return height + estimatedTextHeight(part.part.text.size());
    for (std::size_t i = 0; i < part.shown; ++i) {
        const Piece &piece = part.pieces[i];
        height += (piece.height > 0 ? piece.height : estimatedTextHeight(piece.text.length)) + scaled(metrics::space2);
        if (piece.text.kind == TextPiece::Kind::Code)
            height += 2 * scaled(metrics::space2);
    }
    return height + (part.shown < part.pieces.size() ? scaled(metrics::rowHeight) : 0);
}

int ReadingView::measure(const Item &item) const
{
    if (item.head.kind == ReadingHead::Kind::Chapter)
        return scaled(metrics::space5 + metrics::roomyRow);
    if (item.head.kind == ReadingHead::Kind::Line)
        return scaled(metrics::roomyRow);
    int height = headHeight(item);
    if (!item.hasBody)
        return height + estimatedTextHeight(item.head.length);
    for (const Part &part : item.parts)
        height += partHeight(part);
    return height + scaled(metrics::space1);
}

void ReadingView::rebuildSums()
{
    m_sums.assign(m_items.size() + 1, 0);
    for (std::size_t i = 1; i <= m_items.size(); ++i) {
        m_sums[i] += m_items[i - 1].height;
        if (const std::size_t next = i + (i & (~i + 1)); next <= m_items.size())
            m_sums[next] += m_sums[i];
    }
}

void ReadingView::updateHeight(int index)
{
    Item &item = m_items[static_cast<std::size_t>(index)];
    const int height = measure(item);
    const int difference = height - item.height;
    if (difference == 0)
        return;
    item.height = height;
    for (std::size_t i = static_cast<std::size_t>(index) + 1; i < m_sums.size(); i += i & (~i + 1))
        m_sums[i] += difference;
}

qint64 ReadingView::top(int index) const
{
    qint64 sum = 0;
    for (auto i = static_cast<std::size_t>(index); i > 0; i -= i & (~i + 1))
        sum += m_sums[i];
    return sum;
}

int ReadingView::itemAt(qint64 y) const
{
    std::size_t at = 0;
    std::size_t step = 1;
    while (step * 2 < m_sums.size())
        step *= 2;
    for (; step > 0; step /= 2) {
        if (at + step < m_sums.size() && m_sums[at + step] <= y) {
            at += step;
            y -= m_sums[at];
        }
    }
    return std::min(static_cast<int>(at), count() - 1);
}

void ReadingView::updateScrollBar()
{
    const qint64 total = (m_items.empty() ? 0 : top(count())) + scaled(metrics::space5);
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, static_cast<int>(std::clamp<qint64>(total - viewport()->height(), 0, 2'000'000'000)));
}

void ReadingView::keepPlace()
{
    if (m_items.empty())
        return;
    m_isAdjusting = true;
    updateScrollBar();
    m_anchorItem = std::clamp(m_anchorItem, 0, count() - 1);
    verticalScrollBar()->setValue(static_cast<int>(top(m_anchorItem)) + std::min(m_anchorOffset, m_items[static_cast<std::size_t>(m_anchorItem)].height));
    m_isAdjusting = false;
}

void ReadingView::scrollContentsBy(int, int)
{
    if (!m_isAdjusting && !m_items.empty()) {
        m_anchorItem = itemAt(verticalScrollBar()->value());
        m_anchorOffset = verticalScrollBar()->value() - static_cast<int>(top(m_anchorItem));
        m_goal = {};
    }
    viewport()->update();
}

void ReadingView::resizeEvent(QResizeEvent *)
{
    for (Item &item : m_items)
        item.height = measure(item);
    rebuildSums();
    keepPlace();
}

void ReadingView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        for (Item &item : m_items) {
            for (Part &part : item.parts) {
                for (Piece &piece : part.pieces) {
                    piece.document.reset();
                    piece.isAsked = false;
                    piece.width = -1;
                }
            }
            item.height = measure(item);
        }
        m_documents = 0;
        ++m_generation;
        for (Item &item : m_items) {
            item.isAsked = false;
            for (Part &part : item.parts)
                part.isAsked = false;
        }
        rebuildSums();
        keepPlace();
        viewport()->update();
    }
    QAbstractScrollArea::changeEvent(event);
}

// What is asked for

void ReadingView::wantBody(int index)
{
    Item &item = m_items[static_cast<std::size_t>(index)];
    if (item.hasBody || item.isAsked || item.head.kind != ReadingHead::Kind::Entry)
        return;
    item.isAsked = true;
    m_wantedBodies.push_back(index);
    m_ask->start();
}

void ReadingView::askForBodies()
{
    if (m_wantedBodies.empty())
        return;
    std::vector<int> wanted;
    std::swap(wanted, m_wantedBodies);
    emit bodiesWanted(wanted);
}

void ReadingView::cutPart(int index, int partIndex)
{
    Part &part = m_items[static_cast<std::size_t>(index)].parts[static_cast<std::size_t>(partIndex)];
    if (part.isCut || part.isAsked)
        return;
    part.isAsked = true;
    const auto job = [text = part.part.text, format = part.part.format] { return textPieces(text, format); };
    onResult(QtConcurrent::run(&m_workers, job), this, [this, index, partIndex, generation = m_generation](std::vector<TextPiece> pieces) {
        if (generation != m_generation || index >= count())
            return;
        Item &item = m_items[static_cast<std::size_t>(index)];
        if (partIndex >= static_cast<int>(item.parts.size()))
            return;
        Part &cut = item.parts[static_cast<std::size_t>(partIndex)];
        if (!cut.isAsked)
            return;
        cut.isAsked = false;
        cut.isCut = true;
        cut.pieces.clear();
        for (TextPiece &piece : pieces)
            cut.pieces.emplace_back().text = std::move(piece);
        showMore({index, partIndex, 0});
    });
}

void ReadingView::showMore(const Place &place)
{
    Part &part = m_items[static_cast<std::size_t>(place.item)].parts[static_cast<std::size_t>(place.part)];
    qsizetype characters = 0;
    part.shown = 0;
    while (part.shown < part.pieces.size() && (part.shown == 0 || characters < part.wanted))
        characters += part.pieces[part.shown++].text.length;
    updateHeight(place.item);
    keepPlace();
    viewport()->update();
}

TextLook ReadingView::look(bool isAside, const Part &) const
{
    const Tokens &tokens = Tokens::of(palette());
    QColor codeGround = tokens.surface;
    return {sizedFont(font(), isAside ? metrics::bodyPx : metrics::readingPx), fixedFont(metrics::bodyPx - 1), isAside ? tokens.muted : tokens.text, tokens.accent, codeGround, isAside};
}

void ReadingView::wantDocument(const Place &place)
{
    Piece &piece = m_items[static_cast<std::size_t>(place.item)].parts[static_cast<std::size_t>(place.part)].pieces[static_cast<std::size_t>(place.piece)];
    if (piece.isAsked)
        return;
    piece.isAsked = true;
    m_wantedDocuments.push_back(place);
    m_ask->start();
}

void ReadingView::askForDocuments()
{
    std::vector<Place> wanted;
    std::swap(wanted, m_wantedDocuments);
    for (const Place &place : wanted) {
        const Part &part = m_items[static_cast<std::size_t>(place.item)].parts[static_cast<std::size_t>(place.part)];
        const auto job = [piece = part.pieces[static_cast<std::size_t>(place.piece)].text, set = look(!part.part.title.isEmpty(), part), marks = marksOf(part.part.marks, part.pieces[static_cast<std::size_t>(place.piece)].text), thread = thread()] {
            return std::shared_ptr<QTextDocument>(pieceDocument(piece, set, marks, thread).release(), [](QTextDocument *document) { document->deleteLater(); });
        };
        onResult(QtConcurrent::run(&m_workers, job), this, [this, place, generation = m_generation](const std::shared_ptr<QTextDocument> &document) {
            if (generation != m_generation || place.item >= count())
                return;
            Item &item = m_items[static_cast<std::size_t>(place.item)];
            if (place.part >= static_cast<int>(item.parts.size()) || place.piece >= static_cast<int>(item.parts[static_cast<std::size_t>(place.part)].pieces.size()))
                return;
            Piece &piece = item.parts[static_cast<std::size_t>(place.part)].pieces[static_cast<std::size_t>(place.piece)];
            piece.document = document;
            piece.isAsked = false;
            piece.width = -1;
            ++m_documents;
            viewport()->update();
        });
    }
}

void ReadingView::forgetFarDocuments()
{
    if (m_items.empty() || (m_documents <= keptDocuments && m_bodyCharacters <= keptCharacters))
        return;
    const std::vector<int> visible = visibleEntries();
    const int first = visible.empty() ? 0 : visible.front() - keptAround;
    const int last = visible.empty() ? 0 : visible.back() + keptAround;
    const bool bodies = m_bodyCharacters > keptCharacters;
    for (int i = 0; i < count(); ++i) {
        Item &item = m_items[static_cast<std::size_t>(i)];
        if ((i >= first && i <= last) || item.isAsked)
            continue;
        bool isBusy = false;
        for (Part &part : item.parts) {
            isBusy = isBusy || part.isAsked;
            for (Piece &piece : part.pieces) {
                isBusy = isBusy || piece.isAsked;
                m_documents -= piece.document != nullptr ? 1 : 0;
                piece.document.reset();
            }
        }
        // The height stays what it was, so that nothing moves.
        if (bodies && !isBusy && item.hasBody) {
            for (const Part &part : item.parts)
                m_bodyCharacters -= part.part.text.size();
            item.parts.clear();
            item.hasBody = false;
        }
    }
}

bool ReadingView::isSettled() const
{
    if (m_items.empty())
        return true;
    for (const int index : visibleEntries()) {
        const Item &item = m_items[static_cast<std::size_t>(index)];
        if (item.head.kind != ReadingHead::Kind::Entry)
            continue;
        if (!item.hasBody)
            return false;
        for (const Part &part : item.parts) {
            if (part.part.isOpen && !part.part.text.isEmpty() && (!part.isCut || std::any_of(part.pieces.begin(), part.pieces.begin() + static_cast<std::ptrdiff_t>(part.shown), [](const Piece &piece) { return piece.isAsked; })))
                return false;
        }
    }
    return true;
}

void ReadingView::checkSettled()
{
    const bool isNow = isSettled();
    if (isNow && !m_wasSettled)
        emit settled();
    m_wasSettled = isNow;
}

// Places

void ReadingView::setCurrent(int entry)
{
    entry = std::clamp(entry, -1, count() - 1);
    if (entry == m_current)
        return;
    m_current = entry;
    viewport()->update();
    announceCurrent(this);
    emit currentChanged(entry);
}

void ReadingView::scrollTo(int entry)
{
    if (m_items.empty())
        return;
    m_anchorItem = std::clamp(entry, 0, count() - 1);
    // Room for the heading of the chapter that stays above.
    m_anchorOffset = m_anchorItem > 0 && m_items[static_cast<std::size_t>(m_anchorItem)].head.kind != ReadingHead::Kind::Chapter ? -scaled(metrics::rowHeight) : 0;
    m_goal = {};
    keepPlace();
    viewport()->update();
}

void ReadingView::scrollToText(int entry, int part, qsizetype position)
{
    scrollTo(entry);
    m_goal = {entry, part, 0};
    m_goalPosition = position;
    wantBody(entry);
    viewport()->update();
}

void ReadingView::approachGoal()
{
    if (m_goal.item < 0 || m_goal.item >= count())
        return;
    Item &item = m_items[static_cast<std::size_t>(m_goal.item)];
    if (!item.hasBody || m_goal.part < 0 || m_goal.part >= static_cast<int>(item.parts.size()))
        return;
    Part &part = item.parts[static_cast<std::size_t>(m_goal.part)];
    if (!part.part.isOpen)
        toggle(m_goal);
    if (!part.isCut)
        return;
    std::size_t at = 0;
    qsizetype characters = 0;
    while (at + 1 < part.pieces.size() && part.pieces[at + 1].text.start >= 0 && part.pieces[at + 1].text.start <= m_goalPosition)
        characters += part.pieces[at++].text.length;
    if (at >= part.shown && part.wanted <= characters) {
        part.wanted = characters + firstShown;
        showMore(m_goal);
    }
    int offset = headHeight(item);
    for (int i = 0; i < m_goal.part; ++i)
        offset += partHeight(item.parts[static_cast<std::size_t>(i)]);
    offset += part.part.title.isEmpty() ? 0 : scaled(metrics::rowHeight);
    for (std::size_t i = 0; i < at; ++i) {
        const Piece &piece = part.pieces[i];
        offset += (piece.height > 0 ? piece.height : estimatedTextHeight(piece.text.length)) + scaled(metrics::space2) + (piece.text.kind == TextPiece::Kind::Code ? 2 * scaled(metrics::space2) : 0);
    }
    bool isThere = false;
    if (at < part.pieces.size() && part.pieces[at].document != nullptr && part.pieces[at].width > 0) {
        const Piece &piece = part.pieces[at];
        const int within = piece.text.start < 0 ? 0 : static_cast<int>(std::clamp<qsizetype>(m_goalPosition - piece.text.start, 0, piece.document->characterCount() - 1));
        const QTextBlock block = piece.document->findBlock(within);
        const QTextLine line = block.layout()->lineForTextPosition(within - block.position());
        offset += static_cast<int>(piece.document->documentLayout()->blockBoundingRect(block).top() + (line.isValid() ? line.y() : 0));
        isThere = true;
    }
    m_anchorItem = m_goal.item;
    m_anchorOffset = std::max(0, offset - viewport()->height() / 3);
    keepPlace();
    viewport()->update();
    if (isThere || part.pieces.empty())
        m_goal = {};
}

int ReadingView::firstVisible() const
{
    return m_items.empty() ? -1 : itemAt(verticalScrollBar()->value());
}

std::vector<int> ReadingView::visibleEntries() const
{
    std::vector<int> visible;
    if (m_items.empty())
        return visible;
    int index = firstVisible();
    for (qint64 y = top(index) - verticalScrollBar()->value(); y < viewport()->height() && index < count(); ++index) {
        visible.push_back(index);
        y += m_items[static_cast<std::size_t>(index)].height;
    }
    return visible;
}

QRect ReadingView::rectOf(int entry) const
{
    return QRect(0, static_cast<int>(top(entry)) - verticalScrollBar()->value(), viewport()->width(), m_items[static_cast<std::size_t>(entry)].height);
}

QString ReadingView::textOf(int entry) const
{
    const Item &item = m_items[static_cast<std::size_t>(entry)];
    if (!item.hasBody)
        return item.head.start;
    QString text;
    for (const Part &part : item.parts) {
        if (part.part.isOpen)
            text += (text.isEmpty() ? QString() : u"\n"_s) + (part.part.title.isEmpty() ? QString() : part.part.title + u": "_s) + part.part.text.left(keptDocuments * 50);
        else
            text += (text.isEmpty() ? QString() : u"\n"_s) + part.part.title;
    }
    return text;
}

QString ReadingView::selectedText() const
{
    if (m_selection.item < 0 || m_selectionFrom == m_selectionTo)
        return {};
    const Piece &piece = m_items[static_cast<std::size_t>(m_selection.item)].parts[static_cast<std::size_t>(m_selection.part)].pieces[static_cast<std::size_t>(m_selection.piece)];
    if (piece.document == nullptr)
        return {};
    QTextCursor cursor(piece.document.get());
    cursor.setPosition(m_selectionFrom);
    cursor.setPosition(m_selectionTo, QTextCursor::KeepAnchor);
    return cursor.selectedText().replace(QChar::ParagraphSeparator, u'\n').replace(QChar::LineSeparator, u'\n');
}

void ReadingView::copySelection()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
    else if (m_current >= 0)
        QApplication::clipboard()->setText(textOf(m_current));
}

} // namespace turnstone
