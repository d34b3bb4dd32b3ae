// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/findplan.h"

#include "models/profiles/rowsql.h"
#include "models/sql/sqllexer.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// A table is cut into so many pieces, which two readers share.
constexpr std::int64_t piecesOfTable = 48;
constexpr std::int64_t leastRowsOfPiece = 2000;

bool isSearchable(const CatalogTable &table)
{
    const bool isReal = table.kind == TableKind::Table || table.kind == TableKind::Partitioned || table.kind == TableKind::ForeignTable;
    return isReal && table.problem.isEmpty() && table.parentTable.isEmpty();
}

bool containsAny(const QString &type, std::initializer_list<QLatin1String> words)
{
    return std::ranges::any_of(words, [&](QLatin1String word) { return type.contains(word, Qt::CaseInsensitive); });
}

bool isTextType(const CatalogColumn &column, Engine engine)
{
    const QString &type = column.type;
    if (engine == Engine::PostgreSql) {
        const QString bare = type.section(u'(', 0, 0).trimmed();
        return containsAny(bare, {QLatin1String("text"), QLatin1String("char"), QLatin1String("json"), QLatin1String("xml"), QLatin1String("name")}) || !column.enumLabels.isEmpty();
    }
    if (containsAny(type, {QLatin1String("CHAR"), QLatin1String("CLOB"), QLatin1String("TEXT"), QLatin1String("JSON"), QLatin1String("STRING"), QLatin1String("ENUM")}) || type.isEmpty())
        return true;
    return !containsAny(type, {QLatin1String("INT"), QLatin1String("REAL"), QLatin1String("FLOA"), QLatin1String("DOUB"), QLatin1String("NUM"), QLatin1String("DEC"), QLatin1String("BOOL"),
                               QLatin1String("DATE"), QLatin1String("TIME"), QLatin1String("BLOB"), QLatin1String("VECTOR")});
}

/// The words between the parentheses of `USING fts5(…)`, parted at the commas.
QStringList moduleArguments(const QString &sql)
{
    QStringList arguments;
    QString argument;
    int depth = 0;
    SqlLexer lexer(sql, SqlDialect::Sqlite);
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        const QStringView text = QStringView(sql).sliced(token.start, token.length);
        const int change = text == u"(" ? 1 : text == u")" ? -1 : 0;
        if (change < 0 && --depth == 0)
            break;
        if (depth >= 1 && depth + change >= 1 && !(depth == 1 && text == u",") && token.kind != SqlTokenKind::Comment)
            argument += text;
        if (depth == 1 && text == u",")
            arguments.append(std::exchange(argument, QString()).trimmed());
        if (change > 0)
            ++depth;
    }
    arguments.append(argument.trimmed());
    return arguments;
}

QString unquoted(QString word)
{
    word = word.trimmed();
    if (word.size() >= 2 && (word.front() == u'\'' || word.front() == u'"' || word.front() == u'`'))
        return word.sliced(1, word.size() - 2).replace(QString(2, word.front()), QString(word.front()));
    return word.size() >= 2 && word.front() == u'[' ? word.sliced(1, word.size() - 2) : word;
}

std::optional<TextIndex> fts5Index(const Catalog &catalog, const CatalogTable &table)
{
    TextIndex index;
    index.name = table.name;
    index.table = &table;
    bool hasContent = false;
    for (const QString &argument : moduleArguments(table.sql)) {
        const qsizetype equals = argument.indexOf(u'=');
        const QString key = argument.left(equals).trimmed().toLower();
        if (equals > 0 && key == u"content") {
            const QString content = unquoted(argument.mid(equals + 1));
            if (content.isEmpty())
                return std::nullopt; // keeps no texts: nothing could be shown
            hasContent = true;
            index.table = catalog.table(content);
        } else if (equals < 0) {
            const QString column = unquoted(argument.section(u' ', 0, 0));
            if (!argument.section(u' ', 1).contains(u"UNINDEXED", Qt::CaseInsensitive))
                index.columns.append(column);
        }
    }
    if (!index.table || index.columns.isEmpty())
        return std::nullopt;
    const auto isThere = [&](const QString &column) { return index.table->hasColumn(column); };
    if (hasContent && (!index.table->hasRowid() || !std::ranges::all_of(index.columns, isThere)))
        return std::nullopt;
    return index;
}

std::optional<TextIndex> serverIndex(const CatalogTable &table, const CatalogIndex &index)
{
    static const QRegularExpression config(u"^to_tsvector\\('([\\w.]+)'::regconfig, "_s);
    if (!index.valid || !index.predicate.isEmpty() || index.columns.size() != 1)
        return std::nullopt;
    QString expression = index.columns.front();
    const CatalogColumn *stored = table.column(expression);
    if (stored && stored->type == u"tsvector") {
        if (stored->generatedSql.isEmpty())
            return std::nullopt; // filled by who knows what
        expression = stored->generatedSql;
    }
    const QRegularExpressionMatch match = config.match(expression);
    if (!match.hasMatch())
        return std::nullopt;
    TextIndex found;
    found.name = index.name;
    found.table = &table;
    found.config = match.captured(1);
    found.expression = stored ? Connection::quoted(stored->name) : expression;
    for (const CatalogColumn &column : table.columns) {
        const QRegularExpression word(u"(?<![\\w\"])\"?%1\"?(?![\\w\"])"_s.arg(QRegularExpression::escape(column.name)));
        if (&column != stored && isTextType(column, Engine::PostgreSql) && word.match(expression.mid(match.capturedLength())).hasMatch())
            found.columns.append(column.name);
    }
    return found.columns.isEmpty() ? std::nullopt : std::optional(found);
}

