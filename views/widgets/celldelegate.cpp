// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/celldelegate.h"

#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Of the average width of a character; Latin i and l are about 0.4.
constexpr double narrowest = 0.35;
constexpr char16_t endOfPlain = 0x250; // after the Latin letters

/// Whether each character stands by itself, as in Latin without composed marks: then nothing has to be shaped.
bool isPlain(QStringView text)
{
    constexpr char16_t softHyphen = 0xAD;
    return std::ranges::all_of(text, [](QChar c) { return c.unicode() >= u' ' && c.unicode() < endOfPlain && c.unicode() != softHyphen && (c.unicode() < 0x7F || c.unicode() >= 0xA0); });
}

/// How wide plain text is in a font that shapes nothing: each character has one width.
class PlainAdvances
{
public:
    explicit PlainAdvances(const QFont &font) : m_metrics(font), m_ellipsis(m_metrics.horizontalAdvance(u'…')) { m_widths.fill(-1); }

    double of(QStringView text) const
    {
        return std::accumulate(text.begin(), text.end(), 0.0, [this](double sum, QChar c) { return sum + of(c); });
    }
    /// The beginning that fits, with an ellipsis if that is not all.
    QString elided(const QString &text, double room) const
    {
        double width = 0;
        qsizetype fits = -1; // with an ellipsis behind it
        for (qsizetype i = 0; i < text.size(); ++i) {
            if (fits < 0 && width + of(text[i]) + m_ellipsis > room)
                fits = i;
            width += of(text[i]);
            if (width > room)
                return text.first(std::max<qsizetype>(fits, 0)) + u'…';
        }
        return text;
    }

private:
    double of(QChar c) const
    {
        float &width = m_widths[c.unicode()];
        if (width < 0)
            width = static_cast<float>(m_metrics.horizontalAdvance(c));
        return width;
    }

    QFontMetricsF m_metrics;
    double m_ellipsis;
    mutable std::array<float, endOfPlain> m_widths;
};

/// Without HarfBuzz where the script does not need it; it is most of the work of painting a page. Only kerning is lost,
/// which figures below each other do without.
QFont plainFont(QFont font)
{
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

/// One line in the middle of the area. QPainter would look for line breaks, tabs and mnemonics first.
void drawLine(QPainter *painter, const QRect &area, const QFontMetrics &metrics, const QString &text, bool atRight, int width)
{
    const int baseline = area.top() + (area.height() - metrics.height() + 1) / 2 + metrics.ascent();
    painter->drawText(QPoint(atRight ? area.left() + area.width() - width : area.left(), baseline), text);
}

void drawPill(QPainter *painter, const QRect &area, const QString &text, const QColor &color, bool framed, Qt::Alignment alignment)
{
    const QFontMetrics metrics(painter->font());
    const int width = metrics.horizontalAdvance(text) + (framed ? 2 * metrics::space1 + 2 : 0);
    QRect pill(0, 0, std::min(width, area.width()), metrics.height() + 2);
    pill.moveCenter(area.center());
    if (alignment.testFlag(Qt::AlignRight))
        pill.moveRight(area.right());
    else
        pill.moveLeft(area.left());
    if (framed) {
        QColor line = color;
        line.setAlphaF(0.55F);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(line);
        painter->drawRoundedRect(QRectF(pill).adjusted(0.5, 0.5, -0.5, -0.5), pill.height() / 2.0, pill.height() / 2.0);
    }
    painter->setPen(color);
    painter->drawText(pill, Qt::AlignCenter, text);
}

QColor toneColor(const QString &tone, const Tokens &tokens)
{
    return tone == u"good" ? tokens.good : tone == u"warn" ? tokens.warn : tone == u"bad" ? tokens.bad : tokens.muted;
}

/// A mark of its own shape for each tone, so that it is not told by colour alone.
int drawTone(QPainter *painter, const QRect &area, const QString &tone, const Tokens &tokens)
{
    const int size = scaled(7);
    const QRectF mark(area.left(), area.center().y() - size / 2 + 1, size, size);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(toneColor(tone, tokens));
    if (tone == u"good")
        painter->drawEllipse(mark);
    else if (tone == u"warn")
        painter->drawPolygon(QPolygonF{mark.bottomLeft(), mark.bottomRight(), QPointF(mark.center().x(), mark.top())});
    else if (tone == u"bad")
        painter->drawRect(mark);
    else
        painter->drawRoundedRect(mark.adjusted(0, size / 3.0, 0, -size / 3.0), 1, 1);
    return size + metrics::space1 + 2;
}

constexpr float stagedTint = 0.14F;

/// What is staged: changed cells tinted, deleted rows struck through, a mark at the row's edge. Returns whether to strike out.
bool drawStaged(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index, const Tokens &tokens)
{
    const auto state = static_cast<RowOverlay::State>(index.data(TableRowModel::StagedRole).toInt());
    if (state == RowOverlay::State::None)
        return false;
    const bool isDeleted = state == RowOverlay::State::Deleted;
    QColor color = state == RowOverlay::State::Changed ? tokens.warn : state == RowOverlay::State::Added ? tokens.good : tokens.bad;
    QColor tint = color;
    tint.setAlphaF(stagedTint);
    if (isDeleted || index.data(TableRowModel::ChangedRole).toBool())
        painter->fillRect(option.rect.adjusted(0, 0, 0, -1), tint);
    if (index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top() + 1, 3, option.rect.height() - 2), color);
    return isDeleted;
}

} // namespace

