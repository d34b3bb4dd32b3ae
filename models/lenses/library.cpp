// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/library.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString keyText(const Value &value)
{
    return value.toDisplayText();
}

/// How many rows of a source point to each value of the owner's column. Sources that lead on by several columns or a junction are not counted.
Result<bool> countUses(const LensScope &scope, const LensSource &source, std::map<QString, std::int64_t> &uses)
{
    const CatalogTable *table = scope.sql.table(source.table);
    if (table == nullptr || source.via || source.link.size() != 1)
        return false;
    LensSelect select(scope, *table, u"t0"_s);
    select.add(RowSql::column(u"t0"_s, source.link.front().first));
    select.add(u"count(*)"_s);
    const QString where = scope.sql.conditions(source.where, *table, u"t0"_s, select.values(), QDateTime::currentDateTimeUtc());
    const QString from = scope.sql.tableName(*table) + u" t0"_s + (where.isEmpty() ? QString() : u" WHERE "_s + where);
    const Result<> read = scope.connection.forEachRow(select.statement(from) + u" GROUP BY 1"_s, select.values().values(), [&](const RowBlock &block, int row) {
        uses[keyText(Value(block.at(row, 0)))] += static_cast<std::int64_t>(lensNumber(block, row, 1).value_or(0));
        return true;
    });
    return read ? Result<bool>(true) : failure(read);
}

struct Mentioning
{
    const TableProfile *table;
    const ColumnProfile *column;
    const ColumnProfile::Mention *mention;
};

std::vector<Mentioning> mentioning(const ResolvedProfile &profile, const QString &table)
{
    std::vector<Mentioning> all;
    for (const TableProfile &each : profile.tables) {
        for (const ColumnProfile &column : each.columns) {
            for (const ColumnProfile::Mention &mention : column.mentions) {
                if (mention.table == table)
                    all.push_back({&each, &column, &mention});
            }
        }
    }
    return all;
}

} // namespace

QStringList tagsFrom(const QString &stored)
{
    QStringList tags;
    const QJsonDocument json = stored.trimmed().startsWith(u'[') ? QJsonDocument::fromJson(stored.toUtf8()) : QJsonDocument();
    if (json.isArray()) {
        for (const QJsonValue &each : json.array())
            tags.append(each.toVariant().toString().trimmed());
    } else {
        for (const QString &each : stored.split(u',', Qt::SkipEmptyParts))
            tags.append(each.trimmed());
    }
    tags.removeAll(QString());
    tags.removeDuplicates();
    return tags;
}

std::vector<std::pair<QString, int>> Library::tags() const
{
    std::map<QString, int> counts;
    for (const LibraryItem &item : items) {
        for (const QString &tag : item.tags)
            ++counts[tag];
    }
    return {counts.begin(), counts.end()};
}

std::vector<const Lens *> librariesOf(const ResolvedProfile &profile)
{
    std::vector<const Lens *> all;
    for (const Lens &lens : profile.lenses) {
        if (lens.kind == u"library")
            all.push_back(&lens);
    }
    return all;
}

