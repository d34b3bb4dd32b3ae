// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/totals.h"

#include "models/profiles/hierarchy.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Totals", text);
}

QString tokensText(const TotalsLine &line)
{
    return line.tokens ? translated("%1 tokens").arg(QLocale().toString(*line.tokens, 'f', 0)) : translated("tokens unknown");
}

LensSource sourceOf(const TreeGroup &group, bool isSelf = false)
{
    LensSource source;
    source.table = group.table;
    source.link = isSelf ? group.selfLink : group.link;
    if (!isSelf) {
        source.via = group.via;
        source.where = group.where;
    }
    return source;
}

/// The groups that lead from rows of a table down to rows of another, the fewest there are; nothing if the trees lead nowhere. A group
/// goes on wherever its table stands in the trees: below an agent are its seats in games, and below these their turns.
std::optional<std::vector<const TreeGroup *>> wayDown(const std::vector<TreeGroup> &trees, const QString &from, const QString &to)
{
    if (from == to)
        return std::vector<const TreeGroup *>();
    std::vector<std::pair<QString, const TreeGroup *>> steps;
    const auto collect = [&](const auto &self, const TreeGroup &group) -> void {
        for (const TreeGroup &child : group.children) {
            steps.emplace_back(group.table, &child);
            self(self, child);
        }
    };
    for (const TreeGroup &tree : trees)
        collect(collect, tree);
    std::map<QString, std::vector<const TreeGroup *>> ways{{from, {}}};
    for (std::vector<QString> now{from}; !now.empty();) {
        std::vector<QString> next;
        for (const QString &table : now) {
            for (const auto &[above, group] : steps) {
                if (above != table || ways.contains(group->table))
                    continue;
                std::vector<const TreeGroup *> way = ways[table];
                way.push_back(group);
                if (group->table == to)
                    return way;
                ways[group->table] = std::move(way);
                next.push_back(group->table);
            }
        }
        now = std::move(next);
    }
    return std::nullopt;
}

/// What is summed: all rows there are, those below a record, or those of one of its groups (of a root without a record).
struct Below
{
    QString table; ///< of the record; empty without one
    RowKey key;
    const TreeGroup *group = nullptr;
    bool isSelf = false;

    bool isEverything() const { return table.isEmpty() && group == nullptr; }
    QString startTable() const { return group != nullptr ? group->table : table; }
};

struct TotalsSource
{
    QString table;
    QJsonObject fields;
};

std::vector<TotalsSource> totalsSources(const ResolvedProfile &profile)
{
    std::vector<TotalsSource> all;
    for (const Lens &lens : profile.lenses) {
        if (lens.kind != u"totals")
            continue;
        for (const QJsonValue &each : lens.parts.value(u"sources"_s).toArray())
            all.push_back({each.toObject().value(u"table"_s).toString(), each.toObject()});
    }
    return all;
}

/// The day of a time in UTC, as the price list writes days; days before a price's first one have another price.
QString dayExpression(const LensScope &scope, const TotalsSource &source, const CatalogTable &table, const QString &alias)
{
    const std::optional<FieldRef> field = lensField(source.fields, u"time"_s);
    if (!field)
        return u"''"_s;
    const TableProfile *known = scope.profile.table(source.table);
    const ColumnProfile *column = known == nullptr ? nullptr : known->column(field->column);
    const QString meaning = column == nullptr ? QString() : column->meaning;
    const QString time = scope.sql.field(*field, table, alias);
    const bool isSqlite = scope.catalog.engine == Engine::Sqlite;
    if (meaning == u"epoch-s" || meaning == u"epoch-ms") {
        const QString seconds = meaning == u"epoch-ms" ? u"(%1) / 1000"_s.arg(time) : time;
        return (isSqlite ? u"date(%1, 'unixepoch')"_s : u"to_char(to_timestamp(%1) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"_s).arg(seconds);
    }
    if (isSqlite)
        return u"substr(%1, 1, 10)"_s.arg(time);
    return meaning == u"zoned-time" ? u"to_char(%1 AT TIME ZONE 'UTC', 'YYYY-MM-DD')"_s.arg(time) : u"left((%1)::text, 10)"_s.arg(time);
}

std::optional<double> sum(std::optional<double> a, std::optional<double> b)
{
    return a && b ? std::optional(*a + *b) : a ? a : b;
}