/// What comes of a font; making fonts and their metrics anew for each cell takes longer than painting it.
struct CellDelegate::Fonts
{
    explicit Fonts(const QFont &font)
        : base(font), zoom(turnstone::zoom()), plain(plainFont(font)), plainMetrics(plain), plainAdvances(plain), metrics(font), code(fixedFont(metrics::bodyPx - 1)), plainCode(plainFont(code)),
          plainCodeMetrics(plainCode), plainCodeAdvances(plainCode), codeMetrics(code), caption(sizedFont(font, metrics::captionPx)), captionMetrics(caption), pill(sizedFont(font, metrics::captionPx - 1))
    {
    }

    QFont base;
    double zoom;
    QFont plain;
    QFontMetrics plainMetrics;
    PlainAdvances plainAdvances;
    QFontMetrics metrics;
    QFont code;
    QFont plainCode;
    QFontMetrics plainCodeMetrics;
    PlainAdvances plainCodeAdvances;
    QFontMetrics codeMetrics;
    QFont caption;
    QFontMetrics captionMetrics;
    QFont pill;
};

const CellDelegate::Fonts &CellDelegate::fontsFor(const QFont &font) const
{
    if (m_fonts == nullptr || m_fonts->zoom != zoom() || m_fonts->base != font)
        m_fonts = std::make_shared<const Fonts>(font);
    return *m_fonts;
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const bool isStruckOut = drawStaged(painter, option, index, tokens);
    QColor hair = tokens.line;
    hair.setAlphaF(0.6F);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), hair);
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_Active)) {
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -2));
    }

    QRect area = option.rect.adjusted(metrics::space2, 0, -metrics::space2, -1);
    const QVariant kindValue = index.data(TableRowModel::KindRole);
    const QString text = index.data().toString();
    const Fonts &fonts = fontsFor(option.font);
    if (!kindValue.isValid()) {
        const QVariant state = index.data(TableRowModel::LoadStateRole);
        painter->setPen(state.isValid() ? tokens.faint : tokens.muted);
        QString shown = text;
        if (state.isValid()) {
            const auto load = state.value<TableRowModel::LoadState>();
            shown = load == TableRowModel::LoadState::Pending ? u"·"_s : load == TableRowModel::LoadState::Gone && index.column() == 0 ? tr("deleted") : QString();
        }
        painter->setFont(fonts.base);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, fonts.metrics.elidedText(shown, Qt::ElideRight, area.width()));
        painter->restore();
        return;
    }

    const auto kind = kindValue.value<CellKind>();
    const QString type = index.data(TableRowModel::TypeRole).toString();
    const bool atRight = !m_isForm && (kind == CellKind::Number || ((kind == CellKind::Null || kind == CellKind::Empty) && isNumericType(type)));
    const Qt::Alignment alignment = Qt::AlignVCenter | (atRight ? Qt::AlignRight : Qt::AlignLeft);
    const QVariant fraction = index.data(TableRowModel::FractionRole);
    if (fraction.isValid() && fraction.toDouble() >= 0) {
        QRectF bar(area.left(), option.rect.bottom() - scaled(4), area.width(), scaled(2));
        painter->fillRect(bar, tokens.line);
        bar.setWidth(bar.width() * fraction.toDouble());
        painter->fillRect(bar, tokens.accent);
    }
    const QString tone = index.data(TableRowModel::ToneRole).toString();
    if (!tone.isEmpty() && area.width() > 3 * metrics::space2)
        area.setLeft(area.left() + drawTone(painter, area, tone, tokens));
    const bool isLink = index.data(TableRowModel::LinkRole).toBool();
    switch (kind) {
    case CellKind::Null:
        painter->setFont(fonts.pill);
        drawPill(painter, area, u"NULL"_s, tokens.faint, true, alignment);
        break;
    case CellKind::Empty:
        painter->setFont(fonts.caption);
        drawPill(painter, area, tr("empty"), tokens.faint, false, alignment);
        break;
    case CellKind::Undecodable:
        painter->setFont(fonts.caption);
        drawPill(painter, area, text, tokens.warn, true, alignment);
        break;
    case CellKind::Bytes:
        painter->setFont(fonts.caption);
        drawPill(painter, area, text, tokens.muted, false, alignment);
        break;
    case CellKind::Boolean:
        painter->setFont(fonts.base);
        painter->setPen(text == u"✓"_s ? tokens.text : tokens.muted);
        painter->drawText(area, alignment, text);
        break;
    case CellKind::Number:
    case CellKind::Code:
    case CellKind::Text: {
        const bool isCode = kind == CellKind::Code;
        const QFontMetrics &shapedMetrics = isCode ? fonts.codeMetrics : fonts.metrics;
        // No more characters than can be seen, if they were all narrow ones.
        const int visible = static_cast<int>(area.width() / (narrowest * shapedMetrics.averageCharWidth())) + 1;
        const QString beginning = text.left(visible);
        const bool isSimple = isPlain(beginning);
        const PlainAdvances &advances = isCode ? fonts.plainCodeAdvances : fonts.plainAdvances;
        const QFontMetrics &fontMetrics = !isSimple ? shapedMetrics : isCode ? fonts.plainCodeMetrics : fonts.plainMetrics;
        const QFont &textFont = isSimple ? (isCode ? fonts.plainCode : fonts.plain) : isCode ? fonts.code : fonts.base;
        if (isStruckOut) {
            QFont struckOut = textFont;
            struckOut.setStrikeOut(true);
            painter->setFont(struckOut);
        } else {
            painter->setFont(textFont);
        }
        painter->setPen(isLink ? tokens.accent : tokens.text);
        const bool isWhole = index.data(TableRowModel::WholeRole).toBool();
        if (isWhole && beginning.size() == text.size()) {
            if (const int width = isSimple ? static_cast<int>(std::ceil(advances.of(text))) : fontMetrics.horizontalAdvance(text); width <= area.width()) {
                if (isSimple)
                    drawLine(painter, area, fontMetrics, text, atRight, width);
                else
                    painter->drawText(area, alignment, text);
                break;
            }
        }
        // Too long: the end says how long. Texts that nearly fit keep the room.
        const qint64 bytes = index.data(TableRowModel::FullBytesRole).toLongLong();
        const QString length = bytes >= 200 ? sizeText(bytes) : QString();
        const int room = length.isEmpty() ? 0 : fonts.captionMetrics.horizontalAdvance(length) + metrics::space1;
        QRect textArea = area;
        textArea.setRight(area.right() - room);
        QString elided = isSimple ? advances.elided(beginning, textArea.width()) : fontMetrics.elidedText(beginning, Qt::ElideRight, textArea.width());
        if (elided.size() == beginning.size() && beginning.size() < text.size())
            elided += u'…'; // narrower still
        if (isSimple)
            drawLine(painter, textArea, fontMetrics, elided, false, 0);
        else
            painter->drawText(textArea, Qt::AlignVCenter | Qt::AlignLeft, elided);
        if (room > 0) {
            painter->setFont(fonts.caption);
            painter->setPen(tokens.muted);
            painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, length);
        }
        break;
    }
    }
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QString text = index.data().toString().left(120);
    const int mark = index.data(TableRowModel::ToneRole).toString().isEmpty() ? 0 : scaled(7) + metrics::space1 + 2;
    const Fonts &fonts = fontsFor(option.font);
    const int width = isPlain(text) ? static_cast<int>(std::ceil(fonts.plainAdvances.of(text))) : fonts.metrics.horizontalAdvance(text);
    return {width + mark + 2 * metrics::space2 + metrics::space2, rowHeight()};
}

} // namespace turnstone
