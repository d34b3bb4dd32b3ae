// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/resulttrace.h"

#include "models/edit/rowidentity.h"
#include "models/sql/sqllexer.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ResultTraceText
{
    Q_DECLARE_TR_FUNCTIONS(ResultTrace)
};

/// PostgreSQL tells a column's origin by numbers.
Result<> nameOrigins(Connection &connection, const std::vector<ResultColumn> &columns, ResultTrace &trace)
{
    std::set<unsigned> oids;
    for (const ResultColumn &column : columns) {
        if (column.tableOid != 0 && column.tableColumn > 0)
            oids.insert(column.tableOid);
    }
    if (oids.empty())
        return {};
    QStringList list;
    for (const unsigned oid : oids)
        list.append(QString::number(oid));
    return connection.forEachRow(u"SELECT a.attrelid, a.attnum, n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
                                 " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE a.attrelid IN (%1) AND a.attnum > 0 AND NOT a.attisdropped"_s.arg(list.join(u", "_s)),
                                 {}, [&](const RowBlock &block, int row) {
                                     const unsigned oid = block.at(row, 0).bytes().toByteArray().toUInt();
                                     const int number = block.at(row, 1).bytes().toByteArray().toInt();
                                     for (std::size_t i = 0; i < columns.size(); ++i) {
                                         if (columns[i].tableOid != oid || columns[i].tableColumn != number)
                                             continue;
                                         trace.columns[i].schema = QString::fromUtf8(block.at(row, 2).bytes());
                                         trace.columns[i].table = QString::fromUtf8(block.at(row, 3).bytes());
                                         trace.columns[i].column = QString::fromUtf8(block.at(row, 4).bytes());
                                     }
                                     return true;
                                 });
}

QString nameIn(QStringView word)
{
    const bool isQuoted = word.size() > 1 && (word.startsWith(u'"') || word.startsWith(u'`') || word.startsWith(u'['));
    return (isQuoted ? word.sliced(1, word.size() - 2) : word).toString().toLower();
}

/// The words of a statement that may name tables, in lower case, each with whether a point follows it (then it only says whose
/// column is meant). What stands behind AS is a name that is given.
std::vector<std::pair<QString, bool>> wordsOf(const QString &sql, Engine engine)
{
    const SqlDialect dialect = engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
    std::vector<std::pair<QString, bool>> words;
    bool isGiven = false;
    for (const SqlToken &token : SqlLexer::tokens(sql, dialect)) {
        const QStringView text = QStringView(sql).sliced(token.start, token.length);
        if (token.kind == SqlTokenKind::Word || token.kind == SqlTokenKind::QuotedIdentifier) {
            const QString word = nameIn(text);
            if (!std::exchange(isGiven, token.kind == SqlTokenKind::Word && word == u"as"))
                words.emplace_back(word, false);
        }
        else if (token.kind == SqlTokenKind::Operator && text == u"." && !words.empty())
            words.back().second = true;
    }
    return words;
}

/// Why rows of a table cannot be told apart by what the engine says of its columns; empty if they can.
QString ambiguityOf(const std::vector<std::pair<QString, bool>> &words, const CatalogTable &table, const Catalog &catalog)
{
    for (const auto &[word, isQualifier] : words) {
        if (word == u"union" || word == u"intersect" || word == u"except" || word == u"with")
            return ResultTraceText::tr("The rows come from several queries (%1): it cannot be told which row of which table this is.").arg(word.toUpper());
    }
    const auto timesOf = [&](const QString &name) { return std::ranges::count_if(words, [&](const auto &word) { return word.first == name && !word.second; }); };
    const QString name = table.name.toLower();
    if (timesOf(name) > 1)
        return ResultTraceText::tr("%1 stands in the query more than once: it cannot be told which of its rows is meant.").arg(table.name);
    if (timesOf(name) == 1)
        return {};
    // It comes by way of a view, whose own words count as well.
    for (const auto &[word, isQualifier] : words) {
        const CatalogTable *view = isQualifier ? nullptr : catalog.table(word, {});
        if (view != nullptr && (view->kind == TableKind::View || view->kind == TableKind::MaterializedView)) {
            if (timesOf(word) > 1)
                return ResultTraceText::tr("%1 stands in the query more than once: it cannot be told which of its rows is meant.").arg(view->name);
            const QString begin = view->sql.left(7).compare(u"create "_s, Qt::CaseInsensitive) == 0 ? view->sql.section(u"AS"_s, 1, -1, QString::SectionCaseInsensitiveSeps) : view->sql;
            if (const QString no = ambiguityOf(wordsOf(begin, table.engine), table, catalog); !no.isEmpty())
                return no;
        }
    }
    return {};
}

