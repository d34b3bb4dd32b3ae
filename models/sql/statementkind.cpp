// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/statementkind.h"

#include "models/sql/sqllexer.h"

#include <QList>
#include <QString>

#include <initializer_list>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Words = std::initializer_list<QStringView>;

bool isOneOf(QStringView word, Words words)
{
    for (QStringView candidate : words)
        if (word == candidate)
            return true;
    return false;
}

/// The significant tokens of one statement. Words are upper case, other tokens stand as they are,
/// except that literals and quoted names are only marked: their contents never count as keywords.
class Statement
{
public:
    Statement(QStringView sql, SqlDialect dialect)
        : m_dialect(dialect)
    {
        int depth = 0;
        for (SqlLexer lexer(sql, dialect); !lexer.atEnd();) {
            const SqlToken token = lexer.next();
            if (!token.isSignificant() || (m_items.isEmpty() && token.kind == SqlTokenKind::Semicolon))
                continue;
            if (token.kind == SqlTokenKind::Semicolon && depth == 0 && !isTrigger())
                break;
            const QStringView text = sql.sliced(token.start, token.length);
            const bool opens = token.kind == SqlTokenKind::Operator && text == u"(";
            const bool closes = token.kind == SqlTokenKind::Operator && text == u")";
            depth -= closes && depth > 0;
            Item item;
            item.depth = depth;
            item.isWord = token.kind == SqlTokenKind::Word;
            item.text = item.isWord                               ? text.toString().toUpper()
                        : token.kind == SqlTokenKind::Operator    ? text.toString()
                        : token.kind == SqlTokenKind::Number      ? text.toString()
                        : token.kind == SqlTokenKind::MetaCommand ? u"\\"_s
                                                                  : u"?"_s;
            m_items.append(item);
            depth += opens;
        }
        while (m_first < m_items.size() && m_items[m_first].text == u"(")
            ++m_first;
    }

    SqlDialect dialect() const { return m_dialect; }
    bool isEmpty() const { return m_items.isEmpty(); }
    qsizetype size() const { return m_items.size(); }

    /// The n-th token from the first that is no opening parenthesis; empty beyond the end.
    QStringView at(qsizetype n) const { return n >= 0 && m_first + n < m_items.size() ? QStringView(m_items[m_first + n].text) : QStringView(); }
    QStringView word(qsizetype n) const { return isWord(n) ? at(n) : QStringView(); }
    bool isWord(qsizetype n) const { return n >= 0 && m_first + n < m_items.size() && m_items[m_first + n].isWord; }
    /// In parentheses, counted from those that the statement itself stands in.
    int depth(qsizetype n) const { return m_first + n < m_items.size() ? m_items[m_first + n].depth - m_items[m_first].depth : 0; }
    bool begins(Words words) const
    {
        qsizetype n = 0;
        for (QStringView expected : words)
            if (word(n++) != expected)
                return false;
        return true;
    }
    /// Position of a word outside of parentheses, or -1.
    qsizetype indexOf(QStringView wanted, qsizetype from = 0) const
    {
        for (qsizetype n = from; m_first + n < m_items.size(); ++n)
            if (isWord(n) && depth(n) == 0 && at(n) == wanted)
                return n;
        return -1;
    }
    bool has(QStringView wanted) const { return indexOf(wanted) >= 0; }
    /// The statement that stands from the n-th token on, for what EXPLAIN explains.
    Statement from(qsizetype n) const
    {
        Statement rest = *this;
        rest.m_first = qMin(m_first + n, m_items.size());
        while (rest.m_first < m_items.size() && m_items[rest.m_first].text == u"(")
            ++rest.m_first;
        return rest;
    }

private:
    struct Item
    {
        QString text;
        int depth = 0;
        bool isWord = false;
    };

    bool isTrigger() const
    {
        return m_items.size() > 2 && m_items[0].text == u"CREATE"
            && (m_items[1].text == u"TRIGGER" || m_items[2].text == u"TRIGGER");
    }

    SqlDialect m_dialect;
    QList<Item> m_items;
    qsizetype m_first = 0;
};

