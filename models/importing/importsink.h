// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/importing/importjob.h"
#include "models/importing/recordreader.h"

#include <memory>
#include <vector>

namespace turnstone {

/// ` ON CONFLICT …` by a rule; empty for Abort. Errors: InvalidInput if the rule needs a key that is not among the columns.
[[nodiscard]] Result<QString> conflictClauseFor(const CatalogTable &table, const QStringList &columns, ImportConflict conflict);

/// Where an import's rows go: one class an engine. Everything happens inside a transaction that the caller holds.
class ImportSink
{
public:
    struct Target
    {
        CatalogTable table;
        QStringList columns;              ///< that are written
        std::vector<int> sourceColumns;   ///< of each, its place in the file
        ImportConflict conflict = ImportConflict::Abort;
        QString fileName; ///< for messages
    };

    virtual ~ImportSink() = default;
    [[nodiscard]] static std::unique_ptr<ImportSink> make(Connection &connection, Target target);

    /// At the start of each transaction.
    [[nodiscard]] virtual Result<> begin() = 0;
    [[nodiscard]] virtual Result<> write(const RecordBlock &block, int firstRow, int rows) = 0;
    /// Before the transaction ends. The rows written in it.
    [[nodiscard]] virtual Result<qint64> finish() = 0;
    /// The row, counted from 0 since begin(), whose error was reported last, and the column; -1 if the engine does not tell.
    virtual qint64 failedRow() const { return -1; }

protected:
    explicit ImportSink(Target target) : m_target(std::move(target)) {}

    [[nodiscard]] Result<QString> conflictClause() const { return conflictClauseFor(m_target.table, m_target.columns, m_target.conflict); }
    QString tableName() const;
    QString columnList() const;

    const Target m_target;
};

} // namespace turnstone
