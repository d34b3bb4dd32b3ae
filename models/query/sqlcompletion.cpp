// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/sqlcompletion.h"

#include "models/database/connection.h"
#include "models/sql/sqllexer.h"
#include "models/sql/sqlscript.h"

#include <QMap>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct Word
{
    SqlTokenKind kind;
    QString text; ///< of quoted identifiers what is inside
    qsizetype start;
    qsizetype end;
};

QString plainName(const QString &text)
{
    if (text.size() >= 2 && (text.front() == u'"' || text.front() == u'`' || text.front() == u'['))
        return text.sliced(1, text.size() - 2);
    return text;
}

QString writtenName(const QString &name, SqlDialect dialect)
{
    static const QRegularExpression plain(u"^[a-z_][a-z0-9_]*$"_s);
    static const QRegularExpression anyCase(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    const bool isPlain = (dialect == SqlDialect::Sqlite ? anyCase : plain).match(name).hasMatch();
    return isPlain && !sqlKeywords(dialect).contains(name.toUpper()) ? name : Connection::quoted(name);
}

/// The significant words of the statement at the cursor.
std::vector<Word> wordsAround(QStringView script, qsizetype cursor, SqlDialect dialect)
{
    QStringView text = script;
    qsizetype offset = 0;
    for (const SqlStatement &statement : SqlScript::split(script, dialect)) {
        if (statement.start <= cursor && cursor <= statement.end()) {
            text = script.sliced(statement.start, statement.text.size());
            offset = statement.start;
            if (cursor < statement.end())
                break;
        }
    }
    std::vector<Word> words;
    SqlLexer lexer(text, dialect);
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        if (token.isSignificant())
            words.push_back({token.kind, plainName(text.sliced(token.start, token.length).toString()), offset + token.start, offset + token.end()});
    }
    return words;
}

bool isName(const Word &word, SqlDialect dialect)
{
    return word.kind == SqlTokenKind::QuotedIdentifier || (word.kind == SqlTokenKind::Word && !sqlKeywords(dialect).contains(word.text.toUpper()));
}

bool bringsTable(const QString &word)
{
    static const QStringList words{u"FROM"_s, u"JOIN"_s, u"INTO"_s, u"UPDATE"_s, u"TABLE"_s, u"USING"_s};
    return words.contains(word.toUpper());
}

/// Names and aliases of the tables in the statement → the table.
QMap<QString, const CatalogTable *> tablesOf(const std::vector<Word> &words, SqlDialect dialect, const Catalog &catalog)
{
    QMap<QString, const CatalogTable *> tables;
    bool isExpected = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Word &word = words[i];
        if (!isExpected || !isName(word, dialect)) {
            isExpected = (word.kind == SqlTokenKind::Word && bringsTable(word.text)) || (word.text == u"," && !tables.isEmpty());
            continue;
        }
        isExpected = false;
        QString schema;
        QString name = word.text;
        if (i + 2 < words.size() && words[i + 1].text == u"." && words[i + 2].kind != SqlTokenKind::Operator) {
            schema = name;
            name = words[i + 2].text;
            i += 2;
        }
        const CatalogTable *table = catalog.table(name, schema);
        if (!table)
            continue;
        tables[name.toLower()] = table;
        std::size_t next = i + 1;
        if (next < words.size() && words[next].text.compare(u"as"_s, Qt::CaseInsensitive) == 0)
            ++next;
        if (next < words.size() && isName(words[next], dialect))
            tables[words[next].text.toLower()] = table;
    }
    return tables;
}

void addMatching(QStringList &words, const QString &name, const QString &prefix, SqlDialect dialect)
{
    if (!name.startsWith(prefix, Qt::CaseInsensitive))
        return;
    const QString written = writtenName(name, dialect);
    if (!words.contains(written))
        words.append(written);
}

} // namespace

