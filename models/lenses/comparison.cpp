// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/comparison.h"

#include "models/json/jsonindex.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int deepestJson = 200;
constexpr int pageSize = 512;

bool writeSorted(const JsonIndex &index, const JsonItem &item, int depth, QByteArray &out)
{
    if (!item.isContainer()) {
        out += index.text(item);
        return true;
    }
    if (depth > deepestJson)
        return false;
    std::vector<JsonItem> items;
    for (qsizetype from = 0; from >= 0;) {
        const JsonChildren page = index.children(item, from, pageSize);
        items.insert(items.end(), page.nodes.begin(), page.nodes.end());
        from = page.next;
    }
    const bool isObject = item.kind == JsonKind::Object;
    if (isObject)
        std::ranges::stable_sort(items, {}, [&](const JsonItem &each) { return index.key(each); });
    out += isObject ? '{' : '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i == 0 ? "\n" : ",\n";
        out += QByteArray(2 * (depth + 1), ' ');
        if (isObject)
            out += index.bytes().mid(items[i].keyStart, items[i].keyLength) + ": ";
        if (!writeSorted(index, items[i], depth + 1, out))
            return false;
    }
    if (!items.empty())
        out += '\n' + QByteArray(2 * depth, ' ');
    out += isObject ? '}' : ']';
    return true;
}

} // namespace

QString sortedJson(const QByteArray &json)
{
    const Result<JsonIndex> index = JsonIndex::build(json);
    QByteArray out;
    return index && index->root().isContainer() && writeSorted(*index, index->root(), 0, out) ? QString::fromUtf8(out) : QString();
}

const Lens *compareLensFor(const ResolvedProfile &profile, const QString &table)
{
    const auto found = std::ranges::find_if(profile.lenses, [&](const Lens &lens) { return lens.kind == u"compare" && lens.table == table; });
    return found == profile.lenses.end() ? nullptr : &*found;
}

Result<RowKey> usualPartner(const LensScope &scope, const QString &table, const RowKey &key)
{
    const Lens *lens = compareLensFor(scope.profile, table);
    const std::optional<FieldRef> with = lens == nullptr ? std::nullopt : lensField(lens->parts, u"with"_s);
    const CatalogTable *known = scope.sql.table(table);
    if (!with || known == nullptr)
        return RowKey();
    const Result<std::map<QString, Value>> row = readOwner(scope, table, key, {with->column});
    if (!row)
        return failure(row);
    const Value &partner = row->begin()->second;
    return partner.isNull() || scope.sql.identity(*known).size() != 1 ? RowKey() : RowKey{partner};
}

Result<std::vector<std::pair<QString, RowKey>>> comparable(const LensScope &scope, const QString &tableName, int limit)
{
    std::vector<std::pair<QString, RowKey>> all;
    const CatalogTable *table = scope.sql.table(tableName);
    if (table == nullptr)
        return all;
    LensSelect select(scope, *table, u"r"_s);
    const int keys = select.addIdentity();
    const TableProfile *known = scope.profile.table(tableName);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    const int title = select.addTemplate(label, *table, u"r"_s);
    if (keys == 0)
        return all;
    QStringList order;
    for (const QString &column : scope.sql.identity(*table))
        order.append(RowSql::column(u"r"_s, column) + u" DESC"_s);
    const QString sql = select.statement(u"%1 r ORDER BY %2 LIMIT %3"_s.arg(scope.sql.tableName(*table), order.join(u", "_s), QString::number(limit)));
    const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        RowKey key = lensKey(block, row, 0, keys);
        QStringList words;
        for (const Value &value : key)
            words.append(value.toDisplayText());
        const QString name = title < 0 ? QString() : lensTitle(label, block, row, title);
        all.emplace_back(words.join(u','), std::move(key));
        if (!name.isEmpty())
            all.back().first += u" · "_s + name;
        return true;
    });
    return read ? Result<std::vector<std::pair<QString, RowKey>>>(std::move(all)) : failure(read);
}

