// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/relatedlist.h"

#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

TablePlace placeOf(const QString &schema, const QString &table, const QStringList &columns, const RowKey &values)
{
    TablePlace place{schema, table, {}};
    for (qsizetype i = 0; i < columns.size() && i < static_cast<qsizetype>(values.size()); ++i)
        place.selection.filters.push_back({columns[i], FilterOperator::Equals, {values[static_cast<std::size_t>(i)]}, false});
    return place;
}

QString titleOf(const DatabaseContext &context, const QString &table, bool isSingular)
{
    const TableProfile *profile = context.profile->table(table);
    if (profile == nullptr)
        return table;
    const QString &title = isSingular && !profile->singular.isEmpty() ? profile->singular : profile->title;
    return title.isEmpty() ? table : title;
}

/// Lines of the height of a compact row, in line with the fields above.
class LineDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width() + 2 * metrics::space2, scaled(metrics::compactRow)};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem inset = option;
        QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        inset.rect.adjust(metrics::space2, 0, -metrics::space2, 0);
        inset.state &= ~(QStyle::State_Selected | QStyle::State_MouseOver | QStyle::State_HasFocus);
        QStyledItemDelegate::paint(painter, inset, index);
    }
};

} // namespace

RelatedList::RelatedList(QWidget *parent) : QTreeWidget(parent)
{
    setObjectName(u"relatedRecords"_s);
    setAccessibleName(tr("Related records"));
    setColumnCount(2);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setIndentation(0);
    setItemDelegate(new LineDelegate(this));
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(this, &QTreeWidget::itemActivated, this, &RelatedList::request);
    connect(this, &QTreeWidget::itemClicked, this, &RelatedList::request);
}

RelatedList::~RelatedList()
{
    stop();
}

QSize RelatedList::sizeHint() const
{
    constexpr int mostLines = 6; // the fields need the room more
    return {200, std::min(std::max(topLevelItemCount(), 1), mostLines) * scaled(metrics::compactRow) + 2};
}

void RelatedList::stop()
{
    m_stop.request_stop();
    m_stop = {};
}

void RelatedList::showRelated(const DatabaseContext &context, const QString &table, const RowKey &key)
{
    stop();
    const auto job = [context, table, key](Connection &connection) { return Hierarchy(connection, *context.catalog, *context.profile).related(table, key); };
    onResult(context.pool->read(job, m_stop.get_token()), this, [this, context, token = m_stop.get_token()](const Result<RelatedRecords> &related) {
        if (token.stop_requested())
            return;
        if (related)
            list(context, *related);
        else if (related.error().code != ErrorCode::Cancelled && related.error().code != ErrorCode::NotFound)
            emit failed(related.error());
    });
}

void RelatedList::list(const DatabaseContext &context, const RelatedRecords &related)
{
    const Tokens &tokens = Tokens::of(palette());
    clear();
    m_places.clear();
    m_databaseId = context.id;
    const auto add = [&](const QString &text, const QString &detail, const QString &tip, TablePlace place, bool isThere) {
        auto *item = new QTreeWidgetItem(this, {text, detail});
        item->setToolTip(0, tip);
        item->setForeground(0, isThere ? tokens.accent : tokens.muted);
        item->setForeground(1, tokens.muted);
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        m_places.push_back(isThere ? std::optional(std::move(place)) : std::nullopt);
    };
    for (const RelatedRecords::Reference &reference : related.references) {
        QString label = reference.label.isEmpty() ? titleOf(context, reference.table, true) : reference.label;
        if (label.front().isDigit()) // "Turn 3": a number alone says nothing
            label.prepend(titleOf(context, reference.table, true) + u' ');
        add(u"↗ "_s + label, reference.exists ? reference.columns.join(u", ") : tr("missing"),
            tr("%1 points to %2").arg(reference.columns.join(u", "), reference.table),
            placeOf(reference.schema, reference.table, reference.referencedColumns, reference.values), reference.exists);
    }
    // Where there is nothing to go to comes last.
    std::vector<RelatedRecords::Referrer> referrers = related.referencedBy;
    std::ranges::stable_partition(referrers, [](const RelatedRecords::Referrer &each) { return each.count > 0; });
    for (const RelatedRecords::Referrer &referrer : referrers) {
        const QString count = QLocale().toString(static_cast<qlonglong>(referrer.count)) + (referrer.isExact ? QString() : u"+"_s);
        const auto isSameTable = [&](const RelatedRecords::Referrer &each) { return each.schema == referrer.schema && each.table == referrer.table; };
        const bool isTwice = std::ranges::count_if(referrers, isSameTable) > 1;
        // "Loops 0" once is enough, whatever columns lead here.
        if (referrer.count == 0 && &*std::ranges::find_if(referrers, isSameTable) != &referrer)
            continue;
        add(u"↙ "_s + titleOf(context, referrer.table, false) + (isTwice && referrer.count > 0 ? u" · "_s + referrer.columns.join(u", ") : QString()), count, tr("%1 of %2 points here").arg(referrer.columns.join(u", "), referrer.table),
            placeOf(referrer.schema, referrer.table, referrer.columns, referrer.values), referrer.count > 0);
    }
    updateGeometry();
    emit listed(topLevelItemCount());
}

void RelatedList::request(const QTreeWidgetItem *item)
{
    const int line = item == nullptr ? -1 : indexOfTopLevelItem(const_cast<QTreeWidgetItem *>(item));
    if (line >= 0 && line < static_cast<int>(m_places.size()) && m_places[static_cast<std::size_t>(line)])
        emit placeRequested(m_databaseId, *m_places[static_cast<std::size_t>(line)]);
}

} // namespace turnstone
