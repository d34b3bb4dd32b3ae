// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/constraintwords.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ConstraintText
{
    Q_DECLARE_TR_FUNCTIONS(ConstraintWords)
};

bool names(const QString &expression, const QString &column)
{
    return QRegularExpression(u"\\b%1\\b"_s.arg(QRegularExpression::escape(column)), QRegularExpression::CaseInsensitiveOption).match(expression).hasMatch();
}

/// The profile's sentence about one of the columns of an expression.
QString ruleSentence(const TableProfile *profile, const QString &expression)
{
    for (const QJsonValue &each : profile ? profile->details.value(u"rules"_s).toArray() : QJsonArray()) {
        const QJsonObject rule = each.toObject();
        if (names(expression, rule.value(u"column"_s).toString()))
            return rule.value(u"sentence"_s).toString();
    }
    return {};
}

QString captured(const QString &text, const QString &pattern, int group = 1)
{
    return QRegularExpression(pattern).match(text).captured(group);
}

ConstraintWords uniqueWords(const QStringList &columns, const QString &name, const CatalogTable &table)
{
    return {columns.size() == 1 ? ConstraintText::tr("Another row of %1 has this %2 already.").arg(table.name, columns.front())
                                : ConstraintText::tr("Another row of %1 has the same %2 already.").arg(table.name, columns.join(u", "_s)),
            columns.value(0), name, false};
}

ConstraintWords checkWords(const QString &name, const CatalogTable &table, const TableProfile *profile, const StagedRow &row)
{
    const auto check = std::ranges::find_if(table.checks, [&](const CatalogCheck &each) { return each.name == name || each.expression.trimmed() == name.trimmed(); });
    const QString expression = check == table.checks.end() ? name : check->expression;
    ConstraintWords words{{}, {}, name, false};
    for (const auto &[column, cell] : row.cells) {
        if (words.column.isEmpty() && names(expression, column))
            words.column = column;
    }
    const QString rule = ruleSentence(profile, expression);
    words.sentence = rule.isEmpty() ? ConstraintText::tr("A rule of the table %1 does not hold: %2").arg(table.name, expression) : rule + u" ("_s + expression + u')';
    return words;
}

ConstraintWords foreignKeyWords(const CatalogForeignKey *key, const CatalogTable &table, const StagedRow &row)
{
    if (row.kind == StagedRow::Kind::Deleted)
        return {ConstraintText::tr("Other rows point to this row of %1, and the database keeps what is pointed to.").arg(table.name), {}, u"FOREIGN KEY"_s, true};
    if (key == nullptr)
        return {ConstraintText::tr("A value of this row of %1 points to a row that is not there, or other rows point to the value that it had.").arg(table.name), {}, u"FOREIGN KEY"_s, true};
    return {ConstraintText::tr("%1 points to a row of %2 that is not there.").arg(key->columns.join(u", "_s), key->referencedTable), key->columns.value(0),
            key->name.isEmpty() ? u"FOREIGN KEY"_s : key->name, true};
}

ConstraintWords sqliteWords(const QString &text, const CatalogTable &table, const TableProfile *profile, const StagedRow &row)
{
    if (const QString list = captured(text, u"UNIQUE constraint failed: (.+)$"_s); !list.isEmpty()) {
        QStringList columns;
        for (const QString &each : list.split(u", "_s))
            columns.append(each.section(u'.', -1));
        if (list.startsWith(u"index '"_s)) // an index over expressions
            return {ConstraintText::tr("Another row of %1 has the same values in the unique %2.").arg(table.name, list), {}, list, false};
        return uniqueWords(columns, u"UNIQUE"_s, table);
    }
    if (const QString column = captured(text, u"NOT NULL constraint failed: .*\\.(.+)$"_s); !column.isEmpty())
        return {ConstraintText::tr("%1 must have a value: it cannot be NULL.").arg(column), column, u"NOT NULL"_s, false};
    if (const QString name = captured(text, u"CHECK constraint failed: (.+)$"_s); !name.isEmpty())
        return checkWords(name, table, profile, row);
    if (text.contains(u"FOREIGN KEY constraint failed"_s))
        return foreignKeyWords(nullptr, table, row);
    if (const QString column = captured(text, u"cannot store \\w+ value in \\w+ column \\S*?([^.\\s]+)$"_s); !column.isEmpty())
        return {ConstraintText::tr("%1 does not take this kind of value: the table is STRICT.").arg(column), column, u"STRICT"_s, false};
    return {text, {}, {}, false};
}

ConstraintWords postgresWords(const QString &text, const CatalogTable &table, const TableProfile *profile, const StagedRow &row)
{
    if (const QString name = captured(text, u"unique constraint \"([^\"]+)\""_s); !name.isEmpty()) {
        const auto index = std::ranges::find(table.indexes, name, &CatalogIndex::name);
        return index == table.indexes.end() ? uniqueWords({name}, name, table) : uniqueWords(index->columns, name, table);
    }
    if (const QString column = captured(text, u"null value in column \"([^\"]+)\""_s); !column.isEmpty())
        return {ConstraintText::tr("%1 must have a value: it cannot be NULL.").arg(column), column, u"NOT NULL"_s, false};
    if (const QString name = captured(text, u"check constraint \"([^\"]+)\""_s); !name.isEmpty())
        return checkWords(name, table, profile, row);
    if (const QString name = captured(text, u"foreign key constraint \"([^\"]+)\""_s); !name.isEmpty()) {
        const auto key = std::ranges::find(table.foreignKeys, name, &CatalogForeignKey::name);
        return foreignKeyWords(key == table.foreignKeys.end() ? nullptr : &*key, table, row);
    }
    // A value that its type does not read: find whose it is.
    ConstraintWords words{text, {}, {}, false};
    const QString value = captured(text, u": \"([^\"]*)\""_s);
    for (const auto &[column, cell] : row.cells) {
        if (!value.isEmpty() && cell.after.toDisplayText() == value)
            words.column = column;
    }
    const CatalogColumn *column = table.column(words.column);
    if (column != nullptr)
        words.sentence = ConstraintText::tr("%1 does not take \"%2\": its type is %3.").arg(column->name, value.left(60), column->type);
    return words;
}

} // namespace

ConstraintWords explainConstraint(const Error &error, const CatalogTable &table, const TableProfile *profile, const StagedRow &row)
{
    return table.engine == Engine::Sqlite ? sqliteWords(error.message, table, profile, row) : postgresWords(error.message, table, profile, row);
}

} // namespace turnstone
