// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editsave.h"

#include "models/edit/constraintwords.h"
#include "models/edit/deleteplan.h"
#include "models/edit/editstatement.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <memory>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EditSaveText
{
    Q_DECLARE_TR_FUNCTIONS(EditSave)
};

constexpr std::size_t worthPreparing = 8; // rows; below that preparing costs more than it gives

const CatalogTable *tableOf(const Catalog &catalog, const StagedRow &row)
{
    return catalog.table(row.address.table, row.address.schema);
}

tl::unexpected<Error> noSuchTable(const StagedRow &row)
{
    return failure(ErrorCode::NotFound, EditSaveText::tr("There is no table %1 any more.").arg(row.address.table));
}

class Saver
{
public:
    Saver(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const SaveOptions &options)
        : m_connection(connection), m_catalog(catalog), m_profile(profile), m_options(options)
    {
    }

    Result<SaveReport> save(const std::vector<StagedRow> &rows)
    {
        m_isMany = rows.size() >= worthPreparing;
        if (const Result<> begun = m_connection.begin(); !begun)
            return failure(begun);
        const auto start = std::chrono::steady_clock::now();
        for (const StagedRow &row : rows) {
            const Result<bool> goesOn = saveRow(row);
            if (!goesOn) {
                m_statements.clear();
                if (goesOn.error().code != ErrorCode::ConnectionLost)
                    m_connection.rollback();
                return failure(goesOn);
            }
            if (!*goesOn)
                break;
        }
        Result<> ended = m_report.problems.empty() ? commit(rows) : Result<>();
        m_statements.clear();
        if (!ended && ended.error().code == ErrorCode::OutcomeUnknown)
            return failure(ended);
        if (!m_report.isSaved)
            m_connection.rollback();
        if (!ended)
            return failure(ended);
        m_report.locked = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
        return std::move(m_report);
    }

private:
    Result<> commit(const std::vector<StagedRow> &rows)
    {
        if (m_options.isRehearsal)
            return {};
        if (m_options.beforeCommit) {
            if (const Result<> noted = m_options.beforeCommit(m_report.rows); !noted)
                return noted;
        }
        const Result<> committed = m_connection.commit();
        if (committed) {
            m_report.isSaved = true;
            return {};
        }
        if (committed.error().code != ErrorCode::Constraint || rows.empty())
            return committed;
        // A deferred constraint speaks at the end and names no row.
        const CatalogTable *table = tableOf(m_catalog, rows.back());
        const ConstraintWords words = explainConstraint(committed.error(), *table, tableProfile(m_profile, *table), rows.back());
        m_report.problems.push_back({rows.back().address, SaveProblem::Kind::Constraint, words.column, words.constraint, words.sentence, {}, {}});
        return {};
    }

    /// False: the transaction cannot go on.
    Result<bool> saveRow(const StagedRow &row)
    {
        const CatalogTable *table = tableOf(m_catalog, row);
        if (table == nullptr)
            return noSuchTable(row);
        if (row.kind == StagedRow::Kind::Deleted) {
            const Result<bool> goesOn = deleteBelonging(row, *table);
            if (!goesOn || !*goesOn)
                return goesOn;
        }
        const BoundStatement statement = EditStatement(*table).save(row);
        if (row.kind == StagedRow::Kind::Added)
            return insert(row, *table, statement);
        const Result<qint64> affected = execute(statement);
        if (!affected)
            return refused(row, *table, affected.error());
        if (*affected == 1) {
            m_report.rows.push_back({row.address, keyAfter(row)});
            return true;
        }
        return conflict(row, *table);
    }

    /// An edit of the key's own columns.
    static RowKey keyAfter(const StagedRow &row)
    {
        RowKey key = row.address.key;
        for (qsizetype i = 0; row.kind == StagedRow::Kind::Changed && i < row.keyColumns.size(); ++i) {
            if (const auto cell = row.cells.find(row.keyColumns[i]); cell != row.cells.end())
                key[static_cast<std::size_t>(i)] = cell->second.after;
        }
        return key;
    }

    Result<qint64> execute(const BoundStatement &statement)
    {
        if (!m_isMany) {
            const Result<ExecuteOutcome> done = m_connection.execute(statement.sql, statement.values);
            return done ? Result<qint64>(done->rowsAffected) : failure(done);
        }
        std::unique_ptr<PreparedStatement> &prepared = m_statements[statement.sql];
        if (!prepared) {
            auto made = m_connection.prepare(statement.sql);
            if (!made)
                return failure(made);
            prepared = std::move(*made);
        }
        std::vector<ValueRef> refs;
        refs.reserve(statement.values.size());
        for (const Value &value : statement.values)
            refs.push_back(value.ref());
        const Result<ExecuteOutcome> done = prepared->execute(refs.data(), static_cast<int>(refs.size()));
        return done ? Result<qint64>(done->rowsAffected) : failure(done);
    }

    Result<bool> insert(const StagedRow &row, const CatalogTable &table, const BoundStatement &statement)
    {
        SavedRow saved{row.address, {}};
        const Result<> done = m_connection.forEachRow(statement.sql, statement.values, [&](const RowBlock &block, int at) {
            for (int i = 0; i < block.columnCount(); ++i)
                saved.key.emplace_back(block.at(at, i));
            return true;
        });
        if (!done)
            return refused(row, table, done.error());
        m_report.rows.push_back(std::move(saved));
        return true;
    }

