// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlparameters.h"

#include "models/sql/sqllexer.h"

#include <QHash>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

QStringView textOf(QStringView sql, const SqlToken &token)
{
    return sql.sliced(token.start, token.length);
}

bool isNumbered(QStringView parameter)
{
    return parameter.size() < 2 || (parameter[1] >= u'0' && parameter[1] <= u'9' && (parameter[0] == u'?' || parameter[0] == u'$'));
}

bool extendsName(QChar c)
{
    return c == u'_' || c == u'$' || c.unicode() >= 0x80 || (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

} // namespace

QStringList namedParameters(QStringView sql, SqlDialect dialect)
{
    QStringList names;
    QHash<QString, int> seen;
    for (SqlLexer lexer(sql, dialect); !lexer.atEnd();) {
        const SqlToken token = lexer.next();
        const QStringView text = textOf(sql, token);
        // $1 is a number in PostgreSQL and a name in SQLite.
        if (token.kind != SqlTokenKind::Parameter || text.size() < 2 || text[0] == u'?'
            || (dialect == SqlDialect::PostgreSql && text[0] == u'$'))
            continue;
        const QString name = text.sliced(1).toString();
        if (!seen.contains(name)) {
            seen.insert(name, 0);
            names.append(name);
        }
    }
    return names;
}

NumberedSql toNumberedParameters(QStringView sql)
{
    const QList<SqlToken> tokens = SqlLexer::tokens(sql, SqlDialect::PostgreSql);
    NumberedSql numbered;
    for (const SqlToken &token : tokens)
        if (token.kind == SqlTokenKind::Parameter && isNumbered(textOf(sql, token)))
            if (const int own = textOf(sql, token).sliced(1).toInt(); own < 1'000'000) // beyond any that a server takes
                numbered.firstNumber = std::max(numbered.firstNumber, own + 1);

    QHash<QString, int> numbers;
    for (const SqlToken &token : tokens) {
        const QStringView text = textOf(sql, token);
        if (token.kind != SqlTokenKind::Parameter || isNumbered(text)) {
            numbered.sql += text;
            continue;
        }
        const QString name = text.sliced(1).toString();
        const auto known = numbers.constFind(name);
        const int number = known != numbers.cend() ? *known : numbered.firstNumber + int(numbered.names.size());
        if (known == numbers.cend()) {
            numbers.insert(name, number);
            numbered.names.append(name);
        }
        // "SELECT:a" is two tokens, but "SELECT$1" would be one name.
        const bool separate = !numbered.sql.isEmpty() && extendsName(numbered.sql.back());
        const QString replacement = (separate ? " $"_L1 : "$"_L1) + QString::number(number);
        numbered.replacements.append({numbered.sql.size(), replacement.size(), token.start, token.length});
        numbered.sql += replacement;
    }
    return numbered;
}

qsizetype NumberedSql::originalOffset(qsizetype offset) const
{
    // The last replacement that begins at or before the offset.
    auto after = std::upper_bound(replacements.cbegin(), replacements.cend(), offset,
                                  [](qsizetype value, const Replacement &r) { return value < r.start; });
    if (after == replacements.cbegin())
        return offset;
    const Replacement &r = *--after;
    if (offset < r.start + r.length)
        return r.originalStart;
    return offset - (r.start + r.length) + r.originalStart + r.originalLength;
}

} // namespace turnstone
