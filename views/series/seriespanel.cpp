// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/series/seriespanel.h"

#include "models/core/async.h"
#include "views/charts/chartexport.h"
#include "views/charts/chartwidget.h"
#include "views/panels/tasks.h"
#include "views/prices/pricedialog.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QtConcurrent>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int chartHeight = 260;

std::vector<SeriesLens> seriesFor(const ResolvedProfile &profile, const QString &recordTable)
{
    std::vector<SeriesLens> all = seriesOf(profile);
    if (!recordTable.isEmpty())
        std::erase_if(all, [&recordTable](const SeriesLens &lens) { return lens.recordTable != recordTable || lens.link.empty(); });
    return all;
}

} // namespace

PanelKind seriesPanelKind()
{
    PanelKind kind;
    kind.id = u"series"_s;
    kind.title = SeriesPanel::tr("C&harts");
    kind.icon = u"chart"_s;
    kind.shortcut = QKeySequence(u"Ctrl+Shift+H"_s);
    kind.applies = [](const DatabaseContext &context) { return !seriesOf(*context.profile).empty(); };
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const std::vector<SeriesLens> all = seriesFor(*context.profile, table);
        // What is one point by itself needs no chart.
        const bool isAny = std::ranges::any_of(all, [&table](const SeriesLens &lens) { return lens.table != table; });
        return isAny ? SeriesPanel::tr("Chart its figures") : QString();
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new SeriesPanel(services, context, arguments, parent);
    };
    return kind;
}

SeriesPanel::SeriesPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_recordTable(tableOf(arguments)), m_record(keyOf(arguments)), m_id(arguments.value(u"lens"_s).toString())
{
    setObjectName(u"seriesPanel"_s);
    m_all = seriesFor(*Panel::context().profile, m_record.empty() ? QString() : m_recordTable);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    buildTop(layout);
    m_sentence = new QLabel(this);
    m_sentence->setObjectName(u"seriesSentence"_s);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setForegroundRole(QPalette::PlaceholderText);
    m_page = new QWidget(this);
    m_page->setBackgroundRole(QPalette::Base);
    m_page->setAutoFillBackground(true);
    auto *charts = new QVBoxLayout(m_page);
    charts->setContentsMargins(metrics::space2, metrics::space2, metrics::space2, metrics::space2);
    charts->setSpacing(metrics::space2);
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(u"seriesCharts"_s);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setWidget(m_page);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_sentence);
    m_stack->addWidget(m_scroll);
    layout->addWidget(m_stack, 1);
    m_summary = new QLabel(this);
    m_summary->setObjectName(u"seriesSummary"_s);
    m_summary->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(m_summary);
    fillChoices();
    QTimer::singleShot(0, this, &SeriesPanel::read);
}

SeriesPanel::~SeriesPanel()
{
    stop();
}

void SeriesPanel::stop()
{
    m_stop.request_stop();
    m_stop = {};
    ++m_generation;
    if (m_task != 0)
        m_services.tasks.end(std::exchange(m_task, 0));
}

