// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartcanvas.h"

#include "views/charts/decimation.h"
#include "views/widgets/theme.h"

#include <QAreaSeries>
#include <QCategoryAxis>
#include <QChart>
#include <QGraphicsLayout>
#include <QLegendMarker>
#include <QLineSeries>
#include <QMouseEvent>
#include <QScatterSeries>
#include <QScopedValueRollback>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr double nearPixels = 24;
constexpr double strokeWidth = 1.8;
constexpr double dotSize = 8;
constexpr std::size_t fewPoints = 60;
constexpr double bandOpacity = 0.16;
constexpr double zoneOpacity = 0.10;
constexpr int pixelsPerTimeTick = 110;
constexpr int pixelsPerTick = 80;
constexpr int pixelsPerRow = 44;

Qt::PenStyle patternOf(int index)
{
    static constexpr std::array patterns{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return patterns[static_cast<std::size_t>(index) % patterns.size()];
}

QScatterSeries::MarkerShape shapeOf(int index)
{
    static constexpr std::array shapes{QScatterSeries::MarkerShapeCircle,           QScatterSeries::MarkerShapeRectangle, QScatterSeries::MarkerShapeTriangle,
                                       QScatterSeries::MarkerShapeRotatedRectangle, QScatterSeries::MarkerShapeStar,      QScatterSeries::MarkerShapePentagon};
    return shapes[static_cast<std::size_t>(index) % shapes.size()];
}

int colorIndex(const ChartSpec &spec, std::size_t line)
{
    return spec.lines[line].color >= 0 ? spec.lines[line].color : static_cast<int>(line);
}

QColor toneColor(const QString &tone, const Tokens &tokens)
{
    return tone == u"good" ? tokens.good : tone == u"warn" ? tokens.warn : tone == u"bad" ? tokens.bad : tokens.muted;
}

/// Of many lines with long names the end is what tells them apart: "openrouter/qwen/qwen3-8b" is qwen3-8b, if no other one is.
QString legendName(const ChartSpec &spec, std::size_t line)
{
    constexpr std::size_t manyLines = 4;
    constexpr qsizetype longName = 20;
    const QString &name = spec.lines[line].name;
    if (spec.lines.size() <= manyLines || name.size() <= longName)
        return name;
    const QString tail = name.section(u'/', -1);
    const bool isAlone = std::ranges::count_if(spec.lines, [&tail](const ChartLine &other) { return other.name.section(u'/', -1) == tail; }) == 1;
    const QString &shown = isAlone && !tail.isEmpty() ? tail : name;
    return shown.size() <= longName + 4 ? shown : shown.left(longName / 2) + QChar(0x2026) + shown.right(longName / 2);
}

/// Round ends and corners of many short pieces cannot be seen, but take a third of the time of painting.
QPen joined(QPen pen, qsizetype points)
{
    const bool isDense = points > static_cast<qsizetype>(fewPoints);
    pen.setCapStyle(isDense ? Qt::FlatCap : Qt::RoundCap);
    pen.setJoinStyle(isDense ? Qt::BevelJoin : Qt::RoundJoin);
    return pen;
}

bool hasBand(const ChartLine &line)
{
    return std::ranges::any_of(line.points, [](const ChartPoint &point) { return std::isfinite(point.low) && std::isfinite(point.high); });
}

} // namespace

ChartCanvas::ChartCanvas(QWidget *parent) : QChartView(parent)
{
    setObjectName(u"chartCanvas"_s);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setDragMode(QGraphicsView::NoDrag);
    // A picture of the whole each time: what follows the pointer is painted above it.
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    chart()->setBackgroundVisible(false);
    chart()->setMargins(QMargins(metrics::space1, metrics::space1, metrics::space3, metrics::space1));
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->legend()->setAlignment(Qt::AlignTop);
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    chart()->legend()->setShowToolTips(true);
    chart()->setAnimationOptions(QChart::NoAnimation);
}

void ChartCanvas::setSpec(ChartSpec spec)
{
    m_spec = std::move(spec);
    hover(std::nullopt);
    m_current.reset();
    m_emphasisedLines.clear();
    m_emphasisedPoints.clear();
    m_wholeX = wholeX(m_spec);
    m_x = m_wholeX;
    build();
}

void ChartCanvas::setCurrent(const std::optional<Place> &place)
{
    if (place == m_current)
        return;
    m_current = place;
    if (place) {
        const double x = m_spec.lines[place->first].points[place->second].x;
        if (x < m_x.low || x > m_x.high)
            showX({x - m_x.length() / 2, x + m_x.length() / 2});
    }
    viewport()->update();
    emit currentChanged();
}

