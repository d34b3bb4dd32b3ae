// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/textchecks.h"

#include "models/checks/columnprobe.h"
#include "models/json/jsonindex.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct TextChecksText
{
    Q_DECLARE_TR_FUNCTIONS(TextChecks)
};

/// Says what is wrong with a text; nothing if all is well.
using Complaint = std::function<std::optional<QString>(QByteArrayView text)>;

/// Reads a column of a table whole and keeps what `complain` objects to.
Result<std::vector<Finding>> scanTexts(Connection &connection, const CheckSql &sql, const CatalogTable &table, const QString &column, const CheckSql::Where &where,
                                       const Complaint &complain, Finding finding)
{
    finding.keyColumns = sql.rows().identity(table);
    QStringList columns;
    for (const QString &name : finding.keyColumns)
        columns.append(RowSql::column(u"t"_s, name));
    const QString text = RowSql::column(u"t"_s, column);
    columns.append(sql.isSqlite() ? text : text + u"::text"_s);
    SqlValues values(sql.catalog().engine);
    const QString also = where ? where(values) : QString();
    const QString statement = u"SELECT %1 FROM %2 WHERE %3 IS NOT NULL%4"_s.arg(columns.join(u", "_s), CheckSql::from(table), text, also.isEmpty() ? QString() : u" AND "_s + also);
    const Result<> read = connection.forEachRow(statement, values.values(), [&](const RowBlock &block, int row) {
        const int last = block.columnCount() - 1;
        const ValueRef value = block.at(row, last);
        const QByteArray digits = value.type() == ValueType::Text ? QByteArray() : Value(value).toDisplayText().toUtf8();
        const std::optional<QString> wrong = complain(value.type() == ValueType::Text ? value.bytes() : QByteArrayView(digits));
        if (!wrong)
            return true;
        ++finding.count;
        if (finding.sample.size() < static_cast<std::size_t>(CheckSql::sampleRows)) {
            FindingRow found;
            for (int i = 0; i < last; ++i)
                found.key.push_back(Value(block.at(row, i)));
            found.text = wrong->simplified().left(CheckSql::sampleCharacters);
            finding.sample.push_back(std::move(found));
        }
        return true;
    });
    if (!read)
        return failure(read);
    return finding.count > 0 ? std::vector<Finding>{std::move(finding)} : std::vector<Finding>();
}

Result<QSet<QString>> namesIn(Connection &connection, const CatalogTable &table, const QString &column)
{
    QSet<QString> names;
    const QString text = RowSql::column(u"t"_s, column);
    const Result<> read = connection.forEachRow(u"SELECT %1 FROM %2 WHERE %1 IS NOT NULL"_s.arg(text, CheckSql::from(table)), {}, [&names](const RowBlock &block, int row) {
        names.insert(Value(block.at(row, 0)).toDisplayText());
        return true;
    });
    if (!read)
        return failure(read);
    return names;
}

/// A check of kind `names` of the profile for the column; null if the profile has none.
const ProfileCheck *namedCheck(const CheckSql &sql, const CatalogTable &table, const QString &column)
{
    const auto &checks = sql.profile().checks;
    const auto found = std::ranges::find_if(checks, [&](const ProfileCheck &check) {
        return check.kind == u"names" && check.table == table.name && check.details.value(u"column"_s).toString() == column;
    });
    return found == checks.end() ? nullptr : &*found;
}

void addMentions(const CheckSql &sql, const CatalogTable &table, const ColumnProfile &column, std::vector<CheckStep> &steps)
{
    for (const ColumnProfile::Mention &mention : column.mentions) {
        const CatalogTable *named = sql.rows().table(mention.table);
        const QRegularExpression pattern(mention.pattern, QRegularExpression::UseUnicodePropertiesOption);
        if (!named || !named->hasColumn(mention.column) || !pattern.isValid())
            continue;
        Finding base;
        base.check = u"names"_s;
        base.title = TextChecksText::tr("Names in %1.%2 that do not exist in %3").arg(table.name, column.name, named->name);
        base.explanation = TextChecksText::tr("The text names rows of %1 that are not there.").arg(named->name);
        if (const ProfileCheck *check = namedCheck(sql, table, column.name)) {
            base.check = check->id;
            base.title = check->title;
            base.explanation = check->about;
            base.severity = severityFromName(check->severity);
            base.fixAction = check->fix;
        }
        base = CheckSql::at(table, column.name, base);
        steps.push_back({base.title, [sql, table = &table, named, mention, pattern, name = column.name, base](Connection &connection) -> Result<std::vector<Finding>> {
                             const Result<QSet<QString>> names = namesIn(connection, *named, mention.column);
                             if (!names)
                                 return failure(names);
                             const auto complain = [&](QByteArrayView utf8) -> std::optional<QString> {
                                 QStringList unknown;
                                 const QString text = QString::fromUtf8(utf8);
                                 for (auto it = pattern.globalMatch(text); it.hasNext();) {
                                     const QString word = it.next().captured(1);
                                     if (!names->contains(word) && !unknown.contains(word))
                                         unknown.append(word);
                                 }
                                 return unknown.isEmpty() ? std::optional<QString>() : unknown.join(u", "_s);
                             };
                             return scanTexts(connection, sql, *table, name, {}, complain, base);
                         }});
    }
}

