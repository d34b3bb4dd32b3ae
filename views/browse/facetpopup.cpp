// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/facetpopup.h"

#include "models/core/async.h"
#include "models/items/celltext.h"
#include "views/widgets/theme.h"

#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int popupWidth = 320;
constexpr int popupHeight = 380;

QString shownText(const Value &value, const CellReader &reader)
{
    if (value.isNull())
        return u"NULL"_s;
    if (reader) {
        if (const std::optional<CellLook> look = reader(value.ref(), true))
            return look->text;
    }
    const CellText text = CellText::of(value.ref(), {});
    return text.kind == CellKind::Empty ? FacetPopup::tr("empty text") : text.text.isEmpty() ? value.toDisplayText().left(80) : text.text;
}

} // namespace

FacetPopup::FacetPopup(SessionPool &pool, const CatalogTable &table, const QString &column, const std::vector<RowFilter> &filters, const CellReader &reader,
                       QWidget *parent)
    : QFrame(parent, Qt::Dialog | Qt::FramelessWindowHint), m_column(column), m_about(new QLabel(this)), m_values(new QTreeWidget(this)), m_only(new QPushButton(tr("Only these"), this))
{
    setObjectName(u"facetPopup"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Values of %1").arg(column));
    setAutoFillBackground(true);
    setFrameShape(QFrame::StyledPanel);
    m_about->setObjectName(u"facetAbout"_s);
    m_about->setFont(sizedFont(font(), metrics::captionPx));
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_about->setWordWrap(true);
    m_about->setText(tr("Counting the values of %1…").arg(column));
    m_values->setObjectName(u"facetValues"_s);
    m_values->setAccessibleName(tr("Values of %1").arg(column));
    m_values->setColumnCount(2);
    m_values->setHeaderHidden(true);
    m_values->setRootIsDecorated(false);
    m_values->setUniformRowHeights(true);
    m_values->header()->setStretchLastSection(false);
    m_values->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_values->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_only->setObjectName(u"facetOnly"_s);
    m_only->setEnabled(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space2, metrics::space2, metrics::space2, metrics::space2);
    layout->addWidget(m_about);
    layout->addWidget(m_values, 1);
    layout->addWidget(m_only);
    resize(scaled(popupWidth), scaled(popupHeight));
    m_values->setFocus();

    connect(m_values, &QTreeWidget::itemChanged, this, [this] {
        bool isAny = false;
        for (int i = 0; i < m_values->topLevelItemCount(); ++i)
            isAny = isAny || m_values->topLevelItem(i)->checkState(0) == Qt::Checked;
        m_only->setEnabled(isAny);
    });
    connect(m_values, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        item->setCheckState(0, Qt::Checked);
        choose();
    });
    connect(m_only, &QPushButton::clicked, this, &FacetPopup::choose);
    onResult(readFacets(pool, table, column, filters, {}, m_stop.get_token()), this, [this, reader](const Result<Facets> &facets) {
        if (facets)
            showFacets(*facets, reader);
        else
            m_about->setText(facets.error().message);
    });
}

FacetPopup::~FacetPopup()
{
    m_stop.request_stop();
}

// A window, because assistive tools are not told of Qt's popups; it closes as one would.

bool FacetPopup::event(QEvent *event)
{
    if (event->type() == QEvent::WindowDeactivate)
        close();
    return QFrame::event(event);
}

void FacetPopup::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Cancel))
        close();
    else
        QFrame::keyPressEvent(event);
}

void FacetPopup::showFacets(const Facets &facets, const CellReader &reader)
{
    const QLocale locale;
    for (const FacetValue &facet : facets.values) {
        auto *item = new QTreeWidgetItem(m_values);
        item->setText(0, shownText(facet.value, reader));
        item->setToolTip(0, facet.value.toDisplayText().left(400));
        item->setText(1, locale.toString(facet.count) + (facets.isExact ? QString() : u"+"_s));
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setCheckState(0, Qt::Unchecked);
        m_stored.push_back(facet.value);
    }
    QString about = facets.isDistinctExact ? tr("%1: %2 different values in %3 rows").arg(m_column, locale.toString(facets.distinct), locale.toString(facets.rows))
                                           : tr("%1: more than %2 different values in %3 rows").arg(m_column, locale.toString(facets.distinct), locale.toString(facets.rows));
    if (!facets.isExact)
        about += tr(", as far as could be counted in a second");
    if (facets.longRows > 0)
        about += tr(". %1 rows hold longer texts.").arg(locale.toString(facets.longRows));
    m_about->setText(facets.rows == 0 ? tr("There are no rows to count.") : about);
    if (m_values->topLevelItemCount() > 0)
        m_values->setCurrentItem(m_values->topLevelItem(0));
}

void FacetPopup::choose()
{
    RowFilter filter{m_column, FilterOperator::In, {}, false};
    bool isNull = false;
    for (int i = 0; i < m_values->topLevelItemCount(); ++i) {
        if (m_values->topLevelItem(i)->checkState(0) != Qt::Checked)
            continue;
        const Value &value = m_stored[static_cast<std::size_t>(i)];
        isNull = isNull || value.isNull();
        filter.values.push_back(value);
    }
    if (filter.values.empty())
        return;
    if (filter.values.size() == 1) {
        filter.op = isNull ? FilterOperator::IsNull : FilterOperator::Equals;
        if (isNull)
            filter.values.clear();
    }
    emit filterChosen(filter);
    close();
}

} // namespace turnstone