/// Where the key of a table stands in the result; refusal if it does not, or if a part of it stands there twice.
QString findKey(const CatalogTable &table, const TableProfile *profile, const ResultTrace &trace, ResultTrace::Key &key)
{
    RowIdentity identity = rowIdentityOf(table, profile);
    if (!identity.isUsable())
        return identity.refusal;
    // A rowid goes by the name of its column; without one the table's own key may stand in the result.
    if (identity.kind == RowIdentity::Kind::Rowid) {
        if (!table.rowidAlias().isEmpty()) {
            identity.columns = {table.rowidAlias()};
        } else if (!table.identityColumns().isEmpty()) {
            identity.columns = table.identityColumns();
            key.isAddress = false;
        }
    }
    key.columns = identity.columns;
    for (const QString &part : identity.columns) {
        int found = -1;
        for (std::size_t i = 0; i < trace.columns.size(); ++i) {
            const TracedColumn &column = trace.columns[i];
            const bool isRowid = part.compare(table.rowidName(), Qt::CaseInsensitive) == 0 && column.column.compare(u"rowid"_s, Qt::CaseInsensitive) == 0;
            if (column.table != table.name || column.schema != table.schema || (column.column.compare(part, Qt::CaseInsensitive) != 0 && !isRowid))
                continue;
            if (found >= 0)
                return ResultTraceText::tr("%1 of %2 stands in the result twice: the table may be joined with itself.").arg(part, table.name);
            found = static_cast<int>(i);
        }
        if (found < 0)
            return ResultTraceText::tr("The key of %1 (%2) is not in the result: add it to the query.").arg(table.name, identity.columns.join(u", "_s));
        key.positions.push_back(found);
    }
    return {};
}

} // namespace

RowKey ResultTrace::keyOf(int column, const std::vector<Value> &row) const
{
    const TracedColumn &traced = columns[static_cast<std::size_t>(column)];
    const auto found = keys.find({traced.schema, traced.table});
    RowKey key;
    if (found == keys.end())
        return key;
    for (const int position : found->second.positions) {
        const Value &part = row.at(static_cast<std::size_t>(position));
        if (part.isNull())
            return {};
        key.push_back(part);
    }
    return key;
}

Result<ResultTrace> traceResult(Connection &connection, const QString &sql, const std::vector<ResultColumn> &columns, const Catalog &catalog, const ResolvedProfile &profile)
{
    const std::vector<std::pair<QString, bool>> words = wordsOf(sql, connection.engine());
    ResultTrace trace;
    for (const ResultColumn &column : columns)
        trace.columns.push_back({column.schema, column.table, column.column, {}});
    if (connection.engine() == Engine::PostgreSql) {
        if (const Result<> named = nameOrigins(connection, columns, trace); !named)
            return failure(named);
    }
    std::map<std::pair<QString, QString>, QString> refusals;
    for (TracedColumn &column : trace.columns) {
        const CatalogTable *table = column.table.isEmpty() ? nullptr : catalog.table(column.table, column.schema);
        if (table == nullptr) {
            column.refusal = ResultTraceText::tr("It is computed: it is no column of a table.");
            continue;
        }
        column.schema = table->schema;
        column.table = table->name;
    }
    for (TracedColumn &column : trace.columns) {
        const CatalogTable *table = column.isEditable() ? catalog.table(column.table, column.schema) : nullptr;
        if (table == nullptr)
            continue;
        const std::pair<QString, QString> name{column.schema, column.table};
        if (!refusals.contains(name)) {
            ResultTrace::Key key;
            refusals[name] = ambiguityOf(words, *table, catalog);
            if (refusals[name].isEmpty())
                refusals[name] = findKey(*table, tableProfile(profile, *table), trace, key);
            if (refusals[name].isEmpty())
                trace.keys[name] = std::move(key);
        }
        column.refusal = refusals[name].isEmpty() ? columnRefusal(*table, column.column) : refusals[name];
    }
    return trace;
}

} // namespace turnstone
