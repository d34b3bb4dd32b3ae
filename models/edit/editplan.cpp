// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editplan.h"

#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/edit/rowimageread.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EditPlanText
{
    Q_DECLARE_TR_FUNCTIONS(EditPlan)
};

/// Columns whose values the database gives.
bool isGiven(const CatalogTable &table, const CatalogColumn &column)
{
    const bool isNumbered = column.defaultSql && column.defaultSql->startsWith(u"nextval("_s);
    return column.generated || column.hidden || column.name == table.rowidAlias() || isNumbered;
}

} // namespace

const RuleBreach *PlannedEdit::refusal() const
{
    const auto found = std::ranges::find(breaches, false, &RuleBreach::isWarning);
    return found == breaches.end() ? nullptr : &*found;
}

PlannedEdit planEdit(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &row, const std::vector<std::pair<QString, Value>> &wanted, const QDateTime &nowUtc)
{
    PlannedEdit plan;
    std::map<QString, Value> after = row;
    QStringList changed;
    const EditRules rules(table, profile);
    for (const auto &[column, value] : wanted) {
        const auto present = row.find(column);
        if (present != row.end() && present->second == value)
            continue;
        if (const QString refusal = columnRefusal(table, column); !refusal.isEmpty())
            plan.breaches.push_back({column, u"column"_s, refusal, false});
        if (!plan.immutable)
            plan.immutable = rules.immutable(column);
        after[column] = value;
        changed.append(column);
        plan.values.emplace_back(column, value);
    }
    if (changed.isEmpty())
        return plan;
    for (const auto &[column, value] : setTogether(table, profile, after, changed, nowUtc)) {
        // Where the column's value is not known, an edit of it could not be checked for conflicts.
        if (!row.contains(column))
            continue;
        after[column] = value;
        plan.values.emplace_back(column, value);
    }
    const std::vector<RuleBreach> breaches = rules.check(after, changed, nowUtc);
    plan.breaches.insert(plan.breaches.end(), breaches.begin(), breaches.end());
    return plan;
}

PlannedEdit planAddition(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &given, const QDateTime &nowUtc)
{
    std::map<QString, Value> row = given;
    row.merge(applicationDefaults(table, profile, given, nowUtc));
    PlannedEdit plan;
    QStringList columns;
    for (const auto &[column, value] : row) {
        plan.values.emplace_back(column, value);
        columns.append(column);
    }
    for (const CatalogColumn &column : table.columns) {
        // What has no value becomes NULL.
        if (!row.contains(column.name) && !column.defaultSql && !isGiven(table, column) && column.notNull) {
            row.emplace(column.name, Value::null());
            columns.append(column.name);
        }
    }
    plan.breaches = EditRules(table, profile).check(row, columns, nowUtc);
    return plan;
}

std::map<QString, Value> forkOf(const CatalogTable &table, const TableProfile *profile, const EditRules::Immutable &rule, const std::map<QString, Value> &row, const RowKey &identity,
                                const std::vector<std::pair<QString, Value>> &changes, const QDateTime &nowUtc)
{
    std::map<QString, Value> values;
    for (const CatalogColumn &column : table.columns) {
        const auto known = row.find(column.name);
        if (known == row.end() || isGiven(table, column))
            continue;
        const ColumnProfile *meant = profile ? profile->column(column.name) : nullptr;
        const bool isMadeAnew = meant && meant->defaultValue && meant->defaultValue->isObject(); // the time, an id
        if (isMadeAnew) {
            if (const auto value = profileValue(*meant->defaultValue, table, profile, column.name, row, nowUtc))
                values.emplace(column.name, *value);
        } else {
            values.emplace(column.name, known->second);
        }
    }
    for (const auto &[column, value] : changes)
        values[column] = value;
    if (!rule.forkVia.isEmpty() && identity.size() == 1)
        values[rule.forkVia] = identity.front();
    return values;
}

PlannedOrder planOrder(const CatalogTable &table, const TableProfile *profile, const std::vector<std::map<QString, Value>> &rows)
{
    PlannedOrder plan;
    const QJsonObject rule = profile ? profile->details.value(u"ordered"_s).toObject() : QJsonObject();
    plan.column = rule.value(u"by"_s).toString();
    if (!table.hasColumn(plan.column))
        return plan;
    qint64 next = rule.value(u"start"_s).toInteger();
    for (std::size_t i = 0; i < rows.size(); ++i, ++next) {
        const auto known = rows[i].find(plan.column);
        const Value wanted = table.engine == Engine::Sqlite ? Value::integer(next) : Value::text(QByteArray::number(next));
        if (known != rows[i].end() && known->second != wanted)
            plan.changes.emplace_back(i, wanted);
    }
    return plan;
}

QString orderColumn(const TableProfile *profile)
{
    return profile ? profile->details.value(u"ordered"_s).toObject().value(u"by"_s).toString() : QString();
}

