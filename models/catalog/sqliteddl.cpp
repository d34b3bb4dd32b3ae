// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/sqliteddl.h"

#include "models/sql/sqllexer.h"

#include <utility>

namespace turnstone {
using namespace Qt::StringLiterals;

namespace {

/// The tokens of one statement and a place in them.
class TokenCursor
{
public:
    explicit TokenCursor(const QString &sql) : m_sql(sql)
    {
        SqlLexer lexer(m_sql, SqlDialect::Sqlite);
        while (!lexer.atEnd()) {
            if (const SqlToken token = lexer.next(); token.isSignificant())
                m_tokens.push_back(token);
        }
    }

    bool atEnd() const { return m_at >= m_tokens.size(); }
    void advance() { ++m_at; }
    bool isOpen() const { return isOperator(u'('); }
    bool isClose() const { return isOperator(u')'); }
    bool isComma() const { return isOperator(u','); }
    bool isAnyWord() const { return !atEnd() && m_tokens[m_at].kind == SqlTokenKind::Word; }
    bool isWord(QLatin1String upper) const { return !atEnd() && isWord(m_at, upper); }
    /// Steps over the word if it is here.
    bool take(QLatin1String upper)
    {
        const bool here = isWord(upper);
        m_at += here ? 1 : 0;
        return here;
    }
    /// The name that stands here without its quotes; steps over it.
    QString takeName()
    {
        if (atEnd())
            return {};
        const SqlToken token = m_tokens[m_at++];
        const QStringView text = textOf(token);
        if (token.kind != SqlTokenKind::QuotedIdentifier && token.kind != SqlTokenKind::String)
            return text.toString();
        const QChar close = text.front() == u'[' ? QChar(u']') : text.front();
        QString name = text.mid(1, text.size() - (text.size() > 1 && text.back() == close ? 2 : 1)).toString();
        if (close != u']')
            name.replace(QString(2, close), close);
        return name;
    }
    /// Steps over a group in parentheses that opens here; its text between them.
    QString takeGroup()
    {
        const qsizetype begin = m_tokens[m_at].end();
        int depth = 0;
        for (; !atEnd(); advance()) {
            depth += isOpen() ? 1 : isClose() ? -1 : 0;
            if (depth == 0) {
                const QStringView text = m_sql.mid(begin, m_tokens[m_at].start - begin);
                advance();
                return text.trimmed().toString();
            }
        }
        return m_sql.mid(begin).trimmed().toString();
    }
    /// Up to and over the next opening parenthesis.
    void enterGroup()
    {
        while (!atEnd() && !isOpen())
            advance();
        advance();
    }
    /// The text up to the next comma, which it steps over, or to the end of the group, without ASC,
    /// DESC, NULLS FIRST or NULLS LAST.
    QString takeTerm()
    {
        const std::size_t first = m_at;
        int depth = 0;
        for (; !atEnd(); advance()) {
            if (depth == 0 && (isComma() || isClose()))
                break;
            depth += isOpen() ? 1 : isClose() ? -1 : 0;
        }
        std::size_t end = m_at;
        if (end >= first + 3 && isWord(end - 2, "NULLS"_L1) && (isWord(end - 1, "FIRST"_L1) || isWord(end - 1, "LAST"_L1)))
            end -= 2;
        if (end >= first + 2 && (isWord(end - 1, "ASC"_L1) || isWord(end - 1, "DESC"_L1)))
            --end;
        if (isComma())
            advance();
        return end == first ? QString() : m_sql.mid(m_tokens[first].start, m_tokens[end - 1].end() - m_tokens[first].start).toString();
    }
    /// The text from here to the end of the last token.
    QString takeRest()
    {
        if (atEnd())
            return {};
        const qsizetype begin = m_tokens[m_at].start;
        m_at = m_tokens.size();
        return m_sql.mid(begin, m_tokens.back().end() - begin).toString();
    }

private:
    QStringView textOf(const SqlToken &token) const { return m_sql.mid(token.start, token.length); }
    bool isOperator(char16_t c) const
    {
        return !atEnd() && m_tokens[m_at].kind == SqlTokenKind::Operator && textOf(m_tokens[m_at]) == QStringView(&c, 1);
    }
    bool isWord(std::size_t position, QLatin1String upper) const
    {
        const SqlToken &token = m_tokens[position];
        return token.kind == SqlTokenKind::Word && textOf(token).compare(upper, Qt::CaseInsensitive) == 0;
    }

