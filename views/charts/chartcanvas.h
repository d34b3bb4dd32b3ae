// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/charts/chartspec.h"

#include <QChartView>

#include <optional>
#include <utility>

class QCategoryAxis;
class QXYSeries;

namespace turnstone {

/// Draws a ChartSpec and lets it be looked at closely: the view inside a ChartWidget. What is drawn of a line is chosen for the size of the
/// screen, anew after every zoom. GUI thread only.
class ChartCanvas final : public QChartView
{
    Q_OBJECT

public:
    /// Line and point.
    using Place = std::pair<std::size_t, std::size_t>;

    explicit ChartCanvas(QWidget *parent = nullptr);

    void setSpec(ChartSpec spec);
    const ChartSpec &spec() const { return m_spec; }
    std::optional<Place> current() const { return m_current; }
    void setCurrent(const std::optional<Place> &place);
    std::optional<Place> hovered() const { return m_hovered; }
    /// Lines by ChartLine::id and points by ChartPoint::id that stand out until the next call; not in pictures.
    void emphasise(const std::vector<std::int64_t> &lines, const std::vector<std::int64_t> &points);
    std::size_t emphasised() const { return m_emphasisedLines.size() + m_emphasisedPoints.size(); }
    ChartRange shownX() const { return m_x; }
    void showX(const ChartRange &range);
    void showAll();
    void zoom(double factor, std::optional<double> around = std::nullopt);
    /// Points that are drawn now, all lines together.
    std::size_t drawnPoints() const { return m_drawn; }
    /// Without what only follows the pointer and the keyboard.
    void renderTo(QPainter &painter, const QSizeF &size);

signals:
    void activated(std::size_t line, std::size_t point);
    void currentChanged();
    void hoveredChanged();

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Drawn
    {
        QXYSeries *series = nullptr;
        QXYSeries *marks = nullptr;
        QXYSeries *upper = nullptr; // of the band
        QXYSeries *lower = nullptr;
    };

    void build();
    void addLine(std::size_t index);
    void applyTheme();
    void applyRanges();
    void fill();
    void fillAxis(QCategoryAxis &axis, AxisKind kind, const ChartRange &range, int most);
    QPointF positionOf(double x, double y) const;
    QPointF valueAt(const QPointF &viewPoint) const;
    std::optional<Place> nearest(const QPointF &viewPoint) const;
    void step(int points, int lines);
    void hover(const std::optional<Place> &place);
    void drawEmphasis(QPainter &painter) const;
    void moveX(double pixels);
    void tellPoint(const QPoint &globalPoint, const std::optional<Place> &place);

    ChartSpec m_spec;
    ChartRange m_wholeX;
    ChartRange m_x;
    ChartRange m_y;
    QCategoryAxis *m_xAxis = nullptr;
    QCategoryAxis *m_yAxis = nullptr;
    std::vector<Drawn> m_lines;
    std::optional<Place> m_hovered;
    std::optional<Place> m_current;
    std::vector<std::size_t> m_emphasisedLines;
    std::vector<Place> m_emphasisedPoints;
    std::optional<QPoint> m_pressedAt;
    bool m_isDragging = false;
    bool m_isForPicture = false;
    std::size_t m_drawn = 0;
};

} // namespace turnstone
