// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/vectorview.h"

#include "views/widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

std::optional<std::vector<float>> fromText(QByteArrayView text)
{
    text = text.trimmed();
    if (text.size() < 2 || text.front() != '[' || text.back() != ']')
        return std::nullopt;
    std::vector<float> values;
    const char *at = text.data() + 1;
    const char *const end = text.data() + text.size() - 1;
    while (at < end) {
        while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
            ++at;
        float value = 0;
        const auto [next, problem] = std::from_chars(at, end, value);
        if (problem != std::errc())
            return std::nullopt;
        values.push_back(value);
        at = next;
        while (at < end && *at == ' ')
            ++at;
        if (at < end && *at++ != ',')
            return std::nullopt;
    }
    return values;
}

std::optional<std::vector<float>> fromBlob(const QByteArray &bytes)
{
    static_assert(std::endian::native == std::endian::little);
    if (bytes.isEmpty() || bytes.size() % static_cast<qsizetype>(sizeof(float)) != 0)
        return std::nullopt;
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), static_cast<std::size_t>(bytes.size()));
    // Other bytes taken for floats look wild.
    const bool isSane = std::ranges::all_of(values, [](float value) { return std::isfinite(value) && std::abs(value) < 1e6F; });
    return isSane ? std::optional(std::move(values)) : std::nullopt;
}

} // namespace

std::optional<std::vector<float>> vectorOf(const QByteArray &bytes, bool isBlob, int least)
{
    std::optional<std::vector<float>> values = isBlob ? fromBlob(bytes) : fromText(bytes);
    return values && static_cast<int>(values->size()) >= least ? values : std::nullopt;
}

void VectorView::setVector(std::vector<float> values)
{
    m_values = std::move(values);
    setAccessibleDescription(summary());
    update();
}

QString VectorView::summary() const
{
    if (m_values.empty())
        return {};
    const double squares = std::transform_reduce(m_values.begin(), m_values.end(), 0.0, std::plus(), [](float value) { return static_cast<double>(value) * value; });
    const double sum = std::accumulate(m_values.begin(), m_values.end(), 0.0);
    const auto [least, greatest] = std::ranges::minmax_element(m_values);
    const auto figure = [](double value) { return QString::number(value, 'g', 4); };
    return tr("%1 dimensions · norm %2 · from %3 to %4 · mean %5")
        .arg(m_values.size())
        .arg(figure(std::sqrt(squares)), figure(*least), figure(*greatest), figure(sum / static_cast<double>(m_values.size())));
}

void VectorView::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Tokens::of(palette());
    QPainter painter(this);
    painter.fillRect(rect(), tokens.ground);
    if (m_values.empty())
        return;
    const QRectF area = QRectF(rect()).adjusted(metrics::space3, metrics::space3, -metrics::space3, -metrics::space3);
    const auto [least, greatest] = std::ranges::minmax_element(m_values);
    const double extent = std::max({std::abs(static_cast<double>(*least)), std::abs(static_cast<double>(*greatest)), 1e-12});
    const double middle = area.center().y();
    painter.setPen(tokens.line);
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle));
    painter.setRenderHint(QPainter::Antialiasing);
    // One column of pixels shows the extremes of the values that fall on it.
    const auto columns = static_cast<std::size_t>(std::max(area.width(), 1.0));
    painter.setPen(QPen(tokens.accent, 1));
    const std::size_t count = m_values.size();
    for (std::size_t column = 0; column < std::min(columns, count); ++column) {
        const std::size_t first = column * count / std::min(columns, count);
        const std::size_t last = std::max((column + 1) * count / std::min(columns, count), first + 1);
        const auto [low, high] = std::minmax_element(m_values.begin() + static_cast<std::ptrdiff_t>(first), m_values.begin() + static_cast<std::ptrdiff_t>(last));
        const double x = area.left() + area.width() * (static_cast<double>(column) + 0.5) / static_cast<double>(std::min(columns, count));
        const double top = middle - std::max(static_cast<double>(*high), 0.0) / extent * area.height() / 2;
        const double bottom = middle - std::min(static_cast<double>(*low), 0.0) / extent * area.height() / 2;
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
    }
}

} // namespace turnstone
