// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/failures.h"

#include "models/lenses/transcript.h"

#include <QJsonArray>

#include <algorithm>
#include <map>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int lastLength = 600;

Result<FailedList> readList(const LensScope &scope, const QJsonObject &parts)
{
    FailedList list{parts.value(u"title"_s).toString(), parts.value(u"table"_s).toString(), {}, false, parts.value(u"last"_s).toObject()};
    const CatalogTable *table = scope.sql.table(list.table);
    if (table == nullptr)
        return list;
    LensSelect select(scope, *table, u"r"_s);
    const int keys = select.addIdentity();
    const TableProfile *known = scope.profile.table(list.table);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    const int title = select.addTemplate(label, *table, u"r"_s);
    const std::vector<FieldRef> badgeFields = known == nullptr ? std::vector<FieldRef>() : known->badges;
    std::vector<int> badges;
    for (const FieldRef &badge : badgeFields)
        badges.push_back(select.addField(badge));
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
        for (std::size_t i = 0; i < badges.size(); ++i)
            record.badges.push_back({badgeFields[i].toString(), Value(block.at(row, badges[i]))});
        return true;
    });
    return read ? Result<FailedList>(std::move(list)) : failure(read);
}

/// The names of those who spoke, by what is stored of them; empty where the transcript has no list of players.
Result<std::map<QString, QString>> readNames(const LensScope &scope, const TranscriptLens &lens, const std::map<QString, Value> &owner)
{
    std::map<QString, QString> names;
    const CatalogTable *table = scope.sql.table(lens.roster.table);
    if (table == nullptr)
        return names;
    LensSelect select(scope, *table, u"t0"_s);
    const int speaker = select.addField(lens.rosterSpeaker);
    const int name = select.addField(lens.rosterName);
    const Result<QString> from = fromSources(scope, {&lens.roster}, owner, select.values());
    if (!from)
        return failure(from);
    const Result<> read = scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        names.emplace(lensText(block, row, speaker), lensText(block, row, name));
        return true;
    });
    return read ? Result<std::map<QString, QString>>(std::move(names)) : failure(read);
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

Result<std::vector<std::vector<LastEntry>>> readLastEntries(const LensScope &scope, const FailedList &list, const std::vector<RowKey> &records)
{
    std::vector<std::vector<LastEntry>> all(records.size());
    const LensSource source = LensSource::from(list.last);
    const CatalogTable *table = scope.sql.table(source.table);
    if (source.isEmpty() || table == nullptr)
        return all;
    const std::optional<TranscriptLens> lens = transcriptFor(scope.profile, list.table);
    const bool hasNames = lens && lens->table == list.table && !lens->roster.isEmpty() && lens->rosterSpeaker && lens->rosterName;
    const QStringList columns = ownerColumns(source) + (hasNames ? ownerColumns(lens->roster) : QStringList());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Result<std::map<QString, Value>> owner = readOwner(scope, list.table, records[i], columns);
        if (!owner && owner.error().code == ErrorCode::NotFound)
            continue; // gone since
        if (!owner)
            return failure(owner);
        LensSelect select(scope, *table, u"t0"_s);
        const int text = select.addStart(lensField(list.last, u"text"_s), lastLength);
        const int speaker = select.addStart(lensField(list.last, u"speaker"_s), lastLength);
        const Result<QString> from = fromSources(scope, {&source}, *owner, select.values());
        if (!from)
            return failure(from);
        const Result<std::map<QString, QString>> names = hasNames ? readNames(scope, *lens, *owner) : std::map<QString, QString>();
        if (!names)
            return failure(names);
        const QString sql = select.statement(*from) + u" LIMIT %1"_s.arg(FailedList::lastEntries);
        const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
            const QString stored = lensText(block, row, speaker);
            const auto name = names->find(stored);
            all[i].push_back({name == names->end() || name->second.isEmpty() ? stored : name->second, lensText(block, row, text)});
            return true;
        });
        if (!read)
            return failure(read);
        std::ranges::reverse(all[i]);
    }
    return all;
}

} // namespace turnstone