Result<std::vector<RowImage>> readOrdered(Connection &connection, const CatalogTable &table, const TableProfile *profile, const RowImage &row, int most)
{
    const RowIdentity identity = rowIdentityOf(table, profile);
    if (!identity.isUsable())
        return failure(ErrorCode::Unsupported, identity.refusal);
    QStringList names;
    const QString list = imageColumns(table, identity, names);
    SqlValues values(table.engine);
    QStringList where;
    for (const QJsonValue &column : profile->details.value(u"ordered"_s).toObject().value(u"within"_s).toArray()) {
        const auto value = row.values.find(column.toString());
        const bool isKnown = value != row.values.end() && !value->second.isNull();
        where.append(Connection::quoted(column.toString()) + (isKnown ? u" = "_s + values.bind(value->second) : u" IS NULL"_s));
    }
    QStringList order{Connection::quoted(orderColumn(profile))};
    for (const QString &column : identity.columns)
        order.append(Connection::quoted(column));
    std::vector<RowImage> rows;
    const QString name = Connection::quoted(table.engine == Engine::Sqlite ? QString() : table.schema, table.name);
    const Result<> read = connection.forEachRow(u"SELECT %1 FROM %2 WHERE %3 ORDER BY %4 LIMIT %5"_s.arg(list, name, where.isEmpty() ? u"1 = 1"_s : where.join(u" AND "_s), order.join(u", "_s)).arg(most + 1),
                                                values.values(), [&](const RowBlock &block, int at) {
                                                    rows.push_back(imageFrom(table, identity, names, block, at));
                                                    return true;
                                                });
    if (!read)
        return failure(read);
    if (static_cast<int>(rows.size()) > most)
        return failure(ErrorCode::Unsupported, EditPlanText::tr("More than %1 rows of %2 are ordered together.").arg(most).arg(table.name));
    return rows;
}

Result<RowImage> readImage(Connection &connection, const CatalogTable &table, const TableProfile *profile, const QStringList &identityColumns, const RowKey &key)
{
    const RowIdentity identity = rowIdentityOf(table, profile);
    if (!identity.isUsable())
        return failure(ErrorCode::Unsupported, identity.refusal);
    QStringList names;
    const QString list = imageColumns(table, identity, names);
    Catalog alone;
    alone.engine = table.engine;
    const ResolvedProfile nothing;
    const RowSql sql(alone, nothing);
    SqlValues values(table.engine);
    QStringList where;
    for (qsizetype i = 0; i < identityColumns.size(); ++i)
        where.append(sql.equalValue(table, u"t"_s, identityColumns[i], key.at(static_cast<std::size_t>(i)), values));
    std::optional<RowImage> image;
    const Result<> read = connection.forEachRow(u"SELECT %1 FROM %2 AS t WHERE %3 LIMIT 2"_s.arg(list, sql.tableName(table), where.join(u" AND "_s)), values.values(), [&](const RowBlock &block, int row) {
        image = imageFrom(table, identity, names, block, row);
        return false;
    });
    if (!read)
        return failure(read);
    if (!image) {
        QStringList parts;
        for (const Value &part : key)
            parts.append(part.toDisplayText());
        return failure(ErrorCode::NotFound, EditPlanText::tr("%1 has no row %2.").arg(table.name, parts.join(u", "_s)));
    }
    return *image;
}

QString renamedMentions(const QString &text, const QString &pattern, const QString &before, const QString &after)
{
    const QRegularExpression form(pattern);
    QString renamed;
    qsizetype copied = 0;
    QRegularExpressionMatchIterator matches = form.globalMatch(text);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        if (match.captured(1) != before)
            continue;
        renamed += QStringView(text).mid(copied, match.capturedStart(1) - copied);
        renamed += after;
        copied = match.capturedEnd(1);
    }
    if (copied == 0)
        return text;
    renamed += QStringView(text).mid(copied);
    return renamed;
}

Result<std::vector<MentionChange>> planRename(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const CatalogTable &table, const QString &column,
                                              const Value &before, const Value &after, int most)
{
    std::vector<MentionChange> changes;
    const QString from = before.toDisplayText();
    const QString to = after.toDisplayText();
    if (before.isNull() || after.isNull() || from.isEmpty() || from == to)
        return changes;
    const RowSql sql(catalog, profile);
    for (const TableProfile &mentioning : profile.tables) {
        const CatalogTable *other = sql.table(mentioning.name);
        const RowIdentity identity = other ? rowIdentityOf(*other, &mentioning) : RowIdentity();
        if (!identity.isUsable())
            continue;
        for (const ColumnProfile &text : mentioning.columns) {
            for (const ColumnProfile::Mention &mention : text.mentions) {
                if (sql.table(mention.table) != &table && (mention.table != table.name || !other->hasColumn(text.name)))
                    continue;
                if (mention.column.compare(column, Qt::CaseInsensitive) != 0)
                    continue;
                QStringList names;
                const QString list = imageColumns(*other, identity, names);
                const bool onServer = catalog.engine == Engine::PostgreSql;
                const QString contains = onServer ? u"position($1 in t.%1::text) > 0"_s : u"instr(t.%1, ?1) > 0"_s;
                const Result<> read = connection.forEachRow(
                    u"SELECT %1 FROM %2 AS t WHERE %3"_s.arg(list, sql.tableName(*other), contains.arg(Connection::quoted(text.name))), {Value::text(from)}, [&](const RowBlock &block, int row) {
                        RowImage image = imageFrom(*other, identity, names, block, row);
                        const Value stored = image.values.at(text.name);
                        const QString now = QString::fromUtf8(stored.bytes());
                        if (stored.type() != ValueType::Text || now.toUtf8() != stored.bytes())
                            return true; // no text that could be written back
                        const QString renamed = renamedMentions(now, mention.pattern, from, to);
                        if (renamed != now)
                            changes.push_back({std::move(image), text.name, stored, Value::text(renamed)});
                        return static_cast<int>(changes.size()) <= most;
                    });
                if (!read)
                    return failure(read);
                if (static_cast<int>(changes.size()) > most)
                    return failure(ErrorCode::Unsupported, EditPlanText::tr("More than %1 texts mention %2; that is too much for one edit.").arg(most).arg(from));
            }
        }
    }
    return changes;
}

} // namespace turnstone