void ChartCanvas::build()
{
    chart()->removeAllSeries();
    for (QAbstractAxis *axis : chart()->axes()) {
        chart()->removeAxis(axis);
        delete axis;
    }
    m_lines.clear();
    m_xAxis = new QCategoryAxis;
    m_yAxis = new QCategoryAxis;
    for (QCategoryAxis *axis : {m_xAxis, m_yAxis}) {
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        axis->setTruncateLabels(false);
    }
    chart()->addAxis(m_xAxis, Qt::AlignBottom);
    chart()->addAxis(m_yAxis, Qt::AlignLeft);
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i)
        addLine(i);
    chart()->legend()->setVisible(std::ranges::count_if(m_spec.lines, [](const ChartLine &line) { return !line.name.isEmpty(); }) > 1);
    applyTheme();
    applyRanges();
}

void ChartCanvas::addLine(std::size_t index)
{
    const ChartLine &line = m_spec.lines[index];
    const auto attach = [this](QAbstractSeries *series, bool isListed) {
        chart()->addSeries(series);
        series->attachAxis(m_xAxis);
        series->attachAxis(m_yAxis);
        for (QLegendMarker *marker : chart()->legend()->markers(series))
            marker->setVisible(isListed);
    };
    Drawn drawn;
    if (line.shape == ChartLine::Shape::Dots) {
        auto *dots = new QScatterSeries;
        dots->setMarkerShape(shapeOf(colorIndex(m_spec, index)));
        dots->setMarkerSize(dotSize);
        drawn.series = dots;
    } else {
        drawn.series = new QLineSeries;
    }
    const bool isFilled = line.shape == ChartLine::Shape::Bars;
    if (isFilled || hasBand(line)) {
        drawn.upper = new QLineSeries;
        drawn.lower = new QLineSeries;
        auto *area = new QAreaSeries(static_cast<QLineSeries *>(drawn.upper), static_cast<QLineSeries *>(drawn.lower));
        drawn.upper->setParent(area);
        drawn.lower->setParent(area);
        area->setObjectName(QString::number(index));
        attach(area, false);
    }
    drawn.series->setName(legendName(m_spec, index));
    drawn.series->setObjectName(QString::number(index));
    attach(drawn.series, !line.name.isEmpty());
    if (line.hasMarks) {
        auto *marks = new QScatterSeries;
        marks->setMarkerShape(shapeOf(colorIndex(m_spec, index)));
        marks->setMarkerSize(dotSize - 2);
        drawn.marks = marks;
        marks->setObjectName(QString::number(index));
        attach(marks, false);
    }
    m_lines.push_back(drawn);
}

void ChartCanvas::applyTheme()
{
    const Tokens &tokens = Tokens::of(palette());
    setBackgroundBrush(tokens.ground);
    chart()->setTitleFont(sizedFont(font(), metrics::bodyPx, QFont::DemiBold));
    chart()->setTitleBrush(tokens.text);
    chart()->setTitle(m_spec.title.toHtmlEscaped());
    chart()->legend()->setFont(sizedFont(font(), metrics::captionPx));
    chart()->legend()->setLabelColor(tokens.text);
    QColor grid = tokens.line;
    grid.setAlphaF(0.6F);
    for (QCategoryAxis *axis : {m_xAxis, m_yAxis}) {
        if (axis == nullptr)
            continue;
        axis->setLabelsFont(sizedFont(font(), metrics::captionPx));
        axis->setLabelsBrush(tokens.muted);
        axis->setTitleFont(sizedFont(font(), metrics::captionPx));
        axis->setTitleBrush(tokens.muted);
        axis->setLinePen(QPen(tokens.line));
        axis->setGridLinePen(QPen(grid));
        axis->setTitleText((axis == m_xAxis ? m_spec.x.title : m_spec.y.title).toHtmlEscaped());
    }
    // Where many lie over each other, each is paler.
    const auto bands = static_cast<double>(std::max<std::ptrdiff_t>(std::ranges::count_if(m_spec.lines, hasBand), 1));
    for (QAbstractSeries *each : chart()->series()) {
        const auto index = each->objectName().toULongLong();
        const int number = colorIndex(m_spec, index);
        const QColor color = seriesColor(number, tokens);
        if (auto *area = qobject_cast<QAreaSeries *>(each)) {
            QColor soft = color;
            const bool isBar = m_spec.lines[index].shape == ChartLine::Shape::Bars;
            soft.setAlphaF(isBar ? 0.55F : static_cast<float>(bandOpacity / std::sqrt(bands)));
            area->setBrush(soft);
            area->setPen(Qt::NoPen);
        } else if (auto *dots = qobject_cast<QScatterSeries *>(each)) {
            dots->setColor(color);
            dots->setPen(m_spec.lines[index].hasMarks ? QPen(Qt::NoPen) : QPen(tokens.ground, 1));
        } else if (auto *line = qobject_cast<QLineSeries *>(each)) {
            line->setPen(m_spec.lines[index].shape == ChartLine::Shape::Bars ? QPen(color, 1) : joined(QPen(color, strokeWidth, patternOf(number)), line->count()));
        }
    }
}

