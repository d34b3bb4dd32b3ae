// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/postgrescatalogreader.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace turnstone {
using namespace Qt::StringLiterals;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("PostgresCatalogReader", text);
}

// Every name is qualified: the database's own search path may put anything before pg_catalog. Casts are
// written without colons, which stand for parameters.

/// Schemas that the user may look into, as "n".
QString withSchemas(const QString &select)
{
    return u"WITH n AS MATERIALIZED (SELECT oid, nspname FROM pg_catalog.pg_namespace"
           " WHERE pg_catalog.left(nspname, 3) <> 'pg_' AND nspname <> 'information_schema'"
           " AND pg_catalog.has_schema_privilege(oid, 'USAGE')) "_s
        + select;
}

/// Relations that another session has locked so that even reading waits, or is about to.
QString lockedRelations()
{
    return u"ARRAY(SELECT relation FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock'"
           " AND pid <> pg_catalog.pg_backend_pid() AND database ="
           " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))"_s;
}

QString textAt(const RowBlock &block, int row, int column)
{
    return QString::fromUtf8(textOf(block.at(row, column)));
}

bool boolAt(const RowBlock &block, int row, int column)
{
    return textOf(block.at(row, column)) == "t";
}

quint32 oidAt(const RowBlock &block, int row, int column)
{
    return textOf(block.at(row, column)).toByteArray().toUInt();
}

int intAt(const RowBlock &block, int row, int column)
{
    return textOf(block.at(row, column)).toByteArray().toInt();
}

char charAt(const RowBlock &block, int row, int column)
{
    const QByteArrayView text = textOf(block.at(row, column));
    return text.isEmpty() ? '\0' : text.front();
}

/// The numbers of an int2vector ("1 2"), oidvector or array ("{1,2}").
template<typename Number>
std::vector<Number> numbersAt(const RowBlock &block, int row, int column)
{
    std::vector<Number> numbers;
    bool isInNumber = false;
    bool isNegative = false;
    for (const char c : textOf(block.at(row, column))) {
        if (c >= '0' && c <= '9') {
            if (!isInNumber)
                numbers.push_back(0);
            isInNumber = true;
            const auto digit = static_cast<Number>(c - '0');
            numbers.back() = static_cast<Number>(numbers.back() * 10 + (isNegative ? static_cast<Number>(-digit) : digit));
        } else {
            isInNumber = false;
            isNegative = c == '-';
        }
    }
    return numbers;
}

/// "'{1,2,3}'", to compare oids with.
template<typename Oids>
QString oidArray(const Oids &oids)
{
    QStringList texts;
    for (const auto oid : oids)
        texts.append(QString::number(oid));
    return u"'{"_s + texts.join(u',') + u"}'"_s;
}

TableKind kindFrom(char relationKind)
{
    switch (relationKind) {
    case 'v': return TableKind::View;
    case 'm': return TableKind::MaterializedView;
    case 'f': return TableKind::ForeignTable;
    case 'p': return TableKind::Partitioned;
    default: return TableKind::Table;
    }
}

ForeignKeyAction actionFrom(char action)
{
    switch (action) {
    case 'r': return ForeignKeyAction::Restrict;
    case 'c': return ForeignKeyAction::Cascade;
    case 'n': return ForeignKeyAction::SetNull;
    case 'd': return ForeignKeyAction::SetDefault;
    default: return ForeignKeyAction::NoAction;
    }
}

/// pg_get_expr() puts an expression into parentheses; this takes those off that hold all of it.
QString withoutParentheses(const QString &expression)
{
    if (!expression.startsWith(u'(') || !expression.endsWith(u')'))
        return expression;
    int depth = 0;
    QChar quote;
    for (qsizetype i = 0; i < expression.size(); ++i) {
        const QChar c = expression[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
        } else if (c == u'\'' || c == u'"') {
            quote = c;
        } else if (c == u'(') {
            ++depth;
        } else if (c == u')' && --depth == 0 && i + 1 < expression.size()) {
            return expression;
        }
    }
    return withoutParentheses(expression.mid(1, expression.size() - 2));
}

