// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartwidget.h"

#include "models/core/async.h"
#include "views/charts/chartcanvas.h"
#include "views/charts/chartexport.h"
#include "views/widgets/theme.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

ChartWidget::ChartWidget(QWidget *parent) : QWidget(parent), m_canvas(new ChartCanvas(this)), m_menuButton(new QToolButton(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_canvas);
    m_menuButton->setObjectName(u"chartMenu"_s);
    m_menuButton->setText(u"⋯"_s);
    m_menuButton->setAutoRaise(true);
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_menuButton->setAccessibleName(tr("Copy or save the chart"));
    m_menuButton->setToolTip(tr("Copy or save the chart"));
    buildMenu();
    connect(m_canvas, &ChartCanvas::activated, this, [this](std::size_t line, std::size_t point) {
        emit pointActivated(spec().lines[line].points[point].id, static_cast<int>(line), static_cast<int>(point));
    });
    connect(m_canvas, &ChartCanvas::currentChanged, this, &ChartWidget::describe);
    connect(m_canvas, &ChartCanvas::hoveredChanged, this, [this] {
        const std::optional<ChartCanvas::Place> at = m_canvas->hovered();
        emit hovered(at ? spec().lines[at->first].id : -1, at ? spec().lines[at->first].points[at->second].id : -1);
    });
}

void ChartWidget::buildMenu()
{
    auto *menu = new QMenu(m_menuButton);
    const auto add = [menu](const QString &name, const QString &text, auto run) { menu->addAction(text, menu, run)->setObjectName(name); };
    add(u"chart.copyPicture"_s, tr("Copy the picture"), [this] { copyPicture(); });
    add(u"chart.copyCsv"_s, tr("Copy the data as CSV"), [this] { copyData(u"csv"_s); });
    add(u"chart.copyJson"_s, tr("Copy the data as JSON"), [this] { copyData(u"json"_s); });
    menu->addSeparator();
    for (const QString &ending : {u"png"_s, u"svg"_s, u"csv"_s, u"json"_s})
        add(u"chart.save."_s + ending, tr("Save as %1…").arg(ending.toUpper()), [this, ending] { askAndSave(ending); });
    menu->addSeparator();
    add(u"chart.showAll"_s, tr("Show everything"), [this] { m_canvas->showAll(); });
    m_menuButton->setMenu(menu);
}

void ChartWidget::setSpec(ChartSpec spec)
{
    m_canvas->setSpec(std::move(spec));
    m_menuButton->setVisible(m_canvas->spec().pointCount() > 0);
    describe();
}

void ChartWidget::emphasise(const std::vector<std::int64_t> &lines, const std::vector<std::int64_t> &points)
{
    m_canvas->emphasise(lines, points);
}

const ChartSpec &ChartWidget::spec() const
{
    return m_canvas->spec();
}

void ChartWidget::describe()
{
    m_canvas->setAccessibleName(spec().title.isEmpty() ? tr("Chart") : spec().title);
    const std::optional<ChartCanvas::Place> at = m_canvas->current();
    m_canvas->setAccessibleDescription(at ? pointWords(spec(), at->first, at->second).join(u", "_s) : spec().description());
    QAccessibleEvent changed(m_canvas, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void ChartWidget::copyPicture()
{
    QGuiApplication::clipboard()->setImage(chartImage(*m_canvas));
    emit noted(tr("The picture was copied"));
}

void ChartWidget::copyData(const QString &format)
{
    QGuiApplication::clipboard()->setText(QString::fromUtf8(format == u"json" ? chartJson(spec()) : chartCsv(spec())));
    emit noted(tr("The data was copied"));
}

void ChartWidget::askAndSave(const QString &ending)
{
    auto *dialog = new QFileDialog(window(), tr("Save chart"));
    dialog->setObjectName(u"saveChart"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending);
    dialog->setNameFilter(tr("%1 (*.%2)").arg(ending.toUpper(), ending));
    dialog->selectFile((spec().title.isEmpty() ? u"chart"_s : spec().title.simplified().replace(u'/', u'-')) + u'.' + ending);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        onResult(QtConcurrent::run(chartSaver(*m_canvas, path)), this, [this, path](const Result<> &saved) {
            if (saved)
                emit noted(tr("Saved %1").arg(path));
            else
                emit failed(saved.error());
        });
    });
    dialog->open();
}

void ChartWidget::placeButton()
{
    const QSize size = m_menuButton->sizeHint();
    m_menuButton->setGeometry(width() - size.width() - metrics::space1, metrics::space1, size.width(), size.height());
    m_menuButton->raise();
}

void ChartWidget::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeButton();
}

void ChartWidget::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange)
        placeButton();
}

void ChartWidget::contextMenuEvent(QContextMenuEvent *event)
{
    m_menuButton->menu()->popup(event->globalPos());
}

} // namespace turnstone
