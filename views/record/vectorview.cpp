// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/vectorview.h"

#include "models/items/vectorvaluesmodel.h"
#include "views/widgets/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int plotHeight = 72;

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

/// The line through the values.
class VectorPlot final : public QWidget
{
public:
    VectorPlot(const VectorValuesModel &model, QWidget *parent) : QWidget(parent), m_model(model)
    {
        setObjectName(u"vectorPlot"_s);
        setMinimumHeight(scaled(plotHeight));
        setMaximumHeight(scaled(2 * plotHeight));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const std::vector<float> &values = m_model.values();
        const Tokens &tokens = Tokens::of(palette());
        QPainter painter(this);
        painter.fillRect(rect(), tokens.ground);
        if (values.empty())
            return;
        const QRectF area = QRectF(rect()).adjusted(metrics::space3, metrics::space3, -metrics::space3, -metrics::space3);
        const auto [least, greatest] = std::ranges::minmax_element(values);
        const double extent = std::max({std::abs(static_cast<double>(*least)), std::abs(static_cast<double>(*greatest)), 1e-12});
        const double middle = area.center().y();
        painter.setPen(tokens.line);
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle));
        painter.setRenderHint(QPainter::Antialiasing);
        // One column of pixels shows the extremes of the values that fall on it.
        const auto columns = static_cast<std::size_t>(std::max(area.width(), 1.0));
        painter.setPen(QPen(tokens.accent, 1));
        const std::size_t count = values.size();
        for (std::size_t column = 0; column < std::min(columns, count); ++column) {
            const std::size_t first = column * count / std::min(columns, count);
            const std::size_t last = std::max((column + 1) * count / std::min(columns, count), first + 1);
            const auto [low, high] = std::minmax_element(values.begin() + static_cast<std::ptrdiff_t>(first), values.begin() + static_cast<std::ptrdiff_t>(last));
            const double x = area.left() + area.width() * (static_cast<double>(column) + 0.5) / static_cast<double>(std::min(columns, count));
            const double top = middle - std::max(static_cast<double>(*high), 0.0) / extent * area.height() / 2;
            const double bottom = middle - std::min(static_cast<double>(*low), 0.0) / extent * area.height() / 2;
            painter.drawLine(QPointF(x, top), QPointF(x, bottom));
        }
    }

private:
    const VectorValuesModel &m_model;
};

} // namespace

std::optional<std::vector<float>> vectorOf(const QByteArray &bytes, bool isBlob, int least)
{
    std::optional<std::vector<float>> values = isBlob ? fromBlob(bytes) : fromText(bytes);
    return values && static_cast<int>(values->size()) >= least ? values : std::nullopt;
}

VectorView::VectorView(QWidget *parent)
    : QWidget(parent), m_model(new VectorValuesModel(this)), m_plot(new VectorPlot(*m_model, this)), m_list(new QTableView(this))
{
    m_list->setObjectName(u"vectorValues"_s);
    m_list->setAccessibleName(tr("Numbers of the vector"));
    m_list->setModel(m_model);
    m_list->setFont(fixedFont(metrics::bodyPx - 1));
    m_list->setShowGrid(false);
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->verticalHeader()->hide();
    m_list->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_list->verticalHeader()->setDefaultSectionSize(scaled(metrics::compactRow));
    m_list->horizontalHeader()->setStretchLastSection(false);
    m_list->horizontalHeader()->setHighlightSections(false);
    m_list->setColumnWidth(0, scaled(88));
    m_list->setColumnWidth(1, scaled(140));
    auto *copy = new QAction(tr("Copy the numbers"), m_list);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    copy->setToolTip(tr("Copy the numbers (%1)").arg(copy->shortcut().toString(QKeySequence::NativeText)));
    m_list->addAction(copy);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(copiedText()); });
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_list, 2);
}

void VectorView::setVector(std::vector<float> values)
{
    m_model->setValues(std::move(values));
    setAccessibleDescription(summary());
    m_plot->update();
}

QString VectorView::copiedText() const
{
    QModelIndexList rows = m_list->selectionModel()->selectedRows(1);
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex &row : rows)
        lines.append(row.data().toString());
    return lines.join(u'\n');
}

QString VectorView::summary() const
{
    const std::vector<float> &values = m_model->values();
    if (values.empty())
        return {};
    const double squares = std::transform_reduce(values.begin(), values.end(), 0.0, std::plus(), [](float value) { return static_cast<double>(value) * value; });
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    const auto [least, greatest] = std::ranges::minmax_element(values);
    const auto figure = [](double value) { return QString::number(value, 'g', 4); };
    return tr("%1 dimensions · norm %2 · from %3 to %4 · mean %5")
        .arg(values.size())
        .arg(figure(std::sqrt(squares)), figure(*least), figure(*greatest), figure(sum / static_cast<double>(values.size())));
}

} // namespace turnstone