void ChartCanvas::showX(const ChartRange &range)
{
    ChartRange wanted = range;
    const double least = m_wholeX.length() * 1e-6;
    if (wanted.length() < least)
        return;
    if (wanted.length() > m_wholeX.length())
        wanted = m_wholeX;
    const double over = std::max(0.0, m_wholeX.low - wanted.low) - std::max(0.0, wanted.high - m_wholeX.high);
    m_x = {wanted.low + over, wanted.high + over};
    applyRanges();
}

void ChartCanvas::showAll()
{
    m_x = m_wholeX;
    applyRanges();
}

void ChartCanvas::zoom(double factor, std::optional<double> around)
{
    const double middle = around.value_or((m_x.low + m_x.high) / 2);
    showX({middle - (middle - m_x.low) * factor, middle + (m_x.high - middle) * factor});
}

void ChartCanvas::fillAxis(QCategoryAxis &axis, AxisKind kind, const ChartRange &range, int most)
{
    for (const QString &label : axis.categoriesLabels())
        axis.remove(label);
    axis.setRange(range.low, range.high);
    // Below everything, so that the first tick is one like the others.
    axis.setStartValue(range.low - range.length());
    QString filler;
    for (const AxisTick &tick : axisTicks(kind, range.low, range.high, most)) {
        // The axis wants each label once; a clock's come again every day.
        filler += QChar(0x200B);
        axis.append(tick.label + filler, tick.value);
    }
}

void ChartCanvas::applyRanges()
{
    if (m_xAxis == nullptr)
        return;
    m_y = wholeY(m_spec, m_x);
    const int width = std::max(viewport()->width(), 100);
    const int perTick = scaled(m_spec.x.kind == AxisKind::Time ? pixelsPerTimeTick : pixelsPerTick);
    fillAxis(*m_xAxis, m_spec.x.kind, m_x, std::clamp(width / perTick, 2, 20));
    fillAxis(*m_yAxis, m_spec.y.kind, m_y, std::clamp(viewport()->height() / scaled(pixelsPerRow), 2, 12));
    fill();
    viewport()->update();
}

void ChartCanvas::fill()
{
    m_drawn = 0;
    const int columns = std::max(viewport()->width(), 100);
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const ChartLine &line = m_spec.lines[i];
        const Drawn &drawn = m_lines[i];
        const std::vector<std::uint32_t> chosen = line.shape == ChartLine::Shape::Dots
            ? decimatedDots(line.points, m_x.low, m_x.high, m_y.low, m_y.high, columns / 4, std::max(viewport()->height(), 100) / 4)
            : decimatedLine(line.points, m_x.low, m_x.high, columns);
        m_drawn += chosen.size();
        QList<QPointF> places;
        QList<QPointF> upper;
        QList<QPointF> lower;
        for (const std::uint32_t at : chosen) {
            const ChartPoint &point = line.points[at];
            if (line.shape == ChartLine::Shape::Bars) {
                const double half = line.barWidth * 0.46;
                for (const QPointF &corner : {QPointF(point.x - half, 0), QPointF(point.x - half, point.y), QPointF(point.x + half, point.y), QPointF(point.x + half, 0)})
                    places.append(corner);
                upper.append({QPointF(point.x - half, 0), QPointF(point.x - half, point.y), QPointF(point.x + half, point.y), QPointF(point.x + half, 0)});
                continue;
            }
            if (line.shape == ChartLine::Shape::Steps && !places.isEmpty())
                places.append(QPointF(point.x, places.last().y()));
            places.append(QPointF(point.x, point.y));
            if (drawn.upper != nullptr && std::isfinite(point.low) && std::isfinite(point.high)) {
                upper.append(QPointF(point.x, point.high));
                lower.append(QPointF(point.x, point.low));
            }
        }
        if (line.shape == ChartLine::Shape::Bars && !upper.isEmpty())
            lower = {QPointF(upper.first().x(), 0), QPointF(upper.last().x(), 0)};
        if (line.shape == ChartLine::Shape::Line || line.shape == ChartLine::Shape::Steps)
            drawn.series->setPen(joined(drawn.series->pen(), places.size()));
        drawn.series->replace(places);
        if (drawn.upper != nullptr) {
            drawn.upper->replace(upper);
            drawn.lower->replace(lower);
        }
        if (drawn.marks != nullptr)
            drawn.marks->replace(chosen.size() <= fewPoints ? places : QList<QPointF>());
    }
}