struct Explained
{
    bool isExplain = false;
    bool executes = false;  ///< EXPLAIN ANALYZE
    qsizetype statement = 0; ///< where the explained statement begins
};

Explained explained(const Statement &s)
{
    Explained result;
    result.isExplain = s.begins({u"EXPLAIN"});
    if (!result.isExplain)
        return result;
    qsizetype n = 1;
    if (s.dialect() == SqlDialect::Sqlite) {
        result.statement = s.begins({u"EXPLAIN", u"QUERY", u"PLAN"}) ? 3 : 1;
        return result;
    }
    while (isOneOf(s.word(n), {u"ANALYZE", u"ANALYSE", u"VERBOSE"}))
        result.executes = s.word(n++) != u"VERBOSE" || result.executes;
    // EXPLAIN (ANALYZE [true], BUFFERS) — but EXPLAIN (SELECT 1) explains a query in parentheses.
    if (n == 1 && s.at(n) == u"("
        && isOneOf(s.word(n + 1), {u"ANALYZE", u"ANALYSE", u"VERBOSE", u"COSTS", u"SETTINGS", u"GENERIC_PLAN", u"BUFFERS", u"SERIALIZE", u"WAL", u"TIMING", u"SUMMARY",
                                   u"MEMORY", u"FORMAT"})) {
        for (++n; n < s.size() && !s.at(n).isEmpty() && s.at(n) != u")"; ++n)
            if (isOneOf(s.word(n), {u"ANALYZE", u"ANALYSE"}))
                result.executes = !isOneOf(s.at(n + 1), {u"FALSE", u"OFF", u"0"});
        ++n;
    }
    result.statement = n;
    return result;
}

/// Where the statement after WITH … AS (…), … begins; 0 if there is no WITH.
qsizetype afterWith(const Statement &s)
{
    if (!s.begins({u"WITH"}))
        return 0;
    for (qsizetype n = 1; !s.at(n).isEmpty(); ++n)
        if (s.depth(n) == 0 && isOneOf(s.word(n), {u"SELECT", u"INSERT", u"UPDATE", u"DELETE", u"MERGE", u"VALUES", u"TABLE", u"REPLACE"})
            && (s.at(n - 1) == u")" || s.depth(n - 1) > 0 || !isOneOf(s.at(n - 1), {u"WITH", u",", u"RECURSIVE"})))
            return n;
    return 0;
}

/// WITH x AS (DELETE … RETURNING *) SELECT …
bool writesInWith(const Statement &s)
{
    if (!s.begins({u"WITH"}))
        return false;
    for (qsizetype n = 1; !s.at(n).isEmpty(); ++n) {
        if (s.depth(n) == 0 || !(s.at(n - 1) == u"(" || s.at(n - 1) == u")"))
            continue;
        if ((s.word(n) == u"INSERT" && s.word(n + 1) == u"INTO") || (s.word(n) == u"DELETE" && s.word(n + 1) == u"FROM")
            || (s.word(n) == u"MERGE" && s.word(n + 1) == u"INTO") || (s.word(n) == u"UPDATE" && s.at(n + 1) != u")"))
            return true;
    }
    return false;
}

/// SELECT … FOR UPDATE locks rows, which a read-only transaction refuses.
bool locksRows(const Statement &s)
{
    for (qsizetype n = s.indexOf(u"FOR"); n >= 0; n = s.indexOf(u"FOR", n + 1))
        if (isOneOf(s.word(n + 1), {u"UPDATE", u"SHARE", u"NO", u"KEY"}))
            return true;
    return false;
}

