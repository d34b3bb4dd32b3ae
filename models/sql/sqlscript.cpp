// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlscript.h"

#include "models/sql/sqllexer.h"

#include <optional>

namespace turnstone {

namespace {

bool isWord(QStringView text, QStringView word)
{
    return text.compare(word, Qt::CaseInsensitive) == 0;
}

/// Where a statement of SQLite ends. The states and their transitions are those that SQLite
/// documents for sqlite3_complete(): only in CREATE [TEMP] TRIGGER do semicolons belong to the
/// statement, which then ends with "; END ;".
class SqliteEnd
{
public:
    /// Takes the next significant token; true if the statement ends with it.
    bool take(const SqlToken &token, QStringView text)
    {
        if (token.kind == SqlTokenKind::Semicolon) {
            if (m_state != State::Trigger && m_state != State::Semicolon)
                return true;
            m_state = State::Semicolon;
            return false;
        }
        const bool word = token.kind == SqlTokenKind::Word;
        switch (m_state) {
        case State::Start:
            m_state = !word ? State::Plain : isWord(text, u"create") ? State::Create : isWord(text, u"explain") ? State::Explain : State::Plain;
            break;
        case State::Explain: // EXPLAIN QUERY PLAN CREATE …
            if (word && isWord(text, u"create"))
                m_state = State::Create;
            else if (word && (isWord(text, u"explain") || isWord(text, u"temp") || isWord(text, u"temporary") || isWord(text, u"trigger") || isWord(text, u"end")))
                m_state = State::Plain;
            break;
        case State::Create:
            if (!word || !(isWord(text, u"temp") || isWord(text, u"temporary")))
                m_state = word && isWord(text, u"trigger") ? State::Trigger : State::Plain;
            break;
        case State::Semicolon:
            m_state = word && isWord(text, u"end") ? State::End : State::Trigger;
            break;
        case State::End:
            m_state = State::Trigger;
            break;
        case State::Plain:
        case State::Trigger:
            break;
        }
        return false;
    }

private:
    enum class State { Start, Plain, Explain, Create, Trigger, Semicolon, End };
    State m_state = State::Start;
};

/// Where a statement of PostgreSQL ends: at a semicolon outside parentheses (CREATE RULE … DO (…; …))
/// and outside BEGIN ATOMIC … END of CREATE [OR REPLACE] FUNCTION and PROCEDURE. CASE … END may
/// stand in such a body.
class PostgresEnd
{
public:
    bool take(const SqlToken &token, QStringView text)
    {
        if (token.kind == SqlTokenKind::Semicolon)
            return m_parentheses == 0 && m_bodies == 0;
        if (token.kind == SqlTokenKind::Operator) {
            if (text == u"(")
                ++m_parentheses;
            else if (text == u")" && m_parentheses > 0)
                --m_parentheses;
        }
        const bool atomic = token.kind == SqlTokenKind::Word && m_afterBegin && isWord(text, u"atomic");
        m_afterBegin = false;
        if (token.kind == SqlTokenKind::Word)
            takeWord(text, atomic);
        ++m_tokens;
        return false;
    }

private:
    void takeWord(QStringView text, bool atomic)
    {
        // The words that make CREATE [OR REPLACE] FUNCTION | PROCEDURE.
        if (m_tokens == 0)
            m_createsRoutine = isWord(text, u"create") ? Routine::Created : Routine::No;
        else if (m_createsRoutine == Routine::Created && (isWord(text, u"function") || isWord(text, u"procedure")))
            m_createsRoutine = Routine::Yes;
        else if (m_createsRoutine == Routine::Created && !isWord(text, u"or") && !isWord(text, u"replace"))
            m_createsRoutine = Routine::No;
        if (m_createsRoutine != Routine::Yes || m_parentheses > 0)
            return;
        if (m_bodies == 0) {
            m_bodies = atomic ? 1 : 0;
            m_afterBegin = isWord(text, u"begin");
        } else if (isWord(text, u"case")) {
            ++m_bodies;
        } else if (isWord(text, u"end")) {
            --m_bodies;
        }
    }