QPointF ChartCanvas::positionOf(double x, double y) const
{
    const QRectF area = chart()->plotArea();
    return {area.left() + (x - m_x.low) / m_x.length() * area.width(), area.bottom() - (y - m_y.low) / m_y.length() * area.height()};
}

QPointF ChartCanvas::valueAt(const QPointF &viewPoint) const
{
    const QRectF area = chart()->plotArea();
    return {m_x.low + (viewPoint.x() - area.left()) / area.width() * m_x.length(), m_y.low + (area.bottom() - viewPoint.y()) / area.height() * m_y.length()};
}

std::optional<ChartCanvas::Place> ChartCanvas::nearest(const QPointF &viewPoint) const
{
    const QRectF area = chart()->plotArea();
    if (!area.adjusted(-nearPixels, -nearPixels, nearPixels, nearPixels).contains(viewPoint))
        return std::nullopt;
    std::optional<Place> best;
    double closest = nearPixels * nearPixels;
    const double reach = nearPixels / std::max(area.width(), 1.0) * m_x.length();
    const double x = valueAt(viewPoint).x();
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const ChartLine &line = m_spec.lines[i];
        const bool isBar = line.shape == ChartLine::Shape::Bars;
        const auto consider = [&](std::size_t at) {
            const ChartPoint &point = line.points[at];
            const QPointF off = positionOf(point.x, point.y) - viewPoint;
            // The whole of a bar is it.
            const bool isInside = isBar && std::abs(point.x - x) <= line.barWidth / 2;
            const double distance = isInside ? 0 : QPointF::dotProduct(off, off);
            if (distance < closest || (isInside && !best)) {
                closest = distance;
                best = Place(i, at);
            }
        };
        if (line.shape == ChartLine::Shape::Dots) {
            for (std::size_t at = 0; at < line.points.size(); ++at)
                consider(at);
            continue;
        }
        const double wide = isBar ? std::max(reach, line.barWidth) : reach;
        const auto begin = std::ranges::lower_bound(line.points, x - wide, {}, &ChartPoint::x);
        for (auto it = begin; it != line.points.end() && it->x <= x + wide; ++it)
            consider(static_cast<std::size_t>(it - line.points.begin()));
    }
    return best;
}

void ChartCanvas::drawBackground(QPainter *painter, const QRectF &rect)
{
    QChartView::drawBackground(painter, rect);
    if (m_spec.pointCount() == 0)
        return;
    const Tokens &tokens = Tokens::of(palette());
    const QRectF area = chart()->plotArea();
    painter->save();
    painter->setFont(sizedFont(font(), metrics::captionPx));
    for (const ChartZone &zone : m_spec.zones) {
        QRectF band(QPointF(area.left(), positionOf(0, zone.high).y()), QPointF(area.right(), positionOf(0, zone.low).y()));
        band = band.intersected(area);
        if (band.isEmpty())
            continue;
        QColor color = toneColor(zone.tone, tokens);
        color.setAlphaF(static_cast<float>(zoneOpacity));
        painter->fillRect(band, color);
        painter->setPen(toneColor(zone.tone, tokens));
        if (band.height() > painter->fontMetrics().height())
            painter->drawText(band.adjusted(metrics::space2, 2, -metrics::space2, -2), Qt::AlignRight | Qt::AlignTop, zone.label);
    }
    painter->setClipRect(area);
    for (const ChartGuide &guide : m_spec.guides) {
        painter->setPen(QPen(tokens.muted, 1, Qt::DashLine));
        QPointF from = guide.isVertical ? QPointF(positionOf(guide.value, 0).x(), area.top()) : QPointF(area.left(), positionOf(0, guide.value).y());
        QPointF to = guide.isVertical ? QPointF(from.x(), area.bottom()) : QPointF(area.right(), from.y());
        if (guide.isDiagonal) {
            from = positionOf(m_x.low, m_x.low);
            to = positionOf(m_x.high, m_x.high);
        }
        painter->drawLine(from, to);
        if (!guide.label.isEmpty() && !guide.isDiagonal)
            painter->drawText(guide.isVertical ? QPointF(from.x() + metrics::space1, area.top() + painter->fontMetrics().ascent())
                                               : QPointF(area.left() + metrics::space1, from.y() - metrics::space1),
                              guide.label);
    }
    painter->restore();
}