void SeriesPanel::buildTop(QVBoxLayout *layout)
{
    m_message = new MessageBar(this);
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    row->setSpacing(metrics::space2);
    const auto combo = [&](const QString &name, const QString &label) {
        auto *box = new QComboBox(bar);
        box->setObjectName(name);
        box->setAccessibleName(label);
        box->setToolTip(label);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        row->addWidget(box);
        return box;
    };
    m_lenses = combo(u"seriesChoice"_s, tr("What is drawn"));
    m_axis = combo(u"seriesAxis"_s, tr("Along"));
    m_axis->addItem(tr("Over time"));
    m_grain = combo(u"seriesGrain"_s, tr("Each point or means"));
    m_grain->addItem(tr("Each point"));
    m_grain->addItem(tr("Means and quartiles"));
    m_figures = new QToolButton(bar);
    m_figures->setObjectName(u"seriesFigures"_s);
    m_figures->setText(tr("Figures"));
    m_figures->setPopupMode(QToolButton::InstantPopup);
    m_figures->setMenu(new QMenu(m_figures));
    row->addWidget(m_figures);
    m_prices = new QToolButton(bar);
    m_prices->setObjectName(u"seriesPrices"_s);
    m_prices->setText(tr("Edit prices…"));
    row->addWidget(m_prices);
    row->addStretch(1);
    layout->addWidget(m_message);
    layout->addWidget(bar);
    connect(m_lenses, &QComboBox::activated, this, [this] {
        m_id = m_lenses->currentData().toString();
        m_isChosen = false;
        m_choice = {};
        m_data.reset();
        emit titleChanged();
        read();
    });
    connect(m_axis, &QComboBox::activated, this, [this](int at) { choose([at](SeriesChoice &choice) { choice.axis = at == 0 ? SeriesAxis::Time : SeriesAxis::Ordinal; }); });
    connect(m_grain, &QComboBox::activated, this, [this](int at) { choose([at](SeriesChoice &choice) { choice.grain = at == 0 ? SeriesGrain::Points : SeriesGrain::Stretches; }); });
    connect(m_message, &MessageBar::actionTriggered, this, &SeriesPanel::reload);
    connect(m_prices, &QToolButton::clicked, this, [this] {
        auto *dialog = new PriceDialog(m_services.workers, PriceList::pathBeside(m_services.settings.fileName()), this);
        connect(dialog, &PriceDialog::saved, this, &SeriesPanel::reload);
        dialog->open();
    });
}

void SeriesPanel::choose(const std::function<void(SeriesChoice &)> &edit)
{
    const SeriesChoice before = m_choice;
    edit(m_choice);
    m_isChosen = true;
    if (!(before == m_choice))
        draw();
}

const SeriesLens *SeriesPanel::lens() const
{
    const auto it = std::ranges::find(m_all, m_id, &SeriesLens::id);
    return it == m_all.end() ? m_all.empty() ? nullptr : &m_all.front() : &*it;
}

QString SeriesPanel::title() const
{
    const SeriesLens *of = lens();
    return of == nullptr ? tr("Charts") : m_record.empty() ? of->title : u"%1 · %2 %3"_s.arg(of->title, m_recordTable, m_record.front().toDisplayText());
}

QString SeriesPanel::path() const
{
    return m_record.empty() ? u"#series"_s : u"tables/%1/%2#series"_s.arg(m_recordTable, m_record.front().toDisplayText());
}

std::optional<TablePlace> SeriesPanel::subject() const
{
    const CatalogTable *table = lens() != nullptr ? context().catalog->table(lens()->table, context().profile->schema) : nullptr;
    return table != nullptr ? std::optional(TablePlace{table->schema, table->name, {}}) : std::nullopt;
}

void SeriesPanel::fillChoices()
{
    m_lenses->clear();
    for (const SeriesLens &each : m_all)
        m_lenses->addItem(each.title, each.id);
    const SeriesLens *of = lens();
    if (of == nullptr)
        return;
    m_id = of->id;
    m_lenses->setCurrentIndex(m_lenses->findData(m_id));
    while (m_axis->count() > 1)
        m_axis->removeItem(1);
    if (of->ordinal)
        m_axis->addItem(tr("By %1").arg(QString(of->ordinal->column).replace(u'_', u' ')));
    m_axis->setVisible(of->ordinal && of->time);
    m_axis->setCurrentIndex(m_choice.axis == SeriesAxis::Time ? 0 : std::min(1, m_axis->count() - 1));
    m_grain->setCurrentIndex(m_choice.grain == SeriesGrain::Points ? 0 : 1);
    m_prices->setVisible(std::ranges::any_of(of->figures, [](const SeriesLens::Figure &figure) { return figure.kind == SeriesLens::Kind::Cost; }));
    QMenu *menu = m_figures->menu();
    menu->clear();
    for (std::size_t i = 0; i < of->figures.size(); ++i) {
        QAction *action = menu->addAction(of->figures[i].title);
        action->setCheckable(true);
        action->setChecked(std::ranges::find(m_choice.hidden, i) == m_choice.hidden.end());
        connect(action, &QAction::toggled, this, [this, i](bool isOn) {
            choose([&](SeriesChoice &choice) {
                std::erase(choice.hidden, i);
                if (!isOn)
                    choice.hidden.push_back(i);
            });
        });
    }
    m_figures->setVisible(of->figures.size() > 1);
}