Result<void> addRows(Connection &connection, const CatalogTable &table, const QStringList &columns, std::vector<FindTask> &tasks)
{
    FindTask whole{&table, columns, {}, {}, {}};
    const QString rowid = connection.engine() == Engine::Sqlite ? table.rowidName() : QString();
    if (rowid.isEmpty()) {
        tasks.push_back(whole);
        return {};
    }
    std::optional<std::pair<std::int64_t, std::int64_t>> range;
    const QString name = Connection::quoted(table.name);
    const Result<> read = connection.forEachRow(u"SELECT (SELECT min(%1) FROM %2), (SELECT max(%1) FROM %2)"_s.arg(rowid, name), {}, [&range](const RowBlock &block, int row) {
        if (!block.at(row, 0).isNull())
            range.emplace(block.at(row, 0).integer(), block.at(row, 1).integer());
        return false;
    });
    if (!read || !range)
        return read ? Result<>() : read;
    const auto width = static_cast<std::uint64_t>(range->second) - static_cast<std::uint64_t>(range->first);
    const std::uint64_t step = std::max<std::uint64_t>(width / piecesOfTable + 1, leastRowsOfPiece);
    for (std::uint64_t done = 0;; done += step) {
        FindTask task = whole;
        task.firstRow = static_cast<std::int64_t>(static_cast<std::uint64_t>(range->first) + done);
        const bool isLast = width - done < step;
        task.lastRow = isLast ? range->second : static_cast<std::int64_t>(static_cast<std::uint64_t>(*task.firstRow) + step - 1);
        tasks.push_back(task);
        if (isLast)
            return {};
    }
}

} // namespace

std::vector<TextIndex> textIndexes(const Catalog &catalog)
{
    std::vector<TextIndex> indexes;
    for (const CatalogTable &table : catalog.tables) {
        if (catalog.engine == Engine::Sqlite) {
            if (table.kind == TableKind::VirtualTable && table.module.compare(u"fts5"_s, Qt::CaseInsensitive) == 0 && table.problem.isEmpty()) {
                if (const std::optional<TextIndex> index = fts5Index(catalog, table))
                    indexes.push_back(*index);
            }
            continue;
        }
        for (const CatalogIndex &index : table.indexes) {
            if (const std::optional<TextIndex> found = serverIndex(table, index))
                indexes.push_back(*found);
        }
    }
    return indexes;
}

QStringList textColumns(const CatalogTable &table, const ResolvedProfile &profile)
{
    static const QStringList leftOut{u"vector"_s, u"secret"_s};
    const bool isMeant = table.engine == Engine::Sqlite || profile.schema.isEmpty() || profile.schema == table.schema;
    const TableProfile *known = isMeant ? profile.table(table.name) : nullptr;
    QStringList columns;
    for (const CatalogColumn &column : table.columns) {
        const ColumnProfile *meaning = known ? known->column(column.name) : nullptr;
        if (!column.hidden && isTextType(column, table.engine) && !(meaning && leftOut.contains(meaning->meaning)))
            columns.append(column.name);
    }
    return columns;
}

Result<std::vector<FindTask>> planFind(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const FindQuery &query)
{
    const CatalogTable *only = query.table.isEmpty() ? nullptr : catalog.table(query.table, query.schema);
    if (!query.table.isEmpty() && !only)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("FindPlan", "There is no table \"%1\".").arg(query.table));
    std::vector<FindTask> tasks;
    std::vector<TextIndex> used;
    const bool canUse = query.usesIndexes && !query.words.isPattern && !query.words.isCaseSensitive;
    for (const TextIndex &index : canUse ? textIndexes(catalog) : std::vector<TextIndex>()) {
        if (only && index.table != only && index.name != only->name)
            continue;
        tasks.push_back({index.table, index.columns, {}, {}, index});
        used.push_back(index);
    }
    for (const CatalogTable &table : catalog.tables) {
        // A full-text table of its own is read row by row where its index is not to be asked.
        const bool isOwnText = !canUse && table.kind == TableKind::VirtualTable && table.module.compare(u"fts5"_s, Qt::CaseInsensitive) == 0 && fts5Index(catalog, table)
                               && fts5Index(catalog, table)->table == &table;
        if ((only && &table != only) || (!isSearchable(table) && !isOwnText))
            continue;
        QStringList columns = textColumns(table, profile);
        for (const TextIndex &index : used) {
            if (index.table == &table)
                columns.removeIf([&](const QString &column) { return index.columns.contains(column, Qt::CaseInsensitive); });
        }
        if (columns.isEmpty())
            continue;
        if (const Result<> added = addRows(connection, table, columns, tasks); !added)
            return failure(added);
    }
    return tasks;
}

} // namespace turnstone
