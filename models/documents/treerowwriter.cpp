// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treerowwriter.h"

#include "models/importing/importsink.h"
#include "models/importing/postgresimportsink.h"
#include "models/importing/sqliteimportsink.h"

#include <QCoreApplication>

#include <QDataStream>

#include <algorithm>
#include <bit>
#include <iterator>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// Of one statement.
constexpr std::size_t mostRows = 256;
constexpr std::size_t mostParameters = 20'000; // the protocol takes 65,535
constexpr qsizetype mostBytes = 1024 * 1024;

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

TreeRowWriter::TreeRowWriter(Connection &connection, ImportConflict conflict)
    // A statement cannot replace a row twice; those rules go row by row.
    : m_connection(connection), m_conflict(conflict), m_gathers(connection.engine() == Engine::PostgreSql && (conflict == ImportConflict::Abort || conflict == ImportConflict::Skip))
{
}

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
    m_groups.clear();
    m_statements.clear();
    m_connection.rollback();
}

Result<> TreeRowWriter::finish(bool isDryRun)
{
    m_failedPlace.reset();
    if (const Result<> sent = sendAll(); !sent)
        return sent;
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
    known.into = u"INSERT INTO %1 (%2)%3 VALUES "_s.arg(name, names.join(u", "_s), isServer ? u" OVERRIDING SYSTEM VALUE"_s : QString());
    known.conflict = *conflict;
    auto insert = m_connection.prepare(u"%1(%2)%3"_s.arg(known.into, marks.join(u", "_s), known.conflict));
    if (!insert)
        return failure(insert);
    known.insert = std::move(*insert);
    known.same = u"SELECT count(*) FROM %1 WHERE %2"_s.arg(name, same.join(u" AND "_s));
    m_touched[&table] = m_row.columns;
    return &known;
}

Result<> TreeRowWriter::write()
{
    m_failedPlace.reset();
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
    return m_gathers ? gather(**prepared) : insert(*m_row.node->table, **prepared, m_row.values);
}

Result<> TreeRowWriter::gather(Statements &statements)
{
    const CatalogTable &table = *m_row.node->table;
    auto group = std::ranges::find(m_groups, &statements, &Group::statements);
    // What it points to must not be sent after it.
    const auto pointsTo = [&table](const Group &other) {
        return std::ranges::any_of(table.foreignKeys, [&other](const auto &key) { return key.referencedTable == other.table->name; });
    };
    if (group != m_groups.end() && std::any_of(std::next(group), m_groups.end(), pointsTo)) {
        if (const Result<> sent = sendAll(); !sent)
            return sent;
        group = m_groups.end();
    }
    if (group == m_groups.end()) {
        m_groups.push_back({&statements, &table, {}, {}, 0});
        group = std::prev(m_groups.end());
    }
    for (const Value &value : m_row.values)
        group->bytes += value.bytes().size() + 16;
    group->rows.push_back(m_row.values);
    group->places.push_back(m_place);
    const auto columns = static_cast<std::size_t>(std::max<qsizetype>(m_row.columns.size(), 1));
    const bool isFull = group->rows.size() >= std::min(mostRows, mostParameters / columns) || group->bytes >= mostBytes;
    return isFull ? sendAll() : Result<>();
}

Result<> TreeRowWriter::sendAll()
{
    for (Group &group : m_groups) {
        if (const Result<> sent = send(group); !sent) {
            m_groups.clear();
            return sent;
        }
    }
    m_groups.clear();
    return {};
}

