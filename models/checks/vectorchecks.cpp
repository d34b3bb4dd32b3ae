// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/vectorchecks.h"

#include "models/checks/columnprobe.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct VectorChecksText
{
    Q_DECLARE_TR_FUNCTIONS(VectorChecks)
};

/// The number of a vector's elements, however it is stored; NULL for what is no vector.
QString dimensions(const CheckSql &sql, const CatalogColumn &column)
{
    const QString name = RowSql::column(u"t"_s, column.name);
    if (sql.isSqlite()) {
        return u"CASE typeof(%1) WHEN 'blob' THEN CASE WHEN length(%1) % 4 = 0 THEN length(%1) / 4 ELSE -1 END"
               " WHEN 'text' THEN CASE WHEN json_valid(%1) THEN json_array_length(%1) ELSE -1 END"
               " WHEN 'null' THEN NULL ELSE -1 END"_s.arg(name);
    }
    const QString type = column.type.toLower();
    if (type.startsWith(u"vector") || type.startsWith(u"halfvec") || type.startsWith(u"sparsevec"))
        return u"vector_dims(%1)"_s.arg(name);
    if (type.endsWith(u"[]"))
        return u"cardinality(%1)"_s.arg(name);
    if (type.startsWith(u"jsonb"))
        return u"jsonb_array_length(%1)"_s.arg(name);
    if (type.startsWith(u"json"))
        return u"json_array_length(%1)"_s.arg(name);
    if (type == u"bytea")
        return u"length(%1) / 4"_s.arg(name);
    // A text: the elements are what the commas part.
    return isTextColumn(column) ? u"length(%1) - length(replace(%1, ',', '')) + 1"_s.arg(name) : QString();
}

/// The column that tells which model made a vector; empty if none does.
QString modelColumn(const CheckSql &sql, const CatalogTable &table)
{
    for (const Lens &lens : sql.profile().lenses) {
        const QString model = lens.parts.value(u"model"_s).toString();
        if (lens.kind == u"similarity" && lens.table == table.name && table.hasColumn(model))
            return model;
    }
    return {};
}

struct Lengths
{
    std::map<QString, std::map<qint64, std::int64_t>> byModel; ///< dimension → rows
};

Result<Lengths> readLengths(Connection &connection, const CatalogTable &table, const QString &length, const QString &model, const QString &name)
{
    Lengths lengths;
    const QString group = model.isEmpty() ? u"''"_s : RowSql::column(u"t"_s, model);
    const QString statement = u"SELECT %1, %2, count(*) FROM %3 WHERE %4 IS NOT NULL GROUP BY 1, 2"_s.arg(group, length, CheckSql::from(table), name);
    const Result<> read = connection.forEachRow(statement, {}, [&lengths](const RowBlock &block, int row) {
        const auto text = [&](int column) { return Value(block.at(row, column)).toDisplayText(); };
        lengths.byModel[text(0)][text(1).toLongLong()] += text(2).toLongLong();
        return true;
    });
    if (!read)
        return failure(read);
    return lengths;
}

Result<std::vector<Finding>> checkLengths(Connection &connection, const CheckSql &sql, const CatalogTable &table, const CatalogColumn &column, int declared, Finding base)
{
    const QString length = dimensions(sql, column);
    const QString model = declared > 0 ? QString() : modelColumn(sql, table);
    const QString name = RowSql::column(u"t"_s, column.name);
    const Result<Lengths> lengths = readLengths(connection, table, length, model, name);
    if (!lengths)
        return failure(lengths);
    QStringList wrong;
    QStringList expected;
    for (const auto &[by, dims] : lengths->byModel) {
        const auto most = std::ranges::max_element(dims, {}, [](const auto &entry) { return entry.second; });
        const qint64 right = declared > 0 ? declared : most->first;
        if (std::ranges::all_of(dims, [right](const auto &entry) { return entry.first == right; }))
            continue;
        expected.append(by.isEmpty() ? QString::number(right) : u"%1 (%2)"_s.arg(right).arg(by));
        const QString differs = u"(%1) <> %2"_s.arg(length, QString::number(right));
        wrong.append(model.isEmpty() ? differs : u"(%1 = %2 AND %3)"_s.arg(RowSql::column(u"t"_s, model), sqlLiteral(by), differs));
    }
    if (wrong.isEmpty())
        return std::vector<Finding>();
    base.explanation = VectorChecksText::tr("Expected are %1 elements; vectors of other lengths cannot be compared.").arg(expected.join(u", "_s));
    const QString condition = u"%1 IS NOT NULL AND (%2)"_s.arg(name, wrong.join(u" OR "_s));
    const QString shown = sql.isSqlite() ? u"(%1) || ' elements'"_s.arg(length) : u"(%1)::text || ' elements'"_s.arg(length);
    return sql.find(connection, table, [condition](SqlValues &) { return condition; }, shown, base);
}

