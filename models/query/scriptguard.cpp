// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/scriptguard.h"

#include "models/sql/sqllexer.h"
#include "models/sql/sqlparameters.h"
#include "models/sql/statementkind.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool liftsProtection(const QString &sql, SqlDialect dialect)
{
    SqlLexer lexer(sql, dialect);
    QString previous;
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        if (!token.isSignificant())
            continue;
        const QString word = sql.mid(token.start, token.length).toLower();
        if (word.contains(u"transaction_read_only") || word == u"query_only" || (previous == u"read" && word == u"write"))
            return true;
        previous = word;
    }
    return false;
}

} // namespace

SqlDialect dialectOf(Engine engine)
{
    return engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
}

ScriptDemands demandsOf(const QList<SqlStatement> &statements, SqlDialect dialect)
{
    ScriptDemands demands;
    for (const SqlStatement &statement : statements) {
        const QString line = statement.text.simplified().left(100);
        const StatementKind kind = statementKind(statement.text, dialect);
        static const QStringList harmless{u"set"_s, u"reset"_s, u"listen"_s, u"unlisten"_s, u"discard"_s, u"show"_s, u"attach"_s, u"detach"_s, u"prepare"_s, u"deallocate"_s};
        const bool isOther = kind == StatementKind::Other && !harmless.contains(line.section(u' ', 0, 0).toLower());
        if (kind == StatementKind::Write || kind == StatementKind::Schema || isOther)
            demands.writes.append(line);
        if (liftsProtection(statement.text, dialect))
            demands.lifts.append(line);
        for (const QString &name : namedParameters(statement.text, dialect)) {
            if (!demands.parameters.contains(name))
                demands.parameters.append(name);
        }
    }
    return demands;
}

Value parameterValue(const QString &text, Engine engine)
{
    if (text.compare(u"null"_s, Qt::CaseInsensitive) == 0)
        return Value::null();
    if (text.size() >= 2 && text.startsWith(u'\'') && text.endsWith(u'\''))
        return Value::text(text.mid(1, text.size() - 2).replace(u"''"_s, u"'"_s));
    if (engine == Engine::PostgreSql)
        return Value::text(text); // the server reads it as the statement needs
    bool isNumber = false;
    const qlonglong integer = text.toLongLong(&isNumber);
    if (isNumber && QString::number(integer) == text)
        return Value::integer(integer);
    const double real = text.toDouble(&isNumber);
    return isNumber && text.contains(u'.') ? Value::real(real) : Value::text(text);
}

} // namespace turnstone