std::optional<double> costOf(const TotalsLine &line, const ModelPrice *price)
{
    if (price == nullptr || line.uncounted > 0)
        return std::nullopt;
    if (line.tokensIn && line.tokensOut)
        return turnstone::costOf(*price, *line.tokensIn, *line.tokensOut);
    // Only the sum is known: enough where both cost the same.
    if (line.tokens && price->input == price->output)
        return turnstone::costOf(*price, *line.tokens, 0);
    return std::nullopt;
}

/// What follows FROM for the rows of a source; its own rows are called `alias`. Nothing if none of them can be there.
Result<std::optional<QString>> rowsBelow(const LensScope &scope, const CatalogTable &table, const QString &sourceTable, const Below &below, const QString &alias, SqlValues &values)
{
    const QString own = scope.sql.tableName(table) + u' ' + alias;
    if (below.isEverything())
        return std::optional(own);
    const auto way = wayDown(scope.profile.trees, below.startTable(), sourceTable);
    if (!way)
        return std::optional<QString>();
    std::vector<LensSource> chain;
    if (below.group != nullptr)
        chain.push_back(sourceOf(*below.group, below.isSelf));
    for (const TreeGroup *group : *way)
        chain.push_back(sourceOf(*group));
    if (chain.empty())
        return std::optional(own + u" WHERE "_s + identityCondition(scope, table, alias, below.key, values));
    std::map<QString, Value> owner;
    if (!below.table.isEmpty()) {
        Result<std::map<QString, Value>> found = readOwner(scope, below.table, below.key, ownerColumns(chain.front()));
        if (!found)
            return failure(found);
        owner = std::move(*found);
    }
    std::vector<const LensSource *> sources;
    for (const LensSource &each : chain)
        sources.push_back(&each);
    const Result<QString> joined = fromSources(scope, sources, owner, values, false);
    if (!joined)
        return failure(joined);
    // Through a junction a row may be reached twice; it counts once.
    QStringList outer;
    QStringList inner;
    for (const QString &column : scope.sql.identity(table)) {
        outer.append(RowSql::column(alias, column));
        inner.append(RowSql::column(u"t%1"_s.arg(sources.size() - 1), column));
    }
    if (inner.isEmpty())
        return failure(ErrorCode::Unsupported, translated("The rows of %1 have no key by which each counts once.").arg(table.name));
    return std::optional(u"%1 WHERE %2 IN (SELECT %3 FROM %4)"_s.arg(own, outer.size() == 1 ? outer.front() : u'(' + outer.join(u", "_s) + u')', inner.join(u", "_s), *joined));
}

void add(TotalsLine line, std::map<QString, TotalsLine> &byModel)
{
    const auto [at, isNew] = byModel.try_emplace(line.model, line);
    if (isNew)
        return;
    TotalsLine &total = at->second;
    total.cost = total.cost && line.cost ? std::optional(*total.cost + *line.cost) : std::nullopt;
    total.rows += line.rows;
    total.uncounted += line.uncounted;
    total.tokensIn = sum(total.tokensIn, line.tokensIn);
    total.tokensOut = sum(total.tokensOut, line.tokensOut);
    total.tokens = sum(total.tokens, line.tokens);
    total.latencyMs = sum(total.latencyMs, line.latencyMs);
}

double latencyFactor(const LensScope &scope, const TotalsSource &source)
{
    const std::optional<FieldRef> latency = lensField(source.fields, u"latency"_s);
    const TableProfile *known = scope.profile.table(source.table);
    const ColumnProfile *column = latency && known != nullptr ? known->column(latency->column) : nullptr;
    return column != nullptr && column->meaning == u"duration-s" ? 1000 : 1;
}

