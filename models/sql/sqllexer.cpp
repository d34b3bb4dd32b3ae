// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqllexer.h"

namespace turnstone {

namespace {

bool isDigit(char16_t c)
{
    return c >= u'0' && c <= u'9';
}

bool isHexDigit(char16_t c)
{
    return isDigit(c) || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

/// Both engines take every byte above 0x7F for a letter.
bool startsName(char16_t c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' || c >= 0x80;
}

bool continuesName(char16_t c)
{
    return startsName(c) || isDigit(c) || c == u'$';
}

bool isSqliteSpace(char16_t c)
{
    return c == u' ' || c == u'\t' || c == u'\n' || c == u'\f' || c == u'\r';
}

bool isPostgresSpace(char16_t c)
{
    return isSqliteSpace(c) || c == u'\v';
}

bool isPostgresOperator(char16_t c)
{
    return c != 0 && QStringView(u"~!@#^&|`?+-*/%<>=").contains(QChar(c));
}

constexpr char16_t byteOrderMark = 0xFEFF;

} // namespace

SqlLexer::SqlLexer(QStringView text, SqlDialect dialect)
    : m_text(text)
    , m_dialect(dialect)
{}

QList<SqlToken> SqlLexer::tokens(QStringView text, SqlDialect dialect)
{
    QList<SqlToken> all;
    for (SqlLexer lexer(text, dialect); !lexer.atEnd();)
        all.append(lexer.next());
    return all;
}

SqlToken SqlLexer::next()
{
    Q_ASSERT(!atEnd());
    SqlToken token;
    token.start = m_at;
    m_closed = true;
    token.kind = m_dialect == SqlDialect::Sqlite ? sqliteToken() : postgresToken();
    token.length = m_at - token.start;
    token.closed = m_closed;
    if (m_dialect == SqlDialect::PostgreSql)
        watchStatement(token);
    return token;
}

void SqlLexer::skipPast(char16_t c)
{
    const qsizetype found = m_text.indexOf(QChar(c), m_at);
    m_closed = found >= 0;
    m_at = found < 0 ? m_text.size() : found + 1;
}

void SqlLexer::skipToLineEnd()
{
    const qsizetype found = m_text.indexOf(u'\n', m_at);
    m_at = found < 0 ? m_text.size() : found;
}

// SQLite

SqlTokenKind SqlLexer::sqliteToken()
{
    const char16_t c = peek();
    if (isSqliteSpace(c) || c == byteOrderMark) {
        while (!atEnd() && (isSqliteSpace(peek()) || peek() == byteOrderMark))
            ++m_at;
        return SqlTokenKind::Space;
    }
    if (c == u'-' && peek(1) == u'-') {
        skipToLineEnd();
        return SqlTokenKind::Comment;
    }
    if (c == u'/' && peek(1) == u'*' && has(2)) {
        const qsizetype end = m_text.indexOf(u"*/", m_at + 2);
        m_closed = end >= 0;
        m_at = end < 0 ? m_text.size() : end + 2;
        return SqlTokenKind::Comment;
    }
    if (c == u'\'')
        return sqliteQuoted(c, SqlTokenKind::String);
    if (c == u'"' || c == u'`')
        return sqliteQuoted(c, SqlTokenKind::QuotedIdentifier);
    if (c == u'[') {
        skipPast(u']');
        return m_closed ? SqlTokenKind::QuotedIdentifier : SqlTokenKind::Invalid;
    }
    if (isDigit(c) || (c == u'.' && isDigit(peek(1))))
        return sqliteNumber();
    if ((c == u'x' || c == u'X') && peek(1) == u'\'')
        return sqliteBlob();
    if (startsName(c)) {
        while (!atEnd() && continuesName(peek()))
            ++m_at;
        return SqlTokenKind::Word;
    }
    if (c == u'?') {
        do
            ++m_at;
        while (isDigit(peek()));
        return SqlTokenKind::Parameter;
    }
    if (c == u'$' || c == u'@' || c == u':' || c == u'#')
        return sqliteVariable();
    if (c == u';') {
        ++m_at;
        return SqlTokenKind::Semicolon;
    }
    return sqliteOperator();
}

SqlTokenKind SqlLexer::sqliteQuoted(char16_t quote, SqlTokenKind kind)
{
    ++m_at;
    do
        skipPast(quote);
    while (m_closed && !atEnd() && peek() == quote && (++m_at, true));
    return m_closed ? kind : SqlTokenKind::Invalid;
}

SqlTokenKind SqlLexer::sqliteNumber()
{
    const auto digits = [this](auto isOne) {
        while (isOne(peek()) || (peek() == u'_' && isOne(m_at > 0 ? m_text[m_at - 1].unicode() : u'\0') && isOne(peek(1))))
            ++m_at;
    };
    if (peek() == u'0' && (peek(1) == u'x' || peek(1) == u'X') && isHexDigit(peek(2))) {
        m_at += 2;
        digits(isHexDigit);
    } else {
        digits(isDigit);
        if (peek() == u'.') {
            ++m_at;
            digits(isDigit);
        }
        if ((peek() == u'e' || peek() == u'E') && (isDigit(peek(1)) || ((peek(1) == u'+' || peek(1) == u'-') && isDigit(peek(2))))) {
            m_at += 2;
            digits(isDigit);
        }
    }
    if (!continuesName(peek()))
        return SqlTokenKind::Number;
    while (!atEnd() && continuesName(peek()))
        ++m_at;
    return SqlTokenKind::Invalid;
}

SqlTokenKind SqlLexer::sqliteBlob()
{
    m_at += 2;
    const qsizetype digits = m_at;
    while (isHexDigit(peek()))
        ++m_at;
    if (peek() == u'\'' && (m_at - digits) % 2 == 0) {
        ++m_at;
        return SqlTokenKind::Blob;
    }
    skipPast(u'\'');
    return SqlTokenKind::Invalid;
}

SqlTokenKind SqlLexer::sqliteVariable()
{
    // :name, and for Tcl $name::name(suffix)
    ++m_at;
    qsizetype names = 0;
    while (!atEnd()) {
        if (continuesName(peek())) {
            ++names;
            ++m_at;
        } else if (peek() == u'(' && names > 0) {
            do
                ++m_at;
            while (!atEnd() && !isSqliteSpace(peek()) && peek() != u'\v' && peek() != u')' && peek() != 0);
            if (peek() != u')')
                return SqlTokenKind::Invalid;
            ++m_at;
            break;
        } else if (peek() == u':' && peek(1) == u':') {
            m_at += 2;
        } else {
            break;
        }
    }
    return names > 0 ? SqlTokenKind::Parameter : SqlTokenKind::Invalid;
}

SqlTokenKind SqlLexer::sqliteOperator()
{
    for (QStringView wide : {QStringView(u"->>"), QStringView(u"->"), QStringView(u"=="), QStringView(u"<="), QStringView(u"<>"), QStringView(u"<<"),
                             QStringView(u">="), QStringView(u">>"), QStringView(u"!="), QStringView(u"||")}) {
        if (at(wide)) {
            m_at += wide.size();
            return SqlTokenKind::Operator;
        }
    }
    const bool known = QStringView(u"-()+*/%=<>|,&~.").contains(m_text[m_at]);
    ++m_at;
    return known ? SqlTokenKind::Operator : SqlTokenKind::Invalid;
}

// PostgreSQL

SqlTokenKind SqlLexer::postgresToken()
{
    const char16_t c = peek();
    if (m_copyDataFollows && (m_at == 0 || m_text[m_at - 1] == u'\n'))
        return postgresCopyData();
    if (isPostgresSpace(c) || (c == byteOrderMark && m_at == 0)) {
        // With copy data ahead, the space ends where the data begin.
        do {
            const bool lineEnds = peek() == u'\n';
            ++m_at;
            if (m_copyDataFollows && lineEnds)
                break;
        } while (isPostgresSpace(peek()));
        return SqlTokenKind::Space;
    }
    if (c == u'-' && peek(1) == u'-') {
        skipToLineEnd();
        return SqlTokenKind::Comment;
    }
    if (c == u'/' && peek(1) == u'*') {
        postgresNestedComment();
        return SqlTokenKind::Comment;
    }
    const char16_t following = peek(1);
    if (c == u'\'')
        return postgresQuoted(u'\'', false, SqlTokenKind::String);
    if (c == u'"')
        return postgresQuoted(u'"', false, SqlTokenKind::QuotedIdentifier);
    if (following == u'\'' && QStringView(u"eEnNxXbB").contains(QChar(c))) {
        ++m_at;
        const bool bits = QStringView(u"xXbB").contains(QChar(c));
        return postgresQuoted(u'\'', c == u'e' || c == u'E', bits ? SqlTokenKind::Blob : SqlTokenKind::String);
    }
    if ((c == u'u' || c == u'U') && following == u'&' && (peek(2) == u'\'' || peek(2) == u'"')) {
        m_at += 2;
        return postgresQuoted(peek(), false, peek() == u'"' ? SqlTokenKind::QuotedIdentifier : SqlTokenKind::String);
    }
    if (startsName(c)) {
        while (!atEnd() && continuesName(peek()))
            ++m_at;
        return SqlTokenKind::Word;
    }
    if (c == u'$')
        return postgresDollar();
    if (c == u':')
        return postgresColon();
    if (isDigit(c) || (c == u'.' && isDigit(following)))
        return postgresNumber();
    if (c == u';') {
        ++m_at;
        return SqlTokenKind::Semicolon;
    }
    if (c == u'\\') {
        skipToLineEnd();
        return SqlTokenKind::MetaCommand;
    }
    return postgresOperator();
}

SqlTokenKind SqlLexer::postgresQuoted(char16_t quote, bool backslashes, SqlTokenKind kind)
{
    ++m_at;
    while (!atEnd()) {
        const char16_t c = peek();
        if (backslashes && c == u'\\') {
            skip(2);
        } else if (c != quote) {
            ++m_at;
        } else if (peek(1) == quote) {
            m_at += 2;
        } else {
            ++m_at;
            if (!backslashes || !stringGoesOn())
                return kind;
        }
    }
    m_closed = false;
    return kind;
}

/// Strings with a line break between them are one string, which matters for E'…': the second part
/// has backslashes too. Goes into that part, or stays.
bool SqlLexer::stringGoesOn()
{
    qsizetype look = m_at;
    bool lineBroke = false;
    while (look < m_text.size()) {
        const char16_t c = m_text[look].unicode();
        if (isPostgresSpace(c)) {
            lineBroke = lineBroke || c == u'\n' || c == u'\r';
            ++look;
        } else if (c == u'-' && look + 1 < m_text.size() && m_text[look + 1] == u'-') {
            const qsizetype end = m_text.indexOf(u'\n', look);
            look = end < 0 ? m_text.size() : end;
        } else {
            if (c != u'\'' || !lineBroke)
                return false;
            m_at = look + 1;
            return true;
        }
    }
    return false;
}

SqlTokenKind SqlLexer::postgresDollar()
{
    if (isDigit(peek(1))) {
        do
            ++m_at;
        while (isDigit(peek()));
        return SqlTokenKind::Parameter;
    }
    qsizetype tagEnd = m_at + 1;
    if (startsName(peek(1)))
        while (tagEnd < m_text.size() && m_text[tagEnd] != u'$' && continuesName(m_text[tagEnd].unicode()))
            ++tagEnd;
    if (tagEnd >= m_text.size() || m_text[tagEnd] != u'$') {
        ++m_at;
        return SqlTokenKind::Invalid;
    }
    const QStringView tag = m_text.sliced(m_at, tagEnd + 1 - m_at);
    const qsizetype end = m_text.indexOf(tag, tagEnd + 1);
    m_closed = end >= 0;
    m_at = end < 0 ? m_text.size() : end + tag.size();
    return SqlTokenKind::String;
}

SqlTokenKind SqlLexer::postgresColon()
{
    if (peek(1) == u':' || peek(1) == u'=') {
        m_at += 2;
        return SqlTokenKind::Operator;
    }
    const bool slice = m_statement.brackets > 0 && m_statement.afterOperand;
    ++m_at;
    if (slice || !startsName(peek()))
        return SqlTokenKind::Operator;
    while (!atEnd() && (startsName(peek()) || isDigit(peek())))
        ++m_at;
    return SqlTokenKind::Parameter;
}

SqlTokenKind SqlLexer::postgresNumber()
{
    const auto digits = [this](auto isOne) {
        while (isOne(peek()) || (peek() == u'_' && isOne(peek(1))))
            ++m_at;
    };
    const char16_t base = peek(1) | 0x20;
    if (peek() == u'0' && (base == u'x' || base == u'o' || base == u'b') && isHexDigit(peek(2))) {
        m_at += 2;
        digits(isHexDigit);
        return SqlTokenKind::Number;
    }
    digits(isDigit);
    if (peek() == u'.' && peek(1) != u'.') { // 1..10 is a range of PL/pgSQL
        ++m_at;
        digits(isDigit);
    }
    if ((peek() == u'e' || peek() == u'E') && (isDigit(peek(1)) || ((peek(1) == u'+' || peek(1) == u'-') && isDigit(peek(2))))) {
        m_at += 2;
        digits(isDigit);
    }
    return SqlTokenKind::Number;
}

SqlTokenKind SqlLexer::postgresOperator()
{
    if (!isPostgresOperator(peek())) {
        const bool known = QStringView(u",()[].").contains(m_text[m_at]);
        ++m_at;
        return known ? SqlTokenKind::Operator : SqlTokenKind::Invalid;
    }
    qsizetype length = 0;
    bool special = false; // one of these lets an operator end with + or -
    while (isPostgresOperator(peek(length)) && !(peek(length) == u'-' && peek(length + 1) == u'-')
           && !(peek(length) == u'/' && peek(length + 1) == u'*')) {
        special = special || QStringView(u"~!@#^&|`?%").contains(QChar(peek(length)));
        ++length;
    }
    while (!special && length > 1 && (peek(length - 1) == u'+' || peek(length - 1) == u'-'))
        --length;
    m_at += length;
    return SqlTokenKind::Operator;
}

SqlTokenKind SqlLexer::postgresCopyData()
{
    m_copyDataFollows = false;
    while (!atEnd()) {
        const qsizetype start = m_at;
        skipToLineEnd();
        QStringView line = m_text.sliced(start, m_at - start);
        skip(1);
        if (line.endsWith(u'\r'))
            line.chop(1);
        if (line == u"\\.")
            return SqlTokenKind::CopyData;
    }
    m_closed = false;
    return SqlTokenKind::CopyData;
}

void SqlLexer::postgresNestedComment()
{
    int depth = 0;
    while (!atEnd()) {
        if (peek() == u'/' && peek(1) == u'*') {
            ++depth;
            m_at += 2;
        } else if (peek() == u'*' && peek(1) == u'/') {
            m_at += 2;
            if (--depth == 0)
                return;
        } else {
            ++m_at;
        }
    }
    m_closed = false;
}

void SqlLexer::watchStatement(const SqlToken &token)
{
    using Copy = Statement::Copy;
    const QStringView text = m_text.sliced(token.start, token.length);
    const auto is = [text](QStringView word) { return text.compare(word, Qt::CaseInsensitive) == 0; };
    if (!token.isSignificant())
        return;
    if (token.kind == SqlTokenKind::CopyData || token.kind == SqlTokenKind::MetaCommand) {
        m_statement = {};
        return;
    }
    m_copyDataFollows = false; // the rest of the line is more SQL: no psql would send data for it
    if (token.kind == SqlTokenKind::Semicolon && m_statement.parentheses == 0) {
        m_copyDataFollows = m_statement.copy == Copy::Stdin;
        m_statement = {};
        return;
    }
    if (!m_statement.begun) {
        m_statement.begun = true;
        m_statement.copy = token.kind == SqlTokenKind::Word && is(u"copy") ? Copy::Possible : Copy::No;
    } else if (token.kind == SqlTokenKind::Word && m_statement.parentheses == 0 && m_statement.copy != Copy::No) {
        if (m_statement.copy == Copy::Possible && is(u"from"))
            m_statement.copy = Copy::From;
        else if (m_statement.copy == Copy::From)
            m_statement.copy = is(u"stdin") ? Copy::Stdin : Copy::No;
    } else if (m_statement.copy == Copy::From) {
        m_statement.copy = Copy::No; // FROM 'file'
    }
    if (token.kind == SqlTokenKind::Operator) {
        m_statement.parentheses = qMax(0, m_statement.parentheses + (text == u"(") - (text == u")"));
        m_statement.brackets = qMax(0, m_statement.brackets + (text == u"[") - (text == u"]"));
    }
    m_statement.afterOperand = token.kind != SqlTokenKind::Operator || text == u")" || text == u"]";
}

} // namespace turnstone