const QStringList &sqlKeywords(SqlDialect dialect)
{
    static const QStringList common = u"ADD ALL ALTER ANALYZE AND AS ASC BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT_DATE "
                                      "CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DELETE DESC DISTINCT DO DROP ELSE END EXCEPT EXISTS EXPLAIN FALSE FILTER FIRST FOLLOWING FOREIGN FROM FULL GROUP HAVING "
                                      "IF IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY LAST LEFT LIKE LIMIT MATERIALIZED NATURAL NOT NOTHING NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PRECEDING PRIMARY RANGE "
                                      "RECURSIVE REFERENCES REINDEX RELEASE RENAME REPLACE RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TO TRANSACTION TRIGGER TRUE UNION "
                                      "UNIQUE UPDATE USING VACUUM VALUES VIEW WHEN WHERE WINDOW WITH WITHOUT"_s.split(u' ');
    static const QStringList sqlite = common + u"ABORT ATTACH AUTOINCREMENT DETACH FAIL GLOB IGNORE INDEXED ISNULL NOTNULL PRAGMA PLAN QUERY REGEXP VIRTUAL"_s.split(u' ');
    static const QStringList postgres = common + u"ANY ARRAY COPY DOMAIN EXTENSION FETCH FUNCTION GRANT ILIKE LATERAL LANGUAGE LISTEN NOTIFY OWNER REVOKE SCHEMA SEQUENCE SHOW SIMILAR SOME TABLESAMPLE TRUNCATE TYPE"_s.split(u' ');
    return dialect == SqlDialect::Sqlite ? sqlite : postgres;
}

SqlCompletion completeSql(QStringView script, qsizetype cursor, SqlDialect dialect, const Catalog &catalog)
{
    std::vector<Word> words = wordsAround(script, cursor, dialect);
    SqlCompletion completion;
    completion.from = cursor;
    QString prefix;
    std::size_t before = 0; // words that end before the one at the cursor
    while (before < words.size() && words[before].end < cursor)
        ++before;
    if (before < words.size() && words[before].start < cursor && words[before].end >= cursor) {
        const Word &current = words[before];
        if (current.kind == SqlTokenKind::String || current.kind == SqlTokenKind::CopyData || current.kind == SqlTokenKind::Number)
            return completion;
        if (current.kind == SqlTokenKind::Word || current.kind == SqlTokenKind::QuotedIdentifier) {
            completion.from = current.start;
            prefix = script.sliced(current.start, cursor - current.start).toString().remove(u'"');
        } else {
            ++before; // an operator that ends at the cursor
        }
    }
    const QMap<QString, const CatalogTable *> tables = tablesOf(words, dialect, catalog);
    if (before >= 2 && words[before - 1].text == u".") {
        const QString owner = words[before - 2].text;
        if (const CatalogTable *table = tables.value(owner.toLower(), catalog.table(owner))) {
            for (const CatalogColumn &column : table->columns)
                addMatching(completion.words, column.name, prefix, dialect);
        } else {
            for (const CatalogTable &each : catalog.tables) {
                if (each.schema == owner)
                    addMatching(completion.words, each.name, prefix, dialect);
            }
        }
        return completion;
    }
    const bool wantsTable = before >= 1 && bringsTable(words[before - 1].text);
    if (!wantsTable) {
        for (const CatalogTable *table : tables) {
            for (const CatalogColumn &column : table->columns)
                addMatching(completion.words, column.name, prefix, dialect);
        }
        for (auto it = tables.begin(); it != tables.end(); ++it)
            addMatching(completion.words, it.key(), prefix, dialect);
    }
    for (const CatalogTable &table : catalog.tables) {
        if (table.kind != TableKind::Shadow)
            addMatching(completion.words, table.name, prefix, dialect);
    }
    if (!wantsTable && !prefix.isEmpty()) {
        for (const QString &keyword : sqlKeywords(dialect)) {
            if (keyword.startsWith(prefix, Qt::CaseInsensitive) && !completion.words.contains(keyword))
                completion.words.append(keyword);
        }
    }
    return completion;
}

} // namespace turnstone