    enum class Routine { No, Created, Yes };
    Routine m_createsRoutine = Routine::No;
    int m_tokens = 0;
    int m_parentheses = 0;
    int m_bodies = 0;
    bool m_afterBegin = false;
};

template<typename End>
class Splitter
{
public:
    Splitter(QStringView script, SqlDialect dialect)
        : m_script(script)
        , m_lexer(script, dialect)
    {}

    QList<SqlStatement> run()
    {
        while (!m_lexer.atEnd()) {
            const SqlToken token = m_lexer.next();
            const QStringView text = m_script.sliced(token.start, token.length);
            if (!token.isSignificant()) {
                if (!m_begin && !m_hint && token.kind == SqlTokenKind::Comment && text.startsWith(u"/*+"))
                    m_hint = token.start;
                m_cutOff = m_cutOff || !token.closed;
                continue;
            }
            if (token.kind == SqlTokenKind::CopyData && !m_begin && !m_statements.isEmpty()) {
                takeCopyData(token, text);
                continue;
            }
            if (token.kind == SqlTokenKind::MetaCommand) {
                finish(m_end, true); // "SELECT 1 \g": the command ends the statement before it
                m_begin = token.start;
                finish(token.end(), true);
                m_statements.last().isMetaCommand = true;
                continue;
            }
            if (!m_begin && token.kind == SqlTokenKind::Semicolon) {
                m_hint.reset();
                continue; // nothing stands before it
            }
            if (!m_begin)
                m_begin = m_hint.value_or(token.start);
            m_end = token.end();
            m_cutOff = !token.closed;
            if (m_grammar.take(token, text))
                finish(m_end, true);
        }
        finish(m_end, false);
        return m_statements;
    }

private:
    void finish(qsizetype end, bool complete)
    {
        m_hint.reset();
        if (!m_begin)
            return;
        SqlStatement statement;
        statement.start = *m_begin;
        statement.text = m_script.sliced(statement.start, end - statement.start).toString();
        m_line += int(m_script.sliced(m_lineCountedTo, statement.start - m_lineCountedTo).count(u'\n'));
        m_lineCountedTo = statement.start;
        statement.line = m_line;
        statement.complete = complete && !m_cutOff;
        m_statements.append(statement);
        m_begin.reset();
        m_grammar = {};
        m_cutOff = false;
    }

    void takeCopyData(const SqlToken &token, QStringView text)
    {
        // The lexer sees it only after the line that ended a COPY statement.
        if (token.closed) {
            if (text.endsWith(u'\n'))
                text.chop(1);
            if (text.endsWith(u'\r'))
                text.chop(1);
            text.chop(2);
        }
        m_statements.last().copyData = text.toString();
        m_statements.last().hasCopyData = true;
        m_statements.last().complete = token.closed;
    }

    const QStringView m_script;
    SqlLexer m_lexer;
    End m_grammar;
    QList<SqlStatement> m_statements;
    std::optional<qsizetype> m_begin; ///< of the statement in the making
    std::optional<qsizetype> m_hint;  ///< of a /*+ … */ before it
    qsizetype m_end = 0;              ///< of its last significant token
    bool m_cutOff = false;            ///< its last token is not closed
    int m_line = 1;
    qsizetype m_lineCountedTo = 0;
};

} // namespace

QList<SqlStatement> SqlScript::split(QStringView script, SqlDialect dialect)
{
    if (dialect == SqlDialect::Sqlite)
        return Splitter<SqliteEnd>(script, dialect).run();
    return Splitter<PostgresEnd>(script, dialect).run();
}

bool SqlScript::isComplete(QStringView script, SqlDialect dialect)
{
    bool closed = true; // a comment may be open after the last statement
    for (SqlLexer lexer(script, dialect); !lexer.atEnd();)
        closed = lexer.next().closed;
    const QList<SqlStatement> statements = split(script, dialect);
    return closed && !statements.isEmpty() && statements.last().complete;
}

} // namespace turnstone
