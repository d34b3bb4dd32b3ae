// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sql/sqllexer.h"
#include "models/sql/sqlparameters.h"
#include "models/sql/sqlscript.h"
#include "models/sql/statementkind.h"

#include <QString>

namespace turnstone {

/// What must hold for any text at all; says what does not, or nothing. For the fuzzer and for the
/// unit tests, which feed it mutations.
inline QString brokenSqlInvariant(const QString &text, SqlDialect dialect)
{
    using namespace Qt::StringLiterals;
    // A copy without anything behind its end, so that a sanitizer sees a read beyond it.
    const QList<QChar> exact(text.cbegin(), text.cend());
    const QStringView view(exact.constData(), exact.size());

    const QList<SqlToken> tokens = SqlLexer::tokens(view, dialect);
    qsizetype at = 0;
    for (const SqlToken &token : tokens) {
        if (token.start != at)
            return u"a token begins at %1 instead of %2"_s.arg(token.start).arg(at);
        if (token.length < 1)
            return u"the token at %1 is empty"_s.arg(at);
        if (!token.closed && token.end() != view.size())
            return u"an open token ends before the text, at %1"_s.arg(token.end());
        at = token.end();
    }
    if (at != view.size())
        return u"the tokens end at %1 of %2"_s.arg(at).arg(view.size());

    // Between the statements lies nothing that an engine would run.
    const auto isIdle = [&](qsizetype from, qsizetype to) {
        for (const SqlToken &token : tokens)
            if (token.start >= from && token.end() <= to && token.isSignificant() && token.kind != SqlTokenKind::Semicolon
                && token.kind != SqlTokenKind::CopyData)
                return false;
        return true;
    };
    const QList<SqlStatement> statements = SqlScript::split(view, dialect);
    at = 0;
    for (qsizetype i = 0; i < statements.size(); ++i) {
        const SqlStatement &statement = statements[i];
        if (statement.text.isEmpty())
            return u"statement %1 is empty"_s.arg(i);
        if (statement.start < at || statement.end() > view.size())
            return u"statement %1 overlaps or runs over the end"_s.arg(i);
        if (view.sliced(statement.start, statement.text.size()) != statement.text)
            return u"statement %1 is not the script's text"_s.arg(i);
        if (!isIdle(at, statement.start))
            return u"before statement %1 something was dropped"_s.arg(i);
        if (statement.line != view.first(statement.start).count(u'\n') + 1)
            return u"statement %1 has the wrong line"_s.arg(i);
        if (!statement.complete && i + 1 < statements.size())
            return u"statement %1 of %2 is not complete"_s.arg(i).arg(statements.size());
        if (statementKind(statement.text, dialect) == StatementKind::Read && dialect == SqlDialect::Sqlite && !mayReturnRows(statement.text, dialect))
            return u"statement %1 reads and returns nothing"_s.arg(i);
        (void)isTransactional(statement.text, dialect);
        at = statement.end();
    }
    if (!isIdle(at, view.size()))
        return u"after the last statement something was dropped"_s;
    (void)SqlScript::isComplete(view, dialect);

    (void)namedParameters(view, dialect);
    if (dialect == SqlDialect::PostgreSql) {
        const NumberedSql numbered = toNumberedParameters(view);
        qsizetype previous = 0;
        for (qsizetype offset = 0; offset <= numbered.sql.size(); ++offset) {
            const qsizetype original = numbered.originalOffset(offset);
            if (original < previous || original > view.size())
                return u"offset %1 maps back to %2 after %3"_s.arg(offset).arg(original).arg(previous);
            previous = original;
        }
        if (numbered.originalOffset(numbered.sql.size()) != view.size() && !numbered.sql.isEmpty())
            return u"the end does not map to the end"_s;
        if (!namedParameters(numbered.sql, dialect).isEmpty())
            return u"a named parameter is left"_s;
        if (numbered.names != namedParameters(view, dialect))
            return u"the names differ"_s;
    }
    return {};
}

} // namespace turnstone
