// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/filtertext.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct FilterTextWords
{
    Q_DECLARE_TR_FUNCTIONS(FilterText)
};

struct Sign
{
    FilterOperator op;
    QLatin1String text;
};

/// Longer signs before those that they begin with.
constexpr std::array signs{Sign{FilterOperator::NotContains, QLatin1String("!~")}, Sign{FilterOperator::NotEquals, QLatin1String("!=")},
                           Sign{FilterOperator::NotEquals, QLatin1String("<>")}, Sign{FilterOperator::LessOrEqual, QLatin1String("<=")},
                           Sign{FilterOperator::GreaterOrEqual, QLatin1String(">=")}, Sign{FilterOperator::Equals, QLatin1String("=")},
                           Sign{FilterOperator::Less, QLatin1String("<")}, Sign{FilterOperator::Greater, QLatin1String(">")},
                           Sign{FilterOperator::Contains, QLatin1String("~")}, Sign{FilterOperator::StartsWith, QLatin1String("^")}};

QString shown(const Value &value)
{
    constexpr int longest = 40;
    QString text = value.toDisplayText().simplified();
    if (text.isEmpty())
        return u"''"_s;
    return text.size() > longest ? text.left(longest) + u'…' : text;
}

QString shown(const std::vector<Value> &values, const QString &between)
{
    QStringList texts;
    for (const Value &value : values)
        texts.append(shown(value));
    return texts.join(between);
}

tl::unexpected<Error> mistake(const QString &what)
{
    return failure(ErrorCode::InvalidInput, what);
}

/// SQLite's rule for the affinity of a declared type, as far as numbers go.
bool holdsText(const QString &type)
{
    return type.contains(u"CHAR"_s, Qt::CaseInsensitive) || type.contains(u"CLOB"_s, Qt::CaseInsensitive) || type.contains(u"TEXT"_s, Qt::CaseInsensitive);
}

/// The column at the beginning of `text`: the longest name that fits, or one in double quotes.
const CatalogColumn *columnAtStart(const QString &text, const CatalogTable &table, qsizetype &end)
{
    const CatalogColumn *found = nullptr;
    for (const CatalogColumn &column : table.columns) {
        for (const QString &name : {column.name, u'"' + column.name + u'"'}) {
            if (!text.startsWith(name, Qt::CaseInsensitive) || (found && name.size() <= end))
                continue;
            const QChar next = name.size() < text.size() ? text[name.size()] : u' ';
            if (!next.isLetterOrNumber() && next != u'_') {
                found = &column;
                end = name.size();
            }
        }
    }
    return found;
}

Result<RowFilter> withValues(RowFilter filter, const QStringList &words, const CatalogTable &table)
{
    for (const QString &word : words) {
        if (word.trimmed().isEmpty())
            return mistake(FilterTextWords::tr("A value is missing after %1.").arg(filter.column));
        filter.values.push_back(typedValue(word.trimmed(), table, filter.column));
    }
    return filter;
}

} // namespace

QString filterText(const RowFilter &filter)
{
    switch (filter.op) {
    case FilterOperator::IsNull: return FilterTextWords::tr("%1 is NULL").arg(filter.column);
    case FilterOperator::IsNotNull: return FilterTextWords::tr("%1 is not NULL").arg(filter.column);
    case FilterOperator::In: return FilterTextWords::tr("%1 in %2").arg(filter.column, shown(filter.values, u", "_s));
    case FilterOperator::Between: return FilterTextWords::tr("%1 between %2").arg(filter.column, shown(filter.values, FilterTextWords::tr(" and ")));
    case FilterOperator::Contains: return FilterTextWords::tr("%1 contains %2").arg(filter.column, shown(filter.values, {}));
    case FilterOperator::NotContains: return FilterTextWords::tr("%1 does not contain %2").arg(filter.column, shown(filter.values, {}));
    case FilterOperator::StartsWith: return FilterTextWords::tr("%1 starts with %2").arg(filter.column, shown(filter.values, {}));
    case FilterOperator::PointsNowhere: return FilterTextWords::tr("%1 points to no %2").arg(filter.column, shown(filter.values, {}));
    case FilterOperator::Equals: return u"%1 = %2"_s.arg(filter.column, shown(filter.values, {}));
    case FilterOperator::NotEquals: return u"%1 ≠ %2"_s.arg(filter.column, shown(filter.values, {}));
    case FilterOperator::Less: return u"%1 < %2"_s.arg(filter.column, shown(filter.values, {}));
    case FilterOperator::LessOrEqual: return u"%1 ≤ %2"_s.arg(filter.column, shown(filter.values, {}));
    case FilterOperator::Greater: return u"%1 > %2"_s.arg(filter.column, shown(filter.values, {}));
    case FilterOperator::GreaterOrEqual: return u"%1 ≥ %2"_s.arg(filter.column, shown(filter.values, {}));
    }
    return {};
}