StatementKind pragmaKind(const Statement &s)
{
    static constexpr QStringView asking[] = {u"TABLE_INFO", u"TABLE_XINFO", u"TABLE_LIST", u"INDEX_INFO", u"INDEX_XINFO", u"INDEX_LIST", u"FOREIGN_KEY_LIST",
                                             u"FOREIGN_KEY_CHECK", u"INTEGRITY_CHECK", u"QUICK_CHECK", u"DATABASE_LIST", u"COLLATION_LIST",
                                             u"FUNCTION_LIST", u"MODULE_LIST", u"PRAGMA_LIST", u"COMPILE_OPTIONS"};
    static constexpr QStringView doing[] = {u"WAL_CHECKPOINT", u"OPTIMIZE", u"INCREMENTAL_VACUUM", u"SHRINK_MEMORY"};
    const qsizetype name = s.at(2) == u"." ? 3 : 1;
    for (QStringView pragma : asking)
        if (s.word(name) == pragma)
            return StatementKind::Read;
    for (QStringView pragma : doing)
        if (s.word(name) == pragma)
            return StatementKind::Other;
    return s.at(name + 1).isEmpty() ? StatementKind::Read : StatementKind::Other; // `= value` and `(value)` set
}

StatementKind sqliteKind(const Statement &s)
{
    const QStringView first = s.word(0);
    if (isOneOf(first, {u"EXPLAIN", u"SELECT", u"VALUES"}))
        return StatementKind::Read;
    if (isOneOf(first, {u"INSERT", u"UPDATE", u"DELETE", u"REPLACE"}))
        return StatementKind::Write;
    if (isOneOf(first, {u"CREATE", u"ALTER", u"DROP"}))
        return StatementKind::Schema;
    if (isOneOf(first, {u"BEGIN", u"COMMIT", u"END", u"ROLLBACK", u"SAVEPOINT", u"RELEASE"}))
        return StatementKind::Transaction;
    if (first == u"PRAGMA")
        return pragmaKind(s);
    return StatementKind::Other;
}

StatementKind kindOf(const Statement &s);

StatementKind postgresKind(const Statement &s)
{
    const QStringView first = s.word(0);
    if (isOneOf(first, {u"BEGIN", u"START", u"COMMIT", u"END", u"ROLLBACK", u"ABORT", u"SAVEPOINT", u"RELEASE"}) || s.begins({u"PREPARE", u"TRANSACTION"})
        || s.begins({u"SET", u"TRANSACTION"}))
        return StatementKind::Transaction;
    if (first == u"SELECT")
        return s.has(u"INTO") ? StatementKind::Schema : locksRows(s) ? StatementKind::Write : StatementKind::Read;
    if (isOneOf(first, {u"VALUES", u"TABLE", u"SHOW", u"FETCH", u"DECLARE"}))
        return StatementKind::Read;
    if (isOneOf(first, {u"INSERT", u"UPDATE", u"DELETE", u"MERGE", u"TRUNCATE", u"CALL", u"DO", u"REFRESH"}))
        return StatementKind::Write;
    if (first == u"COPY") {
        const qsizetype to = s.indexOf(u"TO");
        const bool toClient = to >= 0 && s.word(to + 1) == u"STDOUT";
        if (!toClient)
            return StatementKind::Write; // a file of the server counts as well
        const Statement query = s.from(1);
        return s.at(1) == u"(" && query.word(0) != u"COPY" ? kindOf(query) : StatementKind::Read;
    }
    if (isOneOf(first, {u"CREATE", u"ALTER", u"DROP", u"COMMENT", u"GRANT", u"REVOKE", u"SECURITY", u"IMPORT", u"REASSIGN"}))
        return s.begins({u"ALTER", u"SYSTEM"}) ? StatementKind::Other : StatementKind::Schema;
    return StatementKind::Other;
}

StatementKind kindOf(const Statement &s)
{
    if (s.isEmpty())
        return StatementKind::Empty;
    if (const Explained e = explained(s); e.isExplain) {
        const Statement inner = s.from(e.statement);
        return e.executes && inner.word(0) != u"EXPLAIN" ? kindOf(inner) : StatementKind::Read;
    }
    if (const qsizetype main = afterWith(s); main > 0) {
        const StatementKind kind = kindOf(s.from(main));
        return kind == StatementKind::Read && s.dialect() == SqlDialect::PostgreSql && writesInWith(s) ? StatementKind::Write : kind;
    }
    return s.dialect() == SqlDialect::Sqlite ? sqliteKind(s) : postgresKind(s);
}