Result<Library> readLibrary(const LensScope &scope, const Lens &lens)
{
    const CatalogTable *table = scope.sql.table(lens.table);
    if (table == nullptr)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "There is no table %1.").arg(lens.table));
    Library library;
    library.title = lens.title;
    library.table = lens.table;
    std::map<QString, std::int64_t> uses;
    QString usedBy; // the column that uses point to
    for (const QJsonValue &each : lens.parts.value(u"usedIn"_s).toArray()) {
        const LensSource source = LensSource::from(each.toObject());
        if (source.link.size() != 1 || (!usedBy.isEmpty() && usedBy != source.link.front().second))
            continue;
        const Result<bool> counted = countUses(scope, source, uses);
        if (!counted)
            return failure(counted);
        if (*counted)
            usedBy = source.link.front().second;
    }
    const std::vector<Mentioning> mentions = mentioning(scope.profile, lens.table);
    std::map<QString, std::vector<MentionUse>> named;
    if (!mentions.empty()) {
        Result<std::map<QString, std::vector<MentionUse>>> found = readMentions(scope, lens.table);
        if (!found)
            return failure(found);
        named = std::move(*found);
    }

    const TableProfile *known = scope.profile.table(lens.table);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    LensSelect select(scope, *table, u"r"_s);
    const int keys = select.addIdentity();
    const int folder = select.addField(lensField(lens.parts, u"folder"_s));
    const int tags = select.addField(lensField(lens.parts, u"tags"_s));
    const int length = select.addLength(lensField(lens.parts, u"text"_s));
    const int user = usedBy.isEmpty() ? -1 : select.add(RowSql::column(u"r"_s, usedBy));
    const int name = mentions.empty() ? -1 : select.add(RowSql::column(u"r"_s, mentions.front().mention->column));
    const int title = select.addTemplate(label, *table, u"r"_s);
    library.hasFolders = folder >= 0;
    library.hasTags = tags >= 0;
    const QString sql = select.statement(u"%1 r LIMIT %2"_s.arg(scope.sql.tableName(*table), QString::number(Library::most + 1)));
    const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        if (library.items.size() >= Library::most) {
            library.isCut = true;
            return false;
        }
        LibraryItem &item = library.items.emplace_back();
        item.key = lensKey(block, row, 0, keys);
        item.title = title < 0 ? QString() : lensTitle(label, block, row, title);
        if (item.title.isEmpty() && !item.key.empty())
            item.title = item.key.front().toDisplayText();
        item.folder = lensText(block, row, folder).split(u'/', Qt::SkipEmptyParts).join(u'/');
        item.tags = tagsFrom(lensText(block, row, tags));
        item.length = static_cast<qint64>(lensNumber(block, row, length).value_or(0));
        if (user >= 0) {
            const auto found = uses.find(keyText(Value(block.at(row, user))));
            item.uses = found == uses.end() ? 0 : found->second;
        }
        if (name >= 0) {
            const auto found = named.find(lensText(block, row, name));
            item.uses = std::max<std::int64_t>(item.uses, 0) + (found == named.end() ? 0 : static_cast<std::int64_t>(found->second.size()));
        }
        return true;
    });
    if (!read)
        return failure(read);
    std::ranges::stable_sort(library.items, [](const LibraryItem &a, const LibraryItem &b) {
        const int folders = a.folder.compare(b.folder, Qt::CaseInsensitive);
        return folders != 0 ? folders < 0 : a.title.compare(b.title, Qt::CaseInsensitive) < 0;
    });
    return library;
}

Result<std::map<QString, std::vector<MentionUse>>> readMentions(const LensScope &scope, const QString &table, const RowKey &only)
{
    std::map<QString, std::vector<MentionUse>> all;
    for (const Mentioning &each : mentioning(scope.profile, table)) {
        const CatalogTable *naming = scope.sql.table(each.table->name);
        const QRegularExpression pattern(each.mention->pattern);
        if (naming == nullptr || !naming->hasColumn(each.column->name) || !pattern.isValid())
            continue;
        QString wanted;
        if (!only.empty()) {
            const Result<std::map<QString, Value>> row = readOwner(scope, table, only, {each.mention->column});
            if (!row)
                return failure(row);
            wanted = row->begin()->second.toDisplayText();
        }
        LensSelect select(scope, *naming, u"r"_s);
        const int keys = select.addIdentity();
        const int text = select.add(RowSql::column(u"r"_s, each.column->name));
        const int title = select.addTemplate(each.table->label, *naming, u"r"_s);
        QString from = scope.sql.tableName(*naming) + u" r"_s;
        if (!wanted.isEmpty())
            from += u" WHERE %1(%2, %3) > 0"_s.arg(scope.catalog.engine == Engine::Sqlite ? u"instr"_s : u"strpos"_s, RowSql::column(u"r"_s, each.column->name), select.values().bind(Value::text(wanted)));
        const Result<> read = scope.connection.forEachRow(select.statement(from), select.values().values(), [&](const RowBlock &block, int row) {
            std::set<QString> names;
            const QString body = lensText(block, row, text);
            for (auto matches = pattern.globalMatch(body); matches.hasNext();)
                names.insert(matches.next().captured(1));
            for (const QString &name : names) {
                if (wanted.isEmpty() || name == wanted)
                    all[name].push_back({each.table->name, title < 0 ? each.table->name : lensTitle(each.table->label, block, row, title), lensKey(block, row, 0, keys)});
            }
            return true;
        });
        if (!read)
            return failure(read);
    }
    return all;
}

} // namespace turnstone
