// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/failures.h"

#include <QJsonArray>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int lastLength = 600;

/// The last row of a source for each row `r`, as a value: the first one in the source's order.
QString lastText(const LensScope &scope, const QJsonObject &parts, const CatalogTable &owner)
{
    const LensSource source = LensSource::from(parts);
    const CatalogTable *table = scope.sql.table(source.table);
    const std::optional<FieldRef> text = lensField(parts, u"text"_s);
    if (table == nullptr || !text || source.via || source.link.empty())
        return u"NULL"_s;
    QStringList on;
    for (const auto &[own, of] : source.link)
        on.append(scope.sql.equal(*table, u"l"_s, own, owner, u"r"_s, of));
    QStringList order;
    for (const OrderColumn &column : source.order)
        order.append(RowSql::column(u"l"_s, column.column) + (column.descending ? u" DESC"_s : QString()));
    return u"(SELECT %1 FROM %2 l WHERE %3%4 LIMIT 1)"_s.arg(scope.sql.text(scope.sql.field(*text, *table, u"l"_s), lastLength), scope.sql.tableName(*table), on.join(u" AND "_s),
                                                           order.isEmpty() ? QString() : u" ORDER BY "_s + order.join(u", "_s));
}

Result<FailedList> readList(const LensScope &scope, const QJsonObject &parts)
{
    FailedList list{parts.value(u"title"_s).toString(), parts.value(u"table"_s).toString(), {}, false};
    const CatalogTable *table = scope.sql.table(list.table);
    if (table == nullptr)
        return list;
    LensSelect select(scope, *table, u"r"_s);
    const int keys = select.addIdentity();
    const TableProfile *known = scope.profile.table(list.table);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    const int title = select.addTemplate(label, *table, u"r"_s);
    std::vector<int> badges;
    for (const FieldRef &badge : known == nullptr ? std::vector<FieldRef>() : known->badges)
        badges.push_back(select.addStart(badge, 80));
    const int last = select.add(lastText(scope, parts.value(u"last"_s).toObject(), *table));
    QString from = scope.sql.tableName(*table) + u" r"_s;
    const QString where = scope.sql.conditions(conditionsFromJson(parts.value(u"where"_s).toObject()), *table, u"r"_s, select.values(), QDateTime::currentDateTimeUtc());
    if (!where.isEmpty())
        from += u" WHERE "_s + where;
    QStringList order;
    for (const OrderColumn &column : orderFromJson(parts.value(u"order"_s).toArray()))
        order.append(RowSql::column(u"r"_s, column.column) + (column.descending ? u" DESC"_s : QString()));
    for (const QString &column : scope.sql.identity(*table))
        order.append(RowSql::column(u"r"_s, column));
    if (!order.isEmpty())
        from += u" ORDER BY "_s + order.join(u", "_s);
    from += u" LIMIT %1"_s.arg(FailedList::most + 1);
    const Result<> read = scope.connection.forEachRow(select.statement(from), select.values().values(), [&](const RowBlock &block, int row) {
        if (list.records.size() >= FailedList::most) {
            list.hasMore = true;
            return false;
        }
        FailedRecord &record = list.records.emplace_back();
        record.key = lensKey(block, row, 0, keys);
        record.title = title < 0 ? QString() : lensTitle(label, block, row, title);
        if (record.title.isEmpty() && !record.key.empty())
            record.title = record.key.front().toDisplayText();
        for (const int badge : badges) {
            if (const QString text = lensText(block, row, badge); !text.isEmpty())
                record.badges.append(text);
        }
        record.last = lensText(block, row, last);
        return true;
    });
    return read ? Result<FailedList>(std::move(list)) : failure(read);
}

} // namespace

bool hasFailedLists(const ResolvedProfile &profile)
{
    return std::ranges::any_of(profile.lenses, [](const Lens &lens) { return lens.kind == u"failed-first"; });
}

Result<std::vector<FailedList>> readFailedLists(const LensScope &scope)
{
    std::vector<FailedList> all;
    for (const Lens &lens : scope.profile.lenses) {
        if (lens.kind != u"failed-first")
            continue;
        for (const QJsonValue &each : lens.parts.value(u"lists"_s).toArray()) {
            Result<FailedList> list = readList(scope, each.toObject());
            if (!list)
                return failure(list);
            all.push_back(std::move(*list));
        }
    }
    return all;
}

} // namespace turnstone
