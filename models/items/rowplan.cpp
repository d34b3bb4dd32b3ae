// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowplan.h"

#include "models/items/rowfiltersql.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct RowPlanText
{
    Q_DECLARE_TR_FUNCTIONS(RowPlan)
};

// PostgreSQL weighs an index against sorting by the rows wanted: as many as a walk's step.
constexpr int rowsWanted = 65'536;

struct Explained
{
    bool sorts = false;
    bool readsAll = false; // the table, without an index or key to narrow it down
    QString index;
};

Explained explainedOf(const QStringList &lines, Engine engine)
{
    static const QRegularExpression sqliteIndex(u"USING (?:COVERING )?INDEX (.+?)(?: \\(|$)"_s);
    static const QRegularExpression postgresSort(u"^\\s*(?:->\\s*)?(?:Incremental )?Sort\\b"_s);
    static const QRegularExpression postgresIndex(u"(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\\S+|\"[^\"]+\")"_s);
    Explained found;
    for (const QString &line : lines) {
        if (engine == Engine::Sqlite) {
            found.sorts = found.sorts || line.contains(u"TEMP B-TREE"_s);
            found.readsAll = found.readsAll || line.startsWith(u"SCAN"_s);
            if (const auto match = sqliteIndex.match(line); match.hasMatch())
                found.index = match.captured(1);
        } else {
            found.sorts = found.sorts || postgresSort.match(line).hasMatch();
            found.readsAll = found.readsAll || line.contains(u"Seq Scan"_s);
            if (const auto match = postgresIndex.match(line); match.hasMatch())
                found.index = match.captured(1).remove(u'"');
        }
    }
    return found;
}

Result<RowPlan> planOfOrder(Connection &connection, const CatalogTable &table, const RowSelection &selection)
{
    const bool first = selection.order.front().isDescending;
    for (const bool keyDescending : {first, !first}) {
        const OrderedQuery query(table, selection, keyDescending);
        bool carried = true;
        QString index;
        for (const RowOrder::Range &range : query.order().all()) {
            const Result<QStringList> lines = OrderedQuery::explain(connection, query.tuples(range, {}, rowsWanted));
            if (!lines)
                return failure(lines);
            const Explained plan = explainedOf(*lines, table.engine);
            carried = carried && !plan.sorts;
            index = plan.index;
        }
        if (carried) {
            return RowPlan{true, keyDescending,
                           index.isEmpty() ? RowPlanText::tr("Sorted by the key.") : RowPlanText::tr("Sorted by the index %1.").arg(index)};
        }
    }
    return RowPlan{false, first, RowPlanText::tr("No index has this order: reads the whole table to sort.")};
}

} // namespace

Result<RowPlan> RowPlan::of(Connection &connection, const CatalogTable &table, const RowSelection &selection)
{
    if (selection.filters.empty())
        return planOfOrder(connection, table, selection);
    const bool keyDescending = !selection.order.empty() && selection.order.front().isDescending;
    const OrderedQuery query(table, selection, keyDescending);
    const Result<QStringList> lines = OrderedQuery::explain(connection, query.keys(0));
    if (!lines)
        return tl::unexpected(RowFilterSql::explain(connection, table, selection.filters, lines.error()));
    const Explained plan = explainedOf(*lines, table.engine);
    RowPlan filtered{false, keyDescending, {}};
    if (plan.readsAll)
        filtered.sentence = RowPlanText::tr("No index serves the filter: reads the whole table.");
    else if (plan.index.isEmpty())
        filtered.sentence = RowPlanText::tr("Filtered by the key.");
    else
        filtered.sentence = RowPlanText::tr("Filtered by the index %1.").arg(plan.index);
    return filtered;
}

} // namespace turnstone
