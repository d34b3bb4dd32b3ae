// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schemadiff/normalsql.h"

#include "models/sql/sqllexer.h"

#include <QRegularExpression>
#include <QStringList>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool isPlainName(QStringView name)
{
    static const QRegularExpression shape(u"^[a-z_][a-z0-9_]*$"_s);
    return shape.match(name).hasMatch();
}

/// Whether the first token opens a parenthesis that the last one closes.
bool isWrapped(const QStringList &tokens)
{
    if (tokens.size() < 2 || tokens.first() != "("_L1 || tokens.last() != ")"_L1)
        return false;
    int depth = 0;
    for (qsizetype i = 0; i < tokens.size(); ++i) {
        depth += tokens[i] == "("_L1 ? 1 : tokens[i] == ")"_L1 ? -1 : 0;
        if (depth == 0 && i + 1 < tokens.size())
            return false;
    }
    return true;
}

} // namespace

QString withoutSchema(const QString &sql, const QString &schema)
{
    if (schema.isEmpty())
        return sql;
    QString text = sql;
    const QString escaped = QRegularExpression::escape(schema);
    text.remove(QRegularExpression(u"(?<![\\w.\"])(?:%1|\"%1\")\\."_s.arg(escaped)));
    return text;
}

QString normalSql(const QString &sql, Engine engine, const QString &schema)
{
    const QString text = withoutSchema(sql, schema);
    QStringList tokens;
    SqlLexer lexer(text, engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql);
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        if (!token.isSignificant() || token.kind == SqlTokenKind::Semicolon)
            continue;
        QString word = text.mid(token.start, token.length);
        if (token.kind == SqlTokenKind::Word)
            word = word.toLower();
        if (token.kind == SqlTokenKind::QuotedIdentifier) {
            const QStringView inner = QStringView(word).mid(1, word.size() - 2);
            const QString lower = inner.toString().toLower();
            if (isPlainName(engine == Engine::Sqlite ? QStringView(lower) : inner))
                word = lower;
        }
        tokens.append(word);
    }
    while (isWrapped(tokens))
        tokens = tokens.mid(1, tokens.size() - 2);
    return tokens.join(u' ');
}

} // namespace turnstone