void SeriesPanel::showState(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_stack->setCurrentWidget(m_sentence);
    m_summary->clear();
}

void SeriesPanel::reload()
{
    m_message->clear();
    m_data.reset();
    read();
}

void SeriesPanel::refresh()
{
    if (m_task == 0)
        read();
}

void SeriesPanel::read()
{
    stop();
    fillChoices();
    const SeriesLens *of = lens();
    if (of == nullptr) {
        showState(m_record.empty() ? tr("Nothing in this database is known to change over time.") : tr("Nothing of this record is known to change over time."));
        emit settled();
        return;
    }
    if (!m_data)
        showState(tr("Reading…"));
    m_task = m_services.tasks.begin(tr("Reading %1").arg(of->title.toLower()), [this] { m_stop.request_stop(); });
    const auto job = [context = context(), lens = *of, record = m_record, path = PriceList::pathBeside(m_services.settings.fileName())](Connection &connection) -> Result<std::shared_ptr<const SeriesData>> {
        const Result<PriceList> prices = PriceList::inUse(path, context.profile->prices);
        if (!prices)
            return failure(prices);
        Result<SeriesData> points = readSeries(connection, *context.catalog, *context.profile, lens, record, *prices);
        if (!points)
            return failure(points);
        return std::make_shared<const SeriesData>(std::move(*points));
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, generation = m_generation](Result<std::shared_ptr<const SeriesData>> points) {
        if (generation != m_generation)
            return;
        m_services.tasks.end(std::exchange(m_task, 0));
        if (!points) {
            showState(points.error().code == ErrorCode::Cancelled ? tr("Stopped.") : tr("The figures could not be read."));
            m_message->showError(points.error(), tr("Try again"));
            emit failed(points.error());
            return;
        }
        m_message->clear();
        m_data = std::move(*points);
        if (!m_isChosen)
            m_choice = sensibleChoice(*lens(), *m_data);
        fillChoices();
        draw();
    });
}

void SeriesPanel::draw()
{
    if (!m_data)
        return;
    const quint64 generation = ++m_generation;
    onResult(QtConcurrent::run(&m_services.workers, [lens = *lens(), data = m_data, choice = m_choice] { return seriesCharts(lens, *data, choice); }), this,
             [this, generation](std::vector<ChartSpec> specs) {
                 if (generation == m_generation)
                     showCharts(std::move(specs));
             });
}

void SeriesPanel::showCharts(std::vector<ChartSpec> specs)
{
    if (m_data->size() == 0) {
        showState(tr("Nothing has these figures yet."));
        emit settled();
        return;
    }
    auto *layout = static_cast<QVBoxLayout *>(m_page->layout());
    while (m_charts.size() < specs.size()) {
        const std::size_t at = m_charts.size();
        auto *chart = new ChartWidget(m_page);
        chart->setObjectName(u"seriesChart%1"_s.arg(at));
        chart->setMinimumHeight(scaled(chartHeight));
        layout->addWidget(chart, 1);
        connect(chart, &ChartWidget::pointActivated, this, [this, at](qint64 row, int line, int point) {
            openPoint(at, static_cast<std::size_t>(line), static_cast<std::size_t>(point), static_cast<std::size_t>(row));
        });
        connect(chart, &ChartWidget::failed, this, [this](const Error &error) { m_message->showError(error); });
        connect(chart, &ChartWidget::noted, this, &SeriesPanel::noted);
        m_charts.push_back(chart);
    }
    while (m_charts.size() > specs.size()) {
        delete m_charts.back();
        m_charts.pop_back();
    }
    for (std::size_t i = 0; i < specs.size(); ++i)
        m_charts[i]->setSpec(std::move(specs[i]));
    m_stack->setCurrentWidget(m_scroll);
    const QLocale locale;
    QStringList parts{tr("%1 points").arg(locale.toString(static_cast<qint64>(m_data->size())))};
    if (m_data->stride > 1)
        parts.append(tr("one of %1 rows; %2 in all").arg(locale.toString(static_cast<qint64>(m_data->stride)), locale.toString(static_cast<qint64>(m_data->rows))));
    if (m_choice.grain == SeriesGrain::Stretches)
        parts.append(tr("means, bands from the lower to the upper quartile"));
    m_summary->setText(parts.join(u" · "_s));
    emit settled();
}