    QStringView m_sql;
    std::vector<SqlToken> m_tokens;
    std::size_t m_at = 0;
};

QStringList takeNames(TokenCursor &cursor)
{
    QStringList names;
    if (!cursor.isOpen())
        return names;
    cursor.advance();
    while (!cursor.atEnd() && !cursor.isClose()) {
        if (cursor.isComma())
            cursor.advance();
        else
            names.append(cursor.takeName());
    }
    cursor.advance();
    return names;
}

/// Reads the items of a CREATE TABLE one token after the other. SQLite lets constraints follow each
/// other without commas, so there is no splitting at commas first.
class TableBodyParser
{
public:
    TableBodyParser(TokenCursor &cursor, SqliteTableDdl &ddl) : m_cursor(cursor), m_ddl(ddl) {}

    void parse()
    {
        bool atItemStart = true;
        while (!m_cursor.atEnd() && !m_cursor.isClose()) {
            if (m_cursor.isComma()) {
                m_cursor.advance();
                m_constraintName.clear();
                atItemStart = true;
                continue;
            }
            if (atItemStart && !isTableConstraint())
                m_column = m_cursor.takeName();
            else
                parseClause();
            atItemStart = false;
        }
    }

private:
    bool isTableConstraint() const
    {
        return m_cursor.isWord("CONSTRAINT"_L1) || m_cursor.isWord("CHECK"_L1) || m_cursor.isWord("PRIMARY"_L1)
            || m_cursor.isWord("UNIQUE"_L1) || m_cursor.isWord("FOREIGN"_L1);
    }

    QString takeConstraintName() { return std::exchange(m_constraintName, QString()); }

    void parseClause()
    {
        if (m_cursor.take("CONSTRAINT"_L1)) {
            m_constraintName = m_cursor.takeName();
        } else if (m_cursor.take("CHECK"_L1)) {
            if (m_cursor.isOpen())
                m_ddl.checks.push_back({takeConstraintName(), m_cursor.takeGroup()});
        } else if (m_cursor.take("AS"_L1)) {
            if (m_cursor.isOpen())
                m_ddl.generated.emplace_back(m_column, m_cursor.takeGroup());
            m_constraintName.clear();
        } else if (m_cursor.take("FOREIGN"_L1)) {
            m_cursor.take("KEY"_L1);
            m_keyColumns = takeNames(m_cursor);
        } else if (m_cursor.take("REFERENCES"_L1)) {
            m_ddl.foreignKeys.push_back({takeConstraintName(), m_keyColumns.isEmpty() ? QStringList(m_column) : m_keyColumns});
            m_keyColumns.clear();
            m_cursor.advance(); // the table
        } else if (m_cursor.take("AUTOINCREMENT"_L1)) {
            m_ddl.autoincrement = true;
        } else if (m_cursor.isOpen()) {
            m_cursor.takeGroup(); // a type's length, a default, the columns of a key
        } else {
            // The name before NOT NULL, PRIMARY KEY, UNIQUE, DEFAULT or COLLATE is theirs.
            if (m_cursor.isAnyWord() && !m_cursor.isWord("GENERATED"_L1) && !m_cursor.isWord("ALWAYS"_L1))
                m_constraintName.clear();
            m_cursor.advance();
        }
    }

    TokenCursor &m_cursor;
    SqliteTableDdl &m_ddl;
    QString m_column;
    QString m_constraintName;
    QStringList m_keyColumns;
};

} // namespace

SqliteTableDdl SqliteTableDdl::parse(const QString &sql)
{
    SqliteTableDdl ddl;
    TokenCursor cursor(sql);
    cursor.take("CREATE"_L1);
    if (cursor.take("VIRTUAL"_L1)) {
        while (!cursor.atEnd() && !cursor.isWord("USING"_L1))
            cursor.advance();
        cursor.advance();
        ddl.module = cursor.takeName();
        return ddl;
    }
    cursor.enterGroup();
    TableBodyParser(cursor, ddl).parse();
    return ddl;
}

SqliteIndexDdl SqliteIndexDdl::parse(const QString &sql)
{
    SqliteIndexDdl ddl;
    TokenCursor cursor(sql);
    cursor.take("CREATE"_L1);
    ddl.unique = cursor.take("UNIQUE"_L1);
    cursor.enterGroup();
    while (!cursor.atEnd() && !cursor.isClose())
        ddl.terms.append(cursor.takeTerm());
    cursor.advance();
    if (cursor.take("WHERE"_L1))
        ddl.predicate = cursor.takeRest();
    return ddl;
}

} // namespace turnstone