Value typedValue(const QString &text, const CatalogTable &table, const QString &column)
{
    if (text.size() >= 2 && text.startsWith(u'\'') && text.endsWith(u'\''))
        return Value::text(text.mid(1, text.size() - 2).replace(u"''"_s, u"'"_s));
    const CatalogColumn *of = table.column(column);
    if (table.engine == Engine::PostgreSql || (of && holdsText(of->type)))
        return Value::text(text);
    bool isInteger = false;
    const qlonglong integer = text.toLongLong(&isInteger);
    if (isInteger)
        return Value::integer(integer);
    bool isReal = false;
    const double real = text.toDouble(&isReal);
    return isReal ? Value::real(real) : Value::text(text);
}

Result<RowFilter> filterFromText(const QString &typed, const CatalogTable &table)
{
    const QString text = typed.trimmed();
    qsizetype end = 0;
    const CatalogColumn *column = columnAtStart(text, table, end);
    if (!column)
        return mistake(FilterTextWords::tr("Begin with the name of a column, as in %1 = …").arg(table.columns.empty() ? u"id"_s : table.columns.front().name));
    RowFilter filter;
    filter.column = column->name;
    const QString rest = text.mid(end).trimmed();
    static const QRegularExpression isNull(u"^(?:is|=)\\s+(not\\s+)?null$"_s, QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = isNull.match(rest); match.hasMatch()) {
        filter.op = match.hasCaptured(1) ? FilterOperator::IsNotNull : FilterOperator::IsNull;
        return filter;
    }
    static const QRegularExpression in(u"^in\\s*\\(?(.*?)\\)?$"_s, QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = in.match(rest); match.hasMatch() && (rest.size() == 2 || !rest[2].isLetterOrNumber())) {
        filter.op = FilterOperator::In;
        return withValues(filter, match.captured(1).split(u','), table);
    }
    static const QRegularExpression between(u"^between\\s+(.+)\\s+and\\s+(.+)$"_s, QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = between.match(rest); match.hasMatch()) {
        filter.op = FilterOperator::Between;
        return withValues(filter, {match.captured(1), match.captured(2)}, table);
    }
    static const QRegularExpression nowhere(u"^points\\s+to\\s+no\\s+(.+)$"_s, QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = nowhere.match(rest); match.hasMatch()) {
        const CatalogColumn *target = table.column(match.captured(1).trimmed());
        if (target == nullptr)
            return mistake(FilterTextWords::tr("%1 has no column %2.").arg(table.name, match.captured(1).trimmed()));
        filter.op = FilterOperator::PointsNowhere;
        filter.values = {Value::text(target->name)};
        return filter;
    }
    for (const Sign &sign : signs) {
        if (rest.startsWith(sign.text)) {
            filter.op = sign.op;
            Result<RowFilter> whole = withValues(filter, {rest.mid(sign.text.size())}, table);
            // Texts are looked for in texts, whatever the column holds.
            if (whole && (sign.op == FilterOperator::Contains || sign.op == FilterOperator::NotContains || sign.op == FilterOperator::StartsWith))
                whole->values.front() = Value::text(whole->values.front().toDisplayText());
            return whole;
        }
    }
    return mistake(FilterTextWords::tr("After %1 say how to compare: = != < <= > >= ~ (contains) ^ (starts with), in, between, is null.").arg(column->name));
}

} // namespace turnstone