void ChartCanvas::drawForeground(QPainter *painter, const QRectF &rect)
{
    QChartView::drawForeground(painter, rect);
    const Tokens &tokens = Tokens::of(palette());
    if (m_spec.pointCount() == 0) {
        painter->setPen(tokens.muted);
        painter->setFont(sizedFont(font(), metrics::bodyPx));
        painter->drawText(QRectF(viewport()->rect()).adjusted(metrics::space4, 0, -metrics::space4, 0), Qt::AlignCenter | Qt::TextWordWrap, m_spec.emptySentence);
        return;
    }
    if (m_isForPicture)
        return;
    const auto mark = [&](const Place &place, double radius, const QColor &color) {
        const ChartPoint &point = m_spec.lines[place.first].points[place.second];
        if (point.x < m_x.low || point.x > m_x.high)
            return;
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(color, metrics::focusRing));
        painter->drawEllipse(positionOf(point.x, point.y), radius, radius);
    };
    painter->setRenderHint(QPainter::Antialiasing);
    drawEmphasis(*painter);
    if (m_hovered)
        mark(*m_hovered, dotSize * 0.75, tokens.muted);
    if (m_current)
        mark(*m_current, dotSize, tokens.accent);
    if (hasFocus()) {
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void ChartCanvas::emphasise(const std::vector<std::int64_t> &lines, const std::vector<std::int64_t> &points)
{
    std::vector<std::size_t> lineNumbers;
    std::vector<Place> places;
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const ChartLine &line = m_spec.lines[i];
        if (line.id >= 0 && std::ranges::find(lines, line.id) != lines.end())
            lineNumbers.push_back(i);
        for (std::size_t at = 0; !points.empty() && at < line.points.size(); ++at) {
            if (line.points[at].id >= 0 && std::ranges::find(points, line.points[at].id) != points.end())
                places.emplace_back(i, at);
        }
    }
    if (lineNumbers == m_emphasisedLines && places == m_emphasisedPoints)
        return;
    m_emphasisedLines = std::move(lineNumbers);
    m_emphasisedPoints = std::move(places);
    viewport()->update();
}