void SeriesPanel::openPoint(std::size_t chart, std::size_t line, std::size_t point, std::size_t row)
{
    const SeriesLens *of = lens();
    const CatalogTable *table = of != nullptr ? context().catalog->table(of->table, context().profile->schema) : nullptr;
    if (table == nullptr || !m_data || row >= m_data->size())
        return;
    const ChartSpec &spec = m_charts[chart]->spec();
    const bool isOne = spec.lines[line].points[point].note.isEmpty();
    RowSelection selection;
    if (isOne && !m_data->keys.empty() && of->key->hops.empty() && table->hasColumn(of->key->column)) {
        selection.filters.push_back({of->key->column, FilterOperator::Equals, {m_data->keys[row]}, false});
    } else {
        // The rows of the stretch: what is a column of the table can be filtered by.
        if (of->by && of->by->hops.empty() && of->by->jsonPath.isEmpty())
            selection.filters.push_back({of->by->column, FilterOperator::Equals, {Value::text(m_data->names[static_cast<qsizetype>(m_data->by[row])])}, false});
        if (m_choice.axis == SeriesAxis::Ordinal && of->ordinal->hops.empty())
            selection.filters.push_back({of->ordinal->column, FilterOperator::Equals, {Value::integer(static_cast<std::int64_t>(m_data->ordinals[row]))}, false});
        if (of->time && of->time->hops.empty())
            selection.order.push_back({of->time->column, false});
    }
    emit placeRequested(context().id, {table->schema, table->name, selection}, {});
}

void SeriesPanel::copy(const QString &format)
{
    if (m_charts.empty())
        return;
    // Of the chart with the keyboard, else the first.
    const auto it = std::ranges::find_if(m_charts, [](const ChartWidget *chart) { return chart->isAncestorOf(QApplication::focusWidget()); });
    (it == m_charts.end() ? m_charts.front() : *it)->copyData(format == u"json" ? u"json"_s : u"csv"_s);
}

QVariantMap SeriesPanel::saveState() const
{
    QVariantList hidden;
    for (const std::size_t figure : m_choice.hidden)
        hidden.append(static_cast<int>(figure));
    return {{u"lens"_s, m_id},
            {u"chosen"_s, m_isChosen},
            {u"axis"_s, m_choice.axis == SeriesAxis::Time ? 0 : 1},
            {u"grain"_s, m_choice.grain == SeriesGrain::Points ? 0 : 1},
            {u"hidden"_s, hidden}};
}

void SeriesPanel::restoreState(const QVariantMap &state)
{
    m_id = state.value(u"lens"_s, m_id).toString();
    m_isChosen = state.value(u"chosen"_s).toBool();
    m_choice.axis = state.value(u"axis"_s).toInt() == 0 ? SeriesAxis::Time : SeriesAxis::Ordinal;
    m_choice.grain = state.value(u"grain"_s).toInt() == 0 ? SeriesGrain::Points : SeriesGrain::Stretches;
    m_choice.hidden.clear();
    for (const QVariant &figure : state.value(u"hidden"_s).toList())
        m_choice.hidden.push_back(static_cast<std::size_t>(std::max(figure.toInt(), 0)));
    if (const SeriesLens *of = lens(); of != nullptr && m_choice.axis == SeriesAxis::Ordinal && !of->ordinal)
        m_choice.axis = SeriesAxis::Time;
    if (m_generation > 0) // else the first reading is still to come
        read();
}

} // namespace turnstone