template<typename Pending>
QList<quint32> oidsOf(const std::vector<Pending> &pending)
{
    QList<quint32> oids;
    oids.reserve(static_cast<qsizetype>(pending.size()));
    for (const Pending &one : pending)
        oids.append(one.oid);
    return oids;
}

/// Whether the statement may have failed because another session dropped or locked something meanwhile.
bool mayBeRace(const Error &error)
{
    switch (error.code) {
    case ErrorCode::Cancelled:
    case ErrorCode::Connection:
    case ErrorCode::ConnectionLost:
    case ErrorCode::Permission: return false;
    default: return true;
    }
}

} // namespace

Result<Catalog> PostgresCatalogReader::read()
{
    Result<> done = readAll();
    for (int retries = 2; retries > 0 && !done && mayBeRace(done.error()) && !m_connection.isInTransaction(); --retries)
        done = readAll();
    if (!done)
        return failure(done);
    return std::move(m_catalog);
}

Result<> PostgresCatalogReader::readAll()
{
    m_catalog = {};
    m_catalog.engine = Engine::PostgreSql;
    m_positions.clear();
    m_relations.clear();
    m_enumLabels.clear();
    m_notNullDomains.clear();
    m_pendingReferences.clear();
    m_pendingIndexes.clear();
    m_pendingChecks.clear();
    using Reader = PostgresCatalogReader;
    for (const auto step : {&Reader::readSchemas, &Reader::readRelations, &Reader::readParents, &Reader::readEnums, &Reader::readDomains,
                            &Reader::readColumns, &Reader::readConstraints, &Reader::readForeignColumns, &Reader::readIndexRules,
                            &Reader::readIndexes, &Reader::readIndexDefinitions, &Reader::readTriggers, &Reader::readViews,
                            &Reader::readExtensions}) {
        if (const Result<> done = (this->*step)(); !done)
            return done;
    }
    return {};
}

Result<> PostgresCatalogReader::forEachRow(const QString &sql, const std::function<void(const RowBlock &, int)> &handle)
{
    return m_connection.forEachRow(sql, {}, [&handle](const RowBlock &block, int row) {
        handle(block, row);
        return true;
    });
}

Result<PostgresCatalogReader::Texts> PostgresCatalogReader::printed(const QList<Oid> &oids, const QString &sql)
{
    Texts texts;
    QList<QList<Oid>> batches{oids};
    while (!batches.isEmpty()) {
        const QList<Oid> batch = batches.takeLast();
        Texts some;
        const Result<> done = forEachRow(sql.arg(oidArray(batch), lockedRelations()), [&some](const RowBlock &block, int row) {
            QStringList &columns = some[oidAt(block, row, 0)];
            for (int column = 1; column < block.columnCount(); ++column)
                columns.append(block.at(row, column).isNull() ? QString() : textAt(block, row, column));
        });
        if (done) {
            texts.insert(some);
            continue;
        }
        // After an error, a transaction takes no more statements.
        if (!mayBeRace(done.error()) || m_connection.isInTransaction())
            return failure(done);
        if (batch.size() > 1) {
            batches.append(batch.sliced(batch.size() / 2));
            batches.append(batch.first(batch.size() / 2));
        }
    }
    return texts;
}

CatalogTable *PostgresCatalogReader::find(const RowBlock &block, int row, int column)
{
    const auto it = m_positions.constFind(oidAt(block, row, column));
    return it == m_positions.cend() ? nullptr : &m_catalog.tables[*it];
}

QString PostgresCatalogReader::columnName(std::size_t table, int number) const
{
    const std::vector<Relation::Column> &columns = m_relations[table].columns;
    const auto it = std::ranges::find(columns, number, &Relation::Column::number);
    return it == columns.end() ? QString() : m_catalog.tables[table].columns[static_cast<std::size_t>(it - columns.begin())].name;
}

QStringList PostgresCatalogReader::columnNames(std::size_t table, const std::vector<int> &numbers) const
{
    QStringList names;
    for (const int number : numbers)
        names.append(columnName(table, number));
    return names;
}