Result<> TreeRowWriter::send(Group &group)
{
    // Powers of two: a handful of statements does for every number of rows.
    for (std::size_t first = 0; first < group.rows.size();) {
        const std::size_t count = std::bit_floor(group.rows.size() - first);
        if (count == 1) {
            if (const Result<> sent = sendSingly(group, first, 1); !sent)
                return sent;
            break;
        }
        const std::size_t columns = group.rows.front().size();
        std::unique_ptr<PreparedStatement> &statement = group.statements->several[static_cast<int>(count)];
        if (!statement) {
            QStringList rows;
            for (std::size_t row = 0; row < count; ++row) {
                QStringList marks;
                for (std::size_t i = 1; i <= columns; ++i)
                    marks.append(u'$' + QString::number(row * columns + i));
                rows.append(u'(' + marks.join(u',') + u')');
            }
            auto prepared = m_connection.prepare(group.statements->into + rows.join(u',') + group.statements->conflict);
            if (!prepared)
                return failure(prepared);
            statement = std::move(*prepared);
        }
        std::vector<ValueRef> values;
        values.reserve(count * columns);
        for (std::size_t row = first; row < first + count; ++row) {
            for (const Value &value : group.rows[row])
                values.push_back(value.ref());
        }
        // One refused row must not end the transaction before it is known which one it is.
        if (const auto saved = m_connection.execute(u"SAVEPOINT turnstone_rows"_s); !saved)
            return failure(saved);
        const Result<ExecuteOutcome> done = statement->execute(values.data(), static_cast<int>(values.size()));
        if (!done) {
            if (const auto back = m_connection.execute(u"ROLLBACK TO SAVEPOINT turnstone_rows"_s); !back)
                return failure(done);
            if (const Result<> sent = sendSingly(group, first, count); !sent)
                return sent;
        } else {
            m_written += done->rowsAffected;
            m_tables[group.table->name] += done->rowsAffected;
        }
        if (const auto released = m_connection.execute(u"RELEASE SAVEPOINT turnstone_rows"_s); !released)
            return failure(released);
        const bool isAnyThere = done && done->rowsAffected < static_cast<std::int64_t>(count) && m_conflict == ImportConflict::Abort;
        for (std::size_t row = first; isAnyThere && row < first + count; ++row) {
            if (const Result<> same = checkSame(*group.table, *group.statements, group.rows[row]); !same) {
                m_failedPlace = group.places[row];
                return same;
            }
        }
        first += count;
    }
    return {};
}

Result<> TreeRowWriter::sendSingly(Group &group, std::size_t first, std::size_t count)
{
    for (std::size_t row = first; row < first + count; ++row) {
        if (const Result<> sent = insert(*group.table, *group.statements, group.rows[row]); !sent) {
            m_failedPlace = group.places[row];
            return sent;
        }
    }
    return {};
}

Result<> TreeRowWriter::insert(const CatalogTable &table, Statements &statements, const std::vector<Value> &row)
{
    std::vector<ValueRef> values;
    for (const Value &value : row)
        values.push_back(value.ref());
    const Result<ExecuteOutcome> done = statements.insert->execute(values.data(), static_cast<int>(values.size()));
    if (!done)
        return failure(done);
    m_written += done->rowsAffected;
    m_tables[table.name] += done->rowsAffected;
    return done->rowsAffected == 0 && m_conflict == ImportConflict::Abort ? checkSame(table, statements, row) : Result<>();
}

Result<qint64> TreeRowWriter::countSame(const Statements &statements, const std::vector<Value> &row)
{
    const Result<Value> count = m_connection.queryValue(statements.same, Parameters(row));
    if (!count)
        return failure(count);
    return count->type() == ValueType::Integer ? count->integer() : count->bytes().toLongLong();
}

Result<bool> TreeRowWriter::isThere(const Statements &statements)
{
    const qint64 met = ++m_met[nameOf(*m_row.node->table, m_row.columns, m_row.values)];
    const Result<qint64> count = countSame(statements, m_row.values);
    if (!count)
        return failure(count);
    return *count >= met;
}

Result<> TreeRowWriter::checkSame(const CatalogTable &table, const Statements &statements, const std::vector<Value> &row)
{
    const Result<qint64> count = countSame(statements, row);
    if (!count)
        return failure(count);
    if (*count > 0)
        return {};
    return failure(ErrorCode::Constraint, QCoreApplication::translate("TreeRowWriter", "%1 has another row of this key already.").arg(table.name));
}

} // namespace turnstone
