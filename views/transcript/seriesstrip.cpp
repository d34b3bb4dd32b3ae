// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transcript/seriesstrip.h"

#include "views/widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <limits>

namespace turnstone {

namespace {

constexpr int stripWidth = 132;
// Beyond so many points a line is drawn through means: nobody sees more than a few hundred pixels.
constexpr std::size_t mostDrawn = 2'000;

} // namespace

SeriesStrip::SeriesStrip(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setCursor(Qt::PointingHandCursor);
}

void SeriesStrip::setSeries(std::vector<Series> series, int entries)
{
    m_series = std::move(series);
    m_entries = entries;
    if (!titles().contains(m_title))
        m_title = m_series.empty() ? QString() : m_series.front().title;
    setTitle(m_title);
}

void SeriesStrip::setTitle(const QString &title)
{
    m_title = title;
    setAccessibleName(tr("%1 along the text").arg(title));
    update();
}

QStringList SeriesStrip::titles() const
{
    QStringList titles;
    for (const Series &series : m_series) {
        if (!titles.contains(series.title))
            titles.append(series.title);
    }
    return titles;
}

void SeriesStrip::setWindow(int first, int last)
{
    if (first == m_first && last == m_last)
        return;
    m_first = first;
    m_last = last;
    update();
}

QSize SeriesStrip::sizeHint() const
{
    return QSize(scaled(stripWidth), scaled(stripWidth));
}

QRectF SeriesStrip::plot() const
{
    return QRectF(rect()).adjusted(scaled(metrics::space3), scaled(metrics::space5), -scaled(metrics::space3), -scaled(metrics::space3));
}

double SeriesStrip::yOf(int entry) const
{
    return plot().top() + (m_entries > 1 ? plot().height() * entry / (m_entries - 1) : 0);
}

int SeriesStrip::entryAt(double y) const
{
    return m_entries < 1 ? -1 : std::clamp(static_cast<int>(std::lround((y - plot().top()) / std::max(1.0, plot().height()) * (m_entries - 1))), 0, m_entries - 1);
}

std::pair<double, double> SeriesStrip::range() const
{
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (const Series &series : m_series) {
        if (series.title != m_title)
            continue;
        for (const Series::Point &point : series.points) {
            low = std::min(low, point.value);
            high = std::max(high, point.value);
        }
        low = std::min(low, series.minimum.value_or(low));
        high = std::max(high, series.maximum.value_or(high));
    }
    if (low > high)
        return {0, 1};
    return low == high ? std::pair(low - 0.5, high + 0.5) : std::pair(std::min(low, low > 0 && low < high / 3 ? 0.0 : low), high);
}

void SeriesStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &tokens = Tokens::of(palette());
    painter.fillRect(rect(), tokens.surface);
    painter.setPen(tokens.line);
    painter.drawLine(rect().topLeft(), rect().bottomLeft());
    if (m_series.empty())
        return;
    if (m_first >= 0) {
        const double top = yOf(m_first) - 3;
        painter.fillRect(QRectF(1, top, width() - 1, std::max(6.0, yOf(m_last) + 3 - top)), tokens.selection);
    }
    const auto [low, high] = range();
    painter.setFont(sizedFont(font(), metrics::captionPx - 1));
    painter.setPen(tokens.muted);
    const QLocale locale;
    const QRectF area = plot();
    const QRect scale(static_cast<int>(area.left()), scaled(metrics::space1), static_cast<int>(area.width()), scaled(metrics::space4));
    painter.drawText(scale, Qt::AlignLeft | Qt::AlignVCenter, locale.toString(low, 'g', 4));
    painter.drawText(scale, Qt::AlignRight | Qt::AlignVCenter, locale.toString(high, 'g', 4));
    painter.setPen(tokens.line);
    painter.drawLine(area.topLeft(), area.bottomLeft());
    painter.drawLine(area.topRight(), area.bottomRight());
    painter.setRenderHint(QPainter::Antialiasing);
    int number = 0;
    for (const Series &series : m_series) {
        if (series.title != m_title)
            continue;
        const QColor colour = seriesColor(number++, tokens);
        const std::size_t stride = series.points.size() / mostDrawn + 1;
        QPainterPath path;
        for (std::size_t i = 0; i < series.points.size(); i += stride) {
            double sum = 0;
            const std::size_t end = std::min(i + stride, series.points.size());
            for (std::size_t j = i; j < end; ++j)
                sum += series.points[j].value;
            const double value = sum / static_cast<double>(end - i);
            const int entry = series.points[i].entry >= 0 ? series.points[i].entry : static_cast<int>(i * static_cast<std::size_t>(std::max(1, m_entries)) / series.points.size());
            const QPointF at(area.left() + (value - low) / (high - low) * area.width(), yOf(entry));
            if (path.elementCount() == 0)
                path.moveTo(at);
            else
                path.lineTo(at);
            if (series.points.size() < 80) {
                painter.setBrush(colour);
                painter.setPen(Qt::NoPen);
                painter.drawEllipse(at, 2.5, 2.5);
            }
        }
        painter.setBrush(Qt::NoBrush);
        QPen pen(colour, 1.5);
        pen.setStyle(number % 3 == 2 ? Qt::DashLine : number % 3 == 0 ? Qt::DotLine : Qt::SolidLine); // never colour alone
        painter.setPen(pen);
        painter.drawPath(path);
    }
    if (hasFocus()) {
        painter.setPen(QPen(tokens.accent, metrics::focusRing));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void SeriesStrip::mousePressEvent(QMouseEvent *event)
{
    if (const int entry = entryAt(event->position().y()); entry >= 0)
        emit entryRequested(entry);
}

void SeriesStrip::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        mousePressEvent(event);
}

void SeriesStrip::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step != 0)
        emit entryRequested(std::clamp(m_first + step, 0, std::max(0, m_entries - 1)));
    else
        QWidget::keyPressEvent(event);
}

bool SeriesStrip::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const int entry = entryAt(help->pos().y());
    QStringList lines;
    for (const Series &series : m_series) {
        if (series.title != m_title)
            continue;
        const auto near = std::ranges::min_element(series.points, {}, [entry](const Series::Point &point) { return std::abs(point.entry - entry); });
        if (near != series.points.end())
            lines.append(QStringLiteral("%1: %2").arg(series.by.isEmpty() ? series.title : series.by, QLocale().toString(near->value, 'g', 5)));
    }
    QToolTip::showText(help->globalPos(), lines.join(u'\n'), this);
    return true;
}

} // namespace turnstone
