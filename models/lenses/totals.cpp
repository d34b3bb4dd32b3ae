// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/totals.h"

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

LensSource sourceOf(const TreeGroup &group)
{
    LensSource source;
    source.table = group.table;
    source.link = group.link;
    source.via = group.via;
    source.where = group.where;
    return source;
}

/// The groups below a group of `from` down to one of `to`, the fewest there are; false if the trees lead nowhere.
bool chainBelow(const std::vector<TreeGroup> &groups, const QString &from, const QString &to, std::vector<const TreeGroup *> &best)
{
    bool isFound = false;
    std::vector<const TreeGroup *> chain;
    const auto down = [&](const auto &self, const TreeGroup &group) -> void {
        for (const TreeGroup &child : group.children) {
            chain.push_back(&child);
            if (child.table == to && (!isFound || chain.size() < best.size())) {
                best = chain;
                isFound = true;
            }
            self(self, child);
            chain.pop_back();
        }
    };
    const auto walk = [&](const auto &self, const std::vector<TreeGroup> &all) -> void {
        for (const TreeGroup &group : all) {
            if (group.table == from)
                down(down, group);
            self(self, group.children);
        }
    };
    walk(walk, groups);
    return isFound;
}

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

Result<> readSource(const LensScope &scope, const TotalsSource &source, const QString &ownTable, const RowKey &key, const PriceList &prices, std::map<QString, TotalsLine> &byModel)
{
    const CatalogTable *table = scope.sql.table(source.table);
    std::vector<const TreeGroup *> groups;
    const bool isItself = source.table == ownTable;
    if (table == nullptr || (!isItself && !chainBelow(scope.profile.trees, ownTable, source.table, groups)))
        return {};
    std::vector<LensSource> chain;
    for (const TreeGroup *group : groups)
        chain.push_back(sourceOf(*group));
    std::vector<const LensSource *> sources;
    for (const LensSource &each : chain)
        sources.push_back(&each);
    const QString alias = isItself ? u"r"_s : u"t%1"_s.arg(sources.size() - 1);
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
    QString from;
    if (isItself) {
        from = scope.sql.tableName(*table) + u" r WHERE "_s + identityCondition(scope, *table, alias, key, select.values());
    } else {
        Result<std::map<QString, Value>> owner = readOwner(scope, ownTable, key, ownerColumns(chain.front()));
        if (!owner)
            return failure(owner);
        const Result<QString> joined = fromSources(scope, sources, *owner, select.values(), false);
        if (!joined)
            return failure(joined);
        from = *joined;
    }
    const std::optional<FieldRef> latency = lensField(source.fields, u"latency"_s);
    const TableProfile *known = scope.profile.table(source.table);
    const ColumnProfile *latencyColumn = latency && known != nullptr ? known->column(latency->column) : nullptr;
    const double latencyFactor = latencyColumn != nullptr && latencyColumn->meaning == u"duration-s" ? 1000 : 1;
    return scope.connection.forEachRow(select.statement(from) + u" GROUP BY 1, 2"_s, select.values().values(), [&](const RowBlock &block, int row) {
        TotalsLine line;
        line.model = lensText(block, row, 0);
        line.rows = static_cast<std::int64_t>(lensNumber(block, row, 2).value_or(0));
        line.tokensIn = lensNumber(block, row, 3);
        line.tokensOut = lensNumber(block, row, 4);
        line.tokens = lensNumber(block, row, 5);
        if (const std::optional<double> time = lensNumber(block, row, 6))
            line.latencyMs = *time * latencyFactor;
        line.uncounted = line.rows - static_cast<std::int64_t>(lensNumber(block, row, 7).value_or(0));
        line.cost = costOf(line, prices.priceOf(line.model, lensText(block, row, 1)));
        const auto [at, isNew] = byModel.try_emplace(line.model, line);
        if (!isNew) {
            TotalsLine &total = at->second;
            total.cost = total.cost && line.cost ? std::optional(*total.cost + *line.cost) : std::nullopt;
            total.rows += line.rows;
            total.uncounted += line.uncounted;
            total.tokensIn = sum(total.tokensIn, line.tokensIn);
            total.tokensOut = sum(total.tokensOut, line.tokensOut);
            total.tokens = sum(total.tokens, line.tokens);
            total.latencyMs = sum(total.latencyMs, line.latencyMs);
        }
        return true;
    });
}

} // namespace

bool hasTotals(const ResolvedProfile &profile, const QString &table)
{
    const std::vector<TotalsSource> sources = totalsSources(profile);
    return std::any_of(sources.begin(), sources.end(), [&](const TotalsSource &source) {
        std::vector<const TreeGroup *> chain;
        return source.table == table || chainBelow(profile.trees, table, source.table, chain);
    });
}

Result<Totals> readTotals(const LensScope &scope, const QString &table, const RowKey &key, const PriceList &prices)
{
    if (!hasTotals(scope.profile, table))
        return failure(ErrorCode::NotFound, translated("Nothing below this record is known to cost tokens or time."));
    std::map<QString, TotalsLine> byModel;
    for (const TotalsSource &source : totalsSources(scope.profile)) {
        if (const Result<> read = readSource(scope, source, table, key, prices, byModel); !read)
            return failure(read);
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

QString costText(std::optional<double> dollars)
{
    if (!dollars)
        return translated("unknown");
    constexpr double small = 0.01;
    return u'$' + QLocale().toString(*dollars, 'f', *dollars > 0 && *dollars < small ? 6 : *dollars < 1 ? 4 : 2);
}

QString tokensAndCost(const TotalsLine &line)
{
    const QString tokens = line.tokens ? translated("%1 tokens").arg(QLocale().toString(*line.tokens, 'f', 0)) : translated("tokens unknown");
    return tokens + u" · "_s + (line.cost ? costText(line.cost) : translated("cost unknown"));
}

} // namespace turnstone
