// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treerowwriter.h"

#include "models/importing/importsink.h"
#include "models/importing/postgresimportsink.h"
#include "models/importing/sqliteimportsink.h"

#include <QCoreApplication>

#include <QDataStream>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool canRepeat(const CatalogTable &table)
{
    return table.primaryKey.isEmpty() && std::ranges::none_of(table.indexes, [](const auto &index) { return index.unique; });
}

/// Tells rows apart as the engine does.
QByteArray nameOf(const CatalogTable &table, const QStringList &columns, const std::vector<Value> &values)
{
    QByteArray name;
    QDataStream stream(&name, QIODevice::WriteOnly);
    stream << table.schema << table.name << columns;
    for (const Value &value : values)
        stream << static_cast<int>(value.type()) << static_cast<qint64>(value.integer()) << value.real() << value.bytes();
    return name;
}

} // namespace

Result<> TreeRowWriter::begin()
{
    if (const Result<> begun = m_connection.begin(); !begun)
        return begun;
    if (m_connection.engine() != Engine::Sqlite)
        return {};
    const auto deferred = m_connection.execute(u"PRAGMA defer_foreign_keys = ON"_s);
    return deferred ? Result<>() : Result<>(failure(deferred));
}

void TreeRowWriter::abandon()
{
    m_statements.clear();
    m_connection.rollback();
}

Result<> TreeRowWriter::finish(bool isDryRun)
{
    m_statements.clear();
    for (const auto &[table, columns] : m_touched) {
        if (m_connection.engine() == Engine::Sqlite)
            break;
        if (const Result<> advanced = advanceSequences(m_connection, Connection::quoted(table->schema, table->name), columns); !advanced)
            return advanced;
    }
    if (isDryRun && m_connection.engine() == Engine::PostgreSql) {
        if (const auto checked = m_connection.execute(u"SET CONSTRAINTS ALL IMMEDIATE"_s); !checked)
            return failure(checked);
    }
    if (m_connection.engine() == Engine::Sqlite) {
        for (const auto &[table, columns] : m_touched) {
            if (const Result<> checked = checkOpenForeignKeys(m_connection, *table); !checked)
                return checked;
        }
    }
    if (isDryRun) {
        m_connection.rollback();
        return {};
    }
    return m_connection.commit();
}

void TreeRowWriter::take(const TreePlan::Node &node, const std::vector<JsonCell> &cells)
{
    m_row.node = &node;
    m_row.columns.clear();
    m_row.values.clear();
    const bool isServer = m_connection.engine() == Engine::PostgreSql;
    m_block.clear(1);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].form == JsonCell::Form::Absent)
            continue;
        const QString &name = node.columns[static_cast<qsizetype>(i)];
        const CatalogColumn *column = node.table->column(name);
        cells[i].addTo(m_block, m_text.view().sliced(cells[i].start, cells[i].size), cellKindOf(column->type, m_connection.engine()), isServer);
        m_row.columns.append(name);
    }
    for (qsizetype i = 0; i < m_row.columns.size(); ++i)
        m_row.values.emplace_back(m_block.at(static_cast<int>(i), 0));
}

Result<TreeRowWriter::Statements *> TreeRowWriter::statements()
{
    const CatalogTable &table = *m_row.node->table;
    Statements &known = m_statements[{&table, m_row.columns.join(QChar(u'\0'))}];
    if (known.insert)
        return &known;
    const bool isServer = m_connection.engine() == Engine::PostgreSql;
    const Result<QString> conflict = conflictClauseFor(table, m_row.columns, m_conflict == ImportConflict::Abort ? ImportConflict::Skip : m_conflict);
    if (!conflict)
        return failure(conflict);
    QStringList names;
    QStringList marks;
    QStringList same;
    for (qsizetype i = 0; i < m_row.columns.size(); ++i) {
        const QString quoted = Connection::quoted(m_row.columns[i]);
        const QString mark = isServer ? u"$%1"_s.arg(i + 1) : u"?%1"_s.arg(i + 1);
        names.append(quoted);
        marks.append(mark);
        same.append(isServer ? u"%1::text IS NOT DISTINCT FROM (%2::%3)::text"_s.arg(quoted, mark, table.column(m_row.columns[i])->type) : u"%1 IS %2"_s.arg(quoted, mark));
    }
    const QString name = Connection::quoted(table.schema, table.name);
    auto insert = m_connection.prepare(u"INSERT INTO %1 (%2)%3 VALUES (%4)%5"_s.arg(name, names.join(u", "_s), isServer ? u" OVERRIDING SYSTEM VALUE"_s : QString(), marks.join(u", "_s), *conflict));
    if (!insert)
        return failure(insert);
    known.insert = std::move(*insert);
    known.same = u"SELECT count(*) FROM %1 WHERE %2"_s.arg(name, same.join(u" AND "_s));
    m_touched[&table] = m_row.columns;
    return &known;
}

Result<> TreeRowWriter::write()
{
    if (m_row.columns.isEmpty())
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("TreeRowWriter", "A row of %1 has no columns.").arg(m_row.node->table->name));
    const Result<Statements *> prepared = statements();
    if (!prepared)
        return failure(prepared);
    if (canRepeat(*m_row.node->table)) {
        const Result<bool> isKnown = isThere(**prepared);
        if (!isKnown)
            return failure(isKnown);
        if (*isKnown)
            return {};
    }
    std::vector<ValueRef> values;
    for (const Value &value : m_row.values)
        values.push_back(value.ref());
    const Result<ExecuteOutcome> done = (*prepared)->insert->execute(values.data(), static_cast<int>(values.size()));
    if (!done)
        return failure(done);
    m_written += done->rowsAffected;
    m_tables[m_row.node->table->name] += done->rowsAffected;
    return done->rowsAffected == 0 && m_conflict == ImportConflict::Abort ? checkSame(**prepared) : Result<>();
}

Result<qint64> TreeRowWriter::countSame(const Statements &statements)
{
    const Result<Value> count = m_connection.queryValue(statements.same, Parameters(m_row.values));
    if (!count)
        return failure(count);
    return count->type() == ValueType::Integer ? count->integer() : count->bytes().toLongLong();
}

Result<bool> TreeRowWriter::isThere(const Statements &statements)
{
    const qint64 met = ++m_met[nameOf(*m_row.node->table, m_row.columns, m_row.values)];
    const Result<qint64> count = countSame(statements);
    if (!count)
        return failure(count);
    return *count >= met;
}

Result<> TreeRowWriter::checkSame(const Statements &statements)
{
    const Result<qint64> count = countSame(statements);
    if (!count)
        return failure(count);
    if (*count > 0)
        return {};
    return failure(ErrorCode::Constraint, QCoreApplication::translate("TreeRowWriter", "%1 has another row of this key already.").arg(m_row.node->table->name));
}

} // namespace turnstone
