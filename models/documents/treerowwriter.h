// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/documents/treeplan.h"
#include "models/importing/importjob.h"
#include "models/importing/jsoncell.h"

#include <map>
#include <memory>

namespace turnstone {

/// Writes the rows of an imported hierarchy, one by one, in one transaction. A row that is there already is left alone if it
/// says the same; else the conflict rule decides. Rows of a table without a key may stand there several times: as many are
/// there in the end as in the file, if no more were there before. Lives in the connection's thread.
class TreeRowWriter
{
public:
    TreeRowWriter(Connection &connection, ImportConflict conflict) : m_connection(connection), m_conflict(conflict) {}

    [[nodiscard]] Result<> begin();
    /// Sets sequences, checks foreign keys, commits (or takes everything back).
    [[nodiscard]] Result<> finish(bool isDryRun);
    void abandon();

    /// The texts of the cells to come are read into this.
    OutputBuffer &text() { return m_text; }
    /// The row to write: cells of node.columns, with their texts in text(). Absent ones get the table's defaults.
    void take(const TreePlan::Node &node, const std::vector<JsonCell> &cells);
    [[nodiscard]] Result<> write();

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
    };
    Result<Statements *> statements();
    Result<> checkSame(const Statements &statements);
    Result<qint64> countSame(const Statements &statements);
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
    qint64 m_written = 0;
};

} // namespace turnstone
