// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/hitdelegate.h"

#include "views/similarity/hitlistmodel.h"
#include "views/widgets/theme.h"

#include <QLocale>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

constexpr int scoreWidth = 64;
constexpr int barHeight = 4;
constexpr int mostMarked = 400; // characters of a text that are looked at: more do not fit on a line
constexpr int charactersBefore = 24; // a word that is marked

int lineHeight(const QFont &font)
{
    return QFontMetrics(font).height();
}

/// Where a word begins in a text at its earliest, each word at the beginning of one there; below 0: none does.
qsizetype firstOf(const QStringList &words, const QString &text)
{
    qsizetype first = -1;
    for (const QString &word : words) {
        for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0 && (first < 0 || at < first); at = text.indexOf(word, at + word.size(), Qt::CaseInsensitive)) {
            if (at == 0 || !text.at(at - 1).isLetterOrNumber())
                first = at;
        }
    }
    return first;
}

/// A line of the text: from its beginning, unless the first word to be marked would be cut off there.
QString lineOf(const QString &text, const QStringList &words, const QFontMetrics &font, int width)
{
    const QString line = font.elidedText(text.left(mostMarked), Qt::ElideRight, width);
    const qsizetype first = firstOf(words, text);
    if (first < 0 || firstOf(words, line) == first)
        return line;
    const qsizetype space = text.lastIndexOf(u' ', std::max<qsizetype>(0, first - charactersBefore));
    return font.elidedText(u'…' + text.mid(space + 1, mostMarked), Qt::ElideRight, width);
}

} // namespace

QSize HitDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (index.data(HitListModel::IsHeadingRole).toBool())
        return {200, rowHeight() + scaled(metrics::space2)};
    const int lines = lineHeight(sizedFont(option.font, metrics::readingPx)) + lineHeight(sizedFont(option.font, metrics::captionPx));
    return {200, lines + scaled(metrics::space1) + 2 * scaled(metrics::space2)};
}

void HitDelegate::paintScore(QPainter *painter, const QRect &place, const QStyleOptionViewItem &option, double score) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    const QFont font = sizedFont(option.font, metrics::readingPx, QFont::DemiBold);
    painter->setFont(font);
    painter->setPen(tokens.text);
    const QRect figure(place.left(), place.top(), place.width(), lineHeight(font));
    painter->drawText(figure, Qt::AlignLeft | Qt::AlignVCenter, QLocale().toString(score, 'f', std::abs(score) < 10 ? 3 : 1));
    const QRectF track(place.left(), figure.bottom() + scaled(metrics::space1) + 2, place.width() - scaled(metrics::space3), scaled(barHeight));
    painter->setPen(Qt::NoPen);
    painter->setBrush(tokens.line);
    painter->drawRoundedRect(track, track.height() / 2, track.height() / 2);
    QRectF filled = track;
    filled.setWidth(std::max(track.height(), track.width() * std::clamp(score, 0.0, 1.0)));
    painter->setBrush(tokens.accent);
    painter->drawRoundedRect(filled, track.height() / 2, track.height() / 2);
}

void HitDelegate::paintText(QPainter *painter, const QRect &place, const QStyleOptionViewItem &option, const QString &text, const QStringList &words) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    const QFont font = sizedFont(option.font, metrics::readingPx);
    const QString line = lineOf(text, words, QFontMetrics(font), place.width());
    QColor tint = tokens.accent;
    tint.setAlphaF(tokens.isDark ? 0.35F : 0.18F);
    QList<QTextLayout::FormatRange> marks;
    for (const QString &word : words) {
        for (qsizetype at = line.indexOf(word, 0, Qt::CaseInsensitive); at >= 0; at = line.indexOf(word, at + word.size(), Qt::CaseInsensitive)) {
            const bool isStart = at == 0 || !line.at(at - 1).isLetterOrNumber();
            if (!isStart)
                continue;
            QTextLayout::FormatRange mark;
            mark.start = static_cast<int>(at);
            mark.length = static_cast<int>(word.size());
            mark.format.setBackground(tint);
            marks.append(mark);
        }
    }
    QTextLayout layout(line, font);
    layout.setFormats(marks);
    layout.beginLayout();
    QTextLine only = layout.createLine();
    if (only.isValid())
        only.setLineWidth(place.width() + 8);
    layout.endLayout();
    painter->setPen(tokens.text);
    layout.draw(painter, place.topLeft());
}

void HitDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect inside = option.rect.adjusted(scaled(metrics::space4), scaled(metrics::space2), -scaled(metrics::space4), -scaled(metrics::space2));
    if (index.data(HitListModel::IsHeadingRole).toBool()) {
        painter->setFont(sizedFont(option.font, metrics::bodyPx, QFont::DemiBold));
        painter->setPen(tokens.muted);
        painter->drawText(inside, Qt::AlignLeft | Qt::AlignBottom, index.data(HitListModel::TextRole).toString());
        painter->restore();
        return;
    }
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, tokens.selection);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(option.rect, tokens.surface);
    painter->setPen(tokens.line);
    painter->drawLine(option.rect.left() + scaled(metrics::space4), option.rect.bottom(), option.rect.right() - scaled(metrics::space4), option.rect.bottom());
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_Selected)) {
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option.rect).adjusted(2, 2, -2, -2), metrics::radius, metrics::radius);
    }
    paintScore(painter, QRect(inside.left(), inside.top(), scaled(scoreWidth), inside.height()), option, index.data(HitListModel::ScoreRole).toDouble());
    const QRect text = inside.adjusted(scaled(scoreWidth), 0, 0, 0);
    QString shown = index.data(HitListModel::TextRole).toString();
    const int first = lineHeight(sizedFont(option.font, metrics::readingPx));
    paintText(painter, QRect(text.left(), text.top(), text.width(), first), option, shown.isEmpty() ? tr("no text") : shown, index.data(HitListModel::WordsRole).toStringList());
    const QFont caption = sizedFont(option.font, metrics::captionPx);
    painter->setFont(caption);
    painter->setPen(tokens.muted);
    const QRect below(text.left(), text.top() + first + scaled(metrics::space1), text.width(), lineHeight(caption));
    painter->drawText(below, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(caption).elidedText(index.data(HitListModel::AboutRole).toString(), Qt::ElideRight, below.width()));
    painter->restore();
}

} // namespace turnstone
