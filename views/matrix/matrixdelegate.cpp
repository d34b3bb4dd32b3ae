// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/matrix/matrixdelegate.h"

#include "views/matrix/matrixmodel.h"
#include "views/widgets/theme.h"

#include <QLocale>
#include <QPainter>
#include <QTextLayout>
#include <QtMath>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int barWidth = 48;
constexpr int barHeight = 4;

/// How much room is left at the left.
int paintScore(QPainter &painter, const QRect &line, const MatrixModel &model, const QModelIndex &index, const Tokens &tokens)
{
    const MatrixCell &cell = model.cell(index);
    const Matrix &matrix = *model.matrix();
    const double range = matrix.highestScore - matrix.lowestScore;
    const double part = range > 0 ? std::clamp((*cell.score - matrix.lowestScore) / range, 0.0, 1.0) : 1;
    const QRect bar(line.right() - scaled(barWidth), line.center().y() - scaled(barHeight) / 2, scaled(barWidth), scaled(barHeight));
    painter.fillRect(bar, tokens.line);
    painter.fillRect(QRect(bar.topLeft(), QSize(static_cast<int>(bar.width() * part), bar.height())), part > 0.66 ? tokens.good : part > 0.33 ? tokens.warn : tokens.bad);
    QString text = QLocale().toString(*cell.score, 'g', 3);
    const QModelIndex base = index.siblingAtColumn(model.baseline());
    if (base.isValid() && base.column() != index.column() && model.cell(base).score) {
        const double delta = *cell.score - *model.cell(base).score;
        text += delta == 0 ? u" ="_s : (delta > 0 ? u" +"_s : u" −"_s) + QLocale().toString(std::abs(delta), 'g', 2);
    }
    painter.setPen(tokens.muted);
    painter.drawText(QRect(line.left(), line.top(), line.width() - scaled(barWidth) - scaled(metrics::space1), line.height()), Qt::AlignRight | Qt::AlignVCenter, text);
    return line.width() - scaled(barWidth) - scaled(metrics::space3) - painter.fontMetrics().horizontalAdvance(text);
}

} // namespace

void MatrixDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *model = qobject_cast<const MatrixModel *>(index.model());
    if (model == nullptr || model->matrix() == nullptr)
        return;
    const MatrixCell &cell = model->cell(index);
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    painter->setClipRect(option.rect);
    painter->fillRect(option.rect, option.state & QStyle::State_Selected ? tokens.selection : tokens.ground);
    const QRect inside = option.rect.adjusted(scaled(metrics::space2), scaled(metrics::space1), -scaled(metrics::space2), -scaled(metrics::space1));
    if (cell.isMissing()) {
        painter->fillRect(option.rect, QBrush(tokens.line, Qt::BDiagPattern));
        painter->setPen(tokens.bad);
        painter->setFont(sizedFont(option.font, metrics::bodyPx, QFont::Medium));
        painter->drawText(inside, Qt::AlignCenter, tr("No answer"));
        painter->restore();
        return;
    }
    painter->setFont(sizedFont(option.font, metrics::captionPx, QFont::Medium));
    const QRect line(inside.left(), inside.top(), inside.width(), painter->fontMetrics().height() + scaled(metrics::space1));
    const int left = cell.score ? paintScore(*painter, line, *model, index, tokens) : line.width();
    const TextDiff *likeness = model->diff(index);
    const QString share = likeness == nullptr ? QString() : QLocale().toString(likeness->likeness * 100, 'f', 0);
    QString words = cell.isChosen ? tr("✓ chosen") : likeness != nullptr ? tr("%1 % alike").arg(share) : QString();
    if (!cell.isChosen && likeness != nullptr && painter->fontMetrics().horizontalAdvance(words) > left)
        words = tr("%1 %").arg(share);
    painter->setPen(cell.isChosen ? tokens.good : tokens.muted);
    painter->drawText(QRect(line.topLeft(), QSize(std::max(0, left), line.height())), Qt::AlignLeft | Qt::AlignVCenter, painter->fontMetrics().elidedText(words, Qt::ElideRight, std::max(0, left)));

    // Only what can be seen is laid out.
    constexpr qsizetype most = 3'000;
    QString text = cell.text.left(most);
    text.replace(u'\n', QChar::LineSeparator);
    QTextLayout layout(text, sizedFont(option.font, metrics::bodyPx));
    QList<QTextLayout::FormatRange> formats;
    if (const TextDiff *diff = model->diff(index)) {
        for (const DiffRun &run : diff->runs) {
            if (run.secondStart >= most)
                break;
            if (run.kind != DiffRun::Kind::Added)
                continue;
            QTextLayout::FormatRange range;
            range.start = static_cast<int>(run.secondStart);
            range.length = static_cast<int>(std::min(run.secondLength, most - run.secondStart));
            QColor ground = tokens.warn;
            ground.setAlphaF(0.25F);
            range.format.setBackground(ground);
            formats.append(range);
        }
    }
    layout.setFormats(formats);
    const QRect room(inside.left(), line.bottom() + scaled(2), inside.width(), inside.bottom() - line.bottom() - scaled(2));
    layout.beginLayout();
    qreal y = 0;
    bool isWhole = true;
    for (QTextLine each = layout.createLine(); each.isValid(); each = layout.createLine()) {
        each.setLineWidth(room.width());
        if (y + each.height() > room.height()) {
            isWhole = false;
            each.setPosition(QPointF(0, y)); // drawn with the others, where it is clipped away
            break;
        }
        each.setPosition(QPointF(0, y));
        y += each.height();
    }
    layout.endLayout();
    painter->setPen(tokens.text);
    painter->setClipRect(QRect(room.topLeft(), QSize(room.width(), qCeil(y))).intersected(option.rect));
    layout.draw(painter, room.topLeft());
    if (!isWhole || cell.text.size() > most) {
        painter->setPen(tokens.muted);
        painter->drawText(QRect(room.right() - scaled(20), room.bottom() - scaled(16), scaled(20), scaled(16)), Qt::AlignRight | Qt::AlignBottom, u"…"_s);
    }
    painter->restore();
}

} // namespace turnstone