/// Where figures come in JSON as text, rows come one by one and are added up here.
Result<> readRowWise(const LensScope &scope, const TotalsSource &source, const CatalogTable &table, const Below &below, const PriceList &prices, std::map<QString, TotalsLine> &byModel)
{
    const QString alias = u"r"_s;
    LensSelect select(scope, table, alias);
    const auto figure = [&](const QString &name) { return LensFigure(select, scope, lensField(source.fields, name)); };
    const LensFigure model = figure(u"model"_s);
    const LensFigure in = figure(u"tokensIn"_s);
    const LensFigure out = figure(u"tokensOut"_s);
    const LensFigure whole = figure(u"tokens"_s);
    const LensFigure latency = figure(u"latency"_s);
    const int day = select.add(dayExpression(scope, source, table, alias));
    const Result<std::optional<QString>> from = rowsBelow(scope, table, source.table, below, alias, select.values());
    if (!from)
        return failure(from);
    if (!*from)
        return {};
    const double factor = latencyFactor(scope, source);
    return scope.connection.forEachRow(select.statement(**from), select.values().values(), [&](const RowBlock &block, int row) {
        TotalsLine line;
        line.model = model.text(block, row);
        line.rows = 1;
        line.tokensIn = in.number(block, row);
        line.tokensOut = out.number(block, row);
        line.tokens = whole.number(block, row);
        // As the database does it where it can: what is kept in part follows from the rest.
        if (line.tokens && line.tokensOut && !line.tokensIn)
            line.tokensIn = *line.tokens - *line.tokensOut;
        else if (line.tokens && line.tokensIn && !line.tokensOut)
            line.tokensOut = *line.tokens - *line.tokensIn;
        else if (!line.tokens)
            line.tokens = sum(line.tokensIn, line.tokensOut);
        if (const std::optional<double> time = latency.number(block, row))
            line.latencyMs = *time * factor;
        line.uncounted = line.tokens ? 0 : 1;
        line.cost = costOf(line, prices.priceOf(line.model, lensText(block, row, day)));
        add(std::move(line), byModel);
        return true;
    });
}

Result<> readSource(const LensScope &scope, const TotalsSource &source, const Below &below, const PriceList &prices, std::map<QString, TotalsLine> &byModel)
{
    const CatalogTable *table = scope.sql.table(source.table);
    if (table == nullptr)
        return {};
    for (const char *name : {"model", "tokensIn", "tokensOut", "tokens", "latency"}) {
        if (LensFigure::isTextJson(scope, *table, lensField(source.fields, QString::fromLatin1(name))))
            return readRowWise(scope, source, *table, below, prices, byModel);
    }
    const QString alias = u"r"_s;
    LensSelect select(scope, *table, alias);
    const auto expression = [&](const QString &name) {
        const std::optional<FieldRef> field = lensField(source.fields, name);
        if (!field)
            return scope.catalog.engine == Engine::Sqlite ? u"NULL"_s : u"NULL::double precision"_s;
        const QString value = scope.sql.field(*field, *table, alias);
        if (scope.catalog.engine == Engine::Sqlite)
            return u"CAST(%1 AS REAL)"_s.arg(value);
        return field->jsonPath.isEmpty() ? u"(%1)::double precision"_s.arg(value) : u"(CASE WHEN (%1)::text ~ '^-?[0-9.]+([eE][-+]?[0-9]+)?$' THEN (%1)::text::double precision END)"_s.arg(value);
    };
    const std::optional<FieldRef> modelField = lensField(source.fields, u"model"_s);
    const QString model = modelField ? u"COALESCE(%1, '')"_s.arg(scope.sql.field(*modelField, *table, alias)) : u"''"_s;
    const QString day = dayExpression(scope, source, *table, alias);
    const QString in = expression(u"tokensIn"_s);
    const QString out = expression(u"tokensOut"_s);
    const QString whole = expression(u"tokens"_s);
    // A count that the application keeps in part follows from the rest of it, row by row.
    const QString allIn = u"COALESCE(%1, %3 - %2)"_s.arg(in, out, whole);
    const QString allOut = u"COALESCE(%2, %3 - %1)"_s.arg(in, out, whole);
    const QString allTokens = u"COALESCE(%3, %1 + %2, %1, %2)"_s.arg(in, out, whole);
    for (const QString &column : {model, day, u"count(*)"_s, u"sum(%1)"_s.arg(allIn), u"sum(%1)"_s.arg(allOut), u"sum(%1)"_s.arg(allTokens), u"sum(%1)"_s.arg(expression(u"latency"_s)),
                                  u"count(%1)"_s.arg(allTokens)})
        select.add(column);
    const Result<std::optional<QString>> from = rowsBelow(scope, *table, source.table, below, alias, select.values());
    if (!from)
        return failure(from);
    if (!*from)
        return {};
    const double factor = latencyFactor(scope, source);
    return scope.connection.forEachRow(select.statement(**from) + u" GROUP BY 1, 2"_s, select.values().values(), [&](const RowBlock &block, int row) {
        TotalsLine line;
        line.model = lensText(block, row, 0);
        line.rows = static_cast<std::int64_t>(lensNumber(block, row, 2).value_or(0));
        line.tokensIn = lensNumber(block, row, 3);
        line.tokensOut = lensNumber(block, row, 4);
        line.tokens = lensNumber(block, row, 5);
        if (const std::optional<double> time = lensNumber(block, row, 6))
            line.latencyMs = *time * factor;
        line.uncounted = line.rows - static_cast<std::int64_t>(lensNumber(block, row, 7).value_or(0));
        line.cost = costOf(line, prices.priceOf(line.model, lensText(block, row, 1)));
        add(std::move(line), byModel);
        return true;
    });
}