void ChartCanvas::drawEmphasis(QPainter &painter) const
{
    const Tokens &tokens = Tokens::of(palette());
    painter.save();
    painter.setClipRect(chart()->plotArea());
    for (const std::size_t index : m_emphasisedLines) {
        QPolygonF path;
        for (const QPointF &at : m_lines[index].series->points())
            path.append(positionOf(at.x(), at.y()));
        // A halo parts it from the lines that it crosses.
        painter.setPen(QPen(tokens.ground, 3 * strokeWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(path);
        painter.setPen(QPen(seriesColor(colorIndex(m_spec, index), tokens), 1.8 * strokeWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(path);
    }
    for (const Place &place : m_emphasisedPoints) {
        const ChartLine &line = m_spec.lines[place.first];
        const ChartPoint &point = line.points[place.second];
        painter.setPen(QPen(tokens.accent, metrics::focusRing));
        painter.setBrush(Qt::NoBrush);
        if (line.shape == ChartLine::Shape::Bars)
            painter.drawRect(QRectF(positionOf(point.x - line.barWidth / 2, point.y), positionOf(point.x + line.barWidth / 2, 0)));
        else
            painter.drawEllipse(positionOf(point.x, point.y), dotSize, dotSize);
    }
    painter.restore();
}

void ChartCanvas::hover(const std::optional<Place> &place)
{
    if (place == m_hovered)
        return;
    m_hovered = place;
    viewport()->update();
    emit hoveredChanged();
}

void ChartCanvas::renderTo(QPainter &painter, const QSizeF &size)
{
    const QScopedValueRollback picture(m_isForPicture, true);
    render(&painter, QRectF(QPointF(0, 0), size), viewport()->rect());
}

void ChartCanvas::tellPoint(const QPoint &globalPoint, const std::optional<Place> &place)
{
    if (!place) {
        QToolTip::hideText();
        return;
    }
    QStringList lines;
    for (const QString &line : pointWords(m_spec, place->first, place->second))
        lines.append(line.toHtmlEscaped());
    QToolTip::showText(globalPoint, u"<qt>"_s + lines.join(u"<br>"_s) + u"</qt>"_s, this);
}

void ChartCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if (m_pressedAt) {
        const int moved = event->pos().x() - m_pressedAt->x();
        if (m_isDragging || std::abs(moved) > 4) {
            m_isDragging = true;
            moveX(-moved);
            m_pressedAt = event->pos();
            QToolTip::hideText();
        }
        return;
    }
    const std::optional<Place> place = nearest(event->position());
    if (place == m_hovered)
        return;
    hover(place);
    viewport()->setCursor(place && m_spec.lines[place->first].points[place->second].id >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    tellPoint(event->globalPosition().toPoint(), place);
}

void ChartCanvas::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::LeftButton)
        m_pressedAt = event->pos();
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressedAt.reset();
    if (std::exchange(m_isDragging, false))
        return;
    if (const std::optional<Place> place = nearest(event->position())) {
        setCurrent(place);
        emit activated(place->first, place->second);
    }
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent *)
{
    showAll();
}

void ChartCanvas::leaveEvent(QEvent *event)
{
    hover(std::nullopt);
    QChartView::leaveEvent(event);
}

void ChartCanvas::wheelEvent(QWheelEvent *event)
{
    if (m_spec.pointCount() == 0 || event->angleDelta().y() == 0)
        return event->ignore();
    zoom(std::pow(0.8, event->angleDelta().y() / 120.0), valueAt(event->position()).x());
    event->accept();
}

void ChartCanvas::moveX(double pixels)
{
    const double by = pixels / std::max(chart()->plotArea().width(), 1.0) * m_x.length();
    showX({m_x.low + by, m_x.high + by});
}

/// To the next point of the line, or to the nearest one of another line.
void ChartCanvas::step(int points, int lines)
{
    if (m_spec.pointCount() == 0)
        return;
    Place place = m_current.value_or(Place(0, 0));
    const std::size_t count = m_spec.lines.size();
    if (m_current && lines != 0) {
        const double x = m_spec.lines[place.first].points[place.second].x;
        place.first = (place.first + count + static_cast<std::size_t>(lines + static_cast<int>(count))) % count;
        const auto &others = m_spec.lines[place.first].points;
        const auto it = std::ranges::min_element(others, {}, [x](const ChartPoint &point) { return std::abs(point.x - x); });
        place.second = it == others.end() ? 0 : static_cast<std::size_t>(it - others.begin());
    }
    while (m_spec.lines[place.first].points.empty())
        place = {(place.first + 1) % count, 0};
    const auto last = static_cast<std::ptrdiff_t>(m_spec.lines[place.first].points.size()) - 1;
    if (m_current && points != 0)
        place.second = static_cast<std::size_t>(std::clamp(static_cast<std::ptrdiff_t>(place.second) + points, std::ptrdiff_t(0), last));
    setCurrent(place);
    const ChartPoint &point = m_spec.lines[place.first].points[place.second];
    tellPoint(viewport()->mapToGlobal(positionOf(point.x, point.y).toPoint()), place);
}

void ChartCanvas::keyPressEvent(QKeyEvent *event)
{
    const int page = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left: return step(-page, 0);
    case Qt::Key_Right: return step(page, 0);
    case Qt::Key_Up: return step(0, -1);
    case Qt::Key_Down: return step(0, 1);
    case Qt::Key_Home: return step(-static_cast<int>(std::min<std::size_t>(m_spec.pointCount(), 1U << 30)), 0);
    case Qt::Key_End: return step(static_cast<int>(std::min<std::size_t>(m_spec.pointCount(), 1U << 30)), 0);
    case Qt::Key_Plus:
    case Qt::Key_Minus: {
        const double middle = m_current ? m_spec.lines[m_current->first].points[m_current->second].x : (m_x.low + m_x.high) / 2;
        return zoom(event->key() == Qt::Key_Plus ? 0.8 : 1.25, middle);
    }
    case Qt::Key_0: return showAll();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current)
            emit activated(m_current->first, m_current->second);
        return;
    default: QChartView::keyPressEvent(event);
    }
}

void ChartCanvas::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    applyRanges();
}

void ChartCanvas::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if ((event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange) && m_xAxis != nullptr) {
        applyTheme();
        applyRanges();
    }
}

} // namespace turnstone