Result<> PostgresCatalogReader::readSchemas()
{
    const QString sql = withSchemas(u"SELECT nspname FROM n"
                                    " ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(false), nspname), nspname"_s);
    return forEachRow(sql, [this](const RowBlock &block, int row) { m_catalog.schemas.append(textAt(block, row, 0)); });
}

Result<> PostgresCatalogReader::readRelations()
{
    // The pages of the indexes are added by readIndexes().
    const QString sql = withSchemas(
        u"SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, d.description,"
        " pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'),"
        " c.oid = ANY (%1), (c.relpages + coalesce(toast.relpages, 0))"
        " * CAST(pg_catalog.current_setting('block_size') AS bigint)"
        " FROM pg_catalog.pg_class AS c JOIN n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid"
        " LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = regclass 'pg_catalog.pg_class'"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid NOT IN (SELECT objid FROM pg_catalog.pg_depend"
        " WHERE classid = regclass 'pg_catalog.pg_class' AND deptype = 'e') ORDER BY n.nspname, c.relname"_s.arg(lockedRelations()));
    return forEachRow(sql, [this](const RowBlock &block, int row) { addRelation(block, row); });
}

void PostgresCatalogReader::addRelation(const RowBlock &block, int row)
{
    m_positions.insert(oidAt(block, row, 0), m_catalog.tables.size());
    m_relations.emplace_back();
    CatalogTable &table = m_catalog.tables.emplace_back();
    table.engine = Engine::PostgreSql;
    table.schema = textAt(block, row, 1);
    table.name = textAt(block, row, 2);
    table.kind = kindFrom(charAt(block, row, 3));
    table.comment = textAt(block, row, 5);
    const double rows = textOf(block.at(row, 4)).toByteArray().toDouble();
    const qint64 bytes = textOf(block.at(row, 8)).toByteArray().toLongLong();
    // Before version 14, a table that was never looked at has 0 rows on 0 pages instead of -1.
    const bool isKnown = table.kind != TableKind::View && (rows > 0 || (rows == 0 && bytes > 0));
    if (isKnown) {
        table.estimatedRows = static_cast<std::int64_t>(rows);
        table.sizeBytes = bytes;
    }
    if (!boolAt(block, row, 6))
        table.problem = translated("You have no permission to read this table.");
    else if (boolAt(block, row, 7))
        table.problem = translated("Another session has locked this table; not everything about it could be read.");
}

Result<> PostgresCatalogReader::readParents()
{
    const QString sql = u"SELECT i.inhrelid, n.nspname, p.relname FROM pg_catalog.pg_inherits AS i"
                        " JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace"
                        " WHERE i.inhseqno = 1 AND p.relkind IN ('r', 'p', 'f')"_s;
    return forEachRow(sql, [this](const RowBlock &block, int row) {
        if (CatalogTable *table = find(block, row)) {
            table->parentSchema = textAt(block, row, 1);
            table->parentTable = textAt(block, row, 2);
        }
    });
}

Result<> PostgresCatalogReader::readEnums()
{
    const QString sql = withSchemas(u"SELECT t.oid, n.nspname, t.typname, e.enumlabel, x.objid IS NOT NULL FROM pg_catalog.pg_type AS t"
                                    " LEFT JOIN n ON n.oid = t.typnamespace LEFT JOIN pg_catalog.pg_enum AS e ON e.enumtypid = t.oid"
                                    " LEFT JOIN pg_catalog.pg_depend AS x ON x.classid = regclass 'pg_catalog.pg_type'"
                                    " AND x.objid = t.oid AND x.deptype = 'e'"
                                    " WHERE t.typtype = 'e' ORDER BY n.nspname, t.typname, t.oid, e.enumsortorder"_s);
    Oid last = 0;
    return forEachRow(sql, [this, &last](const RowBlock &block, int row) {
        const Oid oid = oidAt(block, row, 0);
        const bool isListed = !block.at(row, 1).isNull() && !boolAt(block, row, 4);
        if (isListed && oid != last)
            m_catalog.enums.push_back({textAt(block, row, 1), textAt(block, row, 2), {}});
        last = oid;
        QStringList &labels = m_enumLabels[oid];
        if (block.at(row, 3).isNull())
            return;
        labels.append(textAt(block, row, 3));
        if (isListed)
            m_catalog.enums.back().labels.append(labels.last());
    });
}

Result<> PostgresCatalogReader::readDomains()
{
    QHash<Oid, Oid> bases;
    const QString sql = u"SELECT oid, typbasetype, typnotnull FROM pg_catalog.pg_type WHERE typtype = 'd'"_s;
    const Result<> done = forEachRow(sql, [&](const RowBlock &block, int row) {
        const Oid oid = oidAt(block, row, 0);
        bases.insert(oid, oidAt(block, row, 1));
        if (boolAt(block, row, 2))
            m_notNullDomains.insert(oid);
    });
    for (auto it = bases.cbegin(); it != bases.cend(); ++it) {
        const Oid domain = it.key();
        Oid base = it.value();
        // A domain over a domain; the number of steps is bounded because the rows may be of different moments.
        for (qsizetype steps = 0; steps < bases.size() && bases.contains(base); ++steps) {
            if (m_notNullDomains.contains(base))
                m_notNullDomains.insert(domain);
            base = bases.value(base);
        }
        if (const auto labels = m_enumLabels.constFind(base); labels != m_enumLabels.cend()) {
            const QStringList copy = *labels; // insert() may move what *labels refers to
            m_enumLabels.insert(domain, copy);
        }
    }
    return done;
}

Result<> PostgresCatalogReader::readColumns()
{
    // A default refers to no column, so pg_get_expr() needs not open the table for it, which it would do
    // slowly and under a lock. What computes a generated column is read afterwards.
    const QString sql = withSchemas(
        u"SELECT a.attrelid, a.attnum, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,"
        " a.attidentity, a.attgenerated, a.attcollation, d.description,"
        " CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(x.adbin, 0) END, x.oid"
        " FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_attrdef AS x ON x.adrelid = a.attrelid AND x.adnum = a.attnum"
        " LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = a.attrelid AND d.objsubid = a.attnum"
        " AND d.classoid = regclass 'pg_catalog.pg_class'"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"_s);
    struct Computed
    {
        Oid oid = 0;
        std::size_t table = 0;
        std::size_t column = 0;
    };
    std::vector<Computed> computed;
    Result<> done = forEachRow(sql, [this, &computed](const RowBlock &block, int row) {
        addColumn(block, row);
        if (const CatalogTable *table = find(block, row); table != nullptr && charAt(block, row, 7) != '\0')
            computed.push_back({oidAt(block, row, 11), *m_positions.constFind(oidAt(block, row, 0)), table->columns.size() - 1});
    });
    if (!done || computed.empty())
        return done;
    const Result<Texts> texts = printed(oidsOf(computed), u"SELECT oid, pg_catalog.pg_get_expr(adbin, adrelid)"
                                                          " FROM pg_catalog.pg_attrdef WHERE oid = ANY (%1) AND adrelid <> ALL (%2)"_s);
    if (!texts)
        return failure(texts);
    for (const Computed &one : computed)
        m_catalog.tables[one.table].columns[one.column].generatedSql = withoutParentheses(texts->value(one.oid).value(0));
    return {};
}

void PostgresCatalogReader::addColumn(const RowBlock &block, int row)
{
    CatalogTable *table = find(block, row);
    if (table == nullptr)
        return;
    const Oid type = oidAt(block, row, 3);
    m_relations[static_cast<std::size_t>(table - m_catalog.tables.data())].columns.push_back(
        {intAt(block, row, 1), type, oidAt(block, row, 8)});
    CatalogColumn &column = table->columns.emplace_back();
    column.name = textAt(block, row, 2);
    column.type = textAt(block, row, 4);
    column.notNull = boolAt(block, row, 5) || m_notNullDomains.contains(type);
    column.identity = charAt(block, row, 6) != '\0';
    const bool isComputed = charAt(block, row, 7) != '\0';
    column.generated = isComputed || column.identity;
    column.comment = textAt(block, row, 9);
    column.enumLabels = m_enumLabels.value(type);
    if (!isComputed && !block.at(row, 10).isNull())
        column.defaultSql = textAt(block, row, 10);
}

Result<> PostgresCatalogReader::readConstraints()
{
    // A key that refers to a partitioned table has copies, one for each partition, on the same table.
    const QString sql = withSchemas(
        u"SELECT k.conrelid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey, k.confupdtype, k.confdeltype, fn.nspname, fc.relname,"
        " k.oid"
        " FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid JOIN n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_class AS fc ON fc.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace AS fn ON fn.oid = fc.relnamespace"
        " LEFT JOIN pg_catalog.pg_constraint AS parent ON parent.oid = k.conparentid"
        " WHERE k.contype IN ('p', 'f', 'c') AND (k.contype <> 'f' OR parent.conrelid IS DISTINCT FROM k.conrelid)"
        " ORDER BY k.conrelid, k.oid"_s);
    if (const Result<> done = forEachRow(sql, [this](const RowBlock &block, int row) { addConstraint(block, row); }); !done)
        return done;
    return readChecks();
}

Result<> PostgresCatalogReader::readChecks()
{
    if (m_pendingChecks.empty())
        return {};
    const Result<Texts> texts = printed(oidsOf(m_pendingChecks), u"SELECT oid, pg_catalog.pg_get_expr(conbin, conrelid)"
                                                                 " FROM pg_catalog.pg_constraint WHERE oid = ANY (%1)"
                                                                 " AND conrelid <> ALL (%2)"_s);
    if (!texts)
        return failure(texts);
    for (const PendingCheck &check : m_pendingChecks) {
        const QString text = texts->value(check.oid).value(0);
        if (!text.isNull())
            m_catalog.tables[check.table].checks.push_back({check.name, withoutParentheses(text)});
    }
    return {};
}

void PostgresCatalogReader::addConstraint(const RowBlock &block, int row)
{
    CatalogTable *table = find(block, row);
    if (table == nullptr)
        return;
    const auto position = static_cast<std::size_t>(table - m_catalog.tables.data());
    const QStringList names = columnNames(position, numbersAt<int>(block, row, 3));
    switch (charAt(block, row, 2)) {
    case 'p':
        table->primaryKey = names;
        for (CatalogColumn &column : table->columns)
            column.primaryKeyPosition = static_cast<int>(names.indexOf(column.name)) + 1;
        break;
    case 'c':
        m_pendingChecks.push_back({oidAt(block, row, 10), position, textAt(block, row, 1)});
        break;
    default: {
        CatalogForeignKey &key = table->foreignKeys.emplace_back();
        key.name = textAt(block, row, 1);
        key.columns = names;
        key.referencedSchema = textAt(block, row, 8);
        key.referencedTable = textAt(block, row, 9);
        key.onUpdate = actionFrom(charAt(block, row, 6));
        key.onDelete = actionFrom(charAt(block, row, 7));
        const Oid parent = oidAt(block, row, 4);
        const std::vector<int> numbers = numbersAt<int>(block, row, 5);
        if (const auto it = m_positions.constFind(parent); it != m_positions.cend())
            key.referencedColumns = columnNames(*it, numbers);
        else
            m_pendingReferences[parent].push_back({position, table->foreignKeys.size() - 1, numbers});
    }
    }
}

Result<> PostgresCatalogReader::readForeignColumns()
{
    if (m_pendingReferences.isEmpty())
        return {};
    QHash<Oid, QHash<int, QString>> names;
    const QString sql = u"SELECT attrelid, attnum, attname FROM pg_catalog.pg_attribute WHERE attnum > 0 AND attrelid = ANY (%1)"_s.arg(
        oidArray(m_pendingReferences.keys()));
    const Result<> done = forEachRow(sql, [&](const RowBlock &block, int row) {
        names[oidAt(block, row, 0)].insert(intAt(block, row, 1), textAt(block, row, 2));
    });
    for (auto it = m_pendingReferences.cbegin(); it != m_pendingReferences.cend(); ++it) {
        for (const PendingReference &pending : it.value()) {
            CatalogForeignKey &key = m_catalog.tables[pending.table].foreignKeys[pending.key];
            for (const int number : pending.numbers)
                key.referencedColumns.append(names.value(it.key()).value(number));
        }
    }
    return done;
}

Result<> PostgresCatalogReader::readIndexRules()
{
    m_defaultOperatorClasses.clear();
    m_keywords.clear();
    const Result<> done = forEachRow(u"SELECT oid, opcintype FROM pg_catalog.pg_opclass WHERE opcdefault"_s,
                                     [this](const RowBlock &block, int row) {
                                         m_defaultOperatorClasses.insert(oidAt(block, row, 0), oidAt(block, row, 1));
                                     });
    if (!done)
        return done;
    return forEachRow(u"SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'"_s,
                      [this](const RowBlock &block, int row) { m_keywords.insert(textAt(block, row, 0)); });
}

Result<> PostgresCatalogReader::readIndexes()
{
    const QString sql = withSchemas(
        u"SELECT i.indrelid, i.indexrelid, ic.relname, i.indisunique, i.indisprimary, i.indisvalid, i.indnkeyatts, i.indkey, i.indclass,"
        " i.indcollation, i.indoption, am.amname, k.oid IS NOT NULL,"
        " i.indexprs IS NULL AND i.indpred IS NULL AND ic.reloptions IS NULL AND ic.relkind = 'i',"
        " ic.relpages * CAST(pg_catalog.current_setting('block_size') AS bigint)"
        " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid"
        " JOIN n ON n.oid = ic.relnamespace JOIN pg_catalog.pg_am AS am ON am.oid = ic.relam"
        " LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')"
        " ORDER BY i.indrelid, i.indexrelid"_s);
    return forEachRow(sql, [this](const RowBlock &block, int row) { addIndex(block, row); });
}

void PostgresCatalogReader::addIndex(const RowBlock &block, int row)
{
    CatalogTable *table = find(block, row);
    if (table == nullptr)
        return;
    const auto position = static_cast<std::size_t>(table - m_catalog.tables.data());
    if (table->sizeBytes >= 0)
        table->sizeBytes += textOf(block.at(row, 14)).toByteArray().toLongLong();
    CatalogIndex &index = table->indexes.emplace_back();
    index.name = textAt(block, row, 2);
    index.unique = boolAt(block, row, 3);
    index.primary = boolAt(block, row, 4);
    index.valid = boolAt(block, row, 5);
    index.method = textAt(block, row, 11);
    index.fromConstraint = boolAt(block, row, 12);
    const int keyCount = intAt(block, row, 6);
    int at = 0;
    for (const int number : numbersAt<int>(block, row, 7)) {
        index.hasExpressions |= number == 0;
        (at++ < keyCount ? index.columns : index.includedColumns).append(columnName(position, number));
    }
    const bool isPlain = boolAt(block, row, 13);
    if (index.fromConstraint && isPlain)
        return;
    if (isPlain)
        index.sql = simpleIndexSql(*table, m_relations[position], index, block, row);
    if (index.sql.isEmpty())
        m_pendingIndexes.insert(oidAt(block, row, 1), {position, table->indexes.size() - 1});
}

QString PostgresCatalogReader::simpleIndexSql(const CatalogTable &table, const Relation &relation, const CatalogIndex &index,
                                              const RowBlock &block, int row) const
{
    // pg_get_indexdef() opens the table, which takes most of the time when there are many.
    if (index.unique || !index.includedColumns.isEmpty() || !needsNoQuotes(index.name) || !needsNoQuotes(table.schema)
        || !needsNoQuotes(table.name))
        return {};
    const std::vector<int> numbers = numbersAt<int>(block, row, 7);
    const std::vector<Oid> classes = numbersAt<Oid>(block, row, 8);
    const std::vector<Oid> collations = numbersAt<Oid>(block, row, 9);
    const std::vector<int> options = numbersAt<int>(block, row, 10);
    if (classes.size() != numbers.size() || collations.size() != numbers.size() || options.size() != numbers.size())
        return {};
    constexpr Oid text = 25;
    constexpr Oid varchar = 1043;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto column = std::ranges::find(relation.columns, numbers[i], &Relation::Column::number);
        if (column == relation.columns.end() || options[i] != 0 || collations[i] != column->collation)
            return {};
        const Oid input = m_defaultOperatorClasses.value(classes[i]);
        if (input == 0 || (input != column->type && !(input == text && column->type == varchar)))
            return {};
        if (!needsNoQuotes(index.columns[static_cast<qsizetype>(i)]))
            return {};
    }
    return u"CREATE INDEX %1 ON %2.%3 USING %4 (%5)"_s.arg(index.name, table.schema, table.name, index.method, index.columns.join(u", "_s));
}

bool PostgresCatalogReader::needsNoQuotes(const QString &name) const
{
    const auto isPlain = [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'_'; };
    return !name.isEmpty() && !(name.front() >= u'0' && name.front() <= u'9') && std::ranges::all_of(name, isPlain)
        && !m_keywords.contains(name);
}

Result<> PostgresCatalogReader::readIndexDefinitions()
{
    if (m_pendingIndexes.isEmpty())
        return {};
    const Result<Texts> texts = printed(
        m_pendingIndexes.keys(),
        u"SELECT i.indexrelid, pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid),"
        " pg_catalog.array_to_json(ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, at, false)"
        " FROM pg_catalog.generate_series(1, i.indnkeyatts) AS at ORDER BY at))"
        " FROM pg_catalog.pg_index AS i WHERE i.indexrelid = ANY (%1) AND i.indrelid <> ALL (%2)"_s);
    if (!texts)
        return failure(texts);
    for (auto it = texts->cbegin(); it != texts->cend(); ++it) {
        const PendingIndex pending = m_pendingIndexes.value(it.key());
        CatalogIndex &index = m_catalog.tables[pending.table].indexes[pending.index];
        if (!index.fromConstraint)
            index.sql = it->value(0);
        index.predicate = withoutParentheses(it->value(1));
        const QJsonArray terms = QJsonDocument::fromJson(it->value(2).toUtf8()).array();
        for (qsizetype i = 0; i < std::min(index.columns.size(), terms.size()); ++i) {
            if (index.columns[i].isEmpty())
                index.columns[i] = withoutParentheses(terms[i].toString());
        }
    }
    return {};
}

Result<> PostgresCatalogReader::readTriggers()
{
    struct Trigger
    {
        Oid oid = 0;
        std::size_t table = 0;
        QString name;
    };
    std::vector<Trigger> triggers;
    const QString list = u"SELECT tgrelid, tgname, oid FROM pg_catalog.pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid, tgname"_s;
    const Result<> done = forEachRow(list, [this, &triggers](const RowBlock &block, int row) {
        if (const auto position = m_positions.constFind(oidAt(block, row, 0)); position != m_positions.cend())
            triggers.push_back({oidAt(block, row, 2), *position, textAt(block, row, 1)});
    });
    if (!done || triggers.empty())
        return done;
    const Result<Texts> texts = printed(oidsOf(triggers), u"SELECT oid, pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger"
                                                          " WHERE oid = ANY (%1) AND tgrelid <> ALL (%2)"_s);
    if (!texts)
        return failure(texts);
    for (const Trigger &trigger : triggers)
        m_catalog.tables[trigger.table].triggers.push_back({trigger.name, texts->value(trigger.oid).value(0)});
    return {};
}

Result<> PostgresCatalogReader::readViews()
{
    QList<Oid> views;
    for (auto it = m_positions.cbegin(); it != m_positions.cend(); ++it) {
        const TableKind kind = m_catalog.tables[*it].kind;
        if (kind == TableKind::View || kind == TableKind::MaterializedView)
            views.append(it.key());
    }
    constexpr qsizetype batchSize = 200;
    QList<QList<Oid>> batches;
    for (qsizetype begin = 0; begin < views.size(); begin += batchSize)
        batches.append(views.sliced(begin, std::min(batchSize, views.size() - begin)));
    while (!batches.isEmpty()) {
        const QList<Oid> batch = batches.takeLast();
        const Result<> done = readViewTexts(batch);
        if (done || done.error().code == ErrorCode::Busy) // their texts stay empty then
            continue;
        if (!mayBeRace(done.error()) || m_connection.isInTransaction())
            return done;
        if (batch.size() > 1) { // as in printed()
            batches.append(batch.sliced(batch.size() / 2));
            batches.append(batch.first(batch.size() / 2));
        }
    }
    return {};
}

Result<> PostgresCatalogReader::readViewTexts(const QList<Oid> &views)
{
    // pg_get_viewdef() locks the view and the tables that it reads until the transaction ends. That is why
    // there are batches, and why a lock is waited for less long than the server waits before it looks for
    // a deadlock and ends somebody's transaction.
    const bool isOurTransaction = !m_connection.isInTransaction();
    if (isOurTransaction) {
        if (const Result<> begun = m_connection.begin(); !begun)
            return begun;
        if (const auto set = m_connection.execute(u"SET LOCAL lock_timeout = '200ms'"_s); !set) {
            m_connection.rollback();
            return failure(set);
        }
    }
    const QString sql = u"SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class AS c"
                        " WHERE c.oid = ANY (%1) AND c.oid NOT IN (SELECT r.ev_class FROM pg_catalog.pg_rewrite AS r"
                        " JOIN pg_catalog.pg_depend AS d ON d.classid = regclass 'pg_catalog.pg_rewrite' AND d.objid = r.oid"
                        " WHERE d.refclassid = regclass 'pg_catalog.pg_class' AND d.refobjid = ANY (%2))"_s.arg(oidArray(views),
                                                                                                             lockedRelations());
    const Result<> done = forEachRow(sql, [this](const RowBlock &block, int row) {
        if (CatalogTable *table = find(block, row))
            table->sql = textAt(block, row, 1);
    });
    if (isOurTransaction)
        m_connection.rollback(); // there is nothing to commit
    return done;
}

Result<> PostgresCatalogReader::readExtensions()
{
    const QString sql = u"SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY extname"_s;
    return forEachRow(sql, [this](const RowBlock &block, int row) {
        m_catalog.extensions.append(textAt(block, row, 0) + u' ' + textAt(block, row, 1));
    });
}

Result<std::vector<TableSize>> PostgresCatalogReader::readSizes()
{
    std::vector<Oid> oids;
    const QString list = withSchemas(u"SELECT c.oid FROM pg_catalog.pg_class AS c JOIN n ON n.oid = c.relnamespace"
                                     " WHERE c.relkind IN ('r', 'p', 'm') AND c.oid NOT IN (SELECT objid FROM pg_catalog.pg_depend"
                                     " WHERE classid = regclass 'pg_catalog.pg_class' AND deptype = 'e') ORDER BY n.nspname, c.relname"_s);
    if (const Result<> done = forEachRow(list, [&oids](const RowBlock &block, int row) { oids.push_back(oidAt(block, row, 0)); }); !done)
        return failure(done);

    // In batches, so that a lock that comes up meanwhile spoils few.
    std::vector<TableSize> sizes;
    constexpr std::size_t batch = 200;
    for (std::size_t begin = 0; begin < oids.size(); begin += batch) {
        const std::vector<Oid> some(oids.begin() + static_cast<std::ptrdiff_t>(begin),
                                    oids.begin() + static_cast<std::ptrdiff_t>(std::min(begin + batch, oids.size())));
        const QString sql = u"SELECT n.nspname, c.relname, pg_catalog.pg_total_relation_size(c.oid) FROM pg_catalog.pg_class AS c"
                            " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                            " WHERE c.oid = ANY (%1) AND c.oid <> ALL (%2) ORDER BY n.nspname, c.relname"_s.arg(oidArray(some),
                                                                                                             lockedRelations());
        const Result<> done = forEachRow(sql, [&sizes](const RowBlock &block, int row) {
            if (!block.at(row, 2).isNull())
                sizes.push_back({textAt(block, row, 0), textAt(block, row, 1), textOf(block.at(row, 2)).toByteArray().toLongLong()});
        });
        if (!done && done.error().code != ErrorCode::Busy)
            return failure(done);
    }
    return sizes;
}

} // namespace turnstone