void addPattern(const CheckSql &sql, const CatalogTable &table, const QString &column, const QString &pattern, const CheckSql::Where &when, Finding base, std::vector<CheckStep> &steps)
{
    const QRegularExpression expression(pattern, QRegularExpression::UseUnicodePropertiesOption);
    if (!expression.isValid() || !table.hasColumn(column))
        return;
    base = CheckSql::at(table, column, base);
    steps.push_back({base.title, [sql, table = &table, column, expression, when, base](Connection &connection) {
                         const auto complain = [&expression](QByteArrayView utf8) -> std::optional<QString> {
                             const QString text = QString::fromUtf8(utf8);
                             return expression.match(text).hasMatch() ? std::optional<QString>() : (text.isEmpty() ? TextChecksText::tr("empty") : text);
                         };
                         return scanTexts(connection, sql, *table, column, when, complain, base);
                     }});
}

void addPatterns(const CheckSql &sql, const CatalogTable &table, const TableProfile &known, std::vector<CheckStep> &steps)
{
    QStringList ruled;
    for (const QJsonValue &entry : known.details.value(u"rules"_s).toArray()) {
        const QJsonObject rule = entry.toObject();
        const QString pattern = rule.value(u"pattern"_s).toString();
        if (pattern.isEmpty())
            continue;
        const QString column = rule.value(u"column"_s).toString();
        ruled.append(column);
        const auto conditions = conditionsFromJson(rule.value(u"when"_s).toObject());
        const CheckSql::Where when = [sql, target = &table, conditions](SqlValues &values) { return sql.rows().conditions(conditions, *target, u"t"_s, values, sql.nowUtc()); };
        Finding base;
        base.check = u"rule:"_s + rule.value(u"name"_s).toString();
        base.title = TextChecksText::tr("Rows of %1 that break a rule").arg(known.title.isEmpty() ? table.name : known.title);
        base.explanation = rule.value(u"sentence"_s).toString();
        addPattern(sql, table, column, pattern, when, base, steps);
    }
    for (const ColumnProfile &column : known.columns) {
        if (column.pattern.isEmpty() || ruled.contains(column.name))
            continue;
        Finding base;
        base.check = u"pattern"_s;
        base.title = TextChecksText::tr("Texts of another form in %1.%2").arg(table.name, column.name);
        base.explanation = TextChecksText::tr("The application expects texts of the form %1.").arg(column.pattern);
        addPattern(sql, table, column.name, column.pattern, {}, base, steps);
    }
}

/// JSON that PostgreSQL keeps as text: before version 16 the server has no way to ask.
void addServerJson(const CheckSql &sql, const CatalogTable &table, const ColumnProfile &column, std::vector<CheckStep> &steps)
{
    static const QStringList meanings{u"json"_s, u"chat-messages"_s, u"openai-response"_s};
    const CatalogColumn *stored = table.column(column.name);
    if (sql.isSqlite() || !meanings.contains(column.meaning) || !stored || !isTextColumn(*stored))
        return;
    Finding base;
    base.check = u"json"_s;
    base.title = TextChecksText::tr("No JSON in %1.%2").arg(table.name, column.name);
    base.explanation = TextChecksText::tr("The application expects JSON here and fails to read the row.");
    base.severity = FindingSeverity::Error;
    base = CheckSql::at(table, column.name, base);
    steps.push_back({base.title, [sql, table = &table, name = column.name, base](Connection &connection) {
                         const auto complain = [](QByteArrayView utf8) -> std::optional<QString> {
                             const Result<JsonIndex> index = JsonIndex::build(QByteArray::fromRawData(utf8.data(), utf8.size()));
                             return index ? std::optional<QString>() : index.error().message;
                         };
                         return scanTexts(connection, sql, *table, name, {}, complain, base);
                     }});
}

} // namespace

std::vector<CheckStep> textChecks(const CheckSql &sql)
{
    std::vector<CheckStep> steps;
    for (const CatalogTable *table : sql.tables()) {
        const TableProfile *known = sql.meaning(*table);
        if (!known)
            continue;
        for (const ColumnProfile &column : known->columns) {
            if (!table->hasColumn(column.name))
                continue;
            addMentions(sql, *table, column, steps);
            addServerJson(sql, *table, column, steps);
        }
        addPatterns(sql, *table, *known, steps);
    }
    return steps;
}

} // namespace turnstone