bool returnsRows(const Statement &s)
{
    if (explained(s).isExplain)
        return true;
    if (const qsizetype main = afterWith(s); main > 0)
        return returnsRows(s.from(main));
    const QStringView first = s.word(0);
    if (isOneOf(first, {u"SELECT", u"VALUES"}))
        return !(s.dialect() == SqlDialect::PostgreSql && first == u"SELECT" && s.has(u"INTO"));
    if (isOneOf(first, {u"INSERT", u"UPDATE", u"DELETE", u"REPLACE", u"MERGE"}))
        return s.has(u"RETURNING");
    if (s.dialect() == SqlDialect::Sqlite)
        return first == u"PRAGMA";
    return isOneOf(first, {u"TABLE", u"SHOW", u"FETCH", u"CALL", u"EXECUTE"});
}

bool sqliteTransactional(const Statement &s)
{
    const QStringView first = s.word(0);
    if (isOneOf(first, {u"BEGIN", u"COMMIT", u"END", u"VACUUM", u"DETACH"}))
        return false;
    if (first == u"ROLLBACK")
        return s.has(u"TO");
    if (first == u"PRAGMA") {
        const qsizetype name = s.at(2) == u"." ? 3 : 1;
        const bool sets = !s.at(name + 1).isEmpty();
        return !(s.word(name) == u"WAL_CHECKPOINT"
                 || (sets && isOneOf(s.word(name), {u"JOURNAL_MODE", u"FOREIGN_KEYS", u"SYNCHRONOUS", u"TEMP_STORE", u"LOCKING_MODE"})));
    }
    return true;
}

bool postgresTransactional(const Statement &s)
{
    const QStringView first = s.word(0);
    if (isOneOf(first, {u"BEGIN", u"START", u"COMMIT", u"END", u"ABORT", u"VACUUM"}) || s.begins({u"PREPARE", u"TRANSACTION"}) || s.begins({u"ALTER", u"SYSTEM"})
        || s.begins({u"DISCARD", u"ALL"}))
        return false;
    if (first == u"ROLLBACK")
        return s.has(u"TO");
    if (isOneOf(first, {u"CREATE", u"DROP", u"ALTER"}) && isOneOf(s.word(1), {u"DATABASE", u"TABLESPACE", u"SUBSCRIPTION"})) {
        if (first != u"ALTER")
            return false;
        return s.word(1) == u"DATABASE" ? !s.has(u"TABLESPACE") : s.word(1) == u"TABLESPACE" || !(s.has(u"REFRESH") || s.has(u"PUBLICATION"));
    }
    if (isOneOf(first, {u"CREATE", u"DROP"}) && (s.word(1) == u"INDEX" || s.begins({u"CREATE", u"UNIQUE", u"INDEX"})))
        return !s.has(u"CONCURRENTLY");
    if (s.begins({u"ALTER", u"TABLE"}) && s.has(u"DETACH"))
        return !s.has(u"CONCURRENTLY");
    if (first == u"REINDEX") {
        for (qsizetype n = 1; !s.at(n).isEmpty(); ++n)
            if (isOneOf(s.word(n), {u"CONCURRENTLY", u"DATABASE", u"SYSTEM", u"SCHEMA"}))
                return false;
        return true;
    }
    if (first == u"CLUSTER") { // without a table it takes all tables, each in its own transaction
        for (qsizetype n = 1; !s.at(n).isEmpty(); ++n)
            if (s.at(n) == u"?" || (s.isWord(n) && s.depth(n) == 0 && s.at(n) != u"VERBOSE"))
                return true;
        return false;
    }
    return true;
}

} // namespace

StatementKind statementKind(QStringView sql, SqlDialect dialect)
{
    return kindOf(Statement(sql, dialect));
}

bool mayReturnRows(QStringView sql, SqlDialect dialect)
{
    const Statement s(sql, dialect);
    return !s.isEmpty() && returnsRows(s);
}

bool isTransactional(QStringView sql, SqlDialect dialect)
{
    const Statement s(sql, dialect);
    return dialect == SqlDialect::Sqlite ? sqliteTransactional(s) : postgresTransactional(s);
}

} // namespace turnstone