void addLengths(const CheckSql &sql, const CatalogTable &table, const ColumnProfile &meaning, std::vector<CheckStep> &steps)
{
    const CatalogColumn *column = table.column(meaning.name);
    if (!column || dimensions(sql, *column).isEmpty())
        return;
    Finding base;
    base.check = u"vector-length"_s;
    base.title = VectorChecksText::tr("Vectors of the wrong length in %1.%2").arg(table.name, column->name);
    base = CheckSql::at(table, column->name, base);
    steps.push_back({base.title, [sql, target = &table, column, declared = meaning.dimension, base](Connection &connection) { return checkLengths(connection, sql, *target, *column, declared, base); }});
}

bool hasCheckOfChildren(const CheckSql &sql, const QString &table, const QString &children)
{
    return std::ranges::any_of(sql.profile().checks, [&](const ProfileCheck &check) {
        return check.kind == u"missing" && check.table == table && check.details.value(u"children"_s).toObject().value(u"table"_s).toString() == children;
    });
}

/// Records that the lens expects to have a vector.
void addExpected(const CheckSql &sql, const Lens &lens, std::vector<CheckStep> &steps)
{
    const QJsonObject expected = lens.parts.value(u"expected"_s).toObject();
    const CatalogTable *records = sql.rows().table(expected.value(u"table"_s).toString());
    const CatalogTable *vectors = sql.rows().table(lens.table);
    const ColumnLink link = linkFromJson(expected.value(u"link"_s).toObject());
    if (!records || !vectors || link.empty() || hasCheckOfChildren(sql, records->name, vectors->name))
        return;
    Finding base;
    base.check = u"vector-missing"_s;
    base.title = VectorChecksText::tr("Rows of %1 without a vector").arg(records->name);
    base.explanation = VectorChecksText::tr("They are not found by similarity.");
    base.severity = FindingSeverity::Note;
    base = CheckSql::at(*records, {}, base);
    const CheckSql::Where where = [sql, records, vectors, link](SqlValues &) {
        QStringList equal;
        for (const auto &[own, other] : link)
            equal.append(sql.rows().equal(*vectors, u"v"_s, other, *records, u"t"_s, own));
        return u"NOT EXISTS (SELECT 1 FROM %1 AS v WHERE %2)"_s.arg(sql.rows().tableName(*vectors), equal.join(u" AND "_s));
    };
    steps.push_back({base.title, [sql, records, where, base](Connection &connection) { return sql.find(connection, *records, where, {}, base); }});
}

} // namespace

std::vector<CheckStep> vectorChecks(const CheckSql &sql)
{
    std::vector<CheckStep> steps;
    for (const CatalogTable *table : sql.tables()) {
        const TableProfile *known = sql.meaning(*table);
        if (!known)
            continue;
        for (const ColumnProfile &column : known->columns) {
            if (column.meaning == u"vector")
                addLengths(sql, *table, column, steps);
        }
    }
    for (const Lens &lens : sql.profile().lenses) {
        if (lens.kind == u"similarity")
            addExpected(sql, lens, steps);
    }
    return steps;
}

} // namespace turnstone