    Result<bool> deleteBelonging(const StagedRow &row, const CatalogTable &table)
    {
        const Result<DeletePlan> plan = planDelete(m_connection, m_catalog, m_profile, table, row.keyColumns, {row.address.key}, true);
        if (!plan)
            return failure(plan);
        if (!plan->refusal.isEmpty()) {
            m_report.problems.push_back({row.address, SaveProblem::Kind::Constraint, {}, u"FOREIGN KEY"_s, plan->refusal, {}, {}});
            return true;
        }
        const std::vector<GoesAlong> now = plan->goesAlong();
        if (now != row.goesAlong) {
            m_report.problems.push_back({row.address, SaveProblem::Kind::GoesAlong, {}, {}, EditSaveText::tr("What belongs to the row has changed since you agreed to delete it."), {}, now});
            return true;
        }
        for (const BoundStatement &statement : plan->statements) {
            if (const Result<ExecuteOutcome> done = m_connection.execute(statement.sql, statement.values); !done)
                return refused(row, table, done.error());
        }
        return true;
    }

    Result<bool> refused(const StagedRow &row, const CatalogTable &table, const Error &error)
    {
        const bool isAboutRow = error.code == ErrorCode::Constraint || error.code == ErrorCode::InvalidInput
                                || (error.code == ErrorCode::Syntax && table.engine == Engine::PostgreSql);
        if (!isAboutRow)
            return tl::unexpected(error);
        ConstraintWords words = explainConstraint(error, table, tableProfile(m_profile, table), row);
        if (words.isForeignKey && words.column.isEmpty() && table.engine == Engine::Sqlite)
            findDangling(row, table, words);
        m_report.problems.push_back({row.address, SaveProblem::Kind::Constraint, words.column, words.constraint, words.sentence, {}, {}});
        // SQLite takes back the statement only; the transaction of the server is over.
        return table.engine == Engine::Sqlite;
    }

    /// SQLite does not say which foreign key it was.
    void findDangling(const StagedRow &row, const CatalogTable &table, ConstraintWords &words)
    {
        for (const CatalogForeignKey &key : table.foreignKeys) {
            if (key.columns.size() != 1 || key.referencedColumns.size() != 1)
                continue;
            const auto cell = row.cells.find(key.columns.front());
            if (cell == row.cells.end() || cell->second.after.isNull())
                continue;
            const Result<Value> there = m_connection.queryValue(
                u"SELECT 1 FROM %1 WHERE %2 = ?1 LIMIT 1"_s.arg(Connection::quoted(key.referencedTable), Connection::quoted(key.referencedColumns.front())), {cell->second.after});
            if (!there || !there->isNull())
                continue;
            words.column = key.columns.front();
            words.sentence = EditSaveText::tr("%1 points to no row of %2: there is no %3.").arg(words.column, key.referencedTable, cell->second.after.toDisplayText().left(60));
            return;
        }
    }

    Result<bool> conflict(const StagedRow &row, const CatalogTable &table)
    {
        QStringList columns;
        for (const auto &[column, cell] : row.cells)
            columns.append(column);
        const BoundStatement statement = EditStatement(table).read(row, columns);
        SaveProblem problem{row.address, SaveProblem::Kind::Gone, {}, {}, EditSaveText::tr("Somebody deleted this row meanwhile."), {}, {}};
        const Result<> read = m_connection.forEachRow(statement.sql, statement.values, [&](const RowBlock &block, int at) {
            problem.kind = SaveProblem::Kind::Changed;
            for (qsizetype i = 0; i < columns.size(); ++i) {
                const Value now(block.at(at, static_cast<int>(i) + 1));
                const StagedCell &cell = row.cells.at(columns[i]);
                if (cell.before && *cell.before != now && problem.column.isEmpty())
                    problem.column = columns[i];
                problem.now.emplace(columns[i], now);
            }
            return false;
        });
        if (!read)
            return failure(read);
        if (problem.kind == SaveProblem::Kind::Changed) {
            problem.sentence = row.kind == StagedRow::Kind::Deleted ? EditSaveText::tr("Somebody changed this row since you chose to delete it.")
                                                                     : EditSaveText::tr("Somebody changed %1 of this row meanwhile.").arg(problem.column);
        }
        m_report.problems.push_back(std::move(problem));
        return true;
    }

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const SaveOptions &m_options;
    SaveReport m_report;
    std::map<QString, std::unique_ptr<PreparedStatement>> m_statements;
    bool m_isMany = false;
};

} // namespace

Result<SaveReport> saveEdits(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const std::vector<StagedRow> &rows, const SaveOptions &options)
{
    return Saver(connection, catalog, profile, options).save(rows);
}

Result<bool> isSaved(Connection &connection, const Catalog &catalog, const std::vector<StagedRow> &rows, const std::vector<SavedRow> &saving)
{
    for (const SavedRow &each : saving) {
        const auto row = std::ranges::find(rows, each.address, &StagedRow::address);
        if (row == rows.end())
            continue;
        const CatalogTable *table = tableOf(catalog, *row);
        if (table == nullptr)
            return noSuchTable(*row);
        if (each.key.empty())
            continue; // a new row of a table without a key tells nothing
        const BoundStatement statement = EditStatement(*table).isSaved(*row, each.key);
        const Result<Value> found = connection.queryValue(statement.sql, statement.values);
        if (!found)
            return failure(found);
        if (found->isNull() != (row->kind == StagedRow::Kind::Deleted))
            return false;
    }
    return true;
}

QStringList previewSql(const Catalog &catalog, const std::vector<StagedRow> &rows)
{
    QStringList lines;
    for (const StagedRow &row : rows) {
        if (const CatalogTable *table = tableOf(catalog, row))
            lines.append(EditStatement(*table, EditStatement::Form::Literal).save(row).sql + u';');
    }
    return lines;
}

} // namespace turnstone