namespace {

/// The rows that belong to a record, each as a field; those of the same title side by side, in the order in which they come.
Result<> readParts(const LensScope &scope, const QString &tableName, const QJsonObject &parts, const RowKey &record, std::size_t first, RecordComparison &comparison)
{
    const LensSource source = LensSource::from(parts);
    const CatalogTable *table = scope.sql.table(source.table);
    if (table == nullptr)
        return {};
    const Result<std::map<QString, Value>> owner = readOwner(scope, tableName, record, ownerColumns(source));
    if (!owner)
        return failure(owner);
    const LabelTemplate label = lensTemplate(parts, u"title"_s);
    LensSelect select(scope, *table, u"t0"_s);
    const int text = select.addField(lensField(parts, u"text"_s));
    const int title = select.addTemplate(label, *table, u"t0"_s);
    const Result<QString> from = fromSources(scope, {&source}, *owner, select.values());
    if (!from)
        return failure(from);
    const qsizetype place = comparison.titles.size() - 1;
    const Result<> read = scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        const QString name = title < 0 ? QString() : lensTitle(label, block, row, title);
        // The first of this title that the record has not filled yet.
        const auto free = std::find_if(comparison.fields.begin() + static_cast<std::ptrdiff_t>(first), comparison.fields.end(),
                                       [&](const RecordComparison::Field &field) { return field.title == name && field.texts.size() <= place; });
        RecordComparison::Field &field = free != comparison.fields.end() ? *free : comparison.fields.emplace_back();
        field.title = name;
        field.isPart = true;
        while (field.texts.size() < place)
            field.texts.append(QString());
        field.texts.append(block.at(row, text).isNull() ? u""_s : lensText(block, row, text));
        return comparison.fields.size() < RecordComparison::mostFields;
    });
    for (RecordComparison::Field &field : comparison.fields) {
        while (field.texts.size() <= place)
            field.texts.append(QString());
    }
    return read;
}

} // namespace

Result<RecordComparison> readComparison(const LensScope &scope, const QString &tableName, const std::vector<RowKey> &keys)
{
    RecordComparison comparison;
    const CatalogTable *table = scope.sql.table(tableName);
    if (table == nullptr)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "There is no table %1.").arg(tableName));
    const Lens *lens = compareLensFor(scope.profile, tableName);
    std::vector<FieldRef> fields = lens == nullptr ? std::vector<FieldRef>() : lensFields(lens->parts, u"fields"_s);
    if (fields.empty()) {
        for (const CatalogColumn &column : table->columns)
            fields.push_back({{}, column.name, {}});
    }
    const TableProfile *known = scope.profile.table(tableName);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    for (const FieldRef &field : fields) {
        const ColumnProfile *column = known == nullptr || !field.hops.empty() ? nullptr : known->column(field.column);
        RecordComparison::Field &of = comparison.fields.emplace_back();
        of.title = fieldTitle(field, tableName, scope.profile);
        of.isJson = column != nullptr && field.jsonPath.isEmpty() && (column->meaning == u"json" || column->meaning == u"chat-messages" || column->meaning == u"openai-response");
    }
    for (const RowKey &key : keys) {
        LensSelect select(scope, *table, u"r"_s);
        for (const FieldRef &field : fields)
            select.addField(field);
        const int title = select.addTemplate(label, *table, u"r"_s);
        const QString condition = identityCondition(scope, *table, u"r"_s, key, select.values());
        bool isThere = false;
        const Result<> read = scope.connection.forEachRow(select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
            isThere = true;
            QStringList words;
            for (const Value &value : key)
                words.append(value.toDisplayText());
            const QString name = title < 0 ? QString() : lensTitle(label, block, row, title);
            comparison.titles.append(name.isEmpty() ? words.join(u" · "_s) : name);
            comparison.keys.push_back(key);
            for (std::size_t i = 0; i < fields.size(); ++i) {
                RecordComparison::Field &field = comparison.fields[i];
                const ValueRef value = block.at(row, static_cast<int>(i));
                QString text = value.isNull() ? QString() : lensText(block, row, static_cast<int>(i));
                if (field.isJson && !text.isEmpty()) {
                    const QString sorted = sortedJson(text.toUtf8());
                    text = sorted.isNull() ? text : sorted;
                }
                field.texts.append(value.isNull() ? QString() : text.isNull() ? u""_s : text);
            }
            return false;
        });
        if (!read)
            return failure(read);
        if (!isThere)
            return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "One of the records is not in the database any more."));
        if (const QJsonObject parts = lens == nullptr ? QJsonObject() : lens->parts.value(u"parts"_s).toObject(); !parts.isEmpty()) {
            if (const Result<> parted = readParts(scope, tableName, parts, key, fields.size(), comparison); !parted)
                return failure(parted);
        }
    }
    return comparison;
}

std::vector<std::vector<ComparedText>> compareFields(const RecordComparison &comparison, const std::stop_token &stop)
{
    std::vector<std::vector<ComparedText>> all;
    for (const RecordComparison::Field &field : comparison.fields) {
        std::vector<ComparedText> &of = all.emplace_back(static_cast<std::size_t>(field.texts.size()));
        for (qsizetype record = 1; record < field.texts.size() && !stop.stop_requested(); ++record) {
            ComparedText &text = of[static_cast<std::size_t>(record)];
            text.isSame = field.texts[record] == field.texts[0] && field.texts[record].isNull() == field.texts[0].isNull();
            if (text.isSame)
                continue;
            TextDiff diff = diffTexts(field.texts[0], field.texts[record], stop);
            text.runs = std::move(diff.runs);
            text.isCoarse = diff.isCoarse;
            text.likeness = diff.likeness;
        }
    }
    return all;
}

} // namespace turnstone