Result<Totals> read(const LensScope &scope, const Below &below, const PriceList &prices)
{
    if (below.isEverything() ? totalsSources(scope.profile).empty() : !hasTotals(scope.profile, below.startTable()))
        return failure(ErrorCode::NotFound, translated("Nothing below this record is known to cost tokens or time."));
    std::map<QString, TotalsLine> byModel;
    for (const TotalsSource &source : totalsSources(scope.profile)) {
        if (const Result<> summed = readSource(scope, source, below, prices, byModel); !summed)
            return failure(summed);
    }
    Totals totals;
    bool isKnown = !byModel.empty();
    for (auto &[model, line] : byModel) {
        if (line.rows == 0)
            continue;
        totals.all.rows += line.rows;
        totals.all.uncounted += line.uncounted;
        totals.all.tokensIn = sum(totals.all.tokensIn, line.tokensIn);
        totals.all.tokensOut = sum(totals.all.tokensOut, line.tokensOut);
        totals.all.tokens = sum(totals.all.tokens, line.tokens);
        totals.all.latencyMs = sum(totals.all.latencyMs, line.latencyMs);
        totals.knownCost += line.cost.value_or(0);
        isKnown = isKnown && line.cost.has_value();
        totals.lines.push_back(std::move(line));
    }
    if (isKnown && !totals.lines.empty())
        totals.all.cost = totals.knownCost;
    std::ranges::stable_sort(totals.lines, std::greater<>(), [](const TotalsLine &line) { return line.tokens.value_or(0); });
    return totals;
}

} // namespace

bool hasTotals(const ResolvedProfile &profile, const QString &table)
{
    const std::vector<TotalsSource> sources = totalsSources(profile);
    return std::any_of(sources.begin(), sources.end(), [&](const TotalsSource &source) { return wayDown(profile.trees, table, source.table).has_value(); });
}

bool hasTotals(const ResolvedProfile &profile)
{
    return !totalsSources(profile).empty();
}

Result<Totals> readTotals(const LensScope &scope, const QString &table, const RowKey &key, const PriceList &prices)
{
    return read(scope, {table, key}, prices);
}

Result<Totals> readTotals(const LensScope &scope, Hierarchy &hierarchy, const TreePath &place, const PriceList &prices)
{
    Below below;
    if (const TreePath record = place.isGroup() ? place.parent() : place; !record.isEmpty()) {
        const Result<TreeNode> node = hierarchy.node(record);
        if (!node)
            return failure(node);
        below.table = node->table;
        below.key = node->key;
    }
    if (place.isGroup()) {
        const Result<TreeGroupRows> rows = hierarchy.groupRows(place);
        if (!rows)
            return failure(rows);
        below.group = rows->group;
        below.isSelf = rows->isSelf;
    }
    return read(scope, below, prices);
}

QString costText(std::optional<double> dollars)
{
    if (!dollars)
        return translated("unknown");
    constexpr double small = 0.01;
    return u'$' + QLocale().toString(*dollars, 'f', *dollars > 0 && *dollars < small ? 6 : *dollars < 1 ? 4 : 2);
}

QString tokensAndCost(const TotalsLine &line)
{
    return tokensText(line) + u" · "_s + (line.cost ? costText(line.cost) : translated("cost unknown"));
}

QString tokensAndCost(const Totals &totals)
{
    if (totals.all.cost || totals.knownCost <= 0)
        return tokensAndCost(totals.all);
    return tokensText(totals.all) + u" · "_s + translated("at least %1").arg(costText(totals.knownCost));
}

} // namespace turnstone
