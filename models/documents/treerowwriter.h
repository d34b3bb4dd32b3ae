// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/documents/treeplan.h"
#include "models/importing/importjob.h"
#include "models/importing/jsoncell.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace turnstone {

/// Writes the rows of an imported hierarchy in one transaction: one by one into a SQLite file; on a server, where each statement is a
/// journey, some hundred of a table at once. A row that is there already is left alone if it says the same; else the conflict rule
/// decides. Rows of a table without a key may stand there several times: as many are
/// there in the end as in the file, if no more were there before. Lives in the connection's thread.
class TreeRowWriter
{
public:
    TreeRowWriter(Connection &connection, ImportConflict conflict);

    [[nodiscard]] Result<> begin();
    /// Sets sequences, checks foreign keys, commits (or takes everything back).
    [[nodiscard]] Result<> finish(bool isDryRun);
    void abandon();

    /// The texts of the cells to come are read into this.
    OutputBuffer &text() { return m_text; }
    /// The row to write: cells of node.columns, with their texts in text(). Absent ones get the table's defaults.
    void take(const TreePlan::Node &node, const std::vector<JsonCell> &cells);
    /// An error is about this row; rowError() says where it stands if it is about one before.
    [[nodiscard]] Result<> write();
    /// Where the next row stands in the file, for errors that come later.
    void setPlace(const std::pair<qint64, qint64> &lineAndColumn) { m_place = lineAndColumn; }
    /// Of the row that an error was about; nothing if it was about the one that write() was asked for, or about none.
    std::optional<std::pair<qint64, qint64>> failedPlace() const { return m_failedPlace; }
    /// Whether rows wait to be sent, so that places are needed.
    bool gathers() const { return m_gathers; }

    /// The row to write, for later.
    struct Row
    {
        const TreePlan::Node *node = nullptr;
        QStringList columns;
        std::vector<Value> values;
    };
    const Row &keep() const { return m_row; }
    void restore(const Row &row) { m_row = row; }

    qint64 written() const { return m_written; }
    const std::map<QString, qint64> &tables() const { return m_tables; }

private:
    struct Statements
    {
        std::unique_ptr<PreparedStatement> insert;
        QString same; ///< counts the rows that are like this one
        QString into;    ///< of an INSERT, up to the values
        QString conflict; ///< and behind them
        std::map<int, std::unique_ptr<PreparedStatement>> several; ///< by how many rows
    };
    /// Rows of one table that wait to be sent.
    struct Group
    {
        Statements *statements = nullptr;
        const CatalogTable *table = nullptr;
        std::vector<std::vector<Value>> rows;
        std::vector<std::pair<qint64, qint64>> places;
        qsizetype bytes = 0;
    };
    Result<Statements *> statements();
    Result<> gather(Statements &statements);
    [[nodiscard]] Result<> sendAll();
    Result<> send(Group &group);
    Result<> sendSingly(Group &group, std::size_t first, std::size_t count);
    Result<> insert(const CatalogTable &table, Statements &statements, const std::vector<Value> &row);
    Result<> checkSame(const CatalogTable &table, const Statements &statements, const std::vector<Value> &row);
    Result<qint64> countSame(const Statements &statements, const std::vector<Value> &row);
    /// Of a table where nothing keeps a row from being there twice: whether this one is there as often as it has come so far.
    Result<bool> isThere(const Statements &statements);

    Connection &m_connection;
    const ImportConflict m_conflict;
    OutputBuffer m_text;
    RowBlock m_block;
    Row m_row;
    std::map<std::pair<const CatalogTable *, QString>, Statements> m_statements;
    std::map<QString, qint64> m_tables;
    std::map<const CatalogTable *, QStringList> m_touched;
    std::map<QByteArray, qint64> m_met; ///< how often a row of a table without a key has come
    std::vector<Group> m_groups; ///< in the order in which they must be sent
    std::pair<qint64, qint64> m_place;
    std::optional<std::pair<qint64, qint64>> m_failedPlace;
    const bool m_gathers;
    qint64 m_written = 0;
};

} // namespace turnstone
