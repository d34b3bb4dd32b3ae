// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/columnlayout.h"

#include "views/widgets/rowtableview.h"
#include "views/widgets/theme.h"

#include <QHeaderView>
#include <QMenu>
#include <QTableView>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QHeaderView *headerOf(const RowTableView &view)
{
    return view.table()->horizontalHeader();
}

} // namespace

ColumnLayout::ColumnLayout(RowTableView &view, QObject *parent) : QObject(parent), m_view(view)
{
    connect(headerOf(view), &QHeaderView::sectionMoved, this, &ColumnLayout::changed);
    connect(headerOf(view), &QHeaderView::sectionResized, this, &ColumnLayout::changed);
}

QString ColumnLayout::name(int section) const
{
    return m_view.table()->model()->headerData(section, Qt::Horizontal).toString();
}

QList<int> ColumnLayout::shownSections() const
{
    QList<int> sections;
    const QHeaderView *header = headerOf(m_view);
    for (int visual = 0; visual < header->count(); ++visual) {
        const int section = header->logicalIndex(visual);
        if (!header->isSectionHidden(section))
            sections.append(section);
    }
    return sections;
}

QVariantMap ColumnLayout::save() const
{
    QVariantList columns;
    const QHeaderView *header = headerOf(m_view);
    for (int visual = 0; visual < header->count(); ++visual) {
        const int section = header->logicalIndex(visual);
        const bool isHidden = header->isSectionHidden(section);
        // A hidden section has no width; 0 lets it be measured when it is shown.
        columns.append(QVariantMap{{u"name"_s, name(section)}, {u"width"_s, header->sectionSize(section)}, {u"hidden"_s, isHidden}});
    }
    return {{u"columns"_s, columns}, {u"frozen"_s, m_view.frozenColumns()}};
}

void ColumnLayout::restore(const QVariantMap &state)
{
    QHeaderView *header = headerOf(m_view);
    int visual = 0;
    int shown = 0;
    for (const QVariant &entry : state.value(u"columns"_s).toList()) {
        const QVariantMap column = entry.toMap();
        for (int section = 0; section < header->count(); ++section) {
            if (name(section) != column.value(u"name"_s).toString())
                continue;
            header->moveSection(header->visualIndex(section), visual++);
            if (const int width = column.value(u"width"_s).toInt(); width > 0)
                header->resizeSection(section, width);
            header->setSectionHidden(section, column.value(u"hidden"_s).toBool());
            shown += header->isSectionHidden(section) ? 0 : 1;
            break;
        }
    }
    if (shown == 0 && header->count() > 0)
        header->setSectionHidden(header->logicalIndex(0), false);
    m_view.setFrozenColumns(state.value(u"frozen"_s).toInt());
}

void ColumnLayout::reset()
{
    QHeaderView *header = headerOf(m_view);
    for (int section = 0; section < header->count(); ++section) {
        header->setSectionHidden(section, false);
        header->moveSection(header->visualIndex(section), section);
    }
    m_view.setFrozenColumns(0);
    m_view.fitColumns();
    emit changed();
}

void ColumnLayout::hide(int section)
{
    if (shownSections().size() < 2)
        return; // without a column nothing could be brought back
    headerOf(m_view)->hideSection(section);
    emit changed();
}

void ColumnLayout::show(int section)
{
    QHeaderView *header = headerOf(m_view);
    header->showSection(section);
    if (header->sectionSize(section) < metrics::minColumn)
        header->resizeSection(section, scaled(2 * metrics::minColumn));
    emit changed();
}

void ColumnLayout::freezeThrough(int section)
{
    m_view.setFrozenColumns(static_cast<int>(shownSections().indexOf(section)) + 1);
    emit changed();
}

void ColumnLayout::unfreeze()
{
    m_view.setFrozenColumns(0);
    emit changed();
}

void ColumnLayout::move(int section, int step)
{
    const QList<int> sections = shownSections();
    const qsizetype to = sections.indexOf(section) + step;
    if (to < 0 || to >= sections.size())
        return;
    QHeaderView *header = headerOf(m_view);
    header->moveSection(header->visualIndex(section), header->visualIndex(sections[to]));
}

void ColumnLayout::fill(QMenu &menu, int section)
{
    menu.addAction(tr("Hide %1").arg(name(section)), this, [this, section] { hide(section); })->setEnabled(shownSections().size() > 1);
    QMenu *hidden = menu.addMenu(tr("Show a column"));
    const QHeaderView *header = headerOf(m_view);
    for (int other = 0; other < header->count(); ++other) {
        if (header->isSectionHidden(other))
            hidden->addAction(name(other), this, [this, other] { show(other); });
    }
    hidden->setEnabled(!hidden->isEmpty());
    menu.addAction(tr("Move left"), this, [this, section] { move(section, -1); });
    menu.addAction(tr("Move right"), this, [this, section] { move(section, 1); });
    menu.addAction(tr("Keep the columns up to here"), this, [this, section] { freezeThrough(section); });
    menu.addAction(tr("Let all columns scroll"), this, &ColumnLayout::unfreeze)->setEnabled(m_view.frozenColumns() > 0);
    menu.addAction(tr("Fit the widths"), &m_view, &RowTableView::fitColumns);
    menu.addAction(tr("Show all columns as in the table"), this, &ColumnLayout::reset);
}

} // namespace turnstone
