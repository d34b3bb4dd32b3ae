// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sql/sqldialect.h"
#include "models/sql/sqltoken.h"

#include <QList>
#include <QStringView>

namespace turnstone {

/// Cuts SQL into tokens as the engine itself does. The tokens cover the text without a gap, and
/// any text has tokens: what an engine refuses is Invalid. Linear in the length of the text.
///
/// Works on UTF-16 because that is what editors, command lines and Error::position have; only
/// errors of the engines come in bytes or code points, see sqlposition.h. The text must outlive the
/// lexer. Not thread-safe; objects are independent.
class SqlLexer
{
public:
    SqlLexer(QStringView text, SqlDialect dialect);

    bool atEnd() const { return m_at >= m_text.size(); }
    /// Precondition: not atEnd(). The token has at least one character.
    SqlToken next();

    static QList<SqlToken> tokens(QStringView text, SqlDialect dialect);

private:
    char16_t peek(qsizetype ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead].unicode() : u'\0'; }
    bool has(qsizetype ahead) const { return m_at + ahead < m_text.size(); }
    bool at(QStringView what) const { return m_text.sliced(m_at).startsWith(what); }
    void skip(qsizetype count) { m_at = qMin(m_at + count, m_text.size()); }
    void skipPast(char16_t c);
    void skipToLineEnd();

    SqlTokenKind sqliteToken();
    SqlTokenKind sqliteQuoted(char16_t quote, SqlTokenKind kind);
    SqlTokenKind sqliteNumber();
    SqlTokenKind sqliteBlob();
    SqlTokenKind sqliteVariable();
    SqlTokenKind sqliteOperator();

    SqlTokenKind postgresToken();
    SqlTokenKind postgresQuoted(char16_t quote, bool backslashes, SqlTokenKind kind);
    SqlTokenKind postgresDollar();
    SqlTokenKind postgresColon();
    SqlTokenKind postgresNumber();
    SqlTokenKind postgresOperator();
    SqlTokenKind postgresCopyData();
    void postgresNestedComment();
    bool stringGoesOn();
    void watchStatement(const SqlToken &token);

    const QStringView m_text;
    const SqlDialect m_dialect;
    qsizetype m_at = 0;
    bool m_closed = true; ///< SqlToken::closed of the token in the making

    /// What PostgreSQL's tokens depend on besides their own characters.
    struct Statement
    {
        enum class Copy { No, Possible, From, Stdin };
        bool begun = false;
        int parentheses = 0;
        int brackets = 0;
        bool afterOperand = false; ///< `a` in `[a:b]`, so that :b is the end of a slice
        Copy copy = Copy::No;
    } m_statement;
    bool m_copyDataFollows = false; ///< after the line that ended COPY … FROM stdin
};

} // namespace turnstone
